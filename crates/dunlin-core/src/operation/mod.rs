//! [`Operation`]: the one type for a change.
//!
//! A revision records operations with [`Operations`]; models become operations by [`create_all`];
//! [`Metadata::apply`](crate::schema::Metadata::apply) plays them in memory; [`reverse()`] inverts them.

mod alter;
mod apply;
mod create_all;
mod data;
mod recorder;
mod reverse;
mod sql;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::dialect::PerDialect;
use crate::revision::Direction;
use crate::schema::{
    ColumnType, Constraint, EnumChange, EnumType, Index, Name, Object, SqlValue, Table, TableName, View,
    qualify_type,
};

pub use alter::{AlterColumn, Change, ColumnPosition, TableChange};
pub use create_all::create_all;
pub use data::{Backfill, DataStep, StepFunction};
pub use recorder::{AlterColumnRecorder, AlterEnum, AlterTable, Operations};
pub use reverse::{Irreversible, reverse};
pub use sql::SqlStage;

/// One change of a schema or of the rows in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
#[expect(
    clippy::large_enum_variant,
    reason = "there are few of them, and a box is no part of what they mean"
)]
pub enum Operation {
    /// Creates a schema (on MySQL: a database). Unsupported on SQLite.
    CreateSchema {
        /// Its name.
        name: String,
        /// Whether its presence is no error.
        if_not_exists: bool,
    },
    /// Drops a schema.
    DropSchema {
        /// Its name.
        name: String,
        /// Whether its absence is no error.
        if_exists: bool,
    },
    /// Creates an enum type. Databases without such types do nothing: the words stand in the columns.
    CreateEnum {
        /// The type.
        enum_type: EnumType,
    },
    /// Changes an enum type, and so every column of it.
    AlterEnum {
        /// The type.
        name: TableName,
        /// The changes, in order.
        changes: Vec<EnumChange>,
    },
    /// Drops an enum type.
    DropEnum {
        /// The type.
        name: TableName,
        /// Whether its absence is no error.
        if_exists: bool,
    },
    /// Creates a table with its constraints and indexes.
    CreateTable {
        /// The table.
        table: Table,
        /// Whether its presence is no error; it is left as it is then.
        #[serde(default)]
        if_not_exists: bool,
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
        /// Whether its presence is no error.
        #[serde(default)]
        if_not_exists: bool,
    },
    /// Drops an index.
    DropIndex {
        /// The table.
        table: TableName,
        /// The index's name.
        name: Name,
        /// Whether its absence is no error.
        if_exists: bool,
        /// Whether others may write to the table meanwhile, outside any transaction. PostgreSQL only.
        #[serde(default)]
        concurrently: bool,
    },
    /// Renames an index.
    RenameIndex {
        /// The table.
        table: TableName,
        /// Its name before.
        from: Name,
        /// Its name after.
        to: Name,
    },
    /// Creates a view.
    CreateView {
        /// The view.
        view: View,
        /// Whether it replaces one of the same name.
        or_replace: bool,
    },
    /// Drops a view.
    DropView {
        /// Its name.
        name: TableName,
        /// Whether it is a materialized one.
        materialized: bool,
        /// Whether its absence is no error.
        if_exists: bool,
    },
    /// Runs the statements that create an object.
    CreateObject {
        /// The object.
        object: Object,
    },
    /// Runs the statements that drop an object.
    DropObject {
        /// The object.
        object: Object,
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
        /// Whether it changes the schema. A statement that does, and is not said to, is refused on
        /// MySQL and MariaDB, which would commit what came before it.
        #[serde(default)]
        ddl: bool,
        /// The tables it changes; `None` is not known.
        #[serde(default)]
        touches: Option<Vec<TableName>>,
    },
    /// Runs what a revision file of SQL says for the database: the only operation of its revision. A
    /// database for which it says nothing cannot run it.
    ExecuteStages {
        /// Which of the file's directions it is.
        direction: Direction,
        /// The section that serves each database: what is committed together, in order.
        stages: PerDialect<Vec<SqlStage>>,
    },
    /// Runs a function.
    Run {
        /// The function.
        step: DataStep,
    },
    /// Updates the rows of a table, some at a time, each time in a transaction of its own.
    Backfill {
        /// What is done.
        backfill: Backfill,
    },
}

