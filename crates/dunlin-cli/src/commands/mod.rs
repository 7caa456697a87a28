//! The commands, one file each: clap arguments with a `run` on a [`Project`].
//!
//! A program of its own takes those that it wants, or all of them with [`Command`].

mod branches;
mod change;
mod current;
mod downgrade;
mod heads;
mod history;
mod range;
mod show;
mod shown;
mod upgrade;

use clap::Subcommand;

use crate::command_error::CommandError;
use crate::exit::ExitStatus;
use crate::project::Project;
use crate::ui::Ui;

pub use branches::Branches;
pub use change::Changing;
pub use current::Current;
pub use downgrade::Downgrade;
pub use heads::Heads;
pub use history::History;
pub use show::Show;
pub use upgrade::Upgrade;

/// The commands that work on a project.
#[derive(Debug, Clone, Subcommand)]
#[non_exhaustive]
#[allow(missing_docs, reason = "what a command does, its arguments say; here it would stand in their place")]
pub enum Command {
    Upgrade(Upgrade),
    Downgrade(Downgrade),
    Current(Current),
    Heads(Heads),
    Branches(Branches),
    History(History),
    Show(Show),
}

impl Command {
    /// Runs it.
    ///
    /// # Errors
    /// What to show to the user; its status is the exit code.
    pub async fn run(&self, project: &Project, ui: &Ui) -> Result<ExitStatus, CommandError> {
        match self {
            Self::Upgrade(command) => command.run(project, ui).await,
            Self::Downgrade(command) => command.run(project, ui).await,
            Self::Current(command) => command.run(project, ui).await,
            Self::Heads(command) => command.run(project, ui),
            Self::Branches(command) => command.run(project, ui),
            Self::History(command) => command.run(project, ui).await,
            Self::Show(command) => command.run(project, ui).await,
        }
    }
}
