//! Which files of a directory are revisions.

use std::error::Error as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use thiserror::Error;

/// A revision file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RevisionFile {
    /// What it becomes.
    pub(crate) kind: Kind,
    /// Where it lies.
    pub(crate) path: String,
}

/// The revision files of a directory.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Listing {
    /// Those of its history.
    pub(crate) versions: Vec<RevisionFile>,
    /// Those that squashed ones of the history stand for.
    pub(crate) squashed: Vec<RevisionFile>,
}

/// What a revision file becomes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A module: a word and the file's name, so that an id may start with a digit; what is not ASCII in it is a
    /// number, as not every letter may stand in an identifier.
    Rust { module: String },
    /// What its text says.
    Sql,
}

/// Why a directory cannot be compiled in.
#[derive(Debug, Error)]
pub(crate) enum ListingError {
    #[error(
        "migrations! needs {}, or cargo does not notice new revision files; \
         `fn main() {{ println!(\"cargo:rerun-if-changed={directory}/versions\"); }}` is enough",
        build_script.display()
    )]
    NoBuildScript { build_script: PathBuf, directory: String },
    #[error("{} cannot be read", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error(
        "{} is no name for a revision file: only letters, digits and underscores may stand before .rs",
        path.display()
    )]
    BadName { path: PathBuf },
    #[error("the name {} is not UTF-8", path.display())]
    NotUtf8 { path: PathBuf },
}

impl ListingError {
    /// The error and its cause, since a compiler message has no `source`.
    pub(crate) fn report(&self) -> String {
        match self.source() {
            Some(cause) => format!("{self}: {cause}"),
            None => self.to_string(),
        }
    }
}

/// The revision files in `<root>/<directory>/versions`, and in `squashed/versions` beside it if that is there.
pub(crate) fn listing(root: &Path, directory: &str) -> Result<Listing, ListingError> {
    let build_script = root.join("build.rs");
    if !build_script.is_file() {
        return Err(ListingError::NoBuildScript { build_script, directory: directory.to_owned() });
    }
    let directory = root.join(directory);
    let squashed = directory.join("squashed/versions");
    Ok(Listing {
        versions: revision_files(&directory.join("versions"), "revision")?,
        squashed: match squashed.is_dir() {
            true => revision_files(&squashed, "squashed")?,
            false => Vec::new(),
        },
    })
}

