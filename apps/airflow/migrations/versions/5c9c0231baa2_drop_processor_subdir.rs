//! Airflow 3.0.0: a DAG processor is told apart by its bundle, not by its folder.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("5c9c0231baa2").down_revision("237cef8dfea1").message("drop the columns processor_subdir")
}

pub(crate) fn upgrade(op: &mut Operations) {
    for table in TABLES {
        op.drop_column(table, "processor_subdir");
    }
}

pub(crate) fn downgrade(op: &mut Operations) {
    for table in TABLES {
        op.add_column(table, Column::new("processor_subdir", DataType::string(2000)));
    }
}

const TABLES: [&str; 4] = ["callback_request", "dag", "import_error", "serialized_dag"];
