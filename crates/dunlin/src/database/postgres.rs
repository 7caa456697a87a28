//! PostgreSQL.

use std::str::FromStr as _;

use dunlin_core::operation::Operation;
use dunlin_core::schema::{Index, Metadata, TableName};
use dunlin_core::session::Row;
use dunlin_engine::dialect::Dialect;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, PgConnection};

use super::{Access, Database, LostWithView};
use crate::LockKey;
use crate::error::Error;
use crate::url::DatabaseUrl;

/// `undefined_table`.
pub(super) const UNDEFINED_TABLE: &str = "42P01";

/// `invalid_catalog_name`.
const NO_SUCH_DATABASE: &str = "3D000";

pub(super) async fn connect(url: &DatabaseUrl) -> Result<PgConnection, sqlx::Error> {
    let mut options = PgConnectOptions::from_str(&url.to_native())?;
    if options.get_application_name().is_none() {
        options = options.application_name("dunlin");
    }
    options.connect().await
}

/// To make a database one must be connected to another: that of the URL if it exists, else one that every server has.
pub(super) async fn connect_to_server(url: &DatabaseUrl) -> Result<Database, Error> {
    for name in [url.database.as_deref(), Some("postgres")] {
        let mut url = url.clone();
        url.database = name.map(str::to_owned);
        match Database::connect(&url, Access::Write).await {
            Err(Error::Connect { source, .. }) if source.is_code(NO_SUCH_DATABASE) => {}
            connected => return connected,
        }
    }
    let mut url = url.clone();
    url.database = Some("template1".to_owned());
    Database::connect(&url, Access::Write).await
}

/// As the database that we are connected to; from the template that nobody has put anything into.
pub(super) async fn database_options(server: &mut Database) -> Result<String, Error> {
    let sql = "SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database \
               WHERE datname = current_database()";
    let rows = server.rows(sql).await?;
    let text = |at| server.dialect.literal(rows.first().and_then(|row| row.text(at)).unwrap_or_default());
    Ok(format!(" TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}", text(0), text(1), text(2)))
}

/// The search path of who connects to the database that we are connected to.
pub(super) async fn look_as_here(server: &mut Database, name: &str) -> Result<Option<String>, Error> {
    let sql = "SELECT current_schema()::text, array_to_string(ARRAY(\
                   SELECT quote_ident(name) FROM unnest(current_schemas(false)) WITH ORDINALITY AS path (name, at) \
                   ORDER BY at), ', ')";
    let rows = server.rows(sql).await?;
    let text = |at| rows.first().and_then(|row| row.text(at));
    let (Some(first), Some(path)) = (text(0).filter(|first| *first != "public"), text(1)) else {
        return Ok(None);
    };
    server.run(&format!("ALTER DATABASE {} SET search_path TO {path}", server.dialect.quote(name))).await?;
    Ok(Some(first.to_owned()))
}

/// The tables of other databases cannot be named.
pub(super) async fn be_scratch(database: &mut Database, schemas: &[&str]) -> Result<Vec<String>, Error> {
    for schema in schemas {
        database.run(&format!("CREATE SCHEMA IF NOT EXISTS {}", database.dialect.quote(schema))).await?;
    }
    Ok(Vec::new())
}

pub(super) async fn schemas(database: &mut Database) -> Result<Vec<(String, bool)>, Error> {
    let sql = "SELECT n.nspname::text, coalesce(n.nspname = current_schema(), false)::text FROM pg_namespace AS n \
               WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (\
                   SELECT FROM pg_depend AS p WHERE p.classid = 'pg_namespace'::regclass AND p.objid = n.oid \
                   AND p.deptype = 'e') ORDER BY n.nspname";
    let rows = database.rows(sql).await?;
    let schema = |row: &Row| Some((row.text(0)?.to_owned(), row.text(1) == Some("true")));
    Ok(rows.iter().filter_map(schema).collect())
}

/// Tables and views, each with its number and, where it is there, its oid. Bare names are looked up as the server would
/// look them up, along the search path; others in the catalog, which may be read without a right on their schema.
fn found(tables: &[TableName], dialect: &dyn Dialect) -> String {
    let row = |(at, table): (usize, &TableName)| match &table.schema {
        Some(schema) => format!(
            "({at}, (SELECT c.oid FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace \
                 WHERE n.nspname = {} AND c.relname = {}))",
            dialect.literal(schema),
            dialect.literal(&table.name)
        ),
        None => format!("({at}, to_regclass({})::oid)", dialect.literal(&dialect.quote(&table.name))),
    };
    let rows = tables.iter().enumerate().map(row).collect::<Vec<_>>().join(", ");
    format!("(VALUES {rows}) AS wanted (at, found)")
}

