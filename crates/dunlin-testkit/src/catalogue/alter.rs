//! Changes of columns, and dropped columns.

use dunlin_core::operation::AlterColumnRecorder;
use dunlin_core::prelude::*;
use dunlin_core::schema::{Computed, Identity, OnConflict, TableBuilder};

use super::case::{Case, each, int, text};
use super::table::everything;

fn columns(t: &mut TableBuilder) {
    t.column("id", DataType::Integer).primary_key();
    t.column("number", DataType::Integer).not_null();
    t.column("word", DataType::string(50)).server_default(text("old")).comment("the word");
    t.column("at", DataType::timestamp()).server_default(SqlValue::expression("CURRENT_TIMESTAMP"));
    t.column("digits", DataType::string(20)).not_null();
}

fn case(name: &str) -> Case {
    Case::new(format!("alter column / {name}")).before(|op| op.create_table("t", columns)).rows(
        "t",
        ["id", "number", "word", "at", "digits"],
        [
            [int(1), int(10), text("it's"), text("2024-01-02 03:04:05"), text("42")],
            [int(2), int(20), SqlValue::Null, SqlValue::Null, text("-7")],
        ],
    )
}

type Say = fn(AlterColumnRecorder<'_>) -> AlterColumnRecorder<'_>;

pub(super) fn cases(cases: &mut Vec<Case>) {
    let changes: &[(&str, &str, Say, bool)] = &[
        ("rename", "word", |c| c.rename("renamed"), false),
        ("type", "number", |c| c.column_type(DataType::BigInteger), false),
        ("type / longer", "word", |c| c.column_type(DataType::string(80)), false),
        ("type / text", "word", |c| c.column_type(DataType::Text), true),
        (
            "type / to a number",
            "digits",
            |c| {
                let to = "digits::integer".to_owned();
                c.column_type(DataType::Integer).using(PerDialect::only(DialectName::Postgres, to))
            },
            true,
        ),
        (
            "type / variants",
            "number",
            |c| {
                c.column_type(
                    ColumnType::from(DataType::BigInteger)
                        .on(DialectName::MySql, DataType::BigInteger.unsigned()),
                )
            },
            false,
        ),
        ("using", "digits", |c| c.column_type(DataType::Integer).using("abs(CAST(digits AS integer))"), true),
        (
            "using / only where it is had",
            "digits",
            |c| {
                let using = PerDialect::only(DialectName::Postgres, "abs(digits::integer)".to_owned());
                c.column_type(DataType::Integer)
                    .using(using.on(DialectName::Sqlite, "abs(CAST(digits AS INTEGER))".to_owned()))
            },
            true,
        ),
        ("nullable / null", "number", |c| c.nullable(true), false),
        ("nullable / not null", "id", |c| c.nullable(false), false),
        ("default / set", "number", |c| c.server_default(int(5)), false),
        ("default / change", "word", |c| c.server_default(text("it's new")), false),
        ("default / drop", "word", |c| c.drop_server_default(), false),
        ("default / drop what is not there", "number", |c| c.drop_server_default(), false),
        (
            "default / boolean of an expression",
            "word",
            |c| {
                c.server_default(
                    PerDialect::all(SqlValue::expression("'x'")).on(DialectName::MySql, text("x")),
                )
            },
            false,
        ),
        ("on update", "at", |c| c.on_update("CURRENT_TIMESTAMP"), false),
        (
            "on update / only where it is had",
            "at",
            |c| c.on_update(PerDialect::only(DialectName::MySql, "CURRENT_TIMESTAMP".to_owned())),
            false,
        ),
        ("comment / set", "number", |c| c.comment("it's \\ new"), false),
        ("comment / drop", "word", |c| c.drop_comment(), false),
        ("autoincrement / on", "id", |c| c.autoincrement(true), false),
        ("autoincrement / off", "id", |c| c.autoincrement(false), false),
        (
            "several",
            "word",
            |c| {
                c.rename("renamed")
                    .column_type(DataType::string(90))
                    .server_default(text("x"))
                    .nullable(true)
                    .comment("y")
            },
            false,
        ),
    ];
    for (name, column, say, converts) in changes {
        let case = case(name).up(|op| op.alter_column("t", *column, *say));
        cases.push(if *converts { case.changes_values_of("t", &[column]) } else { case });
    }
    let narrow = case("type / narrower").up(|op| {
        op.alter_column("t", "word", |c| c.column_type(DataType::string(10)));
    });
    cases.push(narrow);
    let not_null = case("nullable / not null on a nullable column");
    cases.push(
        not_null
            .before(|op| op.add_column("t", Column::new("n", DataType::Integer).server_default(int(3))))
            .up(|op| {
                op.alter_column("t", "n", |c| c.nullable(false));
            }),
    );
    cases.push(
        case("drop on update")
            .before(|op| {
                let stamped = Column::new("stamp", DataType::timestamp())
                    .on_update(PerDialect::only(DialectName::MySql, "CURRENT_TIMESTAMP".to_owned()));
                op.add_column("t", stamped);
            })
            .up(|op| {
                let mut alter = dunlin_core::operation::AlterColumn::new("stamp");
                alter.on_update = Some(dunlin_core::operation::Change::Drop);
                op.alter_table("t", |t| t.push(alter));
            }),
    );
    identities(cases);
    computed(cases);
    conflicts_with_null(cases);
    restated(cases);
    dropped(cases);
}

/// A column that is computed from now on, or no longer.
fn computed(cases: &mut Vec<Case>) {
    let case = |name: &str, before: Option<Computed>| {
        let case = Case::new(format!("alter column / computed / {name}"));
        case.before(|op| {
            op.create_table("t", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("n", DataType::Integer);
                let mut column = Column::new("c", DataType::Integer);
                column.computed = before;
                t.add_column(column);
            });
        })
        .rows("t", ["id", "n"], [[int(1), int(10)], [int(2), SqlValue::Null]])
    };
    let to = |case: Case, computed: Computed| {
        case.up(|op| op.alter_column("t", "c", |c| c.computed(computed))).changes_values_of("t", &["c"])
    };
    let stored = || Some(Computed::stored("n * 2"));
    // What is no longer computed is computed again on few databases only.
    let dropped = case("drop", stored()).up(|op| op.alter_column("t", "c", |c| c.drop_computed()));
    cases.push(dropped.irreversible());
    let on_read = case("drop / on read", Some(Computed::on_read("n * 2")));
    cases.push(on_read.up(|op| op.alter_column("t", "c", |c| c.drop_computed())).irreversible());
    cases.push(to(case("set", None), Computed::stored("n * 3")));
    cases.push(to(case("change", stored()), Computed::stored("n * 3")));
    cases.push(to(case("change / on read", stored()), Computed::on_read("n * 2")));
}

