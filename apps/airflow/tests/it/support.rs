//! Running the program as a user does.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use dunlin_testkit::TestDatabase;
use tempfile::TempDir;

/// The manager of the ticketing plugin.
pub(crate) const TICKETING: &str = "ticketing.db_manager.DRTDBManager";

/// A home directory and the settings of one installation.
pub(crate) struct Installation {
    home: TempDir,
    variables: Vec<(String, String)>,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The exit code.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

impl Installation {
    /// One whose metadata database is `database`, with the ticketing plugin registered.
    pub(crate) fn on(database: &TestDatabase) -> Self {
        Self::bare()
            .set("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", database.url())
            .set("AIRFLOW__DATABASE__EXTERNAL_DB_MANAGERS", TICKETING)
    }

    /// One without any settings: SQLite in its home.
    pub(crate) fn bare() -> Self {
        Self { home: tempfile::tempdir().unwrap(), variables: Vec::new() }
    }

    /// With a variable set, in place of an earlier value.
    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The home directory.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// The variables, for a host in this process.
    pub(crate) fn environment(&self) -> airflow::config::Environment {
        let home = ("AIRFLOW_HOME".to_owned(), self.home().display().to_string());
        airflow::config::Environment::of(self.variables.iter().cloned().chain([home]))
    }

    /// The command, ready to be run.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_airflow"));
        let inherited = std::env::vars_os().filter(|(name, _)| {
            let name = name.to_string_lossy();
            !name.starts_with("AIRFLOW") && !name.starts_with("PG")
        });
        command.env_clear().envs(inherited.collect::<Vec<_>>());
        command.env("AIRFLOW_HOME", self.home()).envs(self.variables.iter().cloned());
        command.args(arguments).stdin(Stdio::null());
        command
    }

    /// Runs a command, with an empty standard input.
    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        self.command(arguments).output().map(Outcome::from).unwrap()
    }

    /// Runs a command that must succeed, and returns its standard output.
    #[track_caller]
    pub(crate) fn succeed(&self, arguments: &[&str]) -> String {
        let outcome = self.run(arguments);
        assert_eq!(outcome.code, 0, "airflow {}: {outcome:?}", arguments.join(" "));
        outcome.stdout
    }
}

impl From<Output> for Outcome {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}
