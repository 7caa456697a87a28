//! SQLite.
//!
//! ALTER TABLE of SQLite can do little: what it cannot do, a [`rebuild`] does. The functions `check` say
//! what SQLite cannot do of what an operation brings into the database; the writers beside them write
//! all that may stand in a database already, so that a rebuild keeps what is there.

mod alter;
mod column;
mod constraint;
mod foreign_keys;
mod index;
mod normal;
mod rebuild;
mod render;
mod table;
mod types;

#[cfg(test)]
mod tests;

pub use rebuild::DROPPED_COLUMN_PREFIX;

use std::collections::BTreeSet;

use dunlin_core::dialect::DialectName;
use dunlin_core::operation::Operation;
use dunlin_core::schema::{DataType, Metadata, SqlValue, Table, TableName};

use super::{Capabilities, Dialect, Leftover, RenderError, Rendered, Suspension, ddl};

/// SQLite's SQL.
pub(super) struct Sqlite;

impl Dialect for Sqlite {
    fn name(&self) -> DialectName {
        DialectName::Sqlite
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            transactional_ddl: true,
            groups_revisions: true,
            rebuilds_tables: true,
            indexes_share_names: true,
            foreign_keys_share_names: false,
            checks_share_names: false,
            ignores_case: false,
            schemas: false,
            enum_types: false,
            rights: false,
            foreign_keys_hold_columns: false,
            max_identifier: None,
        }
    }

    fn session_settings(&self) -> &'static [&'static str] {
        &["PRAGMA foreign_keys = ON"]
    }

    fn stop_at_error(&self) -> Option<&'static str> {
        Some(".bail on")
    }

    fn quote(&self, identifier: &str) -> String {
        format!("\"{}\"", identifier.replace('"', "\"\""))
    }

    fn literal(&self, text: &str) -> String {
        ddl::standard_literal(text)
    }

    fn value(&self, value: &SqlValue) -> String {
        ddl::value(self, value, column::BOOLEANS)
    }

    fn column_type(&self, data_type: &DataType) -> Result<String, RenderError> {
        types::write(self, data_type)
    }

    fn parse_type(&self, text: &str) -> DataType {
        types::read(text)
    }

    fn normalize(&self, table: &mut Table) {
        normal::normalize(self, table);
    }

    fn needs_current_table(&self, operation: &Operation) -> bool {
        match operation {
            Operation::AlterTable { changes, .. } => !changes.iter().all(alter::needs_no_table),
            Operation::CreateTable { if_not_exists, .. } => *if_not_exists,
            Operation::RenameIndex { .. } => true,
            _ => false,
        }
    }

    fn render(&self, operation: &Operation, current: &Metadata) -> Result<Rendered, RenderError> {
        render::render(self, operation, current)
    }

    fn suspend_foreign_keys(&self, changed: Option<&BTreeSet<String>>) -> Suspension {
        foreign_keys::suspend(self, changed)
    }

    fn leftover(&self, table: &TableName) -> Option<Leftover> {
        Some(rebuild::leftover(self, table))
    }
}
