//! Column types of SQLite: declared names, from which it takes an affinity.

use dunlin_core::schema::DataType;

use crate::dialect::ddl::split_type;

pub(super) fn write(data_type: &DataType) -> String {
    match data_type {
        DataType::Boolean => "BOOLEAN".into(),
        DataType::SmallInteger => "SMALLINT".into(),
        DataType::Integer => "INTEGER".into(),
        DataType::BigInteger => "BIGINT".into(),
        DataType::Float => "FLOAT".into(),
        DataType::Double => "DOUBLE".into(),
        DataType::Numeric { precision, scale } => format!("NUMERIC({precision}, {scale})"),
        DataType::String { length, collation: None } => format!("VARCHAR({length})"),
        DataType::String { length, collation: Some(name) } => {
            format!("VARCHAR({length}) COLLATE \"{}\"", name.replace('"', "\"\""))
        }
        DataType::Char { length } => format!("CHAR({length})"),
        DataType::Text => "TEXT".into(),
        DataType::Binary => "BLOB".into(),
        DataType::Date => "DATE".into(),
        DataType::Time => "TIME".into(),
        DataType::DateTime { .. } => "DATETIME".into(),
        DataType::Timestamp { .. } => "TIMESTAMP".into(),
        DataType::Json => "JSON".into(),
        DataType::Uuid => "CHAR(32)".into(),
        DataType::Native(text) => text.clone(),
        _ => "TEXT".into(),
    }
}

/// Reads a declared type.
pub(super) fn read(text: &str) -> DataType {
    let (head, arguments, tail) = split_type(text);
    let narrow = |number: u32| u16::try_from(number).ok();
    match (head.as_str(), arguments.as_slice(), tail.as_str()) {
        ("boolean", [], "") => DataType::Boolean,
        ("smallint", [], "") => DataType::SmallInteger,
        ("integer", [], "") => DataType::Integer,
        ("bigint", [], "") => DataType::BigInteger,
        ("float", [], "") => DataType::Float,
        ("double", [], "") => DataType::Double,
        ("numeric", [precision, scale], "") => match (narrow(*precision), narrow(*scale)) {
            (Some(precision), Some(scale)) => DataType::Numeric { precision, scale },
            _ => DataType::native(text),
        },
        ("varchar", [length], "") => DataType::string(*length),
        ("char", [length], "") => DataType::Char { length: *length },
        ("text", [], "") => DataType::Text,
        ("blob", [], "") => DataType::Binary,
        ("date", [], "") => DataType::Date,
        ("time", [], "") => DataType::Time,
        ("datetime", [], "") => DataType::datetime(),
        ("timestamp", [], "") => DataType::Timestamp { precision: None, timezone: false },
        ("json", [], "") => DataType::Json,
        _ => DataType::native(text),
    }
}
