//! Airflow 3.0.0: a file that is to be read soon is one of a bundle.
//!
//! Requests that are there are deleted, upwards and back: they say nothing of a bundle, and the file is read anyway.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("be2cc2f742cf")
        .down_revision("d469d27e2a64")
        .message("let dag_priority_parsing_request say a bundle and a path in it")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.execute("DELETE FROM dag_priority_parsing_request");
    op.alter_table("dag_priority_parsing_request", |t| {
        t.drop_column("fileloc");
        t.add_column(Column::new("bundle_name", DataType::string(250)).not_null());
        t.add_column(Column::new("relative_fileloc", DataType::string(2000)).not_null());
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.execute("DELETE FROM dag_priority_parsing_request");
    op.alter_table("dag_priority_parsing_request", |t| {
        t.drop_column("relative_fileloc");
        t.drop_column("bundle_name");
        t.add_column(Column::new("fileloc", DataType::string(2000)).not_null());
    });
}
