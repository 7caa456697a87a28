//! What can be wrong with settings.

use std::io;
use std::path::PathBuf;

use dunlin::url::UrlError;
use thiserror::Error;

use super::Origin;

/// Why the configuration cannot be used. No message carries a value that may be secret.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// Neither `AIRFLOW_HOME` nor a home directory.
    #[error("AIRFLOW_HOME is not set, and this user has no home directory")]
    NoHome,
    /// A variable that names a place is set to nothing.
    #[error("{variable} is empty")]
    EmptyVariable {
        /// The variable.
        variable: String,
    },
    /// A variable that is not UTF-8.
    #[error("{variable} is not UTF-8")]
    NotUnicode {
        /// The variable.
        variable: String,
    },
    /// `$A` leads to `$A` and more.
    #[error("{origin} refers to environment variables that refer to themselves")]
    EndlessExpansion {
        /// Where it stands.
        origin: Origin,
    },
    /// The configuration file is there but cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The configuration file is not text.
    #[error("{} is not UTF-8", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
    },
    /// The configuration file is malformed.
    #[error("{}, line {line}: {problem}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// A `%` in the configuration file that is neither `%%` nor a reference.
    #[error("{origin} contains {problem}")]
    Percent {
        /// Where it stands.
        origin: Origin,
        /// What is wrong with it.
        problem: String,
    },
    /// A command with an open quote.
    #[error("the command in {origin} has an open quote or ends with a backslash")]
    CommandQuoting {
        /// Where it stands.
        origin: Origin,
    },
    /// A command of no words.
    #[error("the command in {origin} is empty")]
    CommandEmpty {
        /// Where it stands.
        origin: Origin,
    },
    /// A command that does not start.
    #[error("the command in {origin} cannot be started")]
    CommandStart {
        /// Where it stands.
        origin: Origin,
        /// Why.
        source: io::Error,
    },
    /// A command that fails.
    #[error("the command in {origin} failed ({status})")]
    CommandFailed {
        /// Where it stands.
        origin: Origin,
        /// Exit code or signal.
        status: String,
    },
    /// A command that prints nothing.
    #[error("the command in {origin} printed nothing")]
    CommandSilent {
        /// Where it stands.
        origin: Origin,
    },
    /// A command that prints something else than text.
    #[error("the command in {origin} printed something that is not UTF-8")]
    CommandNotUtf8 {
        /// Where it stands.
        origin: Origin,
    },
    /// A secrets backend.
    #[error("{origin} asks for a secrets backend, which is not supported here")]
    Secret {
        /// Where it stands.
        origin: Origin,
    },
    /// The connection is no URL.
    #[error("{origin} cannot be used")]
    Connection {
        /// Where it stands.
        origin: Origin,
        /// Why.
        source: UrlError,
    },
    /// The SQLite file has no absolute path.
    #[error("{origin} names the SQLite file by the relative path `{}`", path.display())]
    RelativeSqlite {
        /// Where it stands.
        origin: Origin,
        /// The path.
        path: PathBuf,
    },
    /// A value that is no number.
    #[error("{origin} is no whole number")]
    NoNumber {
        /// Where it stands.
        origin: Origin,
    },
    /// A value that is neither true nor false.
    #[error("{origin} is neither true nor false")]
    NoBoolean {
        /// Where it stands.
        origin: Origin,
    },
    /// White space inside a DB manager's name.
    #[error("{origin} has an entry with white space in it")]
    ManagerList {
        /// Where it stands.
        origin: Origin,
    },
}

impl ConfigError {
    /// What to do about it, in one line.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NoHome => "set AIRFLOW_HOME to an absolute path",
            Self::EmptyVariable { .. } => "set it to an absolute path, or unset it",
            Self::NotUnicode { .. } => "use UTF-8",
            Self::EndlessExpansion { .. } => "write the value out",
            Self::Unreadable { .. } => {
                "it must be a file that this user may read; AIRFLOW_CONFIG names another one"
            }
            Self::NotUtf8 { .. } => "save it as UTF-8",
            Self::Syntax { .. } => {
                "a file has [section] lines and `key = value` lines; longer values are indented"
            }
            Self::Percent { .. } => {
                "in airflow.cfg write % as %%; in an environment variable it stands for itself"
            }
            Self::CommandQuoting { .. } | Self::CommandEmpty { .. } => {
                "a program and its arguments, quoted as in a shell; nothing is expanded"
            }
            Self::CommandStart { .. } => "there is no shell: the first word must be a program on the PATH",
            Self::CommandFailed { .. } | Self::CommandSilent { .. } | Self::CommandNotUtf8 { .. } => {
                "run it by hand: it must print the value and exit with 0"
            }
            Self::Secret { .. } => {
                "set the value itself, or with _CMD (in airflow.cfg _cmd) a command that prints it"
            }
            Self::Connection { source, .. } => source.hint(),
            Self::RelativeSqlite { origin: Origin::Default, .. } => "make AIRFLOW_HOME an absolute path",
            Self::RelativeSqlite { .. } => "write sqlite:////absolute/path/airflow.db, with four slashes",
            Self::NoNumber { .. } => "write it in digits",
            Self::NoBoolean { .. } => "write True or False",
            Self::ManagerList { .. } => "separate the names with commas",
        }
    }
}
