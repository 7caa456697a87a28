//! Airflow 3.0.0: what started a run.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("a2c32e6c7729")
        .down_revision("0bfc26bc256e")
        .message("add the column triggered_by to dag_run")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.alter_table("dag_run", |t| t.add_column(Column::new("triggered_by", DataType::string(50))));
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_table("dag_run", |t| t.drop_column("triggered_by"));
}
