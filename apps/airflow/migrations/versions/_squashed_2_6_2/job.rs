//! What runs beside the DAGs and what it leaves behind: processes, triggers, callbacks, logs.

use airflow_plugin::{string_id, string_id_of, timestamp};
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{Integer, Json, Text};

pub(super) fn create(op: &mut Operations) {
    op.create_table("job", |t| {
        t.column("id", Integer);
        t.column("dag_id", string_id());
        t.column("state", string_id_of(20));
        t.column("job_type", string_id_of(30));
        t.column("start_date", timestamp());
        t.column("end_date", timestamp());
        t.column("latest_heartbeat", timestamp());
        t.column("executor_class", string_id_of(500));
        t.column("hostname", string_id_of(500));
        t.column("unixname", string_id_of(1000));
        t.primary_key("job_pkey", ["id"]);
        t.index("idx_job_dag_id", ["dag_id"]);
        t.index("idx_job_state_heartbeat", ["state", "latest_heartbeat"]);
        t.index("job_type_heart", ["job_type", "latest_heartbeat"]);
    });

    op.create_table("trigger", |t| {
        t.column("id", Integer);
        t.column("classpath", string_id_of(1000)).not_null();
        t.column("kwargs", Json).not_null();
        t.column("created_date", timestamp()).not_null();
        t.column("triggerer_id", Integer);
        t.primary_key("trigger_pkey", ["id"]);
    });

    op.create_table("callback_request", |t| {
        t.column("id", Integer);
        t.column("created_at", timestamp()).not_null();
        t.column("priority_weight", Integer).not_null();
        t.column("callback_data", Json).not_null();
        t.column("callback_type", string_id_of(20)).not_null();
        t.column("processor_subdir", string_id_of(2000));
        t.primary_key("callback_request_pkey", ["id"]);
    });

    op.create_table("log", |t| {
        t.column("id", Integer);
        t.column("dttm", timestamp());
        t.column("dag_id", string_id());
        t.column("task_id", string_id());
        t.column("map_index", Integer);
        t.column("event", string_id_of(30));
        t.column("execution_date", timestamp());
        t.column("owner", string_id_of(500));
        t.column("extra", Text);
        t.primary_key("log_pkey", ["id"]);
        t.index("idx_log_dag", ["dag_id"]);
        t.index("idx_log_dttm", ["dttm"]);
        t.index("idx_log_event", ["event"]);
    });

    op.create_table("log_template", |t| {
        t.column("id", Integer);
        t.column("filename", Text).not_null();
        t.column("elasticsearch_id", Text).not_null();
        t.column("created_at", timestamp()).not_null();
        t.primary_key("log_template_pkey", ["id"]);
    });
}

pub(super) fn drop(op: &mut Operations) {
    op.drop_table("log_template");
    op.drop_table("log");
    op.drop_table("callback_request");
    op.drop_table("trigger");
    op.drop_table("job");
}
