//! Airflow 2.10.0: which datasets an alias stands for.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("8684e37832e6")
        .down_revision("41b3bc7c0272")
        .message("create the table dataset_alias_dataset")
}

pub(crate) fn upgrade(op: &mut Operations) {
    let cascade = |column: &str, table: &str| {
        ForeignKey::new([column], table, ["id"]).on_delete(ReferentialAction::Cascade)
    };
    op.create_table("dataset_alias_dataset", |t| {
        t.column("alias_id", DataType::Integer);
        t.column("dataset_id", DataType::Integer);
        t.primary_key("dataset_alias_dataset_pkey", ["alias_id", "dataset_id"]);
        t.foreign_key(cascade("alias_id", "dataset_alias").named("dataset_alias_dataset_alias_id_fkey"));
        t.foreign_key(cascade("dataset_id", "dataset").named("dataset_alias_dataset_dataset_id_fkey"));
        t.index("idx_dataset_alias_dataset_alias_dataset_id", ["dataset_id"]);
        t.index("idx_dataset_alias_dataset_alias_id", ["alias_id"]);
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_table("dataset_alias_dataset");
}
