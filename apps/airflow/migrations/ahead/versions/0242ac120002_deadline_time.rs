//! Airflow 3.1.0: a deadline is a point in time, as every other time is.
//!
//! A time without a zone is one of UTC, upwards and back: that is what Airflow writes. The real revision takes it for one
//! of the zone that its connection has.

use airflow_plugin::timestamp;
use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("0242ac120002")
        .down_revision("dfee8bd5d574")
        .message("rename deadline of deadline to deadline_time, and give it a time zone")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.drop_index("deadline_idx", "deadline");
    op.alter_column("deadline", "deadline", |c| {
        c.rename("deadline_time").column_type(timestamp()).using(in_utc())
    });
    op.create_index("deadline_time_idx", "deadline", ["deadline_time"]);
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_index("deadline_time_idx", "deadline");
    op.alter_column("deadline", "deadline_time", |c| c.column_type(DataType::datetime()).using(in_utc()));
    op.rename_column("deadline", "deadline_time", "deadline");
    op.create_index("deadline_idx", "deadline", ["deadline"]);
}

/// Makes a time with a zone of one without, and the other way round.
fn in_utc() -> PerDialect<String> {
    PerDialect::only(DialectName::Postgres, "deadline_time AT TIME ZONE 'UTC'".to_owned())
}
