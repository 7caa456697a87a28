//! What becomes of a column's values when its type changes.

use dunlin_core::schema::DataType;

use super::{Postgres, types};
use crate::dialect::Dialect as _;

/// How PostgreSQL makes the new value of the old.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cast {
    /// By itself, or nobody knows: a native type may have any casts.
    OfItself,
    /// By these casts, one behind the other, which must be written down, and mean but one thing.
    Through(Vec<String>),
    /// A number is true that is not zero: it is too large for a cast.
    NotZero,
    /// In none, or in several that mean different things.
    Unclear,
}

/// What a type is to `pg_cast`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Text,
    Boolean,
    /// Of so many bits.
    Integer(u8),
    Fraction,
    Date,
    Timestamp,
    TimestampWithZone,
    Time,
    TimeWithZone,
    Interval,
    Bytes,
    Bits,
    Json,
    Jsonb,
    Uuid,
    Enum,
}

/// How a column of type `from` becomes one of type `to`. Source of the rules: `pg_cast`, where ALTER
/// COLUMN TYPE takes the casts that an assignment takes; everything can be assigned to a text.
pub(super) fn cast(dialect: &Postgres, from: &DataType, to: &DataType) -> Cast {
    use Family::*;

    if let (DataType::Array { of: from, .. }, DataType::Array { of: to, .. }) = (from, to) {
        return match cast(dialect, from, to) {
            Cast::Through(types) => Cast::Through(types.into_iter().map(|of| format!("{of}[]")).collect()),
            Cast::NotZero => Cast::Unclear,
            other => other,
        };
    }
    let is_array = |data_type: &DataType| matches!(data_type, DataType::Array { .. });
    if is_array(from) && family(to) == Some(Text) {
        return Cast::OfItself;
    }
    if is_array(from) || is_array(to) {
        let known = |data_type: &DataType| is_array(data_type) || family(data_type).is_some();
        return if known(from) && known(to) { Cast::Unclear } else { Cast::OfItself };
    }
    let through = |first: &[&str]| match types::write(dialect, to) {
        Ok(last) => Cast::Through(first.iter().map(|&first| first.to_owned()).chain([last]).collect()),
        Err(_) => Cast::OfItself,
    };
    let (old, new) = match (family(from), family(to)) {
        (Some(old), Some(new)) => (old, new),
        (Some(Text), None) if is_read_from_text(to) => return through(&[]),
        _ => return Cast::OfItself,
    };
    match (old, new) {
        (Enum, Enum) if same_enum(from, to) => Cast::OfItself,
        (Enum, Enum) => through(&["text"]),
        (_, Text) => Cast::OfItself,
        // Bytes are read from a text in two ways, and a text is no number of bits.
        (Text, Bytes | Bits) => Cast::Unclear,
        (Text, Enum) => through(&["text"]),
        (Text, _) => through(&[]),
        (Integer(_) | Fraction, Integer(_) | Fraction) => Cast::OfItself,
        (Boolean, Integer(32)) => through(&[]),
        (Boolean, Integer(_)) => through(&["integer"]),
        (Integer(32), Boolean) => through(&[]),
        (Integer(16), Boolean) => through(&["integer"]),
        (Integer(_), Boolean) => Cast::NotZero,
        (Date | Timestamp | TimestampWithZone, Date | Timestamp | TimestampWithZone)
        | (Timestamp | TimestampWithZone, Time)
        | (TimestampWithZone, TimeWithZone)
        | (Time | TimeWithZone, Time | TimeWithZone)
        | (Time, Interval)
        | (Interval, Time)
        | (Json | Jsonb, Json | Jsonb) => Cast::OfItself,
        (old, new) if old == new => Cast::OfItself,
        _ => Cast::Unclear,
    }
}

/// The expression that makes values of one type of those of another where there are several that mean different
/// things: the one that the way back takes back again. What has no way back is refused by it, and not changed.
pub(super) fn reversible(dialect: &Postgres, column: &str, from: &DataType, to: &DataType) -> Option<String> {
    let column = dialect.quote(column);
    let is_text = |data_type: &DataType| family(data_type) == Some(Family::Text);
    let of_array = |data_type: &DataType| matches!(data_type, DataType::Array { .. });
    let is_words = |data_type: &DataType| matches!(data_type, DataType::Native(name) if name.eq_ignore_ascii_case("tsvector"));
    match (from, to) {
        (text, DataType::Binary) if is_text(text) => Some(format!("convert_to({column}, 'UTF8')")),
        (DataType::Binary, text) if is_text(text) => Some(format!("convert_from({column}, 'UTF8')")),
        (text, to) if is_text(text) && (of_array(to) || is_words(to)) => {
            Some(format!("{column}::{}", types::write(dialect, to).ok()?))
        }
        _ => None,
    }
}

/// The types that are read from a text in one way, and that no text is assigned to.
fn is_read_from_text(to: &DataType) -> bool {
    const TYPES: [&str; 29] = [
        "inet",
        "cidr",
        "macaddr",
        "macaddr8",
        "xml",
        "money",
        "oid",
        "pg_lsn",
        "jsonpath",
        "tsquery",
        "point",
        "line",
        "lseg",
        "box",
        "path",
        "polygon",
        "circle",
        "int4range",
        "int8range",
        "numrange",
        "tsrange",
        "tstzrange",
        "daterange",
        "int4multirange",
        "int8multirange",
        "nummultirange",
        "tsmultirange",
        "tstzmultirange",
        "datemultirange",
    ];
    matches!(to, DataType::Native(name) if TYPES.contains(&name.trim().to_ascii_lowercase().as_str()))
}

fn family(data_type: &DataType) -> Option<Family> {
    Some(match data_type {
        DataType::String { .. } | DataType::Char { .. } | DataType::Text => Family::Text,
        DataType::Collated { text, .. } => return family(text),
        DataType::Boolean => Family::Boolean,
        DataType::SmallInteger => Family::Integer(16),
        DataType::Integer => Family::Integer(32),
        DataType::BigInteger => Family::Integer(64),
        DataType::Real | DataType::Float | DataType::Double | DataType::Numeric { .. } => Family::Fraction,
        DataType::Date => Family::Date,
        DataType::DateTime { timezone: false, .. } | DataType::Timestamp { timezone: false, .. } => {
            Family::Timestamp
        }
        DataType::DateTime { timezone: true, .. } | DataType::Timestamp { timezone: true, .. } => {
            Family::TimestampWithZone
        }
        DataType::Time { timezone: false, .. } => Family::Time,
        DataType::Time { timezone: true, .. } => Family::TimeWithZone,
        DataType::Interval { .. } => Family::Interval,
        DataType::Binary => Family::Bytes,
        DataType::Bit { .. } => Family::Bits,
        DataType::Json => Family::Json,
        DataType::Jsonb => Family::Jsonb,
        DataType::Uuid => Family::Uuid,
        DataType::Enum(_) => Family::Enum,
        _ => return None,
    })
}

/// Names that differ only in that one is in no schema are one: the schema may be the connection's.
fn same_enum(from: &DataType, to: &DataType) -> bool {
    let name = |data_type: &DataType| data_type.enum_type().and_then(|enum_type| enum_type.name.clone());
    match (name(from), name(to)) {
        (Some(from), Some(to)) if from.schema.is_none() || to.schema.is_none() => from.name == to.name,
        (from, to) => from == to,
    }
}
