//! Airflow 3.2.0: a backfill makes runs of partitions too, which have no logical date; and a run says when it was made.
//!
//! The way back deletes what a backfill says of runs without a date; the runs themselves stay. On MySQL the real
//! revision cuts the fractions of a second off the dates, and has none from then on.

use airflow_plugin::{string_id, timestamp};
use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("134de42d3cb0").down_revision("e42d9fcd10d9").message(
        "add partition_key to backfill_dag_run, whose logical_date may be missing, and created_at to dag_run",
    )
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.add_column("dag_run", Column::new("created_at", timestamp()));
    op.alter_table("backfill_dag_run", |t| {
        t.add_column(Column::new("partition_key", string_id()));
        t.alter_column("logical_date").nullable(true);
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.execute("DELETE FROM backfill_dag_run WHERE logical_date IS NULL");
    op.alter_table("backfill_dag_run", |t| {
        t.alter_column("logical_date").nullable(false);
        t.drop_column("partition_key");
    });
    op.drop_column("dag_run", "created_at");
}
