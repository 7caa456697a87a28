//! `downgrade`

use clap::Args;
use dunlin::Access;
use dunlin::engine::history::HistoryError;
use dunlin::engine::plan::{Intent, PlanKind};

use super::change::{Changing, change};
use super::range::{range, single};
use crate::command_error::CommandError;
use crate::exit::ExitStatus;
use crate::project::{Project, failed};
use crate::ui::Ui;

/// Take the database down to a revision, which stays.
///
/// What the revisions above it did is undone by their downgrades, newest first; rows may be lost.
#[derive(Debug, Clone, Args)]
pub struct Downgrade {
    /// Where to: an id or the beginning of one, `base`, `-1`, `label@base`, `label@-1`, `id-2`; with --sql
    /// FROM:TO.
    #[arg(value_name = "TARGET", allow_negative_numbers = true)]
    target: String,
    #[command(flatten)]
    changing: Changing,
}

impl Downgrade {
    /// Downgrades, or prints how.
    ///
    /// # Errors
    /// There is no such target, the database has not reached it, or the run stopped.
    pub async fn run(&self, project: &Project, ui: &Ui) -> Result<ExitStatus, CommandError> {
        if self.changing.sql() {
            let usage = "a downgrade as SQL needs to know where the database is";
            if !self.target.contains(':') {
                return Err(CommandError::usage(usage).hint(format!("write FROM:{}", self.target)));
            }
            let (Some(from), Some(target)) = range(project, &self.target)? else {
                return Err(CommandError::usage(usage).hint("write FROM:TO"));
            };
            let (dialect, owner) = (self.changing.dialect(project)?, project.owner_name());
            let intent = Intent::Downgrade { target };
            let script = project.migrator().offline_script(dialect, owner, &intent, &from).await;
            ui.text(script.map_err(failed)?.as_str())?;
            return Ok(ExitStatus::Done);
        }
        let intent = Intent::Downgrade { target: single(project, &self.target)? };
        let report = change(project, ui, &self.changing, Access::Write, intent).await?;
        if report.kind == PlanKind::Beyond {
            let target = self.target.clone();
            return Err(CommandError::failed(HistoryError::NotReached { target: target.clone() })
                .note("nothing was changed")
                .hint(format!("`dunlin upgrade {target}` goes there; `dunlin current` says where it is")));
        }
        Ok(ExitStatus::Done)
    }
}
