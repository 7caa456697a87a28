//! The files of revisions.

use std::collections::HashMap;
use std::path::PathBuf;

use dunlin::core::revision::{Migration, RevisionId};
use dunlin::directory::{Directory, DirectoryError, Language, RevisionFile, RustFiles};

use crate::config::Config;

/// Which file a revision stands in.
#[derive(Debug, Clone, Default)]
pub(super) struct Files {
    versions: Vec<RevisionFile>,
    /// Where each revision stands among them.
    places: HashMap<RevisionId, usize>,
    /// Those that squashed revisions stand for.
    squashed: Vec<RevisionFile>,
}

impl Files {
    /// The revisions of a configuration's directories; there may be none yet.
    pub(super) fn load(config: &Config, rust_files: RustFiles) -> Result<Self, DirectoryError> {
        let mut versions = config.versions().into_iter();
        let first = versions.next().unwrap_or_default();
        let directory = versions.fold(Directory::new(first), Directory::location);
        let versions = files(directory.recursive(config.recursive).rust_files(rust_files))?;
        let squashed = config.squashed();
        let squashed = match squashed.is_dir() {
            true => files(Directory::new(squashed).rust_files(rust_files))?,
            false => Vec::new(),
        };
        let place = |(place, file): (usize, &RevisionFile)| (file.migration.revision().id.clone(), place);
        let places = versions.iter().enumerate().map(place).collect();
        Ok(Self { versions, places, squashed })
    }

    pub(super) fn squashed(&self) -> Vec<Migration> {
        self.squashed.iter().map(|file| file.migration.clone()).collect()
    }

    pub(super) fn migrations(&self) -> Vec<Migration> {
        self.versions.iter().map(|file| file.migration.clone()).collect()
    }

    pub(super) fn of(&self, revision: &RevisionId) -> Option<&RevisionFile> {
        let old = || self.squashed.iter().find(|file| file.migration.revision().id == *revision);
        self.places.get(revision).map(|place| &self.versions[*place]).or_else(old)
    }

    /// The files of the revisions that a text names.
    pub(super) fn named_in(&self, text: &str) -> Vec<PathBuf> {
        let words: Vec<&str> = text
            .split(|c: char| c.is_whitespace() || ",:\"".contains(c))
            .filter(|word| !word.is_empty())
            .collect();
        let is_named = |file: &&RevisionFile| words.contains(&file.migration.revision().id.as_str());
        self.versions.iter().filter(is_named).map(|file| file.path.clone()).collect()
    }

    /// Whether a squashed revision stands for this one.
    pub(super) fn is_squashed(&self, revision: &RevisionId) -> bool {
        self.squashed.iter().any(|file| file.migration.revision().id == *revision)
    }

    /// Whether there is a revision in Rust.
    pub(super) fn first_rust(&self) -> Option<PathBuf> {
        let found = self.versions.iter().find(|file| file.language() == Language::Rust);
        found.map(|file| file.path.clone())
    }
}

/// The files of directories; there may be none.
fn files(directory: Directory) -> Result<Vec<RevisionFile>, DirectoryError> {
    match directory.load() {
        Ok(loaded) => Ok(loaded.files().to_vec()),
        Err(DirectoryError::Empty { .. }) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
