//! Airflow 3.0.0: tries that failed are among the earlier tries of a task. The way back makes an empty table.

use airflow_plugin::{string_id, timestamp};
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::Integer;

pub(crate) fn revision() -> Revision {
    Revision::new("5f57a45b8433").down_revision("486ac7936b78").message("drop the table task_fail")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.drop_table("task_fail");
}

pub(crate) fn downgrade(op: &mut Operations) {
    let minus_one = PerDialect::all(SqlValue::expression("(-1)"))
        .on(DialectName::Postgres, SqlValue::text("-1"))
        .on(DialectName::MariaDb, SqlValue::text("-1"));
    let task = ["dag_id", "task_id", "run_id", "map_index"];
    op.create_table("task_fail", |t| {
        t.column("id", Integer);
        t.column("task_id", string_id()).not_null();
        t.column("dag_id", string_id()).not_null();
        t.column("run_id", string_id()).not_null();
        t.column("map_index", Integer).not_null().server_default(minus_one);
        t.column("start_date", timestamp());
        t.column("end_date", timestamp());
        t.column("duration", Integer);
        t.primary_key("task_fail_pkey", ["id"]);
        t.foreign_key(
            ForeignKey::new(task, "task_instance", task)
                .named("task_fail_ti_fkey")
                .on_delete(ReferentialAction::Cascade),
        );
        t.index("idx_task_fail_task_instance", task);
    });
}
