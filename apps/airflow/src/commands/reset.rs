//! `airflow db reset` and `airflow db-manager reset`

use clap::Args;
use dunlin::Access;
use dunlin_cli::{CommandError, ExitStatus, Ui};

use super::{Changing, Owners, change, confirm, owners};
use crate::host::Host;

/// The options of `airflow db reset`.
#[derive(Debug, Clone, Args)]
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
    if manager.is_some() {
        host.owner(manager)?;
    }
    let owned: Vec<String> = match manager {
        Some(manager) => vec![manager.to_owned()],
        None => {
            let mut database = host.connect(Access::Read).await?;
            let migrator = owners(host, &mut database, None, Owners::OfDatabase).await?;
            database.close().await;
            migrator.owners().iter().map(|owner| owner.name().to_owned()).collect()
        }
    };
    let url = host.settings().database_url.redacted();
    let question = format!("Drop all tables of {} in {url}? All data will be lost.", owned.join(", "));
    confirm(ui, arguments.yes, &question)?;
    let (init, files) = (!arguments.skip_init, arguments.use_migration_files);
    let access = if init { Access::Create } else { Access::Write };
    let seen = (manager, Owners::OfDatabase);
    let report =
        change(
            host,
            ui,
            &arguments.changing,
            access,
            seen,
            async |migrator, database, observer| match manager {
                Some(manager) => migrator.reset_owner(database, manager, init, files, observer).await,
                None => migrator.reset(database, init, files, observer).await,
            },
        )
        .await?;
    for owner in owned {
        if !report.owners.iter().any(|reset| reset.owner == owner) {
            ui.line(&format!("{owner}: kept, as it does not support table dropping"));
        }
    }
    Ok(ExitStatus::Done)
}
