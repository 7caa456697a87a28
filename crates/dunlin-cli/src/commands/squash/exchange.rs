//! Files that change places, all of them or none.

use std::fs;
use std::path::{Path, PathBuf};

use super::cannot;
use crate::author::write_new;
use crate::command_error::CommandError;

/// What was done to files so far, and can be taken back.
#[derive(Debug, Default)]
pub(super) struct Exchange {
    done: Vec<Done>,
}

#[derive(Debug)]
enum Done {
    Directory(PathBuf),
    Written(PathBuf),
    Moved { from: PathBuf, to: PathBuf },
    Deleted { path: PathBuf, was: Vec<u8> },
}

impl Exchange {
    /// Makes a directory, and those that it is in, if they are not there.
    pub(super) fn directory(&mut self, path: &Path) -> Result<(), CommandError> {
        let missing: Vec<&Path> = path.ancestors().take_while(|path| !path.exists()).collect();
        for path in missing.into_iter().rev().filter(|path| !path.as_os_str().is_empty()) {
            fs::create_dir(path).map_err(|error| cannot("make", path, &error))?;
            self.done.push(Done::Directory(path.to_owned()));
        }
        Ok(())
    }

    /// Writes a file that is not there.
    pub(super) fn write(&mut self, path: &Path, text: &str) -> Result<(), CommandError> {
        write_new(path, text)?;
        self.done.push(Done::Written(path.to_owned()));
        Ok(())
    }

    /// Moves a file to where none is.
    pub(super) fn rename(&mut self, from: &Path, to: &Path) -> Result<(), CommandError> {
        if to.symlink_metadata().is_ok() {
            return Err(CommandError::failed(format!("{} exists already", to.display()))
                .hint("delete it or move it away first"));
        }
        fs::rename(from, to).map_err(|error| cannot("move", from, &error))?;
        self.done.push(Done::Moved { from: from.to_owned(), to: to.to_owned() });
        Ok(())
    }

    /// Deletes a file.
    pub(super) fn delete(&mut self, path: &Path) -> Result<(), CommandError> {
        let was = fs::read(path).map_err(|error| cannot("read", path, &error))?;
        fs::remove_file(path).map_err(|error| cannot("delete", path, &error))?;
        self.done.push(Done::Deleted { path: path.to_owned(), was });
        Ok(())
    }

    /// Takes everything back, and adds to the error for which it is done how that went.
    pub(super) fn undo(self, error: CommandError) -> CommandError {
        let failed: Vec<String> = self.done.into_iter().rev().filter_map(|done| done.undo().err()).collect();
        match failed.as_slice() {
            [] => error.note("nothing was changed"),
            some => some.iter().fold(error, |error, why| error.note(format!("not taken back: {why}"))),
        }
    }
}

impl Done {
    fn undo(self) -> Result<(), String> {
        let (path, undone) = match self {
            Self::Directory(path) => (path.clone(), fs::remove_dir(path)),
            Self::Written(path) => (path.clone(), fs::remove_file(path)),
            Self::Moved { from, to } => (to.clone(), fs::rename(to, from)),
            Self::Deleted { path, was } => (path.clone(), fs::write(path, was)),
        };
        undone.map_err(|error| format!("{}: {error}", path.display()))
    }
}
