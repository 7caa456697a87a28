//! Airflow 3.2.0: the ids of task instances are kept as all other UUIDs are: where the database has no type for them,
//! as 32 characters without dashes; MariaDB has one. On PostgreSQL they are UUIDs already.
//!
//! - An id is changed once, however often an interrupted upgrade or downgrade begins again.
//! - On SQLite the real revision loses that the index of task_reschedule is descending.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("f8c9d7e6b5a4")
        .down_revision("53ff648b8a26")
        .message("keep the ids of task instances as UUIDs without dashes")
}

pub(crate) fn upgrade(op: &mut Operations) {
    drop_references(op);
    for (table, column) in COLUMNS {
        let without_dashes =
            format!("UPDATE {table} SET {column} = replace({column}, '-', '') WHERE {column} LIKE '%-%'");
        op.execute(where_text(without_dashes.clone(), without_dashes));
    }
    for (table, column) in COLUMNS {
        let uuid = ColumnType::from(DataType::Uuid).on(DialectName::MariaDb, DataType::native("uuid"));
        op.alter_column(table, column, |c| c.column_type(uuid));
    }
    create_references(op);
}

pub(crate) fn downgrade(op: &mut Operations) {
    drop_references(op);
    for (table, column) in COLUMNS {
        let text = ColumnType::from(DataType::string(36)).on(DialectName::Postgres, DataType::Uuid);
        op.alter_column(table, column, |c| c.column_type(text));
    }
    for (table, column) in COLUMNS {
        let parts = [(1, 8), (9, 4), (13, 4), (17, 4), (21, 12)]
            .map(|(from, length)| format!("substr({column}, {from}, {length})"));
        let fill =
            |dashed: String| format!("UPDATE {table} SET {column} = {dashed} WHERE length({column}) = 32");
        op.execute(where_text(
            fill(format!("concat({})", parts.join(", '-', "))),
            fill(parts.join(" || '-' || ")),
        ));
    }
    create_references(op);
}

/// What is done where a UUID is a text. MariaDB converts the type of a column by itself.
fn where_text(mysql: String, sqlite: String) -> PerDialect<String> {
    PerDialect::only(DialectName::MySql, mysql)
        .on(DialectName::MariaDb, "DO 0".to_owned())
        .on(DialectName::Sqlite, sqlite)
}

const COLUMNS: [(&str, &str); 6] = [
    ("task_instance", "id"),
    ("task_instance_note", "ti_id"),
    ("task_reschedule", "ti_id"),
    ("hitl_detail", "ti_id"),
    ("task_instance_history", "task_instance_id"),
    ("hitl_detail_history", "ti_history_id"),
];

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
