//! A column with each kind of server default, and a row that has it.

use dunlin::core::prelude::*;

use super::starts::EMPTY;
use super::{ALL, Case, MYSQL, NOT_POSTGRES, NOT_SQLITE, POSTGRES, case};

/// What stands behind a name: a column's type, and its default.
type Of = fn() -> (DataType, SqlValue);

const DEFAULTS: &[(&str, &[DialectName], Of)] = &[
    ("text", ALL, || (DataType::string(20), "none".into())),
    ("empty text", ALL, || (DataType::string(20), "".into())),
    ("text with quotes", ALL, || (DataType::string(40), "it's \"so\" 100%".into())),
    ("text with a backslash", ALL, || (DataType::string(40), "a\\b".into())),
    ("text of digits", ALL, || (DataType::string(20), "007".into())),
    ("non-ASCII text", ALL, || (DataType::string(20), "žluť".into())),
    ("number", ALL, || (DataType::Integer, 7.into())),
    ("negative number", ALL, || (DataType::Integer, SqlValue::Integer(-1))),
    ("decimal", ALL, || (DataType::numeric(10, 2), SqlValue::expression("1.50"))),
    ("true", ALL, || (DataType::Boolean, true.into())),
    ("false", ALL, || (DataType::Boolean, false.into())),
    ("null", ALL, || (DataType::Integer, SqlValue::Null)),
    ("date", ALL, || (DataType::Date, "2024-02-29".into())),
    ("datetime", ALL, || (DataType::datetime(), "2024-02-29 12:34:56".into())),
    ("current timestamp", ALL, || (DataType::datetime(), SqlValue::expression("CURRENT_TIMESTAMP"))),
    ("expression", ALL, || (DataType::Integer, SqlValue::expression("(1 + 2)"))),
    ("function", ALL, || (DataType::string(20), SqlValue::expression("(lower('ABC'))"))),
    ("text in text", NOT_POSTGRES, || (DataType::Text, SqlValue::expression("('long')"))),
    ("json", NOT_SQLITE, || (DataType::Json, SqlValue::expression("('{}')"))),
    ("cast", POSTGRES, || (DataType::string(20), SqlValue::expression("'x'::character varying"))),
    ("array", POSTGRES, || (DataType::Integer.array(), SqlValue::expression("'{}'::integer[]"))),
];

pub(super) fn cases() -> Vec<Case> {
    let of = |&(name, on, of): &(&str, &'static [DialectName], Of)| {
        case(format!("column default: {name}"), on, EMPTY, move |op| {
            let (data_type, default) = of();
            create(op, Column::new("v", data_type).server_default(default));
        })
    };
    let on_update = case("column default: on update", MYSQL, EMPTY, |op| {
        let now = "CURRENT_TIMESTAMP";
        let v =
            Column::new("v", DataType::datetime()).server_default(SqlValue::expression(now)).on_update(now);
        create(op, v);
    });
    DEFAULTS.iter().map(of).chain([on_update]).collect()
}

fn create(op: &mut Operations, v: Column) {
    op.create_table("t", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.add_column(v);
    });
    op.execute("INSERT INTO t (id) VALUES (1)");
}
