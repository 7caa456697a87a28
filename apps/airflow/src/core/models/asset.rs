//! Assets: what DAGs read and write, and which runs follow.

use airflow_plugin::{string_id, timestamp};
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{Boolean, Integer, Json};

use super::columns::{cascade, latin};

/// Writes down the tables of this area.
pub(crate) fn tables(metadata: &mut Metadata) {
    asset(metadata);
    asset_active(metadata);
    asset_alias(metadata);
    asset_alias_asset(metadata);
    asset_alias_asset_event(metadata);
    asset_event(metadata);
    asset_watcher(metadata);
    dag_schedule_asset_reference(metadata);
    dag_schedule_asset_alias_reference(metadata);
    dag_schedule_asset_name_reference(metadata);
    dag_schedule_asset_uri_reference(metadata);
    task_inlet_asset_reference(metadata);
    task_outlet_asset_reference(metadata);
    asset_dag_run_queue(metadata);
    dagrun_asset_event(metadata);
}

/// Assets. The primary key has the name it got when they were datasets, as three others below.
fn asset(metadata: &mut Metadata) {
    metadata.table("asset", |t| {
        t.column("id", Integer);
        t.column("uri", latin(1500)).not_null();
        t.column("extra", Json).not_null();
        t.column("created_at", timestamp()).not_null();
        t.column("updated_at", timestamp()).not_null();
        t.column("name", latin(1500)).not_null();
        t.column("group", latin(1500)).not_null();
        t.primary_key("dataset_pkey", ["id"]);
        t.add_index(Index::new("idx_asset_name_uri_unique", ["name", "uri"]).unique());
    });
}

/// Assets that some DAG refers to.
fn asset_active(metadata: &mut Metadata) {
    metadata.table("asset_active", |t| {
        t.column("name", latin(1500)).primary_key();
        t.column("uri", latin(1500)).primary_key();
        t.foreign_key(
            cascade(["name", "uri"], "asset", ["name", "uri"]).named("asset_active_asset_name_uri_fkey"),
        );
        t.add_index(Index::new("idx_asset_active_name_unique", ["name"]).unique());
        t.add_index(Index::new("idx_asset_active_uri_unique", ["uri"]).unique());
    });
}

/// Names that stand for assets.
fn asset_alias(metadata: &mut Metadata) {
    metadata.table("asset_alias", |t| {
        t.column("id", Integer);
        t.column("name", latin(1500)).not_null();
        t.column("group", latin(1500)).not_null();
        t.primary_key("dataset_alias_pkey", ["id"]);
        t.add_index(Index::new("idx_asset_alias_name_unique", ["name"]).unique());
    });
}

/// The assets of an alias.
fn asset_alias_asset(metadata: &mut Metadata) {
    metadata.table("asset_alias_asset", |t| {
        t.column("alias_id", Integer).primary_key();
        t.column("asset_id", Integer).primary_key().indexed();
        t.foreign_key(cascade(["alias_id"], "asset_alias", ["id"]));
        t.foreign_key(cascade(["asset_id"], "asset", ["id"]));
        t.add_index(Index::unnamed(["alias_id"]));
    });
}

/// The events of an alias.
fn asset_alias_asset_event(metadata: &mut Metadata) {
    metadata.table("asset_alias_asset_event", |t| {
        t.column("alias_id", Integer).indexed();
        t.column("event_id", Integer).indexed();
        t.primary_key("dataset_alias_dataset_event_pkey", ["alias_id", "event_id"]);
        t.foreign_key(cascade(["alias_id"], "asset_alias", ["id"]));
        t.foreign_key(cascade(["event_id"], "asset_event", ["id"]));
    });
}

/// An asset was written.
fn asset_event(metadata: &mut Metadata) {
    metadata.table("asset_event", |t| {
        t.column("id", Integer);
        t.column("asset_id", Integer).not_null();
        t.column("extra", Json).not_null();
        t.column("timestamp", timestamp()).not_null();
        t.column("source_task_id", string_id());
        t.column("source_dag_id", string_id());
        t.column("source_run_id", string_id());
        t.column("source_map_index", Integer).server_default("-1");
        t.column("partition_key", string_id());
        t.primary_key("dataset_event_pkey", ["id"]);
        t.index("idx_asset_id_timestamp", ["asset_id", "timestamp"]);
    });
}

/// Triggers that watch assets.
fn asset_watcher(metadata: &mut Metadata) {
    metadata.table("asset_watcher", |t| {
        t.column("name", latin(1500)).not_null();
        t.column("asset_id", Integer).primary_key();
        t.column("trigger_id", Integer).primary_key();
        t.foreign_key(cascade(["asset_id"], "asset", ["id"]).named("awm_asset_id_fkey"));
        t.foreign_key(cascade(["trigger_id"], "trigger", ["id"]).named("awm_trigger_id_fkey"));
        t.index("idx_awm_trigger_id", ["trigger_id"]);
    });
}

