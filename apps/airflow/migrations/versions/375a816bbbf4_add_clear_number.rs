//! Airflow 2.8.0: how often a run was cleared.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("375a816bbbf4")
        .down_revision("405de8318b3a")
        .message("add the column clear_number to dag_run")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.alter_table("dag_run", |t| {
        t.add_column(
            Column::new("clear_number", DataType::Integer).not_null().server_default(SqlValue::text("0")),
        );
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_table("dag_run", |t| {
        t.drop_column("clear_number");
    });
}
