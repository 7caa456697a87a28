//! Airflow 3.0.0: a task instance has its own heartbeat, and no job.

use airflow_plugin::timestamp;
use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("d8cd3297971e")
        .down_revision("5f57a45b8433")
        .message("add last_heartbeat_at to task_instance, drop job_id")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.drop_index("ti_job_id", "task_instance");
    op.alter_table("task_instance", |t| {
        t.drop_column("job_id");
        t.add_column(Column::new("last_heartbeat_at", timestamp()));
    });
    op.create_index("ti_heartbeat", "task_instance", ["last_heartbeat_at"]);
    op.drop_column("task_instance_history", "job_id");
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.add_column("task_instance_history", Column::new("job_id", DataType::Integer));
    op.drop_index("ti_heartbeat", "task_instance");
    op.alter_table("task_instance", |t| {
        t.drop_column("last_heartbeat_at");
        t.add_column(Column::new("job_id", DataType::Integer));
    });
    op.create_index("ti_job_id", "task_instance", ["job_id"]);
}
