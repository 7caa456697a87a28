//! Airflow 3.2.0: the ids of task instances are kept as all other UUIDs are: where the database has no type for them,
//! as 32 characters without dashes; MariaDB has one. On PostgreSQL they are UUIDs already.
//!
//! On SQLite the real revision loses that the index of task_reschedule is descending.

use dunlin_core::operation::DataStep;
use dunlin_core::prelude::*;
use dunlin_core::session::Batches;

pub(crate) fn revision() -> Revision {
    Revision::new("f8c9d7e6b5a4")
        .down_revision("53ff648b8a26")
        .message("keep the ids of task instances as UUIDs without dashes")
}

pub(crate) fn upgrade(op: &mut Operations) {
    drop_references(op);
    for ids in IDS {
        ids.rewrite(op, "take the dashes out of", |id| format!("{id} LIKE '%-%'"), without_dashes);
    }
    for ids in IDS {
        let uuid = ColumnType::from(DataType::Uuid).on(DialectName::MariaDb, DataType::native("uuid"));
        op.alter_column(ids.table, ids.column, |c| c.column_type(uuid));
    }
    create_references(op);
}

pub(crate) fn downgrade(op: &mut Operations) {
    drop_references(op);
    for ids in IDS {
        let text = ColumnType::from(DataType::string(36)).on(DialectName::Postgres, DataType::Uuid);
        op.alter_column(ids.table, ids.column, |c| c.column_type(text));
    }
    for ids in IDS {
        ids.rewrite(op, "put the dashes into", |id| format!("length({id}) = 32"), with_dashes);
    }
    create_references(op);
}

/// A column of ids, and the key of its table.
#[derive(Debug, Clone, Copy)]
struct Ids {
    table: &'static str,
    column: &'static str,
    key: &'static str,
}

const IDS: [Ids; 6] = [
    Ids { table: "task_instance", column: "id", key: "id" },
    Ids { table: "task_instance_note", column: "ti_id", key: "ti_id" },
    Ids { table: "task_reschedule", column: "ti_id", key: "id" },
    Ids { table: "hitl_detail", column: "ti_id", key: "ti_id" },
    Ids { table: "task_instance_history", column: "task_instance_id", key: "task_instance_id" },
    Ids { table: "hitl_detail_history", column: "ti_history_id", key: "ti_history_id" },
];

impl Ids {
    /// Writes ids anew where they are texts, 5,000 at a time: those that are `old`. MariaDB does that itself when it
    /// changes the type of the column. A key that is changed stands beside where it was, and is no old one then: none is
    /// passed over, and none changed twice.
    fn rewrite(
        self,
        op: &mut Operations,
        what: &str,
        old: fn(&str) -> String,
        new: fn(&str, DialectName) -> String,
    ) {
        let Self { table, column, key } = self;
        let is_old = PerDialect::all(old(column)).on(DialectName::MariaDb, "false".to_owned());
        let batches = Batches::new(table, [key]).only_where(is_old).size(5_000);
        let step = DataStep::in_batches(
            format!("{what} {column} of {table}"),
            [table],
            batches,
            move |session, rows| {
                let [first, last] = [rows.first(), rows.last()]
                    .map(|row| session.literal(&row.and_then(|row| row.text(0)).unwrap_or_default().into()));
                let (new, old) = (new(column, session.dialect()), old(column));
                let sql = format!(
                    "UPDATE {table} SET {column} = {new} WHERE {key} >= {first} AND {key} <= {last} AND {old}"
                );
                Box::pin(async move { session.execute(&sql).await.map(drop) })
            },
        );
        op.run_step(step.only_on([DialectName::MySql, DialectName::Sqlite]));
    }
}

fn without_dashes(id: &str, _: DialectName) -> String {
    format!("replace({id}, '-', '')")
}

fn with_dashes(id: &str, dialect: DialectName) -> String {
    let parts = [(1, 8), (9, 4), (13, 4), (17, 4), (21, 12)]
        .map(|(from, length)| format!("substr({id}, {from}, {length})"));
    match dialect {
        DialectName::Sqlite => parts.join(" || '-' || "),
        _ => format!("concat({})", parts.join(", '-', ")),
    }
}

fn drop_references(op: &mut Operations) {
    for reference in REFERENCES {
        op.drop_constraint(ConstraintKind::ForeignKey, reference.name, reference.table);
    }
}

fn create_references(op: &mut Operations) {
    for reference in REFERENCES {
        let (referred, id) = reference.referred;
        let key = ForeignKey::new([reference.column], referred, [id])
            .named(reference.name)
            .on_delete(ReferentialAction::Cascade);
        op.create_foreign_key(
            reference.table,
            if reference.follows { key.on_update(ReferentialAction::Cascade) } else { key },
        );
    }
}

/// A foreign key to an id.
struct Reference {
    table: &'static str,
    name: &'static str,
    column: &'static str,
    referred: (&'static str, &'static str),
    /// Whether it follows a changed id.
    follows: bool,
}

const REFERENCES: [Reference; 4] = [
    Reference {
        table: "task_instance_note",
        name: "task_instance_note_ti_fkey",
        column: "ti_id",
        referred: ("task_instance", "id"),
        follows: true,
    },
    Reference {
        table: "task_reschedule",
        name: "task_reschedule_ti_fkey",
        column: "ti_id",
        referred: ("task_instance", "id"),
        follows: false,
    },
    Reference {
        table: "hitl_detail",
        name: "hitl_detail_ti_fkey",
        column: "ti_id",
        referred: ("task_instance", "id"),
        follows: true,
    },
    Reference {
        table: "hitl_detail_history",
        name: "hitl_detail_history_tih_fkey",
        column: "ti_history_id",
        referred: ("task_instance_history", "task_instance_id"),
        follows: true,
    },
];