/// DAGs that run after an asset was written.
fn dag_schedule_asset_reference(metadata: &mut Metadata) {
    metadata.table("dag_schedule_asset_reference", |t| {
        t.column("asset_id", Integer);
        t.column("dag_id", string_id()).indexed();
        t.column("created_at", timestamp()).not_null();
        t.column("updated_at", timestamp()).not_null();
        t.column("allow_producer_teams", Json);
        t.column("allow_global_producers", Boolean).not_null().server_default(
            PerDialect::all(SqlValue::Boolean(true)).on(DialectName::Sqlite, SqlValue::expression("1")),
        );
        t.primary_key("dsar_pkey", ["asset_id", "dag_id"]);
        t.foreign_key(cascade(["dag_id"], "dag", ["dag_id"]).named("dsar_dag_id_fkey"));
        t.foreign_key(cascade(["asset_id"], "asset", ["id"]).named("dsar_asset_fkey"));
    });
}

/// DAGs that run after an alias was written.
fn dag_schedule_asset_alias_reference(metadata: &mut Metadata) {
    metadata.table("dag_schedule_asset_alias_reference", |t| {
        t.column("alias_id", Integer);
        t.column("dag_id", string_id()).indexed();
        t.column("created_at", timestamp()).not_null();
        t.column("updated_at", timestamp()).not_null();
        t.primary_key("dsaar_pkey", ["alias_id", "dag_id"]);
        t.foreign_key(cascade(["alias_id"], "asset_alias", ["id"]).named("dsaar_asset_alias_fkey"));
        t.foreign_key(cascade(["dag_id"], "dag", ["dag_id"]).named("dsaar_dag_id_fkey"));
    });
}

/// DAGs that run after the asset of a name was written.
fn dag_schedule_asset_name_reference(metadata: &mut Metadata) {
    metadata.table("dag_schedule_asset_name_reference", |t| {
        t.column("name", latin(1500));
        t.column("dag_id", string_id()).indexed();
        t.column("created_at", timestamp()).not_null();
        t.primary_key("dsanr_pkey", ["name", "dag_id"]);
        t.foreign_key(cascade(["dag_id"], "dag", ["dag_id"]).named("dsanr_dag_id_fkey"));
    });
}

/// DAGs that run after the asset of a URI was written.
fn dag_schedule_asset_uri_reference(metadata: &mut Metadata) {
    metadata.table("dag_schedule_asset_uri_reference", |t| {
        t.column("uri", latin(1500));
        t.column("dag_id", string_id()).indexed();
        t.column("created_at", timestamp()).not_null();
        t.primary_key("dsaur_pkey", ["uri", "dag_id"]);
        t.foreign_key(cascade(["dag_id"], "dag", ["dag_id"]).named("dsaur_dag_id_fkey"));
    });
}

/// Tasks that read an asset.
fn task_inlet_asset_reference(metadata: &mut Metadata) {
    metadata.table("task_inlet_asset_reference", |t| {
        t.column("asset_id", Integer);
        t.column("dag_id", string_id()).indexed();
        t.column("task_id", string_id());
        t.column("created_at", timestamp()).not_null();
        t.column("updated_at", timestamp()).not_null();
        t.primary_key("tiar_pkey", ["asset_id", "dag_id", "task_id"]);
        t.foreign_key(cascade(["asset_id"], "asset", ["id"]).named("tiar_asset_fkey"));
        t.foreign_key(cascade(["dag_id"], "dag", ["dag_id"]).named("tiar_dag_id_fkey"));
    });
}

/// Tasks that write an asset.
fn task_outlet_asset_reference(metadata: &mut Metadata) {
    metadata.table("task_outlet_asset_reference", |t| {
        t.column("asset_id", Integer);
        t.column("dag_id", string_id()).indexed();
        t.column("task_id", string_id());
        t.column("created_at", timestamp()).not_null();
        t.column("updated_at", timestamp()).not_null();
        t.column("allow_consumer_teams", Json);
        t.column("allow_global_consumers", Boolean).not_null().server_default(
            PerDialect::all(SqlValue::Boolean(true)).on(DialectName::Sqlite, SqlValue::expression("1")),
        );
        t.primary_key("toar_pkey", ["asset_id", "dag_id", "task_id"]);
        t.foreign_key(cascade(["dag_id"], "dag", ["dag_id"]).named("toar_dag_id_fkey"));
        t.foreign_key(cascade(["asset_id"], "asset", ["id"]).named("toar_asset_fkey"));
    });
}

/// Assets that were written since a DAG ran last.
fn asset_dag_run_queue(metadata: &mut Metadata) {
    metadata.table("asset_dag_run_queue", |t| {
        t.column("asset_id", Integer);
        t.column("target_dag_id", string_id()).indexed();
        t.column("created_at", timestamp()).not_null();
        t.primary_key("assetdagrunqueue_pkey", ["asset_id", "target_dag_id"]);
        t.foreign_key(cascade(["target_dag_id"], "dag", ["dag_id"]).named("adrq_dag_fkey"));
        t.foreign_key(cascade(["asset_id"], "asset", ["id"]).named("adrq_asset_fkey"));
    });
}

/// The events that led to a run.
fn dagrun_asset_event(metadata: &mut Metadata) {
    metadata.table("dagrun_asset_event", |t| {
        t.column("dag_run_id", Integer);
        t.column("event_id", Integer);
        t.add_primary_key(PrimaryKey::new(["event_id", "dag_run_id"]));
        t.foreign_key(cascade(["dag_run_id"], "dag_run", ["id"]));
        t.foreign_key(cascade(["event_id"], "asset_event", ["id"]));
        t.index("idx_dagrun_asset_events_dag_run_id", ["dag_run_id"]);
        t.index("idx_dagrun_asset_events_event_id", ["event_id"]);
    });
}
