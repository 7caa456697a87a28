//! SQLite.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use dunlin_core::schema::TableName;
use dunlin_core::session::Row;
use dunlin_engine::dialect::{DROPPED_COLUMN_PREFIX, Dialect};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Executor as _, SqliteConnection};

use super::{Access, Dangling, Database, SqliteTrigger};
use crate::error::Error;
use crate::url::DatabaseUrl;

/// How the message begins; the code is the same for many errors.
pub(super) const NO_SUCH_TABLE: &str = "no such table";

/// So many rows are read before the reader takes them: each time that it waits for one costs more than a row.
const ROWS_AHEAD: usize = 1_000;

const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Opens the file. To read one that does not exist is to read an empty database.
pub(super) async fn connect(
    url: &DatabaseUrl,
    access: Access,
) -> Result<(SqliteConnection, Option<PathBuf>), sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .foreign_keys(true)
        .row_buffer_size(ROWS_AHEAD)
        .busy_timeout(url.timeouts.busy.unwrap_or(BUSY_TIMEOUT));
    let file = url.database.as_ref().filter(|_| !url.is_in_memory()).map(PathBuf::from);
    let there = match &file {
        Some(file) => access == Access::Create || file.try_exists()?,
        None => false,
    };
    let Some(file) = file.filter(|_| there) else {
        return Ok((options.in_memory(true).connect().await?, None));
    };
    let options = options.filename(&file).read_only(access == Access::Read);
    let mut connection = options.create_if_missing(access == Access::Create).connect().await?;
    // The file is not looked at before the first statement: is it a database at all?
    connection.execute(sqlx::raw_sql("PRAGMA schema_version")).await?;
    Ok((connection, Some(file)))
}

/// Opens what a pool has opened. A file that does not exist counts as an empty database if it is only read.
pub(super) async fn connect_with(
    options: SqliteConnectOptions,
    access: Access,
) -> Result<(SqliteConnection, Option<PathBuf>), sqlx::Error> {
    let options = options.foreign_keys(true);
    let file = options.get_filename().to_owned();
    let in_memory = file.as_os_str() == ":memory:" || file.to_string_lossy().starts_with("file:");
    if in_memory {
        return Ok((options.connect().await?, None));
    }
    if access == Access::Read && !file.try_exists()? {
        return Ok((options.in_memory(true).filename(":memory:").connect().await?, None));
    }
    let options = options.read_only(access == Access::Read).create_if_missing(access == Access::Create);
    Ok((options.connect().await?, Some(file)))
}

pub(super) fn existing(tables: &[TableName], dialect: &dyn Dialect) -> String {
    let mut wanted: BTreeMap<Option<&str>, Vec<String>> = BTreeMap::new();
    for (at, table) in tables.iter().enumerate() {
        let row = format!("({at}, {})", dialect.literal(&table.name));
        wanted.entry(table.schema.as_deref()).or_default().push(row);
    }
    let query = |(schema, rows): (Option<&str>, Vec<String>)| {
        let master = match schema {
            Some(schema) => format!("{}.sqlite_master", dialect.quote(schema)),
            None => "sqlite_master".to_owned(),
        };
        format!(
            "SELECT w.column1 FROM (VALUES {}) AS w JOIN {master} AS m \
             ON m.type IN ('table', 'view') AND m.name = w.column2 COLLATE NOCASE",
            rows.join(", ")
        )
    };
    wanted.into_iter().map(query).collect::<Vec<_>>().join(" UNION ALL ")
}

/// The only schema is the file itself.
pub(super) fn may_create(schema: Option<&str>) -> Result<(), Error> {
    match schema {
        None | Some("main") => Ok(()),
        Some(schema) => Err(Error::NoSchema { schema: schema.to_owned() }),
    }
}

/// Other files must be attached to be named.
pub(super) fn be_scratch(schemas: &[&str]) -> Result<Vec<String>, Error> {
    schemas.iter().try_for_each(|schema| may_create(Some(schema)))?;
    Ok(Vec::new())
}

pub(super) async fn virtual_tables(database: &mut Database) -> Result<Vec<String>, Error> {
    let sql = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('virtual', 'shadow')";
    let rows = database.rows(sql).await?;
    Ok(rows.iter().filter_map(|row| row.text(0).map(str::to_owned)).collect())
}

