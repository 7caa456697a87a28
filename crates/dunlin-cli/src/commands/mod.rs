//! The commands, one file each: clap arguments with a `run` on a [`Project`].
//!
//! A program of its own takes those that it wants, or all of them with [`Command`].

mod branches;
mod change;
mod check;
mod current;
mod downgrade;
mod edit;
mod ensure_version;
mod generate_models;
mod heads;
mod history;
mod init;
mod log;
mod merge;
mod new_file;
mod plan;
mod range;
mod revision;
mod show;
mod shown;
mod squash;
mod stamp;
mod templates;
mod upgrade;
mod wait;

use clap::Subcommand;

use crate::command_error::CommandError;
use crate::exit::ExitStatus;
use crate::project::Project;
use crate::ui::Ui;

pub use branches::Branches;
pub use change::Changing;
pub use check::Check;
pub use current::Current;
pub use downgrade::Downgrade;
pub use edit::Edit;
pub use ensure_version::EnsureVersion;
pub use generate_models::GenerateModels;
pub use heads::Heads;
pub use history::History;
pub use init::{Init, Template};
pub use log::Log;
pub use merge::Merge;
pub use plan::Plan;
pub use revision::Revision;
pub use show::Show;
pub use squash::Squash;
pub use stamp::Stamp;
pub use templates::Templates;
pub use upgrade::Upgrade;
pub use wait::Wait;

/// The commands that work on a project.
#[derive(Debug, Clone, Subcommand)]
#[non_exhaustive]
#[allow(missing_docs, reason = "what a command does, its arguments say; here it would stand in their place")]
pub enum Command {
    Revision(Revision),
    Merge(Merge),
    Upgrade(Upgrade),
    Downgrade(Downgrade),
    Plan(Plan),
    Current(Current),
    Wait(Wait),
    Heads(Heads),
    Branches(Branches),
    History(History),
    Show(Show),
    Log(Log),
    Edit(Edit),
    Squash(Squash),
    Check(Check),
    GenerateModels(GenerateModels),
    Stamp(Stamp),
    EnsureVersion(EnsureVersion),
}

impl Command {
    /// Whether the database or the models are asked: a program has what is compiled into it, and the files alone
    /// do not say it.
    pub fn needs_program(&self) -> bool {
        match self {
            Self::Heads(_) | Self::Branches(_) | Self::Merge(_) | Self::Squash(_) => false,
            Self::Revision(command) => command.asks_models(),
            Self::History(command) => command.asks_database(),
            Self::Show(command) => command.asks_database(),
            Self::Edit(command) => command.asks_database(),
            _ => true,
        }
    }

    /// Whether more is asked than the files say of a project whose revisions are compiled into a program.
    pub(crate) fn needs_program_for(&self, heads: &Project) -> bool {
        match self {
            Self::Squash(command) => command.asks_what_they_do(heads),
            _ => self.needs_program(),
        }
    }

    /// Whether it compares with the models.
    pub fn asks_models(&self) -> bool {
        match self {
            Self::Revision(command) => command.asks_models(),
            Self::Check(_) => true,
            _ => false,
        }
    }

    /// Runs it.
    ///
    /// # Errors
    /// What to show to the user; its status is the exit code.
    pub async fn run(&self, project: &Project, ui: &Ui) -> Result<ExitStatus, CommandError> {
        match self {
            Self::Revision(command) => command.run(project, ui).await,
            Self::Merge(command) => command.run(project, ui).await,
            Self::Plan(command) => command.run(project, ui).await,
            Self::Wait(command) => command.run(project, ui).await,
            Self::Edit(command) => command.run(project).await,
            Self::Squash(command) => command.run(project, ui),
            Self::Check(command) => command.run(project, ui).await,
            Self::GenerateModels(command) => command.run(project, ui).await,
            Self::Log(command) => command.run(project, ui).await,
            Self::Stamp(command) => command.run(project, ui).await,
            Self::EnsureVersion(command) => command.run(project, ui).await,
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
