//! Indexes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::name::Name;
use crate::dialect::{DialectName, PerDialect};

/// An index that implements no constraint.
///
/// What only speeds a database up (a method, an operator class, a prefix length, storage) is passed
/// over by the databases that do not have it; what decides which rows there may be is unsupported
/// there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Index {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// What it holds, in order.
    pub elements: Vec<IndexElement>,
    /// Whether it forbids equal entries.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unique: bool,
    /// Which rows it covers (`WHERE …`), where the dialect has that. A dialect without a variant
    /// indexes all rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predicate: Option<PerDialect<String>>,
    /// Where it exists; empty is everywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_on: Vec<DialectName>,
    /// Its method: `gin`, `gist`, `brin`, … on PostgreSQL, `BTREE` or `HASH` on MySQL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub using: Option<PerDialect<String>>,
    /// What kind it is. MySQL and MariaDB only; elsewhere any but a plain one is unsupported.
    #[serde(default, skip_serializing_if = "IndexKind::is_plain")]
    pub kind: IndexKind,
    /// The parser of a full-text index. MySQL and MariaDB only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parser: Option<String>,
    /// Columns that it also holds. PostgreSQL only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// Whether two NULLs are equal. PostgreSQL only; elsewhere it is unsupported on a unique index.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nulls_not_distinct: bool,
    /// Storage parameters (`WITH (fillfactor = 70)`). PostgreSQL only.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub storage_parameters: BTreeMap<String, String>,
    /// The tablespace. PostgreSQL only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tablespace: Option<String>,
    /// Whether it is built while others write to the table, outside any transaction. PostgreSQL only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub concurrently: bool,
    /// A comment kept by the database. PostgreSQL, MySQL and MariaDB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl Index {
    /// An index over columns.
    pub fn new<E>(name: impl Into<Name>, elements: E) -> Self
    where
        E: IntoIterator<Item: Into<IndexElement>>,
    {
        Self { name: Some(name.into()), ..Self::unnamed(elements) }
    }

    /// An index that the naming convention names.
    pub fn unnamed<E>(elements: E) -> Self
    where
        E: IntoIterator<Item: Into<IndexElement>>,
    {
        Self {
            name: None,
            elements: elements.into_iter().map(Into::into).collect(),
            unique: false,
            predicate: None,
            only_on: Vec::new(),
            using: None,
            kind: IndexKind::Plain,
            parser: None,
            include: Vec::new(),
            nulls_not_distinct: false,
            storage_parameters: BTreeMap::new(),
            tablespace: None,
            concurrently: false,
            comment: None,
        }
    }

    /// The columns among its elements, in order.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.elements.iter().filter_map(IndexElement::column)
    }

    /// The same index, forbidding equal entries.
    pub fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// The same index, covering on each dialect only the rows that satisfy its condition.
    pub fn predicate(mut self, condition: impl Into<PerDialect<String>>) -> Self {
        self.predicate = Some(condition.into());
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

    /// The same index, on some databases only.
    pub fn only_on(mut self, dialects: impl IntoIterator<Item = DialectName>) -> Self {
        self.only_on = dialects.into_iter().collect();
        self
    }

    /// The same index by another method.
    pub fn using(mut self, method: impl Into<PerDialect<String>>) -> Self {
        self.using = Some(method.into());
        self
    }

    /// The same index of another kind.
    pub fn kind(mut self, kind: IndexKind) -> Self {
        self.kind = kind;
        self
    }

    /// The same full-text index with a parser.
    pub fn parser(mut self, name: impl Into<String>) -> Self {
        self.parser = Some(name.into());
        self
    }

    /// The same index, holding other columns too.
    pub fn include<C>(mut self, columns: C) -> Self
    where
        C: IntoIterator<Item: Into<String>>,
    {
        self.include = columns.into_iter().map(Into::into).collect();
        self
    }

    /// The same index, taking two NULLs for equal.
    pub fn nulls_not_distinct(mut self) -> Self {
        self.nulls_not_distinct = true;
        self
    }

    /// The same index with a storage parameter.
    pub fn storage_parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.storage_parameters.insert(name.into(), value.into());
        self
    }

    /// The same index in a tablespace.
    pub fn tablespace(mut self, name: impl Into<String>) -> Self {
        self.tablespace = Some(name.into());
        self
    }

    /// The same index, built while others write to the table.
    pub fn concurrently(mut self) -> Self {
        self.concurrently = true;
        self
    }

    /// The same index with a comment.
    pub fn comment(mut self, text: impl Into<String>) -> Self {
        self.comment = Some(text.into());
        self
    }
}

