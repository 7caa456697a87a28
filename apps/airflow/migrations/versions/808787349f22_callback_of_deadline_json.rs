//! Airflow 3.1.0: what is called when a deadline is missed is an object, where a path and arguments were.
//!
//! Arguments that are none (NULL, a list, a number) become none at all, upwards and back, as Airflow does it; a string
//! that holds an object is that object. The arguments themselves stay as they are written. Backwards a path is cut at 500
//! characters, and what is no such object at all has an empty path, where the real downgrade may fail.

use dunlin_core::prelude::*;
use dunlin_core::session::{Batches, BoxError, Row, Session};

#[allow(
    dead_code,
    clippy::duplicate_mod,
    reason = "each revision has its own, and not every one needs all of it"
)]
#[path = "_json_text.rs"]
mod json_text;

use json_text::{member, members, quoted, string};

pub(crate) fn revision() -> Revision {
    Revision::new("808787349f22")
        .down_revision("3bda03debd04")
        .message("make one JSON column of callback and callback_kwargs of deadline")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.add_column("deadline", Column::new("callback_new", DataType::Json));
    let deadlines = Batches::new("deadline", ["id"]).columns(["callback", "callback_kwargs"]).size(100);
    op.run_in_batches(
        "put path and arguments of callbacks together",
        ["deadline"],
        deadlines,
        |session, rows| Box::pin(put_together(session, rows)),
    );
    op.alter_table("deadline", |t| {
        t.drop_column("callback");
        t.drop_column("callback_kwargs");
        t.alter_column("callback_new").rename("callback").nullable(false);
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_table("deadline", |t| {
        t.add_column(Column::new("callback_old", DataType::string(500)));
        t.add_column(Column::new("callback_kwargs", DataType::Json));
    });
    let deadlines = Batches::new("deadline", ["id"]).columns(["callback"]).size(100);
    op.run_in_batches(
        "take path and arguments of callbacks apart",
        ["deadline"],
        deadlines,
        |session, rows| Box::pin(take_apart(session, rows)),
    );
    op.alter_table("deadline", |t| {
        t.drop_column("callback");
        t.alter_column("callback_old").rename("callback").nullable(false);
    });
}

async fn put_together(session: &mut dyn Session, rows: Vec<Row>) -> Result<(), BoxError> {
    let callback = |row: &Row| {
        let path = quoted(row.text(1).unwrap_or_default());
        let arguments = arguments(row.text(2));
        SqlValue::Text(format!(
            "{{\"__data__\": {{\"path\": {path}, \"kwargs\": {arguments}}}, \
             \"__classname__\": \"{CLASS}\", \"__version__\": 0}}"
        ))
    };
    set(session, &rows, "callback_new", "json", callback).await
}

const CLASS: &str = "airflow.sdk.definitions.deadline.AsyncCallback";

async fn take_apart(session: &mut dyn Session, rows: Vec<Row>) -> Result<(), BoxError> {
    let part = |row: &Row, key: &str| {
        let callback = object(row.text(1)?)?;
        member(member(&callback, "__data__").unwrap_or(&callback), key).map(str::to_owned)
    };
    let path = |row: &Row| {
        let path = part(row, "path").and_then(|path| string(&path)).unwrap_or_default();
        SqlValue::Text(path.chars().take(500).collect())
    };
    set(session, &rows, "callback_old", "varchar", path).await?;
    let arguments = |row: &Row| SqlValue::Text(arguments(part(row, "kwargs").as_deref()));
    set(session, &rows, "callback_kwargs", "json", arguments).await
}

fn arguments(text: Option<&str>) -> String {
    text.and_then(object).unwrap_or_else(|| "{}".to_owned())
}

/// An object, as it is or in a string.
fn object(text: &str) -> Option<String> {
    let object = string(text).unwrap_or_else(|| text.to_owned());
    members(&object).is_some().then_some(object)
}

/// Sets a column of the rows of a batch; `cast` is the type of the values on PostgreSQL.
async fn set(
    session: &mut dyn Session,
    rows: &[Row],
    column: &str,
    cast: &str,
    value: impl Fn(&Row) -> SqlValue + Send,
) -> Result<(), BoxError> {
    let ids: Vec<String> =
        rows.iter().map(|row| session.literal(&row.text(0).unwrap_or_default().into())).collect();
    let cases: Vec<String> = rows
        .iter()
        .zip(&ids)
        .map(|(row, id)| format!("WHEN {id} THEN {}", session.literal(&value(row))))
        .collect();
    let cases = format!("CASE id {} END", cases.join(" "));
    let value = if session.dialect() == DialectName::Postgres { format!("({cases})::{cast}") } else { cases };
    session
        .execute(&format!("UPDATE deadline SET {column} = {value} WHERE id IN ({})", ids.join(", ")))
        .await?;
    Ok(())
}
