//! `airflow db downgrade` and `airflow db-manager downgrade`

use clap::Args;
use dunlin::Access;
use dunlin::engine::dialect::dialect;
use dunlin::engine::plan::{Intent, PlanKind};
use dunlin_cli::{CommandError, ExitStatus, Ui};

use super::target::{From, To};
use super::{Changing, change, confirm, owner};
use crate::host::{Host, failed};

/// The options of `airflow db downgrade`.
#[derive(Debug, Clone, Args)]
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
    #[command(flatten)]
    pub(super) changing: Changing,
}

/// `manager` is none for the core.
pub(super) async fn run(
    host: &Host,
    manager: Option<&str>,
    arguments: &Arguments,
    ui: &Ui,
) -> Result<ExitStatus, CommandError> {
    let owner = owner(host, manager)?;
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
        ui.text(script.map_err(failed)?.as_str())?;
        return Ok(ExitStatus::Done);
    }

    let url = host.settings().database_url.redacted();
    let question = format!("Take {} in {url} back to {wanted}? Data will be lost.", owner.name());
    confirm(ui, arguments.yes, &question)?;
    let report =
        change(host, ui, &arguments.changing, Access::Write, async |migrator, database, observer| {
            migrator.run(database, owner.name(), intent, observer).await
        })
        .await?;
    if report.owners.iter().any(|owner| owner.kind == PlanKind::Beyond) {
        ui.line(&format!("already older than {wanted}; use migrate to go there"));
    }
    Ok(ExitStatus::Done)
}
