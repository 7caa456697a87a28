//! Airflow 2.10.0: which try of a task a log entry is about.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("41b3bc7c0272")
        .down_revision("ec3471c1e067")
        .message("add the column try_number and an index to log")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.alter_table("log", |t| t.add_column(Column::new("try_number", DataType::Integer)));
    let task = ["dag_id", "task_id", "run_id", "map_index", "try_number"];
    op.create_index("idx_log_task_instance", "log", task);
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_index("idx_log_task_instance", "log");
    op.alter_table("log", |t| t.drop_column("try_number"));
}
