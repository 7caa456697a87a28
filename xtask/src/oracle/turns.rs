//! `oracle turns`: one history as a directory of dunlin's and as one of Alembic's, and both programs in turns on one
//! database. After each turn both must say that the database is at the same revisions, and it must be at those at which
//! it is if the other one has taken that turn.
//!
//! `alembic current` shows a revision that a dependency implies, too, of which there is no row. It is not counted.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::database::{Database, Kind, Place};
use super::program::build_one;
use super::venv::Venv;
use super::{on_each, repository};
use crate::Result;
use crate::machine::cache_dir;

/// A revision, which makes a table of its own.
struct Revision {
    id: &'static str,
    follows: &'static [&'static str],
    label: Option<&'static str>,
    depends_on: Option<&'static str>,
}

/// A history, and the turns that are taken on it: each time by the program that did not take the last one.
struct History {
    name: &'static str,
    revisions: &'static [Revision],
    turns: &'static [&'static str],
}

const fn revision(id: &'static str, follows: &'static [&'static str]) -> Revision {
    Revision { id, follows, label: None, depends_on: None }
}

const HISTORIES: [History; 3] = [
    History {
        name: "linear",
        revisions: &[
            revision("a1a1a1a1a1a1", &[]),
            revision("a2a2a2a2a2a2", &["a1a1a1a1a1a1"]),
            revision("a3a3a3a3a3a3", &["a2a2a2a2a2a2"]),
            revision("a4a4a4a4a4a4", &["a3a3a3a3a3a3"]),
        ],
        turns: &[
            "upgrade +1",
            "upgrade head",
            "downgrade -1",
            "upgrade a4a4",
            "downgrade a2a2a2a2a2a2",
            "upgrade +2",
            "stamp a1a1a1a1a1a1",
            "stamp head",
            "downgrade base",
            "upgrade heads",
            "stamp --purge a4a4a4a4a4a4",
            "downgrade a4a4-2",
            "downgrade base",
        ],
    },
    History {
        name: "branch and merge",
        revisions: &[
            revision("b1b1b1b1b1b1", &[]),
            Revision { label: Some("left"), ..revision("b2b2b2b2b2b2", &["b1b1b1b1b1b1"]) },
            Revision { label: Some("right"), ..revision("b3b3b3b3b3b3", &["b1b1b1b1b1b1"]) },
            revision("b4b4b4b4b4b4", &["b2b2b2b2b2b2", "b3b3b3b3b3b3"]),
            revision("b5b5b5b5b5b5", &["b4b4b4b4b4b4"]),
        ],
        turns: &[
            "upgrade left",
            "upgrade right",
            "upgrade head",
            "downgrade b4b4b4b4b4b4",
            "downgrade b2b2b2b2b2b2",
            "upgrade heads",
            "stamp b4b4b4b4b4b4",
            "stamp b5b5b5b5b5b5",
            "downgrade b1b1b1b1b1b1",
            "upgrade right",
            "upgrade heads",
            "downgrade -1",
            "downgrade base",
        ],
    },
    History {
        name: "depends_on",
        revisions: &[
            revision("c1c1c1c1c1c1", &[]),
            revision("c2c2c2c2c2c2", &["c1c1c1c1c1c1"]),
            revision("c3c3c3c3c3c3", &["c2c2c2c2c2c2"]),
            Revision {
                label: Some("billing"),
                depends_on: Some("c2c2c2c2c2c2"),
                ..revision("d1d1d1d1d1d1", &[])
            },
            revision("d2d2d2d2d2d2", &["d1d1d1d1d1d1"]),
        ],
        turns: &[
            "upgrade billing@head",
            "upgrade heads",
            "downgrade billing@base",
            "upgrade heads",
            "downgrade billing@-1",
            "downgrade c1c1c1c1c1c1",
            "upgrade c2c2c2c2c2c2",
            "upgrade d1d1d1d1d1d1",
            "stamp heads",
            "stamp --purge d1d1d1d1d1d1",
            "upgrade heads",
            "downgrade base",
        ],
    },
];

/// The two programs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Dunlin,
    Alembic,
}

impl Who {
    fn name(self) -> &'static str {
        if self == Self::Dunlin { "dunlin" } else { "alembic" }
    }

    fn other(self) -> Self {
        if self == Self::Dunlin { Self::Alembic } else { Self::Dunlin }
    }
}

