//! `revision`

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use dunlin::Access;

use super::new_file::Request;
use crate::author::{Against, Wanted};
use crate::command_error::CommandError;
use crate::exit::ExitStatus;
use crate::project::Project;
use crate::ui::Ui;

/// Write a new revision file behind the newest revision.
///
/// With --autogenerate it does what makes of the database, which must stand at the newest revision, what
/// the models want; with --offline as well, of what the revisions leave. Where nothing differs, no file is
/// written.
#[derive(Debug, Clone, Args)]
#[command(
    group(ArgGroup::new("for_databases").args(["sql", "offline"]).multiple(true)),
    mut_arg("offline", |arg| arg.requires("autogenerate")),
    mut_arg("renames", |arg| arg.requires("autogenerate")),
    mut_arg("dialect", |arg| arg.requires("autogenerate")),
)]
pub struct Revision {
    /// What the revision is about.
    #[arg(short, long)]
    message: String,
    /// Fill it with what differs between the models and the database.
    #[arg(long)]
    autogenerate: bool,
    #[command(flatten)]
    against: Against,
    /// Write SQL; with --autogenerate a section for each of --dialect, else for the database's own.
    #[arg(long)]
    sql: bool,
    /// Write Rust.
    #[arg(long, conflicts_with = "sql")]
    rust: bool,
    /// What it follows: a revision, `label@head`, or `base` for the beginning of another line.
    #[arg(long, value_name = "REVISION", default_value = "head")]
    head: String,
    /// Let it follow a revision that has another behind it already: a branch begins there.
    #[arg(long)]
    splice: bool,
    /// A name for the branch that it begins. May be given several times.
    #[arg(long = "branch-label", value_name = "LABEL")]
    branch_labels: Vec<String>,
    /// A revision of another branch that must be there first. May be given several times.
    #[arg(long, value_name = "REVISION")]
    depends_on: Vec<String>,
    /// The revision's id; else one is made.
    #[arg(long, value_name = "ID")]
    rev_id: Option<String>,
    /// The directory of the file, one of the version locations.
    #[arg(long, value_name = "DIRECTORY")]
    version_path: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Revision {
    /// Whether models are asked for, which a program has compiled in.
    pub(crate) fn asks_models(&self) -> bool {
        self.autogenerate
    }

    /// Writes the file.
    ///
    /// # Errors
    /// It does not fit the history, the models cannot be compared, what differs cannot be written, or a hook
    /// failed.
    pub async fn run(&self, project: &Project, ui: &Ui) -> Result<ExitStatus, CommandError> {
        let request = Request {
            message: &self.message,
            rev_id: self.rev_id.as_deref(),
            parents: vec![self.head.clone()],
            splice: self.splice,
            branch_labels: &self.branch_labels,
            depends_on: &self.depends_on,
            version_path: self.version_path.as_deref(),
            json: self.json,
        };
        let sql = project.writes_sql(self.sql, self.rust)?;
        let revision = request.revision(project)?;
        let wanted = Wanted { against: &self.against, autogenerate: self.autogenerate, sql };
        let scratch = || project.scratch();
        let author = project.author(ui).scratch(&scratch);
        let draft = match self.autogenerate && !self.against.is_offline() {
            true => {
                project.require_models()?;
                let mut database = project.connect(Access::Read).await?;
                let draft = wanted.draft(&author, revision.clone(), Some(&mut database)).await;
                database.close().await;
                draft?
            }
            false => {
                if self.autogenerate {
                    project.require_models()?;
                }
                wanted.draft(&author, revision.clone(), None).await?
            }
        };
        let Some(draft) = draft else { return Ok(ExitStatus::Done) };
        draft.warnings.iter().for_each(|line| ui.note(line));
        request.write(project, ui, &revision, &draft.text, if sql { "sql" } else { "rs" })
    }
}
