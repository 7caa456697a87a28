//! Airflow 3.2.0: what kinds of runs a DAG may have.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("e42d9fcd10d9")
        .down_revision("f8c9d7e6b5a4")
        .message("add the column allowed_run_types to dag")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.add_column("dag", Column::new("allowed_run_types", DataType::Json));
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_column("dag", "allowed_run_types");
}
