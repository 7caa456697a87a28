//! The two programs named `airflow`: the real one and ours.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::Value;

use super::database::Database;
use super::repository;
use super::venv::Venv;
use crate::Result;

/// The ticketing plugin's DB manager, which both programs know by this name.
pub(crate) const MANAGER: &str = "ticketing.db_manager.DRTDBManager";

/// Who works on a database.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Real,
    RealWithManager,
    Ours,
    OursWithManager,
}

/// The paths of the two programs.
pub(crate) struct Programs {
    pub(crate) real: PathBuf,
    pub(crate) ours: PathBuf,
}

impl Programs {
    /// The real one from the environment; ours is built.
    pub(crate) fn ready(venv: &Venv) -> Result<Self> {
        Ok(Self { real: venv.airflow(), ours: build("airflow", &["--release"])? })
    }

    /// Runs `airflow …` on the database and expects it to succeed.
    pub(crate) fn run(&self, who: Who, database: &Database<'_>, args: &str) -> Result<()> {
        let (ok, said) = self.call(who, database, args)?;
        if ok { Ok(()) } else { Err(format!("`{}` failed:\n{said}", title(who, args)).into()) }
    }

    /// Runs `airflow …` on the database and expects it to fail.
    pub(crate) fn run_to_fail(&self, who: Who, database: &Database<'_>, args: &str) -> Result<()> {
        let (ok, _) = self.call(who, database, args)?;
        if ok { Err(format!("`{}` succeeded and should not", title(who, args)).into()) } else { Ok(()) }
    }

    /// Whether it succeeded, and the end of what it said.
    fn call(&self, who: Who, database: &Database<'_>, args: &str) -> Result<(bool, String)> {
        let start = Instant::now();
        let mut command = self.command(who, database)?;
        command.args(args.split(' ')).stdin(Stdio::null());
        let output = command.output().map_err(|e| format!("cannot run {}: {e}", title(who, args)))?;
        let (kind, seconds) = (database.kind.name(), start.elapsed().as_secs_f64());
        println!("{kind:<9} {seconds:>5.1} s  {}", title(who, args));
        let said =
            [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        let lines: Vec<_> = said.lines().collect();
        let end = lines[lines.len().saturating_sub(8)..].join("\n");
        Ok((output.status.success(), end))
    }

    /// With a new, empty `AIRFLOW_HOME`, and nothing of Airflow's from our own environment.
    fn command(&self, who: Who, database: &Database<'_>) -> Result<Command> {
        if database.home.exists() {
            fs::remove_dir_all(&database.home)?;
        }
        fs::create_dir_all(&database.home)?;
        let mut command = Command::new(if who.is_real() { &self.real } else { &self.ours });
        let inherited = std::env::vars_os().map(|(name, _)| name);
        for name in inherited.filter(|name| name.to_string_lossy().starts_with("AIRFLOW")) {
            command.env_remove(name);
        }
        command.envs(environment(who, database));
        Ok(command)
    }
}

impl Who {
    fn is_real(self) -> bool {
        matches!(self, Self::Real | Self::RealWithManager)
    }
}

/// The variables under which somebody works on a database.
pub(crate) fn environment(who: Who, database: &Database<'_>) -> Vec<(String, String)> {
    let home = database.home.display().to_string();
    let mut variables =
        vec![("AIRFLOW_HOME", home), ("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", database.url.clone())];
    if matches!(who, Who::RealWithManager | Who::OursWithManager) {
        variables.push(("AIRFLOW__DATABASE__EXTERNAL_DB_MANAGERS", MANAGER.to_owned()));
    }
    if who.is_real() {
        variables.push(("PYTHONPATH", repository().join("xtask/oracle").display().to_string()));
        variables.push(("PYTHONDONTWRITEBYTECODE", "1".to_owned()));
        variables.push(("AIRFLOW__CORE__LOAD_EXAMPLES", "False".to_owned()));
    }
    variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A call as a reader sees it.
fn title(who: Who, args: &str) -> String {
    let who = match who {
        Who::Real => "real",
        Who::RealWithManager => "real+manager",
        Who::Ours => "ours",
        Who::OursWithManager => "ours+manager",
    };
    format!("{who}: airflow {args}")
}

/// Builds the program of one of our packages, and says where it is.
pub(super) fn build(package: &str, options: &[&str]) -> Result<PathBuf> {
    build_one(package, package, options)
}

/// Builds one of the programs of one of our packages, and says where it is.
pub(crate) fn build_one(package: &str, program: &str, options: &[&str]) -> Result<PathBuf> {
    built(package, &[&["--bin", program], options].concat())
}

/// Builds what the options name of one of our packages, and says where it is.
pub(super) fn built(package: &str, options: &[&str]) -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--package", package]).args(options);
    command
        .arg("--message-format=json-render-diagnostics")
        .current_dir(repository())
        .stderr(Stdio::inherit());
    let output = command.output().map_err(|e| format!("cannot run cargo: {e}"))?;
    if !output.status.success() {
        return Err(format!("our {package} cannot be built ({})", options.join(" ")).into());
    }
    let messages = String::from_utf8_lossy(&output.stdout).into_owned();
    let executable = |line: &str| {
        let message: Value = serde_json::from_str(line).ok()?;
        Some(PathBuf::from(message.get("executable")?.as_str()?))
    };
    let found = messages.lines().rev().find_map(executable);
    found.ok_or_else(|| format!("cargo names no executable of {package} ({})", options.join(" ")).into())
}
