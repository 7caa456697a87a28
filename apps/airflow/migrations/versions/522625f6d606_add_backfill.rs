//! Airflow 3.0.0: runs of a DAG for times gone by.

use airflow_plugin::timestamp;
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{Boolean, Integer, Json};

pub(crate) fn revision() -> Revision {
    Revision::new("522625f6d606")
        .down_revision("1cdc775ca98f")
        .message("create the tables backfill and backfill_dag_run")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.create_table("backfill", |t| {
        t.column("id", Integer);
        t.column("dag_id", DataType::string(250)).not_null();
        t.column("from_date", timestamp()).not_null();
        t.column("to_date", timestamp()).not_null();
        t.column("dag_run_conf", Json).not_null();
        t.column("is_paused", Boolean);
        t.column("max_active_runs", Integer).not_null();
        t.column("created_at", timestamp()).not_null();
        t.column("completed_at", timestamp());
        t.column("updated_at", timestamp()).not_null();
        t.primary_key("backfill_pkey", ["id"]);
    });
    op.create_table("backfill_dag_run", |t| {
        t.column("id", Integer);
        t.column("backfill_id", Integer).not_null();
        t.column("dag_run_id", Integer);
        t.column("sort_ordinal", Integer).not_null();
        t.primary_key("backfill_dag_run_pkey", ["id"]);
        t.unique("ix_bdr_backfill_id_dag_run_id", ["backfill_id", "dag_run_id"]);
        t.foreign_key(
            ForeignKey::new(["backfill_id"], "backfill", ["id"])
                .named("bdr_backfill_fkey")
                .on_delete(ReferentialAction::Cascade),
        );
        t.foreign_key(
            ForeignKey::new(["dag_run_id"], "dag_run", ["id"])
                .named("bdr_dag_run_fkey")
                .on_delete(ReferentialAction::SetNull),
        );
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_table("backfill_dag_run");
    op.drop_table("backfill");
}
