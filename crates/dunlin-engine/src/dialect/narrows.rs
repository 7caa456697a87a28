//! Which types hold less than others.

use dunlin_core::dialect::DialectName;
use dunlin_core::schema::DataType;

/// Whether a value of one type may not fit the other. SQLite keeps what does not fit.
pub(crate) fn narrows(dialect: DialectName, from: &DataType, to: &DataType) -> bool {
    if from == to {
        return false;
    }
    if let (Some((low, high)), Some((to_low, to_high))) = (integer_range(from), integer_range(to)) {
        return to_low > low || to_high < high;
    }
    if let (Some(length), Some(to_length)) = (text_length(from), text_length(to)) {
        return dialect != DialectName::Sqlite && to_length < length;
    }
    if let (Some(length), Some(to_length)) = (binary_length(from), binary_length(to)) {
        return dialect != DialectName::Sqlite && to_length < length;
    }
    match (from, to) {
        (DataType::Collated { text, .. }, to) => narrows(dialect, text, to),
        (from, DataType::Collated { text, .. }) => narrows(dialect, from, text),
        (DataType::Enum(from), DataType::Enum(to)) => {
            from.values.iter().any(|value| !to.values.contains(value))
        }
        (DataType::Set { values: from }, DataType::Set { values: to }) => {
            from.iter().any(|value| !to.contains(value))
        }
        // Any value of these has a text, if the text is long enough for it.
        (_, to) if text_length(to).is_some_and(|length| length >= 255) => {
            matches!(from, DataType::Binary | DataType::LongBlob | DataType::Json | DataType::Jsonb)
                && text_length(to) != Some(u64::MAX)
        }
        (
            DataType::Numeric { precision, scale },
            DataType::Numeric { precision: to_precision, scale: to_scale },
        ) => {
            let whole = |precision: &Option<u16>, scale: &u16| {
                precision.map_or(u16::MAX, |p| p.saturating_sub(*scale))
            };
            let unlimited = |precision: &Option<u16>| precision.is_none() && dialect == DialectName::Postgres;
            !unlimited(to_precision)
                && (unlimited(precision)
                    || whole(to_precision, to_scale) < whole(precision, scale)
                    || to_scale < scale)
        }
        (from, DataType::Numeric { precision, scale }) => match (integer_range(from), precision) {
            (Some((_, high)), Some(precision)) => {
                let digits = high.to_string().len();
                usize::from(precision.saturating_sub(*scale)) < digits
            }
            (Some(_), None) => false,
            (None, _) => true,
        },
        (DataType::Double | DataType::Numeric { .. }, DataType::Real | DataType::Float) => {
            !(dialect == DialectName::Postgres && *to == DataType::Float && *from == DataType::Double)
        }
        (from, DataType::Double) => {
            !matches!(from, DataType::Real | DataType::Float) && integer_range(from).is_none()
        }
        (
            DataType::DateTime { precision, .. } | DataType::Timestamp { precision, .. },
            DataType::DateTime { precision: to, .. } | DataType::Timestamp { precision: to, .. },
        )
        | (DataType::Time { precision, .. }, DataType::Time { precision: to, .. }) => {
            let default = if dialect == DialectName::Postgres { 6 } else { 0 };
            to.unwrap_or(default) < precision.unwrap_or(default)
        }
        (DataType::Date, DataType::DateTime { .. } | DataType::Timestamp { .. }) => false,
        (DataType::Boolean, to) if integer_range(to).is_some() => false,
        (DataType::Json, DataType::Jsonb) | (DataType::Jsonb, DataType::Json) => false,
        (DataType::Uuid, to) => text_length(to).is_none_or(|length| length < 36),
        // What dunlin does not know is not called a hazard: the database converts, or refuses.
        (DataType::Native(_), _) | (_, DataType::Native(_)) => false,
        (DataType::Array { of, .. }, DataType::Array { of: to, .. }) => narrows(dialect, of, to),
        _ => true,
    }
}

fn integer_range(data_type: &DataType) -> Option<(i128, i128)> {
    let bits = match data_type {
        DataType::TinyInteger => 8,
        DataType::SmallInteger => 16,
        DataType::MediumInteger => 24,
        DataType::Integer => 32,
        DataType::BigInteger => 64,
        DataType::Unsigned(of) => {
            let (_, high) = integer_range(of)?;
            return Some((0, high * 2 + 1));
        }
        _ => return None,
    };
    let half = 1_i128 << (bits - 1);
    Some((-half, half - 1))
}

fn text_length(data_type: &DataType) -> Option<u64> {
    Some(match data_type {
        DataType::String { length: Some(length) } | DataType::Char { length } => u64::from(*length),
        DataType::TinyText => 255,
        DataType::String { length: None } | DataType::Text => u64::from(u32::MAX),
        DataType::MediumText => u64::from(u32::MAX) + 1,
        DataType::LongText => u64::MAX,
        DataType::Collated { text, .. } => return text_length(text),
        _ => return None,
    })
}

fn binary_length(data_type: &DataType) -> Option<u64> {
    Some(match data_type {
        DataType::FixedBinary { length } | DataType::VarBinary { length } => u64::from(*length),
        DataType::TinyBlob => 255,
        DataType::Binary => 65_535,
        DataType::MediumBlob => 16_777_215,
        DataType::LongBlob => u64::from(u32::MAX),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_that_holds_less_is_narrower_and_one_that_holds_all_is_not() {
        use DataType::{BigInteger, Boolean, Double, Integer, Json, Real, SmallInteger, Text, Uuid};
        let precise = |precision| DataType::DateTime { precision, timezone: false };
        let narrower = [
            (BigInteger, Integer),
            (Integer, Integer.unsigned()),
            (Integer.unsigned(), Integer),
            (DataType::string(50), DataType::string(20)),
            (Text, DataType::string(4000)),
            (Text, Integer),
            (DataType::numeric(10, 2), DataType::numeric(10, 1)),
            (DataType::numeric(10, 2), DataType::numeric(10, 4)),
            (BigInteger, DataType::numeric(10, 0)),
            (Double, Real),
            (precise(Some(6)), precise(Some(3))),
            (Uuid, DataType::char(10)),
            (DataType::LongBlob, DataType::TinyBlob),
        ];
        let wider = [
            (Integer, BigInteger),
            (SmallInteger, Integer),
            (SmallInteger.unsigned(), Integer),
            (DataType::string(20), DataType::string(50)),
            (DataType::string(20), Text),
            (DataType::numeric(10, 2), DataType::numeric(12, 2)),
            (Integer, DataType::numeric(10, 0)),
            (Integer, DataType::string(255)),
            (Boolean, Integer),
            (Real, Double),
            (precise(None), precise(Some(6))),
            (DataType::Date, precise(None)),
            (Json, DataType::Jsonb),
            (DataType::string(20), DataType::string(20).collate("C")),
        ];
        for (from, to) in narrower {
            assert!(narrows(DialectName::Postgres, &from, &to), "{from:?} to {to:?}");
        }
        for (from, to) in wider {
            assert!(!narrows(DialectName::Postgres, &from, &to), "{from:?} to {to:?}");
        }
        assert!(!narrows(DialectName::Sqlite, &Text, &DataType::string(1)));
    }
}
