//! Airflow 3.0.0: a reschedule refers to the id of its task instance.

use airflow_plugin::string_id;
use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("d469d27e2a64")
        .down_revision("16f7f5ee874e")
        .message("let task_reschedule refer to the id of task_instance")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.add_column("task_reschedule", Column::new("ti_id", id()));
    op.execute(
        "UPDATE task_reschedule SET ti_id = (SELECT task.id FROM task_instance AS task \
         WHERE task.dag_id = task_reschedule.dag_id AND task.task_id = task_reschedule.task_id \
         AND task.run_id = task_reschedule.run_id AND task.map_index = task_reschedule.map_index)",
    );
    op.alter_table("task_reschedule", |t| {
        t.drop_constraint(ConstraintKind::ForeignKey, "task_reschedule_dr_fkey");
        t.drop_constraint(ConstraintKind::ForeignKey, "task_reschedule_ti_fkey");
    });
    op.drop_index("idx_task_reschedule_dag_run", "task_reschedule");
    op.drop_index("idx_task_reschedule_dag_task_run", "task_reschedule");
    op.alter_table("task_reschedule", |t| {
        for column in KEY {
            t.drop_column(column);
        }
        t.alter_column("ti_id").nullable(false);
        t.create_foreign_key(
            ForeignKey::new(["ti_id"], "task_instance", ["id"])
                .named("task_reschedule_ti_fkey")
                .on_delete(ReferentialAction::Cascade),
        );
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    let minus_one = PerDialect::only(DialectName::Postgres, SqlValue::text("-1"))
        .on(DialectName::Sqlite, SqlValue::expression("(-1)"));
    op.alter_table("task_reschedule", |t| {
        t.add_column(Column::new("run_id", string_id()));
        t.add_column(Column::new("task_id", string_id()));
        t.add_column(Column::new("dag_id", string_id()));
        t.add_column(Column::new("map_index", DataType::Integer).server_default(minus_one));
    });
    let set = KEY.map(|column| {
        format!("{column} = (SELECT task.{column} FROM task_instance AS task WHERE task.id = task_reschedule.ti_id)")
    });
    op.execute(format!("UPDATE task_reschedule SET {}", set.join(", ")));
    op.alter_table("task_reschedule", |t| {
        t.drop_constraint(ConstraintKind::ForeignKey, "task_reschedule_ti_fkey");
        t.drop_column("ti_id");
        for column in KEY {
            t.alter_column(column).nullable(false);
        }
    });
    op.create_index("idx_task_reschedule_dag_run", "task_reschedule", ["dag_id", "run_id"]);
    op.create_index("idx_task_reschedule_dag_task_run", "task_reschedule", KEY);
    op.alter_table("task_reschedule", |t| {
        let run = ["dag_id", "run_id"];
        t.create_foreign_key(
            ForeignKey::new(run, "dag_run", run)
                .named("task_reschedule_dr_fkey")
                .on_delete(ReferentialAction::Cascade),
        );
        t.create_foreign_key(
            ForeignKey::new(KEY, "task_instance", KEY)
                .named("task_reschedule_ti_fkey")
                .on_delete(ReferentialAction::Cascade),
        );
    });
}

const KEY: [&str; 4] = ["dag_id", "task_id", "run_id", "map_index"];

/// The id of a task instance.
fn id() -> ColumnType {
    ColumnType::from(DataType::string(36)).on(DialectName::Postgres, DataType::Uuid)
}
