//! Columns that the server fills: counted up, identity, computed.

use dunlin::core::prelude::*;
use dunlin::core::schema::{Computed, Identity};

use super::*;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = counted();
    cases.extend(identities());
    cases.extend(computed());
    cases
}

fn key(column: impl Fn(&mut TableBuilder)) -> impl Fn(&mut Metadata) {
    move |m| {
        m.table("item", |t| {
            column(t);
            t.column("v", DataType::Integer);
        });
    }
}

fn counted() -> Vec<Case> {
    let plain = || {
        key(|t| {
            t.column("id", DataType::Integer).primary_key().without_autoincrement();
        })
    };
    let counting = || {
        key(|t| {
            t.column("id", DataType::Integer).primary_key();
        })
    };
    let big = || {
        key(|t| {
            t.column("id", DataType::BigInteger).primary_key();
        })
    };
    let identity = || {
        key(|t| {
            t.column("id", DataType::Integer).identity(Identity::by_default()).primary_key();
        })
    };
    let mut cases = Vec::new();
    cases.extend(both_ways(
        NOT_SQLITE,
        ["begin to count a key up", "stop counting a key up"],
        plain(),
        counting(),
    ));
    cases.extend(both_ways(
        NOT_SQLITE,
        ["a counted INTEGER to BIGINT", "a counted BIGINT to INTEGER"],
        counting(),
        big(),
    ));
    cases.extend(both_ways(POSTGRES, ["SERIAL to identity", "identity to SERIAL"], counting(), identity()));
    cases
}

fn identities() -> Vec<Case> {
    let of = |identity: Identity| with(v(DataType::Integer).identity(identity));
    let plain = || with(v(DataType::Integer).not_null());
    let default = Identity::by_default;
    let mut cases = Vec::new();
    cases.extend(both_ways(POSTGRES, ["identity: add", "identity: drop"], plain(), of(default())));
    cases.extend(both_ways(
        POSTGRES,
        ["identity: BY DEFAULT to ALWAYS", "identity: ALWAYS to BY DEFAULT"],
        of(default()),
        of(Identity::always()),
    ));
    let options = [
        ("start", default().start(100)),
        ("increment", default().increment(5)),
        ("minimum", default().min(-10).start(1)),
        ("maximum", default().max(1000)),
        ("cycle", default().cycle()),
        ("cache", default().cache(20)),
    ];
    for (name, identity) in options {
        cases.push(case(POSTGRES, format!("identity: {name}"), of(default()), of(identity)));
    }
    cases
}

fn computed() -> Vec<Case> {
    let over = |column: Option<Column>| {
        item(move |t| {
            t.column("a", DataType::Integer);
            t.column("b", DataType::Integer);
            if let Some(column) = &column {
                t.add_column(column.clone());
            }
        })
    };
    let stored = |sql: &str| Some(v(DataType::Integer).computed(Computed::stored(sql)));
    let on_read = |sql: &str| Some(v(DataType::Integer).computed(Computed::on_read(sql)));
    let plain = || Some(v(DataType::Integer));
    let mut cases = Vec::new();
    cases.extend(both_ways(
        ALL,
        ["computed and stored: add the column", "computed and stored: drop the column"],
        over(None),
        over(stored("a + b")),
    ));
    cases.extend(both_ways(
        NOT_POSTGRES,
        ["computed on read: add the column", "computed on read: drop the column"],
        over(None),
        over(on_read("a + b")),
    ));
    cases.push(case(
        ALL,
        "computed and stored: another expression",
        over(stored("a + b")),
        over(stored("a * b")),
    ));
    cases.push(case(
        NOT_POSTGRES,
        "computed on read: another expression",
        over(on_read("a + b")),
        over(on_read("a - b")),
    ));
    cases.extend(both_ways(
        NOT_POSTGRES,
        ["computed on read to stored", "computed and stored to on read"],
        over(on_read("a + b")),
        over(stored("a + b")),
    ));
    cases.extend(both_ways(
        ALL,
        ["plain to computed", "computed to plain"],
        over(plain()),
        over(stored("a + b")),
    ));
    cases.push(case(
        ALL,
        "computed and stored: another type",
        over(stored("a + b")),
        over(Some(v(DataType::BigInteger).computed(Computed::stored("a + b")))),
    ));
    cases
}
