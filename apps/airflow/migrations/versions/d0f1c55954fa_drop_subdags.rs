//! Airflow 3.0.0: there are no DAGs within DAGs any more.

use airflow_plugin::string_id;
use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("d0f1c55954fa")
        .down_revision("044f740568ec")
        .message("drop the columns is_subdag and root_dag_id of dag")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.drop_index("idx_root_dag_id", "dag");
    op.alter_table("dag", |t| {
        t.drop_column("is_subdag");
        t.drop_column("root_dag_id");
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_table("dag", |t| {
        t.add_column(Column::new("is_subdag", DataType::Boolean));
        t.add_column(Column::new("root_dag_id", string_id()));
    });
    op.create_index("idx_root_dag_id", "dag", ["root_dag_id"]);
}
