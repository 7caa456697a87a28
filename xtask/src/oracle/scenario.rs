//! `oracle airflow`: the real Airflow and ours take turns on one database.

use std::fs;

use serde_json::Value;

use super::compare::{self, Sides};
use super::database::{Database, Kind, Place, Snapshot};
use super::program::{MANAGER, Programs, Who};
use super::report;
use super::venv::Venv;
use super::{on_each, repository};
use crate::Result;

/// What is done, and what has to come of it.
pub(super) struct Scenario {
    pub(super) title: &'static str,
    /// For the report: each step, one sentence.
    pub(super) steps: &'static [&'static str],
    run: fn(&Bench<'_>) -> Result<Vec<String>>,
}

pub(super) const SCENARIOS: [Scenario; 6] = [
    Scenario {
        title: "real → ours → real",
        steps: &[
            "The real Airflow makes a database at 2.7.0 from its revision files.",
            "Ours, without managers: `db check-migrations` succeeds, `db migrate` changes nothing.",
            "Ours: `db-manager migrate` adds the ticket table and its version table and touches nothing else; \
             `db check-migrations` with the manager succeeds.",
            "The real Airflow, which knows nothing of the manager, migrates to 3.3.0; its `db check-migrations` succeeds.",
            "The schema equals the real one's own at 3.3.0, and the ticket tables are as ours left them.",
        ],
        run: real_ours_real,
    },
    Scenario {
        title: "ours from models → real",
        steps: &[
            "Ours: `db migrate` on an empty database. Equal to the real one at 2.7.0, rows included.",
            "The real Airflow migrates to 3.3.0. Equal to the real one's own at 3.3.0; its `db check-migrations` succeeds.",
        ],
        run: |bench| ours_real(bench, "models", "db migrate"),
    },
    Scenario {
        title: "ours from revision files → real",
        steps: &["The same, with `db migrate -m -n 2.7.0`."],
        run: |bench| ours_real(bench, "files", "db migrate -m -n 2.7.0"),
    },
    Scenario {
        title: "the Python manager's `db-manager migrate` → ours",
        steps: &[
            "On the real Airflow's database at 2.7.0 the real Airflow's `db-manager migrate` runs the Python manager.",
            "Ours: `db check-migrations` with the manager succeeds, `db-manager migrate` changes nothing.",
            "The ticket tables equal those that ours makes.",
        ],
        run: python_ours,
    },
    Scenario {
        title: "the Python manager in the real one's `db migrate`",
        steps: &[
            "The real Airflow's `db migrate` on an empty database, the Python manager registered.",
            "The ticket tables equal those that ours makes.",
        ],
        run: python_with_core,
    },
    Scenario {
        title: "ours, core and manager → the Python manager's check",
        steps: &[
            "The real Airflow's check with the Python manager fails on a database at its head without the ticket table.",
            "Ours: `db migrate -m` with the manager, on an empty database; the real Airflow then migrates the core.",
            "The real Airflow's `db check-migrations` with the Python manager succeeds; its `db migrate` leaves the \
             ticket tables as they were.",
        ],
        run: ours_python,
    },
];

const REAL_AND_OURS: Sides = Sides { left: "real", right: "ours" };
const BEFORE_AND_AFTER: Sides = Sides { left: "before", right: "after" };
const TICKET_TABLES: [&str; 2] = ["dag_run_ticket", "alembic_version_drt"];

/// What a scenario works with: one kind of database, and what the real Airflow makes of it alone.
struct Bench<'a> {
    place: &'a Place,
    venv: &'a Venv,
    programs: &'a Programs,
    at_2_7: Snapshot,
    at_3_3: Snapshot,
}

/// What came of all scenarios on one kind of database.
pub(super) struct Outcome {
    pub(super) kind: Kind,
    pub(super) made_by: Value,
    /// Per scenario the differences; an error is a step that did not do what it should.
    pub(super) results: Vec<Result<Vec<String>>>,
}

