//! Column types of PostgreSQL.

use dunlin_core::schema::DataType;

use super::Postgres;
use crate::dialect::ddl::{self, type_text, write_common_type};
use crate::dialect::{Dialect, RenderError};

pub(super) fn write(dialect: &Postgres, data_type: &DataType) -> Result<String, RenderError> {
    let digits = |digits: &Option<u8>| digits.map(|digits| format!("({digits})")).unwrap_or_default();
    let zone = |timezone: &bool| if *timezone { "WITH" } else { "WITHOUT" };
    Ok(match data_type {
        DataType::Boolean => "BOOLEAN".to_owned(),
        DataType::Real => "REAL".to_owned(),
        DataType::Double => "DOUBLE PRECISION".to_owned(),
        DataType::Collated { text, character_set: None, collation } => {
            let text = write(dialect, text)?;
            match collation {
                Some(name) => format!("{text} COLLATE {}", dialect.quote(name)),
                None => text,
            }
        }
        DataType::Binary => "BYTEA".to_owned(),
        DataType::Bit { length, varying } => {
            let varying = if *varying { " VARYING" } else { "" };
            format!("BIT{varying}{}", length.map(|length| format!("({length})")).unwrap_or_default())
        }
        DataType::Time { precision, timezone } => {
            format!("TIME{} {} TIME ZONE", digits(precision), zone(timezone))
        }
        DataType::DateTime { precision, timezone } | DataType::Timestamp { precision, timezone } => {
            format!("TIMESTAMP{} {} TIME ZONE", digits(precision), zone(timezone))
        }
        DataType::Interval { fields, precision } => {
            let fields = fields.as_ref().map(|fields| format!(" {fields}")).unwrap_or_default();
            format!("INTERVAL{fields}{}", digits(precision))
        }
        DataType::Jsonb => "JSONB".to_owned(),
        DataType::Uuid => "UUID".to_owned(),
        DataType::Enum(enum_type) => match &enum_type.name {
            Some(name) => ddl::table_name(dialect, name),
            None => return Err(ddl::no_such_type(dialect, data_type)),
        },
        DataType::Array { of, dimensions } => {
            format!("{}{}", write(dialect, of)?, "[]".repeat(usize::from(*dimensions)))
        }
        other => return write_common_type(dialect, other),
    })
}

/// Reads the text of `format_type()`.
pub(super) fn read(text: &str) -> DataType {
    if let Some(of) = text.strip_suffix("[]") {
        return read(of).array();
    }
    let text = type_text(text);
    let precision = text.precision();
    let time = |timezone| DataType::Time { precision, timezone };
    let timestamp = |timezone| DataType::Timestamp { precision, timezone };
    match text.parts() {
        ("boolean", [], "") => DataType::Boolean,
        ("integer", [], "") => DataType::Integer,
        ("real", [], "") => DataType::Real,
        ("double precision", [], "") => DataType::Double,
        ("numeric", [], "") => DataType::Numeric { precision: None, scale: 0 },
        ("character varying", [], "") => DataType::String { length: None },
        ("character varying", &[length], "") => DataType::string(length),
        ("character", &[length], "") => DataType::char(length),
        ("bytea", [], "") => DataType::Binary,
        ("bit", &[length], "") => DataType::Bit { length: Some(length), varying: false },
        ("bit varying", [], "") => DataType::Bit { length: None, varying: true },
        ("bit varying", &[length], "") => DataType::Bit { length: Some(length), varying: true },
        ("time with time zone", [], "") | ("time", [_], "with time zone") => time(true),
        ("time without time zone", [], "") | ("time", [_], "without time zone") => time(false),
        ("timestamp with time zone", [], "") | ("timestamp", [_], "with time zone") => timestamp(true),
        ("timestamp without time zone", [], "") | ("timestamp", [_], "without time zone") => timestamp(false),
        (interval, [] | [_], "") if interval.starts_with("interval") => {
            let fields = interval["interval".len()..].trim().to_uppercase();
            DataType::Interval { fields: Some(fields).filter(|fields| !fields.is_empty()), precision }
        }
        ("jsonb", [], "") => DataType::Jsonb,
        ("uuid", [], "") => DataType::Uuid,
        _ => text.read_common(),
    }
}
