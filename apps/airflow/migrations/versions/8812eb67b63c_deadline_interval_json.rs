//! Airflow 3.3.0: how long after its reference a deadline is, is JSON: a number of seconds, or what names a variable
//! that has it.
//!
//! MySQL keeps a number in 32 bits, and shows six digits of it, which are all that the real upgrade takes along: here it is
//! the shortest number that has those bits.
//!
//! Airflow 3.2 knows numbers only. The way back stops, before anything has changed, at an interval that is none, and
//! says which; the real downgrade makes NULL of it, which the column refuses.

use dunlin_core::prelude::*;
use dunlin_core::session::{Batches, BoxError, Session};
use serde_json::Value;

pub(crate) fn revision() -> Revision {
    Revision::new("8812eb67b63c")
        .down_revision("acc215baed80")
        .message("make interval of deadline_alert JSON")
}

pub(crate) fn upgrade(op: &mut Operations) {
    let wide = ColumnType::from(DataType::Float).on(DialectName::MySql, DataType::Double);
    op.alter_column(TABLE, "interval", |c| c.column_type(wide));
    op.run("take intervals for what was given, on MySQL", [TABLE], |session| {
        Box::pin(take_for_what_was_given(session))
    });
    let postgres = "json_build_object('__classname__', 'datetime.timedelta', '__version__', 2, \
                    '__data__', \"interval\")";
    let sqlite = format!("'{BEFORE}' || \"interval\" || '{BEHIND}'");
    op.alter_column(TABLE, "interval", |c| {
        c.column_type(DataType::Json).using(
            PerDialect::only(DialectName::Postgres, postgres.to_owned()).on(DialectName::Sqlite, sqlite),
        )
    });
    op.execute(PerDialect::only(
        DialectName::MySql,
        format!(
            "UPDATE {TABLE} SET `interval` = concat('{BEFORE}', `interval`, '{BEHIND}') \
             WHERE json_type(`interval`) <> 'OBJECT'"
        ),
    ));
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.run("look for intervals that are no number of seconds", [TABLE], |session| {
        Box::pin(refuse_other_intervals(session))
    });
    op.execute(PerDialect::only(
        DialectName::MySql,
        format!(
            "UPDATE {TABLE} SET `interval` = json_extract(`interval`, '$.__data__') \
             WHERE json_type(`interval`) = 'OBJECT'"
        ),
    ));
    let postgres = "CASE json_typeof(\"interval\") WHEN 'number' THEN \"interval\"::text::double precision \
                    ELSE (\"interval\" ->> '__data__')::double precision END";
    let sqlite = "CAST(coalesce(json_extract(\"interval\", '$.__data__'), \"interval\") AS REAL)";
    op.alter_column(TABLE, "interval", |c| {
        c.column_type(DataType::Float).using(
            PerDialect::only(DialectName::Postgres, postgres.to_owned())
                .on(DialectName::Sqlite, sqlite.to_owned()),
        )
    });
}

const TABLE: &str = "deadline_alert";

/// A number of seconds as Airflow keeps it, before and behind the number.
const BEFORE: &str = "{\"__classname__\": \"datetime.timedelta\", \"__version__\": 2, \"__data__\": ";
const BEHIND: &str = "}";

/// 0.1 in 32 bits is 0.10000000149011612 in 64.
async fn take_for_what_was_given(session: &mut dyn Session) -> Result<(), BoxError> {
    if !matches!(session.dialect(), DialectName::MySql | DialectName::MariaDb) {
        return Ok(());
    }
    let mut batches = Batches::new(TABLE, ["id"]).columns(["interval"]);
    while let Some(rows) = batches.next(session).await? {
        for row in rows {
            let Some(interval) = row.parse::<f64>(1)? else { continue };
            #[allow(clippy::cast_possible_truncation, reason = "it has no more bits")]
            let given = interval as f32;
            let id = session.literal(&row.text(0).unwrap_or_default().into());
            if f64::from(given).to_bits() == interval.to_bits() && given.to_string() != interval.to_string() {
                session.execute(&format!("UPDATE {TABLE} SET `interval` = {given} WHERE id = {id}")).await?;
            }
        }
    }
    Ok(())
}

async fn refuse_other_intervals(session: &mut dyn Session) -> Result<(), BoxError> {
    let mut others = 0;
    let mut first = None;
    let mut batches = Batches::new(TABLE, ["id"]).columns(["interval"]);
    while let Some(rows) = batches.next(session).await? {
        for row in rows.iter().filter(|row| !is_seconds(row.text(1).unwrap_or_default())) {
            others += 1;
            first = first.or_else(|| row.text(0).map(str::to_owned));
        }
    }
    match first {
        None => Ok(()),
        Some(id) => Err(format!(
            "table deadline_alert has {others} rows whose interval is no number of seconds, which is all that Airflow \
             3.2 knows: the first has the id {id}; delete them, or give their DAGs other intervals, before going back"
        )
        .into()),
    }
}

fn is_seconds(interval: &str) -> bool {
    match serde_json::from_str(interval) {
        Ok(Value::Number(_)) => true,
        Ok(Value::Object(interval)) => interval.get("__data__").is_some_and(Value::is_number),
        _ => false,
    }
}
