//! `airflow db-manager check`, `airflow db-manager revision` and `airflow db generate-models`: for those who
//! write models and revisions.

use clap::Args;
use dunlin::Access;
use dunlin_cli::author::{self, Author};
use dunlin_cli::{CommandError, ExitStatus, Ui};

use super::Common;
use crate::host::{HINTS, Host, failed};

/// The options of `airflow db-manager check`.
#[derive(Debug, Clone, Args)]
pub struct CheckModels {
    #[command(flatten)]
    check: author::Check,
    #[command(flatten)]
    pub(super) common: Common,
}

/// The options of `airflow db-manager revision`.
#[derive(Debug, Clone, Args)]
pub struct WriteRevision {
    #[command(flatten)]
    revision: author::NewRevision,
    #[command(flatten)]
    pub(super) common: Common,
}

/// The options of `airflow db generate-models`.
#[derive(Debug, Clone, Args)]
pub struct WriteModels {
    #[command(flatten)]
    generate: author::GenerateModels,
    #[command(flatten)]
    pub(super) common: Common,
}

pub(super) async fn check(
    host: &Host,
    manager: &str,
    arguments: &CheckModels,
    ui: &Ui,
) -> Result<ExitStatus, CommandError> {
    let scratch = || Ok(host.scratch());
    let author = author(host, manager, ui)?.scratch(&scratch);
    if arguments.check.is_offline() {
        return arguments.check.run(&author, None).await;
    }
    let mut database = host.connect(Access::Read).await?;
    let result = arguments.check.run(&author, Some(&mut database)).await;
    database.close().await;
    result
}

pub(super) async fn revision(
    host: &Host,
    manager: &str,
    arguments: &WriteRevision,
    ui: &Ui,
) -> Result<ExitStatus, CommandError> {
    let scratch = || Ok(host.scratch());
    let author = author(host, manager, ui)?.scratch(&scratch);
    if arguments.revision.is_offline() {
        return arguments.revision.run(&author, None).await;
    }
    let mut database = host.connect(Access::Read).await?;
    let result = arguments.revision.run(&author, Some(&mut database)).await;
    database.close().await;
    result
}

pub(super) async fn generate(
    host: &Host,
    arguments: &WriteModels,
    ui: &Ui,
) -> Result<ExitStatus, CommandError> {
    let mut database = host.connect(Access::Read).await?;
    let result = arguments.generate.run(host.all_owners(), failed, ui, &mut database).await;
    database.close().await;
    result
}

/// The core by its name, or a registered manager.
fn author<'a>(host: &'a Host, manager: &'a str, ui: &'a Ui) -> Result<Author<'a>, CommandError> {
    if manager != host.core() {
        host.owner(Some(manager))?;
    }
    Ok(Author::new(host.all_owners(), manager, failed, &HINTS, ui))
}
