//! Our history on a database: the one place that knows which program runs it.

use std::path::PathBuf;
use std::process::Command;

use super::super::database::Database;
use super::super::program;
use crate::Result;

/// The program that runs our history: the example `history`, which has the revisions that are not yet in `airflow`.
pub(super) struct Ours {
    program: PathBuf,
}

impl Ours {
    pub(super) fn ready() -> Result<Self> {
        Ok(Self { program: program::built("airflow", &["--example", "history"])? })
    }

    /// The revisions that it has.
    pub(super) fn revisions(&self) -> Result<Vec<String>> {
        let said = crate::machine::output(Command::new(&self.program).arg("revisions"))?;
        Ok(said.lines().map(str::to_owned).collect())
    }

    /// Runs to a revision, and expects it to succeed.
    pub(super) fn run(&self, database: &Database<'_>, way: &str, revision: &str) -> Result<()> {
        let failed =
            |why: String| format!("ours: {way} to {revision} failed on {}: {why}", database.kind.name());
        Ok(self.tried(database, way, revision)?.map_err(failed)?)
    }

    /// Runs to a revision; the inner error is what it says on standard error.
    pub(super) fn tried(
        &self,
        database: &Database<'_>,
        way: &str,
        revision: &str,
    ) -> Result<Result<(), String>> {
        let mut command = Command::new(&self.program);
        let output = command.args([way, revision]).env("DATABASE_URL", &database.url).output()?;
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Ok(if output.status.success() { Ok(()) } else { Err(said) })
    }
}
