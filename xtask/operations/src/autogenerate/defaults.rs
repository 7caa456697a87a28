//! Server defaults.

use dunlin::core::prelude::*;

use super::*;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = texts();
    cases.extend(numbers());
    cases.extend(expressions());
    cases
}

fn expression(sql: &str) -> SqlValue {
    SqlValue::expression(sql)
}

fn texts() -> Vec<Case> {
    let text = || v(DataType::string(20));
    let of = |value: &str| text().server_default(value);
    vec![
        alter(ALL, "text: add", text(), of("x")),
        alter(ALL, "text: change", of("x"), of("y")),
        alter(ALL, "text: drop", of("x"), text()),
        alter(ALL, "text: drop, NOT NULL", of("x").not_null(), text().not_null()),
        alter(ALL, "text: only capitals differ", of("new"), of("NEW")),
        alter(ALL, "text: to the empty text", of("x"), of("")),
        alter(ALL, "text: with a quote and a backslash", of("x"), of("it's \\ 100%")),
        alter(ALL, "text: a number becomes another text", of("1"), of("1.0")),
        alter(ALL, "text: the word NULL to no default", of("NULL"), text()),
        alter(ALL, "text: to the word CURRENT_TIMESTAMP", of("x"), of("CURRENT_TIMESTAMP")),
    ]
}

fn numbers() -> Vec<Case> {
    use DataType::{BigInteger, Boolean, Double, Integer};
    let integer = || v(Integer);
    let decimal = || v(DataType::numeric(10, 2));
    let of = |column: Column, sql: &str| column.server_default(expression(sql));
    vec![
        alter(ALL, "integer: add", integer(), integer().server_default(0)),
        alter(ALL, "integer: change", integer().server_default(0), integer().server_default(1)),
        alter(ALL, "integer: change the sign", integer().server_default(1), integer().server_default(-1)),
        alter(ALL, "integer: drop", integer().server_default(5), integer()),
        alter(
            ALL,
            "bigint: change",
            v(BigInteger).server_default(1),
            v(BigInteger).server_default(9_000_000_000),
        ),
        alter(ALL, "decimal: add", decimal(), of(decimal(), "0.5")),
        alter(ALL, "decimal: change", of(decimal(), "0.5"), of(decimal(), "1.5")),
        alter(ALL, "float: change", of(v(Double), "0.5"), of(v(Double), "2.25")),
        alter(ALL, "boolean: add", v(Boolean), v(Boolean).server_default(true)),
        alter(ALL, "boolean: change", v(Boolean).server_default(true), v(Boolean).server_default(false)),
        alter(ALL, "boolean: drop", v(Boolean).not_null().server_default(false), v(Boolean).not_null()),
    ]
}

fn expressions() -> Vec<Case> {
    use DataType::{Date, Json, Uuid};
    let moment = || v(DataType::datetime());
    let now = || moment().server_default(expression("CURRENT_TIMESTAMP"));
    let constant = || moment().server_default("2020-01-01 00:00:00");
    let brackets = |sql: &str| {
        let plain = PerDialect::all(expression(sql));
        let with = || expression(&format!("({sql})"));
        plain.on(DialectName::MySql, with()).on(DialectName::Sqlite, with())
    };
    let text = || v(DataType::string(20));
    vec![
        alter(ALL, "CURRENT_TIMESTAMP: add", moment(), now()),
        alter(ALL, "CURRENT_TIMESTAMP: drop", now(), moment()),
        alter(ALL, "a moment: change", constant(), moment().server_default("2021-01-01 00:00:00")),
        alter(ALL, "a moment to CURRENT_TIMESTAMP", constant(), now()),
        alter(
            ALL,
            "a day: change",
            v(Date).server_default("2020-01-01"),
            v(Date).server_default("2020-12-31"),
        ),
        alter(ALL, "an expression: add", text(), text().server_default(brackets("lower('ABC')"))),
        alter(
            ALL,
            "an expression: change",
            text().server_default(brackets("lower('ABC')")),
            text().server_default(brackets("upper('ABC')")),
        ),
        alter(
            ALL,
            "a text to an expression",
            text().server_default("abc"),
            text().server_default(brackets("lower('ABC')")),
        ),
        alter(ALL, "NULL to a text", text().server_default(SqlValue::Null), text().server_default("x")),
        alter(ALL, "a text to NULL", text().server_default("x"), text().server_default(SqlValue::Null)),
        alter(
            POSTGRES,
            "now() to clock_timestamp()",
            moment().server_default(expression("now()")),
            moment().server_default(expression("clock_timestamp()")),
        ),
        alter(
            POSTGRES,
            "JSON: change",
            v(Json).server_default(expression("'{}'")),
            v(Json).server_default(expression("'[]'")),
        ),
        alter(
            MYSQL,
            "JSON: change (MySQL)",
            v(Json).server_default(expression("('{}')")),
            v(Json).server_default(expression("('[]')")),
        ),
        alter(
            POSTGRES,
            "a UUID: add gen_random_uuid()",
            v(Uuid),
            v(Uuid).server_default(expression("gen_random_uuid()")),
        ),
        alter(
            POSTGRES,
            "an array: change",
            v(DataType::Integer.array()).server_default(expression("'{}'")),
            v(DataType::Integer.array()).server_default(expression("'{1,2}'")),
        ),
    ]
}
