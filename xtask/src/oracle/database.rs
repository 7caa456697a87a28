//! Databases to work on, and what is in them.

use std::fs;
use std::path::PathBuf;

use clap::ValueEnum;
use serde_json::Value;

use super::venv::Venv;
use crate::Result;
use crate::machine::{cache_dir, output};
use crate::servers::{self, Server};

/// A kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    Postgres,
    Mysql,
    Mariadb,
    Sqlite,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::Postgres, Self::Mysql, Self::Mariadb, Self::Sqlite];

    /// Those on which the real Airflow reaches its head: on MariaDB it fails on the way to 3.0.
    pub(crate) const AIRFLOW: [Self; 3] = [Self::Postgres, Self::Mysql, Self::Sqlite];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
            Self::Mariadb => "mariadb",
            Self::Sqlite => "sqlite",
        }
    }

    fn server(self) -> Option<Server> {
        match self {
            Self::Postgres => Some(Server::Postgres),
            Self::Mysql => Some(Server::Mysql),
            Self::Mariadb => Some(Server::Mariadb),
            Self::Sqlite => None,
        }
    }
}

/// Where databases of one kind can be made.
pub(crate) struct Place {
    pub(crate) kind: Kind,
    /// The administrator's URL of its server.
    admin: Option<String>,
    /// For files.
    dir: PathBuf,
}

/// The name of a database, which nobody else has.
pub(super) fn database_name(name: &str) -> String {
    format!("oracle_{}_{name}", std::process::id())
}

impl Place {
    /// One place for each kind; the servers are started where they do not run.
    pub(crate) fn for_each(kinds: &[Kind], venv: &Venv) -> Result<Vec<Self>> {
        if kinds.iter().any(|kind| matches!(kind, Kind::Mysql | Kind::Mariadb)) {
            venv.speaks_mysql()?;
        }
        let wanted: Vec<_> = kinds.iter().filter_map(|kind| kind.server()).collect();
        let mut outcomes = servers::up(&wanted)?.into_iter();
        let dir = cache_dir()?.join("oracle/work");
        fs::create_dir_all(&dir)?;
        let place = |&kind: &Kind| {
            let admin = match kind.server() {
                Some(_) => Some(outcomes.next().ok_or("a server is missing")?.result?.url),
                None => None,
            };
            Ok(Self { kind, admin, dir: dir.clone() })
        };
        kinds.iter().map(place).collect()
    }

    /// The URL of a database of this process, which need not be there.
    pub(crate) fn url(&self, name: &str) -> Result<String> {
        let name = database_name(name);
        match &self.admin {
            Some(admin) => sqlalchemy_url(self.kind, admin, &name),
            None => Ok(format!("sqlite:///{}", self.dir.join(format!("{name}.db")).display())),
        }
    }

    /// A new, empty database.
    pub(crate) fn fresh<'a>(&self, venv: &'a Venv, name: &str) -> Result<Database<'a>> {
        let url = self.url(name)?;
        let home = self.dir.join(format!("{}-{}-{name}", self.kind.name(), std::process::id()));
        let database = Database { kind: self.kind, url, home, venv };
        database.script("database.py", &["create"])?;
        Ok(database)
    }
}

/// A database of our own; it ends with this value.
pub(crate) struct Database<'a> {
    pub(crate) kind: Kind,
    pub(crate) url: String,
    /// An `AIRFLOW_HOME`.
    pub(crate) home: PathBuf,
    venv: &'a Venv,
}

/// What is in a database.
pub(crate) struct Snapshot {
    /// As the facts files have it.
    pub(crate) facts: Value,
    /// `schema`: the database's own words; `rows`: what migrations put there.
    pub(crate) dump: Value,
}

impl Database<'_> {
    /// What `facts.py` prints.
    pub(crate) fn facts(&self) -> Result<Value> {
        Ok(serde_json::from_str(&self.script("facts.py", &[])?)?)
    }

    pub(crate) fn snapshot(&self) -> Result<Snapshot> {
        Ok(Snapshot { facts: self.facts()?, dump: serde_json::from_str(&self.script("dump.py", &[])?)? })
    }

    fn script(&self, name: &str, args: &[&str]) -> Result<String> {
        output(self.venv.run_script(name).args(args).env("DATABASE_URL", &self.url))
    }
}

impl Drop for Database<'_> {
    fn drop(&mut self) {
        self.script("database.py", &["drop"]).ok();
        fs::remove_dir_all(&self.home).ok();
    }
}

/// The URL of a database on the administrator's server, as SQLAlchemy takes it.
fn sqlalchemy_url(kind: Kind, admin: &str, name: &str) -> Result<String> {
    let driver = if kind == Kind::Postgres { "postgresql+psycopg2" } else { "mysql+mysqldb" };
    let (_, rest) = admin.split_once("://").ok_or("a server's URL has no scheme")?;
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    Ok(format!("{driver}://{authority}/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_keeps_user_and_port() -> Result<()> {
        let url = |kind, admin| sqlalchemy_url(kind, admin, "x");
        assert_eq!(url(Kind::Postgres, "postgres://u:p@h:7/postgres")?, "postgresql+psycopg2://u:p@h:7/x");
        assert_eq!(url(Kind::Mariadb, "mysql://u@h")?, "mysql+mysqldb://u@h/x");
        assert!(url(Kind::Mysql, "nonsense").is_err());
        Ok(())
    }
}
