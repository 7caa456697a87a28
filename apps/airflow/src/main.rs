//! The program `airflow`.

use std::process::ExitCode;

use airflow::commands::{self, Command};
use airflow::config::Environment;
use airflow::host::built_in_plugins;
use clap::Parser;
use dunlin_cli::{CommandError, ExitStatus, Ui};

/// Airflow's database commands: one database, the core schema and its plugins, one migrate.
///
/// Settings come from $AIRFLOW_HOME/airflow.cfg (AIRFLOW_HOME is ~/airflow unless it is set) and from
/// variables such as AIRFLOW__DATABASE__SQL_ALCHEMY_CONN.
#[derive(Debug, Parser)]
#[command(name = "airflow", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let ui = Ui::new();
    if arguments.command.verbose() {
        log_statements();
    }
    run(arguments.command, &ui).unwrap_or_else(|error| ui.error(&error)).into()
}

fn run(command: Command, ui: &Ui) -> Result<ExitStatus, CommandError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(CommandError::failed)?;
    let plugins = built_in_plugins()?;
    runtime.block_on(commands::run(command, &Environment::process(), plugins, ui))
}

/// `-v`: every statement, on standard error.
fn log_statements() {
    use tracing_subscriber::EnvFilter;
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_target(false)
        .without_time()
        .with_env_filter(EnvFilter::new("dunlin=debug,airflow=debug"))
        .init();
}
