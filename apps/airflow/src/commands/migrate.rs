//! `airflow db migrate` and `airflow db-manager migrate`

use clap::Args;
use dunlin::engine::plan::{Intent, PlanKind};
use dunlin::{Access, Report};
use dunlin_cli::{CommandError, ExitStatus, Ui};

use super::target::{From, To};
use super::{Changing, Owners, change, owners, print_script};
use crate::host::{Host, failed};

/// The options of `airflow db migrate`.
#[derive(Debug, Clone, Args)]
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
    #[command(flatten)]
    pub(super) changing: Changing,
}

/// `manager` is none for the core with everything that is registered.
pub(super) async fn run(
    host: &Host,
    manager: Option<&str>,
    arguments: &Arguments,
    ui: &Ui,
) -> Result<ExitStatus, CommandError> {
    let owner = host.owner(manager)?;
    let target = arguments.to.resolve(owner)?;
    let use_migration_files = arguments.use_migration_files;
    let intent = Intent::Upgrade { target: target.clone(), use_migration_files };

    if arguments.show_sql_only {
        let from = arguments.from.resolve(owner)?;
        let intent = Intent::Upgrade { target: target.clone(), use_migration_files: true };
        let script = match (from, manager) {
            (Some(from), _) => {
                if manager.is_none() && host.migrator().owners().len() > 1 {
                    ui.note("with --from-… the SQL is the core's only; see `airflow db-manager migrate -s`");
                }
                let dialect = host.dialect_of_script().await;
                host.all_owners().offline_script(dialect, owner.name(), &intent, &from).await
            }
            (None, Some(manager)) => {
                let mut database = host.connect(Access::Read).await?;
                let migrator = owners(host, &mut database, Some(manager), Owners::OfDatabase).await?;
                migrator.script(&mut database, manager, &intent).await
            }
            (None, None) => {
                let mut database = host.connect(Access::Read).await?;
                let migrator = host.owners_of(&mut database).await.map_err(failed)?;
                migrator.migrate_script(&mut database, target).await
            }
        };
        return print_script(ui, &script.map_err(failed)?);
    }

    let seen = (manager, Owners::OfDatabase);
    let report =
        change(host, ui, &arguments.changing, Access::Create, seen, async |migrator, database, observer| {
            match manager {
                Some(manager) => migrator.run(database, manager, intent, observer).await,
                None => migrator.migrate(database, target, use_migration_files, observer).await,
            }
        })
        .await?;
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
