//! Columns.

use serde::{Deserialize, Serialize};

use super::constraint::OnConflict;
use super::types::ColumnType;
use super::value::SqlValue;
use crate::dialect::PerDialect;

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub column_type: ColumnType,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// The value the server puts in when none is given; a dialect without a variant has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_default: Option<PerDialect<SqlValue>>,
    /// The expression the server puts in at each UPDATE. MySQL and MariaDB; elsewhere it is unsupported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_update: Option<PerDialect<String>>,
    /// Whether the server counts it up (SERIAL, AUTO_INCREMENT, the SQLite row id).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub autoincrement: bool,
    /// How the server counts it up, where it is an identity column (PostgreSQL). MySQL, MariaDB and
    /// SQLite count such a column up as they count others, and cannot do what an option asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// What it is computed from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub computed: Option<Computed>,
    /// A comment kept by the database; SQLite has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// What happens to a row that has NULL in it. SQLite only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_null_on_conflict: Option<OnConflict>,
}

impl Column {
    /// A nullable column without a default.
    pub fn new(name: impl Into<String>, column_type: impl Into<ColumnType>) -> Self {
        Self {
            name: name.into(),
            column_type: column_type.into(),
            nullable: true,
            server_default: None,
            on_update: None,
            autoincrement: false,
            identity: None,
            computed: None,
            comment: None,
            not_null_on_conflict: None,
        }
    }

    /// The same column, NOT NULL.
    pub fn not_null(mut self) -> Self {
        self.nullable = false;
        self
    }

    /// The same column, which may be NULL: to be said behind what makes it NOT NULL.
    pub fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// The same column with a server default.
    pub fn server_default(mut self, default: impl Into<PerDialect<SqlValue>>) -> Self {
        self.server_default = Some(default.into());
        self
    }

    /// The same column with an expression that the server puts in at each UPDATE.
    pub fn on_update(mut self, expression: impl Into<PerDialect<String>>) -> Self {
        self.on_update = Some(expression.into());
        self
    }

    /// The same column, counted up by the server.
    pub fn autoincrement(mut self) -> Self {
        self.autoincrement = true;
        self
    }

    /// The same column as an identity column; it is NOT NULL.
    pub fn identity(mut self, identity: Identity) -> Self {
        self.nullable = false;
        self.identity = Some(identity);
        self
    }

    /// The same column, computed from others.
    pub fn computed(mut self, computed: Computed) -> Self {
        self.computed = Some(computed);
        self
    }

    /// The same column with a comment.
    pub fn comment(mut self, text: impl Into<String>) -> Self {
        self.comment = Some(text.into());
        self
    }

    /// The same column, NOT NULL with SQLite's ON CONFLICT.
    pub fn not_null_on_conflict(mut self, action: OnConflict) -> Self {
        self.nullable = false;
        self.not_null_on_conflict = Some(action);
        self
    }

    /// Whether the server counts it up, in one way or the other.
    pub fn counts_up(&self) -> bool {
        self.autoincrement || self.identity.is_some()
    }
}

/// How an identity column counts. What is `None` is the database's default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Identity {
    /// Whether a value may not be given (`GENERATED ALWAYS`).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub always: bool,
    /// The first value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<i64>,
    /// The step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub increment: Option<i64>,
    /// The smallest value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// The largest value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// Whether it begins anew behind the last value.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cycle: bool,
    /// How many values are taken at a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache: Option<i64>,
}

impl Identity {
    /// `GENERATED ALWAYS AS IDENTITY`.
    pub fn always() -> Self {
        Self { always: true, ..Self::default() }
    }

    /// `GENERATED BY DEFAULT AS IDENTITY`.
    pub fn by_default() -> Self {
        Self::default()
    }

    /// The same, from another first value.
    pub fn start(mut self, value: i64) -> Self {
        self.start = Some(value);
        self
    }

    /// The same, by another step.
    pub fn increment(mut self, step: i64) -> Self {
        self.increment = Some(step);
        self
    }

    /// The same, not below a value.
    pub fn min(mut self, value: i64) -> Self {
        self.min = Some(value);
        self
    }

    /// The same, not above a value.
    pub fn max(mut self, value: i64) -> Self {
        self.max = Some(value);
        self
    }

    /// The same, beginning anew behind the last value.
    pub fn cycle(mut self) -> Self {
        self.cycle = true;
        self
    }

    /// The same, so many values at a time.
    pub fn cache(mut self, values: i64) -> Self {
        self.cache = Some(values);
        self
    }
}

/// What a column is computed from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Computed {
    /// The expression.
    pub expression: PerDialect<String>,
    /// Whether its value is kept; else it is computed at each read, which PostgreSQL before 18 cannot.
    pub stored: bool,
}

impl Computed {
    /// A value that is kept.
    pub fn stored(expression: impl Into<PerDialect<String>>) -> Self {
        Self { expression: expression.into(), stored: true }
    }

    /// A value that is computed at each read.
    pub fn on_read(expression: impl Into<PerDialect<String>>) -> Self {
        Self { expression: expression.into(), stored: false }
    }
}
