//! Revisions that live in files.
//!
//! A directory holds one file for each revision: [`.sql`](dunlin_engine::sql::revision_file), which can be run
//! from where it lies, or `.rs`, which is compiled into a program by `migrations!`.
//!
//! ```
//! use dunlin::core::prelude::*;
//! use dunlin::directory::Directory;
//!
//! # let root = tempfile::tempdir()?;
//! # let versions = root.path();
//! let text = "-- revision: d759c6d30f5a\n-- message: create ticket table\n\n\
//!     -- upgrade\nCREATE TABLE ticket (id INTEGER PRIMARY KEY);\n\n-- downgrade\nDROP TABLE ticket;\n";
//! std::fs::write(versions.join("d759c6d30f5a_create_ticket_table.sql"), text)?;
//!
//! let loaded = Directory::new(versions).load()?;
//! let first = &loaded.files()[0];
//! assert_eq!(first.migration.revision().message, "create ticket table");
//! let tickets = DbManager::new("tickets", "alembic_version_tickets").migrations(loaded.migrations());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Which files
//!
//! All in the locations whose names end in `.sql` or `.rs`, but for hidden ones and those whose names begin with
//! `_`, and, if it is [`recursive`](Directory::recursive), those of the directories in them, of which the same ones
//! are left out. They come in the order of their names (those of a directory before those of the directories in
//! it; one location behind the other), as Alembic lists them: where a history leaves open which of two revisions
//! comes first, that decides.
//!
//! # What is read when
//!
//! Loading reads the head of each file, and no more of it than it must; what a revision does is read when it is
//! asked for. So a file can be changed, or be gone, after it was loaded: that is an error then.

mod error;
mod listing;
mod read;
mod rust_head;

use std::path::{Path, PathBuf};

use dunlin_core::revision::{Migration, RevisionId};

pub use error::DirectoryError;

/// One or several directories of revision files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    locations: Vec<PathBuf>,
    recursive: bool,
    rust_files: RustFiles,
}

/// What becomes of `.rs` files in a directory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RustFiles {
    /// One is an error: what it does must be compiled.
    #[default]
    Refuse,
    /// Their heads are read: such a revision has its place in the history, and cannot be run.
    Heads,
}

impl Directory {
    /// One directory.
    pub fn new(location: impl Into<PathBuf>) -> Self {
        Self { locations: vec![location.into()], recursive: false, rust_files: RustFiles::default() }
    }

    /// Adds another directory: all of them hold one history.
    pub fn location(mut self, location: impl Into<PathBuf>) -> Self {
        self.locations.push(location.into());
        self
    }

    /// Whether the directories in the directories are looked at, too.
    pub fn recursive(mut self, recursive: bool) -> Self {
        self.recursive = recursive;
        self
    }

    /// What becomes of `.rs` files.
    pub fn rust_files(mut self, rust_files: RustFiles) -> Self {
        self.rust_files = rust_files;
        self
    }

    /// The directories, in order.
    pub fn locations(&self) -> &[PathBuf] {
        &self.locations
    }

    /// Reads the heads of all files.
    ///
    /// # Errors
    /// [`DirectoryError`], with the file; [`DirectoryError::Empty`] where there is none.
    pub fn load(&self) -> Result<Loaded, DirectoryError> {
        let paths = listing::revision_files(&self.locations, self.recursive)?;
        let rust: Vec<&PathBuf> = paths.iter().filter(|path| Language::of(path) == Language::Rust).collect();
        if let (Some(first), RustFiles::Refuse) = (rust.first(), self.rust_files) {
            return Err(DirectoryError::RustRevisions { path: first.to_path_buf(), more: rust.len() - 1 });
        }
        let files = read::files(paths)?;
        if files.is_empty() {
            return Err(DirectoryError::Empty { locations: self.locations.clone() });
        }
        Loaded::new(files)
    }
}

/// What stands in a directory.
#[derive(Debug, Clone)]
pub struct Loaded {
    files: Vec<RevisionFile>,
}

/// A revision and the file that it lives in.
#[derive(Debug, Clone)]
pub struct RevisionFile {
    /// The revision; what it does is read from the file when it is asked for.
    pub migration: Migration,
    /// The file: its location and what follows.
    pub path: PathBuf,
}

/// What a revision file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// `.sql`
    Sql,
    /// `.rs`
    Rust,
}

impl Language {
    fn of(path: &Path) -> Self {
        if path.extension().is_some_and(|extension| extension == "rs") { Self::Rust } else { Self::Sql }
    }
}

impl RevisionFile {
    /// What it is written in.
    pub fn language(&self) -> Language {
        Language::of(&self.path)
    }
}

impl Loaded {
    fn new(files: Vec<RevisionFile>) -> Result<Self, DirectoryError> {
        let mut by_id = std::collections::HashMap::with_capacity(files.len());
        for file in &files {
            let id = &file.migration.revision().id;
            if let Some(first) = by_id.insert(id, &file.path) {
                let (first, second) = (first.clone(), file.path.clone());
                return Err(DirectoryError::Duplicate { revision: id.clone(), first, second });
            }
        }
        Ok(Self { files })
    }

    /// The files, in order.
    pub fn files(&self) -> &[RevisionFile] {
        &self.files
    }

    /// The revisions, in order.
    pub fn migrations(&self) -> Vec<Migration> {
        self.files.iter().map(|file| file.migration.clone()).collect()
    }

    /// The file of a revision.
    pub fn file(&self, revision: &RevisionId) -> Option<&RevisionFile> {
        self.files.iter().find(|file| file.migration.revision().id == *revision)
    }
}
