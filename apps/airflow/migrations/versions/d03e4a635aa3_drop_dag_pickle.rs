//! Airflow 3.0.0: DAGs are not pickled any more. The way back makes an empty table.

use airflow_plugin::timestamp;
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{BigInteger, Binary, Integer};

pub(crate) fn revision() -> Revision {
    Revision::new("d03e4a635aa3")
        .down_revision("d8cd3297971e")
        .message("drop the table dag_pickle, and what refers to it in dag")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.alter_table("dag", |t| {
        t.drop_column("pickle_id");
        t.drop_column("last_pickled");
    });
    op.drop_table("dag_pickle");
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_table("dag", |t| {
        t.add_column(Column::new("last_pickled", DataType::timestamp()));
        t.add_column(Column::new("pickle_id", Integer));
    });
    op.create_table("dag_pickle", |t| {
        t.column("id", Integer);
        t.column("pickle", Binary);
        t.column("created_dttm", timestamp());
        t.column("pickle_hash", BigInteger);
        t.primary_key("dag_pickle_pkey", ["id"]);
    });
}
