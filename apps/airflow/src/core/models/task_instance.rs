//! Tasks of a run, and what belongs to one of them.

use airflow_plugin::{string_id, string_id_of, timestamp};
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{Binary, Boolean, Float, Integer, Json, Text};
use dunlin_core::schema::TableBuilder;

use super::columns::{TASK_INSTANCE_KEY, cascade, extended_json, task_instance_key, uuid};

/// Writes down the tables of this area.
pub(crate) fn tables(metadata: &mut Metadata) {
    task_instance(metadata);
    task_instance_history(metadata);
    task_instance_note(metadata);
    task_map(metadata);
    task_reschedule(metadata);
    rendered_task_instance_fields(metadata);
    xcom(metadata);
    hitl_detail(metadata);
    hitl_detail_history(metadata);
}

/// Tasks of a run. A mapped task has a row for each `map_index`; any other has -1.
fn task_instance(metadata: &mut Metadata) {
    metadata.table("task_instance", |t| {
        t.column("task_id", string_id()).not_null();
        t.column("dag_id", string_id()).not_null();
        t.column("run_id", string_id()).not_null();
        t.column("map_index", Integer).not_null().server_default("-1");
        t.column("pool", string_id_of(256)).not_null();
        t.column("pool_slots", Integer).not_null();
        t.column("start_date", timestamp());
        t.column("end_date", timestamp());
        t.column("duration", Float);
        t.column("state", string_id_of(20));
        t.column("try_number", Integer).not_null();
        t.column("max_tries", Integer).not_null().server_default("-1");
        t.column("hostname", string_id_of(1000));
        t.column("unixname", string_id_of(1000));
        t.column("queue", string_id_of(256));
        t.column("priority_weight", Integer);
        t.column("operator", string_id_of(1000));
        t.column("queued_dttm", timestamp());
        t.column("queued_by_job_id", Integer);
        t.column("pid", Integer);
        t.column("executor_config", Binary);
        t.column("updated_at", timestamp());
        t.column("external_executor_id", Text);
        t.column("trigger_id", Integer);
        t.column("trigger_timeout", timestamp());
        t.column("next_method", string_id_of(1000));
        t.column("next_kwargs", extended_json());
        t.column("custom_operator_name", DataType::string(1000));
        t.column("rendered_map_index", DataType::string(250));
        t.column("task_display_name", DataType::string(2000));
        t.column("executor", DataType::string(1000));
        t.column("id", uuid()).primary_key();
        t.column("last_heartbeat_at", timestamp());
        t.column("dag_version_id", uuid());
        t.column("scheduled_dttm", timestamp());
        t.column("context_carrier", extended_json());
        t.column("span_status", DataType::string(250)).not_null().server_default("not_started");
        t.column("retry_delay_override", Float);
        t.column("retry_reason", DataType::string(500));
        t.unique("task_instance_composite_key", TASK_INSTANCE_KEY);
        t.foreign_key(
            cascade(["dag_id", "run_id"], "dag_run", ["dag_id", "run_id"])
                .named("task_instance_dag_run_fkey"),
        );
        t.foreign_key(cascade(["trigger_id"], "trigger", ["id"]));
        t.foreign_key(
            ForeignKey::new(["dag_version_id"], "dag_version", ["id"]).on_delete(ReferentialAction::Restrict),
        );
        t.index("ti_dag_run", ["dag_id", "run_id"]);
        t.index("ti_dag_state", ["dag_id", "state"]);
        t.index("ti_pool", ["pool", "state", "priority_weight"]);
        t.index("ti_state", ["state"]);
        t.index("ti_state_lkp", ["dag_id", "task_id", "run_id", "state"]);
        t.index("ti_trigger_id", ["trigger_id"]);
        t.index("ti_heartbeat", ["last_heartbeat_at"]);
        t.index("ti_dag_version_id", ["dag_version_id"]);
    });
}

/// Tries of tasks that are over.
fn task_instance_history(metadata: &mut Metadata) {
    metadata.table("task_instance_history", |t| {
        t.column("task_id", string_id()).not_null();
        t.column("dag_id", string_id()).not_null();
        t.column("run_id", string_id()).not_null();
        t.column("map_index", Integer).not_null().server_default(
            PerDialect::all(SqlValue::text("-1"))
                .on(DialectName::MySql, SqlValue::expression("(-1)"))
                .on(DialectName::MariaDb, SqlValue::text("-1")),
        );
        t.column("try_number", Integer).not_null();
        t.column("start_date", timestamp());
        t.column("end_date", timestamp());
        t.column("duration", Float);
        t.column("state", DataType::string(20));
        t.column("max_tries", Integer).server_default(
            PerDialect::all(SqlValue::text("-1"))
                .on(DialectName::MySql, SqlValue::expression("(-1)"))
                .on(DialectName::MariaDb, SqlValue::text("-1")),
        );
        t.column("hostname", DataType::string(1000));
        t.column("unixname", DataType::string(1000));
        t.column("pool", DataType::string(256)).not_null();
        t.column("pool_slots", Integer).not_null();
        t.column("queue", DataType::string(256));
        t.column("priority_weight", Integer);
        t.column("operator", DataType::string(1000));
        t.column("custom_operator_name", DataType::string(1000));
        t.column("queued_dttm", timestamp());
        t.column("queued_by_job_id", Integer);
        t.column("pid", Integer);
        t.column("executor", DataType::string(1000));
        t.column("executor_config", Binary);
        t.column("updated_at", timestamp());
        t.column("rendered_map_index", DataType::string(250));
        t.column("external_executor_id", Text);
        t.column("trigger_id", Integer);
        t.column("trigger_timeout", DataType::datetime());
        t.column("next_method", DataType::string(1000));
        t.column("next_kwargs", extended_json());
        t.column("task_display_name", DataType::string(2000));
        t.column("dag_version_id", uuid());
        t.column("scheduled_dttm", timestamp());
        t.column("task_instance_id", uuid()).primary_key();
        t.column("context_carrier", extended_json());
        t.column("span_status", DataType::string(250)).not_null().server_default("not_started");
        t.column("retry_delay_override", Float);
        t.column("retry_reason", DataType::string(500));
        t.unique("task_instance_history_dtrt_uq", ["dag_id", "task_id", "run_id", "map_index", "try_number"]);
        t.foreign_key(
            task_instance_key().named("task_instance_history_ti_fkey").on_update(ReferentialAction::Cascade),
        );
        t.index("idx_tih_dag_run", ["dag_id", "run_id"]);
    });
}

