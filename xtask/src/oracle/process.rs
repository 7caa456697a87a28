//! Programs that answer lines of JSON.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::Result;

/// A program that writes a line of JSON for each that it reads. It ends with this value.
pub(super) struct Process {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

/// Why a request was not done.
pub(super) struct Refusal {
    /// What was being done.
    pub(super) phase: String,
    pub(super) error: String,
}

impl From<Refusal> for Box<dyn std::error::Error + Send + Sync> {
    fn from(refusal: Refusal) -> Self {
        format!("{}: {}", refusal.phase, refusal.error).into()
    }
}

impl Process {
    pub(super) fn start(mut command: Command) -> Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().ok_or("a child without output")?);
        Ok(Self { child, input, output })
    }

    /// Asks, and waits for the answer.
    pub(super) fn ask(&mut self, request: &Value) -> Result<Result<Value, Refusal>> {
        let input = self.input.as_mut().ok_or("a child without input")?;
        writeln!(input, "{request}")?;
        input.flush()?;
        let mut line = String::new();
        if self.output.read_line(&mut line)? == 0 {
            return Err(format!("no answer to {request}").into());
        }
        let mut answer: Value = serde_json::from_str(&line)?;
        Ok(match answer["error"].as_str() {
            None => Ok(answer["ok"].take()),
            Some(error) => {
                let phase = answer["phase"].as_str().unwrap_or_default().to_owned();
                Err(Refusal { phase, error: error.to_owned() })
            }
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.input = None;
        self.child.wait().ok();
    }
}
