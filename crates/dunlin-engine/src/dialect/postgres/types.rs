//! Column types of PostgreSQL.

use dunlin_core::schema::DataType;

use crate::dialect::ddl::{type_text, write_common_type};

pub(super) fn write(data_type: &DataType) -> String {
    match data_type {
        DataType::Boolean => "BOOLEAN".to_owned(),
        DataType::Double => "DOUBLE PRECISION".to_owned(),
        DataType::String { length, collation: Some(name) } => {
            format!("VARCHAR({length}) COLLATE \"{}\"", name.replace('"', "\"\""))
        }
        DataType::Binary => "BYTEA".to_owned(),
        DataType::DateTime { precision, timezone } | DataType::Timestamp { precision, timezone } => {
            let digits = precision.map(|digits| format!("({digits})")).unwrap_or_default();
            let zone = if *timezone { "WITH" } else { "WITHOUT" };
            format!("TIMESTAMP{digits} {zone} TIME ZONE")
        }
        DataType::Uuid => "UUID".to_owned(),
        other => write_common_type(other),
    }
}

/// Reads the text of `format_type()`.
pub(super) fn read(text: &str) -> DataType {
    let text = type_text(text);
    let timestamp = |timezone| DataType::Timestamp { precision: text.precision(), timezone };
    match text.parts() {
        ("boolean", [], "") => DataType::Boolean,
        ("integer", [], "") => DataType::Integer,
        ("double precision", [], "") => DataType::Double,
        ("character varying", &[length], "") => DataType::string(length),
        ("character", &[length], "") => DataType::Char { length },
        ("bytea", [], "") => DataType::Binary,
        ("time without time zone", [], "") => DataType::Time,
        ("timestamp with time zone", [], "") | ("timestamp", [_], "with time zone") => timestamp(true),
        ("timestamp without time zone", [], "") | ("timestamp", [_], "without time zone") => timestamp(false),
        ("uuid", [], "") => DataType::Uuid,
        _ => text.read_common(),
    }
}
