//! Tells the plugins' listeners that a dag run failed, as Airflow's scheduler would.
//!
//! ```sh
//! cargo run --package airflow --example failed_run -- nightly_report scheduled__2026-11-22
//! ```
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program: it prints")]

use std::error::Error;

use airflow::config::Environment;
use airflow::dispatch::dispatch;
use airflow::host::{Host, built_in_plugins};
use airflow_plugin::{DagRunEvent, DagRunState};
use dunlin::Access;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(dag_id), Some(run_id)) = (arguments.next(), arguments.next()) else {
        return Err("usage: failed_run DAG_ID RUN_ID".into());
    };
    let plugins = built_in_plugins().map_err(|error| error.message().to_owned())?;
    let host = Host::load(&Environment::process(), plugins).map_err(|error| error.message().to_owned())?;
    let mut database = host.connect(Access::Read).await.map_err(|error| error.message().to_owned())?;
    let migrated = host.require_migrated(&mut database).await;
    database.close().await;
    migrated.map_err(|error| error.message().to_owned())?;
    let event = DagRunEvent::new(dag_id, run_id, DagRunState::Failed);
    let failures = dispatch(&host.listeners(), &event, &host.plugin_context()).await;
    for failure in &failures {
        eprintln!("{failure}");
    }
    println!("told {} listener(s), {} failed", host.listeners().len(), failures.len());
    Ok(())
}
