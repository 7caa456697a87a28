//! Values.

use serde::{Deserialize, Serialize};

use crate::dialect::PerDialect;

/// A value as it stands in SQL.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SqlValue {
    /// A text, quoted by dunlin.
    Text(String),
    /// An SQL expression, written as it is: `0`, `-1`, `CURRENT_TIMESTAMP`, `now()`.
    Expression(String),
    /// A whole number.
    Integer(i64),
    /// True or false, written as the dialect writes it.
    Boolean(bool),
    /// Bytes, written as the dialect writes them.
    Bytes(Vec<u8>),
    /// NULL.
    Null,
}

impl SqlValue {
    /// A quoted text.
    pub fn text(value: impl Into<String>) -> Self {
        Self::Text(value.into())
    }

    /// An SQL expression.
    pub fn expression(sql: impl Into<String>) -> Self {
        Self::Expression(sql.into())
    }
}

impl From<&str> for SqlValue {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for SqlValue {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<i64> for SqlValue {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<bool> for SqlValue {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<&str> for PerDialect<SqlValue> {
    fn from(value: &str) -> Self {
        Self::all(value.into())
    }
}

impl From<i64> for PerDialect<SqlValue> {
    fn from(value: i64) -> Self {
        Self::all(value.into())
    }
}

impl From<bool> for PerDialect<SqlValue> {
    fn from(value: bool) -> Self {
        Self::all(value.into())
    }
}
