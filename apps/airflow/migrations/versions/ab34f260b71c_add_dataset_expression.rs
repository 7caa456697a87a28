//! Airflow 2.9.0: the condition on datasets that starts a DAG.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("ab34f260b71c")
        .down_revision("d75389605139")
        .message("add the column dataset_expression to dag")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.alter_table("dag", |t| {
        t.add_column(Column::new("dataset_expression", DataType::Json));
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_table("dag", |t| {
        t.drop_column("dataset_expression");
    });
}
