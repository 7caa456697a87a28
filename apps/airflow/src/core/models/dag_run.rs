//! Runs of DAGs.

use airflow_plugin::{string_id, string_id_of, timestamp};
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{Binary, Boolean, Integer};

use super::columns::cascade;

/// Writes down the tables of this area.
pub(crate) fn tables(metadata: &mut Metadata) {
    dag_run(metadata);
    dag_run_note(metadata);
}

/// Runs of DAGs. The foreign key has the name it got when it stood on `task_instance`.
fn dag_run(metadata: &mut Metadata) {
    metadata.table("dag_run", |t| {
        t.column("id", Integer).primary_key();
        t.column("dag_id", string_id()).not_null();
        t.column("execution_date", timestamp()).not_null();
        t.column("run_id", string_id()).not_null();
        t.column("run_type", string_id_of(50)).not_null();
        t.column("queued_at", timestamp());
        t.column("start_date", timestamp());
        t.column("end_date", timestamp());
        t.column("state", string_id_of(50));
        t.column("creating_job_id", Integer);
        t.column("external_trigger", Boolean);
        t.column("conf", Binary);
        t.column("data_interval_start", timestamp());
        t.column("data_interval_end", timestamp());
        t.column("last_scheduling_decision", timestamp());
        t.column("dag_hash", string_id_of(32));
        t.column("log_template_id", Integer);
        t.column("updated_at", timestamp());
        t.unique("dag_run_dag_id_execution_date_key", ["dag_id", "execution_date"]);
        t.unique("dag_run_dag_id_run_id_key", ["dag_id", "run_id"]);
        t.foreign_key(
            ForeignKey::new(["log_template_id"], "log_template", ["id"])
                .named("task_instance_log_template_id_fkey"),
        );
        t.index("dag_id_state", ["dag_id", "state"]);
        t.index("idx_dag_run_dag_id", ["dag_id"]);
        t.index("idx_dag_run_queued_dags", ["state", "dag_id"]);
        t.index("idx_dag_run_running_dags", ["state", "dag_id"]);
        t.index("idx_last_scheduling_decision", ["last_scheduling_decision"]);
    });
}

/// A user's note on a run.
fn dag_run_note(metadata: &mut Metadata) {
    metadata.table("dag_run_note", |t| {
        t.column("dag_run_id", Integer).primary_key();
        t.column("created_at", timestamp()).not_null();
        t.column("updated_at", timestamp()).not_null();
        t.column("user_id", Integer);
        t.column("content", string_id_of(1000));
        t.foreign_key(cascade(["dag_run_id"], "dag_run", ["id"]).named("dag_run_note_dr_fkey"));
        t.foreign_key(ForeignKey::new(["user_id"], "ab_user", ["id"]).named("dag_run_note_user_fkey"));
    });
}
