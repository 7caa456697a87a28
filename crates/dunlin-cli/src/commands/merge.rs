//! `merge`

use clap::Args;
use dunlin::Database;
use dunlin::core::revision::RevisionId;

use super::new_file::{FileOptions, Request};
use crate::author::{Against, Wanted};
use crate::command_error::CommandError;
use crate::exit::ExitStatus;
use crate::project::Project;
use crate::ui::Ui;

/// Write a revision file that follows several heads, so that there is one again.
#[derive(Debug, Clone, Args)]
pub struct Merge {
    /// What it follows; else all heads.
    #[arg(value_name = "REVISION", default_value = "heads")]
    revisions: Vec<String>,
    /// What the revision is about; else which revisions it merges.
    #[arg(short, long)]
    message: Option<String>,
    #[command(flatten)]
    options: FileOptions,
}

impl Merge {
    /// Writes the file.
    ///
    /// # Errors
    /// There are not several revisions to merge, or one of them is no head.
    pub async fn run(&self, project: &Project, ui: &Ui) -> Result<ExitStatus, CommandError> {
        let sql = self.options.writes_sql(project)?;
        let parents = self.parents(project)?;
        let ids: Vec<&str> = parents.iter().map(RevisionId::as_str).collect();
        let message = self.message.clone().unwrap_or_else(|| format!("merge {}", ids.join(" and ")));
        let request = Request {
            message: &message,
            parents: parents.iter().map(ToString::to_string).collect(),
            depends_on: &[],
            options: &self.options,
        };
        let revision = request.revision(project)?;
        let wanted = Wanted { against: &Against::default(), autogenerate: false, sql };
        let draft = wanted.draft(&project.author(ui), revision.clone(), None::<&mut Database>).await?;
        let text = draft.map(|draft| draft.text).unwrap_or_default();
        request.write(project, ui, &revision, &text, if sql { "sql" } else { "rs" })
    }

    fn parents(&self, project: &Project) -> Result<Vec<RevisionId>, CommandError> {
        let history = project.history()?;
        let mut parents: Vec<RevisionId> = Vec::new();
        for text in &self.revisions {
            let ids = match text.as_str() {
                // Also those that something else depends on: they are ends of lines, too.
                "heads" => history.heads(),
                text => {
                    let ids = history.rows_at(&project.target(text)?);
                    ids.map_err(|error| project.no_target(error))?
                }
            };
            for id in ids {
                if !parents.contains(&id) {
                    parents.push(id);
                }
            }
        }
        match parents.as_slice() {
            [] => {
                Err(CommandError::usage("there is nothing to merge").hint("`dunlin heads` shows the heads"))
            }
            [one] => Err(CommandError::usage(format!("there is nothing to merge {one} with"))
                .hint("`dunlin heads` shows the heads")),
            _ => Ok(parents),
        }
    }
}
