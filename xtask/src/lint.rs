//! `cargo xtask lint`: everything that is checked without running the code.

use std::path::PathBuf;

use crate::Result;
use crate::cargo::{cargo, has, run as run_shown};
use crate::machine::{cache_dir, flag};
use crate::tidy;

/// Checks format, lints, house rules, and the licences and sources of dependencies.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Install cargo-deny when it is missing, into our cache directory (some minutes). CI=true means this too.
    #[arg(long)]
    install: bool,
}

pub(crate) fn run(args: Args) -> Result<()> {
    let checks: [(&str, Result<()>); 4] = [
        ("fmt", run_shown(&mut cargo(&["fmt", "--all", "--check"])?)),
        ("tidy", tidy::run()),
        ("deny", deny(args.install || flag("CI"))),
        (
            "clippy",
            run_shown(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])?),
        ),
    ];
    let failed: Vec<_> =
        checks.iter().filter_map(|(_, result)| Some(result.as_ref().err()?.to_string())).collect();
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n       ").into()) }
}

/// cargo-deny, if it is there or may be installed.
fn deny(install: bool) -> Result<()> {
    let check = ["check", "--hide-inclusion-graph", "bans", "licenses", "sources"];
    if has("deny") {
        return run_shown(cargo(&["deny"])?.args(check));
    }
    let own: PathBuf = cache_dir()?.join("tools");
    let program = own.join("bin/cargo-deny");
    if !program.exists() {
        if !install {
            eprintln!(
                "not checked: licences, sources and bans of dependencies; `cargo xtask lint --install` gets cargo-deny"
            );
            return Ok(());
        }
        // Without optimisation: it is built in half the time and runs for a second.
        let mut command = cargo(&["install", "cargo-deny", "--locked", "--debug", "--quiet", "--root"])?;
        run_shown(command.arg(&own))?;
    }
    // As `cargo deny` calls it.
    run_shown(std::process::Command::new(program).arg("deny").args(check).current_dir(crate::cargo::root()?))
}
