//! Airflow 3.2.0: a log entry says what happened, and a DAG is stale, or not: a text that is missing becomes an empty
//! one, and a DAG of which nothing was known is not stale.

use dunlin_core::prelude::*;

pub(crate) fn revision() -> Revision {
    Revision::new("edc4f85a4619")
        .down_revision("b12d4f98a91e")
        .message("make event of log and is_stale of dag not null")
}

pub(crate) fn upgrade(op: &mut Operations) {
    op.execute("UPDATE log SET event = '' WHERE event IS NULL");
    op.execute("UPDATE dag SET is_stale = false WHERE is_stale IS NULL");
    op.alter_column("log", "event", |c| c.nullable(false));
    op.alter_column("dag", "is_stale", |c| c.nullable(false));
}

pub(crate) fn downgrade(op: &mut Operations) {
    op.alter_column("log", "event", |c| c.nullable(true));
    op.alter_column("dag", "is_stale", |c| c.nullable(true));
}
