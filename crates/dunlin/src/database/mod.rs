//! [`Database`]: one connection, and what differs between the servers behind it.
//!
//! Each server has a file with the same functions; nothing outside this folder, `introspect` and `lock`
//! knows which server it is.

pub(crate) mod answer;
mod mysql;
mod postgres;
mod sqlite;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use dunlin_core::dialect::DialectName;
use dunlin_core::operation::Operation;
use dunlin_core::schema::{SqlValue, TableName};
use dunlin_core::session::{BoxError, BoxFuture, Row, Session};
use dunlin_engine::dialect::{Dialect, dialect};
use dunlin_engine::sql::reach::reaches;
use dunlin_engine::sql::split::split;
use sqlx::mysql::MySqlConnectOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};

use crate::error::Error;
use crate::url::{DatabaseUrl, UrlDialect};

/// What a connection is for; it matters to SQLite only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing is written. A file that does not exist counts as an empty database.
    Read,
    /// What is there may be changed. A file that does not exist counts as an empty database.
    Write,
    /// A file that does not exist is made.
    Create,
}

/// A connection to a database.
pub struct Database {
    connection: Connection,
    dialect: &'static dyn Dialect,
    /// The URL without its password.
    shown: String,
    /// The file of a SQLite database.
    file: Option<PathBuf>,
    absent: bool,
    /// Whether it is a scratch database: the others of its server whose tables could be named, none of which is
    /// touched.
    neighbours: Option<Vec<String>>,
    /// Whether a run is going on, or was interrupted.
    pub(crate) running: bool,
}

/// Rows of a table that refer to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dangling {
    /// The referring table.
    pub(crate) table: String,
    /// The table referred to.
    pub(crate) parent: String,
    /// How many; `None` if the columns referred to are no key, so that no row can be looked up.
    pub(crate) rows: Option<u64>,
}

enum Connection {
    Postgres(sqlx::PgConnection),
    MySql(sqlx::MySqlConnection),
    Sqlite(sqlx::SqliteConnection),
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// A trigger of SQLite.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SqliteTrigger {
    /// Its name.
    pub name: String,
    /// Its table or view.
    pub table: String,
    /// The statement that makes it.
    pub sql: String,
}

/// Something that stands on a view: its privileges, its comment, a trigger, an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LostWithView {
    pub(crate) view: TableName,
    pub(crate) what: String,
    /// The name of a trigger, index, rule or column.
    pub(crate) name: Option<String>,
}

impl Database {
    /// Connects.
    ///
    /// # Errors
    /// The server does not answer, or refuses.
    pub async fn connect(url: &DatabaseUrl, access: Access) -> Result<Self, Error> {
        let timeout = url.timeouts.connect.unwrap_or(CONNECT_TIMEOUT);
        let shown = url.redacted();
        let refused = |source: sqlx::Error| match &url.database {
            Some(path) if url.dialect == UrlDialect::Sqlite => {
                Error::OpenFile { path: path.clone(), source: source.into() }
            }
            _ => Error::Connect { database: shown.clone(), source: source.into() },
        };
        let (connection, name, file) = match tokio::time::timeout(timeout, open(url, access)).await {
            Ok(opened) => opened.map_err(refused)?,
            Err(_) => return Err(Error::ConnectTimeout { database: shown, timeout }),
        };
        let absent = name == DialectName::Sqlite && file.is_none() && !url.is_in_memory();
        Ok(Self { connection, dialect: dialect(name), shown, file, absent, neighbours: None, running: false })
    }

    /// Connects with options of a pool.
    pub(crate) async fn connect_postgres(options: Arc<PgConnectOptions>) -> Result<Self, Error> {
        let shown = format!("postgres://{}", options.get_host());
        let connected = tokio::time::timeout(CONNECT_TIMEOUT, options.connect()).await;
        let connection = connection(connected, &shown)?;
        Ok(Self::of(Connection::Postgres(connection), DialectName::Postgres, shown))
    }

