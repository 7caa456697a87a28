//! `cargo xtask bench`: how fast the programs are, as ratios against a peer in the same run.
//!
//! Times of single runs on a busy machine say little; every comparison here is of interleaved rounds,
//! and what is reported is medians and their ratios.

mod airflow;
mod check_migrations;
mod compare;
mod measure;
mod revisions;

use clap::{Args as ClapArgs, Subcommand};

use crate::Result;
use crate::oracle::Kind;

/// Measures speed, as ratios against peers in the same run.
#[derive(ClapArgs)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Airflow's whole history, and its data moves, against the real Airflow and the clients.
    Airflow {
        /// How many rounds of the history.
        #[arg(long, default_value_t = 3)]
        rounds: usize,
        /// How many task instances are upgraded from 2.10.3; 0 leaves it out.
        #[arg(long, default_value_t = 1_000_000)]
        task_instances: usize,
        /// The databases.
        #[arg(long, value_delimiter = ',', value_enum, default_values_t = Kind::ALL)]
        only: Vec<Kind>,
    },
    /// `airflow db check-migrations` against psql's `select 1` and the real Airflow.
    CheckMigrations {
        /// How many rounds.
        #[arg(long, default_value_t = 40)]
        rounds: usize,
    },
    /// Introspection and comparison of many tables against the bare catalog queries and `alembic check`.
    Compare {
        /// How many rounds.
        #[arg(long, default_value_t = 15)]
        rounds: usize,
        /// How many tables.
        #[arg(long, value_delimiter = ',', default_values_t = [1_000, 10_000])]
        tables: Vec<usize>,
        /// The databases.
        #[arg(long, value_delimiter = ',', value_enum, default_values_t = Kind::ALL)]
        only: Vec<Kind>,
    },
    /// Loading and planning of long histories against the real Alembic.
    Revisions {
        /// How many rounds.
        #[arg(long, default_value_t = 5)]
        rounds: usize,
        /// How many revisions.
        #[arg(long, value_delimiter = ',', default_values_t = [1_000, 10_000, 100_000])]
        counts: Vec<usize>,
    },
}

/// Runs the benchmark.
///
/// # Errors
/// When something that is needed cannot be had, or a measured command fails.
pub(crate) fn run(args: Args) -> Result<()> {
    match args.command {
        Command::Airflow { rounds, task_instances, only } => airflow::run(rounds, task_instances, &only),
        Command::CheckMigrations { rounds } => check_migrations::run(rounds),
        Command::Compare { rounds, tables, only } => compare::run(rounds, &tables, &only),
        Command::Revisions { rounds, counts } => revisions::run(rounds, &counts),
    }
}