/// What happens to a row with NULL: SQLite's.
fn conflicts_with_null(cases: &mut Vec<Case>) {
    let case = |name: &str, column: Column| {
        let case = Case::new(format!("alter column / on conflict / {name}"));
        case.before(|op| {
            op.create_table("t", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.add_column(column);
            });
        })
        .rows("t", ["id", "n"], [[int(1), int(10)]])
    };
    let column = || Column::new("n", DataType::Integer).server_default(int(1)).not_null();
    let ignored = || column().not_null_on_conflict(OnConflict::Ignore);
    let to = |case: Case, action| case.up(|op| op.alter_column("t", "n", |c| c.not_null_on_conflict(action)));
    cases.push(to(case("set", column()), OnConflict::Ignore));
    cases.push(to(case("change", ignored()), OnConflict::Replace));
    cases.push(case("drop", ignored()).up(|op| op.alter_column("t", "n", |c| c.drop_not_null_on_conflict())));
}

fn identities(cases: &mut Vec<Case>) {
    let with = |name: &str, identity: Option<Identity>| {
        Case::new(format!("alter column / identity / {name}"))
            .before(|op| {
                op.create_table("t", |t| {
                    t.column("id", DataType::Integer).not_null();
                    let mut count = Column::new("count", DataType::Integer).not_null();
                    count.identity = identity;
                    t.add_column(count).primary_key();
                    t.options(|_| {});
                });
            })
            .rows("t", ["id", "count"], [[int(1), int(1)]])
    };
    // A key that is not counted up needs a default, as else it is by the builder's rule.
    let plain = || {
        Case::new("alter column / identity / set")
            .before(|op| {
                op.create_table("t", |t| {
                    t.column("id", DataType::Integer).not_null();
                    t.column("count", DataType::Integer).not_null();
                });
            })
            .rows("t", ["id", "count"], [[int(1), int(1)]])
    };
    cases.push(
        plain().up(|op| op.alter_column("t", "count", |c| c.identity(Identity::by_default().start(10)))),
    );
    let to = |name: &str, before: Identity, after: Identity| {
        with(name, Some(before)).up(|op| op.alter_column("t", "count", |c| c.identity(after)))
    };
    cases.push(to("always", Identity::by_default(), Identity::always()));
    let mut by_default = to("by default", Identity::always(), Identity::by_default());
    // What is counted ALWAYS takes no rows with a number of their own.
    by_default.rows.clear();
    cases.push(by_default);
    cases.push(to("increment", Identity::by_default(), Identity::by_default().increment(5)));
    cases.push(to("start", Identity::by_default(), Identity::by_default().start(50)));
    cases.push(to("bounds", Identity::by_default(), Identity::by_default().min(1).max(500).cycle().cache(3)));
    cases.push(to(
        "bounds dropped",
        Identity::by_default().min(1).max(500).cycle().cache(3).increment(2),
        Identity::by_default(),
    ));
    cases.push(
        with("drop", Some(Identity::by_default()))
            .up(|op| op.alter_column("t", "count", |c| c.drop_identity())),
    );
}

