//! Introspection: tables as the database describes them, by a fixed number of catalog queries.
//!
//! The queries of each server answer in text; what they say is put together here.

mod mysql;
mod postgres;
mod sqlite;

use dunlin_core::dialect::DialectName;
use dunlin_core::schema::{Metadata, ReferentialAction, Table, TableName, View};
use dunlin_core::session::Row;

use crate::database::Database;
use crate::error::Error;

impl Database {
    /// Reads tables as the database describes them, by a fixed number of queries; those that do not
    /// exist are not in the result. No names at all means every table of the connection's default schema.
    ///
    /// # Errors
    /// The catalog cannot be read, or says what cannot be understood.
    pub async fn introspect(&mut self, tables: &[TableName]) -> Result<Metadata, Error> {
        introspect(self, tables).await.map(|found| found.metadata)
    }
}

/// Tables as they are.
#[derive(Debug, Default)]
pub(crate) struct Introspected {
    /// The tables.
    pub(crate) metadata: Metadata,
    /// What [`Metadata`] cannot say.
    pub(crate) unsaid: Vec<Unsaid>,
}

/// Something of a table that [`Metadata`] cannot say: who restates the table, or the column where one is
/// named, loses it.
#[derive(Debug)]
pub(crate) struct Unsaid {
    /// The table.
    pub(crate) table: TableName,
    /// The column, if it belongs to one that can be restated alone.
    pub(crate) column: Option<String>,
    /// It, in words.
    pub(crate) what: String,
}

/// Reads tables; those that do not exist are not in the result. No names at all means every table of
/// the connection's default schema.
pub(crate) async fn introspect(database: &mut Database, tables: &[TableName]) -> Result<Introspected, Error> {
    let mut found = Introspected::default();
    let mut schemas: Vec<Option<&str>> = tables.iter().map(|table| table.schema.as_deref()).collect();
    schemas.sort_unstable();
    schemas.dedup();
    if tables.is_empty() {
        schemas.push(None);
    }
    for schema in schemas {
        let names: Vec<&str> = tables
            .iter()
            .filter(|table| table.schema.as_deref() == schema)
            .map(|table| table.name.as_str())
            .collect();
        let scope = Scope { schema, names: &names };
        match database.dialect().name() {
            DialectName::Postgres => postgres::read(database, &scope, &mut found.metadata).await?,
            DialectName::MySql | DialectName::MariaDb => {
                mysql::read(database, &scope, &mut found).await?;
            }
            DialectName::Sqlite => sqlite::read(database, &scope, &mut found).await?,
        }
    }
    Ok(found)
}

/// What the database makes of tables that refer to no other and have no variants: each is created where
/// nobody else sees it, described, and gone again. One that the database does not take, or that the role may
/// not create, is not in the result. Nothing is left behind.
pub(crate) async fn describe(database: &mut Database, tables: &[Table]) -> Result<Vec<Table>, Error> {
    match database.dialect().name() {
        DialectName::Postgres => postgres::describe::tables(database, tables).await,
        DialectName::MySql | DialectName::MariaDb => mysql::describe::tables(database, tables).await,
        // It keeps every expression as it was written.
        DialectName::Sqlite => Ok(Vec::new()),
    }
}

/// What the database makes of the queries of views, as [`describe`] asks for tables.
pub(crate) async fn describe_views(database: &mut Database, views: &[View]) -> Result<Vec<View>, Error> {
    match database.dialect().name() {
        DialectName::Postgres => postgres::describe::views(database, views).await,
        DialectName::MySql | DialectName::MariaDb => mysql::describe::views(database, views).await,
        DialectName::Sqlite => Ok(Vec::new()),
    }
}

/// What is to be read: tables of one schema.
struct Scope<'s> {
    /// The schema; `None` is the connection's default.
    schema: Option<&'s str>,
    /// The tables; none means all.
    names: &'s [&'s str],
}

impl Scope<'_> {
    fn table(&self, name: &str) -> TableName {
        TableName::new(self.schema, name)
    }

    /// Whether it is one of the names, or all are wanted.
    fn wants(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.contains(&name)
    }

    /// A condition that a column holds one of the names.
    fn names_condition(&self, database: &Database, column: &str) -> String {
        if self.names.is_empty() {
            return "1 = 1".to_owned();
        }
        let literals: Vec<_> = self.names.iter().map(|name| database.dialect().literal(name)).collect();
        format!("{column} IN ({})", literals.join(", "))
    }
}

/// Separates names that a catalog query joins: no identifier holds it.
const SEPARATOR: char = '\u{1f}';

/// A column of a row as text; NULL and an absent column are empty.
fn text(row: &Row, at: usize) -> &str {
    row.get(at).and_then(Option::as_deref).unwrap_or_default()
}

fn optional(row: &Row, at: usize) -> Option<String> {
    row.get(at).cloned().flatten()
}

fn names(row: &Row, at: usize) -> Vec<String> {
    let joined = text(row, at);
    if joined.is_empty() { Vec::new() } else { joined.split(SEPARATOR).map(str::to_owned).collect() }
}

fn action(words: &str) -> ReferentialAction {
    match words {
        "CASCADE" | "c" => ReferentialAction::Cascade,
        "SET NULL" | "n" => ReferentialAction::SetNull,
        "SET DEFAULT" | "d" => ReferentialAction::SetDefault,
        "RESTRICT" | "r" => ReferentialAction::Restrict,
        _ => ReferentialAction::NoAction,
    }
}
