//! `oracle facts`: the real Airflow walks its own history, and the schema after each step is written down.
//!
//! `apps/airflow/facts/walk-<database>.jsonl.gz` has a line of JSON for each step, with the tables that the step leaves
//! otherwise than they were in the schema it is compared with, as dunlin introspects them:
//!
//! - `upgrade`: from an empty database to the head, compared with what the revision before it left. Where one fails,
//!   `error` says how, and the walk goes no further on this database.
//! - `downgrade`: from there down to nothing, compared with what the way up left below the revision: it says what the
//!   way down leaves otherwise. Where one fails, the walk goes on in a new database below it.
//! - `back`: the revision's downgrade alone, from what the way up left; compared in the same way. The same as the
//!   `downgrade` where nothing else was left there.
//! - `models`: what Airflow makes of an empty database without its revisions, compared with the head.
//!
//! `apps/airflow/facts/walk-fab-<database>.jsonl.gz` has the same of FAB's manager, and, as its tables may be there
//! before it, made by the core up to 2.10.3:
//!
//! - `over`: its revisions on the way up from there, each compared with what was there before it.
//! - `taken`: what `migrate` makes of them, which does not run the first revision, compared in the same way.
//!
//! `apps/airflow/facts/witness-<database>.jsonl.gz` has, for each release, what the server's catalogs say by
//! `facts.py`, which knows nothing of dunlin.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use clap::ValueEnum;
use flate2::read::GzDecoder;
use flate2::{Compression, GzBuilder};
use serde::Deserialize;
use serde_json::{Value, json};

use super::database::{Database, Kind, Place};
use super::process::{Process, Refusal};
use super::program::{self, Who};
use super::venv::Venv;
use super::{on_each, repository};
use crate::Result;

/// Tables that are no part of the history.
const LEFT_OUT: [&str; 3] = ["alembic_version", "alembic_version_fab", "sqlite_sequence"];

/// Where the core stands when FAB's manager finds tables of its: the last release to which they belonged.
const CORE_WITH_FAB_TABLES: &str = "2.10.3";

/// Whose revisions are walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum History {
    Core,
    Fab,
}

impl History {
    fn name(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Fab => "fab",
        }
    }
}

/// Walks on each of these databases, and writes what was seen, or compares it with what is written.
pub(super) fn run(venv: &Venv, history: History, kinds: &[Kind], check: bool) -> Result<()> {
    let ours = program::build_one("oracle-operations", "oracle-introspect", &[])?;
    let places = Place::for_each(kinds, venv)?;
    let results = on_each(&places, |place| on_one(place, venv, history, &ours, check))?;
    let wrong: Vec<String> = results.into_iter().collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

fn on_one(place: &Place, venv: &Venv, history: History, ours: &Path, check: bool) -> Result<Vec<String>> {
    let (start, kind) = (Instant::now(), place.kind.name());
    let database = place.fresh(venv, "walk")?;
    let mut walker = Walker::start(&database, venv, history, ours)?;
    walker.walk().map_err(|error| format!("{kind}: {error}"))?;
    if history == History::Fab {
        walker.over_tables_of_the_core().map_err(|error| format!("{kind}: {error}"))?;
    }
    let (lines, witness) = (walker.lines, walker.witness);
    let count = |way: &str| lines.iter().filter(|line| line["way"] == way).count();
    let failed = lines.iter().filter(|line| line["error"].is_string()).count();
    println!(
        "{kind:<9} {:>5.1} s  {} up, {} down, {} back, {failed} failed; {} releases",
        start.elapsed().as_secs_f64(),
        count("upgrade"),
        count("downgrade"),
        count("back"),
        witness.len(),
    );
    if history == History::Fab {
        return kept(&format!("walk-fab-{kind}.jsonl.gz"), &lines, check);
    }
    let mut wrong = kept(&format!("walk-{kind}.jsonl.gz"), &lines, check)?;
    wrong.extend(kept(&format!("witness-{kind}.jsonl.gz"), &witness, check)?);
    Ok(wrong)
}

/// A revision of the real history.
#[derive(Clone, Deserialize)]
struct Revision {
    revision: String,
    down_revision: Option<String>,
    /// The name of its file: its number, its release, its title.
    file: String,
    /// The release that it ends.
    release: Option<String>,
}

/// The tables of a schema, by name.
type Tables = BTreeMap<String, Value>;

/// The real Airflow on its way, beside dunlin, which looks on.
struct Walker<'a> {
    database: &'a Database<'a>,
    airflow: Process,
    ours: Process,
    history: Vec<Revision>,
    lines: Vec<Value>,
    witness: Vec<Value>,
    started: Instant,
}

