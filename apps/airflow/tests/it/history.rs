//! Each revision of ours, played in memory, against what the real one leaves: the schema after it, and after its
//! downgrade, on each database. No server is needed: the facts are [`walk`](crate::walk)'s.
//!
//! What is compared is everything that a schema says, names and the order of columns included, in the form that a
//! database gives it. Where ours differs on purpose, [`DIFFERENCES`] says why; an entry that is not needed fails.

use std::collections::BTreeSet;

use airflow::core::db_manager;
use dunlin_testkit::dunlin::core::dialect::{DialectName, PerDialect};
use dunlin_testkit::dunlin::core::manager::HostContext;
use dunlin_testkit::dunlin::core::revision::{Direction, RevisionId};
use dunlin_testkit::dunlin::core::schema::{Column, Metadata, SqlValue, Table};
use dunlin_testkit::dunlin::engine::compare::{Schema, compare, describe, unsettled};
use dunlin_testkit::dunlin::engine::dialect::lower::lower;
use dunlin_testkit::dunlin::engine::dialect::{Dialect, dialect};
use dunlin_testkit::dunlin::engine::owner::Owner;

use crate::walk::{Revision, Walk};

/// What of a table is not as in the real one's database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// Everything may differ.
    Table,
    /// Where its columns stand.
    ColumnOrder,
    /// The real one does not have it.
    Alone,
}

/// A table that is left otherwise than the real one leaves it.
#[derive(Debug)]
pub(crate) struct Difference {
    pub(crate) table: &'static str,
    pub(crate) what: What,
    /// The first revision after which it differs.
    pub(crate) from: &'static str,
    /// The first after which it does not.
    pub(crate) until: Option<&'static str>,
    pub(crate) on: &'static [DialectName],
    pub(crate) why: &'static str,
}

use DialectName::{MariaDb, MySql, Postgres, Sqlite};

pub(crate) const DIFFERENCES: &[Difference] = &[
    Difference {
        table: "connection",
        what: What::ColumnOrder,
        from: "686269002441",
        until: None,
        on: &[Sqlite],
        why: "the real one puts values into other columns on the way",
    },
    Difference {
        table: "dag_run",
        what: What::ColumnOrder,
        from: "686269002441",
        until: None,
        on: &[Sqlite],
        why: "the real one makes the table anew, and a column's place is no difference",
    },
    Difference {
        table: "dag_schedule_dataset_alias_reference",
        what: What::Table,
        from: "5f2621c13b39",
        until: None,
        on: &[Postgres, MySql, MariaDb],
        why: "the real one's key of dag_id refers to dataset_alias",
    },
    Difference {
        table: "asset_alias_asset",
        what: What::Table,
        from: "05234396c6fc",
        until: None,
        on: &[Sqlite],
        why: "the real one leaves the primary key its old name",
    },
    Difference {
        table: "dataset_alias_dataset",
        what: What::Table,
        from: "05234396c6fc",
        until: Some("05234396c6fc"),
        on: &[Postgres],
        why: "the real downgrade leaves the primary key its new name",
    },
    Difference {
        table: "dag_schedule_dataset_reference",
        what: What::Table,
        from: "05234396c6fc",
        until: Some("05234396c6fc"),
        on: &[Sqlite],
        why: "the real downgrade loses a foreign key",
    },
    Difference {
        table: "dataset_dag_run_queue",
        what: What::Table,
        from: "05234396c6fc",
        until: Some("05234396c6fc"),
        on: &[Sqlite],
        why: "the real downgrade loses a foreign key",
    },
    Difference {
        table: "task_outlet_dataset_reference",
        what: What::Table,
        from: "05234396c6fc",
        until: Some("05234396c6fc"),
        on: &[Sqlite],
        why: "the real downgrade loses a foreign key",
    },
    Difference {
        table: "task_instance",
        what: What::ColumnOrder,
        from: "d8cd3297971e",
        until: Some("d8cd3297971e"),
        on: &[Sqlite],
        why: "a column's place is no difference",
    },
    Difference {
        table: "dag_code",
        what: What::Table,
        from: "2b47dc6bc8df",
        until: Some("2b47dc6bc8df"),
        on: &[Sqlite],
        why: "the real downgrade makes a primary key that may be NULL",
    },
    Difference {
        table: "callback",
        what: What::ColumnOrder,
        from: "b87d2135fa50",
        until: None,
        on: &[Sqlite],
        why: "the real one makes the table anew, and a column's place is no difference",
    },
    Difference {
        table: "task_reschedule",
        what: What::Table,
        from: "f8c9d7e6b5a4",
        until: None,
        on: &[Sqlite],
        why: "the real one loses that an index is descending",
    },
    Difference {
        table: "backfill_dag_run",
        what: What::Table,
        from: "134de42d3cb0",
        until: None,
        on: &[MySql, MariaDb],
        why: "the real one cuts the fractions of a second off logical_date",
    },
];

