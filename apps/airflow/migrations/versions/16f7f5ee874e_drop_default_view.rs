//! Airflow 3.0.0: no DAG says in what view it is shown first.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("16f7f5ee874e").down_revision("cf87489a35df").message("drop the column default_view of dag")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.drop_column("dag", "default_view");
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.add_column("dag", Column::new("default_view", DataType::string(25)));
}
