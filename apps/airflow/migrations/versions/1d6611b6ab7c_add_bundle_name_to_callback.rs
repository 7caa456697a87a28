//! Airflow 3.2.0: which bundle the DAG of a callback is in, so that it is called where the bundle is processed.
//!
//! The callbacks that wait for the DAG processor say so in their data. One whose data says nothing that could be the
//! name of a bundle stays without; the real upgrade fails on some of them.

use std::collections::BTreeMap;

use airflow_plugin::string_id;
use dunlin_core::prelude::*;
use dunlin_core::session::{Batches, BoxError, Session};
use serde_json::Value;

pub(crate) fn revision() -> Revision {
    Revision::new("1d6611b6ab7c")
        .down_revision("888b59e02a5b")
        .message("add the column bundle_name to callback")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.add_column("callback", Column::new("bundle_name", string_id()));
    op.run("name the bundles of callbacks of the DAG processor", ["callback"], |session| {
        Box::pin(name_bundles(session))
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_column("callback", "bundle_name");
}

async fn name_bundles(session: &mut dyn Session) -> Result<(), BoxError> {
    let mut batches =
        Batches::new("callback", ["id"]).columns(["data"]).only_where("type = 'dag_processor'").size(200);
    while let Some(rows) = batches.next(session).await? {
        let mut ids: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in &rows {
            if let Some((id, bundle)) = row.text(0).zip(row.text(1).and_then(bundle_of)) {
                ids.entry(bundle).or_default().push(session.literal(&id.into()));
            }
        }
        for (bundle, ids) in ids {
            let bundle = session.literal(&bundle.into());
            let ids = ids.join(", ");
            session
                .execute(&format!("UPDATE callback SET bundle_name = {bundle} WHERE id IN ({ids})"))
                .await?;
        }
    }
    Ok(())
}

/// The bundle that the data of a callback names. What is to be processed is JSON, or a text that is JSON.
fn bundle_of(data: &str) -> Option<String> {
    let data: Value = serde_json::from_str(data).ok()?;
    let request = match plain(&data).get("req_data")? {
        Value::String(text) => serde_json::from_str(text).ok()?,
        request => plain(request).clone(),
    };
    let bundle = request.get("bundle_name")?.as_str()?;
    can_be_a_name(bundle).then(|| bundle.to_owned())
}

/// Airflow writes a mapping beside the word for it.
fn plain(value: &Value) -> &Value {
    match value.get("__type") {
        Some(kind) if kind == "dict" => value.get("__var").unwrap_or(value),
        _ => value,
    }
}

/// Names are of 250 characters at most, and of none that PostgreSQL, or three bytes on MySQL, cannot have.
fn can_be_a_name(text: &str) -> bool {
    text.chars().count() <= 250 && text.chars().all(|c| c != '\0' && c <= '\u{ffff}')
}
