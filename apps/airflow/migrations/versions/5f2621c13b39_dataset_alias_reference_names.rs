//! Airflow 2.10.3: two foreign keys get the names that Airflow's models give them.
//!
//! On PostgreSQL, MySQL and MariaDB the real revision lets the key that is to refer to `dag` refer to `dataset_alias` a
//! second time, and so does its downgrade; rows of deleted DAGs stay then. Here the key stays what it is everywhere.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("5f2621c13b39")
        .down_revision("22ed7efa9da2")
        .message("rename the foreign keys of dag_schedule_dataset_alias_reference")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.alter_table("dag_schedule_dataset_alias_reference", |t| {
        t.rename_constraint(ConstraintKind::ForeignKey, "dsdar_dataset_fkey", "dsdar_dataset_alias_fkey");
        t.rename_constraint(ConstraintKind::ForeignKey, "dsdar_dag_fkey", "dsdar_dag_id_fkey");
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_table("dag_schedule_dataset_alias_reference", |t| {
        t.rename_constraint(ConstraintKind::ForeignKey, "dsdar_dataset_alias_fkey", "dsdar_dataset_fkey");
        t.rename_constraint(ConstraintKind::ForeignKey, "dsdar_dag_id_fkey", "dsdar_dag_fkey");
    });
}
