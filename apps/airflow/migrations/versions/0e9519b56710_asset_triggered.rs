//! Airflow 3.0.0: runs that a dataset made were made by an asset.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("0e9519b56710")
        .down_revision("ec62e120484d")
        .message("rename the type dataset_triggered of runs to asset_triggered")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.execute("UPDATE dag_run SET run_type = 'asset_triggered' WHERE run_type = 'dataset_triggered'");
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.execute("UPDATE dag_run SET run_type = 'dataset_triggered' WHERE run_type = 'asset_triggered'");
}
