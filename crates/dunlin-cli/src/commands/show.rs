//! `show`

use clap::Args;
use dunlin::core::revision::{Revision, RevisionId};
use serde_json::{Value, json};

use super::shown::{Shown, print, status};
use crate::command_error::CommandError;
use crate::exit::ExitStatus;
use crate::project::{LOST, Project};
use crate::ui::Ui;

/// Show everything about a revision.
#[derive(Debug, Clone, Args)]
pub struct Show {
    /// An id or the beginning of one, a branch label, `head`, `heads`, or `current` (the database is asked).
    #[arg(value_name = "REVISION", allow_negative_numbers = true)]
    revision: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Show {
    /// Whether the database is asked.
    pub(crate) fn asks_database(&self) -> bool {
        self.revision.contains("current")
    }

    /// Shows it.
    ///
    /// # Errors
    /// There is no such revision, or the database cannot be read.
    pub async fn run(&self, project: &Project, ui: &Ui) -> Result<ExitStatus, CommandError> {
        let (revisions, rows) = revisions(project, &self.revision).await?;
        let shown = Shown::new(project, rows.as_deref())?;
        if self.json {
            let revisions: Vec<Value> = revisions.iter().map(|revision| shown.json(revision)).collect();
            ui.line(&json!({ "owner": project.owner_name(), "revisions": revisions }).to_string());
        } else if revisions.is_empty() {
            ui.note(match project.history()?.revisions() {
                [] => "there are no revisions yet",
                _ if rows.is_some() => "the database is at no revision",
                _ => "there is no revision at the base",
            });
        } else {
            print(ui, &shown, revisions, true, Shown::line)?;
        }
        Ok(ExitStatus::Done)
    }
}

/// The revisions that a target names, and, for `current`, the rows that say so.
pub(super) async fn revisions<'p>(
    project: &'p Project,
    text: &str,
) -> Result<(Vec<&'p Revision>, Option<Vec<RevisionId>>), CommandError> {
    let owner = project.owner()?;
    let target = project.target(text)?;
    let (ids, rows) = match target.is_current() {
        true => {
            let status = status(project).await?;
            if let Some(unknown) = status.unknown.first() {
                let text = format!("the database is at revision {unknown}, which is not known here");
                return Err(CommandError::failed(text).hint(LOST));
            }
            (status.rows.clone(), Some(status.rows))
        }
        false => (owner.rows_at(&target).map_err(|error| project.no_target(error))?, None),
    };
    Ok((ids.iter().filter_map(|id| owner.revision(id)).collect(), rows))
}
