//! Column types.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::enum_type::EnumType;
use crate::dialect::PerDialect;

/// A type, named by what it means. Each dialect writes it in its own words; a dialect that has no such
/// type says so while a plan is made, and the column needs a variant for it.
///
/// | type | PostgreSQL | MySQL, MariaDB | SQLite |
/// |---|---|---|---|
/// | `Boolean` | BOOLEAN | BOOL (`tinyint(1)`) | BOOLEAN |
/// | `TinyInteger`, `MediumInteger`, `Unsigned` | no | TINYINT, MEDIUMINT, UNSIGNED | the same words |
/// | `Float` | FLOAT (`double precision`) | FLOAT | FLOAT |
/// | `Real` | REAL | FLOAT | REAL |
/// | `Double` | DOUBLE PRECISION | DOUBLE | DOUBLE |
/// | `Binary` | BYTEA | BLOB | BLOB |
/// | `TinyText`, `MediumText`, `LongText`, … `Blob` | no | the same words | the same words |
/// | `FixedBinary`, `VarBinary` | no | BINARY(n), VARBINARY(n) | the same words |
/// | `DateTime` | TIMESTAMP | DATETIME | DATETIME |
/// | `Timestamp` | TIMESTAMP | TIMESTAMP | TIMESTAMP |
/// | `Interval` | INTERVAL | no | no |
/// | `Json` | JSON | JSON (`longtext` on MariaDB) | JSON |
/// | `Jsonb` | JSONB | no | no |
/// | `Uuid` | UUID | CHAR(32) | CHAR(32) |
/// | `Enum` | the type of that name | ENUM('a', 'b') | VARCHAR of the longest value |
/// | `Set`, `Year` | no | SET('a', 'b'), YEAR | no |
/// | `Array` | `type[]` | no | no |
/// | `Bit` | BIT(n), BIT VARYING(n) | BIT(n) | no |
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DataType {
    /// True or false.
    Boolean,
    /// 8 bits.
    TinyInteger,
    /// 16 bits.
    SmallInteger,
    /// 24 bits.
    MediumInteger,
    /// 32 bits.
    Integer,
    /// 64 bits.
    BigInteger,
    /// A number type without negative numbers.
    Unsigned(Box<DataType>),
    /// 32-bit floating point.
    Real,
    /// What the dialect calls FLOAT.
    Float,
    /// 64-bit floating point.
    Double,
    /// Exact decimal.
    Numeric {
        /// Digits in all; `None` is the database's default (PostgreSQL: any number of them).
        precision: Option<u16>,
        /// Digits after the point.
        scale: u16,
    },
    /// VARCHAR.
    String {
        /// Characters at most; `None` is no limit, which MySQL does not have.
        length: Option<u32>,
    },
    /// CHAR.
    Char {
        /// Characters.
        length: u32,
    },
    /// Text without a length.
    Text,
    /// Text of at most 255 bytes.
    TinyText,
    /// Text of at most 16 MiB.
    MediumText,
    /// Text of at most 4 GiB.
    LongText,
    /// A text type with a character set or a collation of its own.
    Collated {
        /// The text type.
        text: Box<DataType>,
        /// The character set; MySQL and MariaDB only.
        character_set: Option<String>,
        /// The collation.
        collation: Option<String>,
    },
    /// Bytes without a length.
    Binary,
    /// At most 255 bytes.
    TinyBlob,
    /// At most 16 MiB.
    MediumBlob,
    /// At most 4 GiB.
    LongBlob,
    /// BINARY.
    FixedBinary {
        /// Bytes.
        length: u32,
    },
    /// VARBINARY.
    VarBinary {
        /// Bytes at most.
        length: u32,
    },
    /// Bits.
    Bit {
        /// How many, or how many at most; `None` is the database's default.
        length: Option<u32>,
        /// Whether there may be fewer.
        varying: bool,
    },
    /// A day.
    Date,
    /// A time of day.
    Time {
        /// Digits of the second's fraction; `None` is the database's default.
        precision: Option<u8>,
        /// With a time zone, where the database has that.
        timezone: bool,
    },
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
    /// A span of time.
    Interval {
        /// Which fields it has, as in `DAY TO SECOND`; `None` is all.
        fields: Option<String>,
        /// Digits of the second's fraction; `None` is the database's default.
        precision: Option<u8>,
    },
    /// A year.
    Year,
    /// JSON, kept as text.
    Json,
    /// JSON, kept taken apart.
    Jsonb,
    /// UUID.
    Uuid,
    /// One of some words.
    Enum(EnumType),
    /// Any of some words.
    Set {
        /// The words, in order.
        values: Vec<String>,
    },
    /// Several values of one type.
    Array {
        /// The type.
        of: Box<DataType>,
        /// How many dimensions are declared: at least 1.
        dimensions: u8,
    },
    /// A type of one database, written as that database writes it: `INET`, `TSVECTOR`, `GEOMETRY`.
    Native(String),
}

impl DataType {
    /// VARCHAR of `length` characters.
    pub const fn string(length: u32) -> Self {
        Self::String { length: Some(length) }
    }

    /// CHAR of `length` characters.
    pub const fn char(length: u32) -> Self {
        Self::Char { length }
    }

