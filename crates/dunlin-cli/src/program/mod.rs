//! The program `dunlin`, and the same for a program that has its DB managers compiled in.
//!
//! `src/bin/migrate.rs` of a project with revisions or models in Rust:
//!
//! ```no_run
//! # mod app { pub fn db_manager() -> dunlin::core::manager::DbManager { todo!() } }
//! fn main() -> std::process::ExitCode {
//!     dunlin_cli::program::main([app::db_manager()])
//! }
//! ```

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand};
use dunlin::LockKey;
use dunlin::core::manager::DbManager;
use dunlin::core::schema::NamingConvention;

use crate::command_error::CommandError;
use crate::commands::{Command, Init, Templates};
use crate::config::Config;
use crate::exit::ExitStatus;
use crate::project::{Delegation, Project, wrong};
use crate::ui::Ui;

/// Database migrations: revisions of one schema, up, down, and as SQL.
///
/// What a project is, dunlin.toml says; `init` writes one. Exit codes: 0 done, 1 failed, 2 wrong usage or
/// configuration, 3 a check found pending revisions or differences. DUNLIN_LOG=debug tells on standard error which
/// statements run.
#[derive(Debug, Parser)]
#[command(name = "dunlin", version, max_term_width = 100)]
struct Line {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Commands,
}

/// The heading of the options of every command.
const EVERY: &str = "Options of every command";

/// The options of every command.
#[derive(Debug, Args)]
struct Global {
    /// The configuration; else the variable DUNLIN_CONFIG names it, else it is dunlin.toml here or above.
    #[arg(long, value_name = "FILE", global = true, help_heading = EVERY)]
    config: Option<PathBuf>,
    /// The DB manager that is meant, in a program that has several.
    #[arg(long, value_name = "NAME", global = true, help_heading = EVERY)]
    owner: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Commands {
    Init(Init),
    Templates(Templates),
    #[command(flatten)]
    OfProject(Command),
}

/// The commands, as clap knows them.
pub fn command() -> clap::Command {
    Line::command()
}

/// The program `dunlin`: SQL revisions by itself, all others through the program that has them.
pub fn dunlin() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let Line { global, command } = Line::parse_from(&arguments);
    let ui = Ui::new();
    let run = || -> Result<ExitCode, CommandError> {
        let command = match command {
            Commands::Init(init) => return init.run(&ui).map(ExitCode::from),
            Commands::Templates(templates) => return Ok(templates.run(&ui).into()),
            Commands::OfProject(command) => command,
        };
        let config = Config::load(global.config.as_deref()).map_err(wrong)?;
        let project = match Delegation::find(&config)? {
            Some(delegation) => {
                let heads = match command.needs_program() || global.owner.is_some() {
                    true => None,
                    false => Project::of_heads(&config)?.filter(|heads| !command.needs_program_for(heads)),
                };
                let Some(project) = heads else {
                    return delegation.run(&config, arguments.get(1..).unwrap_or_default());
                };
                project
            }
            None => {
                if let (Some(owner), Some(known)) = (&global.owner, config.owner.as_ref())
                    && owner != known
                {
                    let text = format!("there is no owner {owner}");
                    return Err(CommandError::usage(text).hint(format!("dunlin.toml says {known}")));
                }
                Project::of_directory(config)?
            }
        };
        run(project, &command, &ui).map(ExitCode::from)
    };
    run().unwrap_or_else(|error| ui.error(&error).into())
}

/// The program of a project whose DB managers are compiled in: all commands, and `dunlin.toml`.
pub fn main(managers: impl IntoIterator<Item = DbManager>) -> ExitCode {
    Program::new(managers).main()
}

/// A program that has DB managers compiled in.
#[derive(Debug, Clone)]
pub struct Program {
    managers: Vec<DbManager>,
    naming_convention: NamingConvention,
    lock: Option<LockKey>,
}

impl Program {
    /// One with these managers.
    pub fn new(managers: impl IntoIterator<Item = DbManager>) -> Self {
        let managers = managers.into_iter().collect();
        Self { managers, naming_convention: NamingConvention::default(), lock: None }
    }

    /// How the host names constraints that have no name.
    pub fn naming_convention(mut self, convention: NamingConvention) -> Self {
        self.naming_convention = convention;
        self
    }

    /// The lock that the host's programs share.
    pub fn lock(mut self, lock: LockKey) -> Self {
        self.lock = Some(lock);
        self
    }

    /// Runs the command that the process was started with.
    pub fn main(self) -> ExitCode {
        self.run(std::env::args_os(), &Ui::new())
    }

    /// Runs a command line; its first word is the program's name.
    pub fn run(self, line: impl IntoIterator<Item = OsString>, ui: &Ui) -> ExitCode {
        let Line { global, command } = match Line::try_parse_from(line) {
            Ok(line) => line,
            Err(error) => {
                let _gone = error.print();
                return if error.use_stderr() { ExitStatus::Usage.into() } else { ExitStatus::Done.into() };
            }
        };
        let run = || {
            let command = match command {
                Commands::Init(init) => return init.run(ui),
                Commands::Templates(templates) => return Ok(templates.run(ui)),
                Commands::OfProject(command) => command,
            };
            let config = Config::load(global.config.as_deref()).map_err(wrong)?;
            let owner = global.owner.as_deref();
            let project =
                Project::of_managers(config, self.managers, self.naming_convention, self.lock, owner)?;
            run(project, &command, ui)
        };
        run().unwrap_or_else(|error| ui.error(&error)).into()
    }
}

fn run(project: Project, command: &Command, ui: &Ui) -> Result<ExitStatus, CommandError> {
    if let Ok(levels) = std::env::var("DUNLIN_LOG") {
        log_to_stderr(&levels)?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(CommandError::failed)?;
    runtime.block_on(async {
        let project = if command.asks_models() { project.with_models().await? } else { project };
        command.run(&project, ui).await
    })
}

/// Shows events of the library; a program that has a subscriber of its own keeps it. `levels` is one level for ours, or
/// what `RUST_LOG` has elsewhere: `dunlin=debug,sqlx=info`.
fn log_to_stderr(levels: &str) -> Result<(), CommandError> {
    use tracing_subscriber::filter::{EnvFilter, LevelFilter};
    let levels = match levels.parse::<LevelFilter>() {
        Ok(_) => format!("off,dunlin={levels}"),
        Err(_) => levels.to_owned(),
    };
    let filter = EnvFilter::try_new(&levels).map_err(|error| {
        CommandError::usage(format!("DUNLIN_LOG: {error}"))
            .hint("DUNLIN_LOG=debug, or dunlin=debug,sqlx=info")
    })?;
    let subscriber = tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false).without_time();
    let _other_is_there = subscriber.with_env_filter(filter).try_init();
    Ok(())
}
