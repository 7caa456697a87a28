//! Why ours does less than everything, where that is as it should be.

use super::verdict::{Verdict, Word};
use super::{Case, Run};
use crate::oracle::Kind;

/// Why ours does less than everything.
struct Reason {
    cases: &'static [&'static str],
    on: &'static [Kind],
    why: &'static str,
}

/// All reasons.
const REASONS: &[Reason] = &[
    Reason {
        cases: &["Columns: add a column between others"],
        on: &[Kind::Mysql, Kind::Mariadb, Kind::Sqlite],
        why: "a new column is put behind the others: a revision is for all databases, PostgreSQL can put it \
              nowhere else, and SQLite would have to copy the table",
    },
    Reason {
        cases: &["Columns: change the order of columns"],
        on: &[Kind::Mysql, Kind::Mariadb, Kind::Sqlite],
        why: "the order of columns is not compared: PostgreSQL cannot change it, and each new column behind the \
              others would be found for ever",
    },
    Reason {
        cases: &["Primary keys: a name for one without"],
        on: &[Kind::Sqlite],
        why: "a primary key can be dropped by any name: its table is not copied for one",
    },
    Reason {
        cases: &["Primary keys: another column, referred to by a foreign key"],
        on: &[Kind::Postgres],
        why: "PostgreSQL makes one constraint of a primary key and a UNIQUE over the same column, so the UNIQUE that \
              the revisions have is not there, and cannot be added while they have it: a warning says so where \
              the revision is made, and they must drop it first",
    },
];

/// What Alembic makes in one run and not in another, or fails at in other words: it drops tables in the order of a set.
const BY_CHANCE: [&str; 2] = [
    "Tables: drop two tables, one referring to the other",
    "Tables: drop two tables that refer to each other",
];

/// What came of a case with Alembic, as every run can say it.
pub(super) fn of_every_run(case: &Case, kind: Kind, mut alembic: Verdict) -> Verdict {
    let may_fail = kind != Kind::Sqlite && BY_CHANCE.contains(&case.id.as_str());
    match alembic.word {
        Word::Converges | Word::NotMade if may_fail && case.id == BY_CHANCE[0] => {
            alembic.word = Word::ByChance;
            alembic.notes.clear();
        }
        Word::NotMade if may_fail => {
            alembic.notes = vec!["a table cannot be dropped while another refers to it".to_owned()];
        }
        _ => {}
    }
    alembic
}

/// The reason for what ours does not do, if there is one.
pub(super) fn of(case: &Case, kind: Kind) -> Option<&'static str> {
    let reason = |reason: &&Reason| reason.cases.contains(&case.id.as_str()) && reason.on.contains(&kind);
    REASONS.iter().find(reason).map(|reason| reason.why)
}

/// Whether ours does everything.
fn is_complete(verdict: &Verdict) -> bool {
    verdict.word.is_complete() && verdict.alarms.is_empty()
}

/// What ours does not do, and nobody knows why.
pub(super) fn unexplained(cases: &[Case], run: &Run) -> Vec<String> {
    let mut found = Vec::new();
    for outcome in &run.results {
        let (case, ours) = (&cases[outcome.case], &outcome.ours);
        if !is_complete(ours) && of(case, run.kind).is_none() {
            let lines = [&ours.notes, &ours.alarms].into_iter().flatten();
            let lines: String = lines.map(|line| format!("\n    {line}")).collect();
            found.push(format!("{}: {}: {}{lines}", run.kind.name(), case.id, ours.word.said()));
        }
    }
    found
}

/// Reasons that explain nothing.
pub(super) fn unused(cases: &[Case], runs: &[Run]) -> Vec<String> {
    let mut unused = Vec::new();
    for reason in REASONS {
        for (name, on) in
            reason.cases.iter().flat_map(|case| reason.on.iter().map(move |kind| (*case, *kind)))
        {
            let results = runs.iter().filter(|run| run.kind == on).flat_map(|run| &run.results);
            let mut explained =
                results.filter(|outcome| cases[outcome.case].id == name && !is_complete(&outcome.ours));
            if explained.next().is_none() {
                unused.push(format!("{}: {name}: there is a reason, and nothing to explain", on.name()));
            }
        }
    }
    unused
}
