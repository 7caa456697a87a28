//! Airflow 3.0.0: nothing looks log entries up by their DAG alone any more.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("16cbcb1c8c36").down_revision("522625f6d606").message("drop the index idx_log_dag")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.drop_index("idx_log_dag", "log");
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.create_index("idx_log_dag", "log", ["dag_id"]);
}
