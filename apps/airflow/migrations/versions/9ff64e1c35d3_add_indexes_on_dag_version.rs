//! Airflow 3.3.0: an index for each reference to a version of a DAG, which a deleted version needs.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("9ff64e1c35d3")
        .down_revision("dd5f3a8e2b91")
        .message("add indexes on created_dag_version_id of dag_run and dag_version_id of task_instance")
}

pub(crate) fn upgrade(op: &mut Operations) {
    for (index, table, column) in INDEXES {
        op.create_index(index, table, [column]);
    }
}

pub(crate) fn downgrade(op: &mut Operations) {
    for (index, table, _) in INDEXES {
        op.drop_index(index, table);
    }
}

const INDEXES: [(&str, &str, &str); 2] = [
    ("idx_dag_run_created_dag_version_id", "dag_run", "created_dag_version_id"),
    ("ti_dag_version_id", "task_instance", "dag_version_id"),
];
