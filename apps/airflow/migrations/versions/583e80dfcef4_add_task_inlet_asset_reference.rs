//! Airflow 3.1.0: what assets a task reads.

use airflow_plugin::{string_id, timestamp};
use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("583e80dfcef4")
        .down_revision("3ac9e5732b1f")
        .message("create the table task_inlet_asset_reference")
}

pub(crate) fn upgrade(op: &mut Operations) {
    let cascade = |column: &str, table: &str, referred: &str| {
        ForeignKey::new([column], table, [referred]).on_delete(ReferentialAction::Cascade)
    };
    op.create_table("task_inlet_asset_reference", |t| {
        t.column("asset_id", DataType::Integer);
        t.column("dag_id", string_id());
        t.column("task_id", string_id());
        t.column("created_at", timestamp()).not_null();
        t.column("updated_at", timestamp()).not_null();
        t.primary_key("tiar_pkey", ["asset_id", "dag_id", "task_id"]);
        t.foreign_key(cascade("asset_id", "asset", "id").named("tiar_asset_fkey"));
        t.foreign_key(cascade("dag_id", "dag", "dag_id").named("tiar_dag_id_fkey"));
        t.index("idx_task_inlet_asset_reference_dag_id", ["dag_id"]);
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_table("task_inlet_asset_reference");
}
