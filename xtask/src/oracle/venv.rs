//! The virtual environment with the real Airflow.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::repository;
use crate::Result;
use crate::machine::cache_dir;

/// A virtual environment that holds what a file of requirements in `xtask/oracle/` names.
pub(crate) struct Venv {
    dir: PathBuf,
    /// Why the real Airflow cannot speak to MySQL here.
    no_mysql: Option<String>,
}

impl Venv {
    /// The environment; made when it is not there or was made for other requirements.
    pub(crate) fn ready() -> Result<Self> {
        Self::with_mysql("venv", "requirements.txt")
    }

    /// The environment that has the provider with FAB's manager, too.
    pub(crate) fn with_fab() -> Result<Self> {
        Self::with_mysql("venv-fab", "requirements-fab.txt")
    }

    fn with_mysql(name: &str, requirements: &str) -> Result<Self> {
        let mut venv = Self::of(name, requirements)?;
        let drivers = venv.python().args(["-c", "import MySQLdb, aiomysql"]).stderr(Stdio::null()).status();
        if !drivers.is_ok_and(|status| status.success()) {
            venv.no_mysql = venv.install("requirements-mysql.txt").err().map(|e| {
                format!("{e}\n  hint: mysqlclient needs a C compiler and: apt-get install pkg-config libmariadb-dev")
            });
        }
        Ok(venv)
    }

    /// The environment of a name, which holds what a file below `xtask/oracle/` names.
    pub(crate) fn of(name: &str, requirements: &str) -> Result<Self> {
        let venv = Self { dir: cache_dir()?.join("oracle").join(name), no_mysql: None };
        let wanted = fs::read_to_string(venv.script(requirements))?;
        let made_for = venv.dir.join("made-for.txt");
        if fs::read_to_string(&made_for).ok().as_ref() != Some(&wanted) {
            venv.make()?;
            venv.install(requirements)?;
            fs::write(&made_for, wanted)?;
        }
        Ok(venv)
    }

    /// # Errors
    /// Why the drivers for MySQL could not be installed.
    pub(crate) fn speaks_mysql(&self) -> Result<()> {
        self.no_mysql.as_ref().map_or(Ok(()), |why| Err(why.as_str().into()))
    }

    /// The real `airflow`.
    pub(crate) fn airflow(&self) -> PathBuf {
        self.dir.join("bin/airflow")
    }

    /// Another of its programs.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.dir.join("bin").join(name)
    }

    /// One of our scripts in `xtask/oracle/`, run by the environment's Python.
    pub(crate) fn run_script(&self, name: &str) -> Command {
        let mut command = self.python();
        command.arg(self.script(name)).env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    fn script(&self, name: &str) -> PathBuf {
        repository().join("xtask/oracle").join(name)
    }

    fn python(&self) -> Command {
        Command::new(self.dir.join("bin/python"))
    }

    fn make(&self) -> Result<()> {
        eprintln!("oracle: making a virtual environment in {}", self.dir.display());
        if self.dir.exists() {
            fs::remove_dir_all(&self.dir)?;
        }
        fs::create_dir_all(&self.dir)?;
        let mut python = Command::new("python3");
        let made = crate::machine::output(python.args(["-m", "venv"]).arg(&self.dir));
        made.map_err(|e| format!("{e}\n  hint: apt-get install python3-venv (Python 3.10 or later)"))?;
        Ok(())
    }

    fn install(&self, requirements: &str) -> Result<()> {
        eprintln!("oracle: installing {requirements}");
        let log_path = self.dir.join("pip.log");
        let log = File::create(&log_path)?;
        let mut pip = self.python();
        pip.args(["-m", "pip", "install", "--retries", "2", "--disable-pip-version-check", "-r"]);
        pip.arg(self.script(requirements)).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        if pip.status()?.success() {
            return Ok(());
        }
        let said = fs::read_to_string(&log_path).unwrap_or_default();
        let unreachable = ["NewConnectionError", "NameResolutionError", "ConnectTimeout", "ProxyError"];
        let why = if unreachable.iter().any(|word| said.contains(word)) {
            "the Python package index cannot be reached (hint: PIP_INDEX_URL names another)"
        } else {
            "pip failed"
        };
        Err(format!("cannot install {requirements}: {why}; what pip said is in {}", log_path.display())
            .into())
    }
}
