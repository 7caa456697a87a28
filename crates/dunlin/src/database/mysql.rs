//! MySQL and MariaDB.

use std::collections::BTreeMap;
use std::str::FromStr as _;

use dunlin_core::dialect::DialectName;
use dunlin_core::schema::TableName;
use dunlin_core::session::Row;
use dunlin_engine::dialect::{Dialect, dialect};
use sqlx::mysql::{MySqlConnectOptions, MySqlRow};
use sqlx::{ConnectOptions as _, Executor as _, MySqlConnection, Row as _};

use super::{Access, Database};
use crate::LockKey;
use crate::error::Error;
use crate::url::DatabaseUrl;

/// Whether a table does not exist, or the database that it would be in.
pub(super) fn is_missing_table(error: &dyn sqlx::error::DatabaseError) -> bool {
    const UNKNOWN_DATABASE: u16 = 1049;
    const NO_SUCH_TABLE: u16 = 1146;
    let error = error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>();
    error.is_some_and(|error| [UNKNOWN_DATABASE, NO_SUCH_TABLE].contains(&error.number()))
}

/// A row with a character for each byte.
pub(super) fn bytes(row: &MySqlRow) -> Result<Row, sqlx::Error> {
    let text = |bytes: Vec<u8>| bytes.into_iter().map(char::from).collect::<String>();
    let values = (0..row.len()).map(|at| row.try_get_unchecked::<Option<Vec<u8>>, _>(at));
    let values = values.map(|value| value.map(|bytes| bytes.map(text))).collect::<Result<Vec<_>, _>>()?;
    Ok(Row::from(values))
}

/// The server's SQL mode stays as it is, but for what the dialect's session settings say, which a script
/// says too: a revision means here what it means in the client.
pub(super) async fn connect(url: &DatabaseUrl) -> Result<(MySqlConnection, DialectName), sqlx::Error> {
    connect_with(MySqlConnectOptions::from_str(&url.to_native())?).await
}

pub(super) async fn connect_with(
    options: MySqlConnectOptions,
) -> Result<(MySqlConnection, DialectName), sqlx::Error> {
    let mut connection = options.pipes_as_concat(false).no_engine_substitution(false).connect().await?;
    let name = server(&mut connection).await?;
    Ok((connection, name))
}

/// A database is made by one who is connected to none.
pub(super) async fn connect_to_server(url: &DatabaseUrl) -> Result<Database, Error> {
    let mut url = url.clone();
    url.database = None;
    Database::connect(&url, Access::Write).await
}

/// The character set and collation of a database, if there is one of this name.
pub(super) async fn database_options(server: &mut Database, like: Option<&str>) -> Result<String, Error> {
    let Some(like) = like else { return Ok(String::new()) };
    let sql = format!(
        "SELECT default_character_set_name, default_collation_name FROM information_schema.schemata \
         WHERE schema_name = {}",
        server.dialect.literal(like)
    );
    let rows = server.rows(&sql).await?;
    let options = rows.first().and_then(|row| Some((row.text(0)?, row.text(1)?)));
    Ok(options.map_or(String::new(), |(set, collation)| format!(" CHARACTER SET {set} COLLATE {collation}")))
}

/// The tables of other databases can be named like those of a schema, which a database is here.
pub(super) async fn be_scratch(database: &mut Database, schemas: &[&str]) -> Result<Vec<String>, Error> {
    if let Some(schema) = schemas.first() {
        return Err(Error::SchemaIsDatabase { schema: (*schema).to_owned() });
    }
    let sql = "SELECT schema_name FROM information_schema.schemata WHERE schema_name <> DATABASE() \
               AND schema_name NOT IN ('information_schema', 'performance_schema', 'sys')";
    let rows = database.rows(sql).await?;
    Ok(rows.iter().filter_map(|row| row.text(0).map(str::to_owned)).collect())
}

pub(super) async fn schemas(database: &mut Database) -> Result<Vec<(String, bool)>, Error> {
    let rows = database.rows("SELECT DATABASE()").await?;
    Ok(rows.iter().filter_map(|row| Some((row.text(0)?.to_owned(), true))).collect())
}

/// Puts the session right, and says which of the two it is: MariaDB says so in its version. A server
/// may be set not to commit by itself, or to take a backslash in a literal for itself.
async fn server(connection: &mut MySqlConnection) -> Result<DialectName, sqlx::Error> {
    let settings = dialect(DialectName::MySql).session_settings().join("; ");
    let sql = format!("{settings}; SELECT VERSION()");
    let row = connection.fetch_one(sqlx::raw_sql(sqlx::AssertSqlSafe(sql))).await?;
    let version: String = row.try_get_unchecked(0)?;
    let mariadb = version.to_lowercase().contains("mariadb");
    Ok(if mariadb { DialectName::MariaDb } else { DialectName::MySql })
}

