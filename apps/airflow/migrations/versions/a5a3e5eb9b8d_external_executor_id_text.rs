//! Airflow 3.2.0: what an executor calls a task instance may be of any length.
//!
//! On the way back the first 250 characters of it stay, on SQLite all of them. On MySQL the real downgrade fails on a
//! longer one.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("a5a3e5eb9b8d")
        .down_revision("55297ae24532")
        .message("make external_executor_id of task_instance and task_instance_history a text")
}

pub(crate) fn upgrade(op: &mut Operations) {
    for table in TABLES {
        op.alter_column(table, COLUMN, |c| c.column_type(DataType::Text));
    }
}

pub(crate) fn downgrade(op: &mut Operations) {
    for table in TABLES {
        let cut = format!(
            "UPDATE {table} SET {COLUMN} = substr({COLUMN}, 1, 250) WHERE char_length({COLUMN}) > 250"
        );
        op.execute(PerDialect::only(DialectName::Postgres, cut.clone()).on(DialectName::MySql, cut));
        op.alter_column(table, COLUMN, |c| c.column_type(DataType::string(250)));
    }
}

const TABLES: [&str; 2] = ["task_instance", "task_instance_history"];
const COLUMN: &str = "external_executor_id";
