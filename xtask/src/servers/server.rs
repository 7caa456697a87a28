//! What there is to know about each kind of server, as data.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// A server that tests run on (SQLite needs none).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Server {
    Postgres,
    Mysql,
    Mariadb,
}

impl Server {
    pub(crate) const ALL: [Self; 3] = [Self::Postgres, Self::Mysql, Self::Mariadb];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
            Self::Mariadb => "mariadb",
        }
    }

    /// The environment variable that names a server of this kind: an administrator's URL.
    pub(crate) fn variable(self) -> &'static str {
        match self {
            Self::Postgres => "DUNLIN_TEST_POSTGRES_URL",
            Self::Mysql => "DUNLIN_TEST_MYSQL_URL",
            Self::Mariadb => "DUNLIN_TEST_MARIADB_URL",
        }
    }

    pub(crate) fn standard_port(self) -> u16 {
        match self {
            Self::Postgres => 5432,
            Self::Mysql | Self::Mariadb => 3306,
        }
    }

    /// The administrator's URL of a private server.
    pub(super) fn url(self, port: u16) -> String {
        match self {
            Self::Postgres => format!("postgres://{ADMIN}:{PASSWORD}@127.0.0.1:{port}/postgres"),
            Self::Mysql | Self::Mariadb => format!("mysql://{ADMIN}:{PASSWORD}@127.0.0.1:{port}/mysql"),
        }
    }

    /// The signal for an orderly, quick stop.
    pub(super) fn stop_signal(self) -> &'static str {
        match self {
            Self::Postgres => "INT",
            Self::Mysql | Self::Mariadb => "TERM",
        }
    }

    /// What a user can do to get this server.
    pub(super) fn advice(self) -> String {
        let package = match self {
            Self::Postgres => "install Debian's package: apt-get install postgresql",
            Self::Mariadb => "install Debian's package: apt-get install mariadb-server",
            Self::Mysql => {
                "install MySQL, or run this as root on Debian (it unpacks mysql-server-core: apt-get install debootstrap)"
            }
        };
        format!("set {} to an administrator's URL, or {package}", self.variable())
    }
}

/// The administrator of a private server, and the password.
pub(super) const ADMIN: &str = "dunlin";
pub(super) const PASSWORD: &str = "dunlin";

/// Whose server it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Origin {
    /// Its URL came from the environment; we never stop it.
    Environment,
    /// We started it.
    Private,
}

/// A server that answers.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Running {
    pub(crate) url: String,
    pub(crate) version: String,
    pub(crate) origin: Origin,
}
