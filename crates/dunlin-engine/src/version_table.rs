//! Alembic's version table, byte for byte, so that Alembic, Airflow and dunlin can take turns.
//!
//! `version_num VARCHAR(32) NOT NULL`, a primary key named `<table>_pkc`, one row per head. It may stand in a schema of
//! its own (on MySQL: another database), which must be there; the key's name does not have it.

use dunlin_core::schema::{DataType, Table, TableName};

use crate::dialect::{Dialect, RenderError, table_name};
use crate::history::{MAX_REVISION_ID, RowChange};

/// The column that holds the revision ids.
pub const COLUMN: &str = "version_num";

/// The version table as a table.
pub fn table(name: &TableName) -> Table {
    Table::build(name.clone(), |t| {
        t.column(COLUMN, DataType::string(MAX_REVISION_ID as u32)).not_null();
        t.primary_key(format!("{}_pkc", name.name), [COLUMN]);
    })
}

/// Sees that a database can have a version table where it is to be.
///
/// # Errors
/// The database has no schemas.
pub fn check(dialect: &dyn Dialect, name: &TableName) -> Result<(), RenderError> {
    if name.schema.is_none() || dialect.capabilities().schemas {
        return Ok(());
    }
    Err(RenderError::Unsupported {
        dialect: dialect.name(),
        operation: format!("have the version table {name}"),
        hint: "there are no schemas: leave out the one of the version table",
    })
}

/// The statement for one change. An update or delete must hit exactly one row: it is the guard against
/// another tool having moved the row meanwhile.
pub fn statement(dialect: &dyn Dialect, table: &TableName, change: &RowChange) -> String {
    let name = table_name(dialect, table);
    let literal = |id: &dunlin_core::revision::RevisionId| dialect.literal(id.as_str());
    match change {
        RowChange::Insert(id) => format!("INSERT INTO {name} ({COLUMN}) VALUES ({})", literal(id)),
        RowChange::Update { from, to } => {
            format!("UPDATE {name} SET {COLUMN} = {} WHERE {COLUMN} = {}", literal(to), literal(from))
        }
        RowChange::Delete(id) => format!("DELETE FROM {name} WHERE {COLUMN} = {}", literal(id)),
    }
}
