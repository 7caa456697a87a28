//! Every type of a column.

use dunlin_core::prelude::*;
use dunlin_core::schema::EnumType;

use super::case::{Case, binary_collation, int, text};

/// Types by name, each with the type that it differs from by one option.
fn types() -> Vec<(&'static str, Option<&'static str>, ColumnType)> {
    use DataType as T;
    let time = |precision, timezone| T::Time { precision, timezone };
    let datetime = |precision, timezone| T::DateTime { precision, timezone };
    let timestamp = |precision, timezone| T::Timestamp { precision, timezone };
    let bit = |length, varying| T::Bit { length, varying };
    let interval =
        |fields: Option<&str>, precision| T::Interval { fields: fields.map(str::to_owned), precision };
    let simple: Vec<(&'static str, Option<&'static str>, DataType)> = vec![
        ("boolean", None, T::Boolean),
        ("tiny integer", None, T::TinyInteger),
        ("small integer", None, T::SmallInteger),
        ("medium integer", None, T::MediumInteger),
        ("integer", None, T::Integer),
        ("big integer", None, T::BigInteger),
        ("unsigned / tiny integer", Some("tiny integer"), T::TinyInteger.unsigned()),
        ("unsigned / integer", Some("integer"), T::Integer.unsigned()),
        ("unsigned / big integer", Some("big integer"), T::BigInteger.unsigned()),
        ("unsigned / numeric", Some("numeric / precision and scale"), T::numeric(10, 2).unsigned()),
        ("real", None, T::Real),
        ("float", None, T::Float),
        ("double", None, T::Double),
        ("numeric", None, T::Numeric { precision: None, scale: 0 }),
        ("numeric / precision", Some("numeric"), T::numeric(12, 0)),
        ("numeric / precision and scale", Some("numeric / precision"), T::numeric(12, 2)),
        ("string", None, T::string(50)),
        ("string / without length", Some("string"), T::String { length: None }),
        ("char", None, T::char(7)),
        ("text", None, T::Text),
        ("tiny text", None, T::TinyText),
        ("medium text", None, T::MediumText),
        ("long text", None, T::LongText),
        ("string / character set", Some("string"), T::string(50).character_set("latin1")),
        (
            "string / character set and collation",
            Some("string / character set"),
            T::string(50).character_set("latin1").collate("latin1_bin"),
        ),
        ("binary", None, T::Binary),
        ("tiny blob", None, T::TinyBlob),
        ("medium blob", None, T::MediumBlob),
        ("long blob", None, T::LongBlob),
        ("fixed binary", None, T::FixedBinary { length: 16 }),
        ("var binary", None, T::VarBinary { length: 16 }),
        ("bit", None, bit(None, false)),
        ("bit / length", Some("bit"), bit(Some(9), false)),
        ("bit / varying", Some("bit"), bit(None, true)),
        ("bit / varying and length", Some("bit / varying"), bit(Some(9), true)),
        ("date", None, T::Date),
        ("time", None, time(None, false)),
        ("time / precision", Some("time"), time(Some(3), false)),
        ("time / timezone", Some("time"), time(None, true)),
        ("time / precision and timezone", Some("time / timezone"), time(Some(3), true)),
        ("datetime", None, datetime(None, false)),
        ("datetime / precision", Some("datetime"), datetime(Some(3), false)),
        ("datetime / timezone", Some("datetime"), datetime(None, true)),
        ("timestamp", None, timestamp(None, false)),
        ("timestamp / precision", Some("timestamp"), timestamp(Some(3), false)),
        ("timestamp / timezone", Some("timestamp"), timestamp(None, true)),
        ("timestamp / precision and timezone", Some("timestamp / timezone"), timestamp(Some(6), true)),
        ("interval", None, interval(None, None)),
        ("interval / fields", Some("interval"), interval(Some("YEAR TO MONTH"), None)),
        ("interval / precision", Some("interval"), interval(None, Some(3))),
        (
            "interval / fields and precision",
            Some("interval / fields"),
            interval(Some("DAY TO SECOND"), Some(3)),
        ),
        ("year", None, T::Year),
        ("json", None, T::Json),
        ("jsonb", None, T::Jsonb),
        ("uuid", None, T::Uuid),
        ("enum / without name", None, T::Enum(EnumType::unnamed(["small", "it's", "big"]))),
        ("set", None, T::Set { values: vec!["a".into(), "it's".into()] }),
        ("array", None, T::Integer.array()),
        ("array / dimensions", Some("array"), T::Integer.array().array()),
        ("array / of strings", Some("array"), T::string(20).array()),
        ("array / of timestamps", Some("array"), timestamp(Some(3), true).array()),
    ];
    let mut types: Vec<_> =
        simple.into_iter().map(|(name, base, data_type)| (name, base, data_type.into())).collect();
    types.push(("string / collation", Some("string"), binary_collation(T::string(50))));
    types.push(("text / collation", Some("text"), binary_collation(T::Text)));
    let native = ColumnType::from(T::native("INTEGER")).on(DialectName::Postgres, T::native("INET"));
    types.push(("native", None, native.on(DialectName::MySql, T::native("GEOMETRY"))));
    let variants = ColumnType::from(T::string(50)).on(DialectName::MySql, T::LongText);
    types.push(("variants", Some("string"), variants.on(DialectName::MariaDb, T::MediumText)));
    let only_one = ColumnType::only(DialectName::Postgres, T::native("TSVECTOR"));
    types.push(("variant for one database only", None, only_one));
    types
}

