//! Airflow 3.2.0: DAGs can be found by the type of their timetable, which is known when they are read again; until then
//! it is an empty text.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("e79fc784f145")
        .down_revision("0b112f49112d")
        .message("add the column timetable_type to dag")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.add_column("dag", Column::new("timetable_type", DataType::string(255)));
    op.execute("UPDATE dag SET timetable_type = ''");
    op.alter_column("dag", "timetable_type", |c| c.nullable(false));
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_column("dag", "timetable_type");
}
