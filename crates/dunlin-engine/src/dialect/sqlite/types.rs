//! Column types of SQLite: declared names, from which it takes an affinity.

use dunlin_core::schema::DataType;

use crate::dialect::ddl::{type_text, write_common_type};

pub(super) fn write(data_type: &DataType) -> String {
    match data_type {
        DataType::Boolean => "BOOLEAN".to_owned(),
        DataType::Double => "DOUBLE".to_owned(),
        DataType::String { length, collation: Some(name) } => {
            format!("VARCHAR({length}) COLLATE \"{}\"", name.replace('"', "\"\""))
        }
        DataType::Binary => "BLOB".to_owned(),
        DataType::DateTime { .. } => "DATETIME".to_owned(),
        DataType::Timestamp { .. } => "TIMESTAMP".to_owned(),
        DataType::Uuid => "CHAR(32)".to_owned(),
        other => write_common_type(other),
    }
}

/// Reads a declared type.
pub(super) fn read(text: &str) -> DataType {
    let text = type_text(text);
    match text.parts() {
        ("boolean", [], "") => DataType::Boolean,
        ("integer", [], "") => DataType::Integer,
        ("float", [], "") => DataType::Float,
        ("double", [], "") => DataType::Double,
        ("blob", [], "") => DataType::Binary,
        ("datetime", [], "") => DataType::datetime(),
        ("timestamp", [], "") => DataType::Timestamp { precision: None, timezone: false },
        _ => text.read_common(),
    }
}
