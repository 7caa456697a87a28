//! What becomes of a column's values when its type changes.

use dunlin_core::schema::DataType;

use super::{Postgres, types};

/// How PostgreSQL makes the new value of the old.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cast {
    /// By itself, or nobody knows: a native type may have any casts.
    OfItself,
    /// By these casts, one behind the other, which must be written down, and mean but one thing.
    Through(Vec<String>),
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
    let (Some(old), Some(new)) = (family(from), family(to)) else { return Cast::OfItself };
    let through = |first: &[&str]| match types::write(dialect, to) {
        Ok(last) => Cast::Through(first.iter().map(|&first| first.to_owned()).chain([last]).collect()),
        Err(_) => Cast::OfItself,
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
