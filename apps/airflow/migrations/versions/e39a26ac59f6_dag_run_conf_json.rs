//! Airflow 3.0.0: what a run was asked to do is JSON, not a pickle.
//!
//! - Plain data is converted: texts without NUL characters, NaN and infinities as texts, keys of mappings as texts. An
//!   empty mapping as Python 3.8 and later pickles it becomes NULL, as Airflow does it.
//! - What is no plain data (an object, bytes, a set, or no pickle at all) is kept in the table [`ASIDE`], which is made
//!   only if there is any; the real upgrade forgets it. The way back puts it where it was.
//! - The way back pickles what the JSON says, with whole numbers beyond 64 bits as floating point. On MySQL and SQLite
//!   the real downgrade pickles the text of it.

use std::fmt::Write as _;

use airflow_plugin::string_id;
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{Binary, Integer, Json};
use dunlin_core::session::{BoxError, Session};
use serde_pickle::{DeOptions, HashableValue, SerOptions, Value};

pub(crate) fn revision() -> Revision {
    Revision::new("e39a26ac59f6").down_revision("38770795785f").message("make conf of dag_run JSON")
}

pub(crate) fn upgrade(op: &mut Operations) {
    let json = ColumnType::from(Json).on(DialectName::Postgres, DataType::native("JSONB"));
    op.add_column("dag_run", Column::new("conf_json", json));
    op.run("make JSON of conf", ["dag_run"], |session| Box::pin(to_json(session)));
    keep_the_rest(op);
    op.drop_column("dag_run", "conf");
    op.rename_column("dag_run", "conf_json", "conf");
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.add_column("dag_run", Column::new("conf_pickle", Binary));
    op.run("pickle conf", ["dag_run"], |session| Box::pin(to_pickle(session)));
    op.create_table_if_not_exists(ASIDE, |t| {
        t.column("id", Integer).without_autoincrement();
        t.column("dag_id", string_id()).not_null();
        t.column("run_id", string_id()).not_null();
        t.column("conf", Binary);
        t.primary_key("airflow_moved_dag_run_conf_pkey", ["id"]);
    });
    op.execute(format!(
        "UPDATE dag_run SET conf_pickle = (SELECT kept.conf FROM {ASIDE} AS kept WHERE kept.id = dag_run.id) \
         WHERE conf IS NULL AND id IN (SELECT id FROM {ASIDE})"
    ));
    op.drop_table(ASIDE);
    op.drop_column("dag_run", "conf");
    op.rename_column("dag_run", "conf_pickle", "conf");
}

/// Named as Airflow names what it moves.
const ASIDE: &str = "_airflow_moved__3_0_0__dag_run_conf";

/// A table that is made only if there are rows for it is no operation: PostgreSQL and MySQL take it as a statement,
/// SQLite from the function that converts.
fn keep_the_rest(op: &mut Operations) {
    let postgres = DialectName::Postgres;
    let block = format!(
        "DO $$ BEGIN IF EXISTS (SELECT 1 {}) THEN {}; {}; END IF; END $$",
        unconverted(postgres),
        create("", "WITH NO DATA"),
        insert(postgres)
    );
    op.execute_ddl(PerDialect::only(postgres, block), [ASIDE]);
    for statement in [create("(PRIMARY KEY (id))", "LIMIT 0"), insert(DialectName::MySql)] {
        let any = unconverted(DialectName::MySql);
        for part in [
            format!("SET @statement = IF(EXISTS (SELECT 1 {any}), '{statement}', 'DO 0')"),
            "PREPARE statement FROM @statement".to_owned(),
            "EXECUTE statement".to_owned(),
            "DEALLOCATE PREPARE statement".to_owned(),
        ] {
            op.execute_ddl(PerDialect::only(DialectName::MySql, part), [ASIDE]);
        }
    }
}

fn create(key: &str, without_rows: &str) -> String {
    format!(
        "CREATE TABLE IF NOT EXISTS {ASIDE} {key} AS SELECT id, dag_id, run_id, conf FROM dag_run {without_rows}"
    )
}

fn insert(dialect: DialectName) -> String {
    let rows = unconverted(dialect);
    format!(
        "INSERT INTO {ASIDE} (id, dag_id, run_id, conf) \
         SELECT id, dag_id, run_id, conf {rows} AND id NOT IN (SELECT id FROM {ASIDE})"
    )
}

fn unconverted(dialect: DialectName) -> String {
    format!("FROM dag_run WHERE conf_json IS NULL AND conf <> {}", empty(dialect))
}

/// The pickle of an empty mapping, protocol 5.
fn empty(dialect: DialectName) -> &'static str {
    match dialect {
        DialectName::Postgres => "'\\x80057d942e'::bytea",
        DialectName::Sqlite => "X'80057D942E'",
        _ => "0x80057D942E",
    }
}

async fn to_json(session: &mut dyn Session) -> Result<(), BoxError> {
    let dialect = session.dialect();
    let hex = if dialect == DialectName::Postgres { "encode(conf, 'hex')" } else { "hex(conf)" };
    let rows = format!("conf <> {}", empty(dialect));
    convert(session, hex, &rows, "conf_json", |hex| {
        let value = serde_pickle::value_from_slice(&bytes_of(hex)?, DeOptions::new()).ok()?;
        let mut json = String::new();
        write_json(&mut json, &value, deepest(dialect))?;
        Some(SqlValue::Text(json))
    })
    .await?;
    let any = session.query(&format!("SELECT 1 {} LIMIT 1", unconverted(dialect))).await?;
    if dialect == DialectName::Sqlite && !any.is_empty() {
        session.execute(&create("", "LIMIT 0")).await?;
        session.execute(&insert(dialect)).await?;
    }
    Ok(())
}

