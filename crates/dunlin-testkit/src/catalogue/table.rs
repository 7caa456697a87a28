//! Tables and their options.

use dunlin_core::operation::Operation;
use dunlin_core::prelude::*;
use dunlin_core::schema::{TableBuilder, TableName, TableOptions};

use super::case::{Case, each, int, text};

type Option_ = (&'static str, fn(&mut TableOptions));

/// Options by name.
const OPTIONS: &[Option_] = &[
    ("temporary", |o| o.temporary = true),
    ("partition by", |o| {
        o.partition_by = Some(
            PerDialect::only(DialectName::Postgres, "RANGE (id)".to_owned())
                .on(DialectName::MySql, "HASH (id) PARTITIONS 2".to_owned()),
        );
    }),
    ("engine", |o| o.engine = Some("MyISAM".to_owned())),
    ("character set", |o| o.character_set = Some("latin1".to_owned())),
    ("collation", |o| o.collation = Some("utf8mb4_bin".to_owned())),
    ("row format", |o| o.row_format = Some("COMPRESSED".to_owned())),
    ("auto_increment", |o| o.auto_increment = Some(1_000)),
    ("other", |o| {
        o.other.insert("STATS_PERSISTENT".to_owned(), "1".to_owned());
    }),
    ("unlogged", |o| o.unlogged = true),
    ("inherits", |o| o.inherits = vec!["parent".into()]),
    ("access method", |o| o.access_method = Some("heap".to_owned())),
    ("storage parameters", |o| {
        o.storage_parameters.insert("fillfactor".to_owned(), "70".to_owned());
        o.storage_parameters.insert("autovacuum_enabled".to_owned(), "false".to_owned());
    }),
    ("tablespace", |o| o.tablespace = Some("pg_default".to_owned())),
    ("strict", |o| o.strict = true),
    ("without rowid", |o| o.without_rowid = true),
    ("never reuse ids", |o| o.never_reuse_ids = true),
];

fn columns(t: &mut TableBuilder) {
    t.column("id", DataType::Integer).primary_key();
    t.column("name", ColumnType::from(DataType::string(50)).on(DialectName::Sqlite, DataType::Text));
}

fn rows(case: Case) -> Case {
    case.rows("t", ["id", "name"], [[int(1), text("it's")], [int(7), SqlValue::Null]])
}

fn parent(op: &mut Operations) {
    op.create_table("parent", |t| {
        t.column("p", DataType::Integer);
    });
}

pub(super) fn cases(cases: &mut Vec<Case>, schema: &str) {
    options(cases);
    let plain = "create table / plain";
    let create = |name: &str| Case::new(format!("create table / {name}")).base(plain);
    cases.push(create("comment").up(|op| {
        op.create_table("t", |t| {
            columns(t);
            t.comment("it's \\ a \"table\"");
        });
    }));
    cases.push(create("without primary key").up(|op| {
        op.create_table("t", |t| {
            t.column("id", DataType::Integer);
            t.column("name", DataType::string(50));
        });
    }));
    cases.push(create("if not exists / absent").up(|op| op.create_table_if_not_exists("t", columns)));
    cases.push(
        rows(create("if not exists / present").before(|op| op.create_table("t", columns)))
            .up(|op| op.create_table_if_not_exists("t", columns)),
    );
    cases.push(create("with everything").before(parent).up(everything));

    let drop =
        |name: &str| Case::new(format!("drop table / {name}")).before(|op| op.create_table("t", columns));
    cases.push(drop("plain").up(|op| op.drop_table("t")));
    cases.push(drop("if exists / present").base("drop table / plain").up(|op| op.drop_table_if_exists("t")));
    cases.push(
        Case::new("drop table / if exists / absent")
            .base("drop table / plain")
            .up(|op| op.drop_table_if_exists("t")),
    );
    cases.push(
        Case::new("drop table / with everything")
            .before(parent)
            .before(everything)
            .up(|op| op.drop_table("t")),
    );

    cases.push(
        rows(Case::new("rename table").before(|op| op.create_table("t", columns)))
            .up(|op| op.rename_table("t", "renamed")),
    );
    cases.push(
        rows(
            Case::new("rename table / with everything")
                .base("rename table")
                .before(parent)
                .before(everything),
        )
        .before(|op| {
            op.create_table("child", |t| {
                t.column("t_id", DataType::Integer);
                t.foreign_key(ForeignKey::new(["t_id"], "t", ["id"]).named("child_fk"));
            });
        })
        .rows("child", ["t_id"], [[int(7)]])
        .up(|op| op.rename_table("t", "renamed")),
    );
    comments(cases);
    schemas(cases, schema);
    changed_options(cases);
}

fn options(cases: &mut Vec<Case>) {
    cases.push(Case::new("create table / plain").up(|op| op.create_table("t", columns)));
    for (name, say) in OPTIONS {
        let case = Case::new(format!("create table / option / {name}")).base("create table / plain");
        let case = if *name == "inherits" { case.before(parent) } else { case };
        cases.push(case.up(|op| {
            op.create_table("t", |t| {
                columns(t);
                t.options(say);
            });
        }));
        // What a table is must outlive the changes of it, even where it is copied.
        if matches!(*name, "temporary" | "partition by") {
            continue;
        }
        let case = Case::new(format!("alter column / of a table with an option / {name}"));
        let case = if *name == "inherits" { case.before(parent) } else { case };
        let case = case.before(|op| {
            op.create_table("t", |t| {
                columns(t);
                t.options(say);
            });
        });
        cases.push(rows(case).up(|op| {
            op.alter_column("t", "name", |c| c.server_default(text("new")).comment("new"));
        }));
    }
}

/// Options that a table gets, and that it loses.
fn changed_options(cases: &mut Vec<Case>) {
    let case = |name: String| {
        let case = if name.ends_with("inherits") { Case::new(name).before(parent) } else { Case::new(name) };
        case.base("alter table / option / none")
    };
    let mut none = case("alter table / option / none".to_owned());
    none.base = None;
    let with = |say: Option<fn(&mut TableOptions)>| {
        move |op: &mut Operations| {
            op.create_table("t", |t| {
                columns(t);
                say.into_iter().for_each(|say| t.options(say));
            });
        }
    };
    let none = none.before(with(None));
    cases.push(rows(none).up(|op| op.alter_table("t", |t| t.set_options(TableOptions::default()))));
    for (name, say) in OPTIONS {
        // What cannot be changed, and what is not looked at.
        if matches!(*name, "temporary" | "partition by" | "auto_increment") {
            continue;
        }
        let set = case(format!("alter table / option / {name}")).before(with(None));
        cases.push(rows(set).up(|op| op.alter_table("t", |t| t.options(say))));
        let unset = case(format!("alter table / option dropped / {name}")).before(with(Some(*say)));
        let unset = rows(unset).up(|op| op.alter_table("t", |t| t.set_options(TableOptions::default())));
        cases.push(unset);
    }
}

/// A table with one of everything that is not the table's own option.
pub(super) fn everything(op: &mut Operations) {
    op.create_table("t", |t| {
        columns(t);
        t.column("parent", DataType::Integer);
        t.column("amount", DataType::numeric(10, 2)).not_null().server_default(int(0)).comment("how much");
        t.column("note", DataType::string(40));
        t.column("twice", DataType::Integer).computed(dunlin_core::schema::Computed::stored(each(
            "id * 2",
            "amount * 2",
            "id * 2",
        )));
        t.unique("t_name_uq", ["name"]);
        t.check("t_amount_ck", "amount >= 0");
        t.foreign_key(
            ForeignKey::new(["parent"], "t", ["id"]).named("t_fk").on_delete(ReferentialAction::Cascade),
        );
        t.index("t_ix", ["amount", "name"]);
        t.add_index(
            Index::new("t_part_ix", ["note"])
                .unique()
                .predicate(each("note IS NOT NULL", "note IS NOT NULL", "note IS NOT NULL"))
                .only_on([DialectName::Postgres, DialectName::Sqlite]),
        );
        t.comment("a table with everything");
    });
}

fn comments(cases: &mut Vec<Case>) {
    let with = |name: &str, comment: Option<&'static str>| {
        let case = Case::new(name).before(|op| {
            op.create_table("t", |t| {
                columns(t);
                comment.into_iter().for_each(|comment| t.comment(comment));
            });
        });
        rows(case)
    };
    cases.push(with("set comment / set", None).up(|op| op.create_table_comment("t", "it's \\ new")));
    cases.push(with("set comment / change", Some("old")).up(|op| op.create_table_comment("t", "new")));
    cases.push(with("set comment / drop", Some("old")).up(|op| op.drop_table_comment("t")));
}

