//! Views, and objects that are nothing but their SQL.

use serde::{Deserialize, Serialize};

use super::table::TableName;
use crate::dialect::PerDialect;

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct View {
    /// Its name.
    pub name: TableName,
    /// Its query; a dialect without a variant does not have the view.
    pub query: PerDialect<String>,
    /// Whether its rows are kept. PostgreSQL only; elsewhere it is unsupported.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub materialized: bool,
    /// Whether the rights of whoever asks count, and not those of its owner: `security_invoker` (PostgreSQL 15), `SQL
    /// SECURITY INVOKER` (MySQL, MariaDB). SQLite has no rights.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub security_invoker: bool,
    /// Whether no function of a query over it is shown rows that the view leaves out: `security_barrier`. PostgreSQL
    /// only; on MySQL and MariaDB it is unsupported, and SQLite has no rights.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub security_barrier: bool,
}

impl View {
    /// A view of a query.
    pub fn new(name: impl Into<TableName>, query: impl Into<PerDialect<String>>) -> Self {
        Self {
            name: name.into(),
            query: query.into(),
            materialized: false,
            security_invoker: false,
            security_barrier: false,
        }
    }

    /// The same view, its rows kept.
    pub fn materialized(mut self) -> Self {
        self.materialized = true;
        self
    }

    /// The same view, read with the rights of whoever asks.
    pub fn security_invoker(mut self) -> Self {
        self.security_invoker = true;
        self
    }

    /// The same view, its rows seen before anything else of a query is.
    pub fn security_barrier(mut self) -> Self {
        self.security_barrier = true;
        self
    }
}

/// An object that dunlin knows by name only: a function, a trigger, an extension, a policy, a grant, …
/// The statements that create and drop it are written down; what they do is not looked at.
///
/// ```
/// use dunlin_core::prelude::*;
/// use dunlin_core::schema::Object;
///
/// let extension = Object::new("extension btree_gist")
///     .create(PerDialect::only(DialectName::Postgres, "CREATE EXTENSION btree_gist".to_owned()))
///     .drop(PerDialect::only(DialectName::Postgres, "DROP EXTENSION btree_gist".to_owned()));
/// assert_eq!(extension.create.len(), 1);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Object {
    /// What it is and its name, in words: `function touch()`, `trigger on_insert on ticket`.
    pub name: String,
    /// The statements that create it; a dialect without a variant runs nothing.
    pub create: Vec<PerDialect<String>>,
    /// The statements that drop it.
    pub drop: Vec<PerDialect<String>>,
    /// The tables that the statements change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub touches: Vec<TableName>,
}

impl Object {
    /// An object without statements.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), create: Vec::new(), drop: Vec::new(), touches: Vec::new() }
    }

    /// The same object with one more statement that creates it.
    pub fn create(mut self, sql: impl Into<PerDialect<String>>) -> Self {
        self.create.push(sql.into());
        self
    }

    /// The same object with one more statement that drops it.
    pub fn drop(mut self, sql: impl Into<PerDialect<String>>) -> Self {
        self.drop.push(sql.into());
        self
    }

    /// The same object with tables that its statements change.
    pub fn touches<T>(mut self, tables: T) -> Self
    where
        T: IntoIterator<Item: Into<TableName>>,
    {
        self.touches.extend(tables.into_iter().map(Into::into));
        self
    }
    /// Whether it is part of a table, as a trigger is, and so goes with it: it touches that one alone.
    pub fn is_of(&self, table: &TableName) -> bool {
        self.touches.as_slice() == std::slice::from_ref(table)
    }
}