/// One entry of an index.
///
/// ```
/// use dunlin_core::schema::{Index, IndexElement};
///
/// let index = Index::new("ix", [
///     IndexElement::column_named("a").descending(),
///     IndexElement::expression("lower(b)"),
/// ]);
/// assert_eq!(index.columns().collect::<Vec<_>>(), ["a"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IndexElement {
    /// What is indexed.
    #[serde(flatten)]
    pub key: IndexKey,
    /// Whether it goes down.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub descending: bool,
    /// Where NULLs stand; `None` is where the database puts them. PostgreSQL only; elsewhere it is
    /// unsupported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nulls: Option<NullsOrder>,
    /// Its collation. PostgreSQL and SQLite; elsewhere it is unsupported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// Its operator class, as in `gin_trgm_ops`. PostgreSQL only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator_class: Option<String>,
    /// How many characters (or bytes) of it are indexed. MySQL and MariaDB only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u32>,
}

/// What an entry of an index is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndexKey {
    /// A column.
    Column(String),
    /// An SQL expression.
    Expression(PerDialect<String>),
}

impl IndexElement {
    fn new(key: IndexKey) -> Self {
        Self { key, descending: false, nulls: None, collation: None, operator_class: None, length: None }
    }

    /// A column.
    pub fn column_named(name: impl Into<String>) -> Self {
        Self::new(IndexKey::Column(name.into()))
    }

    /// An SQL expression, without outer brackets.
    pub fn expression(sql: impl Into<PerDialect<String>>) -> Self {
        Self::new(IndexKey::Expression(sql.into()))
    }

    /// The column, if it is one.
    pub fn column(&self) -> Option<&str> {
        match &self.key {
            IndexKey::Column(name) => Some(name),
            IndexKey::Expression(_) => None,
        }
    }

    /// The same entry, going down.
    pub fn descending(mut self) -> Self {
        self.descending = true;
        self
    }

    /// The same entry with NULLs at one end.
    pub fn nulls(mut self, order: NullsOrder) -> Self {
        self.nulls = Some(order);
        self
    }

    /// The same entry with a collation.
    pub fn collate(mut self, name: impl Into<String>) -> Self {
        self.collation = Some(name.into());
        self
    }

    /// The same entry with an operator class.
    pub fn operator_class(mut self, name: impl Into<String>) -> Self {
        self.operator_class = Some(name.into());
        self
    }

    /// The same entry, of its first characters only.
    pub fn length(mut self, characters: u32) -> Self {
        self.length = Some(characters);
        self
    }
}

impl From<&str> for IndexElement {
    fn from(column: &str) -> Self {
        Self::column_named(column)
    }
}

impl From<String> for IndexElement {
    fn from(column: String) -> Self {
        Self::column_named(column)
    }
}

impl From<&String> for IndexElement {
    fn from(column: &String) -> Self {
        Self::column_named(column)
    }
}

/// Where NULLs stand in an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NullsOrder {
    /// Before all values.
    First,
    /// Behind all values.
    Last,
}

/// The kinds of index that MySQL and MariaDB have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndexKind {
    /// An ordinary one.
    #[default]
    Plain,
    /// One over words.
    FullText,
    /// One over geometry.
    Spatial,
}

impl IndexKind {
    /// Whether it is an ordinary one.
    pub fn is_plain(&self) -> bool {
        *self == Self::Plain
    }
}
