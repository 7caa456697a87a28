//! SeaORM's column types as dunlin's; the table of them stands on the crate's first page.

use dunlin_core::dialect::DialectName::{MySql, Postgres, Sqlite};
use dunlin_core::dialect::PerDialect;
use dunlin_core::schema::{ColumnType, DataType, EnumType};
use sea_orm::sea_query::{self, StringLen};

/// The length of a string or byte string for which none is given: what SeaORM writes on MySQL.
const DEFAULT_LENGTH: u32 = 255;

/// The type, if dunlin has it.
pub(crate) fn column_type(of: &sea_query::ColumnType) -> Option<ColumnType> {
    use sea_query::ColumnType as Sea;
    let everywhere = match of {
        Sea::Boolean => DataType::Boolean,
        Sea::TinyInteger => {
            return Some(ColumnType::all(DataType::TinyInteger).on(Postgres, DataType::SmallInteger));
        }
        Sea::SmallInteger => DataType::SmallInteger,
        Sea::Integer => DataType::Integer,
        Sea::BigInteger => DataType::BigInteger,
        Sea::TinyUnsigned => return Some(unsigned(DataType::TinyInteger, DataType::SmallInteger)),
        Sea::SmallUnsigned => return Some(unsigned(DataType::SmallInteger, DataType::Integer)),
        Sea::Unsigned => return Some(unsigned(DataType::Integer, DataType::BigInteger)),
        Sea::BigUnsigned => return Some(unsigned(DataType::BigInteger, DataType::BigInteger)),
        Sea::Float => return Some(ColumnType::all(DataType::Float).on(Postgres, DataType::Real)),
        Sea::Double => DataType::Double,
        Sea::Decimal(digits) => decimal(*digits)?,
        Sea::Money(digits) => {
            return Some(ColumnType::all(decimal(*digits)?).on(Postgres, DataType::native("MONEY")));
        }
        Sea::String(StringLen::N(length)) => DataType::string(*length),
        Sea::String(StringLen::None) => DataType::string(DEFAULT_LENGTH),
        Sea::String(StringLen::Max) => {
            return Some(ColumnType::all(DataType::String { length: None }).on(MySql, DataType::Text));
        }
        Sea::Char(length) => DataType::char(length.unwrap_or(1)),
        Sea::Text => DataType::Text,
        Sea::Blob | Sea::VarBinary(StringLen::Max) => DataType::Binary,
        Sea::Binary(length) => return Some(bytes(DataType::FixedBinary { length: *length })),
        Sea::VarBinary(StringLen::N(length)) => return Some(bytes(DataType::VarBinary { length: *length })),
        Sea::VarBinary(StringLen::None) => {
            return Some(bytes(DataType::VarBinary { length: DEFAULT_LENGTH }));
        }
        Sea::Bit(length) => DataType::Bit { length: *length, varying: false },
        Sea::VarBit(length) => {
            let bits = |varying| DataType::Bit { length: Some(*length), varying };
            return Some(ColumnType::all(bits(true)).on(MySql, bits(false)));
        }
        Sea::Date => DataType::Date,
        Sea::Time => DataType::time(),
        Sea::DateTime => DataType::datetime(),
        Sea::Timestamp => DataType::timestamp(),
        Sea::TimestampWithTimeZone => DataType::timestamptz(),
        Sea::Interval(fields, precision) => DataType::Interval {
            fields: fields.as_ref().map(ToString::to_string),
            precision: precision.map(u8::try_from).transpose().ok()?,
        },
        Sea::Year => DataType::Year,
        Sea::Json => DataType::Json,
        Sea::JsonBinary => return Some(ColumnType::all(DataType::Json).on(Postgres, DataType::Jsonb)),
        Sea::Uuid => {
            return Some(ColumnType::all(DataType::Uuid).on(MySql, DataType::FixedBinary { length: 16 }));
        }
        Sea::Enum { name, variants } => {
            let values = variants.iter().map(ToString::to_string);
            DataType::Enum(EnumType::new(name.to_string(), values))
        }
        Sea::Array(of) => return Some(column_type(of)?.map(DataType::array)),
        Sea::Vector(None) => return Some(only_on_postgres("VECTOR")),
        Sea::Vector(Some(length)) => return Some(only_on_postgres(format!("VECTOR({length})"))),
        Sea::Cidr => return Some(only_on_postgres("CIDR")),
        Sea::Inet => return Some(only_on_postgres("INET")),
        Sea::MacAddr => return Some(only_on_postgres("MACADDR")),
        Sea::LTree => return Some(only_on_postgres("LTREE")),
        Sea::Custom(text) => DataType::native(text.to_string()),
        _ => return None,
    };
    Some(everywhere.into())
}

