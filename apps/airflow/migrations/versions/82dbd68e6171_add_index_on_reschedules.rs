//! Airflow 3.1.8: an index by which the last reschedule of a task instance is found.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("82dbd68e6171")
        .down_revision("cc92b33c6709")
        .message("add the index idx_task_reschedule_ti_id_id_desc to task_reschedule")
}

pub(crate) fn upgrade(op: &mut Operations) {
    let newest_first = [IndexElement::column_named("ti_id"), IndexElement::column_named("id").descending()];
    op.create_index("idx_task_reschedule_ti_id_id_desc", "task_reschedule", newest_first);
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_index("idx_task_reschedule_ti_id_id_desc", "task_reschedule");
}
