//! Airflow 2.9.2: an index that no query used.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("bff083ad727d")
        .down_revision("1949afb29106")
        .message("drop the index idx_last_scheduling_decision of dag_run")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.drop_index("idx_last_scheduling_decision", "dag_run");
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.create_index("idx_last_scheduling_decision", "dag_run", ["last_scheduling_decision"]);
}