/// A number that is never negative: PostgreSQL has it in a wider type, SQLite in any.
fn unsigned(of: DataType, on_postgres: DataType) -> ColumnType {
    ColumnType::all(of.clone().unsigned()).on(Postgres, on_postgres).on(Sqlite, of)
}

fn decimal(digits: Option<(u32, u32)>) -> Option<DataType> {
    let (precision, scale) = digits.map_or((None, 0), |(precision, scale)| (Some(precision), scale));
    let precision = precision.map(u16::try_from).transpose().ok()?;
    Some(DataType::Numeric { precision, scale: scale.try_into().ok()? })
}

/// Bytes, which have a length on MySQL only.
fn bytes(on_mysql: DataType) -> ColumnType {
    ColumnType::all(DataType::Binary).on(MySql, on_mysql)
}

fn only_on_postgres(text: impl Into<String>) -> ColumnType {
    PerDialect::only(Postgres, DataType::native(text))
}

#[cfg(test)]
mod tests {
    use dunlin_core::dialect::DialectName::MariaDb;
    use sea_orm::sea_query::{ColumnType as Sea, PgInterval, RcOrArc};

    use super::*;

    #[test]
    fn types_that_are_the_same_everywhere() {
        for (sea, expected) in [
            (Sea::Boolean, DataType::Boolean),
            (Sea::SmallInteger, DataType::SmallInteger),
            (Sea::Integer, DataType::Integer),
            (Sea::BigInteger, DataType::BigInteger),
            (Sea::Double, DataType::Double),
            (Sea::Decimal(Some((10, 2))), DataType::numeric(10, 2)),
            (Sea::Decimal(None), DataType::Numeric { precision: None, scale: 0 }),
            (Sea::String(StringLen::N(50)), DataType::string(50)),
            (Sea::String(StringLen::None), DataType::string(255)),
            (Sea::Char(Some(32)), DataType::Char { length: 32 }),
            (Sea::Char(None), DataType::Char { length: 1 }),
            (Sea::Text, DataType::Text),
            (Sea::Blob, DataType::Binary),
            (Sea::Date, DataType::Date),
            (Sea::Time, DataType::time()),
            (Sea::DateTime, DataType::datetime()),
            (Sea::Timestamp, DataType::timestamp()),
            (Sea::TimestampWithTimeZone, DataType::timestamptz()),
            (Sea::Year, DataType::Year),
            (Sea::Bit(Some(8)), DataType::Bit { length: Some(8), varying: false }),
            (Sea::Interval(None, None), DataType::interval()),
            (
                Sea::Interval(Some(PgInterval::DayToSecond), Some(3)),
                DataType::Interval { fields: Some("DAY TO SECOND".to_owned()), precision: Some(3) },
            ),
            (Sea::VarBinary(StringLen::Max), DataType::Binary),
            (
                Sea::Enum { name: "mood".into(), variants: vec!["glad".into(), "it's".into()] },
                DataType::enumeration("mood", ["glad", "it's"]),
            ),
            (Sea::Array(RcOrArc::new(Sea::Text)), DataType::Text.array()),
            (Sea::Array(RcOrArc::new(Sea::Array(RcOrArc::new(Sea::Text)))), DataType::Text.array().array()),
            (Sea::Json, DataType::Json),
            (Sea::custom("CITEXT"), DataType::native("CITEXT")),
        ] {
            assert_eq!(column_type(&sea), Some(expected.into()), "{sea:?}");
        }
    }

