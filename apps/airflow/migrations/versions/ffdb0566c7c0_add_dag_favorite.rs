//! Airflow 3.1.0: what DAGs a user likes best.

use airflow_plugin::string_id;
use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("ffdb0566c7c0").down_revision("66a7743fe20e").message("create the table dag_favorite")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.create_table("dag_favorite", |t| {
        t.column("user_id", DataType::string(250));
        t.column("dag_id", string_id());
        t.primary_key("dag_favorite_pkey", ["user_id", "dag_id"]);
        t.foreign_key(
            ForeignKey::new(["dag_id"], "dag", ["dag_id"])
                .named("dag_favorite_dag_id_fkey")
                .on_delete(ReferentialAction::Cascade),
        );
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_table("dag_favorite");
}
