//! `cargo xtask bench`: how fast the programs are, as ratios against a peer in the same run.
//!
//! Times of single runs on a busy machine say little; every comparison here is of interleaved rounds,
//! and what is reported is medians and their ratios.

mod check_migrations;
mod measure;

use clap::{Args as ClapArgs, Subcommand};

use crate::Result;

/// Measures speed, as ratios against peers in the same run.
#[derive(ClapArgs)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// `airflow db check-migrations` against psql's `select 1` and the real Airflow.
    CheckMigrations {
        /// How many rounds.
        #[arg(long, default_value_t = 40)]
        rounds: usize,
    },
}

/// Runs the benchmark.
///
/// # Errors
/// When something that is needed cannot be had, or a measured command fails.
pub(crate) fn run(args: Args) -> Result<()> {
    match args.command {
        Command::CheckMigrations { rounds } => check_migrations::run(rounds),
    }
}
