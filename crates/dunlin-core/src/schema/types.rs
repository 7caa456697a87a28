//! Column types.

use serde::{Deserialize, Serialize};

use crate::dialect::PerDialect;

/// A type, named by what it means. Each dialect writes it in its own words.
///
/// | type | PostgreSQL | MySQL, MariaDB | SQLite |
/// |---|---|---|---|
/// | `Boolean` | BOOLEAN | BOOL (`tinyint(1)`) | BOOLEAN |
/// | `Float` | FLOAT (`double precision`) | FLOAT | FLOAT |
/// | `Double` | DOUBLE PRECISION | DOUBLE | DOUBLE |
/// | `Binary` | BYTEA | BLOB | BLOB |
/// | `DateTime` | TIMESTAMP | DATETIME | DATETIME |
/// | `Timestamp` | TIMESTAMP | TIMESTAMP | TIMESTAMP |
/// | `Json` | JSON | JSON (`longtext` on MariaDB) | JSON |
/// | `Uuid` | UUID | CHAR(32) | CHAR(32) |
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DataType {
    /// True or false.
    Boolean,
    /// 16 bits.
    SmallInteger,
    /// 32 bits.
    Integer,
    /// 64 bits.
    BigInteger,
    /// What the dialect calls FLOAT.
    Float,
    /// 64-bit floating point.
    Double,
    /// Exact decimal.
    Numeric {
        /// Digits in all.
        precision: u16,
        /// Digits after the point.
        scale: u16,
    },
    /// VARCHAR.
    String {
        /// Characters at most.
        length: u32,
        /// Collation, where it is not the table's.
        collation: Option<String>,
    },
    /// CHAR.
    Char {
        /// Characters.
        length: u32,
    },
    /// Text without a length.
    Text,
    /// Bytes without a length.
    Binary,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A day and a time.
    DateTime {
        /// Digits of the second's fraction; `None` is the database's default.
        precision: Option<u8>,
        /// With a time zone, where the database has that.
        timezone: bool,
    },
    /// What the dialect calls TIMESTAMP.
    Timestamp {
        /// Digits of the second's fraction; `None` is the database's default.
        precision: Option<u8>,
        /// With a time zone, where the database has that.
        timezone: bool,
    },
    /// JSON.
    Json,
    /// UUID.
    Uuid,
    /// A type of one database, written as that database writes it.
    Native(String),
}

impl DataType {
    /// VARCHAR of `length` characters.
    pub const fn string(length: u32) -> Self {
        Self::String { length, collation: None }
    }

    /// A native type, as in `DataType::native("MEDIUMTEXT")`.
    pub fn native(text: impl Into<String>) -> Self {
        Self::Native(text.into())
    }

    /// DATETIME, or TIMESTAMP without a time zone.
    pub const fn datetime() -> Self {
        Self::DateTime { precision: None, timezone: false }
    }

    /// The same string type with a collation; other types are left as they are.
    pub fn collate(self, name: impl Into<String>) -> Self {
        match self {
            Self::String { length, .. } => Self::String { length, collation: Some(name.into()) },
            other => other,
        }
    }
}

/// A column's type: one [`DataType`], with variants for single dialects where it needs them.
///
/// ```
/// use dunlin_core::prelude::*;
///
/// let id = ColumnType::from(DataType::string(250))
///     .on(DialectName::MySql, DataType::string(250).collate("utf8mb3_bin"));
/// assert_eq!(id.get(DialectName::Postgres), Some(&DataType::string(250)));
/// ```
pub type ColumnType = PerDialect<DataType>;
