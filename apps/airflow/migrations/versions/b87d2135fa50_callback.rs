//! Airflow 3.2.0: callbacks of all kinds are in one table.
//!
//! Requests that wait are forgotten, upwards and back, as Airflow does it: those of another version cannot be read.

use airflow_plugin::timestamp;
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{Integer, Json, Text};

pub(crate) fn revision() -> Revision {
    Revision::new("b87d2135fa50")
        .down_revision("69ddce9a7247")
        .message("replace the table callback_request by callback")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.drop_table("callback_request");
    op.create_table("callback", |t| {
        t.column("created_at", timestamp()).not_null();
        t.column("priority_weight", Integer).not_null();
        t.column("type", DataType::string(20)).not_null();
        t.column("fetch_method", DataType::string(20)).not_null();
        t.column("data", extended_json()).not_null();
        t.column("state", DataType::string(10));
        t.column("output", Text);
        t.column("trigger_id", Integer);
        t.column("id", uuid());
        t.primary_key("callback_pkey", ["id"]);
        t.foreign_key(ForeignKey::new(["trigger_id"], "trigger", ["id"]).named("callback_trigger_id_fkey"));
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_table("callback");
    op.create_table("callback_request", |t| {
        t.column("created_at", timestamp()).not_null();
        t.column("priority_weight", Integer).not_null();
        t.column("callback_type", DataType::string(20)).not_null();
        t.column("callback_data", extended_json()).not_null();
        t.column("id", Integer);
        t.primary_key("callback_request_pkey", ["id"]);
    });
}

fn extended_json() -> ColumnType {
    ColumnType::from(Json).on(DialectName::Postgres, DataType::native("JSONB"))
}

/// Text where the database has no type for it; MariaDB has one.
fn uuid() -> ColumnType {
    ColumnType::from(DataType::Uuid)
        .on(DialectName::MySql, DataType::char(32))
        .on(DialectName::MariaDb, DataType::native("uuid"))
        .on(DialectName::Sqlite, DataType::char(32))
}