/// A user's note on a task of a run.
fn task_instance_note(metadata: &mut Metadata) {
    metadata.table("task_instance_note", |t| {
        t.column("created_at", timestamp()).not_null();
        t.column("updated_at", timestamp()).not_null();
        t.column("user_id", DataType::string(128));
        t.column("content", string_id_of(1000));
        t.column("ti_id", uuid()).primary_key();
        t.foreign_key(
            cascade(["ti_id"], "task_instance", ["id"])
                .named("task_instance_note_ti_fkey")
                .on_update(ReferentialAction::Cascade),
        );
    });
}

/// How many instances a mapped task gets.
fn task_map(metadata: &mut Metadata) {
    metadata.table("task_map", |t| {
        t.column("dag_id", string_id()).primary_key();
        t.column("task_id", string_id()).primary_key();
        t.column("run_id", string_id()).primary_key();
        t.column("map_index", Integer).primary_key();
        t.column("length", Integer).not_null();
        t.column("keys", extended_json());
        t.foreign_key(
            task_instance_key().named("task_map_task_instance_fkey").on_update(ReferentialAction::Cascade),
        );
        t.check("task_map_length_not_negative", "length >= 0");
    });
}

/// Waits between two looks of a rescheduled sensor.
fn task_reschedule(metadata: &mut Metadata) {
    metadata.table("task_reschedule", |t| {
        t.column("id", Integer).primary_key();
        t.column("start_date", timestamp()).not_null();
        t.column("end_date", timestamp()).not_null();
        t.column("duration", Integer).not_null();
        t.column("reschedule_date", timestamp()).not_null();
        t.column("ti_id", uuid()).not_null();
        t.foreign_key(cascade(["ti_id"], "task_instance", ["id"]).named("task_reschedule_ti_fkey"));
        t.index(
            "idx_task_reschedule_ti_id_id_desc",
            [IndexElement::column_named("ti_id"), IndexElement::column_named("id").descending()],
        );
    });
}

/// Template fields as they were rendered.
fn rendered_task_instance_fields(metadata: &mut Metadata) {
    metadata.table("rendered_task_instance_fields", |t| {
        t.column("dag_id", string_id()).primary_key();
        t.column("task_id", string_id()).primary_key();
        t.column("run_id", string_id()).primary_key();
        t.column("map_index", Integer).primary_key().server_default("-1");
        t.column("rendered_fields", Json).not_null();
        t.column("k8s_pod_yaml", Json);
        t.foreign_key(task_instance_key().named("rtif_ti_fkey"));
    });
}

/// What tasks hand to each other.
fn xcom(metadata: &mut Metadata) {
    metadata.table("xcom", |t| {
        t.column("dag_run_id", Integer).primary_key();
        t.column("task_id", string_id()).primary_key();
        t.column("map_index", Integer).primary_key().server_default("-1");
        t.column("key", string_id_of(512)).primary_key().indexed();
        t.column("dag_id", string_id()).not_null();
        t.column("run_id", string_id()).not_null();
        t.column("timestamp", timestamp()).not_null();
        t.column("value", extended_json());
        t.column("dag_result", Boolean);
        t.foreign_key(task_instance_key().named("xcom_task_instance_fkey"));
        t.index("idx_xcom_task_instance", TASK_INSTANCE_KEY);
    });
}

/// Questions of tasks that a human answers.
fn hitl_detail(metadata: &mut Metadata) {
    metadata.table("hitl_detail", |t| {
        t.column("ti_id", uuid()).primary_key();
        question(t);
        t.foreign_key(
            cascade(["ti_id"], "task_instance", ["id"])
                .named("hitl_detail_ti_fkey")
                .on_update(ReferentialAction::Cascade),
        );
    });
}

/// Those of tries that are over.
fn hitl_detail_history(metadata: &mut Metadata) {
    metadata.table("hitl_detail_history", |t| {
        t.column("ti_history_id", uuid()).primary_key();
        question(t);
        t.foreign_key(
            cascade(["ti_history_id"], "task_instance_history", ["task_instance_id"])
                .named("hitl_detail_history_tih_fkey")
                .on_update(ReferentialAction::Cascade),
        );
    });
}

/// What is asked, and what was answered.
fn question(t: &mut TableBuilder) {
    t.column("options", Json).not_null();
    t.column("subject", Text).not_null();
    t.column("body", Text);
    t.column("defaults", Json);
    t.column("multiple", Boolean);
    t.column("params", Json).not_null();
    t.column("assignees", Json);
    t.column("created_at", timestamp()).not_null();
    t.column("responded_at", timestamp());
    t.column("responded_by", Json);
    t.column("chosen_options", Json);
    t.column("params_input", Json).not_null();
}
