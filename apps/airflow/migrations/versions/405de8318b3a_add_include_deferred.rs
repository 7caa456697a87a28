//! Airflow 2.7.0: whether deferred tasks count in a pool.
//!
//! Pools that exist get false by a default that is taken away again; the real revision adds the column
//! nullable, updates the rows and sets NOT NULL. Both leave the same rows and the same column.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("405de8318b3a")
        .down_revision("788397e78828")
        .message("add the column include_deferred to slot_pool")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.alter_table("slot_pool", |t| {
        let column = Column::new("include_deferred", DataType::Boolean);
        t.add_column(column.not_null().server_default(SqlValue::Boolean(false)));
    });
    op.alter_table("slot_pool", |t| {
        t.alter_column("include_deferred").drop_server_default();
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_table("slot_pool", |t| t.drop_column("include_deferred"));
}