    /// Connects with options of a pool.
    pub(crate) async fn connect_mysql(options: Arc<MySqlConnectOptions>) -> Result<Self, Error> {
        let shown = "mysql://".to_owned();
        let opened = tokio::time::timeout(CONNECT_TIMEOUT, mysql::connect_with((*options).clone())).await;
        let (connection, name) = connection(opened, &shown)?;
        Ok(Self::of(Connection::MySql(connection), name, shown))
    }

    /// Opens what a pool has opened.
    pub(crate) async fn connect_sqlite(
        options: Arc<SqliteConnectOptions>,
        access: Access,
    ) -> Result<Self, Error> {
        let path = options.get_filename().to_owned();
        let opened = sqlite::connect_with((*options).clone(), access).await;
        let opened = opened
            .map_err(|source| Error::OpenFile { path: path.display().to_string(), source: source.into() });
        let (connection, file) = opened?;
        let mut database = Self::of(
            Connection::Sqlite(connection),
            DialectName::Sqlite,
            format!("sqlite:///{}", path.display()),
        );
        database.file = file;
        Ok(database)
    }

    fn of(connection: Connection, name: DialectName, shown: String) -> Self {
        Self {
            connection,
            dialect: dialect(name),
            shown,
            file: None,
            absent: false,
            neighbours: None,
            running: false,
        }
    }

