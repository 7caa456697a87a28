//! Airflow 3.3.0: what tasks keep from one try to the next, and what is kept with an asset.

use airflow_plugin::{string_id, timestamp};
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::Integer;

pub(crate) fn revision() -> Revision {
    Revision::new("fde9ed84d07b")
        .down_revision("9fabad868fdb")
        .message("create the tables asset_state_store and task_state_store")
}

pub(crate) fn upgrade(op: &mut Operations) {
    let cascade = |column: &str, table: &str| {
        ForeignKey::new([column], table, ["id"]).on_delete(ReferentialAction::Cascade)
    };
    op.create_table("asset_state_store", |t| {
        t.column("asset_id", Integer);
        t.column("key", DataType::string(512));
        t.column("value", medium_text()).not_null();
        t.column("updated_at", timestamp()).not_null();
        t.column("last_updated_by_kind", DataType::string(16));
        t.column("last_updated_by_dag_id", string_id());
        t.column("last_updated_by_run_id", string_id());
        t.column("last_updated_by_task_id", string_id());
        t.column("last_updated_by_map_index", Integer);
        t.primary_key("asset_state_store_pkey", ["asset_id", "key"]);
        t.foreign_key(cascade("asset_id", "asset").named("asset_state_store_asset_fkey"));
    });
    let minus_one = PerDialect::all(SqlValue::Integer(-1)).on(DialectName::Sqlite, SqlValue::text("-1"));
    op.create_table("task_state_store", |t| {
        t.column("id", Integer);
        t.column("dag_run_id", Integer).not_null();
        t.column("task_id", string_id()).not_null();
        t.column("map_index", Integer).not_null().server_default(minus_one);
        t.column("key", DataType::string(512)).not_null();
        t.column("dag_id", string_id()).not_null();
        t.column("run_id", string_id()).not_null();
        t.column("value", medium_text()).not_null();
        t.column("updated_at", timestamp()).not_null();
        t.column("expires_at", timestamp());
        t.primary_key("task_state_store_pkey", ["id"]);
        t.unique("task_state_store_uq", ["dag_run_id", "task_id", "map_index", "key"]);
        t.foreign_key(cascade("dag_run_id", "dag_run").named("task_state_store_dag_run_fkey"));
        t.index("idx_task_state_store_lookup", ["dag_id", "run_id", "task_id", "map_index"]);
        t.index("idx_task_state_store_expires_at", ["expires_at"]);
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_table("task_state_store");
    op.drop_table("asset_state_store");
}

/// Text that may be longer than the 64 KiB of MySQL's TEXT.
fn medium_text() -> ColumnType {
    ColumnType::from(DataType::Text).on(DialectName::MySql, DataType::native("MEDIUMTEXT"))
}
