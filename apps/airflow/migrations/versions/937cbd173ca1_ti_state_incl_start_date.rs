//! Airflow 2.7.0: nothing upwards. Databases that older releases made may have the index
//! `ti_state_incl_start_date`, which this revision was once about.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("937cbd173ca1")
        .down_revision("4bc4d934e2bc")
        .message("leave the index ti_state_incl_start_date to the downgrade")
}

pub(crate) fn upgrade(_: &mut Operations) {}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_index_if_exists("ti_state_incl_start_date", "task_instance");
}
