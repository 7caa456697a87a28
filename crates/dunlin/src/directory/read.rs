//! Reading revision files: their heads at once, the rest when it is asked for.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use dunlin_core::operation::Operations;
use dunlin_core::revision::{Direction, Migration, Script};
use dunlin_core::session::BoxError;
use dunlin_engine::sql::revision_file::{Header, RevisionFile as SqlFile};

use super::{DirectoryError, Language, RevisionFile, rust_head};

/// How much of a file is read for its head, at first.
const BEGINNING: usize = 2048;

/// So many files are read before it is worth the while to read them side by side.
const FEW: usize = 256;

/// Reads the heads of files, and keeps their order.
pub(super) fn files(paths: Vec<PathBuf>) -> Result<Vec<RevisionFile>, DirectoryError> {
    let workers = match paths.len() {
        0..FEW => 1,
        _ => thread::available_parallelism().map_or(1, usize::from),
    };
    let share = paths.len().div_ceil(workers).max(1);
    let mut shares: Vec<Vec<PathBuf>> = Vec::with_capacity(workers);
    let mut rest = paths.into_iter();
    while rest.len() > 0 {
        shares.push(rest.by_ref().take(share).collect());
    }
    let mut found = Vec::new();
    thread::scope(|scope| {
        let workers: Vec<_> = shares
            .into_iter()
            .map(|share| scope.spawn(|| share.into_iter().map(file).collect::<Result<Vec<_>, _>>()))
            .collect();
        for worker in workers {
            match worker.join() {
                Ok(files) => found.extend(files?),
                Err(panicked) => std::panic::resume_unwind(panicked),
            }
        }
        Ok(found)
    })
}

fn file(path: PathBuf) -> Result<RevisionFile, DirectoryError> {
    let shared: Arc<Path> = path.as_path().into();
    let migration = match Language::of(&path) {
        Language::Sql => {
            let revision = head(&path)?.to_revision();
            let script = OnDisk { path: shared, revision: revision.id.clone() };
            Migration::of_script(revision, script)
        }
        Language::Rust => {
            let revision = rust_head::revision(&path, &text(&path)?)?;
            Migration::of_script(revision, NotCompiled { path: shared })
        }
    };
    Ok(RevisionFile { migration, path })
}

/// The head of a file of SQL. The rest is looked at only where no section begins in what is read first.
fn head(path: &Path) -> Result<Header, DirectoryError> {
    let mut beginning = [0; BEGINNING];
    let read = File::open(path).and_then(|mut file| file.read(&mut beginning));
    let read = read.map_err(|source| unreadable(path, source))?;
    // A line may go on behind it, and so may a comment: whatever is wrong may come of the cut.
    let lines = beginning[..read].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    match str::from_utf8(&beginning[..lines]).map(Header::parse_beginning) {
        Ok(Ok(Some(header))) => Ok(header),
        _ => sql_file(path).map(|file| file.header),
    }
}

fn sql_file(path: &Path) -> Result<SqlFile, DirectoryError> {
    let parsed = SqlFile::parse(&text(path)?);
    parsed.map_err(|source| DirectoryError::Sql { path: path.to_owned(), source })
}

fn text(path: &Path) -> Result<String, DirectoryError> {
    let bytes = fs::read(path).map_err(|source| unreadable(path, source))?;
    utf8(path, &bytes).map(str::to_owned)
}

fn utf8<'b>(path: &Path, bytes: &'b [u8]) -> Result<&'b str, DirectoryError> {
    str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        DirectoryError::NotUtf8 { path: path.to_owned(), line }
    })
}

fn unreadable(path: &Path, source: io::Error) -> DirectoryError {
    let path = path.to_owned();
    match source.kind() {
        io::ErrorKind::NotFound => DirectoryError::Vanished { path },
        _ => DirectoryError::Unreadable { path, source },
    }
}

/// A file of SQL, read when it is needed.
struct OnDisk {
    path: Arc<Path>,
    revision: dunlin_core::revision::RevisionId,
}

impl Script for OnDisk {
    fn record(&self, direction: Direction, operations: &mut Operations) -> Result<(), BoxError> {
        let file = sql_file(&self.path)?;
        if file.header.revision != self.revision {
            let (path, was, is) = (self.path.to_path_buf(), self.revision.clone(), file.header.revision);
            return Err(DirectoryError::Changed { path, was, is }.into());
        }
        file.script().record(direction, operations)
    }
}

/// A file of Rust, which another program has compiled in.
struct NotCompiled {
    path: Arc<Path>,
}

impl Script for NotCompiled {
    fn record(&self, _: Direction, _: &mut Operations) -> Result<(), BoxError> {
        Err(DirectoryError::NotCompiled { path: self.path.to_path_buf() }.into())
    }
}
