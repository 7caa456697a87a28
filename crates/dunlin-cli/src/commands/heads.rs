//! `heads`

use clap::Args;
use dunlin::core::revision::{Revision, RevisionId};
use serde_json::{Value, json};

use super::shown::{Shown, print};
use crate::command_error::CommandError;
use crate::exit::ExitStatus;
use crate::project::Project;
use crate::ui::Ui;

/// Show the newest revisions: those that nothing follows.
///
/// Several are the ends of several branches; `merge` makes one of them. No database is asked.
#[derive(Debug, Clone, Args)]
pub struct Heads {
    /// Leave out those that another revision depends on: what is left are the rows of a database that has
    /// everything.
    #[arg(long)]
    resolve_dependencies: bool,
    /// Show everything about each.
    #[arg(short, long)]
    verbose: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Heads {
    /// Shows them.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn run(&self, project: &Project, ui: &Ui) -> Result<ExitStatus, CommandError> {
        let history = project.history()?;
        let shown = Shown::new(project, None)?;
        let heads: Vec<RevisionId> = match self.resolve_dependencies {
            true => history.effective_heads(),
            false => history.heads(),
        };
        let revisions: Vec<&Revision> = heads.iter().filter_map(|id| history.get(id)).collect();
        if self.json {
            let heads: Vec<Value> = revisions.iter().map(|revision| shown.json(revision)).collect();
            ui.line(&json!({ "owner": project.owner_name(), "heads": heads }).to_string());
        } else if revisions.is_empty() {
            ui.note("there are no revisions yet");
        } else {
            print(ui, &shown, revisions, self.verbose, Shown::brief)?;
        }
        Ok(ExitStatus::Done)
    }
}
