//! Column types of MySQL and MariaDB.

use dunlin_core::schema::{DataType, EnumType};

use super::MySql;
use crate::dialect::ddl::{self, type_text, write_common_type};
use crate::dialect::{Dialect, RenderError};

pub(super) fn write(dialect: &MySql, data_type: &DataType) -> Result<String, RenderError> {
    let fraction = |digits: &Option<u8>| digits.map(|digits| format!("({digits})")).unwrap_or_default();
    let words =
        |values: &[String]| values.iter().map(|value| dialect.literal(value)).collect::<Vec<_>>().join(", ");
    Ok(match data_type {
        DataType::Boolean => "BOOL".to_owned(),
        DataType::TinyInteger => "TINYINT".to_owned(),
        DataType::MediumInteger => "MEDIUMINT".to_owned(),
        DataType::Unsigned(of) if is_number(of) => format!("{} UNSIGNED", write(dialect, of)?),
        DataType::Unsigned(_) => return Err(ddl::no_such_type(dialect, data_type)),
        DataType::Real => "FLOAT".to_owned(),
        DataType::Double => "DOUBLE".to_owned(),
        // The database's default is ten digits.
        DataType::Numeric { precision: None, scale } if *scale > 0 => format!("NUMERIC(10, {scale})"),
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

/// Whether it is a type that can be UNSIGNED.
fn is_number(data_type: &DataType) -> bool {
    let fractional =
        matches!(data_type, DataType::Real | DataType::Float | DataType::Double | DataType::Numeric { .. });
    (data_type.is_integer() && !matches!(data_type, DataType::Unsigned(_))) || fractional
}

/// Whether MySQL keeps it apart from its row: such a column has no literal default, and no
/// `ALTER COLUMN … SET DEFAULT`.
pub(super) fn is_long(data_type: &DataType) -> bool {
    match data_type {
        DataType::Text
        | DataType::TinyText
        | DataType::MediumText
        | DataType::LongText
        | DataType::Binary
        | DataType::TinyBlob
        | DataType::MediumBlob
        | DataType::LongBlob
        | DataType::Json => true,
        DataType::Collated { text, .. } => is_long(text),
        DataType::Native(text) => {
            let text = text.to_lowercase();
            let geometry = ["geo", "point", "line", "polygon", "multi"];
            ["text", "blob", "json", "vector"].iter().any(|word| text.contains(word))
                || geometry.iter().any(|word| text.starts_with(word))
        }
        _ => false,
    }
}

/// Whether `CURRENT_TIMESTAMP` stands as its default without brackets.
pub(super) fn is_moment(data_type: &DataType) -> bool {
    match data_type {
        DataType::DateTime { .. } | DataType::Timestamp { .. } => true,
        DataType::Native(text) => {
            let text = text.to_lowercase();
            text.starts_with("datetime") || text.starts_with("timestamp")
        }
        _ => false,
    }
}

/// The words of a type as the catalog would have them: in small letters, and under their first name.
pub(super) fn catalog_text(text: &str) -> String {
    const NAMES: [(&str, &str); 17] = [
        ("integer", "int"),
        ("boolean", "tinyint(1)"),
        ("bool", "tinyint(1)"),
        ("int1", "tinyint"),
        ("int2", "smallint"),
        ("int3", "mediumint"),
        ("middleint", "mediumint"),
        ("int4", "int"),
        ("int8", "bigint"),
        ("double precision", "double"),
        ("numeric", "decimal"),
        ("dec", "decimal"),
        ("fixed", "decimal"),
        ("character varying", "varchar"),
        ("character", "char"),
        ("long varchar", "mediumtext"),
        ("geometrycollection", "geomcollection"),
    ];
    // What stands in quotes has a case.
    let lower: String = text
        .split('\'')
        .enumerate()
        .map(|(at, part)| if at % 2 == 0 { part.to_ascii_lowercase() } else { part.to_owned() })
        .collect::<Vec<_>>()
        .join("'");
    let words = lower.trim();
    let named = NAMES.iter().find_map(|(name, printed)| {
        let rest = words.strip_prefix(name)?;
        (!rest.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_'))
            .then(|| format!("{printed}{rest}"))
    });
    let words = named.unwrap_or_else(|| words.to_owned());
    match words.as_str() {
        "decimal" => "decimal(10,0)".to_owned(),
        "char" => "char(1)".to_owned(),
        "binary" => "binary(1)".to_owned(),
        "bit" => "bit(1)".to_owned(),
        _ => words.replace(", ", ",").replace(" (", "("),
    }
}

/// Reads `information_schema.columns.column_type`. MariaDB still prints display widths of integers.
pub(super) fn read(text: &str) -> DataType {
    if let Some(values) = words(text, "enum") {
        return DataType::Enum(EnumType::unnamed(values));
    }
    if let Some(values) = words(text, "set") {
        return DataType::Set { values };
    }
    match text.strip_suffix(" unsigned").map(read_signed) {
        Some(of) if is_number(&of) => of.unsigned(),
        Some(_) => DataType::native(text),
        None => read_signed(text),
    }
}

/// The words of `enum('a','it''s')`. MySQL doubles a quote and a backslash, MariaDB a quote only.
fn words(text: &str, head: &str) -> Option<Vec<String>> {
    let mut rest = text.strip_prefix(head)?.strip_prefix('(')?.strip_suffix(')')?;
    let mut words = Vec::new();
    loop {
        rest = rest.strip_prefix('\'')?;
        let mut word = String::new();
        let end = loop {
            let at = rest.find(['\'', '\\'])?;
            word.push_str(&rest[..at]);
            let next = rest[at + 1..].chars().next();
            match (&rest[at..=at], next) {
                ("'", Some('\'')) => word.push('\''),
                ("\\", Some('\\')) => word.push('\\'),
                ("\\", _) => {
                    word.push('\\');
                    rest = &rest[at + 1..];
                    continue;
                }
                _ => break at + 1,
            }
            rest = &rest[at + 2..];
        };
        words.push(word);
        rest = &rest[end..];
        match rest.strip_prefix(',') {
            Some(more) => rest = more,
            None => return rest.is_empty().then_some(words),
        }
    }
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
