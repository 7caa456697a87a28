//! Airflow 3.2.0: the callback of a deadline is one of the table of callbacks.
//!
//! - It is written as Airflow writes what it puts there, each object within as `{"__var": …, "__type": "dict"}`. What the
//!   real upgrade writes (plain objects within one of those on PostgreSQL, plain objects only elsewhere) Airflow cannot
//!   read.
//! - A callback that waited or was on its way waits again. One without a path, or without arguments, has none.
//! - On PostgreSQL NUL characters in arguments are left out, and half of a surrogate pair becomes U+FFFD, as `jsonb` has
//!   neither; the real upgrade fails on those.
//! - The way back reads both forms. It deletes the callbacks of deadlines; the real one deletes all.

use dunlin_core::operation::Backfill;
use dunlin_core::prelude::*;
use dunlin_core::session::{Batches, BoxError, Row, Session};

#[allow(
    dead_code,
    clippy::duplicate_mod,
    reason = "each revision has its own, and not every one needs all of it"
)]
#[path = "_json_text.rs"]
mod json_text;

use json_text::{elements, for_jsonb, member, members, quoted, string};

pub(crate) fn revision() -> Revision {
    Revision::new("e812941398f4").down_revision("b87d2135fa50").message("let deadline refer to callback")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.alter_table("deadline", |t| {
        t.add_column(Column::new("missed", DataType::Boolean));
        t.add_column(Column::new("callback_id", uuid()));
    });
    let uuid = PerDialect::only(DialectName::Postgres, "gen_random_uuid()".to_owned())
        .on(DialectName::MySql, UUID_ON_MYSQL.to_owned())
        .on(DialectName::Sqlite, UUID_ON_SQLITE.to_owned());
    op.backfill(
        Backfill::new("deadline")
            .set("missed", "coalesce(callback_state IN ('success', 'failed'), false)")
            .set("callback_id", uuid),
    );
    let deadlines = Batches::new("deadline", ["id"]).size(100);
    op.run_in_batches("write the callbacks of deadlines", ["callback"], deadlines, |session, rows| {
        Box::pin(write(session, rows))
    });
    op.drop_index("deadline_callback_state_time_idx", "deadline");
    op.alter_table("deadline", |t| {
        t.drop_constraint(ConstraintKind::ForeignKey, "deadline_trigger_id_fkey");
        t.drop_column("callback");
        t.drop_column("trigger_id");
        t.drop_column("callback_state");
        t.alter_column("missed").nullable(false);
        t.alter_column("callback_id").nullable(false);
    });
    op.create_index("deadline_missed_deadline_time_idx", "deadline", ["missed", "deadline_time"]);
    op.create_index("deadline_callback_id_idx", "deadline", ["callback_id"]);
    op.create_foreign_key(
        "deadline",
        ForeignKey::new(["callback_id"], "callback", ["id"])
            .named("deadline_callback_id_fkey")
            .on_delete(ReferentialAction::Cascade),
    );
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_table("deadline", |t| {
        t.drop_constraint(ConstraintKind::ForeignKey, "deadline_callback_id_fkey");
        t.add_column(Column::new("callback_state", DataType::string(20)));
        t.add_column(Column::new("trigger_id", DataType::Integer));
        t.add_column(Column::new("callback", DataType::Json));
    });
    op.backfill(Backfill::new("deadline").set(
        "callback_state",
        "(SELECT callback.state FROM callback \
         WHERE callback.id = deadline.callback_id AND callback.state IN ('success', 'failed'))",
    ));
    let deadlines = Batches::new("deadline", ["id"]).size(100);
    op.run_in_batches("write callbacks into their deadlines", ["deadline"], deadlines, |session, rows| {
        Box::pin(write_back(session, rows))
    });
    op.execute("DELETE FROM callback WHERE id IN (SELECT callback_id FROM deadline)");
    op.drop_index("deadline_callback_id_idx", "deadline");
    op.drop_index("deadline_missed_deadline_time_idx", "deadline");
    op.alter_table("deadline", |t| {
        t.drop_column("callback_id");
        t.drop_column("missed");
        t.alter_column("callback").nullable(false);
        t.create_foreign_key(
            ForeignKey::new(["trigger_id"], "trigger", ["id"]).named("deadline_trigger_id_fkey"),
        );
    });
    op.create_index("deadline_callback_state_time_idx", "deadline", ["callback_state", "deadline_time"]);
}

/// Text where the database has no type for it; MariaDB has one.
fn uuid() -> ColumnType {
    ColumnType::from(DataType::Uuid)
        .on(DialectName::MySql, DataType::char(32))
        .on(DialectName::MariaDb, DataType::native("uuid"))
        .on(DialectName::Sqlite, DataType::char(32))
}

/// Random, but for the version and the variant (RFC 9562, version 4).
const UUID_ON_MYSQL: &str = "lower(concat(hex(random_bytes(6)), '4', left(hex(random_bytes(2)), 3), \
    elt(1 + floor(rand() * 4), '8', '9', 'a', 'b'), left(hex(random_bytes(2)), 3), hex(random_bytes(6))))";
const UUID_ON_SQLITE: &str = "lower(hex(randomblob(6)) || '4' || substr(hex(randomblob(2)), 1, 3) \
    || substr('89ab', 1 + abs(random() % 4), 1) || substr(hex(randomblob(2)), 1, 3) || hex(randomblob(6)))";

