//! Alembic's version table, byte for byte, so that Alembic, Airflow and dunlin can take turns.
//!
//! `version_num VARCHAR(32) NOT NULL`, a primary key named `<table>_pkc`, one row per head.

use dunlin_core::schema::{DataType, Table};

use crate::dialect::Dialect;
use crate::history::{MAX_REVISION_ID, RowChange};

/// The column that holds the revision ids.
pub const COLUMN: &str = "version_num";

/// The version table as a table.
pub fn table(name: &str) -> Table {
    Table::build(name, |t| {
        t.column(COLUMN, DataType::string(MAX_REVISION_ID as u32)).not_null();
        t.primary_key(format!("{name}_pkc"), [COLUMN]);
    })
}

/// The statement for one change. An update or delete must hit exactly one row: it is the guard against
/// another tool having moved the row meanwhile.
pub fn statement(dialect: &dyn Dialect, table: &str, change: &RowChange) -> String {
    let name = dialect.quote(table);
    let literal = |id: &dunlin_core::revision::RevisionId| dialect.literal(id.as_str());
    match change {
        RowChange::Insert(id) => format!("INSERT INTO {name} ({COLUMN}) VALUES ({})", literal(id)),
        RowChange::Update { from, to } => {
            format!("UPDATE {name} SET {COLUMN} = {} WHERE {COLUMN} = {}", literal(to), literal(from))
        }
        RowChange::Delete(id) => format!("DELETE FROM {name} WHERE {COLUMN} = {}", literal(id)),
    }
}
