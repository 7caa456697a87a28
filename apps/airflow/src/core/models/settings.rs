//! What users set up: connections, variables, pools; and what the interface keeps.

use airflow_plugin::{string_id, string_id_of, timestamp};
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{Boolean, Integer, Text};

use super::columns::{medium_text, owning_team, uuid};

/// Writes down the tables of this area.
pub(crate) fn tables(metadata: &mut Metadata) {
    connection(metadata);
    variable(metadata);
    slot_pool(metadata);
    connection_test_request(metadata);
    team(metadata);
    revoked_token(metadata);
}

/// How to reach other systems.
fn connection(metadata: &mut Metadata) {
    metadata.table("connection", |t| {
        t.column("id", Integer).primary_key();
        t.column("conn_id", string_id()).not_null().unique();
        t.column("conn_type", string_id_of(500)).not_null();
        t.column("description", ColumnType::all(Text).on(DialectName::Sqlite, DataType::string(5000)));
        t.column("host", string_id_of(500));
        t.column("schema", string_id_of(500));
        t.column("login", Text);
        t.column("password", Text);
        t.column("port", Integer);
        t.column("is_encrypted", Boolean).not_null();
        t.column("is_extra_encrypted", Boolean).not_null();
        t.column("extra", Text);
        t.column("team_name", DataType::string(50));
        t.foreign_key(owning_team());
    });
}

/// Values that DAGs read.
fn variable(metadata: &mut Metadata) {
    metadata.table("variable", |t| {
        t.column("id", Integer).primary_key();
        t.column("key", string_id()).not_null().unique();
        t.column("val", medium_text()).not_null();
        t.column("description", Text);
        t.column("is_encrypted", Boolean).not_null();
        t.column("team_name", DataType::string(50));
        t.foreign_key(owning_team());
    });
}

/// Pools: how many tasks of a kind may run at once.
fn slot_pool(metadata: &mut Metadata) {
    metadata.table("slot_pool", |t| {
        t.column("id", Integer).primary_key();
        t.column("pool", string_id_of(256)).unique();
        t.column("slots", Integer).not_null();
        t.column("description", Text);
        t.column("include_deferred", Boolean).not_null();
        t.column("team_name", DataType::string(50));
        t.foreign_key(owning_team());
    });
}

/// Tests of connections that wait for a worker, and what they found.
fn connection_test_request(metadata: &mut Metadata) {
    metadata.table("connection_test_request", |t| {
        t.column("id", uuid()).primary_key();
        t.column("token", DataType::string(64)).not_null().unique();
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
        t.column("is_encrypted", Boolean).not_null().server_default(
            PerDialect::all(SqlValue::Boolean(false)).on(DialectName::Sqlite, SqlValue::text("0")),
        );
        t.column("is_extra_encrypted", Boolean).not_null().server_default(
            PerDialect::all(SqlValue::Boolean(false)).on(DialectName::Sqlite, SqlValue::text("0")),
        );
        t.column("commit_on_success", Boolean).not_null().server_default(
            PerDialect::all(SqlValue::Boolean(false)).on(DialectName::Sqlite, SqlValue::text("0")),
        );
        t.column("active_connection_id", DataType::string(250));
        t.column("team_name", DataType::string(50));
        t.unique("uq_connection_test_request_active_conn", ["active_connection_id"]);
        t.index("idx_connection_test_request_state_created_at", ["state", "created_at"]);
    });
}

/// Teams, to which connections, pools and bundles may belong.
fn team(metadata: &mut Metadata) {
    metadata.table("team", |t| {
        t.column("name", DataType::string(50)).primary_key();
    });
}

/// Tokens that are valid no more, until they would have expired.
fn revoked_token(metadata: &mut Metadata) {
    metadata.table("revoked_token", |t| {
        t.column("jti", DataType::string(32)).primary_key();
        t.column("exp", timestamp()).not_null().indexed();
    });
}
