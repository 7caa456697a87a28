//! Airflow 2.10.0: an index for each reference to a DAG, which a deleted DAG needs.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("0fd0c178cbe8")
        .down_revision("686269002441")
        .message("add indexes on the dag_id of referring tables")
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

const INDEXES: [(&str, &str, &str); 5] = [
    ("idx_dag_schedule_dataset_reference_dag_id", "dag_schedule_dataset_reference", "dag_id"),
    ("idx_dag_tag_dag_id", "dag_tag", "dag_id"),
    ("idx_dag_warning_dag_id", "dag_warning", "dag_id"),
    ("idx_dataset_dag_run_queue_target_dag_id", "dataset_dag_run_queue", "target_dag_id"),
    ("idx_task_outlet_dataset_reference_dag_id", "task_outlet_dataset_reference", "dag_id"),
];
