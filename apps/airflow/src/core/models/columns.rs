//! Types and foreign keys that several tables have in common.

use dunlin_core::prelude::*;

/// What identifies a task of a run.
pub(super) const TASK_INSTANCE_KEY: [&str; 4] = ["dag_id", "task_id", "run_id", "map_index"];

/// A reference to a task of a run; the referring row is deleted with it.
pub(super) fn task_instance_key() -> ForeignKey {
    cascade(TASK_INSTANCE_KEY, "task_instance", TASK_INSTANCE_KEY)
}

/// A reference to a row with which the referring one is deleted.
pub(super) fn cascade<const N: usize>(columns: [&str; N], table: &str, referred: [&str; N]) -> ForeignKey {
    ForeignKey::new(columns, table, referred).on_delete(ReferentialAction::Cascade)
}

/// The team that a row belongs to.
pub(super) fn owning_team() -> ForeignKey {
    ForeignKey::new(["team_name"], "team", ["name"]).on_delete(ReferentialAction::SetNull)
}

/// JSON; JSONB on PostgreSQL.
pub(super) fn extended_json() -> ColumnType {
    ColumnType::from(DataType::Json).on(DialectName::Postgres, DataType::native("JSONB"))
}

/// Text that may be longer than the 64 KiB of MySQL's TEXT.
pub(super) fn medium_text() -> ColumnType {
    ColumnType::from(DataType::Text).on(DialectName::MySql, DataType::native("MEDIUMTEXT"))
}

/// Names and URIs of assets. MySQL indexes 3072 bytes at most, so each character has one byte there.
pub(super) fn latin(length: u32) -> ColumnType {
    let plain = DataType::string(length);
    ColumnType::from(plain.clone()).on(DialectName::MySql, plain.collate("latin1_general_cs"))
}

/// A UUID; 32 hexadecimal digits where the database has no type for it.
pub(super) fn uuid() -> ColumnType {
    ColumnType::from(DataType::Uuid).on(DialectName::MariaDb, DataType::native("uuid"))
}
