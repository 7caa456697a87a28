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
use dunlin_testkit::dunlin::core::schema::{Metadata, SqlValue, Table};
use dunlin_testkit::dunlin::engine::compare::{Schema, compare, describe, unsettled};
use dunlin_testkit::dunlin::engine::dialect::lower::lower;
use dunlin_testkit::dunlin::engine::dialect::{Dialect, dialect};
use dunlin_testkit::dunlin::engine::owner::Owner;

use crate::walk::{Revision, Walk};

/// A revision whose step leaves something else than the real one's.
struct Difference {
    revision: &'static str,
    direction: Direction,
    on: &'static [DialectName],
    why: &'static str,
}

const DIFFERENCES: &[Difference] = &[];

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

/// Plays the history up, and each downgrade alone.
fn history_on(name: DialectName) {
    let (dialect, walk) = (dialect(name), Walk::on(name));
    let host = HostContext::new(None, airflow_plugin::naming_convention());
    let owner = Owner::new(db_manager(), &host).unwrap();
    let ours: Vec<RevisionId> = owner.history().revisions().iter().map(|known| known.id.clone()).collect();
    let mut failures = Vec::new();
    for id in &ours {
        let real = walk.revision(id.as_str()).unwrap_or_else(|| panic!("{id} is no revision of Airflow's"));
        let known = owner.history().get(id).unwrap();
        let down: Vec<&str> = known.down_revisions.iter().map(RevisionId::as_str).collect();
        assert_eq!(down, real.down_revision.as_deref().into_iter().collect::<Vec<_>>(), "the parent of {id}");

        let left = owner.replay_on(dialect, std::slice::from_ref(id)).unwrap();
        let wanted = real.after.as_ref().unwrap_or_else(|error| panic!("{id} fails on {name}: {error}"));
        let found = differences(dialect, &left, wanted);
        failures.extend(judge(real, Direction::Upgrade, name, found));

        let back = played_down(&owner, dialect, id, left);
        // Where the real downgrade fails, ours leads back to what was there before.
        let found = differences(dialect, &back, real.back.as_ref().unwrap_or(&real.before));
        failures.extend(judge(real, Direction::Downgrade, name, found));
    }
    assert!(failures.is_empty(), "{name}: {} steps\n{}", failures.len(), failures.join("\n"));
    assert!(ours.len() >= 4, "{} revisions", ours.len());
}

fn played_down(owner: &Owner, dialect: &dyn Dialect, id: &RevisionId, mut schema: Metadata) -> Metadata {
    for operation in owner.operations(id, Direction::Downgrade).unwrap() {
        for operation in lower(dialect, &operation, &schema).unwrap() {
            schema.apply(&operation).unwrap_or_else(|error| panic!("downgrade of {id}: {error}"));
        }
    }
    schema
}

/// What is wrong with a step that differs so.
fn judge(real: &Revision, direction: Direction, on: DialectName, found: Vec<String>) -> Option<String> {
    let known = DIFFERENCES
        .iter()
        .find(|known| known.revision == real.id && known.direction == direction && known.on.contains(&on));
    let step = format!("{direction} of {} ({})", real.id, real.file);
    match (found.is_empty(), known) {
        (true, None) | (false, Some(_)) => None,
        (true, Some(known)) => {
            Some(format!("{step} is as the real one's, and is said to differ: {}", known.why))
        }
        (false, None) => Some(format!("{step}:\n    {}", found.join("\n    "))),
    }
}

/// What `theirs` has otherwise than `ours`, in words.
fn differences(dialect: &dyn Dialect, ours: &Metadata, theirs: &Metadata) -> Vec<String> {
    let form = |schema: &Metadata| Schema::new(dialect, schema.clone()).unwrap();
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
            let (ours, theirs) = (ours.here().get(&name), theirs.here().get(&name));
            found.push(format!("table {name}:\n      ours   {ours:?}\n      theirs {theirs:?}"));
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
const WORDS: &[(DialectName, &str, &str)] = &[];