#[test]
fn on_postgres() {
    history_on(DialectName::Postgres);
}

#[test]
fn on_mysql() {
    history_on(DialectName::MySql);
}

#[test]
fn on_mariadb() {
    history_on(DialectName::MariaDb);
}

#[test]
fn on_sqlite() {
    history_on(DialectName::Sqlite);
}

pub(crate) fn host() -> HostContext {
    HostContext::new(None, airflow_plugin::naming_convention())
}

/// Plays the history up, and each downgrade alone.
fn history_on(name: DialectName) {
    let (dialect, walk) = (dialect(name), Walk::on(name));
    let owner = Owner::new(db_manager(), &host()).unwrap();
    let mut known = Known::on(name, DIFFERENCES);
    let mut failures = Vec::new();
    let mut revision = owner.history().bases();
    let mut count = 0;
    while let Some(id) = revision.pop() {
        let real = walk.revision(id.as_str()).unwrap_or_else(|| panic!("{id} is no revision of Airflow's"));
        let down: Vec<&str> =
            owner.history().get(&id).unwrap().down_revisions.iter().map(RevisionId::as_str).collect();
        assert_eq!(down, real.down_revision.as_deref().into_iter().collect::<Vec<_>>(), "the parent of {id}");

        known.begin(id.as_str());
        let left = owner.replay_on(dialect, std::slice::from_ref(&id)).unwrap();
        let found = differences(dialect, left.clone(), real.after.clone().unwrap(), &mut known);
        failures.extend(wrong("upgrade", real, found));

        // Where the real downgrade fails, ours leads back to what was there before.
        let back = played_down(&owner, dialect, &id, left);
        let wanted = real.back.clone().unwrap_or_else(|_| real.before.clone());
        let found = differences(dialect, back, wanted, &mut known);
        failures.extend(wrong("downgrade", real, found));
        known.end(id.as_str());
        revision = owner.history().next(&id).into_iter().map(|next| next.id.clone()).collect();
        count += 1;
    }
    failures.extend(known.not_needed());
    assert!(failures.is_empty(), "{name}: {} steps\n{}", failures.len(), failures.join("\n"));
    assert_eq!(count, walk.revisions.len());
    assert_eq!(count, 124);
}

/// The differences that there may be on a database, while its history is gone through.
pub(crate) struct Known {
    all: Vec<&'static Difference>,
    /// Those that there may be after the revision that is looked at, or before it.
    now: Vec<&'static Difference>,
    needed: BTreeSet<*const Difference>,
}

impl Known {
    pub(crate) fn on(name: DialectName, differences: &'static [Difference]) -> Self {
        let all = differences.iter().filter(|known| known.on.contains(&name)).collect();
        Self { all, now: Vec::new(), needed: BTreeSet::new() }
    }

    pub(crate) fn begin(&mut self, revision: &str) {
        self.now.extend(self.all.iter().filter(|known| known.from == revision));
    }

    pub(crate) fn end(&mut self, revision: &str) {
        self.now.retain(|known| known.until != Some(revision));
    }

    /// Takes out of both schemas what may differ.
    fn take_out(&mut self, dialect: &dyn Dialect, ours: &mut Metadata, theirs: &mut Metadata) {
        for known in &self.now {
            if known.what == What::Alone {
                if theirs.get(&known.table.into()).is_none() && ours.remove(&known.table.into()).is_some() {
                    self.needed.insert(*known);
                }
                continue;
            }
            let (Some(our), Some(their)) =
                (ours.get_mut(&known.table.into()), theirs.get(&known.table.into()))
            else {
                continue;
            };
            match known.what {
                What::Alone => {}
                What::ColumnOrder => {
                    let order = |columns: &[Column]| {
                        columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>()
                    };
                    let wanted = order(&their.columns);
                    if order(&our.columns) != wanted {
                        self.needed.insert(*known);
                    }
                    our.columns.sort_by_key(|column| wanted.iter().position(|name| *name == column.name));
                }
                What::Table => {
                    let form = |table: &Table| {
                        let mut alone = Metadata::default();
                        alone.extend([table.clone()]);
                        Schema::new(dialect, alone).unwrap().here().clone()
                    };
                    if form(our) != form(their) {
                        self.needed.insert(*known);
                    }
                    *our = their.clone();
                }
            }
        }
    }

