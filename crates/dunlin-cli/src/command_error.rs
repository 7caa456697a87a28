//! [`CommandError`]: what a command shows when it does not succeed.

use std::error::Error as StdError;

use crate::exit::ExitStatus;

/// An error as a user sees it: one line, an exit status, and hints.
#[derive(Debug)]
pub struct CommandError {
    status: ExitStatus,
    message: String,
    notes: Vec<String>,
    hints: Vec<String>,
}

impl CommandError {
    /// The command line or the configuration is wrong.
    pub fn usage(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(ExitStatus::Usage, error)
    }

    /// The command failed.
    pub fn failed(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(ExitStatus::Failed, error)
    }

    /// An error with any status; the line is the error's message and those of its causes.
    pub fn new(status: ExitStatus, error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let message = chain(error.into().as_ref());
        Self { status, message, notes: Vec::new(), hints: Vec::new() }
    }

    /// A line shown below the error.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// What to do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The exit status.
    pub fn status(&self) -> ExitStatus {
        self.status
    }

    /// The line.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The lines below it.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// What to do about it.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }
}

/// An error and its causes in one line. A cause that only repeats its effect is left out.
pub(crate) fn chain(error: &dyn StdError) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !line.contains(&text) {
            line.push_str(": ");
            line.push_str(&text);
        }
        source = cause.source();
    }
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}
