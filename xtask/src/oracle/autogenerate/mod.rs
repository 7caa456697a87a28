//! `oracle autogenerate`: what changes of a schema the real Alembic finds, what ours finds, and what comes of it.
//!
//! A case is a pair of models in `xtask/operations/src/autogenerate`. The database is made of the first by ours. Then
//! each side compares it with the second, writes a revision, runs it, and compares again; and the database is dumped
//! and compared with one that was made of the second models.

mod case;
mod page;
mod reasons;
mod verdict;

use std::fs;
use std::process::Command;
use std::time::Instant;

use serde_json::{Value, json};

use self::case::{Bench, Case};
use self::verdict::Verdict;
use super::database::{Kind, Place, database_name};
use super::process::Process;
use super::program;
use super::venv::Venv;
use super::{on_each, page_differs, repository};
use crate::Result;

/// Where the report is, in the repository.
const PAGE: &str = "docs/AUTOGENERATE.md";

/// What the database is called in it.
const DATABASE: &str = "autogenerate";

/// So many changes there are at least.
const CHANGES: usize = 170;

/// So many schemas that stay as they are.
const UNCHANGED: usize = 30;

/// What came of the cases of one database.
struct Run {
    kind: Kind,
    /// What the server calls itself.
    server: String,
    results: Vec<Outcome>,
}

/// What came of one case on one database.
struct Outcome {
    /// The case's place in the list.
    case: usize,
    alembic: Verdict,
    ours: Verdict,
}

/// Does the cases whose names contain `matching`. The report is written, or compared with the committed one, when all
/// cases were done on all databases.
pub(super) fn run(venv: &Venv, kinds: &[Kind], matching: Option<&str>, check: bool) -> Result<()> {
    let start = Instant::now();
    let ours = program::build("oracle-operations", &[])?;
    let cases = cases(&mut Process::start(Command::new(&ours))?)?;
    let made_by = ok(&mut alembic(venv)?, &json!({"do": "versions"}))?;
    let places = Place::for_each(kinds, venv)?;
    let runs = on_each(&places, |place| {
        let ours = Process::start(Command::new(&ours))?;
        let mut bench = Bench::new(place.kind, place.url(DATABASE)?, alembic(venv)?, ours);
        on_one(&mut bench, &cases, matching)
    })?;
    let runs = runs.into_iter().collect::<Result<Vec<_>>>()?;
    println!("all {:>9.1} s", start.elapsed().as_secs_f64());
    let mut wrong: Vec<_> = runs.iter().flat_map(|run| reasons::unexplained(&cases, run)).collect();
    // Another run has another database.
    let page = page::page(&made_by, &cases, &runs)?.replace(&database_name(DATABASE), DATABASE);
    if matching.is_some() || kinds.len() < Kind::ALL.len() {
        println!("\n{page}");
    } else {
        wrong.extend(too_few(&cases));
        wrong.extend(reasons::unused(&cases, &runs));
        let path = repository().join(PAGE);
        if !check {
            fs::write(path, page)?;
        } else {
            wrong.extend(page_differs(
                PAGE,
                page::findings(&fs::read_to_string(path)?),
                page::findings(&page),
            ));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

fn alembic(venv: &Venv) -> Result<Process> {
    Process::start(venv.run_script("alembic_autogenerate.py"))
}

/// Asks for what cannot fail.
fn ok(process: &mut Process, request: &Value) -> Result<Value> {
    Ok(process.ask(request)?.map_err(|refusal| refusal.error)?)
}

fn cases(ours: &mut Process) -> Result<Vec<Case>> {
    let answer = ok(ours, &json!({"do": "models"}))?;
    let cases: Vec<Case> = answer.as_array().into_iter().flatten().map(Case::read).collect();
    match cases.iter().enumerate().find(|(at, case)| cases[..*at].iter().any(|other| other.id == case.id)) {
        Some((_, case)) => Err(format!("two cases have the name {}", case.id).into()),
        None => Ok(cases),
    }
}

fn too_few(cases: &[Case]) -> Vec<String> {
    let unchanged = cases.iter().filter(|case| case.unchanged).count();
    let changes = cases.len() - unchanged;
    match changes >= CHANGES && unchanged >= UNCHANGED {
        true => Vec::new(),
        false => vec![format!("{changes} changes and {unchanged} schemas without one are too few")],
    }
}

fn on_one(bench: &mut Bench, cases: &[Case], matching: Option<&str>) -> Result<Run> {
    let (start, kind) = (Instant::now(), bench.kind);
    ok(&mut bench.alembic, &json!({"do": "create", "url": bench.url}))?;
    let (mut results, mut broken) = (Vec::new(), Vec::new());
    let wanted = |case: &Case| {
        case.on.iter().any(|on| on == kind.name()) && matching.is_none_or(|text| case.id.contains(text))
    };
    for (at, case) in cases.iter().enumerate().filter(|(_, case)| wanted(case)) {
        match bench.outcome(case) {
            Ok((alembic, ours)) => {
                let alembic = reasons::of_every_run(case, kind, alembic);
                results.push(Outcome { case: at, alembic, ours });
            }
            Err(error) => broken.push(format!("{}: {}: {error}", kind.name(), case.id)),
        }
    }
    ok(&mut bench.alembic, &json!({"do": "drop", "url": bench.url}))?;
    if !broken.is_empty() {
        return Err(broken.join("\n").into());
    }
    println!("{:<9} {:>5.1} s  {} cases", kind.name(), start.elapsed().as_secs_f64(), results.len());
    Ok(Run { kind, server: std::mem::take(&mut bench.server), results })
}
