//! A column of each type.

use dunlin::core::prelude::*;
use dunlin::core::schema::EnumType;

use super::starts::EMPTY;
use super::{ALL, Case, MYSQL, NOT_MYSQL, POSTGRES, case};

/// The type that stands behind a name.
type Of = fn() -> ColumnType;

const TYPES: &[(&str, &[DialectName], Of)] = &[
    ("boolean", ALL, || DataType::Boolean.into()),
    ("small integer", ALL, || DataType::SmallInteger.into()),
    ("integer", ALL, || DataType::Integer.into()),
    ("big integer", ALL, || DataType::BigInteger.into()),
    ("real", ALL, || DataType::Real.into()),
    ("float", ALL, || DataType::Float.into()),
    ("double", ALL, || DataType::Double.into()),
    ("decimal", ALL, || DataType::Numeric { precision: None, scale: 0 }.into()),
    ("decimal with precision and scale", ALL, || DataType::numeric(12, 3).into()),
    ("decimal with precision", ALL, || DataType::numeric(8, 0).into()),
    ("string", ALL, || DataType::string(50).into()),
    ("string without length", NOT_MYSQL, || DataType::String { length: None }.into()),
    ("char", ALL, || DataType::char(10).into()),
    ("text", ALL, || DataType::Text.into()),
    ("collated string", ALL, || collated(DataType::string(50))),
    ("collated text", ALL, || collated(DataType::Text)),
    ("binary", ALL, || DataType::Binary.into()),
    ("date", ALL, || DataType::Date.into()),
    ("time", ALL, || DataType::time().into()),
    ("time with zone", ALL, || DataType::Time { precision: None, timezone: true }.into()),
    ("datetime", ALL, || DataType::datetime().into()),
    ("datetime with zone", ALL, || DataType::DateTime { precision: None, timezone: true }.into()),
    ("timestamp", ALL, || DataType::timestamp().into()),
    ("timestamp with zone", ALL, || DataType::timestamptz().into()),
    ("json", ALL, || DataType::Json.into()),
    ("uuid", ALL, || DataType::Uuid.into()),
    ("interval", POSTGRES, || DataType::interval().into()),
    ("interval with precision", POSTGRES, || interval(None, 3)),
    ("interval with fields", POSTGRES, || interval(Some("DAY TO SECOND"), 2)),
    ("timestamp with precision", POSTGRES, || {
        DataType::Timestamp { precision: Some(3), timezone: true }.into()
    }),
    ("time with precision", POSTGRES, || DataType::Time { precision: Some(2), timezone: false }.into()),
    ("jsonb", POSTGRES, || DataType::Jsonb.into()),
    ("array", POSTGRES, || DataType::Integer.array().into()),
    ("array of two dimensions", POSTGRES, || DataType::string(10).array().array().into()),
    ("bits", POSTGRES, || DataType::Bit { length: Some(5), varying: false }.into()),
    ("bits, varying", POSTGRES, || DataType::Bit { length: Some(8), varying: true }.into()),
    ("inet", POSTGRES, || DataType::native("INET").into()),
    ("macaddr", POSTGRES, || DataType::native("MACADDR").into()),
    ("money", POSTGRES, || DataType::native("MONEY").into()),
    ("tsvector", POSTGRES, || DataType::native("TSVECTOR").into()),
    ("range", POSTGRES, || DataType::native("INT8RANGE").into()),
    ("multirange", POSTGRES, || DataType::native("TSMULTIRANGE").into()),
    ("tiny integer", MYSQL, || DataType::TinyInteger.into()),
    ("medium integer", MYSQL, || DataType::MediumInteger.into()),
    ("unsigned integer", MYSQL, || DataType::Integer.unsigned().into()),
    ("unsigned big integer", MYSQL, || DataType::BigInteger.unsigned().into()),
    ("unsigned decimal", MYSQL, || DataType::numeric(9, 2).unsigned().into()),
    ("tiny text", MYSQL, || DataType::TinyText.into()),
    ("medium text", MYSQL, || DataType::MediumText.into()),
    ("long text", MYSQL, || DataType::LongText.into()),
    ("tiny blob", MYSQL, || DataType::TinyBlob.into()),
    ("medium blob", MYSQL, || DataType::MediumBlob.into()),
    ("long blob", MYSQL, || DataType::LongBlob.into()),
    ("fixed binary", MYSQL, || DataType::FixedBinary { length: 16 }.into()),
    ("varying binary", MYSQL, || DataType::VarBinary { length: 64 }.into()),
    ("year", MYSQL, || DataType::Year.into()),
    ("set", MYSQL, || DataType::Set { values: vec!["a".to_owned(), "b".to_owned()] }.into()),
    ("bit", MYSQL, || DataType::Bit { length: Some(4), varying: false }.into()),
    ("datetime with precision", MYSQL, || DataType::DateTime { precision: Some(6), timezone: false }.into()),
    ("timestamp with fraction", MYSQL, || DataType::Timestamp { precision: Some(3), timezone: false }.into()),
    ("time with fraction", MYSQL, || DataType::Time { precision: Some(2), timezone: false }.into()),
    ("string in a character set", MYSQL, || {
        DataType::string(50).character_set("latin1").collate("latin1_bin").into()
    }),
    ("point", MYSQL, || DataType::native("POINT").into()),
];

fn collated(text: DataType) -> ColumnType {
    ColumnType::from(text.clone().collate("utf8mb4_bin"))
        .on(DialectName::Postgres, text.clone().collate("C"))
        .on(DialectName::Sqlite, text.collate("NOCASE"))
}

fn interval(fields: Option<&str>, precision: u8) -> ColumnType {
    DataType::Interval { fields: fields.map(str::to_owned), precision: Some(precision) }.into()
}

pub(super) fn cases() -> Vec<Case> {
    let of = |&(name, on, of): &(&str, &'static [DialectName], Of)| {
        case(format!("column type: {name}"), on, EMPTY, move |op| create(op, of()))
    };
    let an_enum = case("column type: enum", ALL, EMPTY, |op| {
        let values = ["sad", "glad", "so so"];
        let mood = op.create_enum("mood", values);
        create(op, ColumnType::from(mood).on(DialectName::MySql, DataType::Enum(EnumType::unnamed(values))));
    });
    TYPES.iter().map(of).chain([an_enum]).collect()
}

fn create(op: &mut Operations, of: ColumnType) {
    op.create_table("t", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("v", of);
    });
}
