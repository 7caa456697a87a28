//! Interleaved rounds of whole processes.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::Result;
use crate::cargo;

/// A command to be measured.
pub(super) struct Measured {
    pub(super) name: &'static str,
    pub(super) argv: Vec<String>,
    pub(super) env: Vec<(String, String)>,
    /// How many rounds, where it is slow.
    pub(super) rounds: Option<usize>,
    /// When it is stopped, in seconds, where it may take for ever.
    pub(super) limit: Option<u32>,
    /// Commands that are run before each round, and not measured.
    pub(super) before: Vec<Vec<String>>,
    /// Whether its first round counts, too.
    pub(super) cold: bool,
}

/// What a command took.
pub(super) struct Taken {
    pub(super) name: String,
    /// Wall time in ms, one a round: none if it was stopped at its limit.
    pub(super) wall: Vec<f64>,
    /// Processor time in ms, one a round.
    pub(super) cpu: Vec<f64>,
    /// Peak memory in MiB.
    pub(super) peak: Option<f64>,
}

/// Measures commands in interleaved rounds, after one round that is not counted.
pub(super) fn rounds(rounds: usize, commands: &[Measured]) -> Result<Vec<Taken>> {
    let script = cargo::root()?.join("xtask/bench/measure.py");
    let task =
        json!({ "rounds": rounds, "commands": commands.iter().map(Measured::json).collect::<Vec<_>>() });
    let mut python = Command::new("python3");
    python.arg(&script).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = python.spawn().map_err(|e| format!("cannot run python3: {e}"))?;
    child.stdin.take().ok_or("no standard input")?.write_all(task.to_string().as_bytes())?;
    let output = child.wait_with_output()?;
    if !output.status.success() {
        return Err("the measurement failed".into());
    }
    let results: Vec<Value> = serde_json::from_slice(&output.stdout)?;
    Ok(results.iter().map(Taken::read).collect())
}

impl Measured {
    fn json(&self) -> Value {
        let env: serde_json::Map<String, Value> =
            self.env.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let mut command = json!({
            "name": self.name, "argv": self.argv, "env": env, "before": self.before, "cold": self.cold,
        });
        if let Some(rounds) = self.rounds {
            command["rounds"] = json!(rounds);
        }
        if let Some(limit) = self.limit {
            command["limit"] = json!(limit);
        }
        command
    }
}

impl Taken {
    fn read(value: &Value) -> Self {
        let numbers = |key: &str| {
            value[key]
                .as_array()
                .map(|all| all.iter().filter_map(Value::as_f64).collect())
                .unwrap_or_default()
        };
        Self {
            name: value["name"].as_str().unwrap_or_default().to_owned(),
            wall: numbers("wall"),
            cpu: numbers("cpu"),
            peak: value["peak"].as_f64(),
        }
    }
}

/// The middle of some numbers.
pub(super) fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The median of the round-by-round ratios of two commands.
pub(super) fn paired_ratio(ours: &[f64], theirs: &[f64]) -> f64 {
    median(&ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect::<Vec<_>>())
}

/// A program in a directory, as text.
pub(super) fn program(directory: &Path, name: &str) -> String {
    directory.join(name).display().to_string()
}
