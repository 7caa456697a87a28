//! Column types of MySQL and MariaDB.

use dunlin_core::schema::DataType;

use crate::dialect::ddl::split_type;

pub(super) fn write(data_type: &DataType) -> String {
    let fraction = |digits: &Option<u8>| digits.map(|digits| format!("({digits})")).unwrap_or_default();
    match data_type {
        DataType::Boolean => "BOOL".into(),
        DataType::SmallInteger => "SMALLINT".into(),
        DataType::Integer => "INTEGER".into(),
        DataType::BigInteger => "BIGINT".into(),
        DataType::Float => "FLOAT".into(),
        DataType::Double => "DOUBLE".into(),
        DataType::Numeric { precision, scale } => format!("NUMERIC({precision}, {scale})"),
        DataType::String { length, collation: None } => format!("VARCHAR({length})"),
        DataType::String { length, collation: Some(name) } => format!("VARCHAR({length}) COLLATE {name}"),
        DataType::Char { length } => format!("CHAR({length})"),
        DataType::Text => "TEXT".into(),
        DataType::Binary => "BLOB".into(),
        DataType::Date => "DATE".into(),
        DataType::Time => "TIME".into(),
        DataType::DateTime { precision, .. } => format!("DATETIME{}", fraction(precision)),
        DataType::Timestamp { precision, .. } => format!("TIMESTAMP{}", fraction(precision)),
        DataType::Json => "JSON".into(),
        DataType::Uuid => "CHAR(32)".into(),
        DataType::Native(text) => text.clone(),
        _ => "TEXT".into(),
    }
}

/// Reads `information_schema.columns.column_type`. MariaDB still prints display widths of integers.
pub(super) fn read(text: &str) -> DataType {
    let (head, arguments, tail) = split_type(text);
    let precision = arguments.first().and_then(|digits| u8::try_from(*digits).ok());
    let narrow = |number: u32| u16::try_from(number).ok();
    match (head.as_str(), arguments.as_slice(), tail.as_str()) {
        ("tinyint", [1], "") => DataType::Boolean,
        ("smallint", [] | [6], "") => DataType::SmallInteger,
        ("int", [] | [11], "") => DataType::Integer,
        ("bigint", [] | [20], "") => DataType::BigInteger,
        ("float", [], "") => DataType::Float,
        ("double", [], "") => DataType::Double,
        ("decimal", [precision, scale], "") => match (narrow(*precision), narrow(*scale)) {
            (Some(precision), Some(scale)) => DataType::Numeric { precision, scale },
            _ => DataType::native(text),
        },
        ("varchar", [length], "") => DataType::string(*length),
        ("char", [length], "") => DataType::Char { length: *length },
        ("text", [], "") => DataType::Text,
        ("blob", [], "") => DataType::Binary,
        ("date", [], "") => DataType::Date,
        ("time", [], "") => DataType::Time,
        ("datetime", [] | [_], "") => DataType::DateTime { precision, timezone: false },
        ("timestamp", [] | [_], "") => DataType::Timestamp { precision, timezone: false },
        ("json", [], "") => DataType::Json,
        _ => DataType::native(text),
    }
}
