//! PostgreSQL: 12 to 18.
//!
//! The dialect does not know the server's version. What only some versions have is written all the same
//! (NULLS NOT DISTINCT, since 15), save computed columns that are not stored, since 18.

mod alter;
mod cast;
mod column;
mod constraint;
mod default;
mod index;
mod normal;
mod options;
mod render;
mod sequence;
mod server_name;
mod table;
mod types;

#[cfg(test)]
mod tests;

use dunlin_core::dialect::DialectName;
use dunlin_core::operation::Operation;
use dunlin_core::schema::{DataType, Metadata, SqlValue, Table};

pub use default::read_default;
pub use normal::without_defaults;

use super::{Capabilities, Dialect, IdentifierLimit, RenderError, Rendered, ddl};

/// PostgreSQL's SQL.
pub(super) struct Postgres;

impl Dialect for Postgres {
    fn name(&self) -> DialectName {
        DialectName::Postgres
    }

    fn capabilities(&self) -> Capabilities {
        // NAMEDATALEN is 64 with the closing zero.
        Capabilities {
            transactional_ddl: true,
            groups_revisions: false,
            rebuilds_tables: false,
            indexes_share_names: true,
            foreign_keys_share_names: false,
            checks_share_names: false,
            ignores_case: false,
            schemas: true,
            enum_types: true,
            rights: true,
            foreign_keys_hold_columns: false,
            max_identifier: Some(IdentifierLimit::Bytes(63)),
        }
    }

    fn look_in(&self, schema: &str) -> Option<[String; 2]> {
        let there = format!("SET LOCAL search_path TO {}, \"$user\", public", self.quote(schema));
        Some([there, "SET LOCAL search_path TO DEFAULT".to_owned()])
    }

    fn session_settings(&self) -> &'static [&'static str] {
        &["SET client_encoding = 'UTF8'", "SET TIME ZONE 'UTC'"]
    }

    fn stop_at_error(&self) -> Option<&'static str> {
        Some("\\set ON_ERROR_STOP on")
    }

    fn quote(&self, identifier: &str) -> String {
        format!("\"{}\"", identifier.replace('"', "\"\""))
    }

    fn literal(&self, text: &str) -> String {
        // A backslash in a plain literal means what standard_conforming_strings says; here it does not.
        match text.contains('\\') {
            true => format!("E{}", ddl::standard_literal(&text.replace('\\', "\\\\"))),
            false => ddl::standard_literal(text),
        }
    }

    fn value(&self, value: &SqlValue) -> String {
        render::value(self, value)
    }

    fn column_type(&self, data_type: &DataType) -> Result<String, RenderError> {
        types::write(self, data_type)
    }

    fn parse_type(&self, text: &str) -> DataType {
        types::read(text)
    }

    fn using(&self, column: &str, from: &DataType, to: &DataType) -> Option<String> {
        cast::reversible(self, column, from, to)
    }

    fn normalize(&self, table: &mut Table) {
        normal::normalize(table);
    }

    fn runs_outside_transaction(&self, operation: &Operation) -> bool {
        match operation {
            Operation::CreateIndex { index, .. } => index.concurrently,
            Operation::DropIndex { concurrently, .. } => *concurrently,
            _ => false,
        }
    }

    fn needs_current_table(&self, operation: &Operation) -> bool {
        match operation {
            Operation::CreateTable { if_not_exists, .. } => *if_not_exists,
            Operation::AlterTable { changes, .. } => changes.iter().any(alter::needs_current_table),
            _ => false,
        }
    }

    fn render(&self, operation: &Operation, current: &Metadata) -> Result<Rendered, RenderError> {
        render::render(self, operation, current)
    }
}

/// What PostgreSQL cannot do.
fn unsupported(operation: impl Into<String>, hint: &'static str) -> RenderError {
    RenderError::Unsupported { dialect: DialectName::Postgres, operation: operation.into(), hint }
}
