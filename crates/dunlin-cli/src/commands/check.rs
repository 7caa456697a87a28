//! `check`

use clap::Args;
use dunlin::Access;

use crate::author;
use crate::command_error::CommandError;
use crate::exit::ExitStatus;
use crate::project::Project;
use crate::ui::Ui;

/// Compare the models with the database, or with the revisions.
///
/// A database is compared that stands at the newest revision. Exits 0 where nothing differs, and 3 where
/// something does or revisions are pending. Nothing is written to it: a role that may only read is enough, but
/// where the models are SQL. These are run in a scratch database, which is made on the same server and dropped
/// again, unless `scratch_url` names another: there the role must be allowed to make databases.
#[derive(Debug, Clone, Args)]
#[group(skip)]
pub struct Check {
    #[command(flatten)]
    check: author::Check,
}

impl Check {
    /// Compares.
    ///
    /// # Errors
    /// There are no models, something cannot be read or compared; or, with exit status 3, something differs.
    pub async fn run(&self, project: &Project, ui: &Ui) -> Result<ExitStatus, CommandError> {
        project.require_models()?;
        let scratch = || project.scratch();
        let author = project.author(ui).scratch(&scratch);
        if self.check.is_offline() {
            return self.check.run(&author, None).await;
        }
        let mut database = project.connect(Access::Read).await?;
        let result = self.check.run(&author, Some(&mut database)).await;
        database.close().await;
        result
    }
}
