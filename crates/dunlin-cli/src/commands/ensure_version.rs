//! `ensure-version`

use clap::Args;
use dunlin::Access;
use dunlin::engine::history::Target;
use dunlin::engine::plan::Intent;

use super::change::{Changing, change};
use crate::command_error::CommandError;
use crate::exit::ExitStatus;
use crate::project::{Project, failed};
use crate::ui::Ui;

/// Make the version table, if it is not there.
///
/// No other command needs this to be done first.
#[derive(Debug, Clone, Args)]
pub struct EnsureVersion {
    #[command(flatten)]
    changing: Changing,
}

impl EnsureVersion {
    /// Makes it, or prints how.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn run(&self, project: &Project, ui: &Ui) -> Result<ExitStatus, CommandError> {
        let intent = Intent::EnsureVersionTable;
        if self.changing.sql() {
            let dialect = self.changing.dialect(project)?;
            let (migrator, owner) = (project.migrator(), project.owner_name());
            let script = migrator.offline_script(dialect, owner, &intent, &Target::BASE).await;
            ui.text(script.map_err(failed)?.as_str())?;
            return Ok(ExitStatus::Done);
        }
        change(project, ui, &self.changing, Access::Create, intent).await?;
        Ok(ExitStatus::Done)
    }
}
