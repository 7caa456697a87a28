//! Airflow 3.0.0: when a task was scheduled.

use airflow_plugin::timestamp;
use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("33b04e4bfa19")
        .down_revision("8ea135928435")
        .message("add scheduled_dttm to task_instance and task_instance_history")
}

pub(crate) fn upgrade(op: &mut Operations) {
    for table in ["task_instance", "task_instance_history"] {
        op.add_column(table, Column::new("scheduled_dttm", timestamp()));
    }
}

pub(crate) fn downgrade(op: &mut Operations) {
    for table in ["task_instance_history", "task_instance"] {
        op.drop_column(table, "scheduled_dttm");
    }
}
