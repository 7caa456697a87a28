//! Column types of SQLite: declared names, from which it takes an affinity. A STRICT table takes six of
//! them only.

use dunlin_core::schema::DataType;

use super::Sqlite;
use crate::dialect::ddl::{no_such_type, type_text, write_common_type};
use crate::dialect::{Dialect, RenderError};

/// The type with its collation, as in a column definition.
pub(super) fn write(dialect: &Sqlite, data_type: &DataType) -> Result<String, RenderError> {
    let name = declared(dialect, data_type, false)?;
    Ok(match collation(dialect, data_type) {
        Some(clause) => format!("{name} {clause}").trim_start().to_owned(),
        None => name,
    })
}

/// `COLLATE "name"`, if the type has a collation of its own.
pub(super) fn collation(dialect: &Sqlite, data_type: &DataType) -> Option<String> {
    data_type.collation().map(|name| format!("COLLATE {}", dialect.quote(name)))
}

/// The type's name alone, in a table that is STRICT or not.
///
/// # Errors
/// SQLite, or a STRICT table, does not have such a type.
pub(super) fn declared(dialect: &Sqlite, data_type: &DataType, strict: bool) -> Result<String, RenderError> {
    if let DataType::Collated { text, character_set: None, .. } = data_type {
        return declared(dialect, text, strict);
    }
    let name = name(dialect, data_type)?;
    match strict {
        true => strict_name(dialect, data_type, &name),
        false => Ok(name),
    }
}

fn name(dialect: &Sqlite, data_type: &DataType) -> Result<String, RenderError> {
    Ok(match data_type {
        DataType::Boolean => "BOOLEAN".to_owned(),
        DataType::TinyInteger => "TINYINT".to_owned(),
        DataType::MediumInteger => "MEDIUMINT".to_owned(),
        DataType::Unsigned(of) => unsigned(&name(dialect, of)?),
        DataType::Real => "REAL".to_owned(),
        DataType::Double => "DOUBLE".to_owned(),
        DataType::TinyText => "TINYTEXT".to_owned(),
        DataType::MediumText => "MEDIUMTEXT".to_owned(),
        DataType::LongText => "LONGTEXT".to_owned(),
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
        DataType::Interval { .. }
        | DataType::Year
        | DataType::Jsonb
        | DataType::Set { .. }
        | DataType::Array { .. }
        | DataType::Bit { .. } => return Err(no_such_type(dialect, data_type)),
        other => return write_common_type(dialect, other),
    })
}

/// All words of a type stand before its brackets.
fn unsigned(name: &str) -> String {
    match name.split_once('(') {
        Some((words, arguments)) => format!("{} UNSIGNED({arguments}", words.trim_end()),
        None => format!("{name} UNSIGNED"),
    }
}

/// Refuses a collation that no connection has by itself. Source: "Collating Sequences" of SQLite's manual.
///
/// # Errors
/// [`RenderError::Unsupported`].
pub(super) fn check_collation(dialect: &Sqlite, collation: Option<&str>) -> Result<(), RenderError> {
    const KNOWN: [&str; 3] = ["BINARY", "NOCASE", "RTRIM"];
    match collation.filter(|name| !KNOWN.iter().any(|known| known.eq_ignore_ascii_case(name))) {
        None => Ok(()),
        Some(name) => Err(RenderError::Unsupported {
            dialect: dialect.name(),
            operation: format!("compare by the collation {name}"),
            hint: "say BINARY, NOCASE or RTRIM, or leave it out, in a variant for SQLite",
        }),
    }
}

/// The one of the names that a STRICT table takes which keeps the values of a type. Source: "STRICT
/// Tables" of SQLite's manual. There is none for exact decimals, which TEXT would compare as texts and
/// REAL would round.
fn strict_name(dialect: &Sqlite, data_type: &DataType, name: &str) -> Result<String, RenderError> {
    const NAMES: [&str; 6] = ["INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"];
    let strict = match data_type {
        DataType::Unsigned(of) => return strict_name(dialect, of, name),
        DataType::Boolean => "INTEGER",
        integer if integer.is_integer() => "INTEGER",
        DataType::Real | DataType::Float | DataType::Double => "REAL",
        DataType::Binary
        | DataType::TinyBlob
        | DataType::MediumBlob
        | DataType::LongBlob
        | DataType::FixedBinary { .. }
        | DataType::VarBinary { .. } => "BLOB",
        DataType::String { .. }
        | DataType::Char { .. }
        | DataType::Text
        | DataType::TinyText
        | DataType::MediumText
        | DataType::LongText
        | DataType::Date
        | DataType::Time { .. }
        | DataType::DateTime { .. }
        | DataType::Timestamp { .. }
        | DataType::Json
        | DataType::Uuid
        | DataType::Enum(_) => "TEXT",
        _ if NAMES.iter().any(|known| name.eq_ignore_ascii_case(known)) => name,
        _ => {
            return Err(RenderError::Unsupported {
                dialect: dialect.name(),
                operation: format!("have the type {name} in a STRICT table"),
                hint: "give the column's type a variant for SQLite: INTEGER, REAL, TEXT, BLOB or ANY",
            });
        }
    };
    Ok(strict.to_owned())
}

/// Reads a declared type. What is read is written again as the same words; a spelling that the model
/// would change (`INT`, which is not `INTEGER` as a key, or `DECIMAL(1,2)`) stays native.
pub(super) fn read(text: &str) -> DataType {
    let original = text;
    let text = type_text(original);
    let (head, arguments, tail) = text.parts();
    let said = original.split_once('(').map_or(0, |(_, said)| said.split(',').count());
    if said != arguments.len() {
        return DataType::native(original);
    }
    if let (Some(of), "") = (head.strip_suffix(" unsigned"), tail) {
        let arguments: Vec<_> = arguments.iter().map(ToString::to_string).collect();
        let arguments =
            if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(",")) };
        let of = read(&format!("{of}{arguments}"));
        let fractional =
            matches!(of, DataType::Numeric { .. } | DataType::Float | DataType::Real | DataType::Double);
        return if fractional || of.is_integer() { of.unsigned() } else { DataType::native(original) };
    }
    match (head, arguments, tail) {
        ("boolean", [], "") => DataType::Boolean,
        ("tinyint", [], "") => DataType::TinyInteger,
        ("mediumint", [], "") => DataType::MediumInteger,
        ("integer", [], "") => DataType::Integer,
        ("float", [], "") => DataType::Float,
        ("real", [], "") => DataType::Real,
        ("double", [], "") => DataType::Double,
        ("numeric", [], "") => DataType::Numeric { precision: None, scale: 0 },
        ("varchar", [], "") => DataType::String { length: None },
        ("tinytext", [], "") => DataType::TinyText,
        ("mediumtext", [], "") => DataType::MediumText,
        ("longtext", [], "") => DataType::LongText,
        ("blob", [], "") => DataType::Binary,
        ("tinyblob", [], "") => DataType::TinyBlob,
        ("mediumblob", [], "") => DataType::MediumBlob,
        ("longblob", [], "") => DataType::LongBlob,
        ("binary", &[length], "") => DataType::FixedBinary { length },
        ("varbinary", &[length], "") => DataType::VarBinary { length },
        ("datetime", [], "") => DataType::datetime(),
        ("timestamp", [], "") => DataType::timestamp(),
        _ => text.read_common(),
    }
}
