//! `log`

use clap::Args;
use dunlin::Access;
use serde_json::json;

use crate::command_error::CommandError;
use crate::exit::ExitStatus;
use crate::project::{Project, failed};
use crate::ui::Ui;

/// Show what was applied, when, by whom, and how long it took, oldest first.
///
/// It is read from the journal, which is kept in the connection's own schema. What another program applied does not
/// stand in it.
#[derive(Debug, Clone, Args)]
pub struct Log {
    /// Show the last so many.
    #[arg(short = 'n', long, value_name = "NUMBER")]
    limit: Option<usize>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Log {
    /// Shows it.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn run(&self, project: &Project, ui: &Ui) -> Result<ExitStatus, CommandError> {
        let owner = project.owner_name();
        let mut database = project.connect(Access::Read).await?;
        let entries = project.migrator().log(&mut database, Some(owner), self.limit).await;
        database.close().await;
        let entries = entries.map_err(failed)?;
        if self.json {
            ui.line(&json!({ "owner": owner, "log": entries }).to_string());
            return Ok(ExitStatus::Done);
        }
        let mut text = String::new();
        for entry in &entries {
            let what = match &entry.revision {
                Some(revision) => format!("{} {revision}", entry.action),
                None => entry.action.clone(),
            };
            let rows = match entry.version_rows.as_slice() {
                [] => "no revision".to_owned(),
                rows => rows.join(" + "),
            };
            let (at, by, elapsed) = (&entry.applied_at, &entry.applied_by, entry.elapsed_ms);
            text.push_str(&format!("{at} UTC  {what} (then at {rows})  {by}  ({elapsed} ms)\n"));
        }
        if entries.is_empty() && self.limit != Some(0) {
            ui.note("nothing is written down");
        }
        ui.text(&text)?;
        Ok(ExitStatus::Done)
    }
}
