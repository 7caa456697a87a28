//! Airflow 3.1.0: a version of a DAG that has task instances cannot be deleted, where their rows went with it before.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("3ac9e5732b1f")
        .down_revision("0242ac120002")
        .message("restrict the deletion of dag_version where task_instance refers to it")
}

pub(crate) fn upgrade(op: &mut Operations) {
    replace_reference(op, ReferentialAction::Restrict);
}

pub(crate) fn downgrade(op: &mut Operations) {
    replace_reference(op, ReferentialAction::Cascade);
}

fn replace_reference(op: &mut Operations, on_delete: ReferentialAction) {
    let name = "task_instance_dag_version_id_fkey";
    op.alter_table("task_instance", |t| {
        t.drop_constraint(ConstraintKind::ForeignKey, name);
        t.create_foreign_key(
            ForeignKey::new(["dag_version_id"], "dag_version", ["id"]).named(name).on_delete(on_delete),
        );
    });
}
