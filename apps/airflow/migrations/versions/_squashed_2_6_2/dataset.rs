//! Datasets: who writes them, who waits for them, what changed.

use airflow_plugin::{string_id, timestamp};
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{Boolean, Integer, Json};

use super::columns::{cascade, uri};

pub(super) fn create(op: &mut Operations) {
    op.create_table("dataset", |t| {
        t.column("id", Integer);
        t.column("uri", uri()).not_null();
        t.column("extra", Json).not_null();
        t.column("created_at", timestamp()).not_null();
        t.column("updated_at", timestamp()).not_null();
        t.column("is_orphaned", Boolean).not_null().server_default(SqlValue::expression("(false)"));
        t.primary_key("dataset_pkey", ["id"]);
        t.add_index(Index::new("idx_uri_unique", ["uri"]).unique());
    });

    op.create_table("dag_schedule_dataset_reference", |t| {
        t.column("dataset_id", Integer);
        t.column("dag_id", string_id());
        t.column("created_at", timestamp()).not_null();
        t.column("updated_at", timestamp()).not_null();
        t.primary_key("dsdr_pkey", ["dataset_id", "dag_id"]);
        t.foreign_key(cascade(["dag_id"], "dag", ["dag_id"]).named("dsdr_dag_id_fkey"));
        t.foreign_key(cascade(["dataset_id"], "dataset", ["id"]).named("dsdr_dataset_fkey"));
    });

    op.create_table("task_outlet_dataset_reference", |t| {
        t.column("dataset_id", Integer);
        t.column("dag_id", string_id());
        t.column("task_id", string_id());
        t.column("created_at", timestamp()).not_null();
        t.column("updated_at", timestamp()).not_null();
        t.primary_key("todr_pkey", ["dataset_id", "dag_id", "task_id"]);
        t.foreign_key(cascade(["dag_id"], "dag", ["dag_id"]).named("todr_dag_id_fkey"));
        t.foreign_key(cascade(["dataset_id"], "dataset", ["id"]).named("todr_dataset_fkey"));
    });

    op.create_table("dataset_dag_run_queue", |t| {
        t.column("dataset_id", Integer);
        t.column("target_dag_id", string_id());
        t.column("created_at", timestamp()).not_null();
        t.primary_key("datasetdagrunqueue_pkey", ["dataset_id", "target_dag_id"]);
        t.foreign_key(cascade(["target_dag_id"], "dag", ["dag_id"]).named("ddrq_dag_fkey"));
        t.foreign_key(cascade(["dataset_id"], "dataset", ["id"]).named("ddrq_dataset_fkey"));
    });

    op.create_table("dataset_event", |t| {
        t.column("id", Integer);
        t.column("dataset_id", Integer).not_null();
        t.column("extra", Json).not_null();
        t.column("timestamp", timestamp()).not_null();
        t.column("source_task_id", string_id());
        t.column("source_dag_id", string_id());
        t.column("source_run_id", string_id());
        t.column("source_map_index", Integer).server_default(SqlValue::text("-1"));
        t.primary_key("dataset_event_pkey", ["id"]);
        t.index("idx_dataset_id_timestamp", ["dataset_id", "timestamp"]);
    });

    op.create_table("dagrun_dataset_event", |t| {
        t.column("dag_run_id", Integer);
        t.column("event_id", Integer);
        t.primary_key("dagrun_dataset_event_pkey", ["dag_run_id", "event_id"]);
        t.foreign_key(
            cascade(["dag_run_id"], "dag_run", ["id"]).named("dagrun_dataset_event_dag_run_id_fkey"),
        );
        t.foreign_key(
            cascade(["event_id"], "dataset_event", ["id"]).named("dagrun_dataset_event_event_id_fkey"),
        );
        t.index("idx_dagrun_dataset_events_dag_run_id", ["dag_run_id"]);
        t.index("idx_dagrun_dataset_events_event_id", ["event_id"]);
    });
}

pub(super) fn drop(op: &mut Operations) {
    op.drop_table("dagrun_dataset_event");
    op.drop_table("dataset_event");
    op.drop_table("dataset_dag_run_queue");
    op.drop_table("task_outlet_dataset_reference");
    op.drop_table("dag_schedule_dataset_reference");
    op.drop_table("dataset");
}
