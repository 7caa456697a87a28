//! Columns: created with their table, and added to one.

use dunlin_core::operation::ColumnPosition;
use dunlin_core::prelude::*;
use dunlin_core::schema::{Computed, EnumType, Identity, OnConflict};

use super::case::{Case, each, int, text};

/// Columns by name, each with the column that it differs from by one option.
fn columns() -> Vec<(String, Option<&'static str>, Column)> {
    let integer = || Column::new("c", DataType::Integer);
    let string = || Column::new("c", DataType::string(50));
    let identity = |identity| integer().identity(identity);
    let default = |column: Column, value: SqlValue| column.server_default(value);
    let name = str::to_owned;
    let mut columns = vec![
        (name("plain"), None, integer()),
        (name("not null"), Some("plain"), integer().not_null()),
        (name("default / text"), Some("text"), default(string(), text("it's \\ a 'quote'"))),
        (name("default / integer"), Some("plain"), default(integer(), int(-1))),
        (
            name("default / boolean"),
            Some("boolean"),
            default(Column::new("c", DataType::Boolean), true.into()),
        ),
        (name("default / null"), Some("plain"), default(integer(), SqlValue::Null)),
        (
            name("default / bytes"),
            Some("bytes"),
            default(Column::new("c", DataType::VarBinary { length: 8 }), SqlValue::Bytes(vec![0, 255, 39])),
        ),
        (
            name("default / expression"),
            Some("timestamp"),
            default(Column::new("c", DataType::timestamp()), SqlValue::expression("CURRENT_TIMESTAMP")),
        ),
        (
            name("default / per database"),
            Some("text"),
            string().server_default(
                PerDialect::only(DialectName::Postgres, text("elephant"))
                    .on(DialectName::MySql, text("dolphin")),
            ),
        ),
        (
            name("on update"),
            Some("timestamp"),
            Column::new("c", DataType::timestamp()).on_update("CURRENT_TIMESTAMP"),
        ),
        (
            name("on update / only where it is had"),
            Some("timestamp"),
            Column::new("c", DataType::timestamp())
                .on_update(PerDialect::only(DialectName::MySql, "CURRENT_TIMESTAMP".to_owned())),
        ),
        (name("comment"), Some("plain"), integer().comment("it's \\ a \"comment\"")),
        (name("computed / stored"), Some("plain"), integer().computed(Computed::stored("id * 2"))),
        (name("computed / on read"), Some("plain"), integer().computed(Computed::on_read("id * 2"))),
        (
            name("computed / per database"),
            Some("text"),
            string().computed(Computed::stored(each("'#' || id", "concat('#', id)", "'#' || id"))),
        ),
        (name("identity"), Some("not null"), identity(Identity::by_default())),
        (name("identity / always"), Some("identity"), identity(Identity::always())),
        (name("identity / start"), Some("identity"), identity(Identity::by_default().start(100))),
        (name("identity / increment"), Some("identity"), identity(Identity::by_default().increment(10))),
        (name("identity / min"), Some("identity"), identity(Identity::by_default().min(1).start(5))),
        (name("identity / max"), Some("identity"), identity(Identity::by_default().max(1_000))),
        (name("identity / cycle"), Some("identity"), identity(Identity::by_default().cycle())),
        (name("identity / cache"), Some("identity"), identity(Identity::by_default().cache(20))),
        (
            name("collation of a column with a default"),
            Some("default / text"),
            default(Column::new("c", super::case::binary_collation(DataType::string(50))), text("x")),
        ),
        (
            name("enum without name"),
            None,
            default(Column::new("c", DataType::Enum(EnumType::unnamed(["a", "b"]))).not_null(), text("b")),
        ),
        (name("text"), None, string()),
        (name("boolean"), None, Column::new("c", DataType::Boolean)),
        (name("bytes"), None, Column::new("c", DataType::VarBinary { length: 8 })),
        (name("timestamp"), None, Column::new("c", DataType::timestamp())),
    ];
    for (word, action) in conflicts() {
        columns.push((
            format!("not null on conflict / {word}"),
            Some("not null"),
            integer().not_null_on_conflict(action),
        ));
    }
    columns
}