/// What is not mentioned must stay as it is, even where the whole column or table is stated anew.
fn restated(cases: &mut Vec<Case>) {
    let parent = |op: &mut Operations| {
        op.create_table("parent", |t| {
            t.column("p", DataType::Integer);
        });
    };
    let child = |op: &mut Operations| {
        op.create_table("child", |t| {
            t.column("t_id", DataType::Integer);
            t.foreign_key(
                ForeignKey::new(["t_id"], "t", ["id"])
                    .named("child_fk")
                    .on_delete(ReferentialAction::Cascade),
            );
        });
    };
    let rows = |case: Case| {
        case.rows(
            "t",
            ["id", "name", "amount"],
            [[int(1), text("a"), int(3)], [int(9), SqlValue::Null, int(4)]],
        )
        .rows("child", ["t_id"], [[int(1)], [int(9)]])
    };
    let case = |name: &str| {
        rows(
            Case::new(format!("alter column / of a table with everything / {name}"))
                .before(parent)
                .before(everything)
                .before(child),
        )
    };
    cases.push(case("type").up(|op| op.alter_column("t", "note", |c| c.column_type(DataType::string(60)))));
    cases.push(case("default").up(|op| op.alter_column("t", "amount", |c| c.server_default(int(1)))));
    cases.push(case("nullable").up(|op| op.alter_column("t", "amount", |c| c.nullable(true))));
    cases.push(case("rename").up(|op| op.alter_column("t", "name", |c| c.rename("title"))));
    cases.push(case("rename in a check").up(|op| op.alter_column("t", "amount", |c| c.rename("sum"))));

    let single = |name: &str, column: Column| {
        Case::new(format!("alter column / keeps / {name}")).before(|op| {
            op.create_table("t", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("n", DataType::Integer);
                t.add_column(column);
            });
        })
    };
    let stamp = || Column::new("c", DataType::Timestamp { precision: Some(3), timezone: false });
    let now = "CURRENT_TIMESTAMP(3)".to_owned();
    let on_update = stamp().on_update(PerDialect::only(DialectName::MySql, now.clone())).server_default(
        PerDialect::all(SqlValue::expression("CURRENT_TIMESTAMP"))
            .on(DialectName::MySql, SqlValue::expression(now)),
    );
    cases.push(single("on update", on_update).up(|op| op.alter_column("t", "c", |c| c.comment("new"))));
    let collated =
        Column::new("c", super::case::binary_collation(DataType::string(30))).not_null().comment("it's");
    cases.push(single("collation and comment", collated).up(|op| {
        op.alter_column("t", "c", |c| c.server_default(text("new")));
    }));
    let computed = Column::new("c", DataType::Integer).computed(Computed::stored("n * 2"));
    cases.push(single("computed", computed).up(|op| op.alter_column("t", "c", |c| c.comment("new"))));
    let quoted = Column::new("c", DataType::string(30)).server_default(text("it's \\ '")).not_null();
    cases.push(
        single("default in quotes", quoted)
            .up(|op| op.alter_column("t", "c", |c| c.column_type(DataType::string(60)))),
    );
    let expression = each("'a' || 'b'", "(concat('a', 'b'))", "('a' || 'b')");
    let expression = expression.map(SqlValue::Expression);
    let of_expression = Column::new("c", DataType::string(30)).server_default(expression);
    cases.push(single("default of an expression", of_expression).up(|op| {
        op.alter_column("t", "c", |c| c.column_type(DataType::string(60)));
    }));
}

fn dropped(cases: &mut Vec<Case>) {
    let case = |name: &str| {
        let mut case = case(name);
        case.name = format!("drop column / {name}");
        case
    };
    let last =
        |name: &str| case(name).before(|op| op.add_column("t", Column::new("last", DataType::Integer)));
    let if_exists = |op: &mut Operations, name: &str| op.alter_table("t", |t| t.drop_column_if_exists(name));
    cases.push(last("plain").up(|op| op.drop_column("t", "last")).changes_values_of("t", &["last"]));
    cases.push(case("not the last").up(|op| op.drop_column("t", "word")).changes_values_of("t", &["word"]));
    // There are rows, and nothing to put into the column when it comes back.
    let not_null = case("not null").up(|op| op.drop_column("t", "digits"));
    cases.push(not_null.changes_values_of("t", &["digits"]).irreversible());
    cases.push(
        last("if exists / present")
            .base("drop column / plain")
            .up(|op| if_exists(op, "last"))
            .changes_values_of("t", &["last"]),
    );
    cases.push(last("if exists / absent").base("drop column / plain").up(|op| if_exists(op, "nothing")));
    let last = |name: &str, add: fn(&mut Operations)| {
        case(name)
            .before(|op| {
                op.create_table("parent", |t| {
                    t.column("id", DataType::Integer).primary_key();
                });
                op.add_column("t", Column::new("last", DataType::Integer));
            })
            .changes_values_of("t", &["last"])
            .before(add)
            .up(|op| op.drop_column("t", "last"))
    };
    cases.push(last("with an index", |op| op.create_index("last_ix", "t", ["last"])));
    cases.push(last("with a unique constraint", |op| op.create_unique_constraint("last_uq", "t", ["last"])));
    cases.push(last("with a foreign key", |op| {
        op.create_foreign_key("t", ForeignKey::new(["last"], "parent", ["id"]).named("last_fk"));
    }));
    cases.push(last("beside a check", |op| op.create_check_constraint("number_ck", "t", "number > 0")));
}
