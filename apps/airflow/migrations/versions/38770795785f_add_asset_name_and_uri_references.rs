//! Airflow 3.0.0: a DAG may wait for an asset by name or URI alone, which need not be known yet.

use airflow_plugin::{string_id, timestamp};
use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("38770795785f")
        .down_revision("5c9c0231baa2")
        .message("create the tables dag_schedule_asset_name_reference and dag_schedule_asset_uri_reference")
}

pub(crate) fn upgrade(op: &mut Operations) {
    for (column, short) in [("name", "dsanr"), ("uri", "dsaur")] {
        op.create_table(table(column), |t| {
            t.column(column, latin(1500));
            t.column("dag_id", string_id());
            t.column("created_at", timestamp()).not_null();
            t.primary_key(format!("{short}_pkey"), [column, "dag_id"]);
            t.foreign_key(
                ForeignKey::new(["dag_id"], "dag", ["dag_id"])
                    .named(format!("{short}_dag_id_fkey"))
                    .on_delete(ReferentialAction::Cascade),
            );
            t.index(format!("idx_{}_dag_id", table(column)), ["dag_id"]);
        });
    }
}

pub(crate) fn downgrade(op: &mut Operations) {
    for column in ["name", "uri"] {
        op.drop_table(table(column));
    }
}

fn table(column: &str) -> String {
    format!("dag_schedule_asset_{column}_reference")
}

/// MySQL indexes 3072 bytes at most, so each character has one byte there.
fn latin(length: u32) -> ColumnType {
    let plain = DataType::string(length);
    ColumnType::from(plain.clone()).on(DialectName::MySql, plain.collate("latin1_general_cs"))
}
