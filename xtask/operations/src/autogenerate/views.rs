//! Views, schemas, and what is in another schema.

use dunlin::core::prelude::*;
use dunlin::core::schema::{EnumType, TableName, View};

use super::*;

/// A table, and views of it.
fn viewed(views: &'static [(&'static str, &'static str)], materialized: bool) -> impl Fn(&mut Metadata) {
    move |m| {
        table(DataType::string(50))(m);
        for (name, query) in views {
            let view = View::new(*name, *query);
            m.view(if materialized { view.materialized() } else { view });
        }
    }
}

fn table(name: DataType) -> impl Fn(&mut Metadata) {
    move |m| {
        m.table("item", |t| {
            t.column("id", DataType::Integer).primary_key();
            t.column("name", name.clone()).not_null();
            t.column("amount", DataType::Integer);
        });
    }
}

const IDS: (&str, &str) = ("item_view", "SELECT id, name FROM item");
const OTHER_ROWS: (&str, &str) = ("item_view", "SELECT id, name FROM item WHERE amount > 0");
const MORE: (&str, &str) = ("item_view", "SELECT id, name, amount FROM item");
const FEWER: (&str, &str) = ("item_view", "SELECT id FROM item");
const ON_TOP: (&str, &str) = ("top_view", "SELECT name FROM item_view");

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(both_ways(ALL, ["add", "drop"], viewed(&[], false), viewed(&[IDS], false)));
    cases.extend(both_ways(
        ALL,
        ["add two, one reading the other", "drop two, one reading the other"],
        viewed(&[], false),
        viewed(&[IDS, ON_TOP], false),
    ));
    cases.extend([
        case(ALL, "another condition", viewed(&[IDS], false), viewed(&[OTHER_ROWS], false)),
        case(ALL, "one more column", viewed(&[IDS], false), viewed(&[MORE], false)),
        case(ALL, "one column less", viewed(&[IDS], false), viewed(&[FEWER], false)),
        case(
            ALL,
            "another query below another view",
            viewed(&[IDS, ON_TOP], false),
            viewed(&[OTHER_ROWS, ON_TOP], false),
        ),
        case(ALL, "add a table and its view", |_| {}, viewed(&[IDS], false)),
        case(ALL, "drop a table and its view", viewed(&[IDS], false), |_| {}),
        case(ALL, "the type of a column that a view reads", viewed(&[IDS], false), |m: &mut Metadata| {
            table(DataType::string(80))(m);
            m.view(View::new(IDS.0, IDS.1));
        }),
        case(ALL, "drop a column out of a table and its view", viewed(&[MORE], false), |m: &mut Metadata| {
            m.table("item", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("name", DataType::string(50)).not_null();
            });
            m.view(View::new(IDS.0, IDS.1));
        }),
        case(POSTGRES, "materialized: another query", viewed(&[IDS], true), viewed(&[OTHER_ROWS], true)),
        case(POSTGRES, "plain to materialized", viewed(&[IDS], false), viewed(&[IDS], true)),
    ]);
    cases.extend(both_ways(
        POSTGRES,
        ["materialized: add", "materialized: drop"],
        viewed(&[], true),
        viewed(&[IDS], true),
    ));
    cases
}

fn elsewhere(define: impl Fn(&mut Metadata)) -> impl Fn(&mut Metadata) {
    move |m| {
        m.schemas.push("elsewhere".to_owned());
        define(m);
    }
}

fn there(name: &str) -> TableName {
    TableName::new(Some("elsewhere"), name)
}

/// A table in the other schema.
fn far(define: impl Fn(&mut TableBuilder)) -> impl Fn(&mut Metadata) {
    elsewhere(move |m| {
        m.insert(Table::build(there("item"), |t| {
            t.column("id", DataType::Integer).primary_key();
            define(t);
        }));
    })
}

pub(super) fn schemas() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(both_ways(POSTGRES, ["add a schema", "drop a schema"], item(|_| {}), |m| {
        item(|_| {})(m);
        m.schemas.push("elsewhere".to_owned());
    }));
    cases.extend(both_ways(
        POSTGRES,
        ["add a schema and a table in it", "drop a schema and its table"],
        |_| {},
        far(|_| {}),
    ));
    cases.extend(both_ways(
        POSTGRES,
        ["add a table in another schema", "drop a table in another schema"],
        elsewhere(|_| {}),
        far(|_| {}),
    ));
    cases.extend(both_ways(
        POSTGRES,
        ["add a column in another schema", "drop a column in another schema"],
        far(|_| {}),
        far(|t| {
            t.column("v", DataType::Text);
        }),
    ));
    cases.extend([
        case(
            POSTGRES,
            "add an index in another schema",
            far(|t| {
                t.column("v", DataType::Text);
            }),
            far(|t| {
                t.column("v", DataType::Text);
                t.index("ix_item_v", ["v"]);
            }),
        ),
        case(
            POSTGRES,
            "a type in another schema",
            far(|t| {
                t.column("v", DataType::Integer);
            }),
            far(|t| {
                t.column("v", DataType::BigInteger);
            }),
        ),
        case(POSTGRES, "a table of the same name in another schema", item(|_| {}), |m: &mut Metadata| {
            item(|_| {})(m);
            far(|_| {})(m);
        }),
        case(POSTGRES, "a foreign key into another schema", referring(false), referring(true)),
        case(
            POSTGRES,
            "an enum type in another schema: add a value",
            marked(&["a", "b"]),
            marked(&["a", "b", "c"]),
        ),
        case(POSTGRES, "a view in another schema", far(|_| {}), |m: &mut Metadata| {
            far(|_| {})(m);
            m.view(View::new(there("item_view"), "SELECT id FROM elsewhere.item"));
        }),
    ]);
    cases
}

fn referring(yes: bool) -> impl Fn(&mut Metadata) {
    move |m| {
        far(|_| {})(m);
        m.table("child", |t| {
            t.column("id", DataType::Integer).primary_key();
            t.column("item_id", DataType::Integer);
            if yes {
                t.foreign_key(ForeignKey::new(["item_id"], there("item"), ["id"]).named("fk_child_item"));
            }
        });
    }
}

fn marked(values: &'static [&'static str]) -> impl Fn(&mut Metadata) {
    elsewhere(move |m| {
        let mark = m.enum_type(EnumType::new(there("mark"), values.iter().copied()));
        m.insert(Table::build(there("item"), |t| {
            t.column("id", DataType::Integer).primary_key();
            t.column("v", mark.clone());
        }));
    })
}
