//! Airflow 3.3.0: whose DAGs are started when a task changes an asset: everybody's, unless it says otherwise.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("c9d4e5f6a7b8")
        .down_revision("a7e6d4c3b2f1")
        .message("add allow_consumer_teams and allow_global_consumers to task_outlet_asset_reference")
}

pub(crate) fn upgrade(op: &mut Operations) {
    let yes = PerDialect::all(SqlValue::Boolean(true)).on(DialectName::Sqlite, SqlValue::expression("1"));
    op.alter_table("task_outlet_asset_reference", |t| {
        t.add_column(Column::new("allow_consumer_teams", DataType::Json));
        t.add_column(Column::new("allow_global_consumers", DataType::Boolean).not_null().server_default(yes));
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_table("task_outlet_asset_reference", |t| {
        t.drop_column("allow_consumer_teams");
        t.drop_column("allow_global_consumers");
    });
}
