//! `airflow db downgrade` and `airflow db-manager downgrade`

use clap::Args;
use dunlin::core::revision::{Direction, RevisionId};
use dunlin::engine::history::Target;
use dunlin::engine::plan::{Action, Intent, PlanKind};
use dunlin::{Access, Database, Error, Migrator};
use dunlin_cli::{CommandError, ExitStatus, Ui};

use super::target::{From, To};
use super::{Changing, Owners, change, confirm, owners, print_script};
use crate::core::NOTES_WITHOUT_USERS;
use crate::fab;
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
    let owner = host.owner(manager)?;
    let Some(target) = arguments.to.resolve(owner)? else {
        return Err(CommandError::usage("a downgrade needs a target").hint("give -n VERSION or -r REVISION"));
    };
    let wanted = arguments.to.as_given().unwrap_or_default();
    let intent = Intent::Downgrade { target };
    // FAB's manager is touched where the core needs its tables.
    let seen = (manager, if manager.is_none() { Owners::All } else { Owners::OfDatabase });

    if arguments.show_sql_only {
        let script = match arguments.from.resolve(owner)? {
            Some(from) => {
                let dialect = host.dialect_of_script().await;
                host.all_owners().offline_script(dialect, owner.name(), &intent, &from).await
            }
            None => {
                let mut database = host.connect(Access::Read).await?;
                let migrator = owners(host, &mut database, seen.0, seen.1).await?;
                let intents = with_tables_of_users(migrator, &mut database, owner.name(), intent)
                    .await
                    .map_err(failed)?;
                migrator.script_in_order(&mut database, intents).await
            }
        };
        return print_script(ui, &script.map_err(failed)?);
    }

    let url = host.settings().database_url.redacted();
    let question = format!("Take {} in {url} back to {wanted}? Data will be lost.", owner.name());
    confirm(ui, arguments.yes, &question)?;
    let report =
        change(host, ui, &arguments.changing, Access::Write, seen, async |migrator, database, observer| {
            let intents = with_tables_of_users(migrator, database, owner.name(), intent).await?;
            migrator.run_in_order(database, intents, observer).await
        })
        .await?;
    let of_owner = report.owners.iter().find(|report| report.owner == owner.name());
    if of_owner.is_some_and(|owner| owner.kind == PlanKind::Beyond) {
        ui.line(&format!("already older than {wanted}; use migrate to go there"));
    }
    Ok(ExitStatus::Done)
}

/// What is to be done for a downgrade. Where it takes the core back below 3.0, the tables of users are the core's again:
/// FAB's manager leaves them as the core knows them, or makes them where they are not there.
async fn with_tables_of_users<'o>(
    migrator: &Migrator,
    database: &mut Database,
    owner: &'o str,
    intent: Intent,
) -> Result<Vec<(&'o str, Intent)>, Error> {
    let is_core = migrator.owners().first().is_some_and(|core| core.name() == owner);
    if !is_core || migrator.owner(fab::NAME).is_err() {
        return Ok(vec![(owner, intent)]);
    }
    let plan = migrator.plan(database, owner, &intent).await?.plan;
    let takes_back = |action: &Action| {
        matches!(action, Action::Revision { revision, direction: Direction::Downgrade }
            if revision.id.as_str() == NOTES_WITHOUT_USERS)
    };
    let mut intents = vec![(owner, intent)];
    if !plan.steps.iter().any(|step| takes_back(&step.action)) {
        return Ok(intents);
    }
    let target = Target::from(RevisionId::from(fab::BEFORE_3));
    if migrator.is_recorded(database, fab::NAME).await? {
        intents.insert(0, (fab::NAME, Intent::Downgrade { target }));
    } else if !migrator.tables(database, fab::NAME).await?.iter().any(|table| table.name == "ab_user") {
        let upgrade = Intent::Upgrade { target: Some(target), use_migration_files: true };
        intents.insert(0, (fab::NAME, upgrade));
    }
    Ok(intents)
}
