//! Airflow 3.3.0: whether the runs of a DAG follow each other at some distance.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("9fabad868fdb")
        .down_revision("a4c2d171ae18")
        .message("add the column timetable_periodic to dag")
}

pub(crate) fn upgrade(op: &mut Operations) {
    let no = PerDialect::all(SqlValue::Boolean(false)).on(DialectName::Sqlite, SqlValue::text("0"));
    op.add_column("dag", Column::new("timetable_periodic", DataType::Boolean).not_null().server_default(no));
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_column("dag", "timetable_periodic");
}
