//! What can be wrong with a URL.

use thiserror::Error;

use super::UrlDialect;

/// Why a text is not a usable database URL.
///
/// No variant carries the URL, its password, or any text that could be a piece of one.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum UrlError {
    /// Nothing but white space.
    #[error("the database URL is empty")]
    Empty,
    /// No `scheme://` at the beginning.
    #[error("the database URL has no scheme")]
    NoScheme,
    /// A line break or another control character, unescaped.
    #[error("the database URL contains a control character")]
    ControlCharacter,
    /// A database system that dunlin does not serve.
    #[error("the database URL names `{scheme}`, which is not supported")]
    UnsupportedDialect {
        /// The scheme without its driver.
        scheme: String,
    },
    /// A driver name after `+` that SQLAlchemy does not have, or that does not connect by host and port.
    #[error("the database URL names the driver `{driver}`, which is not known for {dialect}")]
    UnknownDriver {
        /// The database system named before the `+`.
        dialect: UrlDialect,
        /// The text after the `+`.
        driver: String,
    },
    /// The host is neither a name nor an address.
    #[error("the host in the database URL is not valid")]
    Host,
    /// More than one host.
    #[error("the database URL names several hosts")]
    SeveralHosts,
    /// The port is not a number between 1 and 65535.
    #[error("the port in the database URL is not a number between 1 and 65535")]
    Port,
    /// A part is not UTF-8 after percent-decoding.
    #[error("the {part} in the database URL is not UTF-8 after percent-decoding")]
    NotUtf8 {
        /// Which part: user, password, database, option.
        part: &'static str,
    },
    /// An option whose value cannot be used.
    #[error("the option `{option}` in the database URL is not {expected}")]
    InvalidOption {
        /// The option's name, one that dunlin knows.
        option: String,
        /// What it should be.
        expected: &'static str,
    },
    /// A user, password or port in an SQLite URL.
    #[error("an SQLite URL has a path only, no host, user or port")]
    SqliteAuthority,
}

impl UrlError {
    /// What to do about it, in one line.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Empty | Self::NoScheme => {
                "write postgresql://user:password@host/db, mysql://user:password@host/db or sqlite:////absolute/path.db"
            }
            Self::ControlCharacter => "write a line break or tab inside a password as %0A or %09",
            Self::UnsupportedDialect { .. } => "supported are postgresql, mysql, mariadb and sqlite",
            Self::UnknownDriver { .. } => "the driver may be left out, as in postgresql://",
            Self::Host => "in a user name or password write @ as %40, : as %3A and / as %2F",
            Self::SeveralHosts => "name the one host that accepts writes",
            Self::Port => {
                "in a password write @ as %40; an IPv6 address stands in brackets, as in [::1]:5432"
            }
            Self::NotUtf8 { .. } => "percent-encode the UTF-8 bytes of each character",
            Self::InvalidOption { .. } => "see the option's documentation, or leave it out",
            Self::SqliteAuthority => "write sqlite:////absolute/path.db, with four slashes",
        }
    }
}
