//! `cargo xtask test`: every test, on every database.

use std::process::Command;
use std::thread;
use std::time::Instant;

use clap::ValueEnum;

use crate::Result;
use crate::cargo::{cargo, has, run as run_shown};
use crate::machine::flag;
use crate::servers::{self, Server};

/// Runs every test: unit, doc, and integration tests on all four databases.
///
/// Servers that are not given by URL (DUNLIN_TEST_POSTGRES_URL, DUNLIN_TEST_MYSQL_URL, DUNLIN_TEST_MARIADB_URL) are
/// started privately or, by root on Debian, installed. They keep running for the next run; see `cargo xtask db`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only these databases (a list with commas).
    #[arg(long, value_delimiter = ',', value_name = "DATABASES")]
    only: Vec<Database>,
    /// Also what takes too long for every run.
    #[arg(long)]
    full: bool,
    /// Arguments for `cargo nextest run`; doc tests are then left out.
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// A database that tests run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Database {
    Sqlite,
    Postgres,
    Mysql,
    Mariadb,
}

impl Database {
    const ALL: [Self; 4] = [Self::Sqlite, Self::Postgres, Self::Mysql, Self::Mariadb];

    fn name(self) -> &'static str {
        self.server().map_or("sqlite", Server::name)
    }

    fn server(self) -> Option<Server> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some(Server::Postgres),
            Self::Mysql => Some(Server::Mysql),
            Self::Mariadb => Some(Server::Mariadb),
        }
    }
}

pub(crate) fn run(args: Args) -> Result<()> {
    let begun = Instant::now();
    let ci = flag("CI");
    let wanted = |database: &Database| args.only.is_empty() || args.only.contains(database);
    let servers: Vec<_> = Database::ALL.into_iter().filter(wanted).filter_map(Database::server).collect();

    // Servers may have to be installed: meanwhile cargo builds.
    let nextest = has("nextest");
    let test = if nextest { &["nextest", "run"][..] } else { &["test", "--no-fail-fast"] };
    let packages = if names_packages(&args.arguments) { None } else { Some("--workspace") };
    let mut build = cargo(test)?;
    build.args(packages).arg("--no-run").args(before_dashes(&args.arguments));
    let (outcomes, built) = thread::scope(|scope| {
        let outcomes = scope.spawn(|| servers::up(&servers));
        let built = run_shown(&mut build);
        (outcomes.join(), built)
    });
    let outcomes = outcomes.map_err(|_| "a defect in xtask: the servers' thread panicked")??;
    built?;

    let mut missing = Vec::new();
    if wanted(&Database::Sqlite)
        && let Err(e) = servers::sqlite_client()
    {
        missing.push(("sqlite's client (package sqlite3)", e.to_string()));
    }
    let mut used =
        if wanted(&Database::Sqlite) { vec![("sqlite", "(built in)".to_owned())] } else { Vec::new() };
    let mut environment = Vec::new();
    for outcome in outcomes {
        match outcome.result {
            Ok(running) => {
                used.push((outcome.server.name(), running.version));
                environment.push((outcome.server.variable(), running.url));
            }
            Err(e) => missing.push((outcome.server.name(), e.to_string())),
        }
    }
    let databases: Vec<_> = used.iter().map(|(name, _)| *name).collect();
    environment.push(("DUNLIN_TEST_DATABASES", databases.join(",")));
    if args.full {
        environment.push(("DUNLIN_TEST_FULL", "1".to_owned()));
    }

    // nextest is last, so that its summary stands near the end. (`cargo test` alone has the doc tests with it.)
    let mut commands = Vec::new();
    if nextest && args.arguments.is_empty() {
        commands.push(cargo(&["test", "--workspace", "--doc"])?);
    }
    let mut tests = cargo(test)?;
    tests.args(packages);
    let absent = Database::ALL.into_iter().filter(|database| !databases.contains(&database.name()));
    tests.args(without(absent, nextest));
    tests.args(&args.arguments);
    commands.push(tests);
    let mut failed: Vec<_> =
        commands.iter_mut().filter_map(|command| run_with(command, &environment)).collect();

    eprintln!();
    for (name, version) in &used {
        eprintln!("database     {name} {version}");
    }
    for database in Database::ALL.iter().filter(|database| !wanted(database)) {
        eprintln!("not tested   {}: left out by --only", database.name());
    }
    for (name, why) in &missing {
        eprintln!("not tested   {name}: {}", why.replace('\n', "\n             "));
        if ci {
            failed.push(format!("{name} was not tested, and with CI=true every database must be"));
        }
    }
    if nextest && !args.arguments.is_empty() {
        eprintln!("not tested   doc tests: arguments for nextest were given");
    }
    let seconds = begun.elapsed().as_secs();
    eprintln!("{} after {seconds} s", if failed.is_empty() { "passed" } else { "FAILED" });
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n       ").into()) }
}

/// Leaves out the tests on databases that are not there: their names end in the database's. `cargo test`
/// cannot say that, so there such tests fail.
fn without(absent: impl Iterator<Item = Database>, nextest: bool) -> Vec<String> {
    let names: Vec<_> = absent.map(Database::name).collect();
    if names.is_empty() || !nextest {
        return Vec::new();
    }
    vec!["-E".to_owned(), format!("not test(/::({})$/)", names.join("|"))]
}

/// Runs one command of the tests; what is wrong with it.
fn run_with(command: &mut Command, environment: &[(&'static str, String)]) -> Option<String> {
    for server in Server::ALL {
        command.env_remove(server.variable());
    }
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    run_shown(command).err().map(|e| e.to_string())
}

fn names_packages(arguments: &[String]) -> bool {
    before_dashes(arguments)
        .any(|argument| ["-p", "--package", "--manifest-path"].iter().any(|name| argument.starts_with(name)))
}

/// What concerns the build: arguments for the test programs themselves come after a second `--`.
fn before_dashes(arguments: &[String]) -> impl Iterator<Item = &String> {
    arguments.iter().take_while(|argument| *argument != "--")
}