pub(super) fn existing(tables: &[TableName], dialect: &dyn Dialect) -> String {
    format!("SELECT at FROM {} WHERE found IS NOT NULL", found(tables, dialect))
}

/// What stands on views and is dropped with them: which, what of it, and its name if it has one.
pub(super) async fn lost_with_views(
    database: &mut Database,
    views: &[TableName],
) -> Result<Vec<LostWithView>, Error> {
    if views.is_empty() {
        return Ok(Vec::new());
    }
    let found = found(views, database.dialect);
    let sql = format!(
        "SELECT at, what, name FROM {found} JOIN LATERAL (\
             SELECT 'privileges', '' FROM pg_class AS c, aclexplode(c.relacl) AS a \
             WHERE c.oid = found AND a.grantee <> c.relowner \
             UNION SELECT 'privileges', '' FROM pg_attribute AS c WHERE c.attrelid = found AND c.attacl IS NOT NULL \
             UNION SELECT 'comment', '' FROM pg_description AS d \
             WHERE d.classoid = 'pg_class'::regclass AND d.objoid = found \
             UNION SELECT 'trigger', t.tgname FROM pg_trigger AS t WHERE t.tgrelid = found AND NOT t.tgisinternal \
             UNION SELECT 'index', c.relname FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid \
             WHERE i.indrelid = found \
             UNION SELECT 'rule', r.rulename FROM pg_rewrite AS r WHERE r.ev_class = found AND r.rulename <> '_RETURN' \
             UNION SELECT 'default of column', c.attname FROM pg_attrdef AS d \
             JOIN pg_attribute AS c ON c.attrelid = d.adrelid AND c.attnum = d.adnum WHERE d.adrelid = found\
         ) AS lost (what, name) ON true ORDER BY 1, 2, 3"
    );
    let rows = database.rows(&sql).await?;
    let lost = |row: &Row| {
        let at: usize = row.text(0)?.parse().ok()?;
        let name = row.text(2).filter(|name| !name.is_empty()).map(str::to_owned);
        Some(LostWithView { view: views.get(at)?.clone(), what: row.text(1)?.to_owned(), name })
    };
    Ok(rows.iter().filter_map(lost).collect())
}

pub(super) async fn may_create(database: &mut Database, schema: Option<&str>) -> Result<(), Error> {
    let wanted = match schema {
        Some(schema) => database.dialect.literal(schema),
        None => "current_schema()".to_owned(),
    };
    let sql = format!(
        "SELECT current_user::text, name, has_schema_privilege(oid, 'CREATE')::text \
         FROM (SELECT {wanted}::text AS name) AS wanted LEFT JOIN pg_namespace ON nspname = name"
    );
    let rows = database.rows(&sql).await?;
    let text = |at: usize| rows.first().and_then(|row| row.get(at)).cloned().flatten();
    let schema = text(1).unwrap_or_else(|| "(none on the search path)".to_owned());
    match text(2).as_deref() {
        Some("true") => Ok(()),
        Some(_) => Err(Error::MayNotCreate { role: text(0).unwrap_or_default(), schema }),
        None => Err(Error::NoSchema { schema }),
    }
}

pub(super) async fn try_lock(database: &mut Database, key: &LockKey) -> Result<bool, Error> {
    let sql = format!("SELECT pg_try_advisory_lock({})::text", key.postgres());
    let rows = database.rows(&sql).await?;
    Ok(rows.first().and_then(|row| row.first()).is_some_and(|taken| taken.as_deref() == Some("true")))
}

pub(super) async fn holds_lock(database: &mut Database, key: &LockKey) -> Result<bool, Error> {
    let sql = format!(
        "SELECT 1 FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory' AND granted \
           AND objsubid = 1 AND ((classid::bigint << 32) | objid::bigint) = {}",
        key.postgres()
    );
    Ok(!database.rows(&sql).await?.is_empty())
}

pub(super) async fn unlock(database: &mut Database, key: &LockKey) -> Result<(), Error> {
    database.rows(&format!("SELECT pg_advisory_unlock({})::text", key.postgres())).await.map(drop)
}

pub(super) async fn lock_holder(database: &mut Database, key: &LockKey) -> Result<Option<String>, Error> {
    let sql = format!(
        "SELECT format('process %s of %s%s%s, connected since %s', a.pid, a.usename, \
                coalesce(' from ' || host(a.client_addr), ''), \
                coalesce(' (' || nullif(a.application_name, '') || ')', ''), \
                to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS TZ')) \
         FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid) \
         WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 \
           AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
           AND ((l.classid::bigint << 32) | l.objid::bigint) = {}",
        key.postgres()
    );
    Ok(database.rows(&sql).await?.into_iter().next().and_then(|row| row.text(0).map(str::to_owned)))
}

