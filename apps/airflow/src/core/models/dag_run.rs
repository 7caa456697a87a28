//! Runs of DAGs, and what makes and watches them.

use airflow_plugin::{string_id, string_id_of, timestamp};
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{Boolean, Integer, Json, Text};

use super::columns::{cascade, extended_json, uuid};

/// Writes down the tables of this area.
pub(crate) fn tables(metadata: &mut Metadata) {
    dag_run(metadata);
    dag_run_note(metadata);
    backfill(metadata);
    backfill_dag_run(metadata);
    deadline_alert(metadata);
    deadline(metadata);
}

/// Runs of DAGs. The foreign key has the name it got when it stood on `task_instance`.
fn dag_run(metadata: &mut Metadata) {
    metadata.table("dag_run", |t| {
        t.column("id", Integer).primary_key();
        t.column("dag_id", string_id()).not_null();
        t.column("logical_date", timestamp());
        t.column("run_id", string_id()).not_null();
        t.column("run_type", string_id_of(50)).not_null();
        t.column("queued_at", timestamp());
        t.column("start_date", timestamp());
        t.column("end_date", timestamp());
        t.column("state", string_id_of(50));
        t.column("creating_job_id", Integer);
        t.column("data_interval_start", timestamp());
        t.column("data_interval_end", timestamp());
        t.column("last_scheduling_decision", timestamp());
        t.column("log_template_id", Integer);
        t.column("updated_at", timestamp());
        t.column("clear_number", Integer).not_null().server_default("0");
        t.column("triggered_by", DataType::string(50));
        t.column("backfill_id", Integer);
        t.column("created_dag_version_id", uuid());
        t.column("bundle_version", DataType::string(250));
        t.column("conf", extended_json());
        t.column("run_after", timestamp()).not_null();
        t.column("scheduled_by_job_id", Integer);
        t.column("context_carrier", extended_json());
        t.column("span_status", DataType::string(250)).not_null().server_default("not_started");
        t.column("triggering_user_name", DataType::string(512));
        t.column("partition_key", string_id());
        t.column("created_at", timestamp());
        t.column("partition_date", timestamp());
        t.unique("dag_run_dag_id_logical_date_key", ["dag_id", "logical_date"]);
        t.unique("dag_run_dag_id_run_id_key", ["dag_id", "run_id"]);
        t.foreign_key(
            ForeignKey::new(["log_template_id"], "log_template", ["id"])
                .named("task_instance_log_template_id_fkey"),
        );
        t.foreign_key(ForeignKey::new(["backfill_id"], "backfill", ["id"]));
        t.foreign_key(
            ForeignKey::new(["created_dag_version_id"], "dag_version", ["id"])
                .named("created_dag_version_id_fkey")
                .on_delete(ReferentialAction::SetNull),
        );
        t.index("dag_id_state", ["dag_id", "state"]);
        t.add_index(Index::unnamed(["dag_id"]));
        t.add_index(
            Index::new("idx_dag_run_queued_dags", ["state", "dag_id"])
                .predicate_on(DialectName::Sqlite, "state='queued'"),
        );
        t.add_index(
            Index::new("idx_dag_run_running_dags", ["state", "dag_id"])
                .predicate_on(DialectName::Sqlite, "state='running'"),
        );
        t.add_index(Index::unnamed(["run_after"]));
        t.add_index(Index::unnamed(["created_dag_version_id"]));
    });
}

/// A user's note on a run.
fn dag_run_note(metadata: &mut Metadata) {
    metadata.table("dag_run_note", |t| {
        t.column("dag_run_id", Integer).primary_key();
        t.column("created_at", timestamp()).not_null();
        t.column("updated_at", timestamp()).not_null();
        t.column("user_id", DataType::string(128));
        t.column("content", string_id_of(1000));
        t.foreign_key(cascade(["dag_run_id"], "dag_run", ["id"]).named("dag_run_note_dr_fkey"));
    });
}

/// Orders to run a DAG for a stretch of the past.
fn backfill(metadata: &mut Metadata) {
    metadata.table("backfill", |t| {
        t.column("id", Integer).primary_key();
        t.column("dag_id", DataType::string(250)).not_null();
        t.column("from_date", timestamp()).not_null();
        t.column("to_date", timestamp()).not_null();
        t.column("dag_run_conf", Json).not_null();
        t.column("is_paused", Boolean);
        t.column("max_active_runs", Integer).not_null();
        t.column("created_at", timestamp()).not_null();
        t.column("completed_at", timestamp());
        t.column("updated_at", timestamp()).not_null();
        t.column("reprocess_behavior", DataType::string(250)).not_null();
        t.column("triggering_user_name", DataType::string(512));
    });
}

/// The runs of a backfill.
fn backfill_dag_run(metadata: &mut Metadata) {
    metadata.table("backfill_dag_run", |t| {
        t.column("id", Integer).primary_key();
        t.column("backfill_id", Integer).not_null();
        t.column("dag_run_id", Integer);
        t.column("sort_ordinal", Integer).not_null();
        t.column("exception_reason", DataType::string(250));
        t.column("logical_date", timestamp());
        t.column("partition_key", string_id());
        t.unique("ix_bdr_backfill_id_dag_run_id", ["backfill_id", "dag_run_id"]);
        t.foreign_key(cascade(["backfill_id"], "backfill", ["id"]).named("bdr_backfill_fkey"));
        t.foreign_key(
            ForeignKey::new(["dag_run_id"], "dag_run", ["id"])
                .named("bdr_dag_run_fkey")
                .on_delete(ReferentialAction::SetNull),
        );
    });
}

/// What a DAG says of its deadlines.
fn deadline_alert(metadata: &mut Metadata) {
    metadata.table("deadline_alert", |t| {
        t.column("id", uuid()).primary_key();
        t.column("created_at", timestamp()).not_null();
        t.column("serialized_dag_id", uuid()).not_null();
        t.column("name", DataType::string(250));
        t.column("description", Text);
        t.column("reference", Json).not_null();
        t.column("interval", Json).not_null();
        t.column("callback_def", Json).not_null();
        t.foreign_key(cascade(["serialized_dag_id"], "serialized_dag", ["id"]));
    });
}

/// When a run should have ended, and what is called if it has not.
fn deadline(metadata: &mut Metadata) {
    metadata.table("deadline", |t| {
        t.column("id", uuid()).primary_key();
        t.column("dagrun_id", Integer);
        t.column("deadline_time", timestamp()).not_null();
        t.column("missed", Boolean).not_null();
        t.column("callback_id", uuid()).not_null();
        t.column("deadline_alert_id", uuid());
        t.column("created_at", timestamp()).not_null();
        t.column("last_updated_at", timestamp()).not_null();
        t.foreign_key(cascade(["dagrun_id"], "dag_run", ["id"]));
        t.foreign_key(cascade(["callback_id"], "callback", ["id"]));
        t.foreign_key(
            ForeignKey::new(["deadline_alert_id"], "deadline_alert", ["id"])
                .on_delete(ReferentialAction::SetNull),
        );
        t.index("deadline_callback_id_idx", ["callback_id"]);
        t.index("deadline_missed_deadline_time_idx", ["missed", "deadline_time"]);
    });
}
