//! `revision`

use clap::Args;
use dunlin::Access;

use super::new_file::{FileOptions, Request};
use crate::author::Content;
use crate::command_error::CommandError;
use crate::exit::ExitStatus;
use crate::project::Project;
use crate::ui::Ui;

/// What --sql is, where there is something to fill a file with.
const SQL: &str =
    "Write SQL; with --autogenerate a section for each of --dialect, else for the database's own";

/// Write a new revision file behind the newest revision.
///
/// With --autogenerate it does what makes of the database, which must stand at the newest revision, what
/// the models want; with --offline as well, of what the revisions leave. Where nothing differs, no file is
/// written.
#[derive(Debug, Clone, Args)]
#[command(
    mut_arg("dialect", |arg| arg.requires("autogenerate")),
    mut_arg("sql", |arg| arg.help(SQL)),
)]
pub struct Revision {
    #[command(flatten)]
    content: Content,
    /// What it follows: a revision, `label@head`, or `base` for the beginning of another line.
    #[arg(long, value_name = "REVISION", default_value = "head")]
    head: String,
    /// A revision of another branch that must be there first. May be given several times.
    #[arg(long, value_name = "REVISION")]
    depends_on: Vec<String>,
    #[command(flatten)]
    options: FileOptions,
}

impl Revision {
    /// Whether models are asked for, which a program has compiled in.
    pub(crate) fn asks_models(&self) -> bool {
        self.content.autogenerate
    }

    /// Writes the file.
    ///
    /// # Errors
    /// It does not fit the history, the models cannot be compared, what differs cannot be written, or a hook
    /// failed.
    pub async fn run(&self, project: &Project, ui: &Ui) -> Result<ExitStatus, CommandError> {
        let request = Request {
            message: &self.content.message,
            parents: vec![self.head.clone()],
            depends_on: &self.depends_on,
            options: &self.options,
        };
        let sql = self.options.writes_sql(project)?;
        let revision = request.revision(project)?;
        let wanted = self.content.wanted(sql);
        let scratch = || project.scratch();
        let author = project.author(ui).scratch(&scratch);
        if self.content.autogenerate {
            project.require_models()?;
        }
        let draft = match self.content.is_offline() {
            true => wanted.draft(&author, revision.clone(), None).await?,
            false => {
                let mut database = project.connect(Access::Read).await?;
                let draft = wanted.draft(&author, revision.clone(), Some(&mut database)).await;
                database.close().await;
                draft?
            }
        };
        let Some(draft) = draft else { return Ok(ExitStatus::Done) };
        draft.warnings.iter().for_each(|line| ui.note(line));
        request.write(project, ui, &revision, &draft.text, if sql { "sql" } else { "rs" })
    }
}
