//! Airflow 2.10.0: files that are to be read before others.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("c4602ba06b4b")
        .down_revision("677fdbb7fc54")
        .message("create the table dag_priority_parsing_request")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.create_table("dag_priority_parsing_request", |t| {
        t.column("id", DataType::string(32)).not_null();
        t.column("fileloc", DataType::string(2000)).not_null();
        t.primary_key("dag_priority_parsing_request_pkey", ["id"]);
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_table("dag_priority_parsing_request");
}
