//! `branches`

use clap::Args;
use dunlin::core::revision::Revision;
use serde_json::{Value, json};

use super::shown::Shown;
use crate::command_error::CommandError;
use crate::exit::ExitStatus;
use crate::project::Project;
use crate::ui::Ui;

/// Show the branch points: revisions that several follow, and those.
///
/// No database is asked.
#[derive(Debug, Clone, Args)]
pub struct Branches {
    /// Show everything about each branch point.
    #[arg(short, long)]
    verbose: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Branches {
    /// Shows them.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn run(&self, project: &Project, ui: &Ui) -> Result<ExitStatus, CommandError> {
        let history = project.history()?;
        let shown = Shown::new(project, None)?;
        let points: Vec<(&Revision, Vec<&Revision>)> = history
            .revisions()
            .iter()
            .map(|revision| (revision, history.next(&revision.id)))
            .filter(|(_, next)| next.len() > 1)
            .collect();
        if self.json {
            let branch = |(revision, next): &(&Revision, Vec<&Revision>)| -> Value {
                let next: Vec<Value> = next.iter().map(|revision| shown.json(revision)).collect();
                json!({ "branch_point": shown.json(revision), "next": next })
            };
            let branches: Vec<Value> = points.iter().map(branch).collect();
            ui.line(&json!({ "owner": project.owner_name(), "branches": branches }).to_string());
            return Ok(ExitStatus::Done);
        }
        for (revision, next) in &points {
            ui.line(&if self.verbose { shown.long(revision) } else { shown.brief(revision) });
            next.iter().for_each(|revision| ui.line(&format!("  -> {}", shown.brief(revision))));
        }
        if points.is_empty() {
            ui.note("there are no branches");
        }
        Ok(ExitStatus::Done)
    }
}
