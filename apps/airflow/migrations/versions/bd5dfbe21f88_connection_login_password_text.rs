//! Airflow 2.8.0: logins and passwords of any length.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("bd5dfbe21f88")
        .down_revision("f7bf2a57d0a6")
        .message("make login and password of connection texts")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.alter_table("connection", |t| {
        t.alter_column("login").column_type(DataType::Text);
        t.alter_column("password").column_type(DataType::Text);
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_table("connection", |t| {
        t.alter_column("password").column_type(DataType::string(5000));
        t.alter_column("login").column_type(DataType::string(500));
    });
}
