//! SeaORM's column types as dunlin's; the table of them stands on the crate's first page.

use dunlin_core::dialect::DialectName::{MySql, Postgres};
use dunlin_core::schema::{ColumnType, DataType};
use sea_orm::sea_query::{self, StringLen};

/// The length of a string or byte string for which none is given: what SeaORM writes on MySQL.
const DEFAULT_LENGTH: u32 = 255;

/// The type, if dunlin has it.
pub(crate) fn column_type(of: &sea_query::ColumnType) -> Option<ColumnType> {
    use sea_query::ColumnType as Sea;
    let everywhere = match of {
        Sea::Boolean => DataType::Boolean,
        Sea::SmallInteger => DataType::SmallInteger,
        Sea::Integer => DataType::Integer,
        Sea::BigInteger => DataType::BigInteger,
        Sea::Float => return Some(ColumnType::all(DataType::Float).on(Postgres, DataType::native("REAL"))),
        Sea::Double => DataType::Double,
        Sea::Decimal(Some((precision, scale))) => {
            DataType::numeric((*precision).try_into().ok()?, (*scale).try_into().ok()?)
        }
        Sea::String(StringLen::N(length)) => DataType::string(*length),
        Sea::String(StringLen::None) => DataType::string(DEFAULT_LENGTH),
        Sea::Char(length) => DataType::Char { length: length.unwrap_or(1) },
        Sea::Text => DataType::Text,
        Sea::Blob => DataType::Binary,
        Sea::Binary(length) => return Some(bytes(format!("BINARY({length})"))),
        Sea::VarBinary(StringLen::N(length)) => return Some(bytes(format!("VARBINARY({length})"))),
        Sea::VarBinary(StringLen::None) => return Some(bytes(format!("VARBINARY({DEFAULT_LENGTH})"))),
        Sea::Date => DataType::Date,
        Sea::Time => DataType::time(),
        Sea::DateTime => DataType::datetime(),
        Sea::Timestamp => DataType::Timestamp { precision: None, timezone: false },
        Sea::TimestampWithTimeZone => DataType::Timestamp { precision: None, timezone: true },
        Sea::Json => DataType::Json,
        Sea::JsonBinary => {
            return Some(ColumnType::all(DataType::Json).on(Postgres, DataType::native("JSONB")));
        }
        Sea::Uuid => return Some(ColumnType::all(DataType::Uuid).on(MySql, DataType::native("BINARY(16)"))),
        Sea::Custom(text) => DataType::native(text.to_string()),
        _ => return None,
    };
    Some(everywhere.into())
}

/// Bytes, which have a length on MySQL only.
fn bytes(on_mysql: String) -> ColumnType {
    ColumnType::all(DataType::Binary).on(MySql, DataType::Native(on_mysql))
}

#[cfg(test)]
mod tests {
    use dunlin_core::dialect::DialectName::{MariaDb, Sqlite};
    use sea_orm::sea_query::ColumnType as Sea;

    use super::*;

    #[test]
    fn types_that_are_the_same_everywhere() {
        for (sea, expected) in [
            (Sea::Boolean, DataType::Boolean),
            (Sea::SmallInteger, DataType::SmallInteger),
            (Sea::Integer, DataType::Integer),
            (Sea::BigInteger, DataType::BigInteger),
            (Sea::Double, DataType::Double),
            (Sea::Decimal(Some((10, 2))), DataType::Numeric { precision: 10, scale: 2 }),
            (Sea::String(StringLen::N(50)), DataType::string(50)),
            (Sea::String(StringLen::None), DataType::string(255)),
            (Sea::Char(Some(32)), DataType::Char { length: 32 }),
            (Sea::Char(None), DataType::Char { length: 1 }),
            (Sea::Text, DataType::Text),
            (Sea::Blob, DataType::Binary),
            (Sea::Date, DataType::Date),
            (Sea::Time, DataType::Time),
            (Sea::DateTime, DataType::DateTime { precision: None, timezone: false }),
            (Sea::Timestamp, DataType::Timestamp { precision: None, timezone: false }),
            (Sea::TimestampWithTimeZone, DataType::Timestamp { precision: None, timezone: true }),
            (Sea::Json, DataType::Json),
            (Sea::custom("CITEXT"), DataType::native("CITEXT")),
        ] {
            assert_eq!(column_type(&sea), Some(expected.into()), "{sea:?}");
        }
    }

    #[test]
    fn types_that_differ_on_one_database() {
        let native = DataType::native;
        for (sea, on_postgres, on_mysql, on_sqlite) in [
            (Sea::Float, native("REAL"), DataType::Float, DataType::Float),
            (Sea::JsonBinary, native("JSONB"), DataType::Json, DataType::Json),
            (Sea::Uuid, DataType::Uuid, native("BINARY(16)"), DataType::Uuid),
            (Sea::Binary(20), DataType::Binary, native("BINARY(20)"), DataType::Binary),
            (Sea::var_binary(64), DataType::Binary, native("VARBINARY(64)"), DataType::Binary),
            (Sea::VarBinary(StringLen::None), DataType::Binary, native("VARBINARY(255)"), DataType::Binary),
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
    fn types_that_dunlin_does_not_have() {
        for sea in [
            Sea::TinyInteger,
            Sea::Unsigned,
            Sea::BigUnsigned,
            Sea::Decimal(None),
            Sea::Decimal(Some((70_000, 2))),
            Sea::String(StringLen::Max),
            Sea::VarBinary(StringLen::Max),
            Sea::Year,
            Sea::Money(None),
            Sea::Inet,
        ] {
            assert_eq!(column_type(&sea), None, "{sea:?}");
        }
    }
}
