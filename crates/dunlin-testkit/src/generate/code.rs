//! A scenario as Rust.

use dunlin::core::revision::Revision;
use dunlin::engine::generate::revision::{RevisionSource, rust};

use crate::catalogue::Case;

/// A scenario as two revisions: one that makes its tables with their rows, and one that changes them.
pub fn code(case: &Case) -> String {
    let mut before = RevisionSource::new(Revision::new(Case::BEFORE));
    before.upgrade = [&case.before[..], &case.rows].concat();
    let mut changes = RevisionSource::new(Revision::new(Case::CASE).down_revision(Case::BEFORE));
    changes.upgrade.clone_from(&case.operations);
    let file = |source| rust(source).unwrap_or_else(|error| error.to_string());
    [file(&before), file(&changes)].join("\n")
}
