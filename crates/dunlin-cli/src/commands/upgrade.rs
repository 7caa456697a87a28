//! `upgrade`

use clap::Args;
use dunlin::Access;
use dunlin::engine::history::Target;
use dunlin::engine::plan::{Intent, PlanKind};

use super::change::{Changing, change};
use super::range::{range, single};
use crate::command_error::CommandError;
use crate::exit::ExitStatus;
use crate::project::{Project, failed};
use crate::ui::Ui;

/// Bring the database up to a revision, by default to the newest.
///
/// Each revision is committed with the row that says so, where the database can do that. The plan is made,
/// and checked as a whole, before anything runs.
#[derive(Debug, Clone, Args)]
pub struct Upgrade {
    /// Where to: an id or the beginning of one, `head`, `heads`, a branch label, `label@head`, `+2`, `id+2`;
    /// with --sql also FROM:TO.
    #[arg(value_name = "TARGET", default_value = "head", allow_negative_numbers = true)]
    target: String,
    #[command(flatten)]
    changing: Changing,
}

impl Upgrade {
    /// Upgrades, or prints how.
    ///
    /// # Errors
    /// There is no such target, or the run stopped.
    pub async fn run(&self, project: &Project, ui: &Ui) -> Result<ExitStatus, CommandError> {
        let intent = |target| Intent::Upgrade { target: Some(target), use_migration_files: true };
        project.need_revisions()?;
        if self.changing.sql() {
            let (from, to) = match self.target.contains(':') {
                true => range(project, &self.target)?,
                false => (None, Some(project.target(&self.target)?)),
            };
            let (from, to) = (from.unwrap_or(Target::BASE), to.unwrap_or(Target::HEADS));
            let dialect = self.changing.dialect(project)?;
            let migrator = project.migrator();
            let script = migrator.offline_script(dialect, project.owner_name(), &intent(to), &from).await;
            ui.text(script.map_err(failed)?.as_str())?;
            return Ok(ExitStatus::Done);
        }
        let target = single(project, &self.target)?;
        let report = change(project, ui, &self.changing, Access::Create, intent(target)).await?;
        if report.kind == PlanKind::Beyond && !self.changing.json() {
            let target = &self.target;
            ui.note(&format!(
                "the database is beyond {target} already; `dunlin downgrade {target}` goes back"
            ));
        }
        Ok(ExitStatus::Done)
    }
}
