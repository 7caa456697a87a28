//! Airflow 2.9.2: what its models had always said, and its revisions had not.
//!
//! - A DAG without a limit of failed runs has 0. The real revision sets every limit to 0; here those that are set
//!   stay.
//! - MySQL: folders of DAG files are plain strings.
//! - SQLite: two indexes of `dag_run` cover only what their queries ask for. The real revision makes the tables
//!   `dag_run` and `connection` anew, the latter with its columns in another order, and copies the rows without
//!   looking at their names, so that passwords become ports. Here the rows stay what they are, and the order too.
//!
//! The real downgrade does nothing, and so does this one.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("686269002441").down_revision("bff083ad727d").message("let the tables be as the models say")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.execute(
        "UPDATE dag SET max_consecutive_failed_dag_runs = 0 WHERE max_consecutive_failed_dag_runs IS NULL",
    );
    op.alter_table("dag", |t| {
        t.alter_column("max_consecutive_failed_dag_runs").nullable(false);
    });
    for table in ["callback_request", "dag", "import_error", "serialized_dag"] {
        op.alter_table(table, |t| {
            t.alter_column("processor_subdir").column_type(DataType::string(2000));
        });
    }
    op.alter_table("connection", |t| {
        let description = ColumnType::from(DataType::Text).on(DialectName::Sqlite, DataType::string(5000));
        t.alter_column("description").column_type(description);
    });
    for (index, state) in [("idx_dag_run_queued_dags", "queued"), ("idx_dag_run_running_dags", "running")] {
        op.drop_index(index, "dag_run");
        let only = format!("state='{state}'");
        op.add_index(
            "dag_run",
            Index::new(index, ["state", "dag_id"]).predicate_on(DialectName::Sqlite, only),
        );
    }
}

pub(crate) fn downgrade(_: &mut Operations) {}
