//! Airflow 3.3.0: whose changes of an asset start a run of a DAG: everybody's, unless it says otherwise.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("a7f3b2c1d4e5")
        .down_revision("b8f3e4a1d2c9")
        .message("add allow_producer_teams and allow_global_producers to dag_schedule_asset_reference")
}

pub(crate) fn upgrade(op: &mut Operations) {
    let yes = PerDialect::all(SqlValue::Boolean(true)).on(DialectName::Sqlite, SqlValue::expression("1"));
    op.alter_table("dag_schedule_asset_reference", |t| {
        t.add_column(Column::new("allow_producer_teams", DataType::Json));
        t.add_column(Column::new("allow_global_producers", DataType::Boolean).not_null().server_default(yes));
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_table("dag_schedule_asset_reference", |t| {
        t.drop_column("allow_producer_teams");
        t.drop_column("allow_global_producers");
    });
}
