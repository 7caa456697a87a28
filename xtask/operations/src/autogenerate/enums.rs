//! Enum types.

use dunlin::core::prelude::*;
use dunlin::core::schema::EnumType;

use super::*;

/// A column of the enum type `status`.
fn status(values: &'static [&'static str]) -> impl Fn(&mut Metadata) {
    move |m| {
        let status = m.enum_type(EnumType::new("status", values.iter().copied()));
        with(v(status).not_null().server_default("open"))(m);
    }
}

pub(super) fn cases() -> Vec<Case> {
    let two = || status(&["open", "closed"]);
    let mut cases = Vec::new();
    cases.extend(both_ways(
        POSTGRES,
        ["add a type that no column has", "drop a type that no column has"],
        item(|_| {}),
        |m| {
            m.enum_type(EnumType::new("status", ["open", "closed"]));
            item(|_| {})(m);
        },
    ));
    cases.extend(both_ways(
        ALL,
        ["add a column of a new type", "drop a column and its type"],
        item(|_| {}),
        two(),
    ));
    cases.extend([
        case(ALL, "add a value behind the others", two(), status(&["open", "closed", "archived"])),
        case(ALL, "add a value before the others", two(), status(&["new", "open", "closed"])),
        case(ALL, "add a value between others", two(), status(&["open", "waiting", "closed"])),
        case(ALL, "add two values", two(), status(&["new", "open", "closed", "archived"])),
        case(ALL, "remove a value", status(&["open", "closed", "archived"]), two()),
        case(POSTGRES, "put values in another order", two(), status(&["closed", "open"])),
        case(MYSQL, "put values in another order (MySQL)", two(), status(&["closed", "open"])),
        case(ALL, "replace a value", two(), status(&["open", "done"])),
        case(NOT_SQLITE, "rename a value", two(), status(&["open", "done"]))
            .renames(Rename::Value("status", "closed", "done")),
        case(ALL, "add a longer value", two(), status(&["open", "closed", "waiting for an answer"])),
        case(ALL, "another default", two(), |m: &mut Metadata| {
            let status = m.enum_type(EnumType::new("status", ["open", "closed"]));
            with(v(status).not_null().server_default("closed"))(m);
        }),
        case(ALL, "a table with a new type", |_| {}, two()),
        case(ALL, "drop a table with its type", two(), |_| {}),
        case(NOT_SQLITE, "an enum to a text", enumerated(true), enumerated(false)),
        case(NOT_SQLITE, "a text to an enum", enumerated(false), enumerated(true)),
        case(
            ALL,
            "a type of two tables: add a value",
            shared(&["open", "closed"]),
            shared(&["open", "closed", "late"]),
        ),
        case(
            MYSQL,
            "without a name: add a value",
            with(v(DataType::Enum(EnumType::unnamed(["a", "b"])))),
            with(v(DataType::Enum(EnumType::unnamed(["a", "b", "c"])))),
        ),
    ]);
    cases.push(case(
        POSTGRES,
        "an array of a type: add a value",
        array(&["a", "b"]),
        array(&["a", "b", "c"]),
    ));
    cases
}

fn enumerated(yes: bool) -> impl Fn(&mut Metadata) {
    move |m| {
        let column = match yes {
            true => v(m.enum_type(EnumType::new("status", ["open", "closed"]))),
            false => v(DataType::string(20)),
        };
        with(column)(m);
    }
}

fn shared(values: &'static [&'static str]) -> impl Fn(&mut Metadata) {
    move |m| {
        let status = m.enum_type(EnumType::new("status", values.iter().copied()));
        for table in ["one", "two"] {
            m.table(table, |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("v", status.clone());
            });
        }
    }
}

fn array(values: &'static [&'static str]) -> impl Fn(&mut Metadata) {
    move |m| {
        let mark = m.enum_type(EnumType::new("mark", values.iter().copied()));
        with(v(mark.array()))(m);
    }
}
