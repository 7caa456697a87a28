//! Airflow 3.0.0: where in its bundle a DAG's file is.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("8ea135928435")
        .down_revision("e39a26ac59f6")
        .message("add the column relative_fileloc to dag")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.add_column("dag", Column::new("relative_fileloc", DataType::string(2000)));
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_column("dag", "relative_fileloc");
}
