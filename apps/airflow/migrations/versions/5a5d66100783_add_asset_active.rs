//! Airflow 3.0.0: the datasets in use are listed in a table, in which no name and no URI occurs twice, instead of the
//! others being marked.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("5a5d66100783")
        .down_revision("c3389cd7793f")
        .message("create the table asset_active, drop the column is_orphaned of dataset")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.create_table("asset_active", |t| {
        t.column("name", latin(1500));
        t.column("uri", latin(1500));
        t.primary_key("asset_active_pkey", ["name", "uri"]);
        t.foreign_key(
            ForeignKey::new(["name", "uri"], "dataset", ["name", "uri"])
                .named("asset_active_asset_name_uri_fkey")
                .on_delete(ReferentialAction::Cascade),
        );
        t.add_index(Index::new("idx_asset_active_name_unique", ["name"]).unique());
        t.add_index(Index::new("idx_asset_active_uri_unique", ["uri"]).unique());
    });
    op.execute("INSERT INTO asset_active (name, uri) SELECT name, uri FROM dataset WHERE NOT is_orphaned");
    op.drop_column("dataset", "is_orphaned");
}

pub(crate) fn downgrade(op: &mut Operations) {
    let no = PerDialect::all(SqlValue::Boolean(false)).on(DialectName::Sqlite, SqlValue::text("0"));
    op.add_column("dataset", Column::new("is_orphaned", DataType::Boolean).not_null().server_default(no));
    op.execute(
        "UPDATE dataset SET is_orphaned = true WHERE NOT EXISTS (SELECT 1 FROM asset_active AS active \
         WHERE active.name = dataset.name AND active.uri = dataset.uri)",
    );
    op.drop_table("asset_active");
}

/// MySQL indexes 3072 bytes at most, so each character has one byte there.
fn latin(length: u32) -> ColumnType {
    let plain = DataType::string(length);
    ColumnType::from(plain.clone()).on(DialectName::MySql, plain.collate("latin1_general_cs"))
}