async fn write(session: &mut dyn Session, rows: Vec<Row>) -> Result<(), BoxError> {
    let dialect = session.dialect();
    let now = match dialect {
        DialectName::Postgres => "current_timestamp",
        DialectName::Sqlite => "strftime('%Y-%m-%d %H:%M:%f000', 'now')",
        _ => "current_timestamp(6)",
    };
    let deadlines = session
        .query(&format!(
            "SELECT deadline.callback_id, deadline.callback, deadline.callback_state, dag_run.dag_id \
             FROM deadline LEFT JOIN dag_run ON dag_run.id = deadline.dagrun_id WHERE deadline.id IN ({})",
            ids(session, &rows).join(", ")
        ))
        .await?;
    let callbacks = deadlines.iter().map(|deadline| {
        let id = session.literal(&deadline.text(0).unwrap_or_default().into());
        let data = written(deadline.text(1), deadline.text(3).unwrap_or_default());
        let data = if dialect == DialectName::Postgres { for_jsonb(&data) } else { data };
        let data = session.literal(&data.into());
        let ended = deadline.text(2).filter(|state| ["success", "failed"].contains(state));
        let state = ended.unwrap_or("pending");
        format!("({id}, 'triggerer', 'import_path', {data}, '{state}', 1, {now})")
    });
    let callbacks = callbacks.collect::<Vec<_>>().join(", ");
    let columns = "id, type, fetch_method, data, state, priority_weight, created_at";
    session.execute(&format!("INSERT INTO callback ({columns}) VALUES {callbacks}")).await?;
    Ok(())
}

async fn write_back(session: &mut dyn Session, rows: Vec<Row>) -> Result<(), BoxError> {
    let ids = ids(session, &rows).join(", ");
    let deadlines = session
        .query(&format!(
            "SELECT deadline.id, callback.data FROM deadline \
             JOIN callback ON callback.id = deadline.callback_id WHERE deadline.id IN ({ids})"
        ))
        .await?;
    let cases = deadlines.iter().map(|deadline| {
        let id = session.literal(&deadline.text(0).unwrap_or_default().into());
        let callback = session.literal(&read(deadline.text(1).unwrap_or_default()).into());
        format!("WHEN {id} THEN {callback}")
    });
    let callback = format!("CASE id {} END", cases.collect::<Vec<_>>().join(" "));
    let callback = match session.dialect() {
        DialectName::Postgres => format!("({callback})::json"),
        _ => callback,
    };
    session.execute(&format!("UPDATE deadline SET callback = {callback} WHERE id IN ({ids})")).await?;
    Ok(())
}

fn ids(session: &dyn Session, rows: &[Row]) -> Vec<String> {
    rows.iter().map(|row| session.literal(&row.text(0).unwrap_or_default().into())).collect()
}

/// A callback as Airflow 3.2 writes it, of one that Airflow 3.1 wrote.
fn written(callback: Option<&str>, dag_id: &str) -> String {
    let callback = callback.unwrap_or_default();
    let data = member(callback, "__data__").unwrap_or(callback);
    let path = member(data, "path").filter(|path| path.starts_with('"')).unwrap_or("\"\"");
    let arguments = member(data, "kwargs").filter(|kwargs| members(kwargs).is_some()).unwrap_or("{}");
    typed(&format!(
        "{{\"path\": {path}, \"kwargs\": {arguments}, \"prefix\": \"deadline_alerts\", \"dag_id\": {}}}",
        quoted(dag_id)
    ))
}

/// JSON in which each object says that it is one.
fn typed(json: &str) -> String {
    let mut typed = String::with_capacity(json.len() * 2);
    let (mut in_string, mut escaped) = (false, false);
    for next in json.chars() {
        match next {
            '{' if !in_string => typed.push_str("{\"__var\": {"),
            '}' if !in_string => typed.push_str("}, \"__type\": \"dict\"}"),
            _ => typed.push(next),
        }
        in_string ^= next == '"' && !escaped;
        escaped = next == '\\' && !escaped;
    }
    typed
}

/// A callback as Airflow 3.1 writes it, of one that Airflow 3.2 or the real upgrade wrote.
fn read(data: &str) -> String {
    let data = plain(data);
    let path = member(&data, "path").unwrap_or("\"\"");
    let arguments = member(&data, "kwargs").unwrap_or("{}");
    format!(
        "{{\"__data__\": {{\"path\": {path}, \"kwargs\": {arguments}}}, \
         \"__classname__\": \"airflow.sdk.definitions.deadline.AsyncCallback\", \"__version__\": 0}}"
    )
}

/// JSON in which no object says that it is one.
fn plain(json: &str) -> String {
    if let Some(elements) = elements(json) {
        let plain: Vec<String> = elements.into_iter().map(plain).collect();
        return format!("[{}]", plain.join(", "));
    }
    let Some(members) = members(json) else { return json.to_owned() };
    let of_a_dict = member(json, "__type").and_then(string).as_deref() == Some("dict");
    if let Some(var) = member(json, "__var").filter(|_| of_a_dict && members.len() == 2) {
        // What is within one may look like one.
        return match json_text::members(var) {
            Some(members) => object(members),
            None => plain(var),
        };
    }
    object(members)
}

fn object(members: Vec<(&str, &str)>) -> String {
    let plain: Vec<String> =
        members.into_iter().map(|(key, value)| format!("{key}: {}", plain(value))).collect();
    format!("{{{}}}", plain.join(", "))
}
