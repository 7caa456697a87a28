//! [`Operation`]: the one type for a schema change.
//!
//! A revision records operations with [`Operations`]; models become operations by
//! [`create_all`]; [`Metadata::apply`](crate::schema::Metadata::apply) plays them in memory.

mod apply;
mod recorder;

use serde::{Deserialize, Serialize};

use crate::dialect::PerDialect;
use crate::schema::{
    Column, ColumnType, Constraint, ConstraintKind, Index, Metadata, SqlValue, Table, TableName,
};

pub use recorder::{AlterColumn, AlterTable, Operations};

/// One change of a schema or of the rows in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Operation {
    /// Creates a table with its constraints and indexes.
    CreateTable {
        /// The table.
        table: Table,
    },
    /// Drops a table.
    DropTable {
        /// The table.
        table: TableName,
        /// Whether its absence is no error.
        if_exists: bool,
    },
    /// Renames a table within its schema.
    RenameTable {
        /// Its name before.
        table: TableName,
        /// Its name after.
        to: String,
    },
    /// Changes a table's columns and constraints: all of `changes` together, in one rebuild on SQLite.
    AlterTable {
        /// The table.
        table: TableName,
        /// The changes, in order.
        changes: Vec<TableChange>,
    },
    /// Creates an index.
    CreateIndex {
        /// The table.
        table: TableName,
        /// The index.
        index: Index,
    },
    /// Drops an index.
    DropIndex {
        /// The table.
        table: TableName,
        /// The index's name.
        name: String,
        /// Whether its absence is no error.
        if_exists: bool,
    },
    /// Inserts rows.
    BulkInsert {
        /// The table.
        table: TableName,
        /// The columns that are given.
        columns: Vec<String>,
        /// The rows: a value for each of the columns.
        rows: Vec<Vec<SqlValue>>,
    },
    /// Runs SQL as it stands.
    Execute {
        /// The statement; a dialect without a variant runs nothing.
        sql: PerDialect<String>,
    },
}

/// One change of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TableChange {
    /// Adds a column behind the others.
    AddColumn {
        /// The column.
        column: Column,
    },
    /// Drops a column.
    DropColumn {
        /// The column's name.
        name: String,
    },
    /// Changes a column; whatever is `None` stays as it is.
    AlterColumn {
        /// The column's name before.
        name: String,
        /// A new name.
        rename: Option<String>,
        /// A new type.
        column_type: Option<ColumnType>,
        /// Whether it may be NULL from now on.
        nullable: Option<bool>,
        /// A new server default, or none (`Some(None)`).
        server_default: Option<Option<SqlValue>>,
    },
    /// Adds a constraint.
    AddConstraint {
        /// The constraint.
        constraint: Constraint,
    },
    /// Drops a constraint.
    DropConstraint {
        /// What it is.
        kind: ConstraintKind,
        /// Its name.
        name: String,
    },
}

impl Operation {
    /// The table it changes; `None` for SQL as it stands.
    pub fn table(&self) -> Option<&TableName> {
        match self {
            Self::CreateTable { table } => Some(&table.name),
            Self::DropTable { table, .. }
            | Self::RenameTable { table, .. }
            | Self::AlterTable { table, .. }
            | Self::CreateIndex { table, .. }
            | Self::DropIndex { table, .. }
            | Self::BulkInsert { table, .. } => Some(table),
            Self::Execute { .. } => None,
        }
    }

    /// Puts bare table names into `schema`.
    pub fn qualify(&mut self, schema: Option<&str>) {
        let fill = |name: &mut TableName| {
            if let (None, Some(schema)) = (&name.schema, schema) {
                name.schema = Some(schema.to_owned());
            }
        };
        match self {
            Self::CreateTable { table } => table.qualify(schema),
            Self::DropTable { table, .. }
            | Self::RenameTable { table, .. }
            | Self::CreateIndex { table, .. }
            | Self::DropIndex { table, .. }
            | Self::BulkInsert { table, .. } => fill(table),
            Self::AlterTable { table, changes } => {
                fill(table);
                for change in changes {
                    if let TableChange::AddConstraint { constraint: Constraint::ForeignKey(key) } = change {
                        fill(&mut key.referred_table);
                    }
                }
            }
            Self::Execute { .. } => {}
        }
    }
}

/// The operations that create every table of `metadata`, each after those it refers to.
///
/// Of tables that refer to each other, the first is created without the keys to the later ones; those
/// keys are added at the end.
pub fn create_all(metadata: &Metadata) -> Vec<Operation> {
    let mut operations = Vec::new();
    let mut deferred = Vec::new();
    let mut created: Vec<&TableName> = Vec::new();
    for table in metadata.creation_order() {
        created.push(&table.name);
        let known = |name: &TableName| created.contains(&name) || metadata.get(name).is_none();
        let (keys, later): (Vec<_>, Vec<_>) =
            table.foreign_keys.iter().cloned().partition(|key| known(&key.referred_table));
        operations.push(Operation::CreateTable { table: Table { foreign_keys: keys, ..table.clone() } });
        deferred.extend(later.into_iter().map(|key| Operation::AlterTable {
            table: table.name.clone(),
            changes: vec![TableChange::AddConstraint { constraint: Constraint::ForeignKey(key) }],
        }));
    }
    operations.extend(deferred);
    operations
}
