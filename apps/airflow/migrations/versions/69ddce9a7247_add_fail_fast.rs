//! Airflow 3.2.0: whether a run fails as soon as one of its tasks does.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("69ddce9a7247").down_revision("5cc8117e9285").message("add the column fail_fast to dag")
}

pub(crate) fn upgrade(op: &mut Operations) {
    let no = PerDialect::all(SqlValue::Boolean(false)).on(DialectName::Sqlite, SqlValue::text("0"));
    op.add_column("dag", Column::new("fail_fast", DataType::Boolean).not_null().server_default(no));
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_column("dag", "fail_fast");
}
