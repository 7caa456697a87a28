//! Airflow 3.0.0: which backfill made a run.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("c3389cd7793f")
        .down_revision("0d9e73a75ee4")
        .message("add the column backfill_id to dag_run")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.alter_table("dag_run", |t| {
        t.add_column(Column::new("backfill_id", DataType::Integer));
        t.create_foreign_key(
            ForeignKey::new(["backfill_id"], "backfill", ["id"]).named("dag_run_backfill_id_fkey"),
        );
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_table("dag_run", |t| {
        t.drop_constraint(ConstraintKind::ForeignKey, "dag_run_backfill_id_fkey");
        t.drop_column("backfill_id");
    });
}
