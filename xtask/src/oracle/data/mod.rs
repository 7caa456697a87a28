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
use self::moves::{Acceptance, Moves};
use self::ours::Ours;
use super::database::{Database, Kind, Place};
use super::program::{Programs, Who};
use super::venv::Venv;
use super::{page_differs, repository};
use crate::Result;
use crate::machine::output;

/// The releases whose databases are filled.
const RELEASES: [&str; 3] = ["2.6.2", "2.10.3", "3.1.0"];
/// How many runs a database gets, from which the number of all other rows follows.
const RUNS: usize = 2500;
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
    /// Only migrate and compare: no turns, no walk, no rows that the real one fails on.
    #[arg(long)]
    rows_only: bool,
}

/// What is needed on every database.
struct Bench<'a> {
    venv: &'a Venv,
    programs: Programs,
    ours: Ours,
    history: History,
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
        args,
    };
    let mut known = Known::new();
    let (mut outcomes, mut wrong) = (Vec::new(), Vec::new());
    for place in Place::for_each(kinds, venv)? {
        for from in
            RELEASES.into_iter().filter(|from| args.from.is_empty() || args.from.iter().any(|it| it == from))
        {
            let Some(to) = bench.newest(place.kind, from)? else {
                println!("{:<9} from {from}: there is nothing to migrate to", place.kind.name());
                continue;
            };
            let outcome = filled(&bench, &place, from, &to)?;
            known.settle(&outcome, &mut wrong);
            wrong.extend(outcome.wrong());
            outcomes.push(outcome);
        }
    }
    let whole =
        kinds.len() == Kind::ALL.len() && args.from.is_empty() && args.to.is_none() && !args.rows_only;
    if whole && args.runs == RUNS {
        wrong.extend(known.not_needed());
        let (page, path) = (page::page(&outcomes, &known)?, repository().join(PAGE));
        if args.check {
            wrong.extend(page_differs(PAGE, &fs::read_to_string(path).unwrap_or_default(), &page));
        } else {
            fs::write(path, page)?;
            println!("written: {PAGE}");
        }
    } else {
        println!("{}", page::page(&outcomes, &known)?);
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

impl Bench<'_> {
    /// The newest release that both reach from one, if there is any above it.
    fn newest(&self, kind: Kind, from: &str) -> Result<Option<String>> {
        // The real one fails on the way to 3.0 there.
        let most = if kind == Kind::Mariadb { Some("2.10.3") } else { self.args.to.as_deref() };
        let releases = self.history.releases(&self.ours.revisions()?, most);
        let newest = releases.last().filter(|newest| newest.as_str() != from);
        Ok(newest.filter(|_| releases.iter().any(|release| release == from)).cloned())
    }

    /// A database at a release, with rows in every table.
    fn fill<'a>(&'a self, place: &Place, from: &str, hard: Option<&str>) -> Result<Database<'a>> {
        let source = place.fresh(self.venv, "source")?;
        self.programs.run(Who::Real, &source, &format!("db migrate -m -n {from}"))?;
        let runs = if hard.is_some() { 20 } else { self.args.runs };
        let mut fill = self.venv.run_script("fill.py");
        fill.arg(runs.to_string()).args(hard.map(|_| "hard")).args(hard).env("DATABASE_URL", &source.url);
        output(&mut fill)?;
        Ok(source)
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
        let moves = self.turns.iter().chain(&self.walk).flat_map(|moves| moves.wrong.iter().cloned());
        let accepted = self.acceptance.iter().flat_map(|acceptance| acceptance.differs.iter().cloned());
        moves.chain(accepted).chain(self.hard.iter().filter_map(|case| case.wrong.clone())).collect()
    }
}

fn filled(bench: &Bench<'_>, place: &Place, from: &'static str, to: &str) -> Result<Outcome> {
    let (started, kind) = (Instant::now(), place.kind);
    let since = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let compare = |left: &Database<'_>, right: &Database<'_>| Comparison::of(bench.venv, left, right, since);
    let tell = |what: &str| {
        println!("{:<9} {:>5.1} s  from {from}: {what}", kind.name(), started.elapsed().as_secs_f64());
    };
    let (bottom, top) = (bench.history.revision_of(from)?, bench.history.revision_of(to)?);
    let source = bench.fill(place, from, None)?;
    tell("filled");

    let real = bench.copy(place, &source, "real")?;
    let ours = bench.copy(place, &source, "ours")?;
    let before = moves::counts(bench.venv, &source)?;
    bench.programs.run(Who::Real, &real, &format!("db migrate -m -r {top}"))?;
    bench.ours.run(&ours, "upgrade", &top)?;
    let up = compare(&real, &ours)?;
    tell("up");
    let acceptance = match bench.history.is_head(&top) {
        true => Some(moves::accepted(bench, &real, &ours)?),
        false => None,
    };
    bench.programs.run(Who::Real, &real, &format!("db downgrade -y -r {bottom}"))?;
    bench.ours.run(&ours, "downgrade", &bottom)?;
    let back = compare(&real, &ours)?;
    tell("back");
    let round = compare(&source, &ours)?;
    drop((real, ours));

    let (mut turns, mut walk, mut hard) = (None, None, Vec::new());
    if !bench.args.rows_only {
        turns = Some(moves::turns(bench, place, &source, from, to)?);
        tell("turns");
        walk = Some(moves::walk(bench, place, &source, from, to)?);
        tell("walk");
        hard = hard::run(bench, place, from, &top)?;
        tell("rows that the real one fails on");
    }
    let legs = vec![(Leg::Up, up), (Leg::Back, back), (Leg::Round, round)];
    let (tables, rows) = (before.filled(), before.all());
    Ok(Outcome { kind, from, to: to.to_owned(), tables, rows, legs, acceptance, turns, walk, hard })
}
