//! Airflow 3.0.0: DAGs have versions, and code and serialized form of a DAG belong to one of them.
//!
//! Both tables are emptied, upwards and back: they are filled again when the DAGs are read, and what was in them belongs
//! to no version. So they are dropped and created.

use airflow_plugin::{string_id, string_id_of, timestamp};
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{BigInteger, Binary, Integer, Json};

pub(crate) fn revision() -> Revision {
    Revision::new("2b47dc6bc8df")
        .down_revision("d03e4a635aa3")
        .message("create the table dag_version, and let dag_code and serialized_dag belong to versions")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.create_table("dag_version", |t| {
        t.column("id", uuid());
        t.column("version_number", Integer).not_null();
        t.column("dag_id", string_id()).not_null();
        t.column("created_at", timestamp()).not_null();
        t.column("last_updated", timestamp()).not_null();
        t.primary_key("dag_version_pkey", ["id"]);
        t.unique("dag_id_v_name_v_number_unique_constraint", ["dag_id", "version_number"]);
        t.foreign_key(
            ForeignKey::new(["dag_id"], "dag", ["dag_id"])
                .named("dag_version_dag_id_fkey")
                .on_delete(ReferentialAction::Cascade),
        );
    });
    op.drop_table("dag_code");
    op.create_table("dag_code", |t| {
        t.column("fileloc", string_id_of(2000)).not_null();
        t.column("last_updated", timestamp()).not_null();
        t.column("source_code", medium_text()).not_null();
        t.column("id", uuid());
        t.column("dag_version_id", uuid()).not_null();
        t.column("source_code_hash", DataType::string(32)).not_null();
        t.column("dag_id", string_id()).not_null();
        t.column("created_at", timestamp()).not_null();
        t.primary_key("dag_code_pkey", ["id"]);
        t.unique("dag_code_dag_version_id_uq", ["dag_version_id"]);
        t.foreign_key(version("dag_version_id", "dag_code_dag_version_id_fkey", ReferentialAction::Cascade));
    });
    op.drop_table("serialized_dag");
    op.create_table("serialized_dag", |t| {
        t.column("dag_id", string_id()).not_null();
        t.column("last_updated", timestamp()).not_null();
        t.column("dag_hash", string_id_of(32)).not_null();
        t.column("data", Json);
        t.column("data_compressed", Binary);
        t.column("processor_subdir", DataType::string(2000));
        t.column("id", uuid());
        t.column("dag_version_id", uuid()).not_null();
        t.column("created_at", timestamp()).not_null();
        t.primary_key("serialized_dag_pkey", ["id"]);
        t.unique("serialized_dag_dag_version_id_uq", ["dag_version_id"]);
        t.foreign_key(version(
            "dag_version_id",
            "serialized_dag_dag_version_id_fkey",
            ReferentialAction::Cascade,
        ));
    });
    op.alter_table("task_instance", |t| {
        t.add_column(Column::new("dag_version_id", uuid()));
        t.create_foreign_key(version(
            "dag_version_id",
            "task_instance_dag_version_id_fkey",
            ReferentialAction::Cascade,
        ));
    });
    op.add_column("task_instance_history", Column::new("dag_version_id", uuid()));
    op.alter_table("dag_run", |t| {
        t.drop_column("dag_hash");
        t.add_column(Column::new("created_dag_version_id", uuid()));
        t.create_foreign_key(version(
            "created_dag_version_id",
            "created_dag_version_id_fkey",
            ReferentialAction::SetNull,
        ));
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_table("task_instance", |t| {
        t.drop_constraint(ConstraintKind::ForeignKey, "task_instance_dag_version_id_fkey");
        t.drop_column("dag_version_id");
    });
    op.drop_column("task_instance_history", "dag_version_id");
    op.alter_table("dag_run", |t| {
        t.drop_constraint(ConstraintKind::ForeignKey, "created_dag_version_id_fkey");
        t.drop_column("created_dag_version_id");
        t.add_column(Column::new("dag_hash", DataType::string(32)));
    });
    op.drop_table("dag_code");
    op.create_table("dag_code", |t| {
        t.column("fileloc", string_id_of(2000)).not_null();
        t.column("last_updated", timestamp()).not_null();
        t.column("source_code", medium_text()).not_null();
        t.column("fileloc_hash", BigInteger).without_autoincrement();
        t.primary_key("dag_code_pkey", ["fileloc_hash"]);
    });
    op.drop_table("serialized_dag");
    op.create_table("serialized_dag", |t| {
        t.column("dag_id", string_id());
        t.column("last_updated", timestamp()).not_null();
        t.column("dag_hash", string_id_of(32)).not_null();
        t.column("data", Json);
        t.column("data_compressed", Binary);
        t.column("processor_subdir", DataType::string(2000));
        t.column("fileloc", DataType::string(2000)).not_null();
        t.column("fileloc_hash", BigInteger).not_null();
        t.primary_key("serialized_dag_pkey", ["dag_id"]);
        t.index("idx_fileloc_hash", ["fileloc_hash"]);
    });
    op.drop_table("dag_version");
}

fn version(column: &str, name: &str, on_delete: ReferentialAction) -> ForeignKey {
    ForeignKey::new([column], "dag_version", ["id"]).named(name).on_delete(on_delete)
}

/// Text where the database has no type for it; MariaDB has one.
fn uuid() -> ColumnType {
    ColumnType::from(DataType::Uuid)
        .on(DialectName::MySql, DataType::char(32))
        .on(DialectName::MariaDb, DataType::native("uuid"))
        .on(DialectName::Sqlite, DataType::char(32))
}

/// Text that may be longer than the 64 KiB of MySQL's TEXT.
fn medium_text() -> ColumnType {
    ColumnType::from(DataType::Text).on(DialectName::MySql, DataType::native("MEDIUMTEXT"))
}
