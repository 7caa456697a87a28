//! Airflow 3.1.0: what trigger runs the callback of a missed deadline.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("09fa89ba1710")
        .down_revision("40f7c30a228b")
        .message("add the column trigger_id to deadline")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.alter_table("deadline", |t| {
        t.add_column(Column::new("trigger_id", DataType::Integer));
        t.create_foreign_key(
            ForeignKey::new(["trigger_id"], "trigger", ["id"]).named("deadline_trigger_id_fkey"),
        );
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_table("deadline", |t| {
        t.drop_constraint(ConstraintKind::ForeignKey, "deadline_trigger_id_fkey");
        t.drop_column("trigger_id");
    });
}