/// One query for each schema: of so many queries as there are tables, MySQL takes a second for a
/// thousand. The names are compared exactly; MariaDB's catalog would find them in any case.
pub(super) fn existing(tables: &[TableName], dialect: &dyn Dialect) -> String {
    let mut wanted: BTreeMap<Option<&str>, (Vec<String>, Vec<String>)> = BTreeMap::new();
    for (at, table) in tables.iter().enumerate() {
        let (names, positions) = wanted.entry(table.schema.as_deref()).or_default();
        names.push(folded(&dialect.literal(&table.name)));
        positions.push(at.to_string());
    }
    let query = |(schema, (names, positions)): (Option<&str>, (Vec<String>, Vec<String>))| {
        let schema = match schema {
            Some(schema) => dialect.literal(schema),
            None => "DATABASE()".to_owned(),
        };
        let (names, positions) = (names.join(", "), positions.join(", "));
        format!(
            "SELECT ELT(FIELD(CONVERT({table_name} USING utf8mb4) COLLATE utf8mb4_bin, {names}), {positions}) \
             FROM information_schema.tables WHERE table_schema = {schema} AND table_name IN ({names})",
            table_name = folded("table_name")
        )
    };
    wanted.into_iter().map(query).collect::<Vec<_>>().join(" UNION ALL ")
}

/// A name as the server compares it: a server that is set to does not look at upper and lower case.
fn folded(name: &str) -> String {
    format!("IF(@@lower_case_table_names = 0, {name}, LOWER({name}))")
}

/// What a role may do is not to be had as a plain answer here; only the database's existence is.
pub(super) async fn may_create(database: &mut Database, schema: Option<&str>) -> Result<(), Error> {
    let Some(schema) = schema else { return Ok(()) };
    let sql = format!(
        "SELECT 1 FROM information_schema.schemata WHERE schema_name = {}",
        database.dialect.literal(schema)
    );
    match database.rows(&sql).await?.is_empty() {
        true => Err(Error::NoSchema { schema: schema.to_owned() }),
        false => Ok(()),
    }
}

/// A time-out of 0 asks once on both: MariaDB answers NULL to the negative ones that MySQL waits for
/// ever with.
pub(super) async fn try_lock(database: &mut Database, key: &LockKey) -> Result<bool, Error> {
    let sql = format!("SELECT GET_LOCK({}, 0)", database.dialect.literal(key.mysql()));
    let rows = database.rows(&sql).await?;
    Ok(rows.first().and_then(|row| row.first()).is_some_and(|taken| taken.as_deref() == Some("1")))
}

pub(super) async fn holds_lock(database: &mut Database, key: &LockKey) -> Result<bool, Error> {
    let sql = format!("SELECT IS_USED_LOCK({}) = CONNECTION_ID()", database.dialect.literal(key.mysql()));
    let rows = database.rows(&sql).await?;
    Ok(rows.first().and_then(|row| row.first()).is_some_and(|held| held.as_deref() == Some("1")))
}

/// MySQL refuses a UNION of columns with different collations.
pub(super) fn plain_text(column: &str) -> String {
    format!("CONVERT({column} USING utf8mb4) COLLATE utf8mb4_bin")
}

pub(super) async fn unlock(database: &mut Database, key: &LockKey) -> Result<(), Error> {
    let sql = format!("SELECT RELEASE_LOCK({})", database.dialect.literal(key.mysql()));
    database.rows(&sql).await.map(drop)
}

pub(super) async fn lock_holder(database: &mut Database, key: &LockKey) -> Result<Option<String>, Error> {
    let sql = format!(
        "SELECT CONCAT('connection ', id, ' of ', user, ' from ', host) \
         FROM information_schema.processlist WHERE id = IS_USED_LOCK({})",
        database.dialect.literal(key.mysql())
    );
    Ok(database.rows(&sql).await?.into_iter().next().and_then(|row| row.text(0).map(str::to_owned)))
}

/// MariaDB does not have the setting.
pub(super) async fn requires_primary_keys(database: &mut Database) -> Result<bool, Error> {
    let rows = database.rows("SHOW VARIABLES LIKE 'sql_require_primary_key'").await?;
    Ok(rows.first().and_then(|row| row.text(1)) == Some("ON"))
}

/// Goes into a database; the statement that goes back.
pub(super) async fn look_in(database: &mut Database, schema: &str) -> Result<String, Error> {
    let own = database.default_schema().await?.unwrap_or_default();
    let dialect = database.dialect();
    let (there, back) = (format!("USE {}", dialect.quote(schema)), format!("USE {}", dialect.quote(&own)));
    database.run(&there).await?;
    Ok(back)
}
