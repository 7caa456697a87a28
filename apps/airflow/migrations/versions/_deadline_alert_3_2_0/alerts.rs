//! Deadline alerts, out of the serialized DAGs and into them.

use std::collections::BTreeMap;

use dunlin_core::dialect::DialectName;
use dunlin_core::session::{BoxError, Row, Session};
use md5::{Digest as _, Md5};
use serde::de::IgnoredAny;

use super::hash::float;
use super::json_text::{elements, member, members, quoted, string};
use super::serialized_dag::SerializedDag;

/// Makes rows of the alerts, and lets the deadlines refer to them.
pub(super) async fn move_out(session: &mut dyn Session, rows: Vec<Row>) -> Result<(), BoxError> {
    // The first alert of each DAG.
    let mut first = BTreeMap::new();
    for row in &rows {
        let Some(dag) = SerializedDag::read(session, row).await? else { continue };
        if let Some(id) = move_out_of(session, &dag).await? {
            first.entry(dag.dag_id).or_insert(id);
        }
    }
    link_deadlines(session, &first).await
}

/// The id of the first alert, if there is any.
async fn move_out_of(session: &mut dyn Session, dag: &SerializedDag) -> Result<Option<String>, BoxError> {
    let Some(deadline) = dag.deadline() else { return Ok(None) };
    let mut first = None;
    let mut ids = Vec::new();
    for (at, alert) in elements(deadline).unwrap_or(vec![deadline]).into_iter().enumerate() {
        if let Some(values) = Values::of(alert) {
            let id = id_of(&dag.id, at);
            insert(session, &id, &dag.id, &values).await?;
            ids.push(quoted(&dashed(&id)));
            first.get_or_insert(id);
        } else if alert.starts_with('"') {
            ids.push(alert.to_owned());
        } else if members(alert).is_some() {
            dag.warn(
                "a deadline alert of it has no reference, interval in seconds, or callback, and is left out",
            );
        }
    }
    if first.is_some() {
        dag.set_deadline(session, &format!("[{}]", ids.join(", "))).await?;
    }
    Ok(first)
}

/// What a serialized alert says.
struct Values<'t> {
    /// JSON.
    reference: &'t str,
    /// In seconds.
    interval: f64,
    /// JSON.
    callback: &'t str,
}

impl<'t> Values<'t> {
    fn of(alert: &'t str) -> Option<Self> {
        let values = member(alert, "__var").unwrap_or(alert);
        let interval = member(values, "interval")?;
        let interval: f64 = string(interval).as_deref().unwrap_or(interval).trim().parse().ok()?;
        // What Python reads is not JSON to every database.
        let json =
            |key: &str| member(values, key).filter(|json| serde_json::from_str::<IgnoredAny>(json).is_ok());
        let (reference, callback) = (json("reference")?, json("callback")?);
        interval.is_finite().then_some(Self { reference, interval, callback })
    }
}

async fn insert(session: &mut dyn Session, id: &str, dag: &str, values: &Values<'_>) -> Result<(), BoxError> {
    let Values { reference, interval, callback } = *values;
    let interval_column = session.quote("interval");
    let [id, dag, reference, callback] =
        [id, dag, reference, callback].map(|value| session.literal(&value.into()));
    session
        .execute(&format!(
            "INSERT INTO deadline_alert (id, created_at, serialized_dag_id, reference, {interval_column}, callback_def) \
             SELECT {id}, created_at, id, {reference}, {interval:?}, {callback} FROM serialized_dag WHERE id = {dag}"
        ))
        .await?;
    Ok(())
}

