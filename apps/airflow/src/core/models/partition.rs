//! Runs for partitions of assets, and what assets and tasks remember.

use airflow_plugin::{string_id, timestamp};
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{Integer, Json};

use super::columns::{cascade, medium_text};

/// Writes down the tables of this area.
pub(crate) fn tables(metadata: &mut Metadata) {
    asset_partition_dag_run(metadata);
    partitioned_asset_key_log(metadata);
    asset_state_store(metadata);
    task_state_store(metadata);
}

/// Runs that wait for the partitions of their assets.
fn asset_partition_dag_run(metadata: &mut Metadata) {
    metadata.table("asset_partition_dag_run", |t| {
        t.column("id", Integer).primary_key();
        t.column("target_dag_id", string_id()).not_null();
        t.column("created_dag_run_id", Integer);
        t.column("partition_key", string_id()).not_null();
        t.column("created_at", timestamp()).not_null();
        t.column("updated_at", timestamp()).not_null();
        t.column("rollup_fingerprint", Json);
        t.column("partition_date", timestamp());
        t.foreign_key(
            cascade(["created_dag_run_id"], "dag_run", ["id"]).named("apdr_created_dag_run_id_fkey"),
        );
    });
}

/// Which partition of an asset counts for which run.
fn partitioned_asset_key_log(metadata: &mut Metadata) {
    metadata.table("partitioned_asset_key_log", |t| {
        t.column("id", Integer).primary_key();
        t.column("asset_id", Integer).not_null();
        t.column("asset_event_id", Integer).not_null();
        t.column("asset_partition_dag_run_id", Integer).not_null();
        t.column("source_partition_key", string_id()).not_null();
        t.column("target_dag_id", string_id()).not_null();
        t.column("target_partition_key", string_id()).not_null();
        t.column("created_at", timestamp()).not_null();
        t.index("idx_pakl_apdr_id", ["asset_partition_dag_run_id"]);
    });
}

/// What is remembered of an asset.
fn asset_state_store(metadata: &mut Metadata) {
    metadata.table("asset_state_store", |t| {
        t.column("asset_id", Integer).primary_key();
        t.column("key", DataType::string(512)).primary_key();
        t.column("value", medium_text()).not_null();
        t.column("updated_at", timestamp()).not_null();
        t.column("last_updated_by_kind", DataType::string(16));
        t.column("last_updated_by_dag_id", string_id());
        t.column("last_updated_by_run_id", string_id());
        t.column("last_updated_by_task_id", string_id());
        t.column("last_updated_by_map_index", Integer);
        t.foreign_key(cascade(["asset_id"], "asset", ["id"]).named("asset_state_store_asset_fkey"));
    });
}

/// What is remembered of a task.
fn task_state_store(metadata: &mut Metadata) {
    metadata.table("task_state_store", |t| {
        t.column("id", Integer).primary_key();
        t.column("dag_run_id", Integer).not_null();
        t.column("task_id", string_id()).not_null();
        t.column("map_index", Integer).not_null().server_default(
            PerDialect::all(SqlValue::Integer(-1)).on(DialectName::Sqlite, SqlValue::text("-1")),
        );
        t.column("key", DataType::string(512)).not_null();
        t.column("dag_id", string_id()).not_null();
        t.column("run_id", string_id()).not_null();
        t.column("value", medium_text()).not_null();
        t.column("updated_at", timestamp()).not_null();
        t.column("expires_at", timestamp()).indexed();
        t.unique("task_state_store_uq", ["dag_run_id", "task_id", "map_index", "key"]);
        t.foreign_key(cascade(["dag_run_id"], "dag_run", ["id"]).named("task_state_store_dag_run_fkey"));
        t.index("idx_task_state_store_lookup", ["dag_id", "run_id", "task_id", "map_index"]);
    });
}
