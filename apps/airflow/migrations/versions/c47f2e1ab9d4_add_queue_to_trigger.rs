//! Airflow 3.2.0: which queue of triggerers a trigger is for.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("c47f2e1ab9d4").down_revision("edc4f85a4619").message("add the column queue to trigger")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.add_column("trigger", Column::new("queue", DataType::string(256)));
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_column("trigger", "queue");
}
