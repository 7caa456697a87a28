//! SQLite.

mod render;
mod types;

use dunlin_core::dialect::DialectName;
use dunlin_core::operation::Operation;
use dunlin_core::schema::{DataType, Metadata, SqlValue};

use super::{Capabilities, Dialect, RenderError, Rendered, ddl};

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
            enum_types: false,
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
        ddl::value(self, value, render::BOOLEANS)
    }

    fn column_type(&self, data_type: &DataType) -> Result<String, RenderError> {
        types::write(self, data_type)
    }

    fn parse_type(&self, text: &str) -> DataType {
        types::read(text)
    }

    fn needs_current_table(&self, operation: &Operation) -> bool {
        match operation {
            Operation::AlterTable { changes, .. } => !changes.iter().all(render::is_always_native),
            _ => false,
        }
    }

    fn render(&self, operation: &Operation, current: &Metadata) -> Result<Rendered, RenderError> {
        render::render(self, operation, current)
    }
}
