//! `history`

use clap::Args;
use dunlin::core::revision::RevisionId;
use dunlin::engine::history::{HistoryError, Target};
use serde_json::{Value, json};

use super::range::range;
use super::shown::{Shown, print, status};
use crate::command_error::CommandError;
use crate::exit::ExitStatus;
use crate::project::Project;
use crate::ui::Ui;

/// Show the revisions, newest first.
///
/// The database is asked only with --indicate-current, or where the range says `current`.
#[derive(Debug, Clone, Args)]
pub struct History {
    /// Show those behind FROM up to TO, and FROM itself. Either may be left out, `current` is where the database
    /// is, and `-2` or `+2` counts from the other end.
    #[arg(short = 'r', long, value_name = "FROM:TO", allow_hyphen_values = true)]
    rev_range: Option<String>,
    /// Say where the database is.
    #[arg(short, long)]
    indicate_current: bool,
    /// Show everything about each.
    #[arg(short, long)]
    verbose: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl History {
    /// Whether the database is asked.
    pub(crate) fn asks_database(&self) -> bool {
        self.indicate_current || self.rev_range.as_ref().is_some_and(|range| range.contains("current"))
    }

    /// Shows them.
    ///
    /// # Errors
    /// The range is none, or the database cannot be read.
    pub async fn run(&self, project: &Project, ui: &Ui) -> Result<ExitStatus, CommandError> {
        let history = project.history()?;
        let (from, to) = match &self.rev_range {
            Some(text) => range(project, text)?,
            None => (None, None),
        };
        let (from, to) = (from.unwrap_or(Target::BASE), to.unwrap_or(Target::HEADS));
        let rows = match self.indicate_current || from.is_current() || to.is_current() {
            true => Some(status(project).await?.rows),
            false => None,
        };
        let to = to.on_branch_of(&from);
        let (from, to) = (
            counted(project, from.clone(), &to, rows.as_deref())?,
            counted(project, to, &from, rows.as_deref())?,
        );
        let revisions = history.range(rows.as_deref().unwrap_or_default(), &from, &to);
        let revisions = revisions.map_err(|error| match error {
            HistoryError::NotReached { .. } => CommandError::failed(format!("{from} is not below {to}"))
                .hint("a range begins with the older revision"),
            error => project.no_target(error),
        })?;
        let shown = Shown::new(project, rows.as_deref().filter(|_| self.indicate_current))?;
        if self.json {
            let revisions: Vec<Value> = revisions.iter().map(|revision| shown.json(revision)).collect();
            ui.line(&json!({ "owner": project.owner_name(), "history": revisions }).to_string());
        } else if history.revisions().is_empty() {
            ui.note("there are no revisions yet");
        } else {
            print(ui, &shown, revisions, self.verbose, Shown::line)?;
        }
        Ok(ExitStatus::Done)
    }
}

/// An end of a range; one that is but a number counts from the other.
fn counted(
    project: &Project,
    end: Target,
    other: &Target,
    rows: Option<&[RevisionId]>,
) -> Result<Target, CommandError> {
    if !end.is_relative() || end.branch().is_some() || other.is_relative() {
        return Ok(end);
    }
    let at = match rows.filter(|_| other.is_current()) {
        Some(rows) => rows.to_vec(),
        None => project.history()?.rows_at(other).map_err(|error| project.no_target(error))?,
    };
    match at.as_slice() {
        [one] => project.target(&format!("{one}{end}")),
        [] => Err(CommandError::usage(format!("{end} counts from {other}, which is no revision"))),
        several => {
            let several: Vec<&str> = several.iter().map(RevisionId::as_str).collect();
            Err(CommandError::usage(format!("{end} is ambiguous: it counts from {}", several.join(", ")))
                .hint("name the revision at the other end"))
        }
    }
}
