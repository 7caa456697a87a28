//! Airflow 2.7.0: the name an operator wants to be shown under.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("788397e78828")
        .down_revision("937cbd173ca1")
        .message("add the column custom_operator_name to task_instance")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.alter_table("task_instance", |t| {
        t.add_column(Column::new("custom_operator_name", DataType::string(1000)));
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_table("task_instance", |t| t.drop_column("custom_operator_name"));
}
