//! Airflow 2.10.0: which executor runs a task.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("677fdbb7fc54")
        .down_revision("0fd0c178cbe8")
        .message("add the column executor to task_instance")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.alter_table("task_instance", |t| {
        t.add_column(Column::new("executor", DataType::string(1000)));
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_table("task_instance", |t| {
        t.drop_column("executor");
    });
}
