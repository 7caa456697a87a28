//! Airflow 3.1.0: each DAG is one of a bundle.
//!
//! DAGs of none are of `dags-folder`, or of `example_dags` if they are examples; both bundles are there then, and stay on
//! the way back. MySQL compares names of bundles letter by letter from here on, so that DAGs name theirs as it is
//! written; the real upgrade fails where they do not.

use airflow_plugin::string_id;
use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("7582ea3f3dd5").down_revision("a169942745c2").message("let no DAG be without a bundle")
}

pub(crate) fn upgrade(op: &mut Operations) {
    let bundles = "INTO dag_bundle (name) VALUES ('example_dags'), ('dags-folder')";
    op.execute(
        PerDialect::all(format!("INSERT {bundles} ON CONFLICT (name) DO NOTHING"))
            .on(DialectName::MySql, format!("INSERT IGNORE {bundles}")),
    );
    op.execute(
        "UPDATE dag SET bundle_name = CASE WHEN fileloc LIKE '%/airflow/example_dags/%' THEN 'example_dags' \
         ELSE 'dags-folder' END WHERE bundle_name IS NULL",
    );
    op.execute(PerDialect::only(
        DialectName::MySql,
        "UPDATE dag JOIN dag_bundle ON dag_bundle.name = dag.bundle_name SET dag.bundle_name = dag_bundle.name"
            .to_owned(),
    ));
    // MySQL changes no column that a foreign key is on.
    op.drop_constraint(ConstraintKind::ForeignKey, KEY, "dag");
    op.alter_column("dag", "bundle_name", |c| c.column_type(string_id()).nullable(false));
    op.alter_column("dag_bundle", "name", |c| c.column_type(string_id()));
    create_key(op);
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.drop_constraint(ConstraintKind::ForeignKey, KEY, "dag");
    op.alter_column("dag", "bundle_name", |c| c.nullable(true));
    create_key(op);
}

const KEY: &str = "dag_bundle_name_fkey";

fn create_key(op: &mut Operations) {
    op.create_foreign_key("dag", ForeignKey::new(["bundle_name"], "dag_bundle", ["name"]).named(KEY));
}