async fn to_pickle(session: &mut dyn Session) -> Result<(), BoxError> {
    let text = match session.dialect() {
        DialectName::MySql | DialectName::MariaDb => "CAST(conf AS CHAR)",
        _ => "CAST(conf AS TEXT)",
    };
    convert(session, text, "conf IS NOT NULL", "conf_pickle", |text| {
        let json: serde_json::Value = serde_json::from_str(text).ok()?;
        serde_pickle::to_vec(&json, SerOptions::new()).ok().map(SqlValue::Bytes)
    })
    .await?;
    let left = "SELECT id FROM dag_run WHERE conf IS NOT NULL AND conf_pickle IS NULL LIMIT 1";
    match session.query(left).await?.first().and_then(|row| row.text(0)) {
        Some(id) => Err(format!("the conf of the run {id} is no JSON that can be pickled").into()),
        None => Ok(()),
    }
}

/// How many rows are read at a time, and about how long the statements are that write them.
const ROWS: usize = 1_000;
const LENGTH: usize = 1 << 20;

/// Sets a column to what `convert` makes of the texts that an expression has; where it makes nothing, it stays NULL.
async fn convert(
    session: &mut dyn Session,
    expression: &str,
    rows: &str,
    column: &str,
    convert: impl Fn(&str) -> Option<SqlValue> + Send,
) -> Result<(), BoxError> {
    let mut behind = String::new();
    loop {
        let sql =
            format!("SELECT id, {expression} FROM dag_run WHERE {rows}{behind} ORDER BY id LIMIT {ROWS}");
        let found = session.query(&sql).await?;
        let Some(last) = found.last().and_then(|row| row.text(0)) else { return Ok(()) };
        behind = format!(" AND id > {last}");
        let (mut ids, mut cases) = (Vec::new(), String::new());
        for row in &found {
            if let Some((id, value)) = row.text(0).zip(row.text(1).and_then(&convert)) {
                write!(cases, " WHEN {id} THEN {}", session.literal(&value))?;
                ids.push(id);
            }
            if cases.len() > LENGTH {
                update(session, column, &mut ids, &mut cases).await?;
            }
        }
        update(session, column, &mut ids, &mut cases).await?;
    }
}

async fn update(
    session: &mut dyn Session,
    column: &str,
    ids: &mut Vec<&str>,
    cases: &mut String,
) -> Result<(), BoxError> {
    if !ids.is_empty() {
        let value = match (session.dialect(), column) {
            (DialectName::Postgres, "conf_json") => format!("CAST(CASE id{cases} END AS jsonb)"),
            (DialectName::Postgres, _) => format!("CAST(CASE id{cases} END AS bytea)"),
            _ => format!("CASE id{cases} END"),
        };
        let sql = format!("UPDATE dag_run SET {column} = {value} WHERE id IN ({})", ids.join(", "));
        session.execute(&sql).await?;
    }
    ids.clear();
    cases.clear();
    Ok(())
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()).collect()
}

/// How deep JSON may be: MySQL and MariaDB have limits.
fn deepest(dialect: DialectName) -> usize {
    match dialect {
        DialectName::MySql => 100,
        DialectName::MariaDb => 30,
        _ => 500,
    }
}

/// Writes a value as JSON; `None` if it is none, or too deep.
fn write_json(json: &mut String, value: &Value, depth: usize) -> Option<()> {
    let below = depth.checked_sub(1)?;
    match value {
        Value::None => json.push_str("null"),
        Value::Bool(value) => write!(json, "{value}").ok()?,
        Value::I64(value) => write!(json, "{value}").ok()?,
        Value::Int(value) => write!(json, "{value}").ok()?,
        Value::F64(value) => json.push_str(&number(*value)),
        Value::String(text) => json.push_str(&quoted(text)),
        Value::List(values) | Value::Tuple(values) => {
            json.push('[');
            for (at, value) in values.iter().enumerate() {
                json.push_str(if at == 0 { "" } else { ", " });
                write_json(json, value, below)?;
            }
            json.push(']');
        }
        Value::Dict(pairs) => {
            json.push('{');
            for (at, (key, value)) in pairs.iter().enumerate() {
                json.push_str(if at == 0 { "" } else { ", " });
                json.push_str(&quoted(&key_of(key)?));
                json.push_str(": ");
                write_json(json, value, below)?;
            }
            json.push('}');
        }
        Value::Bytes(_) | Value::Set(_) | Value::FrozenSet(_) => return None,
    }
    Some(())
}

/// A key as Python writes it in JSON.
fn key_of(key: &HashableValue) -> Option<String> {
    Some(match key {
        HashableValue::None => "null".to_owned(),
        HashableValue::Bool(value) => value.to_string(),
        HashableValue::I64(value) => value.to_string(),
        HashableValue::Int(value) => value.to_string(),
        HashableValue::F64(value) => number(*value).trim_matches('"').to_owned(),
        HashableValue::String(text) => text.clone(),
        _ => return None,
    })
}

/// JSON has no word for what is not finite.
fn number(value: f64) -> String {
    match value {
        _ if value.is_nan() => "\"NaN\"".to_owned(),
        f64::INFINITY => "\"Infinity\"".to_owned(),
        f64::NEG_INFINITY => "\"-Infinity\"".to_owned(),
        _ => format!("{value:?}"),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text.replace('\0', "")).to_string()
}
