//! Airflow 2.10.0: names that stand for datasets which are known later.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("05e19f3176be").down_revision("d482b7261ff9").message("create the table dataset_alias")
}

pub(crate) fn upgrade(op: &mut Operations) {
    // MySQL indexes 3072 bytes at most, so the 3000 characters have one byte each there.
    let plain = DataType::string(3000);
    let name = ColumnType::from(plain.clone()).on(DialectName::MySql, plain.collate("latin1_general_cs"));
    op.create_table("dataset_alias", |t| {
        t.column("id", DataType::Integer);
        t.column("name", name).not_null();
        t.primary_key("dataset_alias_pkey", ["id"]);
        t.add_index(Index::new("idx_name_unique", ["name"]).unique());
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_table("dataset_alias");
}
