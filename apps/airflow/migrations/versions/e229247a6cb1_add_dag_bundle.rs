//! Airflow 3.0.0: DAGs come in bundles, which have versions.

use airflow_plugin::{string_id, timestamp};
use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("e229247a6cb1")
        .down_revision("eed27faa34e3")
        .message("create the table dag_bundle, and say of what bundle DAGs, their versions and runs are")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.create_table("dag_bundle", |t| {
        t.column("name", DataType::string(250));
        t.column("active", DataType::Boolean);
        t.column("version", DataType::string(200));
        t.column("last_refreshed", timestamp());
        t.primary_key("dag_bundle_pkey", ["name"]);
    });
    op.alter_table("dag", |t| {
        t.add_column(Column::new("bundle_name", DataType::string(250)));
        t.add_column(Column::new("bundle_version", DataType::string(200)));
        t.create_foreign_key(
            ForeignKey::new(["bundle_name"], "dag_bundle", ["name"]).named("dag_bundle_name_fkey"),
        );
    });
    op.add_column("dag_run", Column::new("bundle_version", DataType::string(250)));
    op.add_column("import_error", Column::new("bundle_name", DataType::string(250)));
    op.alter_table("dag_version", |t| {
        t.add_column(Column::new("bundle_name", string_id()));
        t.add_column(Column::new("bundle_version", string_id()));
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_table("dag_version", |t| {
        t.drop_column("bundle_version");
        t.drop_column("bundle_name");
    });
    op.drop_column("import_error", "bundle_name");
    op.drop_column("dag_run", "bundle_version");
    op.alter_table("dag", |t| {
        t.drop_constraint(ConstraintKind::ForeignKey, "dag_bundle_name_fkey");
        t.drop_column("bundle_version");
        t.drop_column("bundle_name");
    });
    op.drop_table("dag_bundle");
}
