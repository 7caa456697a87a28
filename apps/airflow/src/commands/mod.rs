//! The commands, one file each.

mod author;
mod check;
mod check_migrations;
mod downgrade;
mod migrate;
mod reset;
mod shell;
mod target;

use std::sync::Arc;
use std::time::Duration;

use airflow_plugin::Plugin;
use clap::{Args, Subcommand};
use dunlin::engine::plan::Script;
use dunlin::{Access, Database, Event, Failure, Left, Migrator, Observer, Report};
use dunlin_cli::{CommandError, ExitStatus, Ui, progress, summarize};

use crate::config::Environment;
use crate::core::db_manager;
use crate::host::{Host, failed, load_settings};

/// The commands of `airflow`.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The metadata database: the core schema and every registered DB manager.
    #[command(subcommand)]
    Db(Db),
    /// One registered DB manager, by the name under which [database] external_db_managers has it.
    #[command(subcommand)]
    DbManager(DbManager),
}

/// The commands of `airflow db`.
#[derive(Debug, Subcommand)]
pub enum Db {
    /// Check whether the database can be reached.
    Check(check::Arguments),
    /// Wait until the core and every registered DB manager are at their newest revisions.
    ///
    /// Exits 0 when they are, and 3 when they are not after the time allowed. Nothing is written: a role
    /// that may only read is enough.
    CheckMigrations(check_migrations::Arguments),
    /// Bring the database to the newest revisions: the core, then every registered DB manager.
    ///
    /// An empty database is created from the models, unless -m, -n or -r ask for the revision files. The
    /// managers run only when the core ends at its newest revision.
    Migrate(migrate::Arguments),
    /// Take the core schema back to a release or revision. DB managers are left alone.
    Downgrade(downgrade::Arguments),
    /// Drop what the core and the registered DB managers own, and nothing else; then create it anew.
    Reset(reset::Arguments),
    /// Write models (Rust) of the tables that the metadata database has.
    GenerateModels(author::WriteModels),
    /// Open the database's own client (psql, mysql or sqlite3) on the database.
    Shell(shell::Arguments),
}

/// The commands of `airflow db-manager`.
#[derive(Debug, Subcommand)]
pub enum DbManager {
    /// Bring one registered DB manager to its newest revision.
    Migrate(OfManager<migrate::Arguments>),
    /// Take one registered DB manager back to a release or revision, and leave all others alone.
    Downgrade(OfManager<downgrade::Arguments>),
    /// Drop what one registered DB manager owns, and nothing else; then create it anew.
    Reset(OfManager<reset::Arguments>),
    /// Compare the models of the core or of one registered DB manager with the database, or with its
    /// revisions.
    ///
    /// Exits 0 when nothing differs, and 3 when something does or the database is not at the newest revision.
    /// Nothing is written: a role that may only read is enough.
    Check(OfManager<author::CheckModels>),
    /// Write a new revision file for the core or for one registered DB manager.
    Revision(OfManager<author::WriteRevision>),
}

/// The options of every command.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// Show every statement on standard error.
    #[arg(short, long)]
    verbose: bool,
}

/// The options of commands that change the database.
#[derive(Debug, Clone, Args)]
pub struct Changing {
    /// How long to wait for another migration to end, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    lock_timeout: u64,
    #[command(flatten)]
    common: Common,
}

/// The options of a `db-manager` command: a manager's name, and what the `db` command of that name takes.
#[derive(Debug, Clone, Args)]
pub struct OfManager<A: Args> {
    /// The manager's name, such as ticketing.db_manager.DRTDBManager.
    #[arg(value_name = "MANAGER")]
    manager: String,
    #[command(flatten)]
    options: A,
}

impl Command {
    /// Whether statements are to be shown.
    pub fn verbose(&self) -> bool {
        let common = match self {
            Self::Db(Db::Check(arguments)) => &arguments.common,
            Self::Db(Db::CheckMigrations(arguments)) => &arguments.common,
            Self::Db(Db::Migrate(arguments)) => &arguments.changing.common,
            Self::Db(Db::Downgrade(arguments)) => &arguments.changing.common,
            Self::Db(Db::Reset(arguments)) => &arguments.changing.common,
            Self::Db(Db::Shell(arguments)) => &arguments.common,
            Self::DbManager(DbManager::Migrate(arguments)) => &arguments.options.changing.common,
            Self::DbManager(DbManager::Downgrade(arguments)) => &arguments.options.changing.common,
            Self::DbManager(DbManager::Reset(arguments)) => &arguments.options.changing.common,
            Self::DbManager(DbManager::Check(arguments)) => &arguments.options.common,
            Self::DbManager(DbManager::Revision(arguments)) => &arguments.options.common,
            Self::Db(Db::GenerateModels(arguments)) => &arguments.common,
        };
        common.verbose
    }
}

/// Runs a command in an environment, with the plugins of a build.
///
/// # Errors
/// What to show to the user; its status is the exit code.
pub async fn run(
    command: Command,
    environment: &Environment,
    plugins: Vec<Arc<dyn Plugin>>,
    ui: &Ui,
) -> Result<ExitStatus, CommandError> {
    run_with(db_manager(), command, environment, plugins, ui).await
}

