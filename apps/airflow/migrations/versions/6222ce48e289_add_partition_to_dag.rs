//! Airflow 3.2.0: the partition of a DAG's next run, and that of a run.
//!
//! Airflow 3.1 names a run after its logical date, Airflow 3.2 after the time from which on it may start. On the way
//! back what is known of next runs is forgotten, so that Airflow 3.1 makes it anew, and gives no run a name that there
//! is already.

use airflow_plugin::timestamp;
use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("6222ce48e289")
        .down_revision("134de42d3cb0")
        .message("add the partition of the next run to dag, and partition_date to dag_run")
}

pub(crate) fn upgrade(op: &mut Operations) {
    let no = PerDialect::all(SqlValue::Boolean(false)).on(DialectName::Sqlite, SqlValue::text("0"));
    op.alter_table("dag", |t| {
        t.add_column(Column::new("timetable_partitioned", DataType::Boolean).not_null().server_default(no));
        t.add_column(Column::new("next_dagrun_partition_key", DataType::string(255)));
        t.add_column(Column::new("next_dagrun_partition_date", timestamp()));
    });
    op.add_column("dag_run", Column::new("partition_date", timestamp()));
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.execute(
        "UPDATE dag SET next_dagrun = NULL, next_dagrun_create_after = NULL, \
         next_dagrun_data_interval_start = NULL, next_dagrun_data_interval_end = NULL",
    );
    op.alter_table("dag", |t| {
        t.drop_column("timetable_partitioned");
        t.drop_column("next_dagrun_partition_key");
        t.drop_column("next_dagrun_partition_date");
    });
    op.drop_column("dag_run", "partition_date");
}