/// An index whose building was interrupted stays behind, marked as not valid. One that is valid was built by
/// an earlier run if it is the one that is wanted.
pub(super) async fn finish_earlier_build(
    database: &mut Database,
    operation: &Operation,
) -> Result<bool, Error> {
    let (table, name) = match operation {
        Operation::CreateIndex { table, index, .. } => (table, index.name.as_deref()),
        Operation::DropIndex { table, name, .. } => (table, Some(name.as_str())),
        _ => return Ok(false),
    };
    let Some(name) = name else { return Ok(false) };
    let namespace = match &table.schema {
        Some(schema) => {
            format!("{}::regnamespace", database.dialect.literal(&database.dialect.quote(schema)))
        }
        None => "current_schema()::regnamespace".to_owned(),
    };
    let there = built(database, &namespace, table, name).await?;
    let Operation::CreateIndex { index, .. } = operation else { return Ok(there.is_none()) };
    match there {
        None => Ok(false),
        Some(Built { valid: true, definition }) => {
            Ok(definition.is_some() && definition == wanted(database, &namespace, table, index, name).await?)
        }
        Some(Built { valid: false, .. }) => {
            let drop = Operation::DropIndex {
                table: table.clone(),
                name: name.into(),
                if_exists: true,
                concurrently: true,
            };
            for sql in render(database, &drop)? {
                database.run(&sql).await?;
            }
            Ok(false)
        }
    }
}

/// An index that is there.
struct Built {
    valid: bool,
    /// What it is, without the names of the index and the table.
    definition: Option<String>,
}

async fn built(
    database: &mut Database,
    namespace: &str,
    table: &TableName,
    name: &str,
) -> Result<Option<Built>, Error> {
    // CREATE [UNIQUE] INDEX name ON [ONLY] table USING …
    let sql = format!(
        "SELECT x.indisvalid::text, x.indisunique::text || substr(d.sql, strpos(d.sql, d.names) + length(d.names)) \
         FROM pg_class AS i \
         JOIN pg_index AS x ON x.indexrelid = i.oid JOIN pg_class AS t ON t.oid = x.indrelid \
         JOIN pg_namespace AS n ON n.oid = t.relnamespace \
         CROSS JOIN LATERAL (SELECT pg_get_indexdef(i.oid) AS sql, format('%I.%I USING ', \
             CASE WHEN n.oid = pg_my_temp_schema() THEN 'pg_temp' ELSE n.nspname END, t.relname) AS names) AS d \
         WHERE i.relnamespace = {namespace} AND i.relname = {} AND t.relname = {}",
        database.dialect.literal(name),
        database.dialect.literal(&table.name)
    );
    let rows = database.rows(&sql).await?;
    Ok(rows
        .first()
        .map(|row| Built { valid: row.text(0) == Some("true"), definition: row.text(1).map(str::to_owned) }))
}

/// What PostgreSQL makes of the index that is wanted, seen on an empty copy of its table.
async fn wanted(
    database: &mut Database,
    namespace: &str,
    table: &TableName,
    index: &Index,
    name: &str,
) -> Result<Option<String>, Error> {
    let copy = TableName { schema: Some("pg_temp".to_owned()), name: table.name.clone() };
    let mut index = index.clone();
    index.concurrently = false;
    let create = Operation::CreateIndex { table: copy.clone(), index, if_not_exists: false };
    let statements = render(database, &create)?;
    let rows = database.rows(&format!("SELECT ({namespace})::text")).await?;
    let schema = rows.first().and_then(|row| row.text(0)).unwrap_or("public");
    let quoted = database.dialect.quote(&table.name);
    database.run("BEGIN").await?;
    let seen = async {
        database.run(&format!("CREATE TEMPORARY TABLE {quoted} (LIKE {schema}.{quoted})")).await?;
        for sql in &statements {
            database.run(sql).await?;
        }
        built(database, "pg_my_temp_schema()", &copy, name).await
    };
    let seen = seen.await;
    database.run("ROLLBACK").await?;
    // An index that cannot be is none that is there.
    Ok(seen.ok().flatten().and_then(|built| built.definition))
}

fn render(database: &Database, operation: &Operation) -> Result<Vec<String>, Error> {
    let rendered = database.dialect.render(operation, &Metadata::default());
    Ok(rendered.map_err(|source| Error::DataStep { source })?.statements)
}

/// Puts a schema before the others of the search path until the transaction ends; the statement that takes it out again.
pub(super) async fn look_in(database: &mut Database, schema: &str) -> Result<String, Error> {
    let rows = database.rows("SHOW search_path").await?;
    let path = rows.first().and_then(|row| row.text(0)).filter(|path| !path.is_empty()).unwrap_or("''");
    let schema = database.dialect().quote(schema);
    database.run(&format!("SET LOCAL search_path TO {schema}, {path}")).await?;
    Ok(format!("SET LOCAL search_path TO {path}"))
}
