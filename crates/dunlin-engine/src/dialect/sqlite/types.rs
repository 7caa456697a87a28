//! Column types of SQLite: declared names, from which it takes an affinity.

use dunlin_core::schema::DataType;

use super::Sqlite;
use crate::dialect::ddl::{type_text, write_common_type};
use crate::dialect::{Dialect, RenderError};

pub(super) fn write(dialect: &Sqlite, data_type: &DataType) -> Result<String, RenderError> {
    Ok(match data_type {
        DataType::Boolean => "BOOLEAN".to_owned(),
        DataType::TinyInteger => "TINYINT".to_owned(),
        DataType::MediumInteger => "MEDIUMINT".to_owned(),
        DataType::Unsigned(of) => format!("{} UNSIGNED", write(dialect, of)?),
        DataType::Real => "REAL".to_owned(),
        DataType::Double => "DOUBLE".to_owned(),
        DataType::TinyText => "TINYTEXT".to_owned(),
        DataType::MediumText => "MEDIUMTEXT".to_owned(),
        DataType::LongText => "LONGTEXT".to_owned(),
        DataType::Collated { text, character_set: None, collation } => {
            let text = write(dialect, text)?;
            match collation {
                Some(name) => format!("{text} COLLATE {}", dialect.quote(name)),
                None => text,
            }
        }
        DataType::Binary => "BLOB".to_owned(),
        DataType::TinyBlob => "TINYBLOB".to_owned(),
        DataType::MediumBlob => "MEDIUMBLOB".to_owned(),
        DataType::LongBlob => "LONGBLOB".to_owned(),
        DataType::FixedBinary { length } => format!("BINARY({length})"),
        DataType::VarBinary { length } => format!("VARBINARY({length})"),
        DataType::DateTime { .. } => "DATETIME".to_owned(),
        DataType::Timestamp { .. } => "TIMESTAMP".to_owned(),
        DataType::Uuid => "CHAR(32)".to_owned(),
        DataType::Enum(enum_type) => {
            let longest = enum_type.values.iter().map(|value| value.chars().count()).max().unwrap_or(0);
            format!("VARCHAR({longest})")
        }
        other => return write_common_type(dialect, other),
    })
}

/// Reads a declared type.
pub(super) fn read(text: &str) -> DataType {
    let text = type_text(text);
    match text.parts() {
        ("boolean", [], "") => DataType::Boolean,
        ("integer", [], "") => DataType::Integer,
        ("float", [], "") => DataType::Float,
        ("real", [], "") => DataType::Real,
        ("double", [], "") => DataType::Double,
        ("blob", [], "") => DataType::Binary,
        ("datetime", [], "") => DataType::datetime(),
        ("timestamp", [], "") => DataType::timestamp(),
        _ => text.read_common(),
    }
}