    /// The dialect that the server speaks.
    pub fn dialect(&self) -> &'static dyn Dialect {
        self.dialect
    }

    /// The URL without its password.
    pub fn url(&self) -> &str {
        &self.shown
    }

    /// Whether this is a SQLite file that did not exist when it was to be read: it is looked at as an
    /// empty database, and must be opened again to be seen once it exists.
    pub fn is_absent(&self) -> bool {
        self.absent
    }

    /// Says goodbye to the server.
    pub async fn close(self) {
        let closed = match self.connection {
            Connection::Postgres(connection) => connection.close().await,
            Connection::MySql(connection) => connection.close().await,
            Connection::Sqlite(connection) => connection.close().await,
        };
        if let Err(error) = closed {
            tracing::debug!(%error, "the connection was not closed in order");
        }
    }

    /// Connects to the server of a URL, to make and drop databases there; `None` where a database needs no server.
    pub(crate) async fn connect_to_server(url: &DatabaseUrl) -> Result<Option<Self>, Error> {
        match url.dialect {
            UrlDialect::Postgres => postgres::connect_to_server(url).await.map(Some),
            UrlDialect::MySql => mysql::connect_to_server(url).await.map(Some),
            UrlDialect::Sqlite => Ok(None),
        }
    }

    /// Makes an empty database on the server, in which characters are what they are in the database `like`, if there
    /// is one.
    pub(crate) async fn create_database(&mut self, name: &str, like: Option<&str>) -> Result<(), Error> {
        let options = match &self.connection {
            Connection::Postgres(_) => postgres::database_options(self).await?,
            Connection::MySql(_) => mysql::database_options(self, like).await?,
            Connection::Sqlite(_) => String::new(),
        };
        self.run(&format!("CREATE DATABASE {}{options}", self.dialect.quote(name))).await.map(drop)
    }

    /// Drops a database on the server, whoever is connected to it.
    pub(crate) async fn drop_database(&mut self, name: &str) -> Result<(), Error> {
        let options = match &self.connection {
            Connection::Postgres(_) => " WITH (FORCE)",
            Connection::MySql(_) | Connection::Sqlite(_) => "",
        };
        self.run(&format!("DROP DATABASE IF EXISTS {}{options}", self.dialect.quote(name))).await.map(drop)
    }

    /// Makes this connection one to a scratch database, in which some schemas are.
    pub(crate) async fn be_scratch(&mut self, schemas: &[&str]) -> Result<(), Error> {
        let neighbours = match &self.connection {
            Connection::Postgres(_) => postgres::be_scratch(self, schemas).await?,
            Connection::MySql(_) => mysql::be_scratch(self, schemas).await?,
            Connection::Sqlite(_) => sqlite::be_scratch(schemas)?,
        };
        self.neighbours = Some(neighbours);
        Ok(())
    }

    /// Whether it is a scratch database.
    pub(crate) fn is_scratch(&self) -> bool {
        self.neighbours.is_some()
    }

    /// What is said to a scratch database must not reach beyond it, as far as its words tell.
    pub(crate) fn refuse_reaching(&self, sql: &str) -> Result<(), Error> {
        let Some(neighbours) = &self.neighbours else { return Ok(()) };
        let name = self.dialect.name();
        // What cannot be cut, the server refuses.
        let statements = split(name, sql).unwrap_or_default();
        match statements.iter().find_map(|statement| reaches(name, statement.sql, neighbours)) {
            Some(what) => Err(Error::BeyondScratch { statement: sql.to_owned(), what }),
            None => Ok(()),
        }
    }

    /// The schemas that are not the server's own. Where a schema is a database of its own, it is the one that we are
    /// connected to.
    ///
    /// # Errors
    /// The catalog cannot be read.
    pub async fn schemas(&mut self) -> Result<Vec<String>, Error> {
        Ok(self.schemas_and_default().await?.into_iter().map(|(name, _)| name).collect())
    }

    /// The same, and whether each is the one that bare names are in.
    pub(crate) async fn schemas_and_default(&mut self) -> Result<Vec<(String, bool)>, Error> {
        match &self.connection {
            Connection::Postgres(_) => postgres::schemas(self).await,
            Connection::MySql(_) => mysql::schemas(self).await,
            Connection::Sqlite(_) => Ok(vec![("main".to_owned(), true)]),
        }
    }

    /// The schema that bare names are in, if there is any: `current_schema()`, `DATABASE()`, `main`.
    ///
    /// # Errors
    /// The catalog cannot be read.
    pub async fn default_schema(&mut self) -> Result<Option<String>, Error> {
        let sql = match &self.connection {
            Connection::Postgres(_) => "SELECT current_schema()::text",
            Connection::MySql(_) => "SELECT DATABASE()",
            Connection::Sqlite(_) => return Ok(Some("main".to_owned())),
        };
        let rows = self.rows(sql).await?;
        Ok(rows.first().and_then(|row| row.text(0)).map(str::to_owned))
    }

    /// Lets bare names mean those of a schema, in the transaction that is open; what takes that back.
    pub(crate) async fn look_in(&mut self, schema: &str) -> Result<Option<String>, Error> {
        match &self.connection {
            Connection::Postgres(_) => postgres::look_in(self, schema).await.map(Some),
            Connection::MySql(_) => mysql::look_in(self, schema).await.map(Some),
            Connection::Sqlite(_) => Ok(None),
        }
    }

    /// The virtual tables of a SQLite database, and those in which they keep their rows: what their columns are only
    /// their modules know.
    ///
    /// # Errors
    /// The catalog cannot be read.
    pub async fn virtual_tables(&mut self) -> Result<Vec<String>, Error> {
        match &self.connection {
            Connection::Sqlite(_) => sqlite::virtual_tables(self).await,
            Connection::Postgres(_) | Connection::MySql(_) => Ok(Vec::new()),
        }
    }

    /// The triggers of a SQLite database, which go with a table when it is rebuilt.
    ///
    /// # Errors
    /// The catalog cannot be read.
    pub async fn sqlite_triggers(&mut self) -> Result<Vec<SqliteTrigger>, Error> {
        match &self.connection {
            Connection::Sqlite(_) => sqlite::all_triggers(self).await,
            Connection::Postgres(_) | Connection::MySql(_) => Ok(Vec::new()),
        }
    }

    /// Lets another database of the server look for bare names where this one does. Returns the first such schema
    /// where a new database does not have it.
    pub(crate) async fn look_as_here(&mut self, name: &str) -> Result<Option<String>, Error> {
        match &self.connection {
            Connection::Postgres(_) => postgres::look_as_here(self, name).await,
            Connection::MySql(_) | Connection::Sqlite(_) => Ok(None),
        }
    }

    /// Asks for nothing, to see whether the database answers.
    ///
    /// # Errors
    /// It does not.
    pub async fn ping(&mut self) -> Result<(), Error> {
        self.rows("SELECT 1").await.map(drop)
    }

    /// Runs one statement and returns how many rows it hit.
    pub(crate) async fn run(&mut self, sql: &str) -> Result<u64, Error> {
        self.refuse_reaching(sql)?;
        tracing::debug!(sql, "statement");
        self.try_run(sql)
            .await
            .map_err(|error| Error::Statement { statement: sql.to_owned(), source: error.into() })
    }

    /// Runs one statement whose failure leaves the transaction that is open as it was.
    pub(crate) async fn run_aside(&mut self, sql: &str) -> Result<(), Error> {
        if !matches!(self.connection, Connection::Postgres(_)) {
            return self.run(sql).await.map(drop);
        }
        // Elsewhere than on PostgreSQL a statement that fails is not the end of its transaction. Outside one, a
        // savepoint stands in that of the statements sent together.
        let done = self.run(&format!("SAVEPOINT aside; {sql}; RELEASE SAVEPOINT aside")).await;
        if done.is_err() {
            let _none_open = self.run("ROLLBACK TO SAVEPOINT aside").await;
        }
        done.map(drop)
    }

    /// Runs one query and returns its rows as text.
    pub(crate) async fn rows(&mut self, sql: &str) -> Result<Vec<Row>, Error> {
        tracing::debug!(sql, "query");
        self.try_rows(sql)
            .await
            .map_err(|error| Error::Statement { statement: sql.to_owned(), source: error.into() })
    }

    /// Runs catalog queries in one round trip, so that the server works on the next one while the rows of
    /// one are read; `take` gets each row with the place of its query.
    pub(crate) async fn answers(
        &mut self,
        queries: &[String],
        take: impl FnMut(usize, &answer::Row) + Send,
    ) -> Result<(), Error> {
        queries.iter().for_each(|sql| tracing::debug!(sql, "query"));
        let all = raw(&queries.join(";\n"));
        let answered = match &mut self.connection {
            Connection::Postgres(connection) => answer::each(connection.fetch_many(all), take).await,
            Connection::MySql(connection) => answer::each(connection.fetch_many(all), take).await,
            Connection::Sqlite(connection) => answer::each(connection.fetch_many(all), take).await,
        };
        answered.map_err(|(at, error)| {
            let statement = queries.get(at).or(queries.last()).cloned().unwrap_or_default();
            Error::Statement { statement, source: error.into() }
        })
    }

    /// The rows of one catalog query.
    pub(crate) async fn answer(&mut self, sql: &str) -> Result<Vec<answer::Row>, Error> {
        let mut rows = Vec::new();
        self.answers(&[sql.to_owned()], |_, row| rows.push(row.clone())).await?;
        Ok(rows)
    }

    /// The same with a character for each byte of what a server prints, which need not be text.
    pub(crate) async fn rows_of_bytes(&mut self, sql: &str) -> Result<Vec<Row>, Error> {
        let Connection::MySql(connection) = &mut self.connection else { return self.rows(sql).await };
        tracing::debug!(sql, "query");
        let rows = connection.fetch_all(raw(sql)).await;
        let rows = rows.and_then(|rows| rows.iter().map(mysql::bytes).collect());
        rows.map_err(|error| Error::Statement { statement: sql.to_owned(), source: error.into() })
    }

    async fn try_run(&mut self, sql: &str) -> Result<u64, sqlx::Error> {
        let statement = raw(sql);
        Ok(match &mut self.connection {
            Connection::Postgres(connection) => connection.execute(statement).await?.rows_affected(),
            Connection::MySql(connection) => connection.execute(statement).await?.rows_affected(),
            Connection::Sqlite(connection) => connection.execute(statement).await?.rows_affected(),
        })
    }

    async fn try_rows(&mut self, sql: &str) -> Result<Vec<Row>, sqlx::Error> {
        let statement = raw(sql);
        match &mut self.connection {
            Connection::Postgres(connection) => texts(connection.fetch_all(statement).await?),
            Connection::MySql(connection) => texts(connection.fetch_all(statement).await?),
            Connection::Sqlite(connection) => texts(connection.fetch_all(statement).await?),
        }
    }

    /// The rows of a query; `None` when a table in it does not exist.
    pub(crate) async fn rows_if_tables_exist(&mut self, sql: &str) -> Result<Option<Vec<Row>>, Error> {
        tracing::debug!(sql, "query");
        match self.try_rows(sql).await {
            Ok(rows) => Ok(Some(rows)),
            Err(sqlx::Error::Database(error)) if self.is_missing_table(error.as_ref()) => Ok(None),
            Err(error) => Err(Error::Statement { statement: sql.to_owned(), source: error.into() }),
        }
    }

    fn is_missing_table(&self, error: &dyn sqlx::error::DatabaseError) -> bool {
        match &self.connection {
            Connection::Postgres(_) => error.code().as_deref() == Some(postgres::UNDEFINED_TABLE),
            Connection::MySql(_) => mysql::is_missing_table(error),
            Connection::Sqlite(_) => error.message().starts_with(sqlite::NO_SUCH_TABLE),
        }
    }

    /// Which of these tables exist.
    pub(crate) async fn existing(&mut self, tables: &[TableName]) -> Result<BTreeSet<TableName>, Error> {
        if tables.is_empty() {
            return Ok(BTreeSet::new());
        }
        let rows = self.rows(&self.existing_query(tables)).await?;
        let position = |row: &Row| row.first()?.as_ref()?.parse::<usize>().ok();
        Ok(rows.iter().filter_map(position).filter_map(|at| tables.get(at).cloned()).collect())
    }

    /// The query for the positions of those of some tables that exist.
    pub(crate) fn existing_query(&self, tables: &[TableName]) -> String {
        match &self.connection {
            Connection::Postgres(_) => postgres::existing(tables, self.dialect),
            Connection::MySql(_) => mysql::existing(tables, self.dialect),
            Connection::Sqlite(_) => sqlite::existing(tables, self.dialect),
        }
    }

    /// Which of these tables there are where a statement would make them.
    pub(crate) async fn existing_there(
        &mut self,
        tables: &[TableName],
    ) -> Result<BTreeSet<TableName>, Error> {
        if tables.is_empty() || !matches!(self.connection, Connection::Postgres(_)) {
            return self.existing(tables).await;
        }
        // A bare name may be found further along the search path.
        let Some(schema) = self.default_schema().await? else { return Ok(BTreeSet::new()) };
        let mut there = tables.to_vec();
        there.iter_mut().for_each(|table| table.qualify(Some(&schema)));
        let existing = self.existing(&there).await?;
        let found = tables.iter().zip(&there).filter(|(_, there)| existing.contains(there));
        Ok(found.map(|(table, _)| table.clone()).collect())
    }

    /// Whether tables can be created where they would go, as far as the server tells beforehand.
    pub(crate) async fn may_create(&mut self, schema: Option<&str>) -> Result<(), Error> {
        match &self.connection {
            Connection::Postgres(_) => postgres::may_create(self, schema).await,
            Connection::MySql(_) => mysql::may_create(self, schema).await,
            Connection::Sqlite(_) => sqlite::may_create(schema),
        }
    }

    /// Whether the server takes no table without a primary key.
    pub(crate) async fn requires_primary_keys(&mut self) -> Result<bool, Error> {
        match &self.connection {
            Connection::MySql(_) => mysql::requires_primary_keys(self).await,
            Connection::Postgres(_) | Connection::Sqlite(_) => Ok(false),
        }
    }

    /// Looks at what an earlier run left of an index that is built or dropped outside a transaction:
    /// takes away one that is half built; `true` if nothing is left to do.
    pub(crate) async fn finish_earlier_build(&mut self, operation: &Operation) -> Result<bool, Error> {
        match &self.connection {
            Connection::Postgres(_) => postgres::finish_earlier_build(self, operation).await,
            Connection::MySql(_) | Connection::Sqlite(_) => Ok(false),
        }
    }

    /// Tries once to take the lock.
    pub(crate) async fn try_lock(&mut self, key: &crate::LockKey) -> Result<bool, Error> {
        match &self.connection {
            Connection::Postgres(_) => postgres::try_lock(self, key).await,
            Connection::MySql(_) => mysql::try_lock(self, key).await,
            Connection::Sqlite(_) => Ok(true),
        }
    }

    /// Whether the session that runs the statements holds the lock. Behind a pooler that changes
    /// sessions between transactions it may be another.
    pub(crate) async fn holds_lock(&mut self, key: &crate::LockKey) -> Result<bool, Error> {
        match &self.connection {
            Connection::Postgres(_) => postgres::holds_lock(self, key).await,
            Connection::MySql(_) => mysql::holds_lock(self, key).await,
            Connection::Sqlite(_) => Ok(true),
        }
    }

    /// A text column so that columns of tables with different collations can stand in one UNION.
    pub(crate) fn plain_text(&self, column: &str) -> String {
        match &self.connection {
            Connection::MySql(_) => mysql::plain_text(column),
            Connection::Postgres(_) | Connection::Sqlite(_) => column.to_owned(),
        }
    }

    /// Gives the lock back.
    pub(crate) async fn unlock(&mut self, key: &crate::LockKey) -> Result<(), Error> {
        match &self.connection {
            Connection::Postgres(_) => postgres::unlock(self, key).await,
            Connection::MySql(_) => mysql::unlock(self, key).await,
            Connection::Sqlite(_) => Ok(()),
        }
    }

    /// Who holds the lock, in words, where the server tells.
    pub(crate) async fn lock_holder(&mut self, key: &crate::LockKey) -> Option<String> {
        let holder = match &self.connection {
            Connection::Postgres(_) => postgres::lock_holder(self, key).await,
            Connection::MySql(_) => mysql::lock_holder(self, key).await,
            Connection::Sqlite(_) => Ok(None),
        };
        holder.ok().flatten()
    }

    /// The file whose neighbour is the lock file: SQLite has no lock of its own that outlasts a
    /// transaction.
    pub(crate) fn lock_file(&self) -> Option<PathBuf> {
        self.file.as_ref().map(|file| {
            // Whoever comes through a link must meet the same lock.
            let file = file.canonicalize().unwrap_or_else(|_| file.clone());
            let mut name = file.into_os_string();
            name.push(".lock");
            name.into()
        })
    }

    /// Switches the enforcement of foreign keys, where a rebuild needs that.
    pub(crate) async fn enforce_foreign_keys(&mut self, on: bool) -> Result<(), Error> {
        match &self.connection {
            Connection::Sqlite(_) => sqlite::enforce_foreign_keys(self, on).await,
            Connection::Postgres(_) | Connection::MySql(_) => Ok(()),
        }
    }

    /// What refers to nothing in the tables of `changed` and those that refer to them; in all tables if
    /// there are none.
    pub(crate) async fn dangling_rows(
        &mut self,
        changed: Option<&BTreeSet<String>>,
    ) -> Result<Vec<Dangling>, Error> {
        match &self.connection {
            Connection::Sqlite(_) => sqlite::dangling_rows(self, changed).await,
            Connection::Postgres(_) | Connection::MySql(_) => Ok(Vec::new()),
        }
    }

    /// The statements that make a table's triggers, which a rebuild loses.
    pub(crate) async fn triggers(&mut self, table: &TableName) -> Result<Vec<String>, Error> {
        match &self.connection {
            Connection::Sqlite(_) => sqlite::triggers(self, table).await,
            Connection::Postgres(_) | Connection::MySql(_) => Ok(Vec::new()),
        }
    }

    /// The views and triggers that name a column which a rebuild is about to drop.
    pub(crate) async fn names_of_dropped_columns(&mut self) -> Result<Vec<String>, Error> {
        match &self.connection {
            Connection::Sqlite(_) => sqlite::names_of_dropped_columns(self).await,
            Connection::Postgres(_) | Connection::MySql(_) => Ok(Vec::new()),
        }
    }

    /// What stands on views and is dropped with them.
    pub(crate) async fn lost_with_views(&mut self, views: &[TableName]) -> Result<Vec<LostWithView>, Error> {
        match &self.connection {
            Connection::Postgres(_) => postgres::lost_with_views(self, views).await,
            Connection::MySql(_) | Connection::Sqlite(_) => Ok(Vec::new()),
        }
    }

    /// The statement that begins a transaction in which tables will be changed.
    pub(crate) fn begin(&self) -> &'static str {
        match &self.connection {
            Connection::Sqlite(_) => "BEGIN IMMEDIATE",
            Connection::Postgres(_) | Connection::MySql(_) => "BEGIN",
        }
    }
}

