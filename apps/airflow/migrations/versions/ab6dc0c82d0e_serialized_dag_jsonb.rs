//! Airflow 3.2.0: PostgreSQL has serialized DAGs as `jsonb`.
//!
//! That has no NUL characters (`\u0000`) and no half of a surrogate pair: the former are left out, and the latter become
//! U+FFFD. The real upgrade fails on both.

use dunlin_core::operation::DataStep;
use dunlin_core::prelude::*;
use dunlin_core::session::{Batches, BoxError, Row, Session};

#[allow(
    dead_code,
    clippy::duplicate_mod,
    reason = "each revision has its own, and not every one needs all of it"
)]
#[path = "_json_text.rs"]
mod json_text;

pub(crate) fn revision() -> Revision {
    Revision::new("ab6dc0c82d0e")
        .down_revision("15d84ca19038")
        .message("make data of serialized_dag jsonb on PostgreSQL")
}

pub(crate) fn upgrade(op: &mut Operations) {
    let suspicious = r"data::text ~ '\\u(0000|[dD][89a-fA-F])'";
    let dags = Batches::new("serialized_dag", ["id"]).only_where(suspicious).size(100);
    let step = DataStep::in_batches("mend what is no jsonb", ["serialized_dag"], dags, |session, rows| {
        Box::pin(mend(session, rows))
    });
    op.run_step(step.only_on([DialectName::Postgres]));
    let json = ColumnType::from(DataType::Json).on(DialectName::Postgres, DataType::native("JSONB"));
    op.alter_column("serialized_dag", "data", |c| c.column_type(json));
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_column("serialized_dag", "data", |c| c.column_type(DataType::Json));
}

/// Each is read alone, as they may be large.
async fn mend(session: &mut dyn Session, rows: Vec<Row>) -> Result<(), BoxError> {
    for row in rows {
        let id = session.literal(&row.text(0).unwrap_or_default().into());
        let found = session.query(&format!("SELECT data::text FROM serialized_dag WHERE id = {id}")).await?;
        let Some(data) = found.first().and_then(|row| row.text(0)) else { continue };
        let mended = session.literal(&json_text::for_jsonb(data).into());
        session.execute(&format!("UPDATE serialized_dag SET data = {mended} WHERE id = {id}")).await?;
    }
    Ok(())
}
