//! `cargo xtask oracle`: what the real Airflow does, as the measure of what ours does.
//!
//! The real Airflow is installed, pinned, into a virtual environment of its own below [`crate::machine::cache_dir`];
//! the servers are those of [`crate::servers`]. Our Python is in `xtask/oracle/`: scripts that read a database, and
//! the ticketing plugin's DB manager as the real Airflow runs it.
//!
//! - `facts` makes `apps/airflow/facts/*.jsonl.gz`: the real schema after each revision, up and down, on each database.
//!   With `fab` it does so with the history of FAB's manager, in an environment that has it.
//! - `names` makes `crates/dunlin-core/tests/naming.jsonl`: the names that the real SQLAlchemy gives.
//! - `graph` makes `crates/dunlin-engine/tests/data/graph.jsonl`: what the real Alembic makes of revision graphs.
//! - `operations` does each operation with the real Alembic and with ours, and writes what differs to
//!   `docs/OPERATIONS.md`.
//! - `autogenerate` lets the real Alembic and ours find changes of a schema, and writes what came of it to
//!   `docs/AUTOGENERATE.md`.
//! - `schemas` builds the databases of other projects, creates them anew from what dunlin introspects, and writes what
//!   differs to `docs/SCHEMAS.md`.
//! - `turns` lets the real Alembic and the program `dunlin` take turns on one database, with one history each.
//! - `data` lets the real one and ours migrate databases with rows in every table, and writes what differs to
//!   `docs/AIRFLOW-DATA.md`.
//! - `airflow` lets the real one and ours take turns on one database and writes what came of it to `docs/ORACLE.md`.

mod alembic;
mod autogenerate;
mod compare;
mod data;
mod database;
mod facts;
mod graph;
mod names;
mod process;
mod program;
mod report;
mod scenario;
mod schemas;
mod turns;
mod venv;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::thread;

use clap::{Args as ClapArgs, Subcommand};

pub(crate) use self::database::{Database, Kind, Place};
pub(crate) use self::program::{Programs, Who, build_one, environment};
pub(crate) use self::venv::Venv;
use crate::Result;

/// Runs the real Airflow as the measure of ours.
#[derive(ClapArgs)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
    /// Only these databases.
    #[arg(long, global = true, value_delimiter = ',')]
    only: Vec<Kind>,
}

#[derive(Subcommand)]
enum Command {
    /// Make the committed facts about the real schema after each revision.
    Facts {
        /// Whose revisions.
        #[arg(value_enum, default_value_t = facts::History::Core)]
        history: facts::History,
        /// Compare with the committed facts instead of writing them.
        #[arg(long)]
        check: bool,
    },
    /// Make the committed names of constraints and indexes.
    Names {
        /// Compare with the committed names instead of writing them.
        #[arg(long)]
        check: bool,
    },
    /// Make the committed answers of the real Alembic to revision graphs.
    Graph(graph::Args),
    /// Do each operation with Alembic and with ours; write docs/OPERATIONS.md.
    Operations {
        /// Compare with the committed report instead of writing it.
        #[arg(long)]
        check: bool,
        /// Only the cases whose names contain this.
        #[arg(long)]
        case: Option<String>,
    },
    /// Find changes of a schema with Alembic and with ours; write docs/AUTOGENERATE.md.
    Autogenerate {
        /// Compare with the committed report instead of writing it.
        #[arg(long)]
        check: bool,
        /// Only the cases whose names contain this.
        #[arg(long)]
        case: Option<String>,
    },
    /// Create the databases of other projects anew; write docs/SCHEMAS.md.
    Schemas(schemas::Args),
    /// Let the real Alembic and `dunlin` take turns on one database, each with its own files of one history.
    Turns {
        /// Only the histories whose names contain this.
        #[arg(long)]
        history: Option<String>,
    },
    /// Let the real Airflow and ours migrate databases with rows in every table; write docs/AIRFLOW-DATA.md.
    Data(data::Args),
    /// Let the real Airflow and ours take turns on one database; write docs/ORACLE.md.
    Airflow,
    /// Make the facts and the names, then take turns.
    All,
}

/// Runs the command.
///
/// # Errors
/// When something that is needed cannot be had, or when what was found is not as it should be.
pub(crate) fn run(args: Args) -> Result<()> {
    let wanted = |all: &[Kind]| -> Vec<Kind> {
        all.iter().copied().filter(|kind| args.only.is_empty() || args.only.contains(kind)).collect()
    };
    if let Command::Facts { history: facts::History::Fab, check } = args.command {
        return facts::run(&Venv::with_fab()?, facts::History::Fab, &wanted(&Kind::ALL), check);
    }
    let venv = Venv::ready()?;
    match args.command {
        Command::Facts { history, check } => facts::run(&venv, history, &wanted(&Kind::ALL), check),
        Command::Names { check } => names::run(&venv, check),
        Command::Graph(args) => graph::run(&venv, &args),
        Command::Operations { check, case } => {
            alembic::run(&venv, &wanted(&Kind::ALL), case.as_deref(), check)
        }
        Command::Autogenerate { check, case } => {
            autogenerate::run(&venv, &wanted(&Kind::ALL), case.as_deref(), check)
        }
        Command::Schemas(args) => schemas::run(&venv, &wanted(&Kind::ALL), &args),
        Command::Turns { history } => {
            turns::run(&venv, &wanted(&[Kind::Postgres, Kind::Sqlite]), history.as_deref())
        }
        Command::Data(args) => data::run(&venv, &wanted(&Kind::ALL), &args),
        Command::Airflow => scenario::run(&venv, &wanted(&Kind::AIRFLOW)),
        Command::All => {
            facts::run(&venv, facts::History::Core, &wanted(&Kind::ALL), false)?;
            names::run(&venv, false)?;
            scenario::run(&venv, &wanted(&Kind::AIRFLOW))
        }
    }
}

/// The root of the repository.
fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_owned()
}

/// Does the work on all databases at the same time; the results come in the order of `places`.
fn on_each<T: Send>(places: &[Place], work: impl Fn(&Place) -> T + Sync) -> Result<Vec<T>> {
    thread::scope(|scope| {
        let started: Vec<_> = places.iter().map(|place| scope.spawn(|| work(place))).collect();
        let ended = started.into_iter().map(|thread| thread.join());
        ended.map(|result| result.map_err(|_| "a defect in xtask: a thread panicked".into())).collect()
    })
}

/// What a page says that was not found, and what was found and is not in it: so many lines of each at most.
fn page_differs(name: &str, committed: &str, found: &str) -> Option<String> {
    const MOST: usize = 10;
    if committed == found {
        return None;
    }
    let only = |mark: &'static str, of: &str, other: &str| -> Vec<String> {
        let known: HashSet<&str> = other.lines().collect();
        let lines = of.lines().filter(|line| !known.contains(line));
        lines.take(MOST).map(|line| format!("{mark} {line}")).collect()
    };
    let (gone, new) = (only("-", committed, found), only("+", found, committed));
    let lines = [gone, new].concat().join("\n");
    Some(format!("{name} is not what was found: make it again without --check\n{lines}"))
}
