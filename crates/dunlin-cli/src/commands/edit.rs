//! `edit`

use std::process::Command;

use clap::Args;

use super::show::revisions;
use crate::command_error::CommandError;
use crate::exit::ExitStatus;
use crate::project::Project;

/// Open a revision's file in $VISUAL or $EDITOR.
#[derive(Debug, Clone, Args)]
pub struct Edit {
    /// An id or the beginning of one, a branch label, `head`, or `current` (the database is asked).
    #[arg(value_name = "REVISION", allow_negative_numbers = true)]
    revision: String,
}

impl Edit {
    /// Whether the database is asked.
    pub(crate) fn asks_database(&self) -> bool {
        self.revision.contains("current")
    }

    /// Opens it, and waits for the editor.
    ///
    /// # Errors
    /// There is no such revision, or no editor, or it failed.
    pub async fn run(&self, project: &Project) -> Result<ExitStatus, CommandError> {
        let (revisions, _) = revisions(project, &self.revision).await?;
        let [revision] = revisions[..] else {
            let text = format!("{} names {} revisions", self.revision, revisions.len());
            return Err(CommandError::usage(text).hint("name one by its id"));
        };
        let Some(file) = project.file(&revision.id) else {
            let text = format!("the file of revision {} was not found", revision.id);
            return Err(
                CommandError::failed(text).hint("version_locations in dunlin.toml say where revisions are")
            );
        };
        let variable = |name| std::env::var(name).ok().filter(|value: &String| !value.trim().is_empty());
        let Some(editor) = variable("VISUAL").or_else(|| variable("EDITOR")) else {
            return Err(CommandError::usage("neither VISUAL nor EDITOR is set")
                .hint(format!("set one of them, or open {} yourself", file.display())));
        };
        let words = shlex::split(&editor).unwrap_or_default();
        let Some((program, arguments)) = words.split_first() else {
            return Err(CommandError::usage(format!("the editor {editor} cannot be read")));
        };
        let status = Command::new(program).args(arguments).arg(&file).status();
        let status = status.map_err(|error| {
            CommandError::failed(format!("the editor {program} cannot be started: {error}"))
        })?;
        match status.success() {
            true => Ok(ExitStatus::Done),
            false => Err(CommandError::failed(format!("the editor {program} failed: {status}"))),
        }
    }
}
