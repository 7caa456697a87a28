//! Airflow 3.0.0: a run's type says whether somebody asked for it.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("e00344393f31")
        .down_revision("6a9e7a527a88")
        .message("drop the column external_trigger of dag_run")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.drop_column("dag_run", "external_trigger");
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.add_column("dag_run", Column::new("external_trigger", DataType::Boolean));
    op.execute("UPDATE dag_run SET external_trigger = (run_type = 'manual')");
}
