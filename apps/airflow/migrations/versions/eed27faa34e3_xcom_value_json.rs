//! Airflow 3.0.0: what tasks hand on to others is JSON, which the database knows to be that.
//!
//! - Pickled values move to the table `_xcom_archive`.
//! - Python writes some JSON that no database takes: NaN and Infinity become null, and NUL characters in strings
//!   (`\u0000`) are left out, as Airflow does it. Only numbers are meant: a string that says NaN stays.
//! - A value that is still none (empty, cut off, half a surrogate pair, a number out of range, no UTF-8) moves to
//!   `_xcom_archive` as it is. The real upgrade fails on those.
//! - The way back puts what was archived where it was, unless there is a newer value; the real downgrade drops it.

use airflow_plugin::{string_id, string_id_of, timestamp};
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{Binary, Integer, Json};
use dunlin_core::session::{Batches, BoxError, Session};

pub(crate) fn revision() -> Revision {
    Revision::new("eed27faa34e3").down_revision("9fc3fc5de720").message("make value of xcom JSON")
}

pub(crate) fn upgrade(op: &mut Operations) {
    create_archive(op);
    op.execute(on_each(|dialect| archive(dialect, pickled(dialect))));
    op.execute(on_each(|dialect| format!("DELETE FROM xcom WHERE {}", pickled(dialect))));
    op.run(
        "make JSON of values that are nearly that, archive those that are not",
        [XCOM, ARCHIVE],
        |session| Box::pin(mend_values(session)),
    );
    // SQLite has bytes and texts in one column, and MySQL makes JSON of texts only.
    op.execute(PerDialect::only(
        DialectName::Sqlite,
        "UPDATE xcom SET value = CAST(value AS TEXT)".to_owned(),
    ));
    let text = DataType::LongText.character_set("utf8mb4");
    let bytes_or_text = ColumnType::from(Binary).on(DialectName::MySql, text);
    op.alter_column(XCOM, "value", |c| c.column_type(bytes_or_text));
    let json = ColumnType::from(Json).on(DialectName::Postgres, DataType::native("JSONB"));
    op.alter_column(XCOM, "value", |c| {
        c.column_type(json)
            .using(PerDialect::only(DialectName::Postgres, "convert_from(value, 'UTF8')::jsonb".to_owned()))
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_column(XCOM, "value", |c| {
        c.column_type(long_bytes())
            .using(PerDialect::only(DialectName::Postgres, "convert_to(value::text, 'UTF8')".to_owned()))
    });
    op.execute(PerDialect::only(
        DialectName::Sqlite,
        "UPDATE xcom SET value = CAST(value AS BLOB)".to_owned(),
    ));
    create_archive(op);
    op.execute(on_each(|dialect| {
        let columns = columns(dialect);
        let newer = same_row(dialect, "xcom");
        format!(
            "INSERT INTO xcom ({columns}) SELECT {columns} FROM _xcom_archive AS archived \
             WHERE NOT EXISTS (SELECT 1 FROM xcom WHERE {newer}) \
             AND EXISTS (SELECT 1 FROM task_instance AS task WHERE task.dag_id = archived.dag_id \
             AND task.task_id = archived.task_id AND task.run_id = archived.run_id \
             AND task.map_index = archived.map_index)"
        )
    }));
    op.drop_table(ARCHIVE);
}

const XCOM: &str = "xcom";
const ARCHIVE: &str = "_xcom_archive";
const KEY: [&str; 4] = ["dag_run_id", "task_id", "map_index", "key"];

/// It may be there: somebody may have dropped it, or kept it.
fn create_archive(op: &mut Operations) {
    let minus_one =
        PerDialect::all(SqlValue::expression("(-1)")).on(DialectName::Postgres, SqlValue::text("-1"));
    op.create_table_if_not_exists(ARCHIVE, |t| {
        t.column("dag_run_id", Integer);
        t.column("task_id", string_id());
        t.column("map_index", Integer).server_default(minus_one);
        t.column("key", string_id_of(512));
        t.column("dag_id", string_id()).not_null();
        t.column("run_id", string_id()).not_null();
        t.column("value", long_bytes());
        t.column("timestamp", timestamp()).not_null();
        t.primary_key("_xcom_archive_pkey", KEY);
    });
}

fn long_bytes() -> ColumnType {
    ColumnType::from(Binary).on(DialectName::MySql, DataType::LongBlob)
}

/// A statement in the words of each database.
fn on_each(say: impl Fn(DialectName) -> String) -> PerDialect<String> {
    let [postgres, mysql, sqlite] = [DialectName::Postgres, DialectName::MySql, DialectName::Sqlite];
    PerDialect::only(postgres, say(postgres)).on(mysql, say(mysql)).on(sqlite, say(sqlite))
}

/// A pickle of protocol 2 or above begins with a byte that JSON cannot begin with.
fn pickled(dialect: DialectName) -> &'static str {
    match dialect {
        DialectName::Postgres => "substr(value, 1, 1) = '\\x80'::bytea",
        DialectName::Sqlite => "substr(value, 1, 1) = X'80'",
        _ => "left(value, 1) = X'80'",
    }
}

fn archive(dialect: DialectName, condition: &str) -> String {
    let columns = columns(dialect);
    let there = same_row(dialect, ARCHIVE);
    format!(
        "INSERT INTO _xcom_archive ({columns}) SELECT {columns} FROM xcom AS archived \
         WHERE {condition} AND NOT EXISTS (SELECT 1 FROM _xcom_archive WHERE {there})"
    )
}

fn columns(dialect: DialectName) -> String {
    format!("dag_run_id, task_id, map_index, {}, dag_id, run_id, value, timestamp", key(dialect))
}

/// Whether a row of a table has the key of the row called `archived`.
fn same_row(dialect: DialectName, table: &str) -> String {
    let key = key(dialect);
    ["dag_run_id", "task_id", "map_index", key]
        .map(|column| format!("{table}.{column} = archived.{column}"))
        .join(" AND ")
}

/// A reserved word of MySQL's.
fn key(dialect: DialectName) -> &'static str {
    if matches!(dialect, DialectName::MySql | DialectName::MariaDb) { "`key`" } else { "key" }
}

