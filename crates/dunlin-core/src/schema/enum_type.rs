//! Enum types.

use serde::{Deserialize, Serialize};

use super::table::TableName;

/// A type with a fixed list of words.
///
/// On PostgreSQL it is a type of its own, created before the tables that use it; on MySQL and MariaDB
/// its words stand in each column; on SQLite a column of it is a VARCHAR.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EnumType {
    /// The type's name; `None` is an ENUM of MySQL, which has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<TableName>,
    /// The words, in order.
    pub values: Vec<String>,
}

impl EnumType {
    /// A named type.
    pub fn new<V>(name: impl Into<TableName>, values: V) -> Self
    where
        V: IntoIterator<Item: Into<String>>,
    {
        Self { name: Some(name.into()), ..Self::unnamed(values) }
    }

    /// An ENUM of MySQL or MariaDB.
    pub fn unnamed<V>(values: V) -> Self
    where
        V: IntoIterator<Item: Into<String>>,
    {
        Self { name: None, values: values.into_iter().map(Into::into).collect() }
    }
}

/// One change of an enum type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EnumChange {
    /// Adds a value.
    AddValue {
        /// The value.
        value: String,
        /// Where.
        #[serde(default, skip_serializing_if = "EnumPosition::is_last")]
        position: EnumPosition,
    },
    /// Renames a value: rows that have it have the new name then.
    RenameValue {
        /// Its name before.
        from: String,
        /// Its name after.
        to: String,
    },
}

/// Where a new value of an enum type stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnumPosition {
    /// Behind all others.
    #[default]
    Last,
    /// Before another value.
    Before(String),
    /// Behind another value.
    After(String),
}

impl EnumPosition {
    /// Whether it stands where a value stands when nothing is said.
    pub fn is_last(&self) -> bool {
        *self == Self::Last
    }
}
