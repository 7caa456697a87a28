//! Airflow 3.0.0: by when a run should be done, and what is called if it is not.

use airflow_plugin::string_id;
use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("237cef8dfea1").down_revision("038dc8bc6284").message("create the table deadline")
}

pub(crate) fn upgrade(op: &mut Operations) {
    let cascade = |column: &str, table: &str, referred: &str| {
        ForeignKey::new([column], table, [referred]).on_delete(ReferentialAction::Cascade)
    };
    op.create_table("deadline", |t| {
        t.column("id", uuid());
        t.column("dag_id", string_id());
        t.column("dagrun_id", DataType::Integer);
        t.column("deadline", DataType::datetime()).not_null();
        t.column("callback", DataType::string(500)).not_null();
        t.column("callback_kwargs", DataType::Json);
        t.primary_key("deadline_pkey", ["id"]);
        t.foreign_key(cascade("dag_id", "dag", "dag_id").named("deadline_dag_id_fkey"));
        t.foreign_key(cascade("dagrun_id", "dag_run", "id").named("deadline_dagrun_id_fkey"));
        t.index("deadline_idx", ["deadline"]);
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_table("deadline");
}

/// Text where the database has no type for it; MariaDB has one.
fn uuid() -> ColumnType {
    ColumnType::from(DataType::Uuid)
        .on(DialectName::MySql, DataType::char(32))
        .on(DialectName::MariaDb, DataType::native("uuid"))
        .on(DialectName::Sqlite, DataType::char(32))
}
