//! Airflow 3.1.0: a deadline is a point in time, as every other time is.
//!
//! A time without a zone is one of UTC, upwards and back: that is what Airflow writes, and what our connections and scripts
//! take it for. To the real revision it is one of the zone that its connection has.

use airflow_plugin::timestamp;
use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("0242ac120002")
        .down_revision("dfee8bd5d574")
        .message("rename deadline of deadline to deadline_time, and give it a time zone")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.drop_index("deadline_idx", "deadline");
    op.alter_column("deadline", "deadline", |c| c.rename("deadline_time").column_type(timestamp()));
    op.create_index("deadline_time_idx", "deadline", ["deadline_time"]);
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_index("deadline_time_idx", "deadline");
    op.alter_column("deadline", "deadline_time", |c| c.rename("deadline").column_type(DataType::datetime()));
    op.create_index("deadline_idx", "deadline", ["deadline"]);
}
