//! Airflow 3.0.0: each try of a task is a task instance with an id of its own, and the id of an earlier try is that which
//! the task instance had then.
//!
//! The way back leaves the other id NULL, in a column too short for it outside PostgreSQL, as Airflow's does; the
//! revision that made the column drops it next. Numbers of tries of reschedules, which upwards are dropped, are 1 then.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("29ce7909c52b")
        .down_revision("959e216a3abb")
        .message("give each try of a task instance an id of its own")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.drop_column("task_instance_history", "task_instance_id");
    op.rename_column("task_instance_history", "try_id", "task_instance_id");
    op.create_index("idx_tih_dag_run", "task_instance_history", ["dag_id", "run_id"]);
    op.alter_table("task_instance_note", |t| {
        t.drop_constraint(ConstraintKind::ForeignKey, "task_instance_note_ti_fkey");
        t.create_foreign_key(note_of_task_instance().on_update(ReferentialAction::Cascade));
    });
    op.drop_column("task_reschedule", "try_number");
}

pub(crate) fn downgrade(op: &mut Operations) {
    let one = PerDialect::all(SqlValue::Integer(1)).on(DialectName::Sqlite, SqlValue::text("1"));
    op.add_column(
        "task_reschedule",
        Column::new("try_number", DataType::Integer).not_null().server_default(one),
    );
    op.alter_table("task_instance_note", |t| {
        t.drop_constraint(ConstraintKind::ForeignKey, "task_instance_note_ti_fkey");
        t.create_foreign_key(note_of_task_instance());
    });
    op.drop_index("idx_tih_dag_run", "task_instance_history");
    op.rename_column("task_instance_history", "task_instance_id", "try_id");
    op.add_column("task_instance_history", Column::new("task_instance_id", uuid()));
}

fn note_of_task_instance() -> ForeignKey {
    ForeignKey::new(["ti_id"], "task_instance", ["id"])
        .named("task_instance_note_ti_fkey")
        .on_delete(ReferentialAction::Cascade)
}

/// Text where the database has no type for it; MariaDB has one.
fn uuid() -> ColumnType {
    ColumnType::from(DataType::Uuid)
        .on(DialectName::MySql, DataType::char(32))
        .on(DialectName::MariaDb, DataType::native("uuid"))
        .on(DialectName::Sqlite, DataType::char(32))
}