    #[test]
    fn types_that_differ_on_one_database() {
        let binary = |length| DataType::FixedBinary { length };
        let varying = |length| DataType::VarBinary { length };
        let bits = |varying| DataType::Bit { length: Some(4), varying };
        let (tiny, small, integer, big) =
            (DataType::TinyInteger, DataType::SmallInteger, DataType::Integer, DataType::BigInteger);
        let no_length = || DataType::String { length: None };
        for (sea, on_postgres, on_mysql, on_sqlite) in [
            (Sea::TinyInteger, small.clone(), tiny.clone(), tiny.clone()),
            (Sea::TinyUnsigned, small.clone(), tiny.clone().unsigned(), tiny.clone()),
            (Sea::SmallUnsigned, integer.clone(), small.clone().unsigned(), small.clone()),
            (Sea::Unsigned, big.clone(), integer.clone().unsigned(), integer.clone()),
            (Sea::BigUnsigned, big.clone(), big.clone().unsigned(), big.clone()),
            (Sea::Float, DataType::Real, DataType::Float, DataType::Float),
            (
                Sea::Money(Some((19, 4))),
                DataType::native("MONEY"),
                DataType::numeric(19, 4),
                DataType::numeric(19, 4),
            ),
            (Sea::JsonBinary, DataType::Jsonb, DataType::Json, DataType::Json),
            (Sea::Uuid, DataType::Uuid, binary(16), DataType::Uuid),
            (Sea::Binary(20), DataType::Binary, binary(20), DataType::Binary),
            (Sea::var_binary(64), DataType::Binary, varying(64), DataType::Binary),
            (Sea::VarBinary(StringLen::None), DataType::Binary, varying(255), DataType::Binary),
            (Sea::VarBit(4), bits(true), bits(false), bits(true)),
            (Sea::String(StringLen::Max), no_length(), DataType::Text, no_length()),
        ] {
            let found = column_type(&sea).unwrap();
            let expected = [
                (Postgres, on_postgres),
                (MySql, on_mysql.clone()),
                (MariaDb, on_mysql),
                (Sqlite, on_sqlite),
            ];
            for (dialect, expected) in expected {
                assert_eq!(found.get(dialect), Some(&expected), "{sea:?} on {dialect}");
            }
        }
    }

    #[test]
    fn types_of_postgresql_are_on_no_other_database() {
        for (sea, expected) in [
            (Sea::Cidr, "CIDR"),
            (Sea::Inet, "INET"),
            (Sea::MacAddr, "MACADDR"),
            (Sea::LTree, "LTREE"),
            (Sea::Vector(None), "VECTOR"),
            (Sea::Vector(Some(3)), "VECTOR(3)"),
        ] {
            let found = column_type(&sea).unwrap();
            assert_eq!(found.get(Postgres), Some(&DataType::native(expected)));
            for dialect in [MySql, MariaDb, Sqlite] {
                assert_eq!(found.get(dialect), None, "{sea:?} on {dialect}");
            }
        }
    }

    #[test]
    fn numbers_that_no_type_has_room_for_are_refused() {
        for sea in [
            Sea::Decimal(Some((70_000, 2))),
            Sea::Money(Some((10, 70_000))),
            Sea::Interval(None, Some(300)),
            Sea::Array(RcOrArc::new(Sea::Decimal(Some((70_000, 2))))),
        ] {
            assert_eq!(column_type(&sea), None, "{sea:?}");
        }
    }
}
