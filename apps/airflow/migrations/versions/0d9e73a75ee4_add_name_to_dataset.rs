//! Airflow 3.0.0: a dataset has a name beside its URI, and belongs to a group.
//!
//! - A URI of more than 1,500 characters stops this revision before it changes anything, and is told (on SQLite, which has no limit,
//!   it stays).
//! - On the way back only one dataset of each URI can stay: one that is in use rather than one that is not, then the
//!   oldest. What refers to the others goes with them; SQLite does not see to that while it makes the table anew, so
//!   there it is said. Where two of a URI are in use, the real downgrade deletes both on MySQL.

use dunlin_core::prelude::*;

#[allow(clippy::duplicate_mod, reason = "each revision has its own")]
#[path = "_too_long.rs"]
mod too_long;

pub(crate) fn revision() -> Revision {
    Revision::new("0d9e73a75ee4").down_revision("44eabb1904b4").message("add name and group to dataset")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.run("look for texts that are too long", ["dataset"], |session| {
        Box::pin(too_long::refuse(session, "dataset", "uri", 1500))
    });
    op.alter_table("dataset", |t| {
        t.alter_column("uri").column_type(latin(1500));
        t.add_column(Column::new("name", latin(1500)));
        t.add_column(Column::new("group", latin(1500)));
    });
    op.execute(
        PerDialect::all("UPDATE dataset SET name = uri, \"group\" = 'asset'".to_owned())
            .on(DialectName::MySql, "UPDATE dataset SET name = uri, `group` = 'asset'".to_owned()),
    );
    op.alter_table("dataset", |t| {
        t.alter_column("name").nullable(false);
        t.alter_column("group").nullable(false);
    });
    op.drop_index("idx_uri_unique", "dataset");
    op.add_index("dataset", Index::new("idx_dataset_name_uri_unique", ["name", "uri"]).unique());
    op.rename_index("dataset_alias", "idx_name_unique", "idx_dataset_alias_name_unique");
}

pub(crate) fn downgrade(op: &mut Operations) {
    let is_better = "better.uri = dataset.uri AND (better.is_orphaned < dataset.is_orphaned \
                     OR (better.is_orphaned = dataset.is_orphaned AND better.id < dataset.id))";
    let has_better = format!("EXISTS (SELECT 1 FROM dataset AS better WHERE {is_better})");
    for table in REFER {
        op.execute(PerDialect::only(
            DialectName::Sqlite,
            format!("DELETE FROM {table} WHERE dataset_id IN (SELECT id FROM dataset WHERE {has_better})"),
        ));
    }
    op.execute(PerDialect::all(format!("DELETE FROM dataset WHERE {has_better}")).on(
        DialectName::MySql,
        format!("DELETE dataset FROM dataset JOIN dataset AS better ON {is_better}"),
    ));
    op.drop_index("idx_dataset_name_uri_unique", "dataset");
    op.alter_table("dataset", |t| {
        t.drop_column("group");
        t.drop_column("name");
        t.alter_column("uri").column_type(latin(3000));
    });
    op.add_index("dataset", Index::new("idx_uri_unique", ["uri"]).unique());
    op.rename_index("dataset_alias", "idx_dataset_alias_name_unique", "idx_name_unique");
}

const REFER: [&str; 4] = [
    "dag_schedule_dataset_reference",
    "task_outlet_dataset_reference",
    "dataset_dag_run_queue",
    "dataset_alias_dataset",
];

/// MySQL indexes 3072 bytes at most, so each character has one byte there.
fn latin(length: u32) -> ColumnType {
    let plain = DataType::string(length);
    ColumnType::from(plain.clone()).on(DialectName::MySql, plain.collate("latin1_general_cs"))
}
