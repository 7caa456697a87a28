//! placeholder migration

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("d759c6d30f5a").message("placeholder migration")
}

pub(crate) fn upgrade(_op: &mut Operations) {}

pub(crate) fn downgrade(_op: &mut Operations) {}
