//! Airflow 3.0.0: no scheduler has locked a DAG by this column since 2.0.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("486ac7936b78")
        .down_revision("d59cbbef95eb")
        .message("drop the column scheduler_lock of dag")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.drop_column("dag", "scheduler_lock");
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.add_column("dag", Column::new("scheduler_lock", DataType::Boolean));
}