struct Programs {
    dunlin: PathBuf,
    alembic: PathBuf,
}

/// How many turns were taken, and what was not as it should be.
#[derive(Default)]
struct Outcome {
    turns: usize,
    wrong: Vec<String>,
    /// The version rows after each turn.
    rows: Vec<BTreeSet<String>>,
}

/// Takes the turns, and prints what came of them.
pub(super) fn run(venv: &Venv, kinds: &[Kind], only: Option<&str>) -> Result<()> {
    let programs =
        Programs { dunlin: build_one("dunlin-cli", "dunlin", &[])?, alembic: venv.program("alembic") };
    let places = Place::for_each(kinds, venv)?;
    let mut page = String::from("| history | first |");
    places.iter().try_for_each(|place| write!(page, " {} |", place.kind.name()))?;
    write!(page, "\n|---|---|{}", "---|".repeat(places.len()))?;
    let mut wrong = Vec::new();
    for history in HISTORIES.iter().filter(|history| only.is_none_or(|only| history.name.contains(only))) {
        let mut played: Vec<Vec<Outcome>> = Vec::new();
        for first in [Who::Dunlin, Who::Alembic] {
            write!(page, "\n| {} | {} |", history.name, first.name())?;
            let outcomes = on_each(&places, |place| play(&programs, venv, place, history, first))?;
            let outcomes = outcomes.into_iter().collect::<Result<Vec<_>>>()?;
            for outcome in &outcomes {
                let agreed = outcome.turns - outcome.wrong.len();
                write!(page, " {agreed} of {} turns agree |", outcome.turns)?;
                wrong.extend(outcome.wrong.iter().cloned());
            }
            played.push(outcomes);
        }
        let [dunlin, alembic] = played.as_slice() else { continue };
        for ((place, dunlin), alembic) in places.iter().zip(dunlin).zip(alembic) {
            if dunlin.rows != alembic.rows {
                let (kind, name) = (place.kind.name(), history.name);
                let rows = (&dunlin.rows, &alembic.rows);
                wrong.push(format!("{kind}, {name}: it matters who took a turn: {rows:?}"));
            }
        }
    }
    println!("{page}");
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(format!("dunlin and Alembic do not agree:\n{}", wrong.join("\n")).into()),
    }
}

fn play(programs: &Programs, venv: &Venv, place: &Place, history: &History, first: Who) -> Result<Outcome> {
    let database = place.fresh(venv, "turns")?;
    let directory =
        cache_dir()?.join("oracle/work").join(format!("turns-{}-{}", place.kind.name(), std::process::id()));
    let played = write_directories(&directory, history)
        .and_then(|()| take_turns(programs, &directory, &database, history, first));
    fs::remove_dir_all(&directory).ok();
    played
}

fn take_turns(
    programs: &Programs,
    directory: &Path,
    database: &Database<'_>,
    history: &History,
    first: Who,
) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let mut who = first;
    for turn in history.turns {
        outcome.turns += 1;
        let place = format!("{}, {}, {} {turn}", database.kind.name(), history.name, who.name());
        let run = |who, arguments: &str| call(programs, directory, database, who, arguments);
        let done = run(who, turn);
        let ours = run(Who::Dunlin, "current --json").and_then(|said| rows_of_dunlin(&said));
        let theirs = run(Who::Alembic, "current").map(|said| rows_of_alembic(&said, history));
        match (done, ours, theirs) {
            (Ok(_), Ok(ours), Ok(theirs)) if ours == theirs => outcome.rows.push(ours),
            (Ok(_), Ok(ours), Ok(theirs)) => {
                outcome.wrong.push(format!("{place}: dunlin is at {ours:?}, Alembic at {theirs:?}"));
            }
            (done, ours, theirs) => {
                let errors = [done.err(), ours.err(), theirs.err()];
                let errors: Vec<String> = errors.iter().flatten().map(ToString::to_string).collect();
                outcome.wrong.push(format!("{place}: {}", errors.join("; ")));
            }
        }
        who = who.other();
    }
    Ok(outcome)
}

