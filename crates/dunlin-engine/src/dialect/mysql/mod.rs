//! MySQL (from 8.0 on), and MariaDB (from 10.5 on) as a variant of it.
//!
//! - [`types`] writes and reads column types
//! - [`column`] writes column definitions, [`constraint`] constraints, [`index`] indexes, [`table`] tables
//! - [`alter`] puts the changes of a table into statements
//! - [`normal`] puts tables into one form, with [`default`] values, [`expression`]s, [`collation`]s and
//!   [`partition`]s; [`options`] changes what a table has besides columns
//! - [`implicit_index`] knows the indexes that the server makes for foreign keys, [`own_table`] columns that
//!   are named with their table
//! - [`render`] writes operations
//!
//! Identifiers stand in backticks, which mean the same whatever `sql_mode` says.

mod alter;
mod collation;
mod column;
mod constraint;
mod default;
mod expression;
pub mod implicit_index;
mod index;
mod normal;
mod options;
pub mod own_table;
mod partition;
mod render;
mod table;
#[cfg(test)]
mod tests;
mod types;

use dunlin_core::dialect::DialectName;
use dunlin_core::operation::Operation;
use dunlin_core::schema::{DataType, Metadata, OnConflict, SqlValue, Table};

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
            ignores_case: true,
            schemas: true,
            enum_types: false,
            rights: true,
            foreign_keys_hold_columns: true,
            max_identifier: Some(IdentifierLimit::Characters(64)),
        }
    }

    /// Without strict mode MODIFY makes a 0 of NULL and cuts texts without an error; without
    /// NO_AUTO_VALUE_ON_ZERO a row with the id 0 gets another one.
    fn session_settings(&self) -> &'static [&'static str] {
        &[
            "SET NAMES utf8mb4",
            "SET autocommit = 1",
            "SET time_zone = '+00:00'",
            "SET sql_mode = CONCAT(REPLACE(@@sql_mode, 'NO_BACKSLASH_ESCAPES', ''), \
             ',STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO')",
        ]
    }

    fn stop_at_error(&self) -> Option<&'static str> {
        None
    }

    fn client_cuts_bodies(&self) -> bool {
        true
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

    fn normalize(&self, table: &mut Table) {
        normal::normalize(self, table);
    }

    fn normal_expression(&self, sql: &str) -> String {
        expression::normal(sql)
    }

    fn needs_current_table(&self, operation: &Operation) -> bool {
        render::needs_current_table(self, operation)
    }

    fn looks_at_current_table(&self, operation: &Operation) -> bool {
        render::looks_at_current_table(self, operation)
    }

    fn render(&self, operation: &Operation, current: &Metadata) -> Result<Rendered, RenderError> {
        render::render(self, operation, current)
    }
}

impl MySql {
    fn unsupported(&self, operation: String, hint: &'static str) -> RenderError {
        RenderError::Unsupported { dialect: self.name, operation, hint }
    }

    fn no_on_conflict(&self, what: &str, action: OnConflict) -> RenderError {
        self.unsupported(
            format!("meet {what} with {}", action.as_sql()),
            "leave it out, and say it in the statements that write: INSERT IGNORE, REPLACE",
        )
    }
}
