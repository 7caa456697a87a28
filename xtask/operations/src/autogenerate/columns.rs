//! Columns: added, dropped, nullable or not, with comments, in another order.

use dunlin::core::prelude::*;
use dunlin::core::schema::OnConflict;

use super::*;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = added();
    cases.extend(dropped());
    cases.extend(altered());
    cases
}

fn added() -> Vec<Case> {
    vec![
        case(ALL, "add a nullable column", item(|_| {}), with(v(DataType::Text))),
        case(ALL, "add a NOT NULL column", item(|_| {}), with(v(DataType::Integer).not_null())),
        case(
            ALL,
            "add a NOT NULL column with a default",
            item(|_| {}),
            with(v(DataType::string(20)).not_null().server_default("new")),
        ),
        case(
            ALL,
            "add a column with CURRENT_TIMESTAMP as default",
            item(|_| {}),
            with(
                v(DataType::datetime()).not_null().server_default(SqlValue::expression("CURRENT_TIMESTAMP")),
            ),
        ),
        case(NOT_SQLITE, "add a column with a comment", item(|_| {}), with(v(DataType::Text).comment("why"))),
        case(
            ALL,
            "add two columns",
            item(|_| {}),
            item(|t| {
                t.column("a", DataType::Boolean);
                t.column("b", DataType::Date);
            }),
        ),
        case(
            ALL,
            "add a column with a unique constraint",
            item(|_| {}),
            item(|t| {
                t.column("v", DataType::Integer);
                t.unique("uq_item_v", ["v"]);
            }),
        ),
        case(
            ALL,
            "add a column with an index",
            item(|_| {}),
            item(|t| {
                t.column("v", DataType::Integer);
                t.index("ix_item_v", ["v"]);
            }),
        ),
        case(
            ALL,
            "add a column with a check",
            item(|_| {}),
            item(|t| {
                t.column("v", DataType::Integer);
                t.check("ck_item_v", "v > 0");
            }),
        ),
        case(
            ALL,
            "add a column with a foreign key",
            item(|_| {}),
            item(|t| {
                t.column("v", DataType::Integer);
                t.foreign_key(ForeignKey::new(["v"], "item", ["id"]).named("fk_item_v"));
            }),
        ),
        case(
            &[DialectName::MySql, DialectName::MariaDb, DialectName::Sqlite],
            "add a column between others",
            item(|t| {
                t.column("last", DataType::Integer);
            }),
            item(|t| {
                t.column("v", DataType::Integer);
                t.column("last", DataType::Integer);
            }),
        ),
    ]
}

fn dropped() -> Vec<Case> {
    vec![
        case(ALL, "drop a column", with(v(DataType::Text)), item(|_| {})),
        case(
            ALL,
            "drop a NOT NULL column with a default",
            with(v(DataType::Integer).not_null().server_default(1)),
            item(|_| {}),
        ),
        case(
            ALL,
            "drop a column with its unique constraint",
            item(|t| {
                t.column("v", DataType::Integer);
                t.unique("uq_item_v", ["v"]);
            }),
            item(|_| {}),
        ),
        case(
            ALL,
            "drop a column with its index",
            item(|t| {
                t.column("v", DataType::Integer);
                t.index("ix_item_v", ["v"]);
            }),
            item(|_| {}),
        ),
        case(
            ALL,
            "drop a column out of an index",
            item(|t| {
                t.column("v", DataType::Integer);
                t.index("ix_item", ["id", "v"]);
            }),
            item(|t| t.index("ix_item", ["id"])),
        ),
        case(
            ALL,
            "drop a column with its check",
            item(|t| {
                t.column("v", DataType::Integer);
                t.check("ck_item_v", "v > 0");
            }),
            item(|_| {}),
        ),
        case(
            ALL,
            "drop a column with its foreign key",
            item(|t| {
                t.column("v", DataType::Integer);
                t.foreign_key(ForeignKey::new(["v"], "item", ["id"]).named("fk_item_v"));
            }),
            item(|_| {}),
        ),
    ]
}

fn altered() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(both_ways(
        ALL,
        ["nullable to NOT NULL", "NOT NULL to nullable"],
        with(v(DataType::Integer)),
        with(v(DataType::Integer).not_null()),
    ));
    cases.extend(both_ways(
        ALL,
        ["nullable to NOT NULL, with a default", "NOT NULL to nullable, with a default"],
        with(v(DataType::string(20)).server_default("x")),
        with(v(DataType::string(20)).not_null().server_default("x")),
    ));
    cases.extend(both_ways(
        NOT_SQLITE,
        ["add a column's comment", "drop a column's comment"],
        with(v(DataType::Integer).not_null().server_default(7)),
        with(v(DataType::Integer).not_null().server_default(7).comment("it's counted")),
    ));
    let now = || v(DataType::datetime()).server_default(SqlValue::expression("CURRENT_TIMESTAMP"));
    cases.extend(both_ways(
        MYSQL,
        ["add ON UPDATE", "drop ON UPDATE"],
        with(now()),
        with(now().on_update("CURRENT_TIMESTAMP")),
    ));
    cases.push(alter(
        NOT_SQLITE,
        "change a column's comment",
        v(DataType::Text).comment("before"),
        v(DataType::Text).comment("after"),
    ));
    cases.push(alter(
        ALL,
        "change type, nullable and default together",
        v(DataType::Integer),
        v(DataType::BigInteger).not_null().server_default(3),
    ));
    cases.push(alter(
        SQLITE,
        "add ON CONFLICT to NOT NULL",
        v(DataType::Integer).not_null(),
        v(DataType::Integer).not_null_on_conflict(OnConflict::Ignore),
    ));
    cases.push(case(
        &[DialectName::MySql, DialectName::MariaDb, DialectName::Sqlite],
        "change the order of columns",
        item(|t| {
            t.column("a", DataType::Integer);
            t.column("b", DataType::Text);
        }),
        item(|t| {
            t.column("b", DataType::Text);
            t.column("a", DataType::Integer);
        }),
    ));
    cases
}
