//! `oracle data`: databases with rows in every table, migrated once by the real Airflow and once by ours.
//!
//! The real Airflow makes the schema of a release, and `fill.py` fills it, the same every time. Two copies are migrated
//! to the newest release and back again, one by each, and the rows are compared ([`compared`]): those of the two copies
//! at the top and at the bottom, and those of ours at the bottom with what was there at first. What may differ is a list
//! ([`known`]), with reasons; what is in it and does not differ is an error, too. Then the two take turns, and ours walks
//! between random revisions ([`moves`]).

mod compared;
mod hard;
mod history;
mod known;
mod moves;
mod ours;
mod page;
mod reasons;

use std::fs;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use clap::Args as ClapArgs;

use self::compared::Comparison;
use self::history::History;
use self::known::{Known, Leg};
use self::moves::{Acceptance, Counter, Moves};
use self::ours::Ours;
use super::database::{Database, Kind, Place};
use super::program::{Programs, Who};
use super::venv::Venv;
use super::{page_differs, repository};
use crate::Result;
use crate::machine::output;

/// The releases whose databases are filled.
const RELEASES: [&str; 3] = ["2.6.2", "2.10.3", "3.1.0"];
/// The release from which the two take turns and ours walks: all others are above it.
const MOVED_FROM: &str = RELEASES[0];
/// How many runs a database gets, from which the number of all other rows follows.
const RUNS: usize = 2000;
/// What stands for the reason of a failure that its last lines do not have.
const NOT_SAID: &str = "what it says last is not why";
/// Where the report is, in the repository.
const PAGE: &str = "docs/AIRFLOW-DATA.md";

/// What is to be done.
#[derive(ClapArgs)]
pub(super) struct Args {
    /// Compare with the committed report instead of writing it.
    #[arg(long)]
    check: bool,
    /// Only databases filled at these releases.
    #[arg(long, value_delimiter = ',')]
    from: Vec<String>,
    /// Up to this release, instead of the newest that both know.
    #[arg(long)]
    to: Option<String>,
    /// How many runs a database gets; with another number than usual no report is written.
    #[arg(long, default_value_t = RUNS)]
    runs: usize,
    /// Only migrate and compare: no turns, no walk, no rows that the real one fails on. The report says so.
    #[arg(long)]
    rows_only: bool,
}

/// What is needed on every database.
struct Bench<'a> {
    venv: &'a Venv,
    programs: Programs,
    ours: Ours,
    history: History,
    counter: Counter,
    args: &'a Args,
}

/// What came of a database filled at one release.
struct Outcome {
    kind: Kind,
    from: &'static str,
    to: String,
    tables: usize,
    rows: u64,
    legs: Vec<(Leg, Comparison)>,
    /// Why the real one did not get up, or back.
    real_fails: Option<String>,
    acceptance: Option<Acceptance>,
    turns: Option<Moves>,
    walk: Option<Moves>,
    hard: Vec<hard::Outcome>,
}

/// Fills, migrates and compares on each of these databases, one after the other.
///
/// # Errors
/// When the rows differ otherwise than they may, when a step fails, or when the report is not the committed one.
pub(super) fn run(venv: &Venv, kinds: &[Kind], args: &Args) -> Result<()> {
    let bench = Bench {
        venv,
        programs: Programs { real: venv.airflow(), ours: Default::default() },
        ours: Ours::ready()?,
        history: History::read()?,
        counter: Counter::start(venv)?,
        args,
    };
    // A page says what is so with the usual number of rows only.
    let whole = args.from.is_empty() && args.to.is_none() && args.runs == RUNS;
    let (mut sections, mut known, mut wrong) = (Vec::new(), Known::new(), Vec::new());
    for place in Place::for_each(kinds, venv)? {
        let outcomes = on_one(&bench, &place, &mut known, &mut wrong);
        let section = page::section(place.kind, &outcomes, &known)?;
        if whole {
            wrong.extend(known.not_needed(&[place.kind]));
            sections.push((place.kind, section));
        } else {
            println!("{section}");
        }
    }
    if whole && kinds.len() == Kind::ALL.len() {
        wrong.extend(known.not_needed(&Kind::ALL));
    }
    let path = repository().join(PAGE);
    let committed = fs::read_to_string(&path).unwrap_or_default();
    let page = sections
        .iter()
        .fold(committed.clone(), |page, (kind, section)| page::with_section(&page, *kind, section));
    if args.check {
        wrong.extend(page_differs(PAGE, &committed, &page));
    } else if whole {
        fs::write(path, page)?;
        println!("written: {PAGE}");
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(format!("{} things are wrong:\n{}", wrong.len(), wrong.join("\n")).into())
    }
}

/// Everything on one kind of database. What is wrong is said at once, and again in the end.
fn on_one(bench: &Bench<'_>, place: &Place, known: &mut Known, wrong: &mut Vec<String>) -> Vec<Outcome> {
    let (mut outcomes, kind) = (Vec::new(), place.kind.name());
    let wanted = |from: &&str| bench.args.from.is_empty() || bench.args.from.iter().any(|it| it == from);
    for from in RELEASES.into_iter().filter(wanted) {
        let mut found = Vec::new();
        let done = bench.newest(place.kind, from).and_then(|to| match to {
            Some(to) => filled(bench, place, from, &to).map(Some),
            None => Ok(None),
        });
        match done {
            Ok(None) => println!("{kind:<9} from {from}: there is nothing to migrate"),
            Ok(Some(outcome)) => {
                known.settle(&outcome, &mut found);
                found.extend(outcome.wrong());
                outcomes.push(outcome);
            }
            Err(error) => found.push(format!("{kind} from {from}: {error}")),
        }
        found.iter().for_each(|found| println!("wrong: {found}"));
        wrong.extend(found);
    }
    outcomes
}

