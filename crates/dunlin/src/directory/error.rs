//! What can be wrong with a directory of revision files.

use std::io;
use std::path::PathBuf;

use dunlin_core::revision::RevisionId;
use dunlin_engine::sql::revision_file::RevisionFileError;
use thiserror::Error;

/// Why revisions cannot be read from files.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DirectoryError {
    /// There is no revision file.
    #[error("there is no revision file in {}", listed(locations))]
    Empty {
        /// The directories.
        locations: Vec<PathBuf>,
    },
    /// A directory or file cannot be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The same directory is named twice.
    #[error("{} and {} are the same directory", first.display(), second.display())]
    LocationTwice {
        /// One name.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
    /// A file is no UTF-8.
    #[error("{}: line {line} is not UTF-8", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The first line that is not.
        line: usize,
    },
    /// A file of SQL is no revision file.
    #[error("{} is no revision file", path.display())]
    Sql {
        /// The file.
        path: PathBuf,
        /// Why, with the line.
        source: RevisionFileError,
    },
    /// Two files are the same revision.
    #[error("revision {revision} stands in two files: {} and {}", first.display(), second.display())]
    Duplicate {
        /// The revision.
        revision: RevisionId,
        /// One file.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
    /// There are revisions in Rust, where only files that can be run as they are were looked for.
    #[error(
        "{}{} the project's own program",
        path.display(),
        match more {
            0 => " is written in Rust, and needs".to_owned(),
            more => format!(" and {more} more are written in Rust, and need"),
        }
    )]
    RustRevisions {
        /// The first.
        path: PathBuf,
        /// How many more there are.
        more: usize,
    },
    /// A revision in Rust is to be run, of which only the head was read.
    #[error("{} is written in Rust, and needs the project's own program to run", path.display())]
    NotCompiled {
        /// The file.
        path: PathBuf,
    },
    /// A file of Rust does not say plainly which revision it is.
    #[error("{}: {}{problem}", path.display(), line.map(|line| format!("line {line}: ")).unwrap_or_default())]
    Rust {
        /// The file.
        path: PathBuf,
        /// The line.
        line: Option<usize>,
        /// What is wrong.
        problem: String,
    },
    /// A file was there when the directory was loaded, and is gone.
    #[error("{} is gone since the revisions were listed", path.display())]
    Vanished {
        /// The file.
        path: PathBuf,
    },
    /// A file is another revision than when the directory was loaded.
    #[error("{} was revision {was} when the revisions were listed, and is {is} now", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
        /// The revision that it was.
        was: RevisionId,
        /// The revision that it is.
        is: RevisionId,
    },
}

fn listed(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}
