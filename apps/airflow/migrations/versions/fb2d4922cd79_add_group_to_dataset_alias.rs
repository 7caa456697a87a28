//! Airflow 3.0.0: an alias belongs to a group as a dataset does, and is no longer than one.
//!
//! A name of more than 1,500 characters stops this revision before it changes anything, and is told (on SQLite it stays).

use dunlin_core::prelude::*;

#[allow(clippy::duplicate_mod, reason = "each revision has its own")]
#[path = "_too_long.rs"]
mod too_long;

pub(crate) fn revision() -> Revision {
    Revision::new("fb2d4922cd79")
        .down_revision("5a5d66100783")
        .message("add group to dataset_alias, make name shorter")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.run("look for texts that are too long", ["dataset_alias"], |session| {
        Box::pin(too_long::refuse(session, "dataset_alias", "name", 1500))
    });
    op.alter_table("dataset_alias", |t| {
        t.alter_column("name").column_type(latin(1500));
        t.add_column(Column::new("group", latin(1500)));
    });
    op.execute(
        PerDialect::all("UPDATE dataset_alias SET \"group\" = 'asset'".to_owned())
            .on(DialectName::MySql, "UPDATE dataset_alias SET `group` = 'asset'".to_owned()),
    );
    op.alter_column("dataset_alias", "group", |c| c.nullable(false));
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_table("dataset_alias", |t| {
        t.drop_column("group");
        t.alter_column("name").column_type(latin(3000));
    });
}

/// MySQL indexes 3072 bytes at most, so each character has one byte there.
fn latin(length: u32) -> ColumnType {
    let plain = DataType::string(length);
    ColumnType::from(plain.clone()).on(DialectName::MySql, plain.collate("latin1_general_cs"))
}
