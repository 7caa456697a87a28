//! `airflow db downgrade` and `airflow db-manager downgrade`

use std::time::Duration;

use clap::Args;
use dunlin::Access;
use dunlin::engine::dialect::dialect;
use dunlin::engine::plan::{Intent, PlanKind};
use dunlin_cli::{CommandError, ExitStatus, Ui, progress, summarize};

use super::target::{From, To};
use super::{Common, ManagerName, stopped};
use crate::host::{Host, failed};

/// The options of `airflow db downgrade`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    to: To,
    /// Print the SQL instead of running it.
    #[arg(short, long)]
    show_sql_only: bool,
    #[command(flatten)]
    from: From,
    /// Do not ask.
    #[arg(short, long)]
    yes: bool,
    /// How long to wait for another migration to end, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    lock_timeout: u64,
    #[command(flatten)]
    pub(super) common: Common,
}

/// The options of `airflow db-manager downgrade`.
#[derive(Debug, Args)]
pub struct ManagerArguments {
    #[command(flatten)]
    pub(super) name: ManagerName,
    #[command(flatten)]
    pub(super) options: Arguments,
}

/// `manager` is none for the core.
pub(super) async fn run(
    host: &Host,
    manager: Option<&str>,
    arguments: &Arguments,
    ui: &Ui,
) -> Result<ExitStatus, CommandError> {
    if let Some(manager) = manager {
        host.require(manager)?;
    }
    let owner = host.migrator().owner(manager.unwrap_or(host.core())).map_err(failed)?;
    let Some(target) = arguments.to.resolve(owner)? else {
        return Err(CommandError::usage("a downgrade needs a target").hint("give -n VERSION or -r REVISION"));
    };
    let wanted = arguments.to.as_given().unwrap_or_default();
    let intent = Intent::Downgrade { target };

    if arguments.show_sql_only {
        let script = match arguments.from.resolve(owner)? {
            Some(from) => {
                let dialect = dialect(host.dialect_of_url());
                host.migrator().offline_script(dialect, owner.name(), &intent, &from).await
            }
            None => {
                let mut database = host.connect(Access::Read).await?;
                host.migrator().script(&mut database, owner.name(), &intent).await
            }
        };
        ui.text(script.map_err(failed)?.as_str());
        return Ok(ExitStatus::Done);
    }

    let url = host.settings().database_url.redacted();
    let question = format!("Take {} in {url} back to {wanted}? Data will be lost.", owner.name());
    if !arguments.yes && !ui.confirm(&question) {
        return Err(CommandError::failed("cancelled").note("nothing was changed"));
    }
    let migrator = host.migrator_waiting(Duration::from_secs(arguments.lock_timeout));
    let mut database = host.connect(Access::Write).await?;
    ui.line(&format!("database: {}", database.url()));
    let observer = &mut |event: &dunlin::Event| progress(ui, event);
    let run = migrator.run(&mut database, owner.name(), intent, observer).await;
    let report = run.map_err(|failure| stopped(host, ui, failure))?;
    database.close().await;
    summarize(ui, &report, &host.managers());
    if report.owners.iter().any(|owner| owner.kind == PlanKind::Beyond) {
        ui.line(&format!("already older than {wanted}; use migrate to go there"));
    }
    Ok(ExitStatus::Done)
}
