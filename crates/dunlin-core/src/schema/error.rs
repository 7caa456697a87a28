//! Why an operation cannot be played on a schema.

use thiserror::Error;

use super::table::TableName;

/// Why an operation cannot be played on a schema. Found while a plan is made, before anything runs.
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
    /// A table to be dropped is one that others refer to.
    #[error("table {table} cannot be dropped: the foreign key {key} of table {by} refers to it")]
    TableReferredTo {
        /// The table.
        table: TableName,
        /// The table that refers to it.
        by: TableName,
        /// Its key.
        key: String,
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
    /// A constraint or index stands on a column that is not there.
    #[error("the {kind} {name} of table {table} is on a column {column}, which the table does not have")]
    NoColumnFor {
        /// The table.
        table: TableName,
        /// `index`, `foreign key`, …
        kind: String,
        /// Its name.
        name: String,
        /// The column.
        column: String,
    },
    /// A foreign key refers to a column that is not there.
    #[error(
        "the foreign key {key} of table {table} refers to {referred_table}.{column}, which does not exist"
    )]
    NoReferredColumn {
        /// The table.
        table: TableName,
        /// The key.
        key: String,
        /// The table it refers to.
        referred_table: TableName,
        /// The column that is not there.
        column: String,
    },
    /// A foreign key has not as many columns as it refers to.
    #[error("the foreign key {key} of table {table} has {columns} columns and refers to {referred_columns}")]
    ReferenceWidth {
        /// The table.
        table: TableName,
        /// The key.
        key: String,
        /// How many columns it has.
        columns: usize,
        /// How many it refers to.
        referred_columns: usize,
    },
    /// A column to be dropped is part of something that has other columns too.
    #[error("column {column} of table {table} cannot be dropped: the {kind} {name} needs it")]
    ColumnInUse {
        /// The table.
        table: TableName,
        /// The column.
        column: String,
        /// `index`, `foreign key`, …
        kind: String,
        /// Its name.
        name: String,
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
    /// A row to be inserted has too few or too many values.
    #[error("a row for table {table} has {values} values for {columns} columns")]
    RowWidth {
        /// The table.
        table: TableName,
        /// How many values it has.
        values: usize,
        /// How many columns are given.
        columns: usize,
    },
    /// An enum type, view, object or schema to be created is there.
    #[error("the {kind} {name} already exists")]
    Exists {
        /// `enum type`, `view`, …
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// An enum type, view, object or schema to be changed is not there.
    #[error("there is no {kind} {name}")]
    Missing {
        /// `enum type`, `view`, …
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// A schema to be dropped has something in it, which MySQL and MariaDB would drop too.
    #[error("the schema {name} cannot be dropped: {within} is in it")]
    SchemaInUse {
        /// The schema.
        name: String,
        /// A table, enum type or view in it.
        within: TableName,
    },
    /// A column is of an enum type whose values are others.
    #[error("column {column} of table {table} has other values than the enum type {name}")]
    OtherEnumValues {
        /// The table.
        table: TableName,
        /// The column.
        column: String,
        /// The type.
        name: String,
    },
    /// An enum type to be dropped is that of a column.
    #[error("the enum type {name} cannot be dropped: column {column} of table {table} is of it")]
    EnumInUse {
        /// The type.
        name: String,
        /// The table.
        table: TableName,
        /// The column.
        column: String,
    },
    /// An enum value to be added is there.
    #[error("the enum type {name} already has a value {value}")]
    EnumValueExists {
        /// The type.
        name: String,
        /// The value.
        value: String,
    },
    /// An enum value is not there.
    #[error("the enum type {name} has no value {value}")]
    NoEnumValue {
        /// The type.
        name: String,
        /// The value.
        value: String,
    },
    /// A backfill has no key to go by.
    #[error("the backfill of table {table} needs a key: the table has no primary key")]
    NoKey {
        /// The table.
        table: TableName,
    },
    /// A backfill follows columns in which two rows may be alike, or which may be NULL.
    #[error(
        "the backfill of table {table} cannot follow ({columns}): that is no key whose columns are never NULL"
    )]
    NotAKey {
        /// The table.
        table: TableName,
        /// The columns.
        columns: String,
    },
    /// A backfill sets a column of the key it follows, and could meet a row again.
    #[error("the backfill of table {table} sets column {column} of the key that it follows")]
    SetsKey {
        /// The table.
        table: TableName,
        /// The column.
        column: String,
    },
}
