//! SQL as it stands in a revision file.

use serde::{Deserialize, Serialize};

use crate::schema::TableName;

/// Statements of a revision file of SQL that are committed together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SqlStage {
    /// The statements as text, each with a semicolon behind it, as the database's own client takes them.
    pub text: String,
    /// The line of the file that the text begins in, from 1 on.
    pub line: usize,
    /// The tables they change; `None` is not known.
    #[serde(default)]
    pub touches: Option<Vec<TableName>>,
    /// Whether each statement stands alone, outside any transaction.
    #[serde(default)]
    pub no_transaction: bool,
    /// Whether they run with foreign keys off.
    #[serde(default)]
    pub no_foreign_keys: bool,
}

impl SqlStage {
    /// Statements that begin in a line of their file.
    pub fn new(text: impl Into<String>, line: usize) -> Self {
        Self { text: text.into(), line, ..Self::default() }
    }

    /// Says which tables they change.
    pub fn touches<T>(mut self, tables: T) -> Self
    where
        T: IntoIterator<Item: Into<TableName>>,
    {
        self.touches = Some(tables.into_iter().map(Into::into).collect());
        self
    }

    /// Lets each statement stand alone, outside any transaction.
    pub fn no_transaction(mut self) -> Self {
        self.no_transaction = true;
        self
    }

    /// Lets them run with foreign keys off.
    pub fn no_foreign_keys(mut self) -> Self {
        self.no_foreign_keys = true;
        self
    }
}
