//! Airflow 3.0.0: a note refers to the id of its task instance.

use airflow_plugin::string_id;
use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("cf87489a35df")
        .down_revision("7645189f3479")
        .message("let task_instance_note refer to the id of task_instance")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.add_column("task_instance_note", Column::new("ti_id", id()));
    op.execute(
        "UPDATE task_instance_note SET ti_id = (SELECT task.id FROM task_instance AS task \
         WHERE task.dag_id = task_instance_note.dag_id AND task.task_id = task_instance_note.task_id \
         AND task.run_id = task_instance_note.run_id AND task.map_index = task_instance_note.map_index)",
    );
    op.alter_table("task_instance_note", |t| {
        t.drop_constraint(ConstraintKind::ForeignKey, "task_instance_note_ti_fkey");
        t.drop_constraint(ConstraintKind::PrimaryKey, "task_instance_note_pkey");
        for column in KEY {
            t.drop_column(column);
        }
        t.alter_column("ti_id").nullable(false);
        t.create_primary_key("task_instance_note_pkey", ["ti_id"]);
        t.create_foreign_key(
            ForeignKey::new(["ti_id"], "task_instance", ["id"])
                .named("task_instance_note_ti_fkey")
                .on_delete(ReferentialAction::Cascade),
        );
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    let minus_one =
        PerDialect::all(SqlValue::text("-1")).on(DialectName::Sqlite, SqlValue::expression("(-1)"));
    op.alter_table("task_instance_note", |t| {
        t.add_column(Column::new("dag_id", string_id()));
        t.add_column(Column::new("task_id", string_id()));
        t.add_column(Column::new("run_id", string_id()));
        t.add_column(Column::new("map_index", DataType::Integer).server_default(minus_one));
    });
    let set = KEY.map(|column| {
        format!("{column} = (SELECT task.{column} FROM task_instance AS task WHERE task.id = task_instance_note.ti_id)")
    });
    op.execute(format!("UPDATE task_instance_note SET {}", set.join(", ")));
    op.alter_table("task_instance_note", |t| {
        t.drop_constraint(ConstraintKind::ForeignKey, "task_instance_note_ti_fkey");
        t.drop_constraint(ConstraintKind::PrimaryKey, "task_instance_note_pkey");
        t.drop_column("ti_id");
        for column in KEY {
            t.alter_column(column).nullable(false);
        }
        t.create_primary_key("task_instance_note_pkey", KEY);
        t.create_foreign_key(
            ForeignKey::new(KEY, "task_instance", KEY)
                .named("task_instance_note_ti_fkey")
                .on_delete(ReferentialAction::Cascade),
        );
    });
}

const KEY: [&str; 4] = ["dag_id", "task_id", "run_id", "map_index"];

/// The id of a task instance.
fn id() -> ColumnType {
    ColumnType::from(DataType::string(36)).on(DialectName::Postgres, DataType::Uuid)
}
