//! Which files of directories are revision files.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::DirectoryError;

/// The revision files of some directories, in order.
pub(super) fn revision_files(locations: &[PathBuf], recursive: bool) -> Result<Vec<PathBuf>, DirectoryError> {
    let mut found = Found { files: Vec::new(), seen: Vec::new(), recursive };
    let mut reals: Vec<PathBuf> = Vec::with_capacity(locations.len());
    for location in locations {
        let real = real(location)?;
        if let Some(at) = reals.iter().position(|earlier| *earlier == real) {
            let (first, second) = (locations[at].clone(), location.clone());
            return Err(DirectoryError::LocationTwice { first, second });
        }
        reals.push(real.clone());
        found.directory(location, real)?;
    }
    Ok(found.files)
}

struct Found {
    files: Vec<PathBuf>,
    /// The directories that were looked into.
    seen: Vec<PathBuf>,
    recursive: bool,
}

impl Found {
    fn directory(&mut self, path: &Path, real: PathBuf) -> Result<(), DirectoryError> {
        // Links may lead in a circle, or from one location into another.
        if self.seen.contains(&real) {
            return Ok(());
        }
        self.seen.push(real);
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
            } else if is_revision && file_type.is_file() {
                // A pipe may never be read to its end.
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
