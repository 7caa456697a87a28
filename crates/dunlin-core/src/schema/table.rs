//! Tables and how to write one down.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::column::{Column, ColumnBuilder};
use super::constraint::{Check, ConstraintKind, ForeignKey, PrimaryKey, Unique};
use super::index::Index;
use super::types::ColumnType;

/// A table's name, with its schema where it is not the connection's default.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TableName {
    /// The schema (on MySQL: the database); `None` is the connection's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The name in it.
    pub name: String,
}

impl TableName {
    /// A name in a schema.
    pub fn new(schema: Option<&str>, name: impl Into<String>) -> Self {
        Self { schema: schema.map(str::to_owned), name: name.into() }
    }
}

impl From<&str> for TableName {
    fn from(name: &str) -> Self {
        Self::new(None, name)
    }
}

impl From<String> for TableName {
    fn from(name: String) -> Self {
        Self::new(None, name)
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: TableName,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// Its primary key.
    #[serde(default)]
    pub primary_key: Option<PrimaryKey>,
    /// Its unique constraints.
    #[serde(default)]
    pub uniques: Vec<Unique>,
    /// Its foreign keys.
    #[serde(default)]
    pub foreign_keys: Vec<ForeignKey>,
    /// Its checks.
    #[serde(default)]
    pub checks: Vec<Check>,
    /// Its indexes, without those that implement constraints.
    #[serde(default)]
    pub indexes: Vec<Index>,
}

impl Table {
    /// A table without columns.
    pub fn new(name: impl Into<TableName>) -> Self {
        Self {
            name: name.into(),
            columns: Vec::new(),
            primary_key: None,
            uniques: Vec::new(),
            foreign_keys: Vec::new(),
            checks: Vec::new(),
            indexes: Vec::new(),
        }
    }

    /// A table written down with a [`TableBuilder`].
    ///
    /// ```
    /// use dunlin_core::prelude::*;
    ///
    /// let pool = Table::build("slot_pool", |t| {
    ///     t.column("id", DataType::Integer).primary_key();
    ///     t.column("pool", DataType::string(256)).unique();
    ///     t.index("idx_pool", ["pool"]);
    /// });
    /// assert_eq!(pool.columns.len(), 2);
    /// ```
    pub fn build(name: impl Into<TableName>, define: impl FnOnce(&mut TableBuilder)) -> Self {
        let mut builder = TableBuilder { table: Self::new(name) };
        define(&mut builder);
        builder.finish()
    }

    /// A column by name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Whether a constraint of this kind and name exists. A primary key without a name answers to any.
    pub fn has_constraint(&self, kind: ConstraintKind, name: &str) -> bool {
        let same = |candidate: &Option<String>| candidate.as_deref() == Some(name);
        match kind {
            ConstraintKind::PrimaryKey => {
                self.primary_key.as_ref().is_some_and(|key| key.name.is_none() || same(&key.name))
            }
            ConstraintKind::Unique => self.uniques.iter().any(|unique| same(&unique.name)),
            ConstraintKind::ForeignKey => self.foreign_keys.iter().any(|key| same(&key.name)),
            ConstraintKind::Check => self.checks.iter().any(|check| same(&check.name)),
        }
    }
}

/// Writes down a [`Table`].
#[derive(Debug)]
pub struct TableBuilder {
    pub(super) table: Table,
}

impl TableBuilder {
    /// A column, nullable unless said otherwise.
    pub fn column(
        &mut self,
        name: impl Into<String>,
        column_type: impl Into<ColumnType>,
    ) -> ColumnBuilder<'_> {
        self.table.columns.push(Column::new(name, column_type));
        let position = self.table.columns.len() - 1;
        ColumnBuilder { table: self, position }
    }

    /// The primary key, under a name that is final.
    pub fn primary_key<C>(&mut self, name: impl Into<String>, columns: C)
    where
        C: IntoIterator<Item: Into<String>>,
    {
        let columns: Vec<String> = columns.into_iter().map(Into::into).collect();
        for column in &mut self.table.columns {
            if columns.contains(&column.name) {
                column.nullable = false;
            }
        }
        self.table.primary_key = Some(PrimaryKey { name: Some(name.into()), columns });
    }

    /// A unique constraint, under a name that is final.
    pub fn unique<C>(&mut self, name: impl Into<String>, columns: C)
    where
        C: IntoIterator<Item: Into<String>>,
    {
        let columns = columns.into_iter().map(Into::into).collect();
        self.table.uniques.push(Unique { name: Some(name.into()), columns });
    }

    /// A foreign key, named or not.
    pub fn foreign_key(&mut self, key: ForeignKey) {
        self.table.foreign_keys.push(key);
    }

    /// A check, under a name that is final.
    pub fn check(&mut self, name: impl Into<String>, expression: impl Into<String>) {
        self.table.checks.push(Check { name: Some(name.into()), expression: expression.into() });
    }

    /// An index over columns, under a name that is final.
    pub fn index<C>(&mut self, name: impl Into<String>, columns: C)
    where
        C: IntoIterator<Item: Into<String>>,
    {
        self.add_index(Index::new(name, columns));
    }

    /// An index with options.
    pub fn add_index(&mut self, index: Index) {
        self.table.indexes.push(index);
    }

    /// A single integer key counts up, as SQLAlchemy's `autoincrement="auto"` has it: one column, an
    /// integer type, no default, no foreign key on it.
    fn finish(mut self) -> Table {
        let Some(PrimaryKey { columns, .. }) = &self.table.primary_key else { return self.table };
        let [only] = columns.as_slice() else { return self.table };
        let referring = self.table.foreign_keys.iter().any(|key| key.columns.contains(only));
        let only = only.clone();
        if let Some(column) = self.table.columns.iter_mut().find(|column| column.name == only) {
            use super::types::DataType::{BigInteger, Integer, SmallInteger};
            let integer =
                matches!(column.column_type.default_value(), Some(SmallInteger | Integer | BigInteger));
            column.autoincrement |= integer && column.server_default.is_none() && !referring;
        }
        self.table
    }
}
