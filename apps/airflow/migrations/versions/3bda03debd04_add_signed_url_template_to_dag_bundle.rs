//! Airflow 3.1.0: how the link to a bundle's version is made.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("3bda03debd04")
        .down_revision("f56f68b9e02f")
        .message("add the columns signed_url_template and template_params to dag_bundle")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.alter_table("dag_bundle", |t| {
        t.add_column(Column::new("signed_url_template", DataType::string(200)));
        t.add_column(Column::new("template_params", DataType::Json));
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_table("dag_bundle", |t| {
        t.drop_column("template_params");
        t.drop_column("signed_url_template");
    });
}
