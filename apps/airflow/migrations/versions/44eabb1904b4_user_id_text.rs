//! Airflow 3.0.0: who wrote a note is a text, as not everybody's users have numbers.
//!
//! On the way back a text that is no number is forgotten, and so is a number that is too large for an integer, which
//! the real downgrade fails on.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("44eabb1904b4").down_revision("16cbcb1c8c36").message("make user_id of notes a text")
}

pub(crate) fn upgrade(op: &mut Operations) {
    for table in NOTES {
        op.alter_column(table, "user_id", |c| c.column_type(DataType::string(128)));
    }
}

pub(crate) fn downgrade(op: &mut Operations) {
    for table in NOTES {
        // 18 digits are a number that every database can read.
        let forget = |condition: &str| {
            format!(
                "UPDATE {table} SET user_id = NULL WHERE {condition} OR user_id = '' OR length(user_id) > 18"
            )
        };
        op.execute(
            PerDialect::all(forget("user_id ~ '[^0-9]'"))
                .on(DialectName::MySql, forget("user_id REGEXP '[^0-9]'"))
                .on(DialectName::Sqlite, forget("user_id GLOB '*[^0-9]*'")),
        );
        op.execute(format!(
            "UPDATE {table} SET user_id = NULL WHERE CAST(user_id AS DECIMAL(18, 0)) > {}",
            i32::MAX
        ));
        op.alter_column(table, "user_id", |c| {
            c.column_type(DataType::Integer)
                .using(PerDialect::only(DialectName::Postgres, "user_id::integer".to_owned()))
        });
    }
}

const NOTES: [&str; 2] = ["dag_run_note", "task_instance_note"];