/// What a program says on standard output.
fn call(
    programs: &Programs,
    directory: &Path,
    database: &Database<'_>,
    who: Who,
    arguments: &str,
) -> Result<String> {
    let program = if who == Who::Dunlin { &programs.dunlin } else { &programs.alembic };
    let mut command = Command::new(program);
    command.args(arguments.split(' ')).current_dir(directory).stdin(Stdio::null());
    command
        .env("DATABASE_URL", &database.url)
        .env_remove("DUNLIN_CONFIG")
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let output = command.output().map_err(|e| format!("cannot run {}: {e}", who.name()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let lines: Vec<&str> = said.lines().collect();
    let end = lines[lines.len().saturating_sub(4)..].join(" | ");
    Err(format!("{} {arguments} failed: {end}", who.name()).into())
}

fn rows_of_dunlin(said: &str) -> Result<BTreeSet<String>> {
    let said: Value = serde_json::from_str(said)?;
    let rows = said["rows"].as_array().ok_or("dunlin current --json has no rows")?;
    Ok(rows.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// Lines such as `a1a1a1a1a1a1 (head)`, but for those that another line implies.
fn rows_of_alembic(said: &str, history: &History) -> BTreeSet<String> {
    let shown: Vec<&str> = said.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let is_implied = |id: &&&str| shown.iter().any(|other| other != *id && is_below(id, other, history));
    shown.iter().filter(|id| !is_implied(id)).map(|id| (*id).to_owned()).collect()
}

/// Whether a revision must be there before another one.
fn is_below(id: &str, other: &str, history: &History) -> bool {
    let Some(other) = history.revisions.iter().find(|revision| revision.id == other) else { return false };
    let mut needed = other.follows.iter().chain(&other.depends_on);
    needed.any(|needed| *needed == id || is_below(id, needed, history))
}

/// Writes the history for both programs.
fn write_directories(directory: &Path, history: &History) -> Result<()> {
    fs::remove_dir_all(directory).ok();
    let ours = directory.join("dunlin/versions");
    let theirs = directory.join("alembic/versions");
    fs::create_dir_all(&ours)?;
    fs::create_dir_all(&theirs)?;
    let owner = "owner = \"turns\"\nurl_env = \"DATABASE_URL\"\nscript_location = \"dunlin\"\n";
    fs::write(directory.join("dunlin.toml"), owner)?;
    fs::write(directory.join("alembic.ini"), "[alembic]\nscript_location = %(here)s/alembic\n")?;
    fs::copy(repository().join("xtask/oracle/turns_env.py"), directory.join("alembic/env.py"))?;
    for revision in history.revisions {
        fs::write(ours.join(format!("{}.sql", revision.id)), sql_file(revision)?)?;
        fs::write(theirs.join(format!("{}.py", revision.id)), python_file(revision)?)?;
    }
    Ok(())
}

fn sql_file(revision: &Revision) -> Result<String> {
    let mut text = format!("-- revision: {}\n", revision.id);
    if !revision.follows.is_empty() {
        writeln!(text, "-- down_revision: {}", revision.follows.join(", "))?;
    }
    if let Some(label) = revision.label {
        writeln!(text, "-- branch_labels: {label}")?;
    }
    if let Some(id) = revision.depends_on {
        writeln!(text, "-- depends_on: {id}")?;
    }
    let table = format!("table_{}", revision.id);
    write!(
        text,
        "\n-- upgrade\n\nCREATE TABLE {table} (id INTEGER);\n\n-- downgrade\n\nDROP TABLE {table};\n"
    )?;
    Ok(text)
}

fn python_file(revision: &Revision) -> Result<String> {
    let quoted = |ids: &[&str]| ids.iter().map(|id| format!("'{id}',")).collect::<String>();
    let tuple = |ids: &[&str]| if ids.is_empty() { "None".to_owned() } else { format!("({})", quoted(ids)) };
    let one = |text: Option<&str>| tuple(text.as_slice());
    let table = format!("table_{}", revision.id);
    let mut text = String::from("import sqlalchemy as sa\nfrom alembic import op\n\n");
    writeln!(text, "revision = '{}'", revision.id)?;
    writeln!(text, "down_revision = {}", tuple(revision.follows))?;
    writeln!(text, "branch_labels = {}", one(revision.label))?;
    writeln!(text, "depends_on = {}\n\n", one(revision.depends_on))?;
    writeln!(text, "def upgrade():\n    op.create_table('{table}', sa.Column('id', sa.Integer))\n\n")?;
    writeln!(text, "def downgrade():\n    op.drop_table('{table}')")?;
    Ok(text)
}
