//! Introspection: tables as the database describes them, by a fixed number of catalog queries.
//!
//! The queries of each server answer in text; what they say is put together here.

mod mysql;
mod postgres;
mod sqlite;

use std::collections::{BTreeMap, HashSet};

use dunlin_core::dialect::DialectName;
use dunlin_core::schema::{Metadata, ReferentialAction, Table, TableName, View};

use crate::database::Database;
use crate::database::answer::Row;
use crate::error::Error;
pub(crate) use mysql::surroundings::Surroundings;

impl Database {
    /// Reads tables as the database describes them, by a fixed number of queries; those that do not
    /// exist are not in the result. The names may also be those of views, and of enum types; the enum
    /// types of the tables' columns need not be named. No names at all means everything in the
    /// connection's default schema.
    ///
    /// ```
    /// use dunlin::core::session::Session as _;
    /// use dunlin::{Access, Database, DatabaseUrl};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    /// let mut database = Database::connect(&DatabaseUrl::parse("sqlite::memory:")?, Access::Write).await?;
    /// database.execute("CREATE TABLE ticket (id INTEGER PRIMARY KEY, note TEXT)").await?;
    /// let found = database.introspect(&["ticket".into(), "gone".into()]).await?;
    /// assert_eq!(found.tables()[0].columns[1].name, "note");
    /// assert_eq!(found.tables().len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The catalog cannot be read, or says what cannot be understood.
    pub async fn introspect(&mut self, tables: &[TableName]) -> Result<Metadata, Error> {
        introspect(self, tables).await.map(|found| found.metadata)
    }

    /// Reads everything in a schema (on MySQL and MariaDB: a database), or in the connection's default
    /// one, as [`introspect`](Self::introspect) does. The names in the result have the schema that is
    /// given.
    ///
    /// ```
    /// use dunlin::core::session::Session as _;
    /// use dunlin::{Access, Database, DatabaseUrl};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    /// let mut database = Database::connect(&DatabaseUrl::parse("sqlite::memory:")?, Access::Write).await?;
    /// database.execute("CREATE TABLE ticket (id INTEGER PRIMARY KEY)").await?;
    /// let found = database.introspect_schema(Some("main")).await?;
    /// assert_eq!(found.tables()[0].name.to_string(), "main.ticket");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The catalog cannot be read, or says what cannot be understood.
    pub async fn introspect_schema(&mut self, schema: Option<&str>) -> Result<Metadata, Error> {
        let mut found = Introspected::default();
        read(self, &Scope::new(schema, &[]), &mut found).await?;
        Ok(found.metadata)
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

/// Reads tables, views and enum types; those that do not exist are not in the result. No names at all
/// means everything in the connection's default schema.
pub(crate) async fn introspect(database: &mut Database, tables: &[TableName]) -> Result<Introspected, Error> {
    let mut found = Introspected::default();
    let mut by_schema: BTreeMap<Option<&str>, Vec<&str>> = BTreeMap::new();
    for table in tables {
        by_schema.entry(table.schema.as_deref()).or_default().push(&table.name);
    }
    if tables.is_empty() {
        by_schema.insert(None, Vec::new());
    }
    for (schema, names) in by_schema {
        read(database, &Scope::new(schema, &names), &mut found).await?;
    }
    Ok(found)
}

async fn read(database: &mut Database, scope: &Scope<'_>, found: &mut Introspected) -> Result<(), Error> {
    match database.dialect().name() {
        DialectName::Postgres => postgres::read(database, scope, found).await,
        DialectName::MySql | DialectName::MariaDb => mysql::read(database, scope, found).await,
        DialectName::Sqlite => sqlite::read(database, scope, found).await,
    }
}

/// What the database makes of things that are said to it.
#[derive(Debug)]
pub(crate) struct Described<T> {
    /// What it took, in its words.
    pub(crate) said: Vec<T>,
    /// What could not be asked, or not all of it, and why: the role, the session or the server may not do what
    /// asking needs.
    pub(crate) unasked: Vec<(TableName, String)>,
}

impl<T> Default for Described<T> {
    fn default() -> Self {
        Self { said: Vec::new(), unasked: Vec::new() }
    }
}

impl<T> Described<T> {
    /// Nothing of this could be asked.
    fn not_asked<'t>(&mut self, names: impl IntoIterator<Item = &'t TableName>, why: &str) {
        self.unasked.extend(names.into_iter().map(|name| (name.clone(), why.to_owned())));
    }
}

/// What the database makes of tables that refer to no other and have no variants: each is created where
/// nobody else sees it, described, and gone again. One that the database does not take is not in the result.
/// Nothing is left behind.
pub(crate) async fn describe(database: &mut Database, tables: &[Table]) -> Result<Described<Table>, Error> {
    match database.dialect().name() {
        DialectName::Postgres => postgres::describe::tables(database, tables).await,
        DialectName::MySql | DialectName::MariaDb => mysql::describe::tables(database, tables).await,
        // It keeps every expression as it was written.
        DialectName::Sqlite => Ok(Described::default()),
    }
}

/// What the database makes of the queries of views, as [`describe`] asks for tables.
pub(crate) async fn describe_views(
    database: &mut Database,
    views: &[View],
) -> Result<Described<View>, Error> {
    match database.dialect().name() {
        DialectName::Postgres => postgres::describe::views(database, views).await,
        DialectName::MySql | DialectName::MariaDb => mysql::describe::views(database, views).await,
        DialectName::Sqlite => Ok(Described::default()),
    }
}

/// What the server gives to tables that do not say it themselves, where that is not the same everywhere, and
/// a table of these says it.
pub(crate) async fn surroundings(
    database: &mut Database,
    schemas: &[&Metadata],
) -> Result<Option<Surroundings>, Error> {
    match database.dialect().name() {
        DialectName::MySql | DialectName::MariaDb => {
            mysql::surroundings::surroundings(database, schemas).await
        }
        DialectName::Postgres | DialectName::Sqlite => Ok(None),
    }
}

/// What is to be read: tables, views and enum types of one schema.
struct Scope<'s> {
    /// The schema; `None` is the connection's default.
    schema: Option<&'s str>,
    /// The names; none means all.
    names: &'s [&'s str],
    /// The same.
    known: HashSet<&'s str>,
}

