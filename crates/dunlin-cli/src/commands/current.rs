//! `current`

use clap::Args;
use dunlin::core::revision::RevisionId;
use serde_json::json;

use super::shown::{Shown, remedy, status};
use crate::command_error::CommandError;
use crate::exit::ExitStatus;
use crate::project::Project;
use crate::report::why_not_up_to_date;
use crate::ui::Ui;

/// Show where the database is.
///
/// A row that another row's revision follows is superfluous: `upgrade` refuses it, as Alembic does.
///
/// Nothing is written, not even a version table or a SQLite file: a role that may only read is enough.
#[derive(Debug, Clone, Args)]
pub struct Current {
    /// Exit 3 unless the database is at the newest revisions.
    #[arg(short, long)]
    check_heads: bool,
    /// Show everything about each revision.
    #[arg(short, long)]
    verbose: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Current {
    /// Shows it.
    ///
    /// # Errors
    /// The database cannot be read; or, with exit status 3, it is to be at the newest revisions and is not.
    pub async fn run(&self, project: &Project, ui: &Ui) -> Result<ExitStatus, CommandError> {
        if self.check_heads {
            project.need_revisions()?;
        }
        let status = status(project).await?;
        let shown = Shown::new(project, None)?.superfluous(&status.superfluous);
        let is_up_to_date = status.is_up_to_date();
        if self.json {
            let pending: Vec<&RevisionId> = status.pending.iter().map(|revision| &revision.id).collect();
            let all = json!({
                "owner": status.owner,
                "rows": status.rows,
                "heads": status.heads,
                "is_up_to_date": is_up_to_date,
                "pending": pending,
                "unknown": status.unknown,
                "superfluous": status.superfluous,
                "half_done": status.begun.as_ref().map(|begun| &begun.revision),
            });
            ui.line(&all.to_string());
        } else if status.rows.is_empty() {
            ui.line("no revision");
        } else {
            for row in &status.rows {
                ui.line(&match project.owner()?.at(&status.rows).history().get(row) {
                    Some(revision) if self.verbose => shown.long(revision),
                    Some(revision) => shown.brief(revision),
                    None => format!("{row}  (not known here)"),
                });
            }
        }
        if let (Some(begun), false) = (&status.begun, self.json) {
            ui.note(&format!("the {} of {} is half done", begun.direction, begun.revision));
        }
        if !self.check_heads || is_up_to_date {
            return Ok(ExitStatus::Done);
        }
        if self.json {
            return Ok(ExitStatus::Pending);
        }
        let hint = remedy(&status);
        let error = CommandError::new(ExitStatus::Pending, "the database is not up to date");
        let reasons = why_not_up_to_date(&[status], &[project.owner()?.manager()]);
        Err(reasons.into_iter().fold(error, CommandError::note).hint(hint))
    }
}
