//! Airflow 2.10.0: the earlier tries of a task.

use airflow_plugin::{string_id, timestamp};
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{Binary, Float, Integer, Json};

pub(crate) fn revision() -> Revision {
    Revision::new("d482b7261ff9")
        .down_revision("c4602ba06b4b")
        .message("create the table task_instance_history")
}

pub(crate) fn upgrade(op: &mut Operations) {
    let extended_json = ColumnType::from(Json).on(DialectName::Postgres, DataType::native("JSONB"));
    let task = ["dag_id", "task_id", "run_id", "map_index"];
    op.create_table("task_instance_history", |t| {
        t.column("id", Integer);
        t.column("task_id", string_id()).not_null();
        t.column("dag_id", string_id()).not_null();
        t.column("run_id", string_id()).not_null();
        t.column("map_index", Integer).not_null().server_default(minus_one());
        t.column("try_number", Integer).not_null();
        t.column("start_date", timestamp());
        t.column("end_date", timestamp());
        t.column("duration", Float);
        t.column("state", DataType::string(20));
        t.column("max_tries", Integer).server_default(minus_one());
        t.column("hostname", DataType::string(1000));
        t.column("unixname", DataType::string(1000));
        t.column("job_id", Integer);
        t.column("pool", DataType::string(256)).not_null();
        t.column("pool_slots", Integer).not_null();
        t.column("queue", DataType::string(256));
        t.column("priority_weight", Integer);
        t.column("operator", DataType::string(1000));
        t.column("custom_operator_name", DataType::string(1000));
        t.column("queued_dttm", timestamp());
        t.column("queued_by_job_id", Integer);
        t.column("pid", Integer);
        t.column("executor", DataType::string(1000));
        t.column("executor_config", Binary);
        t.column("updated_at", timestamp());
        t.column("rendered_map_index", DataType::string(250));
        t.column("external_executor_id", DataType::string(250));
        t.column("trigger_id", Integer);
        t.column("trigger_timeout", DataType::datetime());
        t.column("next_method", DataType::string(1000));
        t.column("next_kwargs", extended_json);
        t.column("task_display_name", DataType::string(2000));
        t.primary_key("task_instance_history_pkey", ["id"]);
        t.foreign_key(
            ForeignKey::new(task, "task_instance", task)
                .named("task_instance_history_ti_fkey")
                .on_delete(ReferentialAction::Cascade)
                .on_update(ReferentialAction::Cascade),
        );
        t.unique("task_instance_history_dtrt_uq", ["dag_id", "task_id", "run_id", "map_index", "try_number"]);
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_table("task_instance_history");
}

/// MySQL has it as an expression here, and as a value in the tables of 2.6.2.
fn minus_one() -> PerDialect<SqlValue> {
    let plain = || SqlValue::text("-1");
    let expression = SqlValue::expression("(-1)");
    PerDialect::all(plain()).on(DialectName::MySql, expression).on(DialectName::MariaDb, plain())
}
