//! Airflow 3.1.0: who started a run or a backfill.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("66a7743fe20e")
        .down_revision("583e80dfcef4")
        .message("add the column triggering_user_name to dag_run and backfill")
}

pub(crate) fn upgrade(op: &mut Operations) {
    for table in ["backfill", "dag_run"] {
        op.add_column(table, Column::new("triggering_user_name", DataType::string(512)));
    }
}

pub(crate) fn downgrade(op: &mut Operations) {
    for table in ["dag_run", "backfill"] {
        op.drop_column(table, "triggering_user_name");
    }
}
