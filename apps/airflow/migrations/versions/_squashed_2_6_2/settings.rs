//! What users set up: connections, variables, pools.

use airflow_plugin::{string_id, string_id_of};
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{Boolean, Integer, Text};

use super::columns::medium_text;

pub(super) fn create(op: &mut Operations) {
    op.create_table("connection", |t| {
        t.column("id", Integer);
        t.column("conn_id", string_id()).not_null();
        t.column("conn_type", string_id_of(500)).not_null();
        t.column("description", Text);
        t.column("host", string_id_of(500));
        t.column("schema", string_id_of(500));
        t.column("login", string_id_of(500));
        t.column("password", string_id_of(5000));
        t.column("port", Integer);
        t.column("is_encrypted", Boolean);
        t.column("is_extra_encrypted", Boolean);
        t.column("extra", Text);
        t.primary_key("connection_pkey", ["id"]);
        t.unique("connection_conn_id_uq", ["conn_id"]);
    });

    op.create_table("variable", |t| {
        t.column("id", Integer);
        t.column("key", string_id());
        t.column("val", medium_text());
        t.column("description", Text);
        t.column("is_encrypted", Boolean);
        t.primary_key("variable_pkey", ["id"]);
        t.unique("variable_key_uq", ["key"]);
    });

    op.create_table("slot_pool", |t| {
        t.column("id", Integer);
        t.column("pool", string_id_of(256));
        t.column("slots", Integer);
        t.column("description", Text);
        t.primary_key("slot_pool_pkey", ["id"]);
        t.unique("slot_pool_pool_uq", ["pool"]);
    });
}

pub(super) fn drop(op: &mut Operations) {
    op.drop_table("slot_pool");
    op.drop_table("variable");
    op.drop_table("connection");
}
