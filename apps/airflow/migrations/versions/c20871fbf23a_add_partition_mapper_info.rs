//! Airflow 3.3.0: how a DAG makes its partitions of those of assets, which is known when it is read again; until then
//! it is an empty list.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("c20871fbf23a")
        .down_revision("c9d4e5f6a7b8")
        .message("add the column partition_mapper_info to dag")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.add_column("dag", Column::new("partition_mapper_info", DataType::Json));
    op.execute("UPDATE dag SET partition_mapper_info = '[]'");
    op.alter_column("dag", "partition_mapper_info", |c| c.nullable(false));
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_column("dag", "partition_mapper_info");
}