/// So many names are listed in a query; of more, all of the schema is read, and what is wanted is chosen
/// here.
const LISTED: usize = 500;

impl<'s> Scope<'s> {
    fn new(schema: Option<&'s str>, names: &'s [&'s str]) -> Self {
        Self { schema, names, known: names.iter().copied().collect() }
    }
}

impl Scope<'_> {
    fn table(&self, name: &str) -> TableName {
        TableName::new(self.schema, name)
    }

    /// Whether it is one of the names, or all are wanted.
    fn wants(&self, name: &str) -> bool {
        self.names.is_empty() || self.known.contains(name)
    }

    /// A condition that a column holds one of the names. It may hold for more: see
    /// [`wants`](Self::wants).
    fn names_condition(&self, database: &Database, column: &str) -> String {
        if self.names.is_empty() || self.names.len() > LISTED {
            return "1 = 1".to_owned();
        }
        let literals: Vec<_> = self.names.iter().map(|name| database.dialect().literal(name)).collect();
        format!("{column} IN ({})", literals.join(", "))
    }
}

/// A query with what stands for its placeholders, each of which is a word in braces. Names that are filled in
/// may look like placeholders: nothing is looked for in them.
fn filled(query: &str, placeholders: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(query.len());
    let mut rest = query;
    while let Some((before, behind)) = rest.split_once('{') {
        filled.push_str(before);
        let found = placeholders.iter().find_map(|(name, text)| {
            let behind = behind.strip_prefix(name)?.strip_prefix('}')?;
            Some((text, behind))
        });
        match found {
            Some((text, behind)) => {
                filled.push_str(text);
                rest = behind;
            }
            None => {
                filled.push('{');
                rest = behind;
            }
        }
    }
    filled.push_str(rest);
    filled
}

/// Separates names that a catalog query joins: no identifier holds it.
const SEPARATOR: char = '\u{1f}';

/// A column of a row as text; NULL and an absent column are empty.
fn text(row: &Row, at: usize) -> &str {
    row.text(at).unwrap_or_default()
}

fn optional(row: &Row, at: usize) -> Option<String> {
    row.text(at).map(str::to_owned)
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

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn what_is_filled_in_is_not_filled_itself() {
        let placeholders = [("schema", "'{names}'"), ("names", "x IN ('{schema}', '{names}')")];
        let query = filled("SELECT '{0,1}', {{schema} WHERE {names} AND {name}", &placeholders);
        assert_eq!(query, "SELECT '{0,1}', {'{names}' WHERE x IN ('{schema}', '{names}') AND {name}");
    }
}
