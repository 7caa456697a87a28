//! Airflow 3.0.0: what a DAG's timetable is, in words, under its right name.
//!
//! Airflow 2 reads JSON where 3 keeps words, so the way back leaves the column empty until the DAGs are read again.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("0bfc26bc256e")
        .down_revision("d0f1c55954fa")
        .message("rename the column schedule_interval of dag to timetable_summary")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.rename_column("dag", "schedule_interval", "timetable_summary");
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.rename_column("dag", "timetable_summary", "schedule_interval");
    op.execute("UPDATE dag SET schedule_interval = NULL");
}
