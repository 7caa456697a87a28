//! Airflow 3.1.0: how long the last reading of a DAG's file took.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("eaf332f43c7c")
        .down_revision("a3c7f2b18d4e")
        .message("add the column last_parse_duration to dag")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.add_column("dag", Column::new("last_parse_duration", DataType::Float));
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_column("dag", "last_parse_duration");
}
