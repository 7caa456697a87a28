//! What runs beside the DAGs and what it leaves behind: processes, triggers, callbacks, logs.

use airflow_plugin::{string_id, string_id_of, timestamp};
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{Integer, Json, Text};

/// Writes down the tables of this area.
pub(crate) fn tables(metadata: &mut Metadata) {
    job(metadata);
    trigger(metadata);
    callback_request(metadata);
    log(metadata);
    log_template(metadata);
}

/// Processes with a heartbeat.
fn job(metadata: &mut Metadata) {
    metadata.table("job", |t| {
        t.column("id", Integer).primary_key();
        t.column("dag_id", string_id());
        t.column("state", string_id_of(20));
        t.column("job_type", string_id_of(30));
        t.column("start_date", timestamp());
        t.column("end_date", timestamp());
        t.column("latest_heartbeat", timestamp());
        t.column("executor_class", string_id_of(500));
        t.column("hostname", string_id_of(500));
        t.column("unixname", string_id_of(1000));
        t.index("idx_job_dag_id", ["dag_id"]);
        t.index("idx_job_state_heartbeat", ["state", "latest_heartbeat"]);
        t.index("job_type_heart", ["job_type", "latest_heartbeat"]);
    });
}

/// What deferred tasks wait for.
fn trigger(metadata: &mut Metadata) {
    metadata.table("trigger", |t| {
        t.column("id", Integer).primary_key();
        t.column("classpath", string_id_of(1000)).not_null();
        t.column("kwargs", Json).not_null();
        t.column("created_date", timestamp()).not_null();
        t.column("triggerer_id", Integer);
    });
}

/// Callbacks that a DAG processor is to run.
fn callback_request(metadata: &mut Metadata) {
    metadata.table("callback_request", |t| {
        t.column("id", Integer).primary_key();
        t.column("created_at", timestamp()).not_null();
        t.column("priority_weight", Integer).not_null();
        t.column("callback_data", Json).not_null();
        t.column("callback_type", string_id_of(20)).not_null();
        t.column("processor_subdir", string_id_of(2000));
    });
}

/// Who did what.
fn log(metadata: &mut Metadata) {
    metadata.table("log", |t| {
        t.column("id", Integer).primary_key();
        t.column("dttm", timestamp());
        t.column("dag_id", string_id());
        t.column("task_id", string_id());
        t.column("map_index", Integer);
        t.column("event", string_id_of(30));
        t.column("execution_date", timestamp());
        t.column("owner", string_id_of(500));
        t.column("extra", Text);
        t.index("idx_log_dag", ["dag_id"]);
        t.index("idx_log_dttm", ["dttm"]);
        t.index("idx_log_event", ["event"]);
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
