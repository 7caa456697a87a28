//! `airflow db check`

use std::time::Duration;

use clap::Args;
use dunlin::{Access, Database, Error};
use dunlin_cli::{CommandError, ExitStatus, Ui};

use super::{Common, absent};
use crate::config::Settings;
use crate::host::failed;

/// The options of `airflow db check`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// How often to try again.
    #[arg(long, value_name = "TIMES", default_value_t = 0)]
    retry: u32,
    /// How long to wait before trying again, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 1)]
    retry_delay: u64,
    #[command(flatten)]
    pub(super) common: Common,
}

pub(super) async fn run(
    settings: &Settings,
    arguments: &Arguments,
    ui: &Ui,
) -> Result<ExitStatus, CommandError> {
    let mut tries = 0;
    loop {
        match ping(settings).await {
            Ok(false) => break,
            Ok(true) => return Err(absent(&settings.database_url.redacted())),
            Err(error) if tries >= arguments.retry => return Err(failed(error)),
            Err(error) => {
                tries += 1;
                ui.note(&format!("{error}; try {tries} of {}", arguments.retry));
                tokio::time::sleep(Duration::from_secs(arguments.retry_delay)).await;
            }
        }
    }
    ui.line(&format!("{} can be reached", settings.database_url.redacted()));
    Ok(ExitStatus::Done)
}

/// Whether what answers is a file that does not exist.
async fn ping(settings: &Settings) -> Result<bool, Error> {
    let mut database = Database::connect(&settings.database_url, Access::Read).await?;
    database.ping().await?;
    let absent = database.is_absent();
    database.close().await;
    Ok(absent)
}
