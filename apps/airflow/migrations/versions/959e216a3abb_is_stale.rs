//! Airflow 3.0.0: a DAG is not active, but stale, or not.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("959e216a3abb")
        .down_revision("0e9519b56710")
        .message("turn the column is_active of dag into is_stale")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.rename_column("dag", "is_active", "is_stale");
    op.execute("UPDATE dag SET is_stale = NOT is_stale");
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.rename_column("dag", "is_stale", "is_active");
    op.execute("UPDATE dag SET is_active = NOT is_active");
}
