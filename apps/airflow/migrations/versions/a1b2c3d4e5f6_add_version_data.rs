//! Airflow 3.3.0: what else a bundle says of a version of a DAG.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("a1b2c3d4e5f6")
        .down_revision("a7f3b2c1d4e5")
        .message("add the column version_data to dag_version")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.add_column("dag_version", Column::new("version_data", DataType::Json));
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_column("dag_version", "version_data");
}