/// The revision files in a directory, sorted by name; `word` begins the names of their modules.
fn revision_files(directory: &Path, word: &str) -> Result<Vec<RevisionFile>, ListingError> {
    let unreadable = |source| ListingError::Unreadable { path: directory.to_owned(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if is_revision(&path) {
            files.push(revision_file(path, word)?);
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn is_revision(path: &Path) -> bool {
    let hidden =
        path.file_name().is_some_and(|name| matches!(name.as_encoded_bytes().first(), Some(b'_' | b'.')));
    let known = path.extension().is_some_and(|extension| extension == "rs" || extension == "sql");
    !hidden && known && path.is_file()
}

fn revision_file(path: PathBuf, word: &str) -> Result<RevisionFile, ListingError> {
    if path.extension().is_some_and(|extension| extension == "sql") {
        let text = path.to_str().map(str::to_owned);
        return match text {
            Some(path) => Ok(RevisionFile { kind: Kind::Sql, path }),
            None => Err(ListingError::NotUtf8 { path }),
        };
    }
    let plain = |stem: &&str| stem.chars().all(|c| c.is_alphanumeric() || c == '_');
    let stem = path.file_stem().and_then(|stem| stem.to_str()).filter(plain);
    match (stem, path.to_str()) {
        (Some(stem), Some(text)) => {
            Ok(RevisionFile { kind: Kind::Rust { module: module(word, stem) }, path: text.to_owned() })
        }
        _ => Err(ListingError::BadName { path }),
    }
}

fn module(word: &str, stem: &str) -> String {
    let text = |c: char| if c.is_ascii() { c.to_string() } else { format!("u{:x}", u32::from(c)) };
    stem.chars().fold(format!("{word}_"), |name, c| name + &text(c))
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    /// A crate with these files in `migrations/versions`.
    fn crate_with(files: &[&str]) -> TempDir {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("build.rs"), "").unwrap();
        let versions = root.path().join("migrations/versions");
        fs::create_dir_all(&versions).unwrap();
        for file in files {
            fs::write(versions.join(file), "").unwrap();
        }
        root
    }

    fn versions(root: &TempDir) -> Vec<RevisionFile> {
        listing(root.path(), "migrations").unwrap().versions
    }

    fn error_of(root: &Path) -> String {
        listing(root, "migrations").unwrap_err().report()
    }

    #[test]
    fn files_are_sorted_and_may_start_with_a_digit() {
        let root =
            crate_with(&["d759c6d30f5a_create.rs", "0001_first.rs", "0002-more of it.sql", "x_été.rs"]);
        let files = versions(&root);
        let module = |module: &str| Kind::Rust { module: module.to_owned() };
        let kinds: Vec<_> = files.into_iter().map(|file| file.kind).collect();
        let first = [module("revision_0001_first"), Kind::Sql, module("revision_d759c6d30f5a_create")];
        assert_eq!(kinds[..3], first);
        assert_eq!(kinds[3], module("revision_x_ue9tue9"));
        let files = versions(&root);
        assert_eq!(Path::new(&files[0].path), root.path().join("migrations/versions/0001_first.rs"));
    }

    #[test]
    fn other_files_are_left_out() {
        let root = crate_with(&["1_a.rs", "_helpers.rs", ".1_a.rs", "_old.sql", "README"]);
        fs::create_dir(root.path().join("migrations/versions/old.rs")).unwrap();
        assert_eq!(versions(&root).len(), 1);
    }

    #[test]
    fn a_missing_directory_is_named_with_the_reason() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("build.rs"), "").unwrap();
        let versions = root.path().join("migrations/versions");
        let error = error_of(root.path());
        assert!(error.starts_with(&format!("{} cannot be read: ", versions.display())), "{error}");
    }

    #[test]
    fn a_directory_may_have_no_revisions_yet() {
        let listing = listing(crate_with(&["_helpers.rs", ".gitkeep"]).path(), "migrations").unwrap();
        assert_eq!(listing, Listing { versions: Vec::new(), squashed: Vec::new() });
    }

    #[test]
    fn what_squashed_revisions_stand_for_lies_beside_them() {
        let root = crate_with(&["2_b.rs"]);
        let old = root.path().join("migrations/squashed/versions");
        fs::create_dir_all(&old).unwrap();
        assert_eq!(listing(root.path(), "migrations").unwrap().squashed, []);
        for name in ["1_a.sql", "2_b.rs", "_notes.rs"] {
            fs::write(old.join(name), "").unwrap();
        }
        let listing = listing(root.path(), "migrations").unwrap();
        let kinds = |files: Vec<RevisionFile>| files.into_iter().map(|file| file.kind).collect::<Vec<_>>();
        let module = |module: &str| Kind::Rust { module: module.to_owned() };
        assert_eq!(kinds(listing.versions), [module("revision_2_b")]);
        assert_eq!(kinds(listing.squashed), [Kind::Sql, module("squashed_2_b")]);
    }

    #[test]
    fn a_name_that_makes_no_identifier_is_an_error() {
        for name in ["0001-first.rs", "0001 first.rs", "0001.first.rs", "0001–first.rs"] {
            let error = error_of(crate_with(&["0002_second.rs", name]).path());
            assert!(error.contains(&format!("/{name} is no name for a revision file")), "{error}");
        }
    }

    #[test]
    fn a_missing_build_script_is_an_error_that_says_what_to_write() {
        let root = crate_with(&["0001_first.rs"]);
        fs::remove_file(root.path().join("build.rs")).unwrap();
        let error = error_of(root.path());
        assert!(error.contains("cargo:rerun-if-changed=migrations/versions"), "{error}");
    }
}
