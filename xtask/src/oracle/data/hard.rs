//! Rows that the real Airflow fails on, or loses: what ours does with them.

use super::super::database::{Database, Kind, Place};
use super::Bench;
use crate::Result;

/// How many runs a database has beside them.
const RUNS: usize = 40;

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

use Expected::{Kept, Stops};
use Kind::{Mariadb, Mysql, Postgres, Sqlite};

const CASES: &[Case] = &[
    case("xcom that is empty", "2.10.3", Kept),
    case("xcom that is no JSON", "2.10.3", Kept),
    case("xcom with half a surrogate pair", "2.10.3", Kept),
    case("xcom with 1e400", "2.10.3", Kept),
    case("xcom that is no UTF-8", "2.10.3", Kept),
    case("xcom with NaN beside something broken", "2.10.3", Kept),
    case("xcom pickled by old protocols", "2.10.3", Kept),
    case("xcom nested 300 deep", "2.10.3", Kept),
    case("conf that is no plain data", "2.10.3", Kept),
    case("conf with NaN, NUL and keys that are no texts", "2.10.3", Kept),
    Case {
        on: &[Postgres, Mysql, Mariadb],
        ..case("dataset URI of 2,000 characters", "2.10.3", Stops("too long"))
    },
    Case { on: &[Sqlite], ..case("dataset URI of 2,000 characters", "2.10.3", Kept) },
    Case {
        on: &[Postgres, Mysql, Mariadb],
        ..case("dataset alias of 2,000 characters", "2.10.3", Stops("too long"))
    },
    Case { on: &[Sqlite], ..case("dataset alias of 2,000 characters", "2.10.3", Kept) },
    case("bundle, connection, variable and pool of a team", "3.1.0", Kept),
    case("serialized DAG with a NUL", "3.1.0", Kept),
    case("serialized DAG that is not compressed so", "3.1.0", Kept),
    case("serialized DAG whose compressed text is no JSON", "3.1.0", Kept),
    case("serialized DAG without anything", "3.1.0", Kept),
    case("serialized DAG with odd deadlines", "3.1.0", Kept),
    case("deadline with a callback that is no mapping", "3.1.0", Kept),
    case("deadline with a callback without a path", "3.1.0", Kept),
];

const fn case(name: &'static str, from: &'static str, expected: Expected) -> Case {
    Case { name, from, on: &Kind::ALL, expected }
}

/// What came of a case.
pub(super) struct Outcome {
    pub(super) name: &'static str,
    /// What ours did, in words.
    pub(super) did: String,
    pub(super) wrong: Option<String>,
}

/// Runs the cases of a release.
pub(super) fn run(bench: &Bench<'_>, place: &Place, from: &str, top: &str) -> Result<Vec<Outcome>> {
    let cases: Vec<&Case> =
        CASES.iter().filter(|case| case.from == from && case.on.contains(&place.kind)).collect();
    if cases.is_empty() {
        return Ok(Vec::new());
    }
    let filled = bench.fill(place, from, RUNS)?;
    cases.into_iter().map(|case| one(bench, place, &filled, case, top)).collect()
}

fn one(bench: &Bench<'_>, place: &Place, filled: &Database<'_>, case: &Case, top: &str) -> Result<Outcome> {
    let database = bench.copy(place, filled, "hard")?;
    bench.put(&database, case.name)?;
    let before = bench.counter.counts(&database)?;
    let bottom = bench.history.revision_of(case.from)?;
    let up = bench.ours.tried(&database, "upgrade", top)?;
    let after = bench.counter.counts(&database)?;
    let mut wrong = after.lost(&before);
    let did = match (&up, case.expected) {
        (Err(said), Expected::Stops(_)) => format!("stops: {said}"),
        (Err(said), Expected::Kept) => {
            wrong.push(format!("ours stops: {said}"));
            "stops".to_owned()
        }
        (Ok(()), Expected::Kept) => {
            bench.ours.run(&database, "downgrade", &bottom)?;
            wrong.extend(bench.counter.counts(&database)?.lost(&before));
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
