//! [`DatabaseUrl`]: a URL, read.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;
use std::time::Duration;

use super::split::{Parts, split};
use super::{Password, Tls, UrlError, options};

/// Where a database is and how to log in to it, as a URL says it.
///
/// A field that is `None` was not in the URL: the driver's default holds (for PostgreSQL the `PG…` variables).
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    /// The database system.
    pub dialect: UrlDialect,
    /// The user.
    pub user: Option<String>,
    pub(super) password: Option<Password>,
    /// Host name or address; an IPv6 address without brackets.
    pub host: Option<String>,
    /// Port.
    pub port: Option<u16>,
    /// Unix socket: for PostgreSQL its directory, for MySQL the socket itself.
    pub socket: Option<String>,
    /// Name of the database; for SQLite the path of its file, or `:memory:`, or `None` (in memory, too).
    pub database: Option<String>,
    /// TLS mode and certificates.
    pub tls: Tls,
    /// How long to wait.
    pub timeouts: Timeouts,
    /// Every other option, known or not, in the URL's order.
    pub(super) options: Vec<(String, String)>,
}

/// The database system that a URL names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UrlDialect {
    /// PostgreSQL.
    Postgres,
    /// MySQL or MariaDB: which of the two the server says.
    MySql,
    /// SQLite.
    Sqlite,
}

impl fmt::Display for UrlDialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Postgres => "PostgreSQL",
            Self::MySql => "MySQL",
            Self::Sqlite => "SQLite",
        })
    }
}

/// Waiting times that a URL asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timeouts {
    /// `connect_timeout` (PostgreSQL, MySQL).
    pub connect: Option<Duration>,
    /// `read_timeout` (MySQL).
    pub read: Option<Duration>,
    /// `timeout` (SQLite): how long to wait for a locked file.
    pub busy: Option<Duration>,
}

impl DatabaseUrl {
    /// Reads a URL of SQLAlchemy or of a Rust driver.
    ///
    /// # Errors
    ///
    /// [`UrlError`] if it is malformed, names a database system or driver that is not known, or has an option
    /// with an impossible value. An unknown option is no error: see [`DatabaseUrl::ignored_options`].
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let (dialect, driver, parts) = split(text)?;
        let Parts { user, password, host, port, database, options } = parts;
        let mut url = Self {
            dialect,
            user,
            password: password.map(Password::new),
            host,
            port,
            socket: None,
            database,
            tls: Tls::default(),
            timeouts: Timeouts::default(),
            options: Vec::new(),
        };
        options::apply(&mut url, driver.as_deref(), options)?;
        if let Some(host) = url.host.take() {
            url.set_host(host)?;
        }
        Ok(url)
    }

    /// The URL of an SQLite file.
    pub fn sqlite(path: impl Into<String>) -> Self {
        Self {
            dialect: UrlDialect::Sqlite,
            user: None,
            password: None,
            host: None,
            port: None,
            socket: None,
            database: Some(path.into()),
            tls: Tls::default(),
            timeouts: Timeouts::default(),
            options: Vec::new(),
        }
    }

    /// The password.
    pub fn password(&self) -> Option<&Password> {
        self.password.as_ref()
    }

    /// Whether this is an SQLite database without a file.
    pub fn is_in_memory(&self) -> bool {
        let mode = self.option("mode") == Some("memory");
        let path = self.database.as_deref().is_none_or(|path| path == ":memory:");
        self.dialect == UrlDialect::Sqlite && (mode || path)
    }

    /// The value of an option that has no field of its own, known to dunlin or not. The last one wins.
    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Names of the options that have no effect on a connection made by dunlin.
    pub fn ignored_options(&self) -> impl Iterator<Item = &str> {
        let unknown = |name: &&str| !options::is_native(self.dialect, name);
        self.options.iter().map(|(name, _)| name.as_str()).filter(unknown)
    }

    /// Takes a host name, an address or (PostgreSQL) a socket directory. What is none of these is refused: it
    /// may be a piece of a password, and must not be looked up or shown.
    fn set_host(&mut self, host: String) -> Result<(), UrlError> {
        let postgres = self.dialect == UrlDialect::Postgres;
        let escaped_slash = host.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("%2f"));
        if host.contains(',') {
            Err(UrlError::SeveralHosts)
        } else if postgres && escaped_slash {
            self.socket = Some(super::split::decode(&host, "host")?);
            Ok(())
        } else if postgres && host.starts_with('/') {
            self.socket = Some(host);
            Ok(())
        } else if is_host_name(&host) || host.parse::<Ipv6Addr>().is_ok() {
            self.host = Some(host);
            Ok(())
        } else {
            Err(UrlError::Host)
        }
    }
}

fn is_host_name(host: &str) -> bool {
    host.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

impl FromStr for DatabaseUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        Self::parse(text)
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DatabaseUrl").field(&self.redacted()).finish()
    }
}
