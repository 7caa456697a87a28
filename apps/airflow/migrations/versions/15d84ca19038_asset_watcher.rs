//! Airflow 3.2.0: the triggers of assets have names.
//!
//! Which triggers an asset has is forgotten, upwards and back, as Airflow does it: it is written anew when the DAGs are
//! read, and the names are known only then.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("15d84ca19038")
        .down_revision("509b94a1042d")
        .message("replace the table asset_trigger by asset_watcher")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.drop_table("asset_trigger");
    op.create_table("asset_watcher", |t| {
        t.column("name", latin(1500)).not_null();
        t.column("asset_id", DataType::Integer);
        t.column("trigger_id", DataType::Integer);
        t.primary_key("asset_watcher_pkey", ["asset_id", "trigger_id"]);
        t.foreign_key(cascade("asset_id", "asset").named("awm_asset_id_fkey"));
        t.foreign_key(cascade("trigger_id", "trigger").named("awm_trigger_id_fkey"));
        t.index("idx_awm_trigger_id", ["trigger_id"]);
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_table("asset_watcher");
    op.create_table("asset_trigger", |t| {
        t.column("trigger_id", DataType::Integer);
        t.column("asset_id", DataType::Integer);
        t.primary_key("asset_trigger_pkey", ["trigger_id", "asset_id"]);
        t.foreign_key(cascade("asset_id", "asset").named("asset_trigger_asset_id_fkey"));
        t.foreign_key(cascade("trigger_id", "trigger").named("asset_trigger_trigger_id_fkey"));
        t.index("idx_asset_trigger_asset_id", ["asset_id"]);
        t.index("idx_asset_trigger_trigger_id", ["trigger_id"]);
    });
}

fn cascade(column: &str, table: &str) -> ForeignKey {
    ForeignKey::new([column], table, ["id"]).on_delete(ReferentialAction::Cascade)
}

/// A text that a key of MySQL has room for.
fn latin(length: u32) -> ColumnType {
    let plain = DataType::string(length);
    ColumnType::from(plain.clone()).on(DialectName::MySql, plain.collate("latin1_general_cs"))
}
