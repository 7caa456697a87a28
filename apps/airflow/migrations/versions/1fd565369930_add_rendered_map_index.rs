//! Airflow 2.9.0: what the index of a mapped task is shown as.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("1fd565369930")
        .down_revision("88344c1d9134")
        .message("add the column rendered_map_index to task_instance")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.alter_table("task_instance", |t| {
        t.add_column(Column::new("rendered_map_index", DataType::string(250)));
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_table("task_instance", |t| {
        t.drop_column("rendered_map_index");
    });
}
