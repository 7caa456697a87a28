//! Airflow 3.3.0: the date of a partition for which a run is to be made.

use airflow_plugin::timestamp;
use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("d2f4e1b3c5a7")
        .down_revision("9ff64e1c35d3")
        .message("add the column partition_date to asset_partition_dag_run")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.add_column("asset_partition_dag_run", Column::new("partition_date", timestamp()));
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_column("asset_partition_dag_run", "partition_date");
}
