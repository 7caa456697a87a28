//! What users set up: connections, variables, pools.

use airflow_plugin::{string_id, string_id_of};
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{Boolean, Integer, Text};

use super::columns::medium_text;

/// Writes down the tables of this area.
pub(crate) fn tables(metadata: &mut Metadata) {
    connection(metadata);
    variable(metadata);
    slot_pool(metadata);
}

/// How to reach other systems.
fn connection(metadata: &mut Metadata) {
    metadata.table("connection", |t| {
        t.column("id", Integer).primary_key();
        t.column("conn_id", string_id()).not_null().unique();
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
    });
}

/// Values that DAGs read.
fn variable(metadata: &mut Metadata) {
    metadata.table("variable", |t| {
        t.column("id", Integer).primary_key();
        t.column("key", string_id()).unique();
        t.column("val", medium_text());
        t.column("description", Text);
        t.column("is_encrypted", Boolean);
    });
}

/// Pools: how many tasks of a kind may run at once.
fn slot_pool(metadata: &mut Metadata) {
    metadata.table("slot_pool", |t| {
        t.column("id", Integer).primary_key();
        t.column("pool", string_id_of(256)).unique();
        t.column("slots", Integer);
        t.column("description", Text);
        t.column("include_deferred", Boolean).not_null();
    });
}
