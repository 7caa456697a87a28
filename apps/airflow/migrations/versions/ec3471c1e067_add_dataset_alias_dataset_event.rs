//! Airflow 2.10.0: which events came by which alias.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("ec3471c1e067")
        .down_revision("05e19f3176be")
        .message("create the table dataset_alias_dataset_event")
}

pub(crate) fn upgrade(op: &mut Operations) {
    let cascade = |column: &str, table: &str| {
        ForeignKey::new([column], table, ["id"]).on_delete(ReferentialAction::Cascade)
    };
    op.create_table("dataset_alias_dataset_event", |t| {
        t.column("alias_id", DataType::Integer);
        t.column("event_id", DataType::Integer);
        t.primary_key("dataset_alias_dataset_event_pkey", ["alias_id", "event_id"]);
        t.foreign_key(
            cascade("alias_id", "dataset_alias").named("dataset_alias_dataset_event_alias_id_fkey"),
        );
        t.foreign_key(
            cascade("event_id", "dataset_event").named("dataset_alias_dataset_event_event_id_fkey"),
        );
        t.index("idx_dataset_alias_dataset_event_alias_id", ["alias_id"]);
        t.index("idx_dataset_alias_dataset_event_event_id", ["event_id"]);
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_table("dataset_alias_dataset_event");
}
