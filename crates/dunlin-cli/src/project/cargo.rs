//! Projects whose revisions or models are Rust: another program knows them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use dunlin::directory::RustFiles;

use super::files::Files;
use crate::command_error::CommandError;
use crate::config::{Config, VARIABLE};

/// A program of a Cargo project that has its DB managers compiled in, and runs the same commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegation {
    manifest: PathBuf,
    target: [&'static str; 2],
}

/// How cargo ends when it could not build, and a program when it panics.
const CARGO_FAILED: i32 = 101;

/// Where the program is looked for, and how cargo is told to run it. An example may use what the library
/// itself does not depend on.
const PROGRAMS: [(&str, [&str; 2]); 3] = [
    ("src/bin/migrate.rs", ["--bin", "migrate"]),
    ("src/bin/migrate/main.rs", ["--bin", "migrate"]),
    ("examples/migrate.rs", ["--example", "migrate"]),
];

impl Delegation {
    /// The program of a configuration's directory; `None` where SQL is all there is.
    ///
    /// # Errors
    /// There are revisions in Rust, and no program that has them.
    pub fn find(config: &Config) -> Result<Option<Self>, CommandError> {
        let manifest = config.path(Path::new("Cargo.toml"));
        let program = PROGRAMS.iter().find(|(path, _)| config.path(Path::new(path)).is_file());
        match (manifest.is_file(), program) {
            (true, Some((_, target))) => Ok(Some(Self { manifest, target: *target })),
            _ => match Files::load(config, RustFiles::Heads).ok().and_then(|files| files.first_rust()) {
                None => Ok(None),
                Some(file) => Err(CommandError::usage(format!(
                    "{} is a revision in Rust, and there is no src/bin/migrate.rs that has it compiled in",
                    file.display()
                ))
                .hint("`dunlin init` in a Cargo project writes one")),
            },
        }
    }

    /// Runs the program with arguments, and ends as it ends.
    ///
    /// # Errors
    /// Cargo cannot be started, or could not build the program.
    pub fn run(&self, config: &Config, arguments: &[OsString]) -> Result<ExitCode, CommandError> {
        let status = self.command(config, arguments).status().map_err(|error| self.not_started(&error))?;
        match status.code() {
            Some(CARGO_FAILED) => Err(self.not_built()),
            Some(code) => Ok(ExitCode::from(u8::try_from(code).unwrap_or(1))),
            None => Err(CommandError::failed(format!("`{}` was ended: {status}", self.shown()))),
        }
    }

    /// Runs the program with arguments for what it prints.
    ///
    /// # Errors
    /// As [`run`](Self::run), and it failed.
    pub(crate) fn output(&self, config: &Config, arguments: &[&str]) -> Result<String, CommandError> {
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        let mut command = self.command(config, &arguments);
        let output = command.stderr(Stdio::inherit()).output().map_err(|error| self.not_started(&error))?;
        match output.status.code() {
            Some(0) => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            Some(CARGO_FAILED) => Err(self.not_built()),
            _ => Err(CommandError::failed(format!("`{}` failed: {}", self.shown(), output.status))),
        }
    }

    fn command(&self, config: &Config, arguments: &[OsString]) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.args(["run", "--quiet", "--manifest-path"]).arg(&self.manifest).args(self.target).arg("--");
        command
            .args(arguments)
            .env(VARIABLE, std::path::absolute(&config.file).unwrap_or(config.file.clone()));
        command
    }

    fn shown(&self) -> String {
        format!("cargo run --quiet {}", self.target.join(" "))
    }

    fn not_started(&self, error: &std::io::Error) -> CommandError {
        CommandError::failed(format!("`{}` cannot be started: {error}", self.shown()))
            .hint("this project has revisions or models in Rust: it needs cargo")
    }

    fn not_built(&self) -> CommandError {
        CommandError::failed(format!("`{}` did not come to run the command", self.shown()))
            .hint("see what cargo says above")
    }
}
