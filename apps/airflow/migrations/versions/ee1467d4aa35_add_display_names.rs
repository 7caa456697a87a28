//! Airflow 2.9.0: the names under which DAGs and tasks are shown.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("ee1467d4aa35")
        .down_revision("b4078ac230a1")
        .message("add display names to dag and task_instance")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.alter_table("dag", |t| {
        t.add_column(Column::new("dag_display_name", DataType::string(2000)));
    });
    op.alter_table("task_instance", |t| {
        t.add_column(Column::new("task_display_name", DataType::string(2000)));
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_table("dag", |t| {
        t.drop_column("dag_display_name");
    });
    op.alter_table("task_instance", |t| {
        t.drop_column("task_display_name");
    });
}
