//! Tasks of a run, and what belongs to one of them.

use airflow_plugin::{string_id, string_id_of, timestamp};
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{Binary, Float, Integer, Json};

use super::columns::{TASK_INSTANCE_KEY, cascade, extended_json, task_instance_key};

pub(super) fn create(op: &mut Operations) {
    op.create_table("task_instance", |t| {
        t.column("task_id", string_id());
        t.column("dag_id", string_id());
        t.column("run_id", string_id());
        t.column("map_index", Integer).server_default(SqlValue::text("-1"));
        t.column("pool", string_id_of(256)).not_null();
        t.column("pool_slots", Integer).not_null();
        t.column("start_date", timestamp());
        t.column("end_date", timestamp());
        t.column("duration", Float);
        t.column("state", string_id_of(20));
        t.column("try_number", Integer);
        t.column("max_tries", Integer).server_default(SqlValue::text("-1"));
        t.column("hostname", string_id_of(1000));
        t.column("unixname", string_id_of(1000));
        t.column("job_id", Integer);
        t.column("queue", string_id_of(256));
        t.column("priority_weight", Integer);
        t.column("operator", string_id_of(1000));
        t.column("queued_dttm", timestamp());
        t.column("queued_by_job_id", Integer);
        t.column("pid", Integer);
        t.column("executor_config", Binary);
        t.column("updated_at", timestamp());
        t.column("external_executor_id", string_id());
        t.column("trigger_id", Integer);
        t.column("trigger_timeout", timestamp());
        t.column("next_method", string_id_of(1000));
        t.column("next_kwargs", extended_json());
        t.primary_key("task_instance_pkey", TASK_INSTANCE_KEY);
        t.foreign_key(
            cascade(["dag_id", "run_id"], "dag_run", ["dag_id", "run_id"])
                .named("task_instance_dag_run_fkey"),
        );
        t.foreign_key(cascade(["trigger_id"], "trigger", ["id"]).named("task_instance_trigger_id_fkey"));
        t.index("ti_dag_run", ["dag_id", "run_id"]);
        t.index("ti_dag_state", ["dag_id", "state"]);
        t.index("ti_job_id", ["job_id"]);
        t.index("ti_pool", ["pool", "state", "priority_weight"]);
        t.index("ti_state", ["state"]);
        t.index("ti_state_lkp", ["dag_id", "task_id", "run_id", "state"]);
        t.index("ti_trigger_id", ["trigger_id"]);
    });

    op.create_table("task_instance_note", |t| {
        t.column("task_id", string_id());
        t.column("dag_id", string_id());
        t.column("run_id", string_id());
        t.column("map_index", Integer);
        t.column("created_at", timestamp()).not_null();
        t.column("updated_at", timestamp()).not_null();
        t.column("user_id", Integer);
        t.column("content", string_id_of(1000));
        t.primary_key("task_instance_note_pkey", ["task_id", "dag_id", "run_id", "map_index"]);
        t.foreign_key(task_instance_key().named("task_instance_note_ti_fkey"));
        t.foreign_key(ForeignKey::new(["user_id"], "ab_user", ["id"]).named("task_instance_note_user_fkey"));
    });

    op.create_table("task_map", |t| {
        t.column("dag_id", string_id());
        t.column("task_id", string_id());
        t.column("run_id", string_id());
        t.column("map_index", Integer);
        t.column("length", Integer).not_null();
        t.column("keys", extended_json());
        t.primary_key("task_map_pkey", TASK_INSTANCE_KEY);
        t.foreign_key(
            task_instance_key().named("task_map_task_instance_fkey").on_update(ReferentialAction::Cascade),
        );
        t.check(Name::exact("ck_task_map_task_map_length_not_negative"), "length >= 0");
    });

    op.create_table("task_fail", |t| {
        t.column("id", Integer);
        t.column("task_id", string_id()).not_null();
        t.column("dag_id", string_id()).not_null();
        t.column("run_id", string_id()).not_null();
        t.column("map_index", Integer).not_null().server_default(SqlValue::text("-1"));
        t.column("start_date", timestamp());
        t.column("end_date", timestamp());
        t.column("duration", Integer);
        t.primary_key("task_fail_pkey", ["id"]);
        t.foreign_key(task_instance_key().named("task_fail_ti_fkey"));
        t.index("idx_task_fail_task_instance", TASK_INSTANCE_KEY);
    });

    op.create_table("task_reschedule", |t| {
        t.column("id", Integer);
        t.column("task_id", string_id()).not_null();
        t.column("dag_id", string_id()).not_null();
        t.column("run_id", string_id()).not_null();
        t.column("map_index", Integer).not_null().server_default(SqlValue::text("-1"));
        t.column("try_number", Integer).not_null();
        t.column("start_date", timestamp()).not_null();
        t.column("end_date", timestamp()).not_null();
        t.column("duration", Integer).not_null();
        t.column("reschedule_date", timestamp()).not_null();
        t.primary_key("task_reschedule_pkey", ["id"]);
        t.foreign_key(
            cascade(["dag_id", "run_id"], "dag_run", ["dag_id", "run_id"]).named("task_reschedule_dr_fkey"),
        );
        t.foreign_key(task_instance_key().named("task_reschedule_ti_fkey"));
        t.index("idx_task_reschedule_dag_run", ["dag_id", "run_id"]);
        t.index("idx_task_reschedule_dag_task_run", TASK_INSTANCE_KEY);
    });

    op.create_table("rendered_task_instance_fields", |t| {
        t.column("dag_id", string_id());
        t.column("task_id", string_id());
        t.column("run_id", string_id());
        t.column("map_index", Integer).server_default(SqlValue::text("-1"));
        t.column("rendered_fields", Json).not_null();
        t.column("k8s_pod_yaml", Json);
        t.primary_key("rendered_task_instance_fields_pkey", TASK_INSTANCE_KEY);
        t.foreign_key(task_instance_key().named("rtif_ti_fkey"));
    });

    op.create_table("xcom", |t| {
        t.column("dag_run_id", Integer);
        t.column("task_id", string_id());
        t.column("map_index", Integer).server_default(SqlValue::text("-1"));
        t.column("key", string_id_of(512));
        t.column("dag_id", string_id()).not_null();
        t.column("run_id", string_id()).not_null();
        t.column("timestamp", timestamp()).not_null();
        t.column("value", Binary);
        t.primary_key("xcom_pkey", ["dag_run_id", "task_id", "map_index", "key"]);
        t.foreign_key(task_instance_key().named("xcom_task_instance_fkey"));
        t.index("idx_xcom_key", ["key"]);
        t.index("idx_xcom_task_instance", TASK_INSTANCE_KEY);
    });
}

pub(super) fn drop(op: &mut Operations) {
    op.drop_table("xcom");
    op.drop_table("rendered_task_instance_fields");
    op.drop_table("task_reschedule");
    op.drop_table("task_fail");
    op.drop_table("task_map");
    op.drop_table("task_instance_note");
    op.drop_table("task_instance");
}
