//! Rows that the real Airflow fails on, or loses: what ours does with them.

use super::super::database::{Kind, Place};
use super::{Bench, moves};
use crate::Result;

/// Rows, and what has to come of them.
struct Case {
    /// As `data_hard.py` names it.
    name: &'static str,
    from: &'static str,
    on: &'static [Kind],
    expected: Expected,
}

/// What ours has to do.
#[derive(Clone, Copy)]
enum Expected {
    /// It goes up and back, and every row is there then.
    Kept,
    /// It stops with a line that says this, and has changed nothing.
    Stops(&'static str),
}

const CASES: &[Case] = &[];

/// What came of a case.
pub(super) struct Outcome {
    pub(super) name: &'static str,
    /// What ours did, in words.
    pub(super) did: String,
    pub(super) wrong: Option<String>,
}

/// Runs the cases of a release.
pub(super) fn run(bench: &Bench<'_>, place: &Place, from: &str, top: &str) -> Result<Vec<Outcome>> {
    let cases = CASES.iter().filter(|case| case.from == from && case.on.contains(&place.kind));
    cases.map(|case| one(bench, place, case, top)).collect()
}

fn one(bench: &Bench<'_>, place: &Place, case: &Case, top: &str) -> Result<Outcome> {
    let database = bench.fill(place, case.from, Some(case.name))?;
    let before = moves::counts(bench.venv, &database)?;
    let bottom = bench.history.revision_of(case.from)?;
    let up = bench.ours.tried(&database, "upgrade", top)?;
    let after = moves::counts(bench.venv, &database)?;
    let mut wrong = after.lost(&before);
    let did = match (&up, case.expected) {
        (Err(said), Expected::Stops(_)) => format!("stops: {said}"),
        (Err(said), Expected::Kept) => {
            wrong.push(format!("ours stops: {said}"));
            "stops".to_owned()
        }
        (Ok(()), Expected::Kept) => {
            bench.ours.run(&database, "downgrade", &bottom)?;
            wrong.extend(moves::counts(bench.venv, &database)?.lost(&before));
            "keeps all rows".to_owned()
        }
        (Ok(()), Expected::Stops(_)) => {
            wrong.push("ours should stop".to_owned());
            "does not stop".to_owned()
        }
    };
    if let (Err(said), Expected::Stops(words)) = (&up, case.expected)
        && (!said.contains(words) || said.lines().count() != 1)
    {
        wrong.push(format!("this should say in one line {words:?}: {said}"));
    }
    let place_of = format!("{} from {}, {}", place.kind.name(), case.from, case.name);
    let wrong = (!wrong.is_empty()).then(|| format!("{place_of}: {}", wrong.join("; ")));
    Ok(Outcome { name: case.name, did, wrong })
}