pub(super) fn cases(cases: &mut Vec<Case>) {
    for (name, base, column_type) in types() {
        let case = Case::new(format!("type / {name}")).up(|op| {
            op.create_table("t", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("c", column_type);
            });
        });
        cases.push(match base {
            Some(base) => case.base(format!("type / {base}")),
            None => case,
        });
    }
    let named = |name: &'static str, of: fn(DataType) -> DataType| {
        Case::new(name)
            .before(|op| {
                op.create_enum("size", ["small", "it's", "big"]);
            })
            .up(move |op| {
                op.create_table("t", |t| {
                    t.column("id", DataType::Integer).primary_key();
                    let size = DataType::enumeration("size", ["small", "it's", "big"]);
                    t.column("c", of(size)).not_null();
                });
            })
    };
    cases.push(named("type / enum", |size| size));
    cases.push(named("type / array / of enum", DataType::array).base("type / array"));
    cases.extend(all_types_survive());
}

/// A table of all types of one database, with a row, is altered: on SQLite it is copied.
fn all_types_survive() -> Vec<Case> {
    use DataType as T;
    let common = || -> Vec<(&'static str, DataType, SqlValue)> {
        vec![
            ("boolean", T::Boolean, true.into()),
            ("smallint", T::SmallInteger, int(-32768)),
            ("int", T::Integer, int(2_147_483_647)),
            ("bigint", T::BigInteger, int(i64::MIN)),
            ("real", T::Real, SqlValue::expression("1.5")),
            ("double", T::Double, SqlValue::expression("0.1")),
            ("numeric", T::numeric(30, 10), SqlValue::expression("12345678901234567890.0123456789")),
            ("string", T::string(50), text("it's \\ \"quoted\" ünïcode 🐦\n\ttab")),
            ("char", T::char(7), text("a")),
            ("text", T::Text, text("  padded  ")),
            ("binary", T::Binary, SqlValue::Bytes(vec![0, 255, 39, 92, 10])),
            ("date", T::Date, text("2024-02-29")),
            ("time", T::time(), text("23:59:59")),
            ("datetime", T::datetime(), text("2024-02-29 23:59:59")),
            ("timestamp", T::timestamp(), text("2024-02-29 23:59:59")),
            ("json", T::Json, text("{\"b\": 1, \"a\": [null]}")),
            ("uuid", T::Uuid, text("0123456789abcdef0123456789abcdef")),
            ("nothing", T::Text, SqlValue::Null),
        ]
    };
    let postgres = vec![
        ("interval", T::interval(), text("1 day 02:03:04.5")),
        ("jsonb", T::Jsonb, text("{\"b\": 1}")),
        ("array", T::string(20).array(), text("{a,NULL,\"c d\"}")),
        ("bit", T::Bit { length: Some(3), varying: false }, SqlValue::expression("B'101'")),
        (
            "micro",
            T::Timestamp { precision: Some(6), timezone: true },
            text("2024-02-29 23:59:59.123456+05:30"),
        ),
        ("inet", T::native("INET"), text("10.0.0.1/8")),
    ];
    let mysql = vec![
        ("tinyint", T::TinyInteger, int(-128)),
        ("mediumint", T::MediumInteger.unsigned(), int(16_777_215)),
        ("ubigint", T::BigInteger.unsigned(), SqlValue::expression("18446744073709551615")),
        ("year", T::Year, int(2024)),
        ("set", T::Set { values: vec!["a".into(), "b".into()] }, text("a,b")),
        ("enum", T::Enum(EnumType::unnamed(["x", "y"])), text("y")),
        ("longtext", T::LongText, text("long")),
        ("fixed", T::FixedBinary { length: 4 }, SqlValue::Bytes(vec![0, 1])),
        ("micro", T::DateTime { precision: Some(6), timezone: false }, text("2024-02-29 23:59:59.123456")),
        ("bit", T::Bit { length: Some(3), varying: false }, SqlValue::expression("b'101'")),
    ];
    let sqlite = vec![
        ("mixed", T::native("MIXED"), SqlValue::Bytes(vec![0, 1])),
        ("integer_in_text", T::Text, int(5)),
        ("text_in_integer", T::Integer, text("five")),
        ("nocase", T::string(50).collate("NOCASE"), text("AbC")),
        ("longtext", T::LongText, text("long")),
    ];
    let of = |dialect: DialectName, own: Vec<(&'static str, DataType, SqlValue)>| {
        let columns: Vec<_> = common().into_iter().chain(own).collect();
        let insert = columns.clone();
        Case::new(format!("alter column / beside all types of {}", dialect.display_name()))
            .before(|op| {
                op.create_table("t", |t| {
                    t.column("id", DataType::Integer).primary_key();
                    for (name, data_type, _) in columns {
                        t.column(name, ColumnType::only(dialect, data_type));
                    }
                    t.column("changed", DataType::string(20));
                });
            })
            .rows_by(|op| {
                let names =
                    std::iter::once("id").chain(insert.iter().map(|(name, ..)| *name)).collect::<Vec<_>>();
                let values = std::iter::once(int(1)).chain(insert.iter().map(|(.., value)| value.clone()));
                let row: Vec<SqlValue> = values.collect();
                op.bulk_insert("t", names, [row]);
            })
            .up(|op| {
                op.alter_column("t", "changed", |c| {
                    c.column_type(DataType::string(30)).server_default(text("x"))
                });
            })
    };
    vec![of(DialectName::Postgres, postgres), of(DialectName::MySql, mysql), of(DialectName::Sqlite, sqlite)]
}