impl Operation {
    /// The one table it changes, if it is one.
    pub fn table(&self) -> Option<&TableName> {
        match self {
            Self::CreateTable { table, .. } => Some(&table.name),
            Self::DropTable { table, .. }
            | Self::RenameTable { table, .. }
            | Self::AlterTable { table, .. }
            | Self::CreateIndex { table, .. }
            | Self::DropIndex { table, .. }
            | Self::RenameIndex { table, .. }
            | Self::BulkInsert { table, .. } => Some(table),
            Self::Backfill { backfill } => Some(&backfill.table),
            _ => None,
        }
    }

    /// Whether it moves rows and leaves the schema alone.
    pub fn is_data(&self) -> bool {
        match self {
            Self::BulkInsert { .. } | Self::Run { .. } | Self::Backfill { .. } => true,
            Self::Execute { ddl, .. } => !ddl,
            _ => false,
        }
    }

    /// Whether it is committed batch by batch.
    pub fn is_in_batches(&self) -> bool {
        match self {
            Self::Backfill { .. } => true,
            Self::Run { step } => step.batches.is_some(),
            _ => false,
        }
    }

    /// Gives the columns that it speaks of other collations than they name.
    pub fn recollate(&mut self, collations: &BTreeMap<String, String>) {
        let each = |column_type: &mut ColumnType| {
            column_type.values_mut().for_each(|variant| variant.recollate(collations));
        };
        match self {
            Self::CreateTable { table, .. } => {
                table.columns.iter_mut().for_each(|column| each(&mut column.column_type));
            }
            Self::AlterTable { changes, .. } => {
                for change in changes {
                    match change {
                        TableChange::AddColumn { column, .. } => each(&mut column.column_type),
                        TableChange::AlterColumn(alter) => alter.column_type.iter_mut().for_each(each),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    /// Puts bare names of tables, types and views into `schema`.
    pub fn qualify(&mut self, schema: Option<&str>) {
        match self {
            Self::CreateTable { table, .. } => table.qualify(schema),
            Self::CreateEnum { enum_type } => {
                if let Some(name) = &mut enum_type.name {
                    name.qualify(schema);
                }
            }
            Self::AlterEnum { name, .. } | Self::DropEnum { name, .. } | Self::DropView { name, .. } => {
                name.qualify(schema);
            }
            Self::DropTable { table, .. }
            | Self::RenameTable { table, .. }
            | Self::CreateIndex { table, .. }
            | Self::DropIndex { table, .. }
            | Self::RenameIndex { table, .. }
            | Self::BulkInsert { table, .. } => table.qualify(schema),
            Self::AlterTable { table, changes } => {
                table.qualify(schema);
                changes.iter_mut().for_each(|change| change.qualify(schema));
            }
            Self::CreateView { view, .. } => view.name.qualify(schema),
            Self::CreateObject { object } | Self::DropObject { object } => {
                object.touches.iter_mut().for_each(|table| table.qualify(schema));
            }
            Self::Execute { touches, .. } => {
                touches.iter_mut().flatten().for_each(|table| table.qualify(schema));
            }
            Self::ExecuteStages { stages, .. } => {
                let touched = stages.values_mut().flatten().flat_map(|stage| &mut stage.touches).flatten();
                touched.for_each(|table| table.qualify(schema));
            }
            Self::Run { step } => {
                step.touches.iter_mut().for_each(|table| table.qualify(schema));
                step.batches.iter_mut().for_each(|batches| batches.table_mut().qualify(schema));
            }
            Self::Backfill { backfill } => backfill.table.qualify(schema),
            Self::CreateSchema { .. } | Self::DropSchema { .. } => {}
        }
    }
}

impl TableChange {
    fn qualify(&mut self, schema: Option<&str>) {
        match self {
            Self::AddColumn { column, .. } => column.qualify(schema),
            Self::AlterColumn(AlterColumn { column_type: Some(column_type), .. }) => {
                qualify_type(column_type, schema);
            }
            Self::AddConstraint { constraint: Constraint::ForeignKey(key) }
            | Self::DropUnnamedConstraint { constraint: Constraint::ForeignKey(key) } => {
                key.referred_table.qualify(schema);
            }
            Self::SetOptions { options } => {
                options.inherits.iter_mut().for_each(|table| table.qualify(schema));
            }
            _ => {}
        }
    }
}
