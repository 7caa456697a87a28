//! Airflow 3.1.0: serialized DAGs have a new form, version 3. Those of version 2 can still be read, so that the way up does
//! nothing; the way back makes version 2 of version 3.
//!
//! All of them: the real downgrade leaves compressed ones as they are, since it takes what Airflow compresses by zlib for
//! gzip, and outside PostgreSQL those whose version is a number, as Airflow writes it. A blob that is neither zlib nor
//! gzip stays. Data that the database cannot read (`\u0000` on PostgreSQL, NaN on SQLite), on which the real downgrade
//! fails, is read here by its text.

use std::io::{Read as _, Write as _};

use dunlin_core::prelude::*;
use dunlin_core::session::{Batches, BoxError, Row, Session};
use flate2::Compression;
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use flate2::write::ZlibEncoder;

#[allow(
    dead_code,
    clippy::duplicate_mod,
    reason = "each revision has its own, and not every one needs all of it"
)]
#[path = "_json_text.rs"]
mod json_text;

use json_text::members;

pub(crate) fn revision() -> Revision {
    Revision::new("cc92b33c6709").down_revision("eaf332f43c7c").message("let serialized DAGs be of version 3")
}

pub(crate) fn upgrade(_: &mut Operations) {}

pub(crate) fn downgrade(op: &mut Operations) {
    let dags = Batches::new(DAGS, ["id"]).size(100);
    op.run_in_batches("make version 2 of serialized DAGs of version 3", [DAGS], dags, |session, rows| {
        Box::pin(to_version_2(session, rows))
    });
}

const DAGS: &str = "serialized_dag";

/// Each is read alone, as they may be large.
async fn to_version_2(session: &mut dyn Session, rows: Vec<Row>) -> Result<(), BoxError> {
    let columns = match session.dialect() {
        DialectName::Postgres => "data::text, encode(data_compressed, 'hex')",
        DialectName::MySql => "CAST(data AS CHAR), hex(data_compressed)",
        _ => "data, hex(data_compressed)",
    };
    for row in rows {
        let id = session.literal(&row.text(0).unwrap_or_default().into());
        let found = session.query(&format!("SELECT {columns} FROM {DAGS} WHERE id = {id}")).await?;
        let Some(dag) = found.first() else { continue };
        if let Some(data) = dag.text(0).and_then(version_2) {
            set(session, "data", &SqlValue::Text(data), &id).await?;
        }
        let data = dag.text(1).and_then(bytes_of).and_then(|bytes| text_of(&bytes));
        if let Some(data) = data.as_deref().and_then(version_2) {
            set(session, "data_compressed", &SqlValue::Bytes(compressed(&data)?), &id).await?;
        }
    }
    Ok(())
}

async fn set(session: &mut dyn Session, column: &str, value: &SqlValue, id: &str) -> Result<(), BoxError> {
    let value = session.literal(value);
    session.execute(&format!("UPDATE {DAGS} SET {column} = {value} WHERE id = {id}")).await?;
    Ok(())
}

/// A serialized DAG of version 3 as one of version 2; `None` if it is of another.
fn version_2(data: &str) -> Option<String> {
    let members = members(data)?;
    let version = members.iter().find(|(key, _)| *key == "\"__version\"")?.1;
    if !["3", "\"3\""].contains(&version) {
        return None;
    }
    let kept = members
        .into_iter()
        .filter(|(key, _)| *key != "\"client_defaults\"")
        .map(|(key, value)| format!("{key}: {}", if key == "\"__version\"" { "2" } else { value }));
    Some(format!("{{{}}}", kept.collect::<Vec<_>>().join(", ")))
}

fn text_of(compressed: &[u8]) -> Option<String> {
    let mut text = String::new();
    match compressed {
        [0x1F, 0x8B, ..] => MultiGzDecoder::new(compressed).read_to_string(&mut text).ok()?,
        _ => ZlibDecoder::new(compressed).read_to_string(&mut text).ok()?,
    };
    Some(text)
}

fn compressed(text: &str) -> Result<Vec<u8>, BoxError> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes())?;
    Ok(encoder.finish()?)
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()).collect()
}
