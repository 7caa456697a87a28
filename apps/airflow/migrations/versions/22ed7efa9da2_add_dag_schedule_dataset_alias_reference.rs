//! Airflow 2.10.0: which aliases a DAG waits for.

use airflow_plugin::{string_id, timestamp};
use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("22ed7efa9da2")
        .down_revision("8684e37832e6")
        .message("create the table dag_schedule_dataset_alias_reference")
}

pub(crate) fn upgrade(op: &mut Operations) {
    let cascade = |column: &str, table: &str, referred: &str| {
        ForeignKey::new([column], table, [referred]).on_delete(ReferentialAction::Cascade)
    };
    op.create_table("dag_schedule_dataset_alias_reference", |t| {
        t.column("alias_id", DataType::Integer);
        t.column("dag_id", string_id());
        t.column("created_at", timestamp()).not_null();
        t.column("updated_at", timestamp()).not_null();
        t.primary_key("dsdar_pkey", ["alias_id", "dag_id"]);
        t.foreign_key(cascade("alias_id", "dataset_alias", "id").named("dsdar_dataset_fkey"));
        t.foreign_key(cascade("dag_id", "dag", "dag_id").named("dsdar_dag_fkey"));
        t.index("idx_dag_schedule_dataset_alias_reference_dag_id", ["dag_id"]);
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_table("dag_schedule_dataset_alias_reference");
}
