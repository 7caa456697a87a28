//! `airflow db reset` and `airflow db-manager reset`

use std::time::Duration;

use clap::Args;
use dunlin::Access;
use dunlin_cli::{CommandError, ExitStatus, Ui, progress, summarize};

use super::{Common, ManagerName, stopped};
use crate::host::{Host, failed};

/// The options of `airflow db reset`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Do not create anything anew.
    #[arg(short, long)]
    skip_init: bool,
    /// Create by the revision files instead of from the models.
    #[arg(short = 'm', long)]
    use_migration_files: bool,
    /// Do not ask.
    #[arg(short, long)]
    yes: bool,
    /// How long to wait for another migration to end, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    lock_timeout: u64,
    #[command(flatten)]
    pub(super) common: Common,
}

/// The options of `airflow db-manager reset`.
#[derive(Debug, Args)]
pub struct ManagerArguments {
    #[command(flatten)]
    pub(super) name: ManagerName,
    #[command(flatten)]
    pub(super) options: Arguments,
}

/// `manager` is none for the core with everything that is registered.
pub(super) async fn run(
    host: &Host,
    manager: Option<&str>,
    arguments: &Arguments,
    ui: &Ui,
) -> Result<ExitStatus, CommandError> {
    if let Some(manager) = manager {
        host.require(manager)?;
    }
    let owners: Vec<&str> = match manager {
        Some(manager) => vec![host.migrator().owner(manager).map_err(failed)?.name()],
        None => host.migrator().owners().iter().map(|owner| owner.name()).collect(),
    };
    let url = host.settings().database_url.redacted();
    let question = format!("Drop all tables of {} in {url}? All data will be lost.", owners.join(", "));
    if !arguments.yes && !ui.confirm(&question) {
        return Err(CommandError::failed("cancelled").note("nothing was changed"));
    }
    let migrator = host.migrator_waiting(Duration::from_secs(arguments.lock_timeout));
    let mut database = host.connect(Access::Write).await?;
    ui.line(&format!("database: {}", database.url()));
    let observer = &mut |event: &dunlin::Event| progress(ui, event);
    let (init, files) = (!arguments.skip_init, arguments.use_migration_files);
    let run = match manager {
        Some(manager) => migrator.reset_owner(&mut database, manager, init, files, observer).await,
        None => migrator.reset(&mut database, init, files, observer).await,
    };
    let report = run.map_err(|failure| stopped(host, ui, failure))?;
    database.close().await;
    summarize(ui, &report, &host.managers());
    for owner in owners {
        if !report.owners.iter().any(|reset| reset.owner == owner) {
            ui.line(&format!("{owner}: kept, as it does not support table dropping"));
        }
    }
    Ok(ExitStatus::Done)
}
