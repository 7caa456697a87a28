//! `oracle schemas`: the databases of other projects, introspected and created anew.
//!
//! Each schema is made by its project's own tool ([`sources`]), read by dunlin, and created by dunlin in an empty
//! database. Then both databases are asked for their own words ([`dump`]), which must be the same.

mod dump;
mod install;
mod page;
mod reasons;
mod sources;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use clap::Args as ClapArgs;
use serde::Deserialize;
use serde_json::Value;

use self::dump::{Differences, Dump};
use self::install::Installed;
use self::sources::Schema;
use super::database::{Database, Kind, Place};
use super::program;
use super::venv::Venv;
use super::{on_each, page_differs, repository};
use crate::Result;
use crate::machine::{cache_dir, output};

/// Where the report is, in the repository.
const PAGE: &str = "docs/SCHEMAS.md";

/// Which schemas, and what becomes of the report.
#[derive(ClapArgs)]
pub(super) struct Args {
    /// Compare with the committed report instead of writing it.
    #[arg(long)]
    check: bool,
    /// Only this schema.
    #[arg(long)]
    schema: Option<String>,
    /// Write the introspected schemas to this directory, as JSON.
    #[arg(long)]
    keep: Option<PathBuf>,
}

/// What our program answers.
#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    counts: Value,
    #[serde(default)]
    failures: Vec<String>,
    #[serde(default)]
    drift_of_original: Vec<String>,
    #[serde(default)]
    drift_of_copy: Vec<String>,
    /// Why there is no source of the models.
    unwritten: Option<String>,
    #[serde(default)]
    metadata: Value,
    /// Why the database could not be introspected.
    error: Option<String>,
}

/// What came of a schema on one database.
struct Copied {
    schema: &'static Schema,
    answer: Answer,
    differences: Differences,
}

/// What came of all schemas on one database.
struct Run {
    kind: Kind,
    server: String,
    copied: Vec<Copied>,
}

/// Copies the schemas. The report is written, or compared with the committed one, when all were copied on all
/// databases.
pub(super) fn run(venv: &Venv, kinds: &[Kind], args: &Args) -> Result<()> {
    let wanted = |schema: &&'static Schema| args.schema.as_deref().is_none_or(|name| name == schema.name);
    let schemas: Vec<&'static Schema> = sources::ALL.iter().filter(wanted).collect();
    let ours = program::build_one("oracle-operations", "oracle-schemas", &[])?;
    let installed = Installed::of(&schemas, venv)?;
    let places = Place::for_each(kinds, venv)?;
    let runs = on_each(&places, |place| on_one(place, venv, &schemas, &installed, &ours))?;
    let runs = runs.into_iter().collect::<Result<Vec<_>>>()?;
    if let Some(dir) = &args.keep {
        keep(&runs, dir)?;
    }
    let page = page::page(&runs);
    if args.schema.is_some() || kinds.len() < Kind::ALL.len() {
        println!("\n{page}");
        return Ok(());
    }
    let path = repository().join(PAGE);
    if !args.check {
        fs::write(&path, page)?;
    } else if let Some(wrong) = page_differs(PAGE, &fs::read_to_string(&path)?, &page) {
        return Err(wrong.into());
    }
    let unexplained = page::unexplained(&runs);
    match unexplained {
        0 => Ok(()),
        _ => Err(format!("{unexplained} differences are not explained: see {PAGE}").into()),
    }
}

fn on_one(
    place: &Place,
    venv: &Venv,
    schemas: &[&'static Schema],
    installed: &Installed<'_>,
    ours: &Path,
) -> Result<Run> {
    let mut run = Run { kind: place.kind, server: String::new(), copied: Vec::new() };
    let mut broken = Vec::new();
    for schema in schemas.iter().filter(|schema| schema.is_for(place.kind)) {
        let start = Instant::now();
        let copied = copied(place, venv, schema, installed, ours, &mut run.server);
        let copied = match copied {
            Ok(copied) => copied,
            Err(error) => {
                eprintln!("{} on {}: {error}", schema.name, place.kind.name());
                broken.push(format!("{} on {}: {error}", schema.name, place.kind.name()));
                continue;
            }
        };
        let differ = page::differing(&copied).len();
        let seconds = start.elapsed().as_secs_f64();
        println!("{:<9} {seconds:>5.1} s  {}: {differ} differences", place.kind.name(), schema.name);
        run.copied.push(copied);
    }
    if broken.is_empty() { Ok(run) } else { Err(broken.join("\n").into()) }
}

fn copied(
    place: &Place,
    venv: &Venv,
    schema: &'static Schema,
    installed: &Installed<'_>,
    ours: &Path,
    server: &mut String,
) -> Result<Copied> {
    let original = place.fresh(venv, &format!("{}_original", schema.name.replace('-', "_")))?;
    installed.make(schema, &original)?;
    let copy = place.fresh(venv, &format!("{}_copy", schema.name.replace('-', "_")))?;
    let was = dumped(&original, venv)?;
    let mut command = Command::new(ours);
    command.env("FROM_URL", &original.url).env("TO_URL", &copy.url);
    command.env("BEFORE_SQL", serde_json::to_string(&was.before())?);
    let answer: Answer = serde_json::from_str(&output(&mut command)?)?;
    let is = dumped(&copy, venv)?;
    keep_dumps(schema, place.kind, &was, &is)?;
    server.clone_from(&was.server);
    let mut differences = dump::compare(&was, &is, None);
    if place.kind == Kind::Postgres && !differences.lines.is_empty() {
        let restored = place.fresh(venv, &format!("{}_restored", schema.name.replace('-', "_")))?;
        let mut restore = venv.run_script("schemas/restore.py");
        output(restore.env("DATABASE_URL", &original.url).env("TO_URL", &restored.url))?;
        differences = dump::compare(&was, &is, Some(&dumped(&restored, venv)?));
    }
    Ok(Copied { schema, answer, differences })
}

fn dumped(database: &Database<'_>, venv: &Venv) -> Result<Dump> {
    let said = output(venv.run_script("schemas/dump.py").env("DATABASE_URL", &database.url))?;
    Ok(serde_json::from_str(&said)?)
}

/// For those who look into a difference.
fn keep_dumps(schema: &Schema, kind: Kind, was: &Dump, is: &Dump) -> Result<()> {
    let dir = cache_dir()?.join("oracle/work/schemas");
    fs::create_dir_all(&dir)?;
    for (dump, side) in [(was, "was"), (is, "is")] {
        fs::write(dir.join(format!("{}-{}.{side}.txt", schema.name, kind.name())), dump.text())?;
    }
    Ok(())
}

fn keep(runs: &[Run], dir: &Path) -> Result<()> {
    fs::create_dir_all(dir)?;
    for run in runs {
        for copied in &run.copied {
            let path = dir.join(format!("{}-{}.json", copied.schema.name, run.kind.name()));
            fs::write(path, copied.answer.metadata.to_string())?;
        }
    }
    Ok(())
}
