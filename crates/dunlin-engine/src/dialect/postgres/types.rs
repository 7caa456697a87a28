//! Column types of PostgreSQL.

use dunlin_core::schema::DataType;

use crate::dialect::ddl::split_type;

pub(super) fn write(data_type: &DataType) -> String {
    match data_type {
        DataType::Boolean => "BOOLEAN".into(),
        DataType::SmallInteger => "SMALLINT".into(),
        DataType::Integer => "INTEGER".into(),
        DataType::BigInteger => "BIGINT".into(),
        DataType::Float => "FLOAT".into(),
        DataType::Double => "DOUBLE PRECISION".into(),
        DataType::Numeric { precision, scale } => format!("NUMERIC({precision}, {scale})"),
        DataType::String { length, collation: None } => format!("VARCHAR({length})"),
        DataType::String { length, collation: Some(name) } => {
            format!("VARCHAR({length}) COLLATE \"{}\"", name.replace('"', "\"\""))
        }
        DataType::Char { length } => format!("CHAR({length})"),
        DataType::Text => "TEXT".into(),
        DataType::Binary => "BYTEA".into(),
        DataType::Date => "DATE".into(),
        DataType::Time => "TIME".into(),
        DataType::DateTime { precision, timezone } | DataType::Timestamp { precision, timezone } => {
            let digits = precision.map(|digits| format!("({digits})")).unwrap_or_default();
            let zone = if *timezone { "WITH" } else { "WITHOUT" };
            format!("TIMESTAMP{digits} {zone} TIME ZONE")
        }
        DataType::Json => "JSON".into(),
        DataType::Uuid => "UUID".into(),
        DataType::Native(text) => text.clone(),
        _ => "TEXT".into(),
    }
}

/// Reads the text of `format_type()`.
pub(super) fn read(text: &str) -> DataType {
    let (head, arguments, tail) = split_type(text);
    let precision = arguments.first().and_then(|digits| u8::try_from(*digits).ok());
    let narrow = |number: u32| u16::try_from(number).ok();
    match (head.as_str(), arguments.as_slice(), tail.as_str()) {
        ("boolean", [], "") => DataType::Boolean,
        ("smallint", [], "") => DataType::SmallInteger,
        ("integer", [], "") => DataType::Integer,
        ("bigint", [], "") => DataType::BigInteger,
        ("double precision", [], "") => DataType::Double,
        ("numeric", [precision, scale], "") => match (narrow(*precision), narrow(*scale)) {
            (Some(precision), Some(scale)) => DataType::Numeric { precision, scale },
            _ => DataType::native(text),
        },
        ("character varying", [length], "") => DataType::string(*length),
        ("character", [length], "") => DataType::Char { length: *length },
        ("text", [], "") => DataType::Text,
        ("bytea", [], "") => DataType::Binary,
        ("date", [], "") => DataType::Date,
        ("time without time zone", [], "") => DataType::Time,
        ("timestamp with time zone", [], "") | ("timestamp", [_], "with time zone") => {
            DataType::Timestamp { precision, timezone: true }
        }
        ("timestamp without time zone", [], "") | ("timestamp", [_], "without time zone") => {
            DataType::Timestamp { precision, timezone: false }
        }
        ("json", [], "") => DataType::Json,
        ("uuid", [], "") => DataType::Uuid,
        _ => DataType::native(text),
    }
}