/// The same with a core of other revisions than this build's.
///
/// # Errors
/// As [`run`].
pub async fn run_with(
    core: dunlin::core::manager::DbManager,
    command: Command,
    environment: &Environment,
    plugins: Vec<Arc<dyn Plugin>>,
    ui: &Ui,
) -> Result<ExitStatus, CommandError> {
    match command {
        Command::Db(Db::Check(arguments)) => check::run(&load_settings(environment)?, &arguments, ui).await,
        Command::Db(Db::Shell(_)) => shell::run(&load_settings(environment)?, ui),
        command => {
            let host = Host::load_with(core, environment, plugins)?;
            host.settings().warnings.iter().for_each(|warning| ui.note(&format!("warning: {warning}")));
            with_host(command, &host, ui).await
        }
    }
}

async fn with_host(command: Command, host: &Host, ui: &Ui) -> Result<ExitStatus, CommandError> {
    match command {
        Command::Db(Db::Check(_) | Db::Shell(_)) => Ok(ExitStatus::Done),
        Command::Db(Db::CheckMigrations(arguments)) => check_migrations::run(host, &arguments, ui).await,
        Command::Db(Db::Migrate(arguments)) => migrate::run(host, None, &arguments, ui).await,
        Command::Db(Db::Downgrade(arguments)) => downgrade::run(host, None, &arguments, ui).await,
        Command::Db(Db::Reset(arguments)) => reset::run(host, None, &arguments, ui).await,
        Command::Db(Db::GenerateModels(arguments)) => author::generate(host, &arguments, ui).await,
        Command::DbManager(DbManager::Check(arguments)) => {
            author::check(host, &arguments.manager, &arguments.options, ui).await
        }
        Command::DbManager(DbManager::Revision(arguments)) => {
            author::revision(host, &arguments.manager, &arguments.options, ui).await
        }
        Command::DbManager(DbManager::Migrate(arguments)) => {
            migrate::run(host, Some(&arguments.manager), &arguments.options, ui).await
        }
        Command::DbManager(DbManager::Downgrade(arguments)) => {
            downgrade::run(host, Some(&arguments.manager), &arguments.options, ui).await
        }
        Command::DbManager(DbManager::Reset(arguments)) => {
            reset::run(host, Some(&arguments.manager), &arguments.options, ui).await
        }
    }
}

/// The owners that a command sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owners {
    /// Those of the database.
    OfDatabase,
    /// All that the build has: it names those that it touches.
    All,
}

/// The owners that a command on a manager sees, which must be among them.
async fn owners<'h>(
    host: &'h Host,
    database: &mut Database,
    manager: Option<&str>,
    owners: Owners,
) -> Result<&'h Migrator, CommandError> {
    let of_database = host.owners_of(database).await.map_err(failed)?;
    if let Some(manager) = manager
        && of_database.owner(manager).is_err()
    {
        host.require(manager)?;
    }
    Ok(if owners == Owners::All { host.all_owners() } else { of_database })
}

/// Lets `work` change the database, and prints what happens and how it ends.
async fn change(
    host: &Host,
    ui: &Ui,
    options: &Changing,
    access: Access,
    (manager, seen): (Option<&str>, Owners),
    work: impl AsyncFnOnce(&Migrator, &mut Database, &mut Observer<'_>) -> Result<Report, Failure>,
) -> Result<Report, CommandError> {
    let mut database = host.connect(access).await?;
    if database.is_absent() {
        return Err(absent(database.url()));
    }
    let migrator = owners(host, &mut database, manager, seen).await?;
    let migrator = migrator.clone().lock_timeout(Duration::from_secs(options.lock_timeout));
    ui.line(&format!("database: {}", database.url()));
    let observer = &mut |event: &Event| progress(ui, event);
    let run = work(&migrator, &mut database, observer).await;
    database.close().await;
    let report = run.map_err(|failure| stopped(host, ui, failure))?;
    summarize(ui, &report, &host.managers());
    Ok(report)
}

/// A SQLite file that is to be worked on does not exist.
fn absent(url: &str) -> CommandError {
    CommandError::failed(format!("{url} does not exist")).hint("`airflow db migrate` creates it")
}

/// Asks before data is lost.
fn confirm(ui: &Ui, yes: bool, question: &str) -> Result<(), CommandError> {
    if yes || ui.confirm(question) {
        return Ok(());
    }
    Err(CommandError::failed("cancelled").note("nothing was changed"))
}

/// A run that stopped: what was done is printed, and what state the database is in is said.
fn stopped(host: &Host, ui: &Ui, failure: Failure) -> CommandError {
    let started = !failure.report.owners.is_empty();
    summarize(ui, &failure.report, &host.managers());
    let error = failed(failure.source);
    error.note(match (started, failure.left) {
        (false, _) => "nothing was changed",
        (true, Left::Nothing) => "what was not finished was rolled back; what stands is said above",
        (true, Left::Part) => {
            "not everything could be rolled back: a part of the failed step may stand beside what is said above"
        }
        (true, Left::Unknown) => {
            "the connection was lost during the commit: see with check-migrations whether it was done"
        }
    })
}

/// Prints a script, and says what of the rows is not in it.
fn print_script(ui: &Ui, script: &Script) -> Result<ExitStatus, CommandError> {
    ui.text(script.as_str())?;
    let left_out = script.as_str().lines().filter(|line| line.starts_with("-- not in this script")).count();
    if left_out > 0 {
        ui.note(&format!(
            "{left_out} data moves are functions of this program and not in the script (see its lines `-- not in this \
             script`): on a database with rows it may lose values, or stop; run the program there instead"
        ));
    }
    Ok(ExitStatus::Done)
}
