//! Projects whose revisions or models are Rust: another program knows them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

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
        /// How cargo ends when it could not build, and a program when it panics.
        const CARGO_FAILED: i32 = 101;
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.args(["run", "--quiet", "--manifest-path"]).arg(&self.manifest).args(self.target).arg("--");
        command
            .args(arguments)
            .env(VARIABLE, std::path::absolute(&config.file).unwrap_or(config.file.clone()));
        let shown = format!("cargo run --quiet {}", self.target.join(" "));
        let status = command.status().map_err(|error| {
            CommandError::failed(format!("`{shown}` cannot be started: {error}"))
                .hint("this project has revisions or models in Rust: it needs cargo")
        })?;
        match status.code() {
            Some(CARGO_FAILED) => {
                Err(CommandError::failed(format!("`{shown}` did not come to run the command"))
                    .hint("see what cargo says above"))
            }
            Some(code) => Ok(ExitCode::from(u8::try_from(code).unwrap_or(1))),
            None => Err(CommandError::failed(format!("`{shown}` was ended: {status}"))),
        }
    }
}
