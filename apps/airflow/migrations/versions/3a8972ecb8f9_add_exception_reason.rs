//! Airflow 3.0.0: what a backfill does with runs that are there, and why it made no run for a date.
//!
//! Rows of an earlier way up get what the columns then meant: no run was made anew, and the date is that of the run, or
//! the first of the backfill where there is none. The real revision fails on them.

use airflow_plugin::timestamp;
use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("3a8972ecb8f9")
        .down_revision("fb2d4922cd79")
        .message("add reprocess_behavior to backfill, exception_reason and logical_date to backfill_dag_run")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.add_column("backfill", Column::new("reprocess_behavior", DataType::string(250)));
    op.execute("UPDATE backfill SET reprocess_behavior = 'none'");
    op.alter_column("backfill", "reprocess_behavior", |c| c.nullable(false));

    op.alter_table("backfill_dag_run", |t| {
        t.add_column(Column::new("exception_reason", DataType::string(250)));
        t.add_column(Column::new("logical_date", timestamp()));
    });
    op.execute(
        "UPDATE backfill_dag_run SET logical_date = coalesce(\
         (SELECT run.logical_date FROM dag_run AS run WHERE run.id = backfill_dag_run.dag_run_id), \
         (SELECT whole.from_date FROM backfill AS whole WHERE whole.id = backfill_dag_run.backfill_id))",
    );
    op.alter_column("backfill_dag_run", "logical_date", |c| c.nullable(false));
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_column("backfill", "reprocess_behavior");
    op.alter_table("backfill_dag_run", |t| {
        t.drop_column("logical_date");
        t.drop_column("exception_reason");
    });
}
