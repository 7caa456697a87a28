//! Airflow 3.1.0: by when the runs of a DAG should be done.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("dfee8bd5d574").down_revision("fe199e1abd77").message("add the column deadline to dag")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.add_column("dag", Column::new("deadline", DataType::Json));
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_column("dag", "deadline");
}
