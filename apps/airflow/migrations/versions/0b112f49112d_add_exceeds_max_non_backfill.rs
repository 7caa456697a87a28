//! Airflow 3.2.0: whether a DAG has as many runs as it may have.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("0b112f49112d")
        .down_revision("c47f2e1ab9d4")
        .message("add the column exceeds_max_non_backfill to dag")
}

pub(crate) fn upgrade(op: &mut Operations) {
    let no = PerDialect::all(SqlValue::Boolean(false)).on(DialectName::Sqlite, SqlValue::text("0"));
    op.add_column(
        "dag",
        Column::new("exceeds_max_non_backfill", DataType::Boolean).not_null().server_default(no),
    );
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_column("dag", "exceeds_max_non_backfill");
}