    /// Exact decimal of so many digits.
    pub const fn numeric(precision: u16, scale: u16) -> Self {
        Self::Numeric { precision: Some(precision), scale }
    }

    /// A native type, as in `DataType::native("INET")`.
    pub fn native(text: impl Into<String>) -> Self {
        Self::Native(text.into())
    }

    /// A day and a time without a time zone.
    pub const fn datetime() -> Self {
        Self::DateTime { precision: None, timezone: false }
    }

    /// TIMESTAMP without a time zone.
    pub const fn timestamp() -> Self {
        Self::Timestamp { precision: None, timezone: false }
    }

    /// TIMESTAMP with a time zone, where the database has that.
    pub const fn timestamptz() -> Self {
        Self::Timestamp { precision: None, timezone: true }
    }

    /// A time of day without a time zone.
    pub const fn time() -> Self {
        Self::Time { precision: None, timezone: false }
    }

    /// A span of time.
    pub const fn interval() -> Self {
        Self::Interval { fields: None, precision: None }
    }

    /// The same type of a time or a span with so many digits of the second's fraction; other types stay as
    /// they are.
    ///
    /// ```
    /// use dunlin_core::prelude::*;
    ///
    /// let type_ = DataType::datetime().precision(6).with_timezone();
    /// assert_eq!(type_, DataType::DateTime { precision: Some(6), timezone: true });
    /// ```
    pub const fn precision(mut self, digits: u8) -> Self {
        if let Self::Time { precision, .. }
        | Self::DateTime { precision, .. }
        | Self::Timestamp { precision, .. }
        | Self::Interval { precision, .. } = &mut self
        {
            *precision = Some(digits);
        }
        self
    }

    /// The same type of a time with a time zone, where the database has that; other types stay as they are.
    pub const fn with_timezone(mut self) -> Self {
        if let Self::Time { timezone, .. }
        | Self::DateTime { timezone, .. }
        | Self::Timestamp { timezone, .. } = &mut self
        {
            *timezone = true;
        }
        self
    }

    /// One of `values`, under the name of a type that the schema has: see
    /// [`Metadata::enum_type`](super::Metadata::enum_type).
    pub fn enumeration<V>(name: impl Into<super::TableName>, values: V) -> Self
    where
        V: IntoIterator<Item: Into<String>>,
    {
        Self::Enum(EnumType::new(name, values))
    }

    /// The same number type without negative numbers.
    pub fn unsigned(self) -> Self {
        Self::Unsigned(Box::new(self))
    }

    /// An array of this type; of an array, one with a dimension more.
    pub fn array(self) -> Self {
        match self {
            Self::Array { of, dimensions } => Self::Array { of, dimensions: dimensions.saturating_add(1) },
            other => Self::Array { of: Box::new(other), dimensions: 1 },
        }
    }

    /// The same text type with a collation.
    pub fn collate(self, name: impl Into<String>) -> Self {
        let (text, character_set) = self.uncollated();
        Self::Collated { text, character_set, collation: Some(name.into()) }
    }

    /// The same text type in a character set of MySQL.
    pub fn character_set(self, name: impl Into<String>) -> Self {
        let collation = self.collation().map(str::to_owned);
        let (text, _) = self.uncollated();
        Self::Collated { text, character_set: Some(name.into()), collation }
    }

    fn uncollated(self) -> (Box<Self>, Option<String>) {
        match self {
            Self::Collated { text, character_set, .. } => (text, character_set),
            other => (Box::new(other), None),
        }
    }

    /// The collation, if it has one of its own.
    pub fn collation(&self) -> Option<&str> {
        match self {
            Self::Collated { collation, .. } => collation.as_deref(),
            _ => None,
        }
    }

    /// Gives it another collation, if that which it has of its own is among those that are others.
    pub fn recollate(&mut self, collations: &BTreeMap<String, String>) {
        match self {
            Self::Collated { collation: Some(collation), .. } => {
                if let Some(here) = collations.get(collation) {
                    collation.clone_from(here);
                }
            }
            Self::Array { of, .. } => of.recollate(collations),
            _ => {}
        }
    }

    /// The enum that it is, or is an array of.
    pub fn enum_type(&self) -> Option<&EnumType> {
        match self {
            Self::Enum(enum_type) => Some(enum_type),
            Self::Array { of, .. } => of.enum_type(),
            Self::Collated { text, .. } => text.enum_type(),
            _ => None,
        }
    }

    /// The enum that it is, or is an array of, to be changed.
    pub fn enum_type_mut(&mut self) -> Option<&mut EnumType> {
        match self {
            Self::Enum(enum_type) => Some(enum_type),
            Self::Array { of, .. } => of.enum_type_mut(),
            Self::Collated { text, .. } => text.enum_type_mut(),
            _ => None,
        }
    }

    /// Whether it is a whole number.
    pub fn is_integer(&self) -> bool {
        match self {
            Self::TinyInteger
            | Self::SmallInteger
            | Self::MediumInteger
            | Self::Integer
            | Self::BigInteger => true,
            Self::Unsigned(of) => of.is_integer(),
            _ => false,
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
