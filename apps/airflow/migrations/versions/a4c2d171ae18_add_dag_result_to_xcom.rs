//! Airflow 3.3.0: whether what a task hands on is the result of its DAG.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("a4c2d171ae18").down_revision("1d6611b6ab7c").message("add the column dag_result to xcom")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.add_column("xcom", Column::new("dag_result", DataType::Boolean));
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_column("xcom", "dag_result");
}
