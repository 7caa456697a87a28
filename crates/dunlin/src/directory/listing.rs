//! Which files of directories are revision files.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::DirectoryError;

/// The revision files of some directories, in order.
pub(super) fn revision_files(locations: &[PathBuf], recursive: bool) -> Result<Vec<PathBuf>, DirectoryError> {
    let mut found = Found { files: Vec::new(), seen: Vec::new(), recursive };
    for location in locations {
        let real = real(location)?;
        if let Some((first, _)) =
            found.seen.iter().find(|(first, seen)| *seen == real && locations.contains(first))
        {
            let (first, second) = (first.clone(), location.clone());
            return Err(DirectoryError::LocationTwice { first, second });
        }
        found.directory(location, real)?;
    }
    Ok(found.files)
}

struct Found {
    files: Vec<PathBuf>,
    /// The directories that were looked into: by which path, and what they really are.
    seen: Vec<(PathBuf, PathBuf)>,
    recursive: bool,
}

impl Found {
    fn directory(&mut self, path: &Path, real: PathBuf) -> Result<(), DirectoryError> {
        // Links may lead in a circle, or from one location into another.
        if self.seen.iter().any(|(_, seen)| *seen == real) {
            return Ok(());
        }
        self.seen.push((path.to_owned(), real));
        let unreadable = |source| DirectoryError::Unreadable { path: path.to_owned(), source };
        let (mut files, mut directories): (Vec<OsString>, Vec<OsString>) = (Vec::new(), Vec::new());
        for entry in fs::read_dir(path).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let name = entry.file_name();
            if matches!(name.as_encoded_bytes().first(), Some(b'_' | b'.')) {
                continue;
            }
            let is_revision = is_revision(&name);
            let file_type = match entry.file_type() {
                Ok(file_type) if file_type.is_symlink() && (is_revision || self.recursive) => {
                    let path = entry.path();
                    let metadata = fs::metadata(&path);
                    metadata.map_err(|source| DirectoryError::Unreadable { path, source })?.file_type()
                }
                Ok(file_type) => file_type,
                Err(source) => return Err(DirectoryError::Unreadable { path: entry.path(), source }),
            };
            if file_type.is_dir() {
                directories.push(name);
            } else if is_revision {
                files.push(name);
            }
        }
        files.sort_unstable();
        self.files.extend(files.into_iter().map(|name| path.join(name)));
        if self.recursive {
            directories.sort_unstable();
            for name in directories {
                let path = path.join(name);
                let real = self::real(&path)?;
                self.directory(&path, real)?;
            }
        }
        Ok(())
    }
}

fn is_revision(name: &std::ffi::OsStr) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "sql" || extension == "rs")
}

fn real(path: &Path) -> Result<PathBuf, DirectoryError> {
    fs::canonicalize(path).map_err(|source| DirectoryError::Unreadable { path: path.to_owned(), source })
}
