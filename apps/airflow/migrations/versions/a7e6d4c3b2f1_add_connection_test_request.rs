//! Airflow 3.3.0: connections that somebody wants to see tried, and what came of it.

use airflow_plugin::timestamp;
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{Boolean, Integer, Text};

pub(crate) fn revision() -> Revision {
    Revision::new("a7e6d4c3b2f1")
        .down_revision("8812eb67b63c")
        .message("create the table connection_test_request")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.create_table("connection_test_request", |t| {
        t.column("id", uuid());
        t.column("token", DataType::string(64)).not_null();
        t.column("connection_id", DataType::string(250)).not_null();
        t.column("state", DataType::string(20)).not_null();
        t.column("result_message", DataType::string(2000));
        t.column("created_at", timestamp()).not_null();
        t.column("updated_at", timestamp()).not_null();
        t.column("executor", DataType::string(256));
        t.column("queue", DataType::string(256));
        t.column("conn_type", DataType::string(500)).not_null();
        t.column("host", DataType::string(500));
        t.column("login", Text);
        t.column("password", Text);
        t.column("schema", DataType::string(500));
        t.column("port", Integer);
        t.column("extra", Text);
        t.column("is_encrypted", Boolean).not_null().server_default(no());
        t.column("is_extra_encrypted", Boolean).not_null().server_default(no());
        t.column("commit_on_success", Boolean).not_null().server_default(no());
        t.column("active_connection_id", DataType::string(250));
        t.column("team_name", DataType::string(50));
        t.primary_key("connection_test_request_pkey", ["id"]);
        t.unique("connection_test_request_token_uq", ["token"]);
        t.unique("uq_connection_test_request_active_conn", ["active_connection_id"]);
        t.index("idx_connection_test_request_state_created_at", ["state", "created_at"]);
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_table("connection_test_request");
}

/// Text where the database has no type for it; MariaDB has one.
fn uuid() -> ColumnType {
    ColumnType::from(DataType::Uuid).on(DialectName::MariaDb, DataType::native("uuid"))
}

fn no() -> PerDialect<SqlValue> {
    PerDialect::all(SqlValue::Boolean(false)).on(DialectName::Sqlite, SqlValue::text("0"))
}
