//! Airflow 3.1.0: a deadline is one of a run, and that is one of a DAG.
//!
//! The way back takes the DAG from the run, where the real downgrade leaves none.

use airflow_plugin::string_id;
use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("a169942745c2").down_revision("808787349f22").message("drop the column dag_id of deadline")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.alter_table("deadline", |t| {
        t.drop_constraint(ConstraintKind::ForeignKey, "deadline_dag_id_fkey");
        t.drop_column("dag_id");
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.add_column("deadline", Column::new("dag_id", string_id()));
    op.execute(
        "UPDATE deadline SET dag_id = (SELECT dag.dag_id FROM dag_run JOIN dag ON dag.dag_id = dag_run.dag_id \
         WHERE dag_run.id = deadline.dagrun_id)",
    );
    op.create_foreign_key(
        "deadline",
        ForeignKey::new(["dag_id"], "dag", ["dag_id"])
            .named("deadline_dag_id_fkey")
            .on_delete(ReferentialAction::Cascade),
    );
}