pub(super) fn conflicts() -> [(&'static str, OnConflict); 5] {
    [
        ("rollback", OnConflict::Rollback),
        ("abort", OnConflict::Abort),
        ("fail", OnConflict::Fail),
        ("ignore", OnConflict::Ignore),
        ("replace", OnConflict::Replace),
    ]
}

pub(super) fn cases(cases: &mut Vec<Case>) {
    for (name, base, column) in columns() {
        // Only a key is counted up by all databases.
        let is_key = column.identity.is_some();
        let key = move |t: &mut dunlin_core::schema::TableBuilder, column: Column| {
            t.column("id", DataType::Integer).not_null();
            let column = t.add_column(column);
            if is_key {
                column.primary_key();
            }
        };
        let created = column.clone();
        let case = Case::new(format!("create table / column / {name}"));
        let case = case.up(move |op| op.create_table("t", move |t| key(t, created)));
        cases.push(with_base(case, "create table / column", base));

        let case = Case::new(format!("add column / {name}")).before(|op| {
            op.create_table("t", |t| {
                t.column("id", DataType::Integer).not_null();
                t.column("other", DataType::Text);
            });
        });
        // A new column that is NOT NULL without a default has no value for the rows that are there.
        // The time of day is another when the case runs again.
        let same_again = name != "default / expression";
        let filled =
            same_again && (column.nullable || column.server_default.is_some() || column.computed.is_some());
        let case = match filled {
            true => case.rows("t", ["id", "other"], [[int(1), text("a")], [int(2), SqlValue::Null]]),
            false => case,
        };
        let case = case.up(|op| {
            op.alter_table("t", |t| {
                t.add_column(column);
                if is_key {
                    t.create_primary_key("t_pk", ["c"]);
                }
            });
        });
        cases.push(with_base(case, "add column", base));
    }
    autoincrement(cases);
    places(cases);
}

fn with_base(case: Case, group: &str, base: Option<&str>) -> Case {
    match base {
        Some(base) => case.base(format!("{group} / {base}")),
        None => case,
    }
}

fn autoincrement(cases: &mut Vec<Case>) {
    let create = |name: &str, data_type: DataType, counts: bool| {
        Case::new(format!("create table / column / {name}")).up(move |op| {
            op.create_table("t", |t| {
                let id = t.column("id", data_type).not_null();
                if counts {
                    id.autoincrement();
                }
                t.column("other", DataType::Text);
                t.primary_key("t_pkey", ["id"]);
            });
        })
    };
    cases.push(create("autoincrement", DataType::Integer, true));
    cases.push(create("autoincrement / big integer", DataType::BigInteger, true));
    cases.push(create("autoincrement / small integer", DataType::SmallInteger, true));
}

fn places(cases: &mut Vec<Case>) {
    let case = |name: &str| {
        Case::new(format!("add column / {name}")).base("add column / text").before(|op| {
            op.create_table("t", |t| {
                t.column("id", DataType::Integer).not_null();
                t.column("other", DataType::Text);
            });
        })
    };
    let column = || Column::new("c", DataType::string(50));
    let rows = [[int(1), text("a")], [int(2), SqlValue::Null]];
    let cols = ["id", "other"];
    cases.push(case("first").rows("t", cols, rows.clone()).up(|op| {
        op.alter_table("t", |t| t.add_column_at(column(), ColumnPosition::First));
    }));
    cases.push(case("after").rows("t", cols, rows.clone()).up(|op| {
        op.alter_table("t", |t| t.add_column_at(column(), ColumnPosition::After("id".to_owned())));
    }));
    cases.push(case("if not exists / absent").rows("t", cols, rows.clone()).up(|op| {
        op.alter_table("t", |t| t.add_column_if_not_exists(column()));
    }));
    cases.push(case("if not exists / present").rows("t", cols, rows.clone()).up(|op| {
        op.alter_table("t", |t| t.add_column_if_not_exists(Column::new("other", DataType::Text)));
    }));
    cases.push(case("not null with a default").rows("t", cols, rows.clone()).up(|op| {
        op.add_column("t", column().not_null().server_default(text("new")));
    }));
    cases.push(case("several").rows("t", cols, rows).up(|op| {
        op.alter_table("t", |t| {
            t.add_column(column());
            t.add_column(Column::new("d", DataType::Integer).not_null().server_default(int(7)));
        });
    }));
    cases.push(
        Case::new("add column / of an enum type")
            .before(|op| {
                op.create_enum("size", ["small", "big"]);
                op.create_table("t", |t| {
                    t.column("id", DataType::Integer).not_null();
                });
            })
            .rows("t", ["id"], [[int(1)]])
            .up(|op| {
                let size = DataType::enumeration("size", ["small", "big"]);
                op.add_column("t", Column::new("c", size).not_null().server_default(text("big")));
            }),
    );
}
