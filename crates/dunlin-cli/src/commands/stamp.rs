//! `stamp`

use clap::Args;
use dunlin::Access;
use dunlin::engine::history::Target;
use dunlin::engine::plan::Intent;

use super::change::{Changing, change};
use super::range::{range, single};
use crate::command_error::CommandError;
use crate::exit::ExitStatus;
use crate::project::{Project, failed};
use crate::ui::Ui;

/// Say where the database is, without running anything.
///
/// The version rows on the lines of the given revisions are replaced; rows of other branches stay. It is for
/// a database whose tables were made in another way.
#[derive(Debug, Clone, Args)]
pub struct Stamp {
    /// The revisions: ids or the beginnings of some, `head`, `heads`, `base`, `label@head`; with --sql also
    /// FROM:TO, with one FROM.
    #[arg(value_name = "REVISION", required = true, allow_negative_numbers = true)]
    revisions: Vec<String>,
    /// Take all version rows away first, also those of revisions that are not known here.
    #[arg(long, conflicts_with = "sql")]
    purge: bool,
    #[command(flatten)]
    changing: Changing,
}

impl Stamp {
    /// Stamps, or prints how.
    ///
    /// # Errors
    /// There is no such revision, or the database refuses.
    pub async fn run(&self, project: &Project, ui: &Ui) -> Result<ExitStatus, CommandError> {
        if self.revisions.iter().any(|text| text != "base") {
            project.need_revisions()?;
        }
        let intent = |targets| Intent::Stamp { targets, purge: self.purge };
        if self.changing.sql() {
            let (from, targets) = self.ranges(project)?;
            let dialect = self.changing.dialect(project)?;
            let (migrator, owner) = (project.migrator(), project.owner_name());
            let script = migrator.offline_script(dialect, owner, &intent(targets), &from).await;
            ui.text(script.map_err(failed)?.as_str())?;
            return Ok(ExitStatus::Done);
        }
        let targets = self.revisions.iter().map(|text| single(project, text));
        let targets = targets.collect::<Result<Vec<_>, _>>()?;
        change(project, ui, &self.changing, Access::Create, intent(targets)).await?;
        Ok(ExitStatus::Done)
    }

    /// The one beginning, and all ends.
    fn ranges(&self, project: &Project) -> Result<(Target, Vec<Target>), CommandError> {
        let mut begin: Option<Target> = None;
        let mut targets = Vec::with_capacity(self.revisions.len());
        for text in &self.revisions {
            let (from, to) = match text.contains(':') {
                true => range(project, text)?,
                false => (None, Some(project.target(text)?)),
            };
            targets.push(to.unwrap_or(Target::HEADS));
            match (&begin, from) {
                (Some(known), Some(from)) if *known != from => {
                    return Err(CommandError::usage("a stamp as SQL begins at one revision")
                        .hint("write the same FROM before each colon"));
                }
                (_, Some(from)) => begin = Some(from),
                (_, None) => {}
            }
        }
        Ok((begin.unwrap_or(Target::BASE), targets))
    }
}
