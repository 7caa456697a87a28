//! Airflow 3.3.0: why a task is tried again, and after how long.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("b8f3e4a1d2c9")
        .down_revision("fde9ed84d07b")
        .message("add retry_delay_override and retry_reason to task_instance and task_instance_history")
}

pub(crate) fn upgrade(op: &mut Operations) {
    for table in TABLES {
        op.alter_table(table, |t| {
            t.add_column(Column::new("retry_delay_override", DataType::Float));
            t.add_column(Column::new("retry_reason", DataType::string(500)));
        });
    }
}

pub(crate) fn downgrade(op: &mut Operations) {
    for table in TABLES {
        op.alter_table(table, |t| {
            t.drop_column("retry_delay_override");
            t.drop_column("retry_reason");
        });
    }
}

const TABLES: [&str; 2] = ["task_instance", "task_instance_history"];
