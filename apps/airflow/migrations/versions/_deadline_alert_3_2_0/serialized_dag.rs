//! Serialized DAGs, one after the other.

use std::io::{Read as _, Write as _};

use dunlin_core::dialect::{DialectName, PerDialect};
use dunlin_core::schema::SqlValue;
use dunlin_core::session::{Batches, BoxError, Row, Session};
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

use super::hash::hash;
use super::json_text::{member, members};

/// A serialized DAG that may have deadline alerts.
pub(super) struct SerializedDag {
    pub(super) id: String,
    pub(super) dag_id: String,
    /// JSON.
    data: String,
    is_compressed: bool,
}

/// The ids and DAGs of those that may have deadline alerts.
pub(super) fn ids() -> Batches {
    // A compressed one must be looked at, and on SQLite data may be no JSON.
    let or = |condition: &str| format!("data_compressed IS NOT NULL OR {condition}");
    let condition = PerDialect::only(DialectName::Postgres, or("data -> 'dag' -> 'deadline' IS NOT NULL"))
        .on(DialectName::MySql, or("json_extract(data, '$.dag.deadline') IS NOT NULL"))
        .on(DialectName::Sqlite, or("data LIKE '%\"deadline\"%'"));
    Batches::new("serialized_dag", ["id"]).columns(["dag_id"]).only_where(condition).size(500)
}

impl SerializedDag {
    /// Reads that of a row of [`ids`]; `None`, and a warning, if it is no zlib or no text.
    pub(super) async fn read(session: &mut dyn Session, row: &Row) -> Result<Option<Self>, BoxError> {
        let (id, dag_id) = (row.text(0).unwrap_or_default(), row.text(1).unwrap_or_default());
        let (text, hex) = match session.dialect() {
            DialectName::Postgres => ("data::text", "encode(data_compressed, 'hex')"),
            DialectName::Sqlite => ("data", "hex(data_compressed)"),
            _ => ("CAST(data AS CHAR)", "hex(data_compressed)"),
        };
        let this = session.literal(&id.into());
        let sql = format!("SELECT {text}, {hex} FROM serialized_dag WHERE id = {this}");
        let found = session.query(&sql).await?;
        let Some(found) = found.first() else { return Ok(None) };
        let compressed = found.text(1).filter(|hex| !hex.is_empty());
        let data = match compressed {
            Some(hex) => bytes_of(hex).and_then(|bytes| decompressed(&bytes)),
            None => found.text(0).map(str::to_owned),
        };
        let (id, dag_id) = (id.to_owned(), dag_id.to_owned());
        Ok(match data {
            Some(data) => Some(Self { id, dag_id, data, is_compressed: compressed.is_some() }),
            None => {
                warn(&id, &dag_id, "its data_compressed is no zlib of a text");
                None
            }
        })
    }

    /// What it says of deadlines: JSON. `None`, and a warning, if its data are none.
    pub(super) fn deadline(&self) -> Option<&str> {
        if members(&self.data).is_none() {
            self.warn("its data are no JSON");
        }
        member(member(&self.data, "dag")?, "deadline")
    }

    /// Lets it say something else of deadlines, with the hash of that.
    pub(super) async fn set_deadline(
        &self,
        session: &mut dyn Session,
        deadline: &str,
    ) -> Result<(), BoxError> {
        let dag = member(&self.data, "dag").and_then(|dag| with(dag, "\"deadline\"", deadline));
        let Some(data) = dag.and_then(|dag| with(&self.data, "\"dag\"", &dag)) else { return Ok(()) };
        let hash = hash(&data).map(|hash| format!(", dag_hash = '{hash}'")).unwrap_or_default();
        let (column, value) = match self.is_compressed {
            true => ("data_compressed", SqlValue::Bytes(compressed(&data)?)),
            false => ("data", SqlValue::Text(data)),
        };
        let (value, this) = (session.literal(&value), session.literal(&self.id.as_str().into()));
        session
            .execute(&format!("UPDATE serialized_dag SET {column} = {value}{hash} WHERE id = {this}"))
            .await?;
        Ok(())
    }

    /// Says that something of it is left as it is, or left out.
    pub(super) fn warn(&self, what: &str) {
        warn(&self.id, &self.dag_id, what);
    }
}

fn warn(id: &str, dag_id: &str, what: &str) {
    tracing::warn!(
        "serialized_dag {id} of the DAG {dag_id}: {what}; Airflow writes it again when it reads the DAG"
    );
}

/// An object with another value of a member.
fn with(object: &str, key: &str, value: &str) -> Option<String> {
    let members = members(object)?.into_iter();
    let members = members.map(|(name, old)| format!("{name}: {}", if name == key { value } else { old }));
    Some(format!("{{{}}}", members.collect::<Vec<_>>().join(", ")))
}

fn decompressed(bytes: &[u8]) -> Option<String> {
    let mut text = String::new();
    ZlibDecoder::new(bytes).read_to_string(&mut text).ok()?;
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
