//! Airflow 3.0.0: which triggers watch an asset.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("9fc3fc5de720").down_revision("2b47dc6bc8df").message("create the table asset_trigger")
}

pub(crate) fn upgrade(op: &mut Operations) {
    let cascade = |column: &str, table: &str| {
        ForeignKey::new([column], table, ["id"]).on_delete(ReferentialAction::Cascade)
    };
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

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_table("asset_trigger");
}