    pub(crate) fn not_needed(&self) -> Vec<String> {
        let needed = |known: &&&Difference| !self.needed.contains(&std::ptr::from_ref(**known));
        self.all
            .iter()
            .filter(needed)
            .map(|known| format!("{} does not differ from {} on: {}", known.table, known.from, known.why))
            .collect()
    }
}

pub(crate) fn played_down(
    owner: &Owner,
    dialect: &dyn Dialect,
    id: &RevisionId,
    mut schema: Metadata,
) -> Metadata {
    for operation in owner.operations(id, Direction::Downgrade).unwrap() {
        for operation in lower(dialect, &operation, &schema).unwrap() {
            schema.apply(&operation).unwrap_or_else(|error| panic!("downgrade of {id}: {error}"));
        }
    }
    schema
}

/// What is wrong with a step that differs so.
pub(crate) fn wrong(way: &str, real: &Revision, found: Vec<String>) -> Option<String> {
    let said = || format!("{way} of {} ({}):\n    {}", real.id, real.file, found.join("\n    "));
    (!found.is_empty()).then(said)
}

/// What `theirs` has otherwise than `ours`, in words.
pub(crate) fn differences(
    dialect: &dyn Dialect,
    mut ours: Metadata,
    mut theirs: Metadata,
    known: &mut Known,
) -> Vec<String> {
    known.take_out(dialect, &mut ours, &mut theirs);
    let form = |schema: Metadata| Schema::new(dialect, schema).unwrap();
    let (mut ours, mut theirs) = (form(ours), form(theirs));
    theirs.align(&mut ours);
    let asked = unsettled(dialect, &theirs, &ours);
    let said: Vec<Table> = asked.into_iter().map(|table| in_its_words(dialect.name(), table)).collect();
    ours.settle(dialect, &said).unwrap();

    let there = compare(dialect, &ours, &theirs, &[]).unwrap();
    let mut found: Vec<String> =
        there.upgrade.iter().flat_map(|operation| describe(dialect, operation, &ours)).collect();
    if found.is_empty() {
        let back = compare(dialect, &theirs, &ours, &[]).unwrap();
        let words = back.upgrade.iter().flat_map(|operation| describe(dialect, operation, &theirs));
        found.extend(words.map(|words| format!("the other way round: {words}")));
    }
    let tables = |schema: &Schema| -> BTreeSet<String> {
        schema.here().tables().iter().map(|table| table.name.name.clone()).collect()
    };
    let (here, there) = (tables(&ours), tables(&theirs));
    found.extend(here.symmetric_difference(&there).map(|name| format!("table {name} is on one side only")));
    if found.is_empty() {
        for name in theirs.differing(&ours) {
            let (ours, theirs) = (ours.here().get(&name).unwrap(), theirs.here().get(&name).unwrap());
            let order =
                |table: &Table| table.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>();
            found.push(match (order(ours), order(theirs)) {
                (ours, theirs) if ours != theirs => {
                    format!("columns of {name}: {ours:?}, and theirs {theirs:?}")
                }
                _ => format!("table {name}:\n      ours   {ours:?}\n      theirs {theirs:?}"),
            });
        }
    }
    found
}

/// A table of questions as the server answers them: what it makes of the expressions of the history.
fn in_its_words(on: DialectName, mut table: Table) -> Table {
    for column in &mut table.columns {
        if let Some(default) = &mut column.server_default
            && let Some(SqlValue::Expression(text)) = default.get(on)
            && let Some((.., words)) = WORDS.iter().find(|(dialect, said, _)| *dialect == on && said == text)
        {
            *default = PerDialect::all(SqlValue::expression(*words));
        }
    }
    for check in &mut table.checks {
        if let Some(text) = check.expression.get(on)
            && let Some((.., words)) = WORDS.iter().find(|(dialect, said, _)| *dialect == on && said == text)
        {
            check.expression = PerDialect::all((*words).to_owned());
        }
    }
    table
}

/// What a server makes of an expression that it prints in words of its own.
const WORDS: &[(DialectName, &str, &str)] = &[(MySql, "(-1)", "(-(1))")];
