//! Airflow 3.0.0: an earlier try of a task has an id of its own, and that of the task instance.
//!
//! The ids are made as those of task instances are. The way back numbers the tries.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("7645189f3479")
        .down_revision("e00344393f31")
        .message("make a UUID the primary key of task_instance_history")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.alter_table("task_instance_history", |t| {
        t.add_column(Column::new("task_instance_id", id()));
        t.add_column(Column::new("try_id", id()));
    });
    let fill =
        |uuid: String| format!("UPDATE task_instance_history SET try_id = {uuid} WHERE try_id IS NULL");
    op.execute(
        PerDialect::only(DialectName::Postgres, fill(uuid_on_postgres()))
            .on(DialectName::MySql, fill(uuid_on_mysql()))
            .on(DialectName::Sqlite, fill(uuid_on_sqlite())),
    );
    op.execute(
        "UPDATE task_instance_history SET task_instance_id = (SELECT task.id FROM task_instance AS task \
         WHERE task.dag_id = task_instance_history.dag_id AND task.task_id = task_instance_history.task_id \
         AND task.run_id = task_instance_history.run_id AND task.map_index = task_instance_history.map_index)",
    );
    op.alter_table("task_instance_history", |t| {
        t.drop_constraint(ConstraintKind::PrimaryKey, "task_instance_history_pkey");
        t.drop_column("id");
        t.alter_column("task_instance_id").nullable(false);
        t.alter_column("try_id").nullable(false);
        t.create_primary_key("task_instance_history_pkey", ["try_id"]);
    });
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_table("task_instance_history", |t| {
        t.drop_constraint(ConstraintKind::PrimaryKey, "task_instance_history_pkey");
        t.drop_column("task_instance_id");
        t.drop_column("try_id");
        t.add_column(Column::new("id", DataType::Integer).not_null().autoincrement());
        t.create_primary_key("task_instance_history_pkey", ["id"]);
    });
}

/// The id of a task instance.
fn id() -> ColumnType {
    ColumnType::from(DataType::string(36)).on(DialectName::Postgres, DataType::Uuid)
}

/// 48 bits of milliseconds since 1970, then the version, then what is random. A random UUID has its version where this
/// one has it, and the variant behind that.
fn uuid_on_postgres() -> String {
    let milliseconds =
        "floor(extract(epoch FROM coalesce(queued_dttm, start_date, clock_timestamp())) * 1000)";
    format!(
        "(lpad(to_hex({milliseconds}::bigint), 12, '0') || '7' \
         || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid"
    )
}

fn uuid_on_mysql() -> String {
    let milliseconds = "floor(unix_timestamp(coalesce(queued_dttm, start_date, now(3))) * 1000)";
    let time = format!("lpad(hex({milliseconds}), 12, '0')");
    let three = "left(hex(random_bytes(2)), 3)";
    let variant = "elt(1 + floor(rand() * 4), '8', '9', 'a', 'b')";
    format!(
        "lower(concat(left({time}, 8), '-', right({time}, 4), '-7', {three}, '-', {variant}, {three}, '-', \
         hex(random_bytes(6))))"
    )
}

fn uuid_on_sqlite() -> String {
    let days = "julianday(coalesce(queued_dttm, start_date, 'now')) - julianday('1970-01-01')";
    let time = format!("printf('%012x', CAST(({days}) * 86400000 AS INTEGER))");
    let three = "substr(hex(randomblob(2)), 1, 3)";
    let variant = "substr('89ab', 1 + abs(random() % 4), 1)";
    format!(
        "lower(substr({time}, 1, 8) || '-' || substr({time}, 9) || '-7' || {three} || '-' || {variant} || {three} \
         || '-' || hex(randomblob(6)))"
    )
}
