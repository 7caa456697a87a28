//! Airflow 3.0.0: from when on a run may start.
//!
//! That is the end of its data interval, or else its logical date. A run that has neither, which the real upgrade fails
//! on, gets the time at which it was queued, started or last changed, or that of the upgrade.

use airflow_plugin::timestamp;
use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("6a9e7a527a88").down_revision("33b04e4bfa19").message("add the column run_after to dag_run")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.add_column("dag_run", Column::new("run_after", timestamp()));
    op.execute(
        "UPDATE dag_run SET run_after = coalesce(data_interval_end, logical_date, queued_at, start_date, \
         updated_at, CURRENT_TIMESTAMP)",
    );
    op.alter_column("dag_run", "run_after", |c| c.nullable(false));
    op.create_index("idx_dag_run_run_after", "dag_run", ["run_after"]);
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_index("idx_dag_run_run_after", "dag_run");
    op.drop_column("dag_run", "run_after");
}
