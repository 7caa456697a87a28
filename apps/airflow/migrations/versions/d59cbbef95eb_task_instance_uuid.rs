//! Airflow 3.0.0: a task instance is known by a UUID; what identified it before stays unique.
//!
//! The ids begin with the time at which the task was queued, or started (version 7, RFC 9562), so that their order is
//! about that of the rows. Each database makes them itself, in one statement and without a function that would have to
//! be created. The real revision leaves the time out on SQLite.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("d59cbbef95eb")
        .down_revision("05234396c6fc")
        .message("make a UUID the primary key of task_instance")
}

pub(crate) fn upgrade(op: &mut Operations) {
    let id = ColumnType::from(DataType::string(36)).on(DialectName::Postgres, DataType::Uuid);
    op.add_column("task_instance", Column::new("id", id));
    let fill = |uuid: String| format!("UPDATE task_instance SET id = {uuid} WHERE id IS NULL");
    op.execute(
        PerDialect::only(DialectName::Postgres, fill(uuid_on_postgres()))
            .on(DialectName::MySql, fill(uuid_on_mysql()))
            .on(DialectName::Sqlite, fill(uuid_on_sqlite())),
    );
    drop_references(op);
    op.alter_table("task_instance", |t| {
        t.drop_constraint(ConstraintKind::PrimaryKey, "task_instance_pkey");
        t.alter_column("id").nullable(false);
        t.create_primary_key("task_instance_pkey", ["id"]);
        t.create_unique_constraint("task_instance_composite_key", KEY);
    });
    create_references(op);
}

pub(crate) fn downgrade(op: &mut Operations) {
    drop_references(op);
    op.alter_table("task_instance", |t| {
        t.drop_constraint(ConstraintKind::PrimaryKey, "task_instance_pkey");
        t.drop_constraint(ConstraintKind::Unique, "task_instance_composite_key");
        t.drop_column("id");
        t.create_primary_key("task_instance_pkey", KEY);
    });
    create_references(op);
}

const KEY: [&str; 4] = ["dag_id", "task_id", "run_id", "map_index"];

/// What refers to task instances, and whether it follows a changed key.
const REFERENCES: [(&str, &str, bool); 7] = [
    ("rendered_task_instance_fields", "rtif_ti_fkey", false),
    ("task_fail", "task_fail_ti_fkey", false),
    ("task_instance_history", "task_instance_history_ti_fkey", true),
    ("task_instance_note", "task_instance_note_ti_fkey", false),
    ("task_map", "task_map_task_instance_fkey", true),
    ("task_reschedule", "task_reschedule_ti_fkey", false),
    ("xcom", "xcom_task_instance_fkey", false),
];

fn drop_references(op: &mut Operations) {
    for (table, name, _) in REFERENCES {
        op.drop_constraint(ConstraintKind::ForeignKey, name, table);
    }
}

fn create_references(op: &mut Operations) {
    for (table, name, follows) in REFERENCES {
        let key =
            ForeignKey::new(KEY, "task_instance", KEY).named(name).on_delete(ReferentialAction::Cascade);
        op.create_foreign_key(table, if follows { key.on_update(ReferentialAction::Cascade) } else { key });
    }
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
