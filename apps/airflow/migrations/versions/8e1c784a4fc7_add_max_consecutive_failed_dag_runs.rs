//! Airflow 2.9.0: after how many failed runs a DAG is paused.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("8e1c784a4fc7")
        .down_revision("ab34f260b71c")
        .message("add the column max_consecutive_failed_dag_runs to dag")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.alter_table("dag", |t| {
        t.add_column(Column::new("max_consecutive_failed_dag_runs", DataType::Integer));
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_table("dag", |t| {
        t.drop_column("max_consecutive_failed_dag_runs");
    });
}
