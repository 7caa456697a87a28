//! Tables and their options.

use dunlin::core::prelude::*;
use dunlin::core::schema::{Object, TableBuilder, TableName, TableOptions};

use super::*;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        case(ALL, "add a table", item(|_| {}), |m| {
            item(|_| {})(m);
            m.table("other", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("name", DataType::string(50)).not_null();
            });
        }),
        case(ALL, "add a table with constraints and indexes", item(|_| {}), |m| {
            item(|_| {})(m);
            m.table("other", full);
        }),
        case(ALL, "add a table without a key", item(|_| {}), |m| {
            item(|_| {})(m);
            m.table("other", |t| {
                t.column("name", DataType::string(50));
            });
        }),
        case(ALL, "add two tables, one referring to the other", |_| {}, linked),
        case(ALL, "add two tables that refer to each other", |_| {}, circular),
        case(ALL, "drop a table", linked, |m| {
            linked(m);
            m.remove(&TableName::from("child"));
        }),
        case(
            ALL,
            "drop a table with constraints and indexes",
            |m| {
                item(|_| {})(m);
                m.table("other", full);
            },
            item(|_| {}),
        ),
        case(ALL, "drop two tables, one referring to the other", linked, |_| {}),
        case(ALL, "drop two tables that refer to each other", circular, |_| {}),
        case(
            NOT_SQLITE,
            "change a table's comment",
            item(|t| t.comment("before")),
            item(|t| t.comment("what's after")),
        ),
    ];
    cases.extend(both_ways(
        NOT_SQLITE,
        ["add a table's comment", "drop a table's comment"],
        item(|_| {}),
        item(|t| t.comment("things")),
    ));
    cases.extend(options());
    cases
}

fn options() -> Vec<Case> {
    let option = |on, name: &str, from: fn(&mut TableOptions), to: fn(&mut TableOptions)| {
        case(on, name, item(move |t| t.options(from)), item(move |t| t.options(to)))
    };
    vec![
        option(
            MYSQL,
            "change the engine",
            |o| o.engine = Some("MyISAM".to_owned()),
            |o| o.engine = Some("InnoDB".to_owned()),
        ),
        option(
            MYSQL,
            "change the character set",
            |o| o.character_set = Some("latin1".to_owned()),
            |o| o.character_set = Some("utf8mb4".to_owned()),
        ),
        case(
            MYSQL,
            "change the collation of a table with texts",
            item(|t| {
                t.column("v", DataType::string(50));
                t.options(|o| o.collation = Some("utf8mb4_general_ci".to_owned()));
            }),
            item(|t| {
                t.column("v", DataType::string(50));
                t.options(|o| o.collation = Some("utf8mb4_bin".to_owned()));
            }),
        ),
        option(
            MYSQL,
            "change the row format",
            |o| o.row_format = Some("DYNAMIC".to_owned()),
            |o| o.row_format = Some("COMPRESSED".to_owned()),
        ),
        option(
            MYSQL,
            "add another option",
            |_| {},
            |o| drop(o.other.insert("STATS_PERSISTENT".to_owned(), "1".to_owned())),
        ),
        option(POSTGRES, "make a table unlogged", |_| {}, |o| o.unlogged = true),
        option(POSTGRES, "make a table logged", |o| o.unlogged = true, |_| {}),
        option(
            POSTGRES,
            "add a storage parameter to a table",
            |_| {},
            |o| drop(o.storage_parameters.insert("fillfactor".to_owned(), "70".to_owned())),
        ),
        option(
            POSTGRES,
            "drop a table's storage parameter",
            |o| drop(o.storage_parameters.insert("fillfactor".to_owned(), "70".to_owned())),
            |_| {},
        ),
        case(
            POSTGRES,
            "add a partitioned table",
            |_| {},
            |m| {
                m.table("event", |t| {
                    t.column("id", DataType::Integer).not_null();
                    t.column("day", DataType::Date).not_null();
                    t.options(|o| o.partition_by = Some("RANGE (day)".into()));
                });
            },
        ),
        case(POSTGRES, "add a table that inherits", item(|_| {}), |m| {
            item(|_| {})(m);
            m.table("special", |t| {
                t.column("more", DataType::Text);
                t.options(|o| o.inherits = vec!["item".into()]);
            });
        }),
        option(SQLITE, "make a table strict", |_| {}, |o| o.strict = true),
        option(SQLITE, "make a table no longer strict", |o| o.strict = true, |_| {}),
        option(SQLITE, "keep rows by the key", |_| {}, |o| o.without_rowid = true),
        option(SQLITE, "never reuse ids", |_| {}, |o| o.never_reuse_ids = true),
        case(
            POSTGRES,
            "add an object that is only SQL",
            |_| {},
            |m| {
                m.object(
                    Object::new("function two()")
                        .create("CREATE FUNCTION two() RETURNS integer LANGUAGE sql AS 'SELECT 2'")
                        .drop("DROP FUNCTION two()"),
                );
            },
        ),
    ]
}

fn full(t: &mut TableBuilder) {
    t.column("id", DataType::BigInteger).primary_key();
    t.column("item_id", DataType::Integer);
    t.column("code", DataType::string(20)).not_null();
    t.column("amount", DataType::numeric(10, 2)).not_null().server_default(SqlValue::expression("0"));
    t.column("active", DataType::Boolean).not_null().server_default(true);
    t.unique("uq_other_code", ["code"]);
    t.check("ck_other_amount", "amount >= 0");
    t.foreign_key(ForeignKey::new(["item_id"], "item", ["id"]).named("fk_other_item"));
    t.index("ix_other_amount", ["amount"]);
}

fn linked(m: &mut Metadata) {
    m.table("child", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("parent_id", DataType::Integer);
        t.foreign_key(ForeignKey::new(["parent_id"], "parent", ["id"]).named("fk_child_parent"));
    });
    m.table("parent", |t| {
        t.column("id", DataType::Integer).primary_key();
    });
}

fn circular(m: &mut Metadata) {
    for (name, other) in [("one", "two"), ("two", "one")] {
        m.table(name, |t| {
            t.column("id", DataType::Integer).primary_key();
            t.column("other_id", DataType::Integer);
            let key = ForeignKey::new(["other_id"], other, ["id"]);
            t.foreign_key(key.named(format!("fk_{name}_{other}")));
        });
    }
}
