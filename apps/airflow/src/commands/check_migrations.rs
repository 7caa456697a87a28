//! `airflow db check-migrations`

use std::time::Duration;

use clap::Args;
use dunlin::{Access, Database, Error, OwnerStatus};
use dunlin_cli::{CommandError, ExitStatus, UNKNOWN_REVISION, Ui, print_status, why_not_up_to_date};

use super::Common;
use crate::host::{Host, failed};

/// The options of `airflow db check-migrations`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// How long to wait, in seconds; 0 looks once.
    #[arg(short = 't', long, value_name = "SECONDS", default_value_t = 60)]
    migration_wait_timeout: u64,
    #[command(flatten)]
    pub(super) common: Common,
}

pub(super) async fn run(host: &Host, arguments: &Arguments, ui: &Ui) -> Result<ExitStatus, CommandError> {
    let mut database = host.connect(Access::Read).await?;
    let looks = arguments.migration_wait_timeout.max(1);
    let managers = host.managers();
    let mut shown = Vec::new();
    let mut hint = "run `airflow db migrate`";
    for look in 1..=looks {
        let statuses = match status(host, &mut database).await {
            Ok(statuses) => statuses,
            // Somebody is migrating it.
            Err(error) if error.is_busy() && look < looks => continue,
            Err(error) => return Err(failed(error)),
        };
        let reasons = why_not_up_to_date(&statuses, &managers);
        if reasons.is_empty() {
            print_status(ui, &statuses, &managers);
            database.close().await;
            return Ok(ExitStatus::Done);
        }
        if look < looks {
            if shown != reasons {
                reasons.iter().for_each(|reason| ui.note(&format!("waiting for {reason}")));
                shown = reasons;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
            if database.is_absent() {
                database = host.connect(Access::Read).await?;
            }
            continue;
        }
        shown = reasons;
        if statuses.iter().any(|status| !status.unknown.is_empty()) {
            hint = UNKNOWN_REVISION;
        }
    }
    let waited = match arguments.migration_wait_timeout {
        0 | 1 => String::new(),
        seconds => format!(" after {seconds} s"),
    };
    let error = CommandError::new(ExitStatus::Pending, format!("the database is not up to date{waited}"));
    let error = shown.into_iter().fold(error, CommandError::note);
    Err(error.hint(hint))
}

/// Where the owners stand that the database has now: FAB's manager may have come meanwhile.
async fn status(host: &Host, database: &mut Database) -> Result<Vec<OwnerStatus>, Error> {
    host.owners_of(database).await?.status(database).await
}
