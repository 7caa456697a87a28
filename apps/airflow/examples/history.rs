//! Runs the core's history on a database:
//! `cargo run --package airflow --example history -- upgrade REVISION`, or `downgrade REVISION`, on the database of
//! `DATABASE_URL`. `heads` and `base` are revisions, too. `revisions` lists those that there are, from the first on.
//!
//! It ends with 1 and one line that says why where a run fails.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for developers")]

use std::error::Error;
use std::process::ExitCode;

use airflow::core::db_manager;
use dunlin::core::manager::HostContext;
use dunlin::engine::plan::Intent;
use dunlin::{Access, Database, DatabaseUrl, LockKey, Migrator};

/// A failure, which any error is.
type Failed = Box<dyn Error>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [way @ ("upgrade" | "downgrade"), revision] => run(way, revision),
        ["revisions"] => revisions(),
        _ => Err("usage: history upgrade|downgrade REVISION, or history revisions".into()),
    };
    let Err(error) = done else { return ExitCode::SUCCESS };
    let mut causes = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        causes.push(error.to_string());
        cause = error.source();
    }
    eprintln!("{}", causes.join(": "));
    ExitCode::FAILURE
}

fn migrator() -> Result<Migrator, Failed> {
    let manager = db_manager();
    let host = HostContext::new(None, airflow_plugin::naming_convention());
    Ok(Migrator::new([manager], &host, LockKey::new(1, "airflow_MIGRATIONS"))?)
}

fn revisions() -> Result<(), Failed> {
    let migrator = migrator()?;
    let history = migrator.owner("airflow")?.history();
    let mut next = history.bases();
    while let Some(id) = next.pop() {
        println!("{id}");
        next = history.next(&id).into_iter().map(|revision| revision.id.clone()).collect();
    }
    Ok(())
}

fn run(way: &str, revision: &str) -> Result<(), Failed> {
    let migrator = migrator()?;
    let owner = migrator.owner("airflow")?;
    let target = owner.history().target(revision)?;
    let intent = match way {
        "upgrade" => Intent::Upgrade { target: Some(target), use_migration_files: true },
        _ => Intent::Downgrade { target },
    };
    let url = DatabaseUrl::parse(&std::env::var("DATABASE_URL")?)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut database = Database::connect(&url, Access::Create).await?;
        let done = migrator.run(&mut database, "airflow", intent, &mut |_| {}).await;
        database.close().await;
        done?;
        Ok(())
    })
}
