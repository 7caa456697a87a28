//! Airflow 3.1.0: how far the callback of a missed deadline is.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("f56f68b9e02f")
        .down_revision("09fa89ba1710")
        .message("add the column callback_state to deadline")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.add_column("deadline", Column::new("callback_state", DataType::string(20)));
    op.drop_index("deadline_time_idx", "deadline");
    op.create_index("deadline_callback_state_time_idx", "deadline", ["callback_state", "deadline_time"]);
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_index("deadline_callback_state_time_idx", "deadline");
    op.create_index("deadline_time_idx", "deadline", ["deadline_time"]);
    op.drop_column("deadline", "callback_state");
}
