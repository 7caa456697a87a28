//! Datasets: who writes them, who waits for them, what changed.

use airflow_plugin::{string_id, timestamp};
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{Boolean, Integer, Json};

use super::columns::{cascade, uri};

/// Writes down the tables of this area.
pub(crate) fn tables(metadata: &mut Metadata) {
    dataset(metadata);
    dag_schedule_dataset_reference(metadata);
    task_outlet_dataset_reference(metadata);
    dataset_dag_run_queue(metadata);
    dataset_event(metadata);
    dagrun_dataset_event(metadata);
}

/// Datasets.
fn dataset(metadata: &mut Metadata) {
    metadata.table("dataset", |t| {
        t.column("id", Integer).primary_key();
        t.column("uri", uri()).not_null();
        t.column("extra", Json).not_null();
        t.column("created_at", timestamp()).not_null();
        t.column("updated_at", timestamp()).not_null();
        t.column("is_orphaned", Boolean).not_null().server_default(SqlValue::expression("(false)"));
        t.add_index(Index::new("idx_uri_unique", ["uri"]).unique());
    });
}

/// DAGs that wait for a dataset.
fn dag_schedule_dataset_reference(metadata: &mut Metadata) {
    metadata.table("dag_schedule_dataset_reference", |t| {
        t.column("dataset_id", Integer);
        t.column("dag_id", string_id());
        t.column("created_at", timestamp()).not_null();
        t.column("updated_at", timestamp()).not_null();
        t.primary_key("dsdr_pkey", ["dataset_id", "dag_id"]);
        t.foreign_key(cascade(["dag_id"], "dag", ["dag_id"]).named("dsdr_dag_id_fkey"));
        t.foreign_key(cascade(["dataset_id"], "dataset", ["id"]).named("dsdr_dataset_fkey"));
    });
}

/// Tasks that write a dataset.
fn task_outlet_dataset_reference(metadata: &mut Metadata) {
    metadata.table("task_outlet_dataset_reference", |t| {
        t.column("dataset_id", Integer);
        t.column("dag_id", string_id());
        t.column("task_id", string_id());
        t.column("created_at", timestamp()).not_null();
        t.column("updated_at", timestamp()).not_null();
        t.primary_key("todr_pkey", ["dataset_id", "dag_id", "task_id"]);
        t.foreign_key(cascade(["dag_id"], "dag", ["dag_id"]).named("todr_dag_id_fkey"));
        t.foreign_key(cascade(["dataset_id"], "dataset", ["id"]).named("todr_dataset_fkey"));
    });
}

/// DAGs of which some, not yet all, datasets have changed.
fn dataset_dag_run_queue(metadata: &mut Metadata) {
    metadata.table("dataset_dag_run_queue", |t| {
        t.column("dataset_id", Integer);
        t.column("target_dag_id", string_id());
        t.column("created_at", timestamp()).not_null();
        t.primary_key("datasetdagrunqueue_pkey", ["dataset_id", "target_dag_id"]);
        t.foreign_key(cascade(["target_dag_id"], "dag", ["dag_id"]).named("ddrq_dag_fkey"));
        t.foreign_key(cascade(["dataset_id"], "dataset", ["id"]).named("ddrq_dataset_fkey"));
    });
}

/// Changes of datasets.
fn dataset_event(metadata: &mut Metadata) {
    metadata.table("dataset_event", |t| {
        t.column("id", Integer).primary_key();
        t.column("dataset_id", Integer).not_null();
        t.column("extra", Json).not_null();
        t.column("timestamp", timestamp()).not_null();
        t.column("source_task_id", string_id());
        t.column("source_dag_id", string_id());
        t.column("source_run_id", string_id());
        t.column("source_map_index", Integer).server_default(SqlValue::text("-1"));
        t.index("idx_dataset_id_timestamp", ["dataset_id", "timestamp"]);
    });
}

/// Changes that started a run.
fn dagrun_dataset_event(metadata: &mut Metadata) {
    metadata.table("dagrun_dataset_event", |t| {
        t.column("dag_run_id", Integer).primary_key();
        t.column("event_id", Integer).primary_key();
        t.foreign_key(cascade(["dag_run_id"], "dag_run", ["id"]));
        t.foreign_key(cascade(["event_id"], "dataset_event", ["id"]));
        t.index("idx_dagrun_dataset_events_dag_run_id", ["dag_run_id"]);
        t.index("idx_dagrun_dataset_events_event_id", ["event_id"]);
    });
}