/// Runs all scenarios on each kind. The report is written when all kinds were wanted, else it is printed.
pub(super) fn run(venv: &Venv, kinds: &[Kind]) -> Result<()> {
    let programs = Programs::ready(venv)?;
    let all = kinds.len() == Kind::AIRFLOW.len();
    let mut kinds = kinds.to_vec();
    if kinds.contains(&Kind::Mysql)
        && let Err(why) = venv.speaks_mysql()
    {
        eprintln!("mysql: not run: {why}");
        kinds.retain(|kind| *kind != Kind::Mysql);
    }
    let places = Place::for_each(&kinds, venv)?;
    let outcomes = on_each(&places, |place| outcome(place, venv, &programs))?;
    let outcomes = outcomes.into_iter().collect::<Result<Vec<_>>>()?;
    let page = report::page(&outcomes)?;
    if all {
        fs::write(repository().join(report::PATH), page)?;
        println!("written: {}", report::PATH);
    } else {
        println!("{page}");
    }
    let results = outcomes.iter().flat_map(|outcome| &outcome.results);
    match results.filter(|result| !matches!(result, Ok(differences) if differences.is_empty())).count() {
        0 => Ok(()),
        count => Err(format!("{count} results are not as they should be: see the report").into()),
    }
}

fn outcome(place: &Place, venv: &Venv, programs: &Programs) -> Result<Outcome> {
    let real = place.fresh(venv, "real")?;
    programs.run(Who::Real, &real, "db migrate -m -n 2.7.0")?;
    let at_2_7 = real.snapshot()?;
    programs.run(Who::Real, &real, "db migrate -n 3.3.0")?;
    let at_3_3 = real.snapshot()?;
    let made_by = at_3_3.facts["made_by"].clone();
    let bench = Bench { place, venv, programs, at_2_7, at_3_3 };
    let results = SCENARIOS.iter().map(|scenario| (scenario.run)(&bench)).collect();
    Ok(Outcome { kind: place.kind, made_by, results })
}

impl<'a> Bench<'a> {
    fn fresh(&self, name: &str) -> Result<Database<'a>> {
        self.place.fresh(self.venv, name)
    }
}

fn real_ours_real(bench: &Bench<'_>) -> Result<Vec<String>> {
    let (database, programs) = (bench.fresh("turns")?, bench.programs);
    programs.run(Who::Real, &database, "db migrate -m -n 2.7.0")?;
    programs.run(Who::Ours, &database, "db check-migrations")?;
    programs.run(Who::Ours, &database, "db migrate")?;
    let migrated = database.snapshot()?;
    let mut found = differences("at 2.7.0", REAL_AND_OURS, &bench.at_2_7, &migrated);

    programs.run(Who::OursWithManager, &database, &format!("db-manager migrate {MANAGER}"))?;
    programs.run(Who::OursWithManager, &database, "db check-migrations")?;
    let ticketed = database.snapshot()?;
    found.extend(differences("at 2.7.0", REAL_AND_OURS, &bench.at_2_7, &without_tickets(&ticketed)));
    found.extend(missing_tickets(&ticketed));

    programs.run(Who::Real, &database, "db migrate -n 3.3.0")?;
    programs.run(Who::Real, &database, "db check-migrations -t 1")?;
    let upgraded = database.snapshot()?;
    found.extend(differences("at 3.3.0", REAL_AND_OURS, &bench.at_3_3, &without_tickets(&upgraded)));
    found.extend(differences(
        "ticket tables, the real one",
        BEFORE_AND_AFTER,
        &only_tickets(&ticketed),
        &only_tickets(&upgraded),
    ));
    Ok(found)
}

fn ours_real(bench: &Bench<'_>, name: &str, migrate: &str) -> Result<Vec<String>> {
    let (database, programs) = (bench.fresh(name)?, bench.programs);
    programs.run(Who::Ours, &database, migrate)?;
    let mut found = differences("at 2.7.0", REAL_AND_OURS, &bench.at_2_7, &database.snapshot()?);
    programs.run(Who::Real, &database, "db migrate -n 3.3.0")?;
    programs.run(Who::Real, &database, "db check-migrations -t 1")?;
    found.extend(differences("at 3.3.0", REAL_AND_OURS, &bench.at_3_3, &database.snapshot()?));
    Ok(found)
}

