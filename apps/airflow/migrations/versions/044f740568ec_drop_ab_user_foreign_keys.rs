//! Airflow 3.0.0: notes refer to no user any more, as users may be kept elsewhere than in `ab_user`.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("044f740568ec")
        .down_revision("5f2621c13b39")
        .message("drop the foreign keys of notes to ab_user")
}

pub(crate) fn upgrade(op: &mut Operations) {
    for (table, key) in KEYS {
        op.drop_constraint(ConstraintKind::ForeignKey, key, table);
    }
}

pub(crate) fn downgrade(op: &mut Operations) {
    for (table, key) in KEYS {
        op.create_foreign_key(table, ForeignKey::new(["user_id"], "ab_user", ["id"]).named(key));
    }
}

const KEYS: [(&str, &str); 2] =
    [("dag_run_note", "dag_run_note_user_fkey"), ("task_instance_note", "task_instance_note_user_fkey")];
