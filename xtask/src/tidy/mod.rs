//! `cargo xtask tidy`: the house rules as checks.
//!
//! [`rules`] says which crate and which module may use which, as data; the other modules look. What a rule finds is a
//! finding: a place and the reason.

mod arrows;
mod code;
mod layers;
mod rules;
mod texts;
mod tree;

use crate::Result;
use crate::cargo;

use tree::Tree;

/// Checks every file that git knows or would add.
///
/// # Errors
/// When a rule is broken; the findings are printed.
pub(crate) fn run() -> Result<()> {
    let tree = Tree::read(&cargo::root()?)?;
    let mut findings = arrows::check(&arrows::Package::all()?);
    findings.extend(layers::modules(&tree));
    findings.extend(layers::dialects(&tree));
    findings.extend(texts::check(&tree));
    findings.sort();
    findings.iter().for_each(|finding| eprintln!("{finding}"));
    match findings.iter().filter(|finding| !finding.warning).count() {
        0 => {
            eprintln!("tidy: {} files", tree.files.len());
            Ok(())
        }
        count => Err(format!("tidy: {count} findings").into()),
    }
}
