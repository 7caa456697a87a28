//! Why an entity is no table.

use dunlin_core::schema::TableName;
use thiserror::Error;

/// Something an entity says that a dunlin table cannot say.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EntityError {
    /// A column's type.
    #[error("column {column} of table {table} has the type {column_type}, which is not supported")]
    UnsupportedType {
        /// The table.
        table: TableName,
        /// The column.
        column: String,
        /// The type, as SeaORM shows it.
        column_type: String,
    },
    /// A column's default: not a plain value, a keyword such as `CURRENT_TIMESTAMP`, or custom SQL.
    #[error("column {column} of table {table} has a default that is not supported: {default}")]
    UnsupportedDefault {
        /// The table.
        table: TableName,
        /// The column.
        column: String,
        /// The default, as SeaORM shows it.
        default: String,
    },
    /// A column's `extra` SQL.
    #[error("column {column} of table {table} has extra SQL, which is not supported: {extra}")]
    UnsupportedExtra {
        /// The table.
        table: TableName,
        /// The column.
        column: String,
        /// The SQL.
        extra: String,
    },
    /// A relation that is no plain foreign key.
    #[error("relation {relation} of table {table} makes no foreign key")]
    UnsupportedRelation {
        /// The table.
        table: TableName,
        /// The relation's variant.
        relation: String,
    },
    /// A column that the entity does not have (any more).
    #[error("the entity of table {table} has no column {column}")]
    NoColumn {
        /// The table.
        table: TableName,
        /// The column.
        column: String,
    },
}
