//! MySQL, and MariaDB as a variant of it.

mod render;
mod types;

use dunlin_core::dialect::DialectName;
use dunlin_core::operation::Operation;
use dunlin_core::schema::{DataType, Metadata, SqlValue};

use super::{Capabilities, Dialect, IdentifierLimit, RenderError, Rendered, ddl};

/// MySQL's SQL, or MariaDB's.
pub(super) struct MySql {
    /// Which of the two.
    pub(super) name: DialectName,
}

impl Dialect for MySql {
    fn name(&self) -> DialectName {
        self.name
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            transactional_ddl: false,
            groups_revisions: false,
            rebuilds_tables: false,
            indexes_share_names: false,
            foreign_keys_share_names: true,
            checks_share_names: self.name == DialectName::MySql,
            enum_types: false,
            foreign_keys_hold_columns: true,
            max_identifier: Some(IdentifierLimit::Characters(64)),
        }
    }

    fn session_settings(&self) -> &'static [&'static str] {
        &[
            "SET autocommit = 1",
            "SET time_zone = '+00:00'",
            "SET sql_mode = REPLACE(@@sql_mode, 'NO_BACKSLASH_ESCAPES', '')",
        ]
    }

    fn stop_at_error(&self) -> Option<&'static str> {
        None
    }

    fn quote(&self, identifier: &str) -> String {
        format!("`{}`", identifier.replace('`', "``"))
    }

    fn literal(&self, text: &str) -> String {
        format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
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

    /// MODIFY and CHANGE restate the whole column; whether an index exists must be looked up, as MySQL
    /// has no `DROP INDEX IF EXISTS`.
    fn needs_current_table(&self, operation: &Operation) -> bool {
        match operation {
            Operation::AlterTable { changes, .. } => changes.iter().any(render::restates),
            Operation::DropIndex { if_exists, .. } => *if_exists,
            _ => false,
        }
    }

    fn render(&self, operation: &Operation, current: &Metadata) -> Result<Rendered, RenderError> {
        render::render(self, operation, current)
    }
}
