//! Why something differs that models cannot say, or that means the same.

use super::super::database::Kind;

/// A difference whose reason is known.
struct Reason {
    /// On which database.
    kind: Kind,
    /// In which schema.
    schema: &'static str,
    /// What the difference says, or begins with.
    difference: &'static str,
    why: &'static str,
}

const REASONS: &[Reason] = &[Reason {
    kind: Kind::Postgres,
    schema: "wagtail",
    difference: "SEQUENCE wagtailcore_",
    why: "a sequence keeps its name when its table is renamed, and models do not name the sequences of columns",
}];

/// The reason of a difference, if it is known.
pub(super) fn why(kind: Kind, schema: &str, difference: &str) -> Option<&'static str> {
    let is_it = |known: &&Reason| {
        known.kind == kind && known.schema == schema && difference.starts_with(known.difference)
    };
    REASONS.iter().find(is_it).map(|known| known.why)
}