fn python_ours(bench: &Bench<'_>) -> Result<Vec<String>> {
    let (database, programs) = (bench.fresh("python")?, bench.programs);
    let migrate = format!("db-manager migrate {MANAGER}");
    programs.run(Who::Real, &database, "db migrate -m -n 2.7.0")?;
    programs.run(Who::RealWithManager, &database, &migrate)?;
    let before = database.snapshot()?;
    let mut found = missing_tickets(&before);
    programs.run(Who::OursWithManager, &database, "db check-migrations")?;
    programs.run(Who::OursWithManager, &database, &migrate)?;
    found.extend(differences("ours", BEFORE_AND_AFTER, &before, &database.snapshot()?));
    found.extend(differences("ticket tables", REAL_AND_OURS, &only_tickets(&before), &our_tickets(bench)?));
    Ok(found)
}

fn python_with_core(bench: &Bench<'_>) -> Result<Vec<String>> {
    let (database, programs) = (bench.fresh("both")?, bench.programs);
    programs.run(Who::RealWithManager, &database, "db migrate")?;
    programs.run(Who::RealWithManager, &database, "db check-migrations -t 1")?;
    let made = database.snapshot()?;
    let mut found = missing_tickets(&made);
    found.extend(differences("ticket tables", REAL_AND_OURS, &only_tickets(&made), &our_tickets(bench)?));
    Ok(found)
}

fn ours_python(bench: &Bench<'_>) -> Result<Vec<String>> {
    let (bare, database, programs) = (bench.fresh("bare")?, bench.fresh("whole")?, bench.programs);
    programs.run(Who::Real, &bare, "db migrate")?;
    programs.run_to_fail(Who::RealWithManager, &bare, "db check-migrations -t 1")?;

    programs.run(Who::OursWithManager, &database, "db migrate -m")?;
    programs.run(Who::Real, &database, "db migrate")?;
    programs.run(Who::RealWithManager, &database, "db check-migrations -t 1")?;
    let before = database.snapshot()?;
    let mut found = missing_tickets(&before);
    programs.run(Who::RealWithManager, &database, "db migrate")?;
    let after = database.snapshot()?;
    found.extend(differences(
        "ticket tables, the real one",
        BEFORE_AND_AFTER,
        &only_tickets(&before),
        &only_tickets(&after),
    ));
    Ok(found)
}

/// The differences, each with where it was found.
fn differences(place: &str, sides: Sides, left: &Snapshot, right: &Snapshot) -> Vec<String> {
    let found = compare::snapshots(sides, left, right);
    found.into_iter().map(|difference| format!("{place}: {difference}")).collect()
}

/// The ticket tables as ours makes them.
fn our_tickets(bench: &Bench<'_>) -> Result<Snapshot> {
    let database = bench.fresh("tickets")?;
    bench.programs.run(Who::OursWithManager, &database, "db migrate")?;
    Ok(only_tickets(&database.snapshot()?))
}

fn missing_tickets(snapshot: &Snapshot) -> Vec<String> {
    let missing = TICKET_TABLES.iter().filter(|table| snapshot.facts["tables"].get(**table).is_none());
    missing.map(|table| format!("{table}: is not there")).collect()
}

fn only_tickets(snapshot: &Snapshot) -> Snapshot {
    part(snapshot, |name| TICKET_TABLES.contains(&name), is_of_tickets)
}

fn without_tickets(snapshot: &Snapshot) -> Snapshot {
    part(snapshot, |name| !TICKET_TABLES.contains(&name), |text| !is_of_tickets(text))
}

/// Whether a statement or a row belongs to a ticket table.
fn is_of_tickets(text: &str) -> bool {
    TICKET_TABLES.iter().any(|table| text.contains(table))
}

fn part(snapshot: &Snapshot, table: impl Fn(&str) -> bool, line: impl Fn(&str) -> bool) -> Snapshot {
    let mut facts = snapshot.facts.clone();
    if let Some(tables) = facts["tables"].as_object_mut() {
        tables.retain(|name, _| table(name));
    }
    let mut dump = snapshot.dump.clone();
    for lines in ["schema", "rows"] {
        if let Some(lines) = dump[lines].as_array_mut() {
            lines.retain(|item| item.as_str().is_some_and(&line));
        }
    }
    Snapshot { facts, dump }
}
