//! DAGs, as they were parsed last.

use airflow_plugin::{string_id, string_id_of, timestamp};
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{Boolean, Float, Integer, Json, Text};

use super::columns::cascade;

/// Writes down the tables of this area.
pub(crate) fn tables(metadata: &mut Metadata) {
    dag(metadata);
    dag_tag(metadata);
    dag_owner_attributes(metadata);
    dag_warning(metadata);
    import_error(metadata);
    dag_favorite(metadata);
    dag_priority_parsing_request(metadata);
}

/// DAGs.
fn dag(metadata: &mut Metadata) {
    metadata.table("dag", |t| {
        t.column("dag_id", string_id()).primary_key();
        t.column("max_active_tasks", Integer).not_null();
        t.column("has_task_concurrency_limits", Boolean).not_null();
        t.column("is_paused", Boolean).not_null();
        t.column("is_stale", Boolean).not_null();
        t.column("last_parsed_time", timestamp());
        t.column("last_expired", timestamp());
        t.column("fileloc", string_id_of(2000));
        t.column("owners", string_id_of(2000));
        t.column("description", Text);
        t.column("timetable_summary", Text);
        t.column("timetable_description", string_id_of(1000));
        t.column("max_active_runs", Integer);
        t.column("has_import_errors", Boolean).server_default(SqlValue::expression("(false)"));
        t.column("next_dagrun", timestamp());
        t.column("next_dagrun_data_interval_start", timestamp());
        t.column("next_dagrun_data_interval_end", timestamp());
        t.column("next_dagrun_create_after", timestamp());
        t.column("asset_expression", Json);
        t.column("max_consecutive_failed_dag_runs", Integer).not_null();
        t.column("dag_display_name", DataType::string(2000));
        t.column("bundle_name", string_id()).not_null().references("dag_bundle", "name");
        t.column("bundle_version", DataType::string(200));
        t.column("relative_fileloc", DataType::string(2000));
        t.column("deadline", Json);
        t.column("last_parse_duration", Float);
        t.column("fail_fast", Boolean).not_null().server_default(
            PerDialect::all(SqlValue::Boolean(false)).on(DialectName::Sqlite, SqlValue::text("0")),
        );
        t.column("exceeds_max_non_backfill", Boolean).not_null().server_default(
            PerDialect::all(SqlValue::Boolean(false)).on(DialectName::Sqlite, SqlValue::text("0")),
        );
        t.column("timetable_type", DataType::string(255)).not_null();
        t.column("allowed_run_types", Json);
        t.column("timetable_partitioned", Boolean).not_null().server_default(
            PerDialect::all(SqlValue::Boolean(false)).on(DialectName::Sqlite, SqlValue::text("0")),
        );
        t.column("next_dagrun_partition_key", DataType::string(255));
        t.column("next_dagrun_partition_date", timestamp());
        t.column("timetable_periodic", Boolean).not_null().server_default(
            PerDialect::all(SqlValue::Boolean(false)).on(DialectName::Sqlite, SqlValue::text("0")),
        );
        t.column("partition_mapper_info", Json).not_null();
        t.index("idx_next_dagrun_create_after", ["next_dagrun_create_after"]);
    });
}

/// Tags of DAGs.
fn dag_tag(metadata: &mut Metadata) {
    metadata.table("dag_tag", |t| {
        t.column("name", string_id_of(100)).primary_key();
        t.column("dag_id", string_id()).primary_key().indexed();
        t.foreign_key(cascade(["dag_id"], "dag", ["dag_id"]));
    });
}

/// Links of the owners of a DAG.
fn dag_owner_attributes(metadata: &mut Metadata) {
    metadata.table("dag_owner_attributes", |t| {
        t.column("dag_id", string_id()).primary_key();
        t.column("owner", string_id_of(500)).primary_key();
        t.column("link", string_id_of(500)).not_null();
        t.foreign_key(
            ForeignKey::new(["dag_id"], "dag", ["dag_id"])
                .named("dag.dag_id")
                .on_delete(ReferentialAction::Cascade),
        );
    });
}

/// What is doubtful about a DAG.
fn dag_warning(metadata: &mut Metadata) {
    metadata.table("dag_warning", |t| {
        t.column("dag_id", string_id()).primary_key().indexed();
        t.column("warning_type", string_id_of(50)).primary_key();
        t.column("message", Text).not_null();
        t.column("timestamp", timestamp()).not_null();
        t.foreign_key(cascade(["dag_id"], "dag", ["dag_id"]).named("dcw_dag_id_fkey"));
    });
}

/// DAG files that could not be loaded.
fn import_error(metadata: &mut Metadata) {
    metadata.table("import_error", |t| {
        t.column("id", Integer).primary_key();
        t.column("timestamp", timestamp());
        t.column("filename", string_id_of(1024));
        t.column("stacktrace", Text);
        t.column("bundle_name", DataType::string(250));
    });
}

/// DAGs that a user has marked.
fn dag_favorite(metadata: &mut Metadata) {
    metadata.table("dag_favorite", |t| {
        t.column("user_id", DataType::string(250)).primary_key();
        t.column("dag_id", string_id()).primary_key();
        t.foreign_key(cascade(["dag_id"], "dag", ["dag_id"]));
    });
}

/// Files that are to be parsed before others.
fn dag_priority_parsing_request(metadata: &mut Metadata) {
    metadata.table("dag_priority_parsing_request", |t| {
        t.column("id", DataType::string(32)).primary_key();
        t.column("bundle_name", DataType::string(250)).not_null();
        t.column("relative_fileloc", DataType::string(2000)).not_null();
    });
}