/// Whether bytes are JSON to the database, and whether a value is to be looked at: because they are not, or because
/// of what it says.
struct Words {
    is_json: fn(&str) -> String,
    hex: &'static str,
    suspicious: &'static str,
}

fn words(dialect: DialectName) -> Words {
    match dialect {
        DialectName::Postgres => Words {
            is_json: |bytes| format!("pg_temp.is_json({bytes})"),
            hex: "encode(value, 'hex')",
            suspicious: "NOT pg_temp.is_json(value)",
        },
        // It takes bytes for text as they are, up to a zero: beyond printable ASCII they are looked at.
        DialectName::Sqlite => Words {
            is_json: |bytes| format!("json_valid(CAST({bytes} AS TEXT))"),
            hex: "hex(value)",
            suspicious: "NOT json_valid(CAST(value AS TEXT)) OR instr(CAST(value AS TEXT), '\\u0000') > 0 \
                         OR length(CAST(value AS TEXT)) <> length(value) \
                         OR CAST(value AS TEXT) GLOB '*[^ -~]*'",
        },
        // What is no UTF-8 is replaced or NULL when it is converted.
        _ => Words {
            is_json: |bytes| format!("coalesce(json_valid(CONVERT({bytes} USING utf8mb4)), 0)"),
            hex: "hex(value)",
            suspicious: "coalesce(json_valid(CONVERT(value USING utf8mb4)), 0) = 0 \
                         OR coalesce(CAST(CONVERT(value USING utf8mb4) AS BINARY) <> value, 1) \
                         OR instr(value, '\\\\u0000') > 0",
        },
    }
}

/// PostgreSQL tells what is no JSON by an error, which only a function can take.
const IS_JSON_ON_POSTGRES: &str = "CREATE OR REPLACE FUNCTION pg_temp.is_json(value bytea) RETURNS boolean \
    LANGUAGE plpgsql AS $$ BEGIN PERFORM convert_from(value, 'UTF8')::jsonb; RETURN true; \
    EXCEPTION WHEN OTHERS THEN RETURN false; END $$";

async fn mend_values(session: &mut dyn Session) -> Result<(), BoxError> {
    let dialect = session.dialect();
    let words = words(dialect);
    if dialect == DialectName::Postgres {
        session.execute(IS_JSON_ON_POSTGRES).await?;
    }
    let condition = format!("value IS NOT NULL AND ({})", words.suspicious);
    let mut batches = Batches::new(XCOM, KEY).only_where(condition);
    while let Some(rows) = batches.next(session).await? {
        for row in rows {
            let parts = KEY.iter().enumerate().map(|(at, column)| {
                let value = session.literal(&row.text(at).unwrap_or_default().into());
                format!("{} = {value}", session.quote(column))
            });
            let this = parts.collect::<Vec<_>>().join(" AND ");
            mend(session, &words, &this).await?;
        }
    }
    if dialect == DialectName::Postgres {
        session.execute("DROP FUNCTION pg_temp.is_json(bytea)").await?;
    }
    Ok(())
}

/// Mends or archives one value.
async fn mend(session: &mut dyn Session, words: &Words, this: &str) -> Result<(), BoxError> {
    let found = session.query(&format!("SELECT {} FROM xcom WHERE {this}", words.hex)).await?;
    let bytes = found.first().and_then(|row| row.text(0)).and_then(bytes_of).unwrap_or_default();
    if let Some(json) = std::str::from_utf8(&bytes).ok().and_then(without_what_json_has_not) {
        let value = session.literal(&SqlValue::Bytes(json.into_bytes()));
        let asked = session.query(&format!("SELECT 1 WHERE {}", (words.is_json)(&value))).await?;
        if !asked.is_empty() {
            session.execute(&format!("UPDATE xcom SET value = {value} WHERE {this}")).await?;
            return Ok(());
        }
    }
    let archive = archive(session.dialect(), this);
    session.execute(&archive).await?;
    session.execute(&format!("DELETE FROM xcom WHERE {this}")).await?;
    Ok(())
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()).collect()
}

/// A text with null for NaN and Infinity, and without escaped NUL characters. What else there is stays; `None` if there
/// is a NUL character, behind which a database may not look.
fn without_what_json_has_not(text: &str) -> Option<String> {
    let mut found = String::with_capacity(text.len());
    let mut rest = text;
    let mut in_string = false;
    while let Some(next) = rest.chars().next() {
        let (taken, put) = match next {
            '\0' => return None,
            '\\' if in_string && rest.starts_with("\\u0000") => ("\\u0000".len(), ""),
            '\\' if in_string => {
                let escaped = rest.chars().nth(1).map_or(0, char::len_utf8);
                (1 + escaped, &rest[..1 + escaped])
            }
            '"' => {
                in_string = !in_string;
                (1, "\"")
            }
            _ => match NOT_FINITE.iter().find(|word| !in_string && rest.starts_with(**word)) {
                Some(word) => (word.len(), "null"),
                None => (next.len_utf8(), &rest[..next.len_utf8()]),
            },
        };
        found.push_str(put);
        rest = &rest[taken..];
    }
    Some(found)
}

const NOT_FINITE: [&str; 3] = ["NaN", "-Infinity", "Infinity"];
