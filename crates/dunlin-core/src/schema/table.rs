//! Tables.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::builder::TableBuilder;
use super::column::Column;
use super::constraint::{Check, Constraint, ConstraintKind, Exclude, ForeignKey, PrimaryKey, Unique};
use super::index::Index;
use super::name::Name;
use super::options::TableOptions;
use super::types::{ColumnType, DataType};

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

impl TableName {
    /// Puts it into `schema`, if it is in none.
    pub fn qualify(&mut self, schema: Option<&str>) {
        if let (None, Some(schema)) = (&self.schema, schema) {
            self.schema = Some(schema.to_owned());
        }
    }
}

impl From<&str> for TableName {
    fn from(name: &str) -> Self {
        Self::new(None, name)
    }
}

impl From<&String> for TableName {
    fn from(name: &String) -> Self {
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
#[non_exhaustive]
pub struct Table {
    /// Its name.
    pub name: TableName,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// Its primary key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_key: Option<PrimaryKey>,
    /// Its unique constraints.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uniques: Vec<Unique>,
    /// Its foreign keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign_keys: Vec<ForeignKey>,
    /// Its checks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// Its exclude constraints.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excludes: Vec<Exclude>,
    /// Its indexes, without those that implement constraints.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<Index>,
    /// A comment kept by the database; SQLite has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Options of single databases.
    #[serde(default, skip_serializing_if = "TableOptions::is_default")]
    pub options: TableOptions,
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
            excludes: Vec::new(),
            indexes: Vec::new(),
            comment: None,
            options: TableOptions::default(),
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
        let mut builder = TableBuilder::new(Self::new(name));
        define(&mut builder);
        builder.finish()
    }

    /// A column by name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// A column by name, to be changed.
    pub fn column_mut(&mut self, name: &str) -> Option<&mut Column> {
        self.columns.iter_mut().find(|column| column.name == name)
    }

    /// An index by name.
    pub fn index(&self, name: &str) -> Option<&Index> {
        self.indexes.iter().find(|index| index.name.as_deref() == Some(name))
    }

    /// All its constraints: the key, unique constraints, checks, exclude constraints, foreign keys.
    pub fn constraints(&self) -> impl Iterator<Item = Constraint> {
        let key = self.primary_key.iter().cloned().map(Constraint::PrimaryKey);
        let uniques = self.uniques.iter().cloned().map(Constraint::Unique);
        let checks = self.checks.iter().cloned().map(Constraint::Check);
        let excludes = self.excludes.iter().cloned().map(Constraint::Exclude);
        let foreign_keys = self.foreign_keys.iter().cloned().map(Constraint::ForeignKey);
        key.chain(uniques).chain(checks).chain(excludes).chain(foreign_keys)
    }

    /// Puts a constraint in the place of one of the same kind and name.
    pub fn replace_constraint(&mut self, known: &Constraint, by: Constraint) {
        fn replace<T>(all: &mut [T], name: Option<&Name>, by: T, name_of: impl Fn(&T) -> &Option<Name>) {
            if let Some(known) =
                all.iter_mut().find(|known| name.is_some() && name_of(known).as_ref() == name)
            {
                *known = by;
            }
        }
        let name = known.name();
        match by {
            Constraint::PrimaryKey(key) if self.primary_key.is_some() => self.primary_key = Some(key),
            Constraint::PrimaryKey(_) => {}
            Constraint::Unique(unique) => replace(&mut self.uniques, name, unique, |it| &it.name),
            Constraint::ForeignKey(key) => replace(&mut self.foreign_keys, name, key, |it| &it.name),
            Constraint::Check(check) => replace(&mut self.checks, name, check, |it| &it.name),
            Constraint::Exclude(exclude) => replace(&mut self.excludes, name, exclude, |it| &it.name),
        }
    }

    /// The names of its constraints, with their kinds.
    pub(crate) fn constraint_names_mut(
        &mut self,
    ) -> impl Iterator<Item = (ConstraintKind, &mut Option<Name>)> {
        let key = self.primary_key.iter_mut().map(|key| (ConstraintKind::PrimaryKey, &mut key.name));
        let uniques = self.uniques.iter_mut().map(|unique| (ConstraintKind::Unique, &mut unique.name));
        let checks = self.checks.iter_mut().map(|check| (ConstraintKind::Check, &mut check.name));
        let excludes = self.excludes.iter_mut().map(|exclude| (ConstraintKind::Exclude, &mut exclude.name));
        let keys = self.foreign_keys.iter_mut().map(|key| (ConstraintKind::ForeignKey, &mut key.name));
        key.chain(uniques).chain(checks).chain(excludes).chain(keys)
    }

    /// The names of its constraints and indexes, to be changed.
    pub fn names_mut(&mut self) -> impl Iterator<Item = &mut Name> {
        let key = self.primary_key.iter_mut().map(|key| &mut key.name);
        let uniques = self.uniques.iter_mut().map(|unique| &mut unique.name);
        let checks = self.checks.iter_mut().map(|check| &mut check.name);
        let excludes = self.excludes.iter_mut().map(|exclude| &mut exclude.name);
        let keys = self.foreign_keys.iter_mut().map(|key| &mut key.name);
        let indexes = self.indexes.iter_mut().map(|index| &mut index.name);
        key.chain(uniques).chain(checks).chain(excludes).chain(keys).chain(indexes).flatten()
    }

    /// A constraint by kind and name. A primary key without a name answers to any.
    pub fn constraint(&self, kind: ConstraintKind, name: &str) -> Option<Constraint> {
        self.constraints().find(|constraint| {
            constraint.kind() == kind
                && match constraint.name() {
                    Some(known) => known == name,
                    None => kind == ConstraintKind::PrimaryKey,
                }
        })
    }

    /// Whether a constraint of this kind and name exists. A primary key without a name answers to any.
    pub fn has_constraint(&self, kind: ConstraintKind, name: &str) -> bool {
        self.constraint(kind, name).is_some()
    }

    /// Puts bare names (its own, those it refers to, those of its enum types) into `schema`.
    pub fn qualify(&mut self, schema: Option<&str>) {
        self.name.qualify(schema);
        self.foreign_keys.iter_mut().for_each(|key| key.referred_table.qualify(schema));
        self.options.inherits.iter_mut().for_each(|table| table.qualify(schema));
        self.columns.iter_mut().for_each(|column| column.qualify(schema));
    }
}

impl Column {
    /// Puts the bare name of its enum type into `schema`.
    pub(crate) fn qualify(&mut self, schema: Option<&str>) {
        qualify_type(&mut self.column_type, schema);
    }
}

/// Puts the bare name of an enum type into `schema`.
pub(crate) fn qualify_type(column_type: &mut ColumnType, schema: Option<&str>) {
    for name in column_type.values_mut().filter_map(DataType::enum_type_mut).filter_map(|e| e.name.as_mut()) {
        name.qualify(schema);
    }
}
