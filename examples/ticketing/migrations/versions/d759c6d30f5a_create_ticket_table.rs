//! create ticket table

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("d759c6d30f5a").message("create ticket table")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.create_table("dag_run_ticket", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("dag_id", DataType::string(250)).not_null();
        t.column("run_id", DataType::string(250)).not_null();
        t.column("system", DataType::string(50)).not_null();
        t.column("key", DataType::string(250)).not_null();
        t.column("status", DataType::string(50));
        t.column("url", DataType::Text);
        t.column("created_at", DataType::datetime()).not_null();
        t.column("updated_at", DataType::datetime());
    });
    op.create_index("idx_drt_dag_run", "dag_run_ticket", ["dag_id", "run_id"]);
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_table("dag_run_ticket");
}