impl Session for Database {
    fn dialect(&self) -> DialectName {
        self.dialect.name()
    }

    fn schema(&self) -> Option<&str> {
        None
    }

    fn quote(&self, identifier: &str) -> String {
        self.dialect.quote(identifier)
    }

    fn literal(&self, value: &SqlValue) -> String {
        self.dialect.value(value)
    }

    fn execute<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<u64, BoxError>> {
        Box::pin(async move { Ok(self.run(sql).await?) })
    }

    fn query<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<Vec<Row>, BoxError>> {
        Box::pin(async move { Ok(self.rows(sql).await?) })
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").field("url", &self.shown).finish_non_exhaustive()
    }
}

/// What came of connecting with the options of a pool.
fn connection<C>(
    connected: Result<Result<C, sqlx::Error>, tokio::time::error::Elapsed>,
    shown: &str,
) -> Result<C, Error> {
    let database = shown.to_owned();
    match connected {
        Ok(connected) => connected.map_err(|source| Error::Connect { database, source: source.into() }),
        Err(_) => Err(Error::ConnectTimeout { database, timeout: CONNECT_TIMEOUT }),
    }
}

/// Connects, and finds out which server it is; for SQLite also which file.
async fn open(
    url: &DatabaseUrl,
    access: Access,
) -> Result<(Connection, DialectName, Option<PathBuf>), sqlx::Error> {
    Ok(match url.dialect {
        UrlDialect::Postgres => {
            (Connection::Postgres(postgres::connect(url).await?), DialectName::Postgres, None)
        }
        UrlDialect::MySql => {
            let (connection, name) = mysql::connect(url).await?;
            (Connection::MySql(connection), name, None)
        }
        UrlDialect::Sqlite => {
            let (connection, file) = sqlite::connect(url, access).await?;
            (Connection::Sqlite(connection), DialectName::Sqlite, file)
        }
    })
}

/// The one place where text becomes SQL: it comes from revisions and from dialects, which quote.
fn raw(sql: &str) -> sqlx::RawSql {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
}

/// Rows as text. Every server sends text here: the statements are not prepared.
fn texts<R>(rows: Vec<R>) -> Result<Vec<Row>, sqlx::Error>
where
    R: sqlx::Row,
    usize: sqlx::ColumnIndex<R>,
    for<'r> Option<String>: sqlx::Decode<'r, R::Database>,
{
    let text = |row: &R| {
        (0..row.len()).map(|at| row.try_get_unchecked(at)).collect::<Result<Vec<_>, _>>().map(Row::from)
    };
    rows.iter().map(text).collect()
}
