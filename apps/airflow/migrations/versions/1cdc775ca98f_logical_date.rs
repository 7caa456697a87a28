//! Airflow 3.0.0: runs and log entries have a logical date, which may be missing.
//!
//! Airflow 2 knows no run without one. The way back moves such runs into a table of their own, [`MOVED`], which is made
//! only if there are any, and what belongs to them is deleted with them. Runs that were moved on an earlier way back
//! stay in that table. SQLite deletes nothing along with a run while tables are made anew, so there it is said.

use dunlin_core::prelude::*;
use dunlin_core::session::{BoxError, Session};

pub(crate) fn revision() -> Revision {
    Revision::new("1cdc775ca98f")
        .down_revision("a2c32e6c7729")
        .message("rename execution_date of dag_run and log to logical_date, which may be missing")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.rename_column("dag_run", "execution_date", "logical_date");
    op.alter_table("dag_run", |t| {
        t.alter_column("logical_date").nullable(true);
        t.rename_constraint(
            ConstraintKind::Unique,
            "dag_run_dag_id_execution_date_key",
            "dag_run_dag_id_logical_date_key",
        );
    });
    op.rename_column("log", "execution_date", "logical_date");
}

pub(crate) fn downgrade(op: &mut Operations) {
    move_runs_without_date(op);
    op.rename_column("dag_run", "logical_date", "execution_date");
    op.alter_table("dag_run", |t| {
        t.alter_column("execution_date").nullable(false);
        t.rename_constraint(
            ConstraintKind::Unique,
            "dag_run_dag_id_logical_date_key",
            "dag_run_dag_id_execution_date_key",
        );
    });
    op.rename_column("log", "logical_date", "execution_date");
}

/// Airflow's name for it.
const MOVED: &str = "_airflow_moved__3_0_0__offending_dag_run";

const WITHOUT_DATE: &str = "FROM dag_run WHERE logical_date IS NULL";

/// A table that is made only if there are rows for it is no operation: PostgreSQL and MySQL take it as a statement,
/// SQLite from a function.
fn move_runs_without_date(op: &mut Operations) {
    let block = format!(
        "DO $$ BEGIN IF EXISTS (SELECT 1 {WITHOUT_DATE}) THEN {}; {}; END IF; END $$",
        create("WITH NO DATA"),
        insert()
    );
    op.execute_ddl(PerDialect::only(DialectName::Postgres, block), [MOVED]);

    let create_with_key =
        format!("CREATE TABLE IF NOT EXISTS {MOVED} (PRIMARY KEY (id)) AS SELECT * FROM dag_run LIMIT 0");
    for statement in [create_with_key, insert()] {
        for part in [
            format!("SET @statement = IF(EXISTS (SELECT 1 {WITHOUT_DATE}), '{statement}', 'DO 0')"),
            "PREPARE statement FROM @statement".to_owned(),
            "EXECUTE statement".to_owned(),
            "DEALLOCATE PREPARE statement".to_owned(),
        ] {
            op.execute_ddl(PerDialect::only(DialectName::MySql, part), [MOVED]);
        }
    }

    op.run("move the runs without a logical date, on SQLite", ["dag_run"], |session| {
        Box::pin(move_on_sqlite(session))
    });
    op.execute(format!("DELETE {WITHOUT_DATE}"));
}

async fn move_on_sqlite(session: &mut dyn Session) -> Result<(), BoxError> {
    let found = session.query(&format!("SELECT 1 {WITHOUT_DATE} LIMIT 1")).await?;
    if session.dialect() != DialectName::Sqlite || found.is_empty() {
        return Ok(());
    }
    session.execute(&create("LIMIT 0")).await?;
    session.execute(&insert()).await?;
    for table in REFER_BY_ID {
        session
            .execute(&format!("DELETE FROM {table} WHERE dag_run_id IN (SELECT id {WITHOUT_DATE})"))
            .await?;
    }
    for table in REFER_BY_RUN_ID {
        session
            .execute(&format!(
                "DELETE FROM {table} WHERE (dag_id, run_id) IN (SELECT dag_id, run_id {WITHOUT_DATE})"
            ))
            .await?;
    }
    Ok(())
}

const REFER_BY_ID: [&str; 2] = ["dag_run_note", "dagrun_dataset_event"];
const REFER_BY_RUN_ID: [&str; 8] = [
    "rendered_task_instance_fields",
    "task_fail",
    "task_instance_history",
    "task_instance_note",
    "task_map",
    "task_reschedule",
    "xcom",
    "task_instance",
];

/// A table without rows: what they are is [`insert`]'s.
fn create(without_rows: &str) -> String {
    format!("CREATE TABLE IF NOT EXISTS {MOVED} AS SELECT * FROM dag_run {without_rows}")
}

/// The columns by name: an earlier table may have them in another order. Rows are moved once, even if the way back is
/// interrupted and gone again.
fn insert() -> String {
    let columns = COLUMNS.join(", ");
    format!(
        "INSERT INTO {MOVED} ({columns}) SELECT {columns} {WITHOUT_DATE} AND id NOT IN (SELECT id FROM {MOVED})"
    )
}

const COLUMNS: [&str; 20] = [
    "id",
    "dag_id",
    "logical_date",
    "run_id",
    "run_type",
    "queued_at",
    "start_date",
    "end_date",
    "state",
    "creating_job_id",
    "external_trigger",
    "conf",
    "data_interval_start",
    "data_interval_end",
    "last_scheduling_decision",
    "dag_hash",
    "log_template_id",
    "updated_at",
    "clear_number",
    "triggered_by",
];
