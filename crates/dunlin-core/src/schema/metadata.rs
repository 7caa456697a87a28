//! A set of tables.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::naming::NamingConvention;
use super::table::{Table, TableBuilder, TableName};

/// The tables of one owner, with the schema and naming convention they were written under.
///
/// ```
/// use dunlin_core::prelude::*;
/// use dunlin_core::schema::TableName;
///
/// let mut metadata = Metadata::new(Some("airflow"), NamingConvention::default());
/// metadata.table("ticket", |t| { t.column("id", DataType::Integer).primary_key(); });
/// assert!(metadata.get(&TableName::new(Some("airflow"), "ticket")).is_some());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    schema: Option<String>,
    #[serde(default)]
    naming_convention: NamingConvention,
    tables: Vec<Table>,
}

impl Metadata {
    /// No tables yet. Tables added by a bare name go to `schema`.
    pub fn new(schema: Option<&str>, naming_convention: NamingConvention) -> Self {
        Self { schema: schema.map(str::to_owned), naming_convention, tables: Vec::new() }
    }

    /// Writes down a table; its constraints and indexes get the convention's names.
    pub fn table(&mut self, name: &str, define: impl FnOnce(&mut TableBuilder)) -> &mut Table {
        self.insert(Table::build(name, define))
    }

    /// Adds a table made elsewhere (from an entity, by introspection); replaces one of the same name.
    pub fn insert(&mut self, mut table: Table) -> &mut Table {
        table.qualify(self.schema.as_deref());
        self.naming_convention.apply(&mut table);
        let known = self.entry(table.name.clone());
        *known = table;
        known
    }

    /// Takes a table out.
    pub fn remove(&mut self, name: &TableName) -> Option<Table> {
        let position = self.tables.iter().position(|table| &table.name == name)?;
        Some(self.tables.remove(position))
    }

    /// A table by name.
    pub fn get(&self, name: &TableName) -> Option<&Table> {
        self.tables.iter().find(|table| &table.name == name)
    }

    /// A table by name, to be changed.
    pub fn get_mut(&mut self, name: &TableName) -> Option<&mut Table> {
        self.tables.iter_mut().find(|table| &table.name == name)
    }

    /// A table by name, to be filled; one without columns is made if there is none.
    pub fn entry(&mut self, name: TableName) -> &mut Table {
        let position = match self.tables.iter().rposition(|table| table.name == name) {
            Some(position) => position,
            None => {
                self.tables.push(Table::new(name));
                self.tables.len() - 1
            }
        };
        &mut self.tables[position]
    }

    /// Makes every foreign key that refers to `from` refer to `to`.
    pub(crate) fn repoint(&mut self, from: &TableName, to: &TableName) {
        for key in self.tables.iter_mut().flat_map(|table| &mut table.foreign_keys) {
            if &key.referred_table == from {
                key.referred_table = to.clone();
            }
        }
    }

    /// All tables, in the order in which they were added.
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// The schema that bare names go to.
    pub fn schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    /// The naming convention.
    pub fn naming_convention(&self) -> &NamingConvention {
        &self.naming_convention
    }

    /// The tables in an order in which they can be created: each after those it refers to.
    /// Tables that refer to each other keep the order in which they were added.
    pub fn creation_order(&self) -> Vec<&Table> {
        let positions: BTreeMap<&TableName, usize> =
            self.tables.iter().enumerate().map(|(position, table)| (&table.name, position)).collect();
        let mut order = Vec::with_capacity(self.tables.len());
        let mut visited = vec![false; self.tables.len()];
        for start in 0..self.tables.len() {
            let mut stack = vec![(start, false)];
            while let Some((position, done)) = stack.pop() {
                if done {
                    order.push(&self.tables[position]);
                    continue;
                }
                if std::mem::replace(&mut visited[position], true) {
                    continue;
                }
                stack.push((position, true));
                let keys = self.tables[position].foreign_keys.iter().rev();
                stack.extend(
                    keys.filter_map(|key| positions.get(&key.referred_table))
                        .filter(|at| !visited[**at])
                        .map(|at| (*at, false)),
                );
            }
        }
        order
    }
}

impl Table {
    /// Puts bare names (its own, and those it refers to) into `schema`.
    pub fn qualify(&mut self, schema: Option<&str>) {
        let Some(schema) = schema else { return };
        let fill = |name: &mut TableName| {
            name.schema.get_or_insert_with(|| schema.to_owned());
        };
        fill(&mut self.name);
        self.foreign_keys.iter_mut().for_each(|key| fill(&mut key.referred_table));
    }
}

/// Why an operation cannot be played on a schema.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// A table to be created is there.
    #[error("table {table} already exists")]
    TableExists {
        /// The table.
        table: TableName,
    },
    /// A table to be changed is not there.
    #[error("there is no table {table}")]
    NoTable {
        /// The table.
        table: TableName,
    },
    /// A column to be added is there.
    #[error("table {table} already has a column {column}")]
    ColumnExists {
        /// The table.
        table: TableName,
        /// The column.
        column: String,
    },
    /// A column is not there.
    #[error("table {table} has no column {column}")]
    NoColumn {
        /// The table.
        table: TableName,
        /// The column.
        column: String,
    },
    /// A constraint or index to be added is there.
    #[error("table {table} already has a {kind} {name}")]
    NameTaken {
        /// The table.
        table: TableName,
        /// `index`, `foreign key`, …
        kind: String,
        /// Its name.
        name: String,
    },
    /// A constraint or index to be dropped is not there.
    #[error("table {table} has no {kind} {name}")]
    NoSuchName {
        /// The table.
        table: TableName,
        /// `index`, `foreign key`, …
        kind: String,
        /// Its name.
        name: String,
    },
}
