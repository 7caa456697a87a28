//! Airflow 2.9.0: which run a log entry is about, and longer names of events.

use airflow_plugin::string_id;
use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("d75389605139")
        .down_revision("1fd565369930")
        .message("add the column run_id to log, and make event longer")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.alter_table("log", |t| {
        t.add_column(Column::new("run_id", string_id()));
        t.alter_column("event").column_type(DataType::string(60));
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_table("log", |t| {
        t.drop_column("run_id");
        t.alter_column("event").column_type(DataType::string(30));
    });
}
