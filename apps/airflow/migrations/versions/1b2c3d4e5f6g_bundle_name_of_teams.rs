//! Airflow 3.2.0: says the length of a column that has it already. Neither way does anything.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("1b2c3d4e5f6g")
        .down_revision("ab6dc0c82d0e")
        .message("leave dag_bundle_name of dag_bundle_team as it is")
}

pub(crate) fn upgrade(_: &mut Operations) {}

pub(crate) fn downgrade(_: &mut Operations) {}
