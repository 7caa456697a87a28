//! Calls of cargo, from the workspace's root.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::Result;
use crate::machine::output;

/// A cargo command in the workspace's root.
pub(crate) fn cargo(arguments: &[&str]) -> Result<Command> {
    let mut command = program();
    command.args(arguments).current_dir(root()?);
    Ok(command)
}

/// Whether cargo has this subcommand, with the components it needs.
pub(crate) fn has(subcommand: &str) -> bool {
    let mut command = program();
    command.args([subcommand, "--version"]).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// The workspace's root.
pub(crate) fn root() -> Result<PathBuf> {
    let manifest = output(program().args(["locate-project", "--workspace", "--message-format=plain"]))?;
    Ok(PathBuf::from(manifest).parent().ok_or("cargo names no workspace")?.to_owned())
}

fn program() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs a command whose output is shown; an error names it.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let name = shown(command);
    eprintln!("> {name}");
    let status = command.status().map_err(|e| format!("cannot run `{name}`: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{name}` failed ({status})").into()) }
}

fn shown(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program()).file_name().unwrap_or_default();
    let arguments = command.get_args();
    let words = std::iter::once(program).chain(arguments).map(|word| word.to_string_lossy());
    words.collect::<Vec<_>>().join(" ")
}