/// Lets the deadlines of DAGs that refer to no alert refer to one.
async fn link_deadlines(
    session: &mut dyn Session,
    alerts: &BTreeMap<String, String>,
) -> Result<(), BoxError> {
    if alerts.is_empty() {
        return Ok(());
    }
    let (mut dags, mut cases) = (Vec::new(), String::new());
    for (dag, alert) in alerts {
        let (dag, alert) = (session.literal(&dag.as_str().into()), session.literal(&alert.as_str().into()));
        cases.push_str(&format!(" WHEN {dag} THEN {alert}"));
        dags.push(dag);
    }
    let dag = "(SELECT run.dag_id FROM dag_run AS run WHERE run.id = deadline.dagrun_id)";
    let id = match session.dialect() {
        DialectName::Postgres => format!("CAST(CASE {dag}{cases} END AS uuid)"),
        _ => format!("CASE {dag}{cases} END"),
    };
    session
        .execute(&format!(
            "UPDATE deadline SET deadline_alert_id = {id} WHERE deadline_alert_id IS NULL \
             AND dagrun_id IN (SELECT run.id FROM dag_run AS run WHERE run.dag_id IN ({}))",
            dags.join(", ")
        ))
        .await?;
    Ok(())
}

/// Puts the alerts where they were.
pub(super) async fn move_in(session: &mut dyn Session, rows: Vec<Row>) -> Result<(), BoxError> {
    for row in &rows {
        if let Some(dag) = SerializedDag::read(session, row).await? {
            move_into(session, &dag).await?;
        }
    }
    Ok(())
}

async fn move_into(session: &mut dyn Session, dag: &SerializedDag) -> Result<(), BoxError> {
    let Some(items) = dag.deadline().and_then(elements) else { return Ok(()) };
    let Some(ids) = items.iter().map(|item| string(item)).collect::<Option<Vec<_>>>() else { return Ok(()) };
    let mut alerts = Vec::new();
    for id in ids.iter().filter_map(|id| undashed(id)) {
        alerts.extend(alert(session, &id).await?);
    }
    if alerts.len() < ids.len() {
        dag.warn("a deadline alert of it is in no row of deadline_alert");
    }
    if !alerts.is_empty() {
        dag.set_deadline(session, &format!("[{}]", alerts.join(", "))).await?;
    }
    Ok(())
}

/// An alert as it is serialized.
async fn alert(session: &mut dyn Session, id: &str) -> Result<Option<String>, BoxError> {
    let text = match session.dialect() {
        DialectName::MySql | DialectName::MariaDb => {
            "CAST(reference AS CHAR), CAST(`interval` AS DOUBLE), CAST(callback_def AS CHAR)"
        }
        _ => "CAST(reference AS TEXT), \"interval\", CAST(callback_def AS TEXT)",
    };
    let this = session.literal(&id.into());
    let found = session.query(&format!("SELECT {text} FROM deadline_alert WHERE id = {this}")).await?;
    let Some(row) = found.first() else { return Ok(None) };
    let [reference, callback] = [0, 2].map(|at| row.text(at).unwrap_or("null"));
    let interval: f64 = row.parse(1)?.unwrap_or_default();
    let interval = match session.dialect() {
        DialectName::MySql | DialectName::MariaDb => as_given(interval),
        _ => interval,
    };
    let interval = float(interval);
    Ok(Some(format!(
        "{{\"__type\": \"deadline_alert\", \
         \"__var\": {{\"reference\": {reference}, \"interval\": {interval}, \"callback\": {callback}}}}}"
    )))
}

/// MySQL keeps 32 bits of a number: the shortest that has them.
fn as_given(interval: f64) -> f64 {
    #[allow(clippy::cast_possible_truncation, reason = "it has no more bits")]
    let bits = interval as f32;
    bits.to_string().parse().unwrap_or(interval)
}

/// A UUID of version 7, without dashes: the time of another one, and what follows from that and a number.
fn id_of(dag: &str, at: usize) -> String {
    let dag = undashed(dag).unwrap_or_else(|| dag.to_owned());
    let mut id: [u8; 16] = Md5::digest(format!("{dag}/{at}")).into();
    for (byte, hex) in id.iter_mut().zip(dag.as_bytes().chunks(2)).take(6) {
        let given = std::str::from_utf8(hex).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok());
        *byte = given.unwrap_or(*byte);
    }
    id[6] = 0x70 | (id[6] & 0x0f);
    id[8] = 0x80 | (id[8] & 0x3f);
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digits of a UUID; `None` if it is none.
fn undashed(id: &str) -> Option<String> {
    let digits = id.replace('-', "").to_lowercase();
    (digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())).then_some(digits)
}

fn dashed(id: &str) -> String {
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| id.get(part).unwrap_or_default());
    parts.join("-")
}
