//! [`Ui`]: where a program's words go.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use crate::command_error::CommandError;
use crate::exit::ExitStatus;

/// Standard output for results, standard error for everything else. A reader that went away is no
/// error.
#[derive(Debug, Default)]
pub struct Ui {
    quiet: bool,
}

impl Ui {
    /// A terminal.
    pub fn new() -> Self {
        Self::default()
    }

    /// One that keeps notes to itself.
    pub fn quiet() -> Self {
        Self { quiet: true }
    }

    /// A line of the result.
    pub fn line(&self, text: &str) {
        let _gone = writeln!(std::io::stdout(), "{text}");
    }

    /// Text of the result, as it stands.
    ///
    /// # Errors
    /// It could not be written in full, other than because nobody reads it any more.
    pub fn text(&self, text: &str) -> Result<(), CommandError> {
        let mut stdout = std::io::stdout();
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                Err(CommandError::failed(error).note("the output is not complete"))
            }
            _ => Ok(()),
        }
    }

    /// A line about what is going on.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            let _gone = writeln!(std::io::stderr(), "{text}");
        }
    }

    /// An error with its notes and hints; returns its exit status.
    pub fn error(&self, error: &CommandError) -> ExitStatus {
        let mut stderr = std::io::stderr();
        let _gone = writeln!(stderr, "error: {}", error.message());
        for note in error.notes() {
            let _gone = writeln!(stderr, "  {note}");
        }
        for hint in error.hints() {
            let _gone = writeln!(stderr, "hint: {hint}");
        }
        error.status()
    }

    /// Whether somebody is there to be asked.
    pub fn can_ask(&self) -> bool {
        std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// Asks a question that only `y` or `yes` affirms; the end of the input denies it.
    pub fn confirm(&self, question: &str) -> bool {
        let mut stderr = std::io::stderr();
        let _gone = write!(stderr, "{question} [y/N] ").and_then(|()| stderr.flush());
        let mut answer = String::new();
        let mut stdin = std::io::stdin().lock();
        let read = stdin.read_line(&mut answer);
        // Only who types an answer has ended the line.
        if !stdin.is_terminal() || !answer.ends_with('\n') {
            let _gone = writeln!(stderr);
        }
        read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
    }
}
