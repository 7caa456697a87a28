//! Indexes.

use serde::{Deserialize, Serialize};

use crate::dialect::{DialectName, PerDialect};

/// An index that implements no constraint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// Its name.
    pub name: Option<String>,
    /// Its columns, in order.
    pub columns: Vec<String>,
    /// Whether it forbids equal entries.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unique: bool,
    /// Which rows it covers (`WHERE …`), where the dialect has that. A dialect without a variant
    /// indexes all rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predicate: Option<PerDialect<String>>,
}

impl Index {
    /// An index over columns. `name` is final.
    pub fn new<C>(name: impl Into<String>, columns: C) -> Self
    where
        C: IntoIterator<Item: Into<String>>,
    {
        Self {
            name: Some(name.into()),
            columns: columns.into_iter().map(Into::into).collect(),
            unique: false,
            predicate: None,
        }
    }

    /// The same index, forbidding equal entries.
    pub fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// The same index, covering on one dialect only the rows that satisfy `condition`.
    pub fn predicate_on(mut self, dialect: DialectName, condition: impl Into<String>) -> Self {
        let condition = condition.into();
        self.predicate = Some(match self.predicate {
            Some(predicate) => predicate.on(dialect, condition),
            None => PerDialect::only(dialect, condition),
        });
        self
    }
}
