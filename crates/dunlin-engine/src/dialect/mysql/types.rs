//! Column types of MySQL and MariaDB.

use dunlin_core::schema::DataType;

use crate::dialect::ddl::{type_text, write_common_type};

pub(super) fn write(data_type: &DataType) -> String {
    let fraction = |digits: &Option<u8>| digits.map(|digits| format!("({digits})")).unwrap_or_default();
    match data_type {
        DataType::Boolean => "BOOL".to_owned(),
        DataType::Double => "DOUBLE".to_owned(),
        DataType::String { length, collation: Some(name) } => format!("VARCHAR({length}) COLLATE {name}"),
        DataType::Binary => "BLOB".to_owned(),
        DataType::DateTime { precision, .. } => format!("DATETIME{}", fraction(precision)),
        DataType::Timestamp { precision, .. } => format!("TIMESTAMP{}", fraction(precision)),
        DataType::Uuid => "CHAR(32)".to_owned(),
        other => write_common_type(other),
    }
}

/// Reads `information_schema.columns.column_type`. MariaDB still prints display widths of integers.
pub(super) fn read(text: &str) -> DataType {
    let text = type_text(text);
    let precision = text.precision();
    match text.parts() {
        ("tinyint", [1], "") => DataType::Boolean,
        ("smallint", [6], "") => DataType::SmallInteger,
        ("int", [] | [11], "") => DataType::Integer,
        ("bigint", [20], "") => DataType::BigInteger,
        ("float", [], "") => DataType::Float,
        ("double", [], "") => DataType::Double,
        ("decimal", &[precision, scale], "") => text.numeric(precision, scale),
        ("blob", [], "") => DataType::Binary,
        ("datetime", [] | [_], "") => DataType::DateTime { precision, timezone: false },
        ("timestamp", [] | [_], "") => DataType::Timestamp { precision, timezone: false },
        _ => text.read_common(),
    }
}
