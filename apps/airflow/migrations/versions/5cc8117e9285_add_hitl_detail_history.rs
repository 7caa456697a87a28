//! Airflow 3.2.0: what earlier tries of a task asked people, and what they answered.

use airflow_plugin::timestamp;
use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("5cc8117e9285")
        .down_revision("1b2c3d4e5f6g")
        .message("create the table hitl_detail_history")
}

pub(crate) fn upgrade(op: &mut Operations) {
    let id = ColumnType::from(DataType::string(36)).on(DialectName::Postgres, DataType::Uuid);
    op.create_table("hitl_detail_history", |t| {
        t.column("ti_history_id", id);
        t.column("options", DataType::Json).not_null();
        t.column("subject", DataType::Text).not_null();
        t.column("body", DataType::Text);
        t.column("defaults", DataType::Json);
        t.column("multiple", DataType::Boolean);
        t.column("params", DataType::Json).not_null();
        t.column("assignees", DataType::Json);
        t.column("created_at", timestamp()).not_null();
        t.column("responded_at", timestamp());
        t.column("responded_by", DataType::Json);
        t.column("chosen_options", DataType::Json);
        t.column("params_input", DataType::Json).not_null();
        t.primary_key("hitl_detail_history_pkey", ["ti_history_id"]);
        t.foreign_key(
            ForeignKey::new(["ti_history_id"], "task_instance_history", ["task_instance_id"])
                .named("hitl_detail_history_tih_fkey")
                .on_delete(ReferentialAction::Cascade)
                .on_update(ReferentialAction::Cascade),
        );
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_table("hitl_detail_history");
}
