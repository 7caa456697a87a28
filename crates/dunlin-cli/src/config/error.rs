//! What can be wrong with `dunlin.toml`.

use std::path::PathBuf;

use dunlin::url::{UrlDialect, UrlError};
use thiserror::Error;

use super::VARIABLE;

/// Why there is no configuration. No message holds a value that may be, or hold, a password.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// There is no file in the directory or above it.
    #[error("there is no dunlin.toml in {} or above it", directory.display())]
    NotFound {
        /// The directory.
        directory: PathBuf,
    },
    /// The file that is named does not exist.
    #[error("there is no file {}", file.display())]
    Missing {
        /// The file.
        file: PathBuf,
    },
    /// There is no current directory.
    #[error("the current directory cannot be read")]
    NoDirectory {
        /// Why.
        source: std::io::Error,
    },
    /// It cannot be read.
    #[error("{} cannot be read", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is no text.
    #[error("{}, line {line}: this is not UTF-8", file.display())]
    NotUtf8 {
        /// The file.
        file: PathBuf,
        /// The first line that is not.
        line: usize,
    },
    /// It is no TOML.
    #[error("{}, line {line}: {}{problem}", file.display(), of_key(key.as_deref()))]
    Syntax {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The key whose value it is.
        key: Option<String>,
        /// What is wrong.
        problem: String,
    },
    /// A key that means nothing.
    #[error("{}, line {line}: there is no key {key}{}", file.display(), suggestion(meant.as_deref()))]
    UnknownKey {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The key.
        key: String,
        /// What may be meant.
        meant: Option<String>,
        /// What there is.
        known: Vec<&'static str>,
    },
    /// A value that a key cannot have.
    #[error("{}, line {line}: {key} {problem}", file.display())]
    Value {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The key.
        key: String,
        /// What is wrong with the value.
        problem: String,
    },
    /// Nothing says where the database is.
    #[error("{} says neither url nor url_env", file.display())]
    NoUrl {
        /// The file.
        file: PathBuf,
    },
    /// The variable that holds the URL is not set.
    #[error("the environment variable {variable} is not set")]
    VariableNotSet {
        /// The variable.
        variable: String,
        /// The key that names it.
        key: String,
    },
    /// Scratch databases would be of another kind than the database.
    #[error("{setting} is of {scratch}, and the database of {database}")]
    OtherScratch {
        /// Where it is said.
        setting: String,
        /// What it says.
        scratch: UrlDialect,
        /// What the database is.
        database: UrlDialect,
    },
    /// The URL is that of a server.
    #[error("{setting} names a server and no database")]
    NoDatabase {
        /// Where it is said.
        setting: String,
    },
    /// What holds the URL holds none.
    #[error("{setting} cannot be used")]
    Url {
        /// Where it is said.
        setting: String,
        /// Why.
        source: UrlError,
    },
}

impl ConfigError {
    /// What to do about it, in one line.
    pub fn hint(&self) -> String {
        match self {
            Self::NotFound { .. } => {
                format!("`dunlin init` writes one; --config FILE or {VARIABLE} names another")
            }
            Self::Missing { .. } => format!("see --config and {VARIABLE}"),
            Self::NoDirectory { .. } => "change to a directory that exists".to_owned(),
            Self::Unreadable { .. } => "it must be a file that you may read".to_owned(),
            Self::NotUtf8 { .. } => "save the file as UTF-8".to_owned(),
            Self::Syntax { .. } => "a line is `key = value`; text stands in quotes".to_owned(),
            Self::UnknownKey { known, .. } => format!("known are {}", known.join(", ")),
            Self::Value { .. } => "see the comments in the dunlin.toml that `dunlin init` writes".to_owned(),
            Self::NoUrl { .. } => "add url_env = \"DATABASE_URL\", or url = \"sqlite:///app.db\"".to_owned(),
            Self::VariableNotSet { key, .. } => format!("{key} in dunlin.toml names it: set it to the URL"),
            Self::OtherScratch { .. } => "name a server of the same kind, or leave it out".to_owned(),
            Self::NoDatabase { .. } => "add the database's name: mysql://USER@HOST/NAME".to_owned(),
            Self::Url { source, .. } => source.hint().to_owned(),
        }
    }
}

fn of_key(key: Option<&str>) -> String {
    key.map(|key| format!("{key}: ")).unwrap_or_default()
}

fn suggestion(meant: Option<&str>) -> String {
    meant.map(|meant| format!(": is {meant} meant?")).unwrap_or_default()
}
