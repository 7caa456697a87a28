//! Airflow 3.0.0: what traces say of runs and tasks, and which job scheduled a run.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("ec62e120484d")
        .down_revision("be2cc2f742cf")
        .message("add context_carrier and span_status to runs and task instances")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.add_column("dag_run", Column::new("scheduled_by_job_id", DataType::Integer));
    for table in TABLES {
        let json = ColumnType::from(DataType::Json).on(DialectName::Postgres, DataType::native("JSONB"));
        op.alter_table(table, |t| {
            t.add_column(Column::new("context_carrier", json));
            t.add_column(
                Column::new("span_status", DataType::string(250)).not_null().server_default("not_started"),
            );
        });
    }
}

pub(crate) fn downgrade(op: &mut Operations) {
    for table in TABLES {
        op.alter_table(table, |t| {
            t.drop_column("span_status");
            t.drop_column("context_carrier");
        });
    }
    op.drop_column("dag_run", "scheduled_by_job_id");
}

const TABLES: [&str; 3] = ["dag_run", "task_instance", "task_instance_history"];
