//! Airflow 2.9.0: the arguments of triggers are encrypted, and so a text.
//!
//! Values stay what they were: Airflow reads a plain one and an encrypted one.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("1949afb29106").down_revision("ee1467d4aa35").message("make kwargs of trigger a text")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.alter_table("trigger", |t| {
        t.alter_column("kwargs").column_type(DataType::Text);
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    let json = ColumnType::from(DataType::Json).on(DialectName::Postgres, DataType::native("JSONB"));
    op.alter_table("trigger", |t| {
        t.alter_column("kwargs")
            .column_type(json)
            .using(PerDialect::only(DialectName::Postgres, "kwargs::jsonb".to_owned()));
    });
}
