//! Airflow 2.8.0: which folder of DAG files an import error is about.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("10b52ebd31f7")
        .down_revision("bd5dfbe21f88")
        .message("add the column processor_subdir to import_error")
}

pub(crate) fn upgrade(op: &mut Operations) {
    let folder = ColumnType::from(DataType::string(2000)).on(DialectName::MySql, DataType::Text);
    op.alter_table("import_error", |t| t.add_column(Column::new("processor_subdir", folder)));
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_table("import_error", |t| {
        t.drop_column("processor_subdir");
    });
}
