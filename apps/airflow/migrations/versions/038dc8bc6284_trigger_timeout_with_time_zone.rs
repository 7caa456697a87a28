//! Airflow 3.0.0: until when a deferred task waits is a point in time, as every other time of a task is.
//!
//! The revision of 2.6.2 made it that already. The way back leaves a column without a time zone, as Airflow's does.

use airflow_plugin::timestamp;
use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("038dc8bc6284")
        .down_revision("e229247a6cb1")
        .message("give trigger_timeout of task_instance a time zone")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.alter_column("task_instance", "trigger_timeout", |c| c.column_type(timestamp()));
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_column("task_instance", "trigger_timeout", |c| c.column_type(DataType::datetime()));
}