impl Bench<'_> {
    /// The newest release that ours reaches from one, if there is any above it; on MariaDB first that which the real
    /// one reaches, too. It cannot make any above that there.
    fn newest(&self, kind: Kind, from: &str) -> Result<Option<String>> {
        let most = match (kind, from) {
            (Kind::Mariadb, "2.6.2") => Some("2.10.3"),
            (Kind::Mariadb, "3.1.0") => return Ok(None),
            _ => self.args.to.as_deref(),
        };
        let releases = self.history.releases(&self.ours.revisions()?, most);
        let newest = releases.last().filter(|newest| newest.as_str() != from);
        Ok(newest.filter(|_| releases.iter().any(|release| release == from)).cloned())
    }

    /// A database at a release, with rows in every table.
    fn fill<'a>(&'a self, place: &Place, from: &str, runs: usize) -> Result<Database<'a>> {
        let source = place.fresh(self.venv, "source")?;
        self.programs.run(Who::Real, &source, &format!("db migrate -m -n {from}"))?;
        self.put(&source, &runs.to_string())?;
        Ok(source)
    }

    /// Puts rows into a database, as `fill.py` knows them by this name.
    fn put(&self, database: &Database<'_>, rows: &str) -> Result<()> {
        let mut fill = self.venv.run_script("fill.py");
        output(fill.arg(rows).env("DATABASE_URL", &database.url))?;
        Ok(())
    }

    /// A database with what is in another.
    fn copy<'a>(&'a self, place: &Place, source: &Database<'_>, name: &str) -> Result<Database<'a>> {
        let database = place.fresh(self.venv, name)?;
        let mut copy = self.venv.run_script("data_copy.py");
        output(copy.env("SOURCE_URL", &source.url).env("DATABASE_URL", &database.url))?;
        Ok(database)
    }
}

impl Outcome {
    /// What is wrong beside the rows.
    fn wrong(&self) -> Vec<String> {
        let fails =
            self.real_fails.iter().filter(|why| !known::the_real_one_fails(self.kind, self.from, why));
        let fails =
            fails.map(|why| format!("{} from {}: the real one fails: {why}", self.kind.name(), self.from));
        let moves = self.turns.iter().chain(&self.walk).flat_map(|moves| moves.wrong.iter().cloned());
        let accepted = self.acceptance.iter().flat_map(|acceptance| acceptance.differs.iter().cloned());
        fails
            .chain(moves)
            .chain(accepted)
            .chain(self.hard.iter().filter_map(|case| case.wrong.clone()))
            .collect()
    }
}

fn filled(bench: &Bench<'_>, place: &Place, from: &'static str, to: &str) -> Result<Outcome> {
    let (started, kind) = (Instant::now(), place.kind);
    let since = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let compare = |leg: Leg, left: &Database<'_>, right: &Database<'_>| -> Result<(Leg, Comparison)> {
        Ok((leg, Comparison::of(bench.venv, leg, left, right, since)?))
    };
    let tell = |what: &str| {
        println!("{:<9} {:>5.1} s  from {from}: {what}", kind.name(), started.elapsed().as_secs_f64());
    };
    let (bottom, top) = (bench.history.revision_of(from)?, bench.history.revision_of(to)?);
    let source = bench.fill(place, from, bench.args.runs)?;
    tell("filled");

    let real = bench.copy(place, &source, "real")?;
    let ours = bench.copy(place, &source, "ours")?;
    let before = bench.counter.counts(&source)?;
    let (mut legs, mut real_fails) = (Vec::new(), None);
    let mut really = |args: String| -> bool {
        let failed = bench.programs.run(Who::Real, &real, &args).err();
        let said = failed.as_ref().map(|error| error.to_string());
        real_fails = said
            .map(|said| said.lines().find(|line| line.contains("Error: ")).unwrap_or(NOT_SAID).to_owned());
        failed.is_none()
    };
    let went_up = really(format!("db migrate -m -r {top}"));
    bench.ours.run(&ours, "upgrade", &top)?;
    if went_up {
        legs.push(compare(Leg::Up, &real, &ours)?);
    }
    tell("up");
    let acceptance = match went_up && from == MOVED_FROM && bench.history.is_head(&top) {
        true => Some(moves::accepted(bench, &real, &ours)?),
        false => None,
    };
    let went_back = went_up && really(format!("db downgrade -y -r {bottom}"));
    bench.ours.run(&ours, "downgrade", &bottom)?;
    if went_back {
        legs.push(compare(Leg::Back, &real, &ours)?);
    }
    legs.push(compare(Leg::Round, &source, &ours)?);
    tell("back");
    drop((real, ours));

    let (mut turns, mut walk, mut hard) = (None, None, Vec::new());
    if !bench.args.rows_only && from == MOVED_FROM {
        turns = Some(moves::turns(bench, place, &source, from, to)?);
        tell("turns");
        walk = Some(moves::walk(bench, place, &source, from)?);
        tell("walk");
    }
    if !bench.args.rows_only {
        hard = hard::run(bench, place, from, &top)?;
        tell("rows that the real one fails on");
    }
    let (tables, rows) = (before.filled(), before.all());
    Ok(Outcome {
        kind,
        from,
        to: to.to_owned(),
        tables,
        rows,
        legs,
        real_fails,
        acceptance,
        turns,
        walk,
        hard,
    })
}
