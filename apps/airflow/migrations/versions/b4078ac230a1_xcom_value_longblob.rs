//! Airflow 2.9.0: values of more than 64 KiB on MySQL; the other databases take them already.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("b4078ac230a1")
        .down_revision("8e1c784a4fc7")
        .message("make value of xcom a LONGBLOB on MySQL")
}

pub(crate) fn upgrade(op: &mut Operations) {
    let bytes = ColumnType::from(DataType::Binary).on(DialectName::MySql, DataType::native("LONGBLOB"));
    op.alter_table("xcom", |t| {
        t.alter_column("value").column_type(bytes);
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_table("xcom", |t| {
        t.alter_column("value").column_type(DataType::Binary);
    });
}