fn schemas(cases: &mut Vec<Case>, schema: &str) {
    let create = |op: &mut Operations| op.create_schema(schema);
    cases.push(Case::new("create schema / plain").up(create));
    for (word, before) in [("absent", false), ("present", true)] {
        let case = Case::new(format!("create schema / if not exists / {word}")).base("create schema / plain");
        let case = if before { case.before(create) } else { case };
        let case = case.up(|op| {
            op.push(Operation::CreateSchema { name: schema.to_owned(), if_not_exists: true });
        });
        // Which of the two made it is not known.
        cases.push(if before { case.irreversible() } else { case });
    }
    cases.push(
        Case::new("create schema / for a table")
            .base("create schema / plain")
            .up(create)
            .up(|op| op.create_table(TableName::new(Some(schema), "t"), columns)),
    );
    cases.push(Case::new("drop schema / plain").before(create).up(|op| op.drop_schema("dunlin_catalogue")));
    let drop = || Operation::DropSchema { name: schema.to_owned(), if_exists: true };
    let case = Case::new("drop schema / if exists / present").base("drop schema / plain");
    cases.push(case.before(create).up(|op| op.push(drop())));
    let case = Case::new("drop schema / if exists / absent").base("drop schema / plain");
    cases.push(case.up(|op| op.push(drop())).irreversible());
}
