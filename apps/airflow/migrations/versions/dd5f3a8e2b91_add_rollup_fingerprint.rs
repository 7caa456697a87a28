//! Airflow 3.3.0: of what partitions a partition is made, and an index by which they are found.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("dd5f3a8e2b91")
        .down_revision("c20871fbf23a")
        .message("add the column rollup_fingerprint to asset_partition_dag_run, and an index of partitioned_asset_key_log")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.add_column("asset_partition_dag_run", Column::new("rollup_fingerprint", DataType::Json));
    op.create_index("idx_pakl_apdr_id", "partitioned_asset_key_log", ["asset_partition_dag_run_id"]);
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_index("idx_pakl_apdr_id", "partitioned_asset_key_log");
    op.drop_column("asset_partition_dag_run", "rollup_fingerprint");
}
