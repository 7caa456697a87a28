//! Programs that are run on new revision files.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use thiserror::Error;

/// A program that is run on every new revision file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hook {
    /// Its name in messages.
    pub name: String,
    /// The program and its arguments; `{file}` in one is the path of the file, which else comes last.
    pub run: Vec<String>,
    /// The directory in which it runs; else that of `dunlin.toml`.
    pub cwd: Option<PathBuf>,
}

/// A hook did not do its work.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum HookError {
    /// It cannot be started.
    #[error("the hook {hook} cannot be started: {program}")]
    Start {
        /// The hook.
        hook: String,
        /// The program.
        program: String,
        /// Why.
        source: std::io::Error,
    },
    /// It failed.
    #[error("the hook {hook} failed: {status}")]
    Failed {
        /// The hook.
        hook: String,
        /// How it ended.
        status: std::process::ExitStatus,
    },
}

const FILE: &str = "{file}";

impl Hook {
    /// Runs it on a file; what it prints goes to standard error.
    ///
    /// # Errors
    /// It cannot be started, or fails.
    pub fn run(&self, root: &Path, file: &Path) -> Result<(), HookError> {
        // It may run in another directory.
        let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned()).display().to_string();
        let mut words: Vec<String> = self.run.iter().map(|word| word.replace(FILE, &file)).collect();
        if !self.run.iter().any(|word| word.contains(FILE)) {
            words.push(file);
        }
        let program = words.remove(0);
        let mut command = Command::new(&program);
        command.args(words).stdin(Stdio::null()).stdout(std::io::stderr());
        let directory = self.cwd.as_ref().map_or_else(|| root.to_owned(), |cwd| root.join(cwd));
        if !directory.as_os_str().is_empty() {
            command.current_dir(directory);
        }
        let status = command.status().map_err(|source| {
            let hook = self.name.clone();
            HookError::Start { hook, program, source }
        })?;
        match status.success() {
            true => Ok(()),
            false => Err(HookError::Failed { hook: self.name.clone(), status }),
        }
    }
}
