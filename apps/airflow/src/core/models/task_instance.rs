//! Tasks of a run, and what belongs to one of them.

use airflow_plugin::{string_id, string_id_of, timestamp};
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{Binary, Float, Integer, Json};

use super::columns::{TASK_INSTANCE_KEY, cascade, extended_json, task_instance_key};

/// Writes down the tables of this area.
pub(crate) fn tables(metadata: &mut Metadata) {
    task_instance(metadata);
    task_instance_note(metadata);
    task_map(metadata);
    task_fail(metadata);
    task_reschedule(metadata);
    rendered_task_instance_fields(metadata);
    xcom(metadata);
}

/// Tasks of a run. A mapped task has a row for each `map_index`; any other has -1.
fn task_instance(metadata: &mut Metadata) {
    metadata.table("task_instance", |t| {
        t.column("task_id", string_id());
        t.column("dag_id", string_id());
        t.column("run_id", string_id());
        t.column("map_index", Integer).server_default(SqlValue::text("-1"));
        t.column("pool", string_id_of(256)).not_null();
        t.column("pool_slots", Integer).not_null();
        t.column("start_date", timestamp());
        t.column("end_date", timestamp());
        t.column("duration", Float);
        t.column("state", string_id_of(20));
        t.column("try_number", Integer);
        t.column("max_tries", Integer).server_default(SqlValue::text("-1"));
        t.column("hostname", string_id_of(1000));
        t.column("unixname", string_id_of(1000));
        t.column("job_id", Integer);
        t.column("queue", string_id_of(256));
        t.column("priority_weight", Integer);
        t.column("operator", string_id_of(1000));
        t.column("queued_dttm", timestamp());
        t.column("queued_by_job_id", Integer);
        t.column("pid", Integer);
        t.column("executor_config", Binary);
        t.column("updated_at", timestamp());
        t.column("external_executor_id", string_id());
        t.column("trigger_id", Integer);
        t.column("trigger_timeout", timestamp());
        t.column("next_method", string_id_of(1000));
        t.column("next_kwargs", extended_json());
        t.column("custom_operator_name", DataType::string(1000));
        t.primary_key("task_instance_pkey", TASK_INSTANCE_KEY);
        t.foreign_key(
            cascade(["dag_id", "run_id"], "dag_run", ["dag_id", "run_id"])
                .named("task_instance_dag_run_fkey"),
        );
        t.foreign_key(cascade(["trigger_id"], "trigger", ["id"]));
        t.index("ti_dag_run", ["dag_id", "run_id"]);
        t.index("ti_dag_state", ["dag_id", "state"]);
        t.index("ti_job_id", ["job_id"]);
        t.index("ti_pool", ["pool", "state", "priority_weight"]);
        t.index("ti_state", ["state"]);
        t.index("ti_state_lkp", ["dag_id", "task_id", "run_id", "state"]);
        t.index("ti_trigger_id", ["trigger_id"]);
    });
}

/// A user's note on a task of a run.
fn task_instance_note(metadata: &mut Metadata) {
    metadata.table("task_instance_note", |t| {
        t.column("task_id", string_id()).primary_key();
        t.column("dag_id", string_id()).primary_key();
        t.column("run_id", string_id()).primary_key();
        t.column("map_index", Integer).primary_key();
        t.column("created_at", timestamp()).not_null();
        t.column("updated_at", timestamp()).not_null();
        t.column("user_id", Integer);
        t.column("content", string_id_of(1000));
        t.foreign_key(task_instance_key().named("task_instance_note_ti_fkey"));
        t.foreign_key(ForeignKey::new(["user_id"], "ab_user", ["id"]).named("task_instance_note_user_fkey"));
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

/// Failed tries.
fn task_fail(metadata: &mut Metadata) {
    metadata.table("task_fail", |t| {
        t.column("id", Integer).primary_key();
        t.column("task_id", string_id()).not_null();
        t.column("dag_id", string_id()).not_null();
        t.column("run_id", string_id()).not_null();
        t.column("map_index", Integer).not_null().server_default(SqlValue::text("-1"));
        t.column("start_date", timestamp());
        t.column("end_date", timestamp());
        t.column("duration", Integer);
        t.foreign_key(task_instance_key().named("task_fail_ti_fkey"));
        t.index("idx_task_fail_task_instance", TASK_INSTANCE_KEY);
    });
}

/// Waits between two looks of a rescheduled sensor.
fn task_reschedule(metadata: &mut Metadata) {
    metadata.table("task_reschedule", |t| {
        t.column("id", Integer).primary_key();
        t.column("task_id", string_id()).not_null();
        t.column("dag_id", string_id()).not_null();
        t.column("run_id", string_id()).not_null();
        t.column("map_index", Integer).not_null().server_default(SqlValue::text("-1"));
        t.column("try_number", Integer).not_null();
        t.column("start_date", timestamp()).not_null();
        t.column("end_date", timestamp()).not_null();
        t.column("duration", Integer).not_null();
        t.column("reschedule_date", timestamp()).not_null();
        t.foreign_key(
            cascade(["dag_id", "run_id"], "dag_run", ["dag_id", "run_id"]).named("task_reschedule_dr_fkey"),
        );
        t.foreign_key(task_instance_key().named("task_reschedule_ti_fkey"));
        t.index("idx_task_reschedule_dag_run", ["dag_id", "run_id"]);
        t.index("idx_task_reschedule_dag_task_run", TASK_INSTANCE_KEY);
    });
}

/// Template fields as they were rendered.
fn rendered_task_instance_fields(metadata: &mut Metadata) {
    metadata.table("rendered_task_instance_fields", |t| {
        t.column("dag_id", string_id()).primary_key();
        t.column("task_id", string_id()).primary_key();
        t.column("run_id", string_id()).primary_key();
        t.column("map_index", Integer).primary_key().server_default(SqlValue::text("-1"));
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
        t.column("map_index", Integer).primary_key().server_default(SqlValue::text("-1"));
        t.column("key", string_id_of(512)).primary_key();
        t.column("dag_id", string_id()).not_null();
        t.column("run_id", string_id()).not_null();
        t.column("timestamp", timestamp()).not_null();
        t.column("value", Binary);
        t.foreign_key(task_instance_key().named("xcom_task_instance_fkey"));
        t.index("idx_xcom_key", ["key"]);
        t.index("idx_xcom_task_instance", TASK_INSTANCE_KEY);
    });
}
