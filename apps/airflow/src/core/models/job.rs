//! Long-running processes, triggers and logs.

use airflow_plugin::{string_id, string_id_of, timestamp};
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{Integer, Text};

use super::columns::{extended_json, owning_team, uuid};

/// Writes down the tables of this area.
pub(crate) fn tables(metadata: &mut Metadata) {
    job(metadata);
    trigger(metadata);
    callback(metadata);
    log(metadata);
    log_template(metadata);
}

/// Processes with a heartbeat.
fn job(metadata: &mut Metadata) {
    metadata.table("job", |t| {
        t.column("id", Integer).primary_key();
        t.column("dag_id", string_id()).indexed();
        t.column("state", string_id_of(20));
        t.column("job_type", string_id_of(30));
        t.column("start_date", timestamp());
        t.column("end_date", timestamp());
        t.column("latest_heartbeat", timestamp());
        t.column("executor_class", string_id_of(500));
        t.column("hostname", string_id_of(500));
        t.column("unixname", string_id_of(1000));
        t.index("idx_job_state_heartbeat", ["state", "latest_heartbeat"]);
        t.index("job_type_heart", ["job_type", "latest_heartbeat"]);
    });
}

/// What deferred tasks wait for.
fn trigger(metadata: &mut Metadata) {
    metadata.table("trigger", |t| {
        t.column("id", Integer).primary_key();
        t.column("classpath", string_id_of(1000)).not_null();
        t.column("kwargs", Text).not_null();
        t.column("created_date", timestamp()).not_null();
        t.column("triggerer_id", Integer);
        t.column("queue", DataType::string(256));
        t.column("team_name", DataType::string(50)).indexed();
        t.foreign_key(owning_team());
    });
}

/// What is to be called when something has happened.
fn callback(metadata: &mut Metadata) {
    metadata.table("callback", |t| {
        t.column("created_at", timestamp()).not_null();
        t.column("priority_weight", Integer).not_null();
        t.column("type", DataType::string(20)).not_null();
        t.column("fetch_method", DataType::string(20)).not_null();
        t.column("data", extended_json()).not_null();
        t.column("state", DataType::string(10));
        t.column("output", Text);
        t.column("trigger_id", Integer).references("trigger", "id");
        t.column("id", uuid()).primary_key();
        t.column("bundle_name", string_id());
    });
}

/// Who did what.
fn log(metadata: &mut Metadata) {
    metadata.table("log", |t| {
        t.column("id", Integer).primary_key();
        t.column("dttm", timestamp()).indexed();
        t.column("dag_id", string_id());
        t.column("task_id", string_id());
        t.column("map_index", Integer);
        t.column("event", DataType::string(60)).not_null().indexed();
        t.column("logical_date", timestamp());
        t.column("owner", string_id_of(500));
        t.column("extra", Text);
        t.column("owner_display_name", DataType::string(500));
        t.column("run_id", string_id());
        t.column("try_number", Integer);
        t.index("idx_log_task_instance", ["dag_id", "task_id", "run_id", "map_index", "try_number"]);
    });
}

/// Where task logs lie. A run keeps the template it was started under.
fn log_template(metadata: &mut Metadata) {
    metadata.table("log_template", |t| {
        t.column("id", Integer).primary_key();
        t.column("filename", Text).not_null();
        t.column("elasticsearch_id", Text).not_null();
        t.column("created_at", timestamp()).not_null();
    });
}
