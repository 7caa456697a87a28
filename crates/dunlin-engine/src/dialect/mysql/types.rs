//! Column types of MySQL and MariaDB.

use dunlin_core::schema::DataType;

use super::MySql;
use crate::dialect::ddl::{self, type_text, write_common_type};
use crate::dialect::{Dialect, RenderError};

pub(super) fn write(dialect: &MySql, data_type: &DataType) -> Result<String, RenderError> {
    let fraction = |digits: &Option<u8>| digits.map(|digits| format!("({digits})")).unwrap_or_default();
    let words = |values: &[String]| {
        values.iter().map(|value| dialect.literal(value)).collect::<Vec<_>>().join(", ")
    };
    Ok(match data_type {
        DataType::Boolean => "BOOL".to_owned(),
        DataType::TinyInteger => "TINYINT".to_owned(),
        DataType::MediumInteger => "MEDIUMINT".to_owned(),
        DataType::Unsigned(of) => format!("{} UNSIGNED", write(dialect, of)?),
        DataType::Real => "FLOAT".to_owned(),
        DataType::Double => "DOUBLE".to_owned(),
        DataType::String { length: None } => return Err(ddl::no_such_type(dialect, data_type)),
        DataType::TinyText => "TINYTEXT".to_owned(),
        DataType::MediumText => "MEDIUMTEXT".to_owned(),
        DataType::LongText => "LONGTEXT".to_owned(),
        DataType::Collated { text, character_set, collation } => {
            let mut written = write(dialect, text)?;
            for (word, name) in [("CHARACTER SET", character_set), ("COLLATE", collation)] {
                if let Some(name) = name {
                    written.push_str(&format!(" {word} {name}"));
                }
            }
            written
        }
        DataType::Binary => "BLOB".to_owned(),
        DataType::TinyBlob => "TINYBLOB".to_owned(),
        DataType::MediumBlob => "MEDIUMBLOB".to_owned(),
        DataType::LongBlob => "LONGBLOB".to_owned(),
        DataType::FixedBinary { length } => format!("BINARY({length})"),
        DataType::VarBinary { length } => format!("VARBINARY({length})"),
        DataType::Bit { length, varying: false } => {
            format!("BIT{}", length.map(|length| format!("({length})")).unwrap_or_default())
        }
        DataType::Time { precision, .. } => format!("TIME{}", fraction(precision)),
        DataType::DateTime { precision, .. } => format!("DATETIME{}", fraction(precision)),
        DataType::Timestamp { precision, .. } => format!("TIMESTAMP{}", fraction(precision)),
        DataType::Year => "YEAR".to_owned(),
        DataType::Uuid => "CHAR(32)".to_owned(),
        DataType::Enum(enum_type) => format!("ENUM({})", words(&enum_type.values)),
        DataType::Set { values } => format!("SET({})", words(values)),
        other => return write_common_type(dialect, other),
    })
}

/// Reads `information_schema.columns.column_type`. MariaDB still prints display widths of integers.
pub(super) fn read(text: &str) -> DataType {
    if let Some(of) = text.strip_suffix(" unsigned") {
        let of = match read_signed(of) {
            DataType::Native(_) => read_signed(&of.replace("(10)", "(11)").replace("(5)", "(6)")),
            known => known,
        };
        return match of {
            DataType::Native(_) | DataType::Boolean => DataType::native(text),
            of => of.unsigned(),
        };
    }
    read_signed(text)
}

fn read_signed(text: &str) -> DataType {
    let text = type_text(text);
    let precision = text.precision();
    match text.parts() {
        ("tinyint", [1], "") => DataType::Boolean,
        ("tinyint", [] | [_], "") => DataType::TinyInteger,
        ("smallint", [] | [_], "") => DataType::SmallInteger,
        ("mediumint", [] | [_], "") => DataType::MediumInteger,
        ("int", [] | [_], "") => DataType::Integer,
        ("bigint", [] | [_], "") => DataType::BigInteger,
        ("float", [], "") => DataType::Float,
        ("double", [], "") => DataType::Double,
        ("decimal", &[precision, scale], "") => text.numeric(precision, scale),
        ("tinytext", [], "") => DataType::TinyText,
        ("mediumtext", [], "") => DataType::MediumText,
        ("longtext", [], "") => DataType::LongText,
        ("blob", [], "") => DataType::Binary,
        ("tinyblob", [], "") => DataType::TinyBlob,
        ("mediumblob", [], "") => DataType::MediumBlob,
        ("longblob", [], "") => DataType::LongBlob,
        ("binary", &[length], "") => DataType::FixedBinary { length },
        ("varbinary", &[length], "") => DataType::VarBinary { length },
        ("bit", &[length], "") => DataType::Bit { length: Some(length), varying: false },
        ("time", [] | [_], "") => DataType::Time { precision, timezone: false },
        ("datetime", [] | [_], "") => DataType::DateTime { precision, timezone: false },
        ("timestamp", [] | [_], "") => DataType::Timestamp { precision, timezone: false },
        ("year", [] | [4], "") => DataType::Year,
        _ => text.read_common(),
    }
}
