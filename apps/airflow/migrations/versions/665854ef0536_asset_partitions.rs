//! Airflow 3.2.0: events of assets, and the runs that they start, may be those of a partition.

use airflow_plugin::{string_id, timestamp};
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::Integer;

pub(crate) fn revision() -> Revision {
    Revision::new("665854ef0536")
        .down_revision("e812941398f4")
        .message("create the tables of partitions of assets, and add partition_key to events and runs")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.create_table("partitioned_asset_key_log", |t| {
        t.column("id", Integer);
        t.column("asset_id", Integer).not_null();
        t.column("asset_event_id", Integer).not_null();
        t.column("asset_partition_dag_run_id", Integer).not_null();
        t.column("source_partition_key", string_id()).not_null();
        t.column("target_dag_id", string_id()).not_null();
        t.column("target_partition_key", string_id()).not_null();
        t.column("created_at", timestamp()).not_null();
        t.primary_key("partitioned_asset_key_log_pkey", ["id"]);
    });
    op.create_table("asset_partition_dag_run", |t| {
        t.column("id", Integer);
        t.column("target_dag_id", string_id()).not_null();
        t.column("created_dag_run_id", Integer);
        t.column("partition_key", string_id()).not_null();
        t.column("created_at", timestamp()).not_null();
        t.column("updated_at", timestamp()).not_null();
        t.primary_key("asset_partition_dag_run_pkey", ["id"]);
        t.foreign_key(
            ForeignKey::new(["created_dag_run_id"], "dag_run", ["id"])
                .named("apdr_created_dag_run_id_fkey")
                .on_delete(ReferentialAction::Cascade),
        );
    });
    for table in PARTITIONED {
        op.add_column(table, Column::new("partition_key", string_id()));
    }
}

pub(crate) fn downgrade(op: &mut Operations) {
    for table in PARTITIONED {
        op.drop_column(table, "partition_key");
    }
    op.drop_table("asset_partition_dag_run");
    op.drop_table("partitioned_asset_key_log");
}

const PARTITIONED: [&str; 2] = ["asset_event", "dag_run"];
