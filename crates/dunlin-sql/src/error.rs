//! What can be wrong with SQL text.

use dunlin_core::schema::TableName;
use thiserror::Error;

/// Why a text could not be read. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SqlError {
    /// A quote or comment that is opened and never closed.
    #[error("unclosed {what} at line {line}, column {column}")]
    Unclosed {
        /// What is open.
        what: &'static str,
        /// The line it begins in.
        line: usize,
        /// The column it begins at.
        column: usize,
    },
    /// A NUL character: no database takes one in a statement.
    #[error("a NUL character at line {line}, column {column}")]
    Nul {
        /// Its line.
        line: usize,
        /// Its column.
        column: usize,
    },
    /// Something stands where something else must.
    #[error("expected {expected} at line {line}, column {column}, found {found}")]
    Unexpected {
        /// What must stand there.
        expected: String,
        /// What stands there.
        found: String,
        /// Its line.
        line: usize,
        /// Its column.
        column: usize,
    },
    /// A virtual table, whose columns its module knows, not its text.
    #[error("{table} is a virtual table")]
    VirtualTable {
        /// The table.
        table: TableName,
    },
    /// CREATE TABLE … AS SELECT, which says no columns. (SQLite does not keep such text: it keeps the
    /// columns that came of it.)
    #[error("the text of {table} takes its columns from a query")]
    AsSelect {
        /// The table.
        table: TableName,
    },
}

/// The line and column of a byte offset, both from 1 on.
pub fn position(sql: &str, offset: usize) -> (usize, usize) {
    let before = &sql[..offset];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}