impl<'a> Walker<'a> {
    fn start(database: &'a Database<'a>, venv: &Venv, history: History, ours: &Path) -> Result<Self> {
        fs::create_dir_all(&database.home)?;
        let log = File::create(database.home.join("walk.log"))?;
        let mut python = venv.run_script("walk.py");
        python
            .arg(history.name())
            .env("DATABASE_URL", &database.url)
            .envs(program::environment(Who::Real, database))
            .stderr(log);
        let mut airflow = Process::start(python)?;
        let history = airflow.ask(&json!({"do": "history"}))??;
        Ok(Self {
            database,
            airflow,
            ours: Process::start(Command::new(ours))?,
            history: serde_json::from_value(history)?,
            lines: Vec::new(),
            witness: Vec::new(),
            started: Instant::now(),
        })
    }

    fn walk(&mut self) -> Result<()> {
        let history = self.history.clone();
        self.ask(json!({"do": "anew"}))??;
        let left = self.up(&history)?;
        self.tell("up");
        let history = &history[..left.len()];
        let nothing = Tables::new();
        let below = |at: usize| at.checked_sub(1).map_or(&nothing, |at| &left[at]);
        self.down(history, &below)?;
        self.tell("down");
        self.each_back(history, &left, &below)?;
        self.tell("each back");

        self.ask(json!({"do": "anew"}))??;
        self.ask(json!({"do": "create"}))??;
        let made = self.schema()?;
        let head = self.history.last().ok_or("there is no history")?;
        let line = json!({"way": "models", "revision": head.revision});
        // Where the way up ends before the head, all tables are written.
        let known = if history.len() == self.history.len() { below(history.len()) } else { &nothing };
        self.lines.push(with_changes(line, known, &made));
        Ok(())
    }

    /// From nothing up as far as it goes; the result is the schema after each revision.
    fn up(&mut self, history: &[Revision]) -> Result<Vec<Tables>> {
        let mut left: Vec<Tables> = Vec::new();
        for revision in history {
            let mut line = line("upgrade", revision);
            if let Err(refusal) = self.ask(json!({"do": "upgrade", "to": revision.revision}))? {
                line["error"] = json!(refusal.error);
                self.lines.push(line);
                break;
            }
            let after = self.schema()?;
            self.lines.push(with_changes(line, left.last().unwrap_or(&Tables::new()), &after));
            left.push(after);
            if let Some(release) = &revision.release {
                let facts = self.database.facts()?;
                self.witness.push(json!({"release": release, "facts": facts}));
            }
        }
        Ok(left)
    }

