//! Airflow 2.8.0: the name under which the owner of a log entry is shown.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("f7bf2a57d0a6")
        .down_revision("375a816bbbf4")
        .message("add the column owner_display_name to log")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.alter_table("log", |t| {
        t.add_column(Column::new("owner_display_name", DataType::string(500)));
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_table("log", |t| {
        t.drop_column("owner_display_name");
    });
}
