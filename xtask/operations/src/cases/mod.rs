//! The cases: a starting schema and a change each.

mod alter;
mod column_defaults;
mod column_types;
mod constraints;
mod databases;
mod indexes;
mod rebuild;
mod rows;
mod starts;
mod tables;

use std::sync::Arc;

use dunlin::core::prelude::*;
use serde_json::{Value, json};

pub(crate) use self::starts::Start;

/// One change.
pub(crate) struct Case {
    /// Its name, which its twin also has.
    pub(crate) name: String,
    /// What is there before it.
    pub(crate) start: Start,
    /// The databases it is for.
    on: &'static [DialectName],
    /// What changes.
    pub(crate) change: Arc<dyn Fn(&mut Operations) + Send + Sync>,
}

pub(crate) const ALL: &[DialectName] = &DialectName::ALL;
pub(crate) const POSTGRES: &[DialectName] = &[DialectName::Postgres];
pub(crate) const MYSQL: &[DialectName] = &[DialectName::MySql, DialectName::MariaDb];
pub(crate) const MYSQL_ITSELF: &[DialectName] = &[DialectName::MySql];
pub(crate) const MARIADB: &[DialectName] = &[DialectName::MariaDb];
pub(crate) const SQLITE: &[DialectName] = &[DialectName::Sqlite];
pub(crate) const NOT_POSTGRES: &[DialectName] =
    &[DialectName::MySql, DialectName::MariaDb, DialectName::Sqlite];
pub(crate) const NOT_MYSQL: &[DialectName] = &[DialectName::Postgres, DialectName::Sqlite];
pub(crate) const NOT_MARIADB: &[DialectName] =
    &[DialectName::Postgres, DialectName::MySql, DialectName::Sqlite];
pub(crate) const NOT_SQLITE: &[DialectName] =
    &[DialectName::Postgres, DialectName::MySql, DialectName::MariaDb];

fn case(
    name: impl Into<String>,
    on: &'static [DialectName],
    start: Start,
    change: impl Fn(&mut Operations) + Send + Sync + 'static,
) -> Case {
    Case { name: name.into(), start, on, change: Arc::new(change) }
}

impl Case {
    /// As the answer to a request has it.
    pub(crate) fn described(&self) -> Value {
        json!({"name": self.name, "start": self.start.name, "on": self.on})
    }
}

/// All cases, in the order of the report.
pub(crate) fn all() -> Vec<Case> {
    [
        column_types::cases(),
        column_defaults::cases(),
        tables::cases(),
        alter::cases(),
        indexes::cases(),
        constraints::cases(),
        rows::cases(),
        rebuild::cases(),
        databases::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
