//! `oracle operations`: each operation by the real Alembic and by ours, and what the database then says of itself.
//!
//! A case is a starting schema with rows and a change of it. It is written twice, under one name: with Alembic's
//! operations in `xtask/oracle/alembic_cases*.py`, with ours in `xtask/operations`. Each side does it on an empty
//! database of the same server; then both databases are dumped in the same way, and compared.

mod compare;
mod page;
mod reasons;
mod verdict;

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;
use std::time::Instant;

use serde_json::{Value, json};

use self::verdict::{Outcome, Verdict};
use super::database::{Kind, Place};
use super::process::{Process, Refusal};
use super::program;
use super::venv::Venv;
use super::{on_each, page_differs, repository};
use crate::Result;

/// Where the report is, in the repository.
const PAGE: &str = "docs/OPERATIONS.md";

/// So many operations are compared on each database at least.
const AT_LEAST: usize = 120;

/// One case, as our program describes it.
struct Case {
    name: String,
    start: String,
    on: Vec<String>,
}

/// What came of the cases of one database.
struct Run {
    kind: Kind,
    /// What the server calls itself.
    server: String,
    /// In the order of the cases.
    verdicts: Vec<(String, Verdict)>,
}

/// Does the cases whose names contain `matching`. The report is written, or compared with the committed one, when all
/// cases were done on all databases.
pub(super) fn run(venv: &Venv, kinds: &[Kind], matching: Option<&str>, check: bool) -> Result<()> {
    let ours = program::build("oracle-operations", &[])?;
    let cases = cases(&mut Process::start(Command::new(&ours))?)?;
    let made_by = twins(&mut alembic(venv)?, &cases)?;
    let places = Place::for_each(kinds, venv)?;
    let runs = on_each(&places, |place| {
        let mut sides = Sides { alembic: alembic(venv)?, ours: Process::start(Command::new(&ours))? };
        on_one(place, &cases, matching, &mut sides)
    })?;
    let runs = runs.into_iter().collect::<Result<Vec<_>>>()?;
    let all = matching.is_none() && kinds.len() == Kind::ALL.len();
    let mut wrong: Vec<_> = runs.iter().flat_map(Run::failures).collect();
    for run in &runs {
        println!("{}: {}", run.kind.name(), run.counts());
        if matching.is_none() && run.compared() < AT_LEAST {
            wrong.push(format!("{}: fewer than {AT_LEAST} operations are compared", run.kind.name()));
        }
    }
    let page = page::page(&made_by, &cases, &runs)?;
    if all {
        wrong.extend(reasons::unused(&runs));
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
    } else {
        println!("\n{page}");
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

fn alembic(venv: &Venv) -> Result<Process> {
    Process::start(venv.run_script("alembic_operations.py"))
}

fn cases(ours: &mut Process) -> Result<Vec<Case>> {
    let answer = ours.ask(&json!({"do": "cases"}))?.map_err(|refusal| refusal.error)?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let case = |value: &Value| Case {
        name: text(&value["name"]),
        start: text(&value["start"]),
        on: value["on"].as_array().into_iter().flatten().map(text).collect(),
    };
    Ok(answer.as_array().into_iter().flatten().map(case).collect())
}

/// Sees that each case has its twin; the result is the versions of Alembic and SQLAlchemy.
fn twins(alembic: &mut Process, cases: &[Case]) -> Result<Value> {
    let answer = alembic.ask(&json!({"do": "names"}))?.map_err(|refusal| refusal.error)?;
    let theirs: BTreeSet<_> =
        answer["names"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let ours: BTreeSet<_> = cases.iter().map(|case| case.name.as_str()).collect();
    if ours.len() < cases.len() {
        return Err("two cases of ours have one name".into());
    }
    let lonely: Vec<_> = ours.symmetric_difference(&theirs).copied().collect();
    match lonely.is_empty() {
        true => Ok(answer["made_by"].clone()),
        false => Err(format!("cases without a twin: {}", lonely.join("; ")).into()),
    }
}

/// The two who do the cases.
struct Sides {
    alembic: Process,
    ours: Process,
}

fn on_one(place: &Place, cases: &[Case], matching: Option<&str>, sides: &mut Sides) -> Result<Run> {
    let start = Instant::now();
    let kind = place.kind;
    let urls = [place.url("alembic")?, place.url("ours")?];
    for url in &urls {
        sides.alembic.ask(&json!({"do": "create", "url": url}))?.map_err(|refusal| refusal.error)?;
    }
    let (mut verdicts, mut broken) = (Vec::new(), Vec::new());
    let mut server = String::new();
    let here = |case: &&Case| case.on.iter().any(|name| name == kind.name());
    for case in cases.iter().filter(here).filter(|case| matching.is_none_or(|text| case.name.contains(text)))
    {
        let outcome = outcome(&urls, case, sides, &mut server);
        let outcome = outcome.map_err(|error| format!("{}: {}: {error}", kind.name(), case.name));
        match outcome {
            Ok(outcome) => {
                verdicts.push((case.name.clone(), Verdict::of(outcome, reasons::of(&case.name, kind))))
            }
            Err(error) => broken.push(error.to_string()),
        }
    }
    for url in &urls {
        sides.alembic.ask(&json!({"do": "drop", "url": url}))?.map_err(|refusal| refusal.error)?;
    }
    if !broken.is_empty() {
        return Err(broken.join("\n").into());
    }
    println!("{:<9} {:>5.1} s  {} cases", kind.name(), start.elapsed().as_secs_f64(), verdicts.len());
    Ok(Run { kind, server, verdicts })
}

/// Does a case on two databases.
fn outcome(urls: &[String; 2], case: &Case, sides: &mut Sides, server: &mut String) -> Result<Outcome> {
    for url in urls {
        sides.alembic.ask(&json!({"do": "empty", "url": url}))?.map_err(|refusal| refusal.error)?;
    }
    let change = json!({"do": "change", "url": urls[0], "start": case.start, "case": case.name});
    let alembic = after(sides.alembic.ask(&change)?, &urls[0], &mut sides.alembic)?;
    let ours = sides.ours.ask(&json!({"do": "change", "url": urls[1], "case": case.name}))?;
    let ours = after(ours, &urls[1], &mut sides.alembic)?;
    if let Ok(dump) = &ours {
        dump["server"].as_str().unwrap_or_default().clone_into(server);
    }
    Ok(match (alembic, ours) {
        (Ok(alembic), Ok(ours)) => Outcome::Compared(compare::dumps(&alembic, &ours)),
        (Err(alembic), Ok(_)) => Outcome::AlembicCannot(alembic),
        (Ok(_), Err(ours)) => Outcome::WeCannot(ours),
        (Err(alembic), Err(ours)) => Outcome::NeitherCan { alembic, ours },
    })
}

/// The dump of a database whose change was done, or why it was not. A starting schema that cannot be made is an error.
fn after(answer: Result<Value, Refusal>, url: &str, alembic: &mut Process) -> Result<Result<Value, String>> {
    match answer {
        Ok(_) => {
            let dump = alembic.ask(&json!({"do": "dump", "url": url}))?;
            dump.map(Ok).map_err(|refusal| refusal.error.into())
        }
        Err(Refusal { phase, error }) if phase == "change" => Ok(Err(error)),
        Err(Refusal { phase, error }) => Err(format!("{phase}: {error}").into()),
    }
}