/// In the order in which they were made.
pub(super) async fn all_triggers(database: &mut Database) -> Result<Vec<SqliteTrigger>, Error> {
    let sql = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid";
    let rows = database.rows(sql).await?;
    let text = |row: &Row, at| row.text(at).map(str::to_owned);
    let trigger =
        |row: &Row| Some(SqliteTrigger { name: text(row, 0)?, table: text(row, 1)?, sql: text(row, 2)? });
    Ok(rows.iter().filter_map(trigger).collect())
}

pub(super) async fn enforce_foreign_keys(database: &mut Database, on: bool) -> Result<(), Error> {
    let switch = if on { "ON" } else { "OFF" };
    database.run(&format!("PRAGMA foreign_keys = {switch}")).await?;
    // A rebuild switches this on, and may not have come to where it switches it off.
    database.run("PRAGMA legacy_alter_table = OFF").await.map(drop)
}

/// How a message begins that says that a foreign key refers to columns which are no key.
const MISMATCH: &str = "foreign key mismatch";

/// Looks at the tables of `changed` and those that refer to them; at all if it is not known what has changed.
pub(super) async fn dangling_rows(
    database: &mut Database,
    changed: Option<&BTreeSet<String>>,
) -> Result<Vec<Dangling>, Error> {
    let dialect = database.dialect;
    let matters = changed.map(|tables| {
        let names: Vec<String> = tables.iter().map(|table| dialect.literal(table)).collect();
        let names = names.join(", ");
        format!("WHERE m.name COLLATE NOCASE IN ({names}) OR k.\"table\" COLLATE NOCASE IN ({names})")
    });
    let referring = format!(
        "SELECT m.name FROM sqlite_master AS m WHERE m.type = 'table' AND EXISTS (SELECT 1 FROM \
         pragma_foreign_key_list(m.name) AS k {}) ORDER BY 1",
        matters.unwrap_or_default()
    );
    let mut dangling = Vec::new();
    for row in database.rows(&referring).await? {
        let Some(table) = row.text(0) else { continue };
        let sql = format!(
            "SELECT parent, count(*) FROM pragma_foreign_key_check({}) GROUP BY 1 ORDER BY 1",
            dialect.literal(table)
        );
        match database.rows(&sql).await {
            Ok(found) => dangling.extend(found.iter().filter_map(|row| {
                let (parent, rows) = (row.text(0)?.to_owned(), row.text(1)?.parse().ok()?);
                Some(Dangling { table: table.to_owned(), parent, rows: Some(rows) })
            })),
            Err(Error::Statement { source, .. }) if source.to_string().starts_with(MISMATCH) => {
                let message = source.to_string();
                let parent = message.rsplit(" referencing ").next().unwrap_or_default();
                let parent = parent.trim_matches('"').to_owned();
                dangling.push(Dangling { table: table.to_owned(), parent, rows: None });
            }
            Err(error) => return Err(error),
        }
    }
    Ok(dangling)
}

/// The statements that create the triggers of a table or view, in the order in which they were created.
/// SQLite keeps their texts without the schema.
pub(super) async fn triggers(database: &mut Database, table: &TableName) -> Result<Vec<String>, Error> {
    let prefix = table.schema.as_ref().map(|schema| format!("{}.", database.dialect.quote(schema)));
    let prefix = prefix.unwrap_or_default();
    let sql = format!(
        "SELECT sql FROM {prefix}sqlite_master WHERE type = 'trigger' AND tbl_name = {} COLLATE NOCASE \
         ORDER BY rowid",
        database.dialect.literal(&table.name)
    );
    let rows = database.rows(&sql).await?;
    let create = |text: &str| text.replacen("CREATE TRIGGER ", &format!("CREATE TRIGGER {prefix}"), 1);
    Ok(rows.iter().filter_map(|row| row.text(0).map(create)).collect())
}

/// The views and triggers that name a column which a rebuild drops: they have followed it to the name that
/// it has until then.
pub(super) async fn names_of_dropped_columns(database: &mut Database) -> Result<Vec<String>, Error> {
    let sql = format!(
        "SELECT type || ' ' || name FROM sqlite_master WHERE type IN ('view', 'trigger') AND instr(sql, {}) \
         ORDER BY rowid",
        database.dialect.literal(DROPPED_COLUMN_PREFIX)
    );
    let rows = database.rows(&sql).await?;
    Ok(rows.iter().filter_map(|row| row.text(0).map(str::to_owned)).collect())
}
