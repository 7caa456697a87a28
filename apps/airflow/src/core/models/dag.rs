//! DAGs as the scheduler knows them.

use airflow_plugin::{string_id, string_id_of, timestamp};
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{BigInteger, Binary, Boolean, Integer, Json, Text};

use super::columns::{cascade, medium_text};

/// Writes down the tables of this area.
pub(crate) fn tables(metadata: &mut Metadata) {
    dag(metadata);
    dag_tag(metadata);
    dag_owner_attributes(metadata);
    dag_warning(metadata);
    dag_code(metadata);
    dag_pickle(metadata);
    serialized_dag(metadata);
    import_error(metadata);
}

/// DAGs.
fn dag(metadata: &mut Metadata) {
    metadata.table("dag", |t| {
        t.column("dag_id", string_id()).primary_key();
        t.column("max_active_tasks", Integer).not_null();
        t.column("has_task_concurrency_limits", Boolean).not_null();
        t.column("root_dag_id", string_id());
        t.column("is_paused", Boolean);
        t.column("is_subdag", Boolean);
        t.column("is_active", Boolean);
        t.column("last_parsed_time", timestamp());
        t.column("last_pickled", timestamp());
        t.column("last_expired", timestamp());
        t.column("scheduler_lock", Boolean);
        t.column("pickle_id", Integer);
        t.column("fileloc", string_id_of(2000));
        t.column("processor_subdir", string_id_of(2000));
        t.column("owners", string_id_of(2000));
        t.column("description", Text);
        t.column("default_view", string_id_of(25));
        t.column("schedule_interval", Text);
        t.column("timetable_description", string_id_of(1000));
        t.column("max_active_runs", Integer);
        t.column("has_import_errors", Boolean).server_default(SqlValue::expression("(false)"));
        t.column("next_dagrun", timestamp());
        t.column("next_dagrun_data_interval_start", timestamp());
        t.column("next_dagrun_data_interval_end", timestamp());
        t.column("next_dagrun_create_after", timestamp());
        t.index("idx_next_dagrun_create_after", ["next_dagrun_create_after"]);
        t.index("idx_root_dag_id", ["root_dag_id"]);
    });
}

/// Tags of DAGs.
fn dag_tag(metadata: &mut Metadata) {
    metadata.table("dag_tag", |t| {
        t.column("name", string_id_of(100)).primary_key();
        t.column("dag_id", string_id()).primary_key();
        t.foreign_key(cascade(["dag_id"], "dag", ["dag_id"]));
    });
}

/// Links of the owners of a DAG.
fn dag_owner_attributes(metadata: &mut Metadata) {
    metadata.table("dag_owner_attributes", |t| {
        t.column("dag_id", string_id()).primary_key();
        t.column("owner", string_id_of(500)).primary_key();
        t.column("link", string_id_of(500)).not_null();
        t.foreign_key(cascade(["dag_id"], "dag", ["dag_id"]).named("dag.dag_id"));
    });
}

/// What is doubtful about a DAG.
fn dag_warning(metadata: &mut Metadata) {
    metadata.table("dag_warning", |t| {
        t.column("dag_id", string_id()).primary_key();
        t.column("warning_type", string_id_of(50)).primary_key();
        t.column("message", Text).not_null();
        t.column("timestamp", timestamp()).not_null();
        t.foreign_key(cascade(["dag_id"], "dag", ["dag_id"]).named("dcw_dag_id_fkey"));
    });
}

/// The source of DAG files, by a hash of their path.
fn dag_code(metadata: &mut Metadata) {
    metadata.table("dag_code", |t| {
        t.column("fileloc_hash", BigInteger).primary_key();
        t.column("fileloc", string_id_of(2000)).not_null();
        t.column("last_updated", timestamp()).not_null();
        t.column("source_code", medium_text()).not_null();
    });
}

/// Pickled DAGs.
fn dag_pickle(metadata: &mut Metadata) {
    metadata.table("dag_pickle", |t| {
        t.column("id", Integer).primary_key();
        t.column("pickle", Binary);
        t.column("created_dttm", timestamp());
        t.column("pickle_hash", BigInteger);
    });
}

/// DAGs as JSON.
fn serialized_dag(metadata: &mut Metadata) {
    metadata.table("serialized_dag", |t| {
        t.column("dag_id", string_id()).primary_key();
        t.column("fileloc", string_id_of(2000)).not_null();
        t.column("fileloc_hash", BigInteger).not_null();
        t.column("last_updated", timestamp()).not_null();
        t.column("dag_hash", string_id_of(32)).not_null();
        t.column("data", Json);
        t.column("data_compressed", Binary);
        t.column("processor_subdir", string_id_of(2000));
        t.index("idx_fileloc_hash", ["fileloc_hash"]);
    });
}

/// DAG files that could not be loaded.
fn import_error(metadata: &mut Metadata) {
    metadata.table("import_error", |t| {
        t.column("id", Integer).primary_key();
        t.column("timestamp", timestamp());
        t.column("filename", string_id_of(1024));
        t.column("stacktrace", Text);
    });
}