    /// The whole way down.
    fn down<'t>(&mut self, history: &[Revision], below: &impl Fn(usize) -> &'t Tables) -> Result<()> {
        self.stand_at(history)?;
        for (at, revision) in history.iter().enumerate().rev() {
            let after = self.step_down(revision)?;
            if after.is_err() {
                self.stand_at(&history[..at])?;
            }
            self.note("downgrade", revision, below(at), after);
        }
        Ok(())
    }

    /// Each downgrade alone, from what the way up left.
    fn each_back<'t>(
        &mut self,
        history: &[Revision],
        left: &[Tables],
        below: &impl Fn(usize) -> &'t Tables,
    ) -> Result<()> {
        self.stand_at(&[])?;
        for (at, revision) in history.iter().enumerate() {
            self.ask(json!({"do": "upgrade", "to": revision.revision}))??;
            if self.schema()? != left[at] {
                self.stand_at(&history[..=at])?;
            }
            self.ask(json!({"do": "keep"}))??;
            let after = self.step_down(revision)?;
            let is_as_before = after.as_ref().is_ok_and(|after| after == below(at));
            self.note("back", revision, below(at), after);
            if is_as_before {
                self.ask(json!({"do": "upgrade", "to": revision.revision}))??;
            } else {
                self.ask(json!({"do": "restore"}))??;
            }
        }
        Ok(())
    }

    /// Upwards, where the core has made some of the tables.
    fn over_tables_of_the_core(&mut self) -> Result<()> {
        let history = self.history.clone();
        let mut left = self.core_with_fab_tables()?;
        for revision in &history {
            let after = match self.ask(json!({"do": "upgrade", "to": revision.revision}))? {
                Ok(_) => Ok(self.schema()?),
                Err(refusal) => Err(refusal),
            };
            let next = after.as_ref().ok().cloned();
            self.note("over", revision, &left, after);
            left = next.unwrap_or(left);
        }
        let left = self.core_with_fab_tables()?;
        let head = history.last().ok_or("there is no history")?;
        let after = match self.ask(json!({"do": "migrate"}))? {
            Ok(_) => Ok(self.schema()?),
            Err(refusal) => Err(refusal),
        };
        self.note("taken", head, &left, after);
        self.tell("over tables of the core");
        Ok(())
    }

    fn core_with_fab_tables(&mut self) -> Result<Tables> {
        self.ask(json!({"do": "anew"}))??;
        self.ask(json!({"do": "core", "to": CORE_WITH_FAB_TABLES}))??;
        self.schema()
    }

    /// Makes the database anew as the last of some revisions leaves it.
    fn stand_at(&mut self, history: &[Revision]) -> Result<()> {
        self.ask(json!({"do": "anew"}))??;
        if let Some(last) = history.last() {
            self.ask(json!({"do": "upgrade", "to": last.revision}))??;
        }
        Ok(())
    }

    fn step_down(&mut self, revision: &Revision) -> Result<Result<Tables, Refusal>> {
        let to = revision.down_revision.as_deref().unwrap_or("base");
        match self.ask(json!({"do": "downgrade", "to": to}))? {
            Ok(_) => Ok(Ok(self.schema()?)),
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    fn note(&mut self, way: &str, revision: &Revision, below: &Tables, after: Result<Tables, Refusal>) {
        let mut line = line(way, revision);
        match after {
            Ok(after) => line = with_changes(line, below, &after),
            Err(refusal) => line["error"] = json!(refusal.error),
        }
        self.lines.push(line);
    }

    fn schema(&mut self) -> Result<Tables> {
        let schema = self.ours.ask(&json!(self.database.url))??;
        let unknown =
            ["schemas", "enum_types", "views", "objects"].into_iter().find(|part| !schema[part].is_null());
        if let Some(part) = unknown {
            return Err(format!("the schema has {part}, which are not written down: {}", schema[part]).into());
        }
        let tables = schema["tables"].as_array().into_iter().flatten().cloned().map(in_order);
        let named = tables.filter_map(|table| Some((table["name"]["name"].as_str()?.to_owned(), table)));
        Ok(named.filter(|(name, _)| !LEFT_OUT.contains(&name.as_str())).collect())
    }

    fn tell(&self, what: &str) {
        let (kind, seconds) = (self.database.kind.name(), self.started.elapsed().as_secs_f64());
        println!("{kind:<9} {seconds:>5.1} s  {what}");
    }

    fn ask(&mut self, request: Value) -> Result<Result<Value, Refusal>> {
        self.airflow.ask(&request)
    }
}

/// A table with what has no order in it in one.
fn in_order(mut table: Value) -> Value {
    for part in ["uniques", "foreign_keys", "checks", "indexes"] {
        if let Some(list) = table.get_mut(part).and_then(Value::as_array_mut) {
            list.sort_by_cached_key(Value::to_string);
        }
    }
    table
}

fn line(way: &str, revision: &Revision) -> Value {
    json!({
        "way": way,
        "revision": revision.revision,
        "down_revision": revision.down_revision,
        "file": revision.file,
        "release": revision.release,
    })
}

/// A line with the tables that are not as they were.
fn with_changes(mut line: Value, before: &Tables, after: &Tables) -> Value {
    let changed = after.iter().filter(|(name, table)| before.get(*name) != Some(table));
    line["tables"] = changed.map(|(_, table)| table.clone()).collect();
    line["gone"] = before.keys().filter(|name| !after.contains_key(*name)).cloned().collect();
    line
}

/// Writes lines to a file of facts, or compares them with it; the result is what differs.
fn kept(name: &str, lines: &[Value], check: bool) -> Result<Vec<String>> {
    let path: PathBuf = repository().join("apps/airflow/facts").join(name);
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    if !check {
        // No time and no name: the same facts are the same file.
        let mut file = GzBuilder::new().write(File::create(&path)?, Compression::best());
        file.write_all(text.as_bytes())?;
        file.finish()?;
        println!("{name}: {} lines, {} KiB", lines.len(), fs::metadata(&path)?.len().div_ceil(1024));
        return Ok(Vec::new());
    }
    let mut committed = String::new();
    let file = File::open(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    GzDecoder::new(file).read_to_string(&mut committed)?;
    let differing = committed.lines().zip(text.lines()).position(|(committed, now)| committed != now);
    Ok(match differing {
        None if committed.lines().count() == lines.len() => Vec::new(),
        None => vec![format!("{name}: {} lines, now {}", committed.lines().count(), lines.len())],
        Some(at) => vec![format!("{name}: line {} is not what was seen: {}", at + 1, lines[at]["revision"])],
    })
}
