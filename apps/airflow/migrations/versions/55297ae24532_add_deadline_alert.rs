//! Airflow 3.2.0: deadline alerts have a table of their own, and a deadline says of which it is.
//!
//! Before that they stand in the serialized DAGs, which from then on have their ids. Each DAG's deadlines refer to the
//! first alert of its oldest serialized form, as in the real revision. The hash of a serialized DAG is made anew with
//! every change of it.
//!
//! - A serialized DAG that cannot be read (it is no zlib, or no JSON) stays as it is, with a warning: Airflow writes it
//!   again when it reads the DAG. At some of them the real one stops.
//! - The id of an alert begins with the time at which its DAG was serialized, and follows from the id of that and the
//!   alert's place.
//! - The way back has the alerts in their order, and the hash that they had; the real downgrade leaves the hash.
//! - The real upgrade moves no alerts on MySQL, and links no deadlines on SQLite.

use airflow_plugin::timestamp;
use dunlin_core::prelude::*;
use dunlin_core::schema::DataType::{Float, Json, Text};

#[path = "_deadline_alert_3_2_0/alerts.rs"]
mod alerts;
#[path = "_deadline_alert_3_2_0/hash.rs"]
mod hash;
#[allow(
    dead_code,
    clippy::duplicate_mod,
    reason = "each revision has its own, and not every one needs all of it"
)]
#[path = "_json_text.rs"]
mod json_text;
#[path = "_deadline_alert_3_2_0/serialized_dag.rs"]
mod serialized_dag;

pub(crate) fn revision() -> Revision {
    Revision::new("55297ae24532")
        .down_revision("e79fc784f145")
        .message("create the table deadline_alert, and let deadlines refer to it")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.create_table("deadline_alert", |t| {
        t.column("id", uuid());
        t.column("created_at", timestamp()).not_null();
        t.column("serialized_dag_id", uuid()).not_null();
        t.column("name", DataType::string(250));
        t.column("description", Text);
        t.column("reference", Json).not_null();
        t.column("interval", Float).not_null();
        t.column("callback_def", Json).not_null();
        t.primary_key("deadline_alert_pkey", ["id"]);
        t.foreign_key(
            ForeignKey::new(["serialized_dag_id"], "serialized_dag", ["id"])
                .named("deadline_alert_serialized_dag_id_fkey")
                .on_delete(ReferentialAction::Cascade),
        );
    });
    op.alter_table("deadline", |t| {
        t.add_column(Column::new("deadline_alert_id", uuid()));
        t.add_column(Column::new("created_at", timestamp()));
        t.add_column(Column::new("last_updated_at", timestamp()));
        t.create_foreign_key(
            ForeignKey::new(["deadline_alert_id"], "deadline_alert", ["id"])
                .named("deadline_deadline_alert_id_fkey")
                .on_delete(ReferentialAction::SetNull),
        );
    });
    let now = |now: &str| format!("UPDATE deadline SET created_at = {now}, last_updated_at = {now}");
    op.execute(
        PerDialect::all(now("CURRENT_TIMESTAMP"))
            .on(DialectName::MySql, now("CURRENT_TIMESTAMP(6)"))
            .on(DialectName::Sqlite, now("strftime('%Y-%m-%d %H:%M:%f000', 'now')")),
    );
    op.alter_table("deadline", |t| {
        t.alter_column("created_at").nullable(false);
        t.alter_column("last_updated_at").nullable(false);
    });
    op.run_in_batches(
        "move deadline alerts out of the serialized DAGs",
        ["serialized_dag", "deadline_alert", "deadline"],
        serialized_dag::ids(),
        |session, rows| Box::pin(alerts::move_out(session, rows)),
    );
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.run_in_batches(
        "move deadline alerts into the serialized DAGs",
        ["serialized_dag"],
        serialized_dag::ids(),
        |session, rows| Box::pin(alerts::move_in(session, rows)),
    );
    op.alter_table("deadline", |t| {
        t.drop_constraint(ConstraintKind::ForeignKey, "deadline_deadline_alert_id_fkey");
        t.drop_column("deadline_alert_id");
        t.drop_column("created_at");
        t.drop_column("last_updated_at");
    });
    op.drop_table("deadline_alert");
}

/// Text where the database has no type for it; MariaDB has one.
fn uuid() -> ColumnType {
    ColumnType::from(DataType::Uuid).on(DialectName::MariaDb, DataType::native("uuid"))
}
