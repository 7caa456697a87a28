//! `airflow db migrate` and `airflow db-manager migrate`

use std::time::Duration;

use clap::Args;
use dunlin::engine::dialect::dialect;
use dunlin::engine::plan::{Intent, PlanKind};
use dunlin::{Access, Report};
use dunlin_cli::{CommandError, ExitStatus, Ui, progress, summarize};

use super::target::{From, To};
use super::{Common, ManagerName, stopped};
use crate::host::{Host, failed};

/// The options of `airflow db migrate`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    to: To,
    /// Print the SQL instead of running it.
    #[arg(short, long)]
    show_sql_only: bool,
    #[command(flatten)]
    from: From,
    /// Bring up an empty database, too, by the revision files.
    #[arg(short = 'm', long)]
    use_migration_files: bool,
    /// How long to wait for another migration to end, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    lock_timeout: u64,
    #[command(flatten)]
    pub(super) common: Common,
}

/// The options of `airflow db-manager migrate`.
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
    let owner = host.migrator().owner(manager.unwrap_or(host.core())).map_err(failed)?;
    let target = arguments.to.resolve(owner)?;
    let use_migration_files = arguments.use_migration_files;
    let intent = Intent::Upgrade { target: target.clone(), use_migration_files };

    if arguments.show_sql_only {
        let from = arguments.from.resolve(owner)?;
        let intent = Intent::Upgrade { target: target.clone(), use_migration_files: true };
        let script = match (from, manager) {
            (Some(from), _) => {
                if manager.is_none() && host.managers().len() > 1 {
                    ui.note("with --from-… the SQL is the core's only; see `airflow db-manager migrate -s`");
                }
                let dialect = dialect(host.dialect_of_url());
                host.migrator().offline_script(dialect, owner.name(), &intent, &from).await
            }
            (None, Some(manager)) => {
                let mut database = host.connect(Access::Read).await?;
                host.migrator().script(&mut database, manager, &intent).await
            }
            (None, None) => {
                let mut database = host.connect(Access::Read).await?;
                host.migrator().migrate_script(&mut database, target).await
            }
        };
        ui.text(script.map_err(failed)?.as_str());
        return Ok(ExitStatus::Done);
    }

    let migrator = host.migrator_waiting(Duration::from_secs(arguments.lock_timeout));
    let mut database = host.connect(Access::Write).await?;
    ui.line(&format!("database: {}", database.url()));
    let observer = &mut |event: &dunlin::Event| progress(ui, event);
    let run = match manager {
        Some(manager) => migrator.run(&mut database, manager, intent, observer).await,
        None => migrator.migrate(&mut database, target, use_migration_files, observer).await,
    };
    let report = run.map_err(|failure| stopped(host, ui, failure))?;
    database.close().await;
    summarize(ui, &report, &host.managers());
    say_beyond(ui, &report, manager, arguments.to.as_given());
    Ok(ExitStatus::Done)
}

/// An upgrade to something older than the database changes nothing, which is easily overlooked.
fn say_beyond(ui: &Ui, report: &Report, manager: Option<&str>, wanted: Option<&str>) {
    let beyond = report.owners.first().is_some_and(|owner| owner.kind == PlanKind::Beyond);
    if let (true, Some(wanted)) = (beyond, wanted) {
        let command = match manager {
            Some(manager) => format!("airflow db-manager downgrade {manager}"),
            None => "airflow db downgrade".to_owned(),
        };
        ui.line(&format!("already newer than {wanted}; use `{command}` to go back"));
    }
}
