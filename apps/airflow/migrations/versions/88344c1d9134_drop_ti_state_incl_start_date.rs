//! Airflow 2.8.1: databases that 2.7 made may have the index `ti_state_incl_start_date`, which no revision makes.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("88344c1d9134")
        .down_revision("10b52ebd31f7")
        .message("drop the index ti_state_incl_start_date where it is")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.drop_index_if_exists("ti_state_incl_start_date", "task_instance");
}

pub(crate) fn downgrade(_: &mut Operations) {}
