//! The project's own tasks: `cargo xtask …`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for developers: it prints")]

mod bench;
mod cargo;
mod db;
mod lint;
mod machine;
mod oracle;
mod servers;
mod test;
mod tidy;

use std::process::ExitCode;

use clap::Parser;

/// Errors are texts for the developer who reads them.
pub(crate) type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// The project's own tasks.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Xtask {
    Test(test::Args),
    Lint(lint::Args),
    /// Checks the house rules.
    Tidy,
    Db(db::Args),
    Oracle(oracle::Args),
    Bench(bench::Args),
}

fn main() -> ExitCode {
    let result = match Xtask::parse() {
        Xtask::Test(args) => test::run(args),
        Xtask::Lint(args) => lint::run(args),
        Xtask::Tidy => tidy::run(),
        Xtask::Db(args) => db::run(args),
        Xtask::Oracle(args) => oracle::run(args),
        Xtask::Bench(args) => bench::run(args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("error: {e}");
            ExitCode::FAILURE
        }
    }
}
