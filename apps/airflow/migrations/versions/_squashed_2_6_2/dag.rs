//! DAGs as the scheduler knows them.

use airflow_plugin::{string_id, string_id_of, timestamp};
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{BigInteger, Binary, Boolean, Integer, Json, Text};

use super::columns::{cascade, medium_text};

pub(super) fn create(op: &mut Operations) {
    op.create_table("dag", |t| {
        t.column("dag_id", string_id());
        t.column("max_active_tasks", Integer).not_null();
        t.column("has_task_concurrency_limits", Boolean).not_null();
        t.column("root_dag_id", string_id());
        t.column("is_paused", Boolean);
        t.column("is_subdag", Boolean);
        t.column("is_active", Boolean);
        t.column("last_parsed_time", timestamp());
        t.column("last_pickled", timestamp());
        t.column("last_expired", timestamp());
        t.column("scheduler_lock", Boolean);
        t.column("pickle_id", Integer);
        t.column("fileloc", string_id_of(2000));
        t.column("processor_subdir", string_id_of(2000));
        t.column("owners", string_id_of(2000));
        t.column("description", Text);
        t.column("default_view", string_id_of(25));
        t.column("schedule_interval", Text);
        t.column("timetable_description", string_id_of(1000));
        t.column("max_active_runs", Integer);
        t.column("has_import_errors", Boolean).server_default(SqlValue::expression("(false)"));
        t.column("next_dagrun", timestamp());
        t.column("next_dagrun_data_interval_start", timestamp());
        t.column("next_dagrun_data_interval_end", timestamp());
        t.column("next_dagrun_create_after", timestamp());
        t.primary_key("dag_pkey", ["dag_id"]);
        t.index("idx_next_dagrun_create_after", ["next_dagrun_create_after"]);
        t.index("idx_root_dag_id", ["root_dag_id"]);
    });

    op.create_table("dag_tag", |t| {
        t.column("name", string_id_of(100));
        t.column("dag_id", string_id());
        t.primary_key("dag_tag_pkey", ["name", "dag_id"]);
        t.foreign_key(cascade(["dag_id"], "dag", ["dag_id"]).named("dag_tag_dag_id_fkey"));
    });

    op.create_table("dag_owner_attributes", |t| {
        t.column("dag_id", string_id());
        t.column("owner", string_id_of(500));
        t.column("link", string_id_of(500)).not_null();
        t.primary_key("dag_owner_attributes_pkey", ["dag_id", "owner"]);
        t.foreign_key(cascade(["dag_id"], "dag", ["dag_id"]).named("dag.dag_id"));
    });

    op.create_table("dag_warning", |t| {
        t.column("dag_id", string_id());
        t.column("warning_type", string_id_of(50));
        t.column("message", Text).not_null();
        t.column("timestamp", timestamp()).not_null();
        t.primary_key("dag_warning_pkey", ["dag_id", "warning_type"]);
        t.foreign_key(cascade(["dag_id"], "dag", ["dag_id"]).named("dcw_dag_id_fkey"));
    });

    op.create_table("dag_code", |t| {
        t.column("fileloc_hash", BigInteger);
        t.column("fileloc", string_id_of(2000)).not_null();
        t.column("last_updated", timestamp()).not_null();
        t.column("source_code", medium_text()).not_null();
        t.primary_key("dag_code_pkey", ["fileloc_hash"]);
    });

    op.create_table("dag_pickle", |t| {
        t.column("id", Integer);
        t.column("pickle", Binary);
        t.column("created_dttm", timestamp());
        t.column("pickle_hash", BigInteger);
        t.primary_key("dag_pickle_pkey", ["id"]);
    });

    op.create_table("serialized_dag", |t| {
        t.column("dag_id", string_id());
        t.column("fileloc", string_id_of(2000)).not_null();
        t.column("fileloc_hash", BigInteger).not_null();
        t.column("last_updated", timestamp()).not_null();
        t.column("dag_hash", string_id_of(32)).not_null();
        t.column("data", Json);
        t.column("data_compressed", Binary);
        t.column("processor_subdir", string_id_of(2000));
        t.primary_key("serialized_dag_pkey", ["dag_id"]);
        t.index("idx_fileloc_hash", ["fileloc_hash"]);
    });

    op.create_table("import_error", |t| {
        t.column("id", Integer);
        t.column("timestamp", timestamp());
        t.column("filename", string_id_of(1024));
        t.column("stacktrace", Text);
        t.primary_key("import_error_pkey", ["id"]);
    });
}

pub(super) fn drop(op: &mut Operations) {
    op.drop_table("import_error");
    op.drop_table("serialized_dag");
    op.drop_table("dag_pickle");
    op.drop_table("dag_code");
    op.drop_table("dag_warning");
    op.drop_table("dag_owner_attributes");
    op.drop_table("dag_tag");
    op.drop_table("dag");
}
