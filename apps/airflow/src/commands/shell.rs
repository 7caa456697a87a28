//! `airflow db shell`

use clap::Args;
use dunlin_cli::{CommandError, ExitStatus, Ui};

use super::Common;
use crate::config::Settings;
use crate::shell;

/// The options of `airflow db shell`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub(super) common: Common,
}

pub(super) fn run(settings: &Settings, ui: &Ui) -> Result<ExitStatus, CommandError> {
    ui.note(&format!("database: {}", settings.database_url.redacted()));
    match shell::open(&settings.database_url) {
        Ok(never) => match never {},
        Err(error) => {
            let hint = error.hint();
            Err(CommandError::failed(error).hint(hint))
        }
    }
}
