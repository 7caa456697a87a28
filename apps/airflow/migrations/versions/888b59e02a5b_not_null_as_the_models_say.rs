//! Airflow 3.2.0: columns that are NOT NULL to the models are so in every database.
//!
//! What is missing becomes no, 0, or an empty text; a variable without a name gets one with its id. The way back does
//! not know what was missing.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("888b59e02a5b")
        .down_revision("6222ce48e289")
        .message("make columns not null that are so in the models")
}

pub(crate) fn upgrade(op: &mut Operations) {
    for (table, columns) in COLUMNS {
        for (column, value) in *columns {
            op.execute(format!("UPDATE {table} SET {column} = {value} WHERE {column} IS NULL"));
        }
    }
    let named = |key: &str, name: &str| format!("UPDATE variable SET {key} = {name} WHERE {key} IS NULL");
    op.execute(
        PerDialect::all(named("key", &format!("'{NAMELESS}' || id")))
            .on(DialectName::MySql, named("`key`", &format!("concat('{NAMELESS}', id)"))),
    );
    set_nullable(op, false);
}

pub(crate) fn downgrade(op: &mut Operations) {
    set_nullable(op, true);
}

fn set_nullable(op: &mut Operations, nullable: bool) {
    for (table, columns) in COLUMNS {
        op.alter_table(*table, |t| {
            for (column, _) in *columns {
                t.alter_column(*column).nullable(nullable);
            }
            if *table == "variable" {
                t.alter_column("key").nullable(nullable);
            }
        });
    }
}

/// Airflow's name for it, in front of the id.
const NAMELESS: &str = "__airflow_var_fix_888b59e02a5b_";

/// Columns, and what a missing value becomes.
const COLUMNS: &[(&str, &[(&str, &str)])] = &[
    ("connection", &[("is_encrypted", "false"), ("is_extra_encrypted", "false")]),
    ("dag", &[("is_paused", "false")]),
    ("slot_pool", &[("slots", "0")]),
    ("task_instance", &[("try_number", "0"), ("max_tries", "-1")]),
    ("variable", &[("val", "''"), ("is_encrypted", "false")]),
];
