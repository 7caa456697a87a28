//! What is wrong with a history, or with what was asked of it.

use dunlin_core::revision::RevisionId;
use thiserror::Error;

use super::map::MAX_REVISION_ID;

/// What is wrong with a history, or with what was asked of it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// Two revisions have one id.
    #[error("revision {revision} exists twice")]
    DuplicateId {
        /// The id.
        revision: RevisionId,
    },
    /// A revision stands among the squashed ones, too, and what stands there is no run of several: neither is in the
    /// place of the other.
    #[error("revision {revision} stands among the squashed ones, too, and is the same step there")]
    NotSquashed {
        /// The revision.
        revision: RevisionId,
    },
    /// A branch label is another's name, too.
    #[error("branch label {label} of revision {revision} is a name of revision {other} already")]
    DuplicateLabel {
        /// The label.
        label: String,
        /// Whose it is.
        revision: RevisionId,
        /// Whose name it is already.
        other: RevisionId,
    },
    /// An id does not fit into the version table.
    #[error("revision id {revision} is longer than {MAX_REVISION_ID} characters")]
    IdTooLong {
        /// The id.
        revision: RevisionId,
    },
    /// An id or label could not be told from a target.
    #[error("{name:?} is no name of a revision: {why}")]
    BadName {
        /// The id or label.
        name: String,
        /// Why not.
        why: &'static str,
    },
    /// A revision follows one that does not exist.
    #[error("revision {revision} follows {parent}, which does not exist")]
    UnknownParent {
        /// The revision.
        revision: RevisionId,
        /// What it says it follows.
        parent: RevisionId,
    },
    /// A revision depends on one that does not exist.
    #[error("revision {revision} depends on {dependency}, which is no id and no branch label")]
    UnknownDependency {
        /// The revision.
        revision: RevisionId,
        /// What it says it depends on.
        dependency: String,
    },
    /// Revisions follow each other, or depend on each other, in a circle.
    #[error("revisions follow each other in a circle: {}", circle(path))]
    Cycle {
        /// The revisions on it, in order.
        path: Vec<RevisionId>,
    },
    /// One head is meant and there are several.
    #[error("there are {} heads: {}", heads.len(), list(heads))]
    MultipleHeads {
        /// The heads.
        heads: Vec<RevisionId>,
    },
    /// A version row names no revision of this history.
    #[error("the database is at revision {revision}, which this build does not know")]
    UnknownRow {
        /// The row.
        revision: RevisionId,
    },
    /// A version row is followed by another.
    #[error("version row {revision} is superfluous: another row's revision follows it")]
    SuperfluousRow {
        /// The row.
        revision: RevisionId,
    },
    /// A target that is not written as one.
    #[error("{target:?} is no target: {why}")]
    BadTarget {
        /// As given.
        target: String,
        /// Why not.
        why: &'static str,
    },
    /// A target names no revision.
    #[error("there is no revision {target}")]
    UnknownTarget {
        /// As given.
        target: String,
    },
    /// The beginning of a name fits several.
    #[error("revision {target} is ambiguous: {}", list(candidates))]
    AmbiguousTarget {
        /// As given.
        target: String,
        /// What it may mean.
        candidates: Vec<RevisionId>,
    },
    /// `label@…` where no revision has that name.
    #[error("there is no branch {branch}")]
    UnknownBranch {
        /// As given.
        branch: String,
    },
    /// `label@revision` where the revision stands on another line.
    #[error("revision {revision} is not on branch {branch}")]
    NotOnBranch {
        /// The revision.
        revision: RevisionId,
        /// The branch as given.
        branch: String,
    },
    /// So many steps lead beyond the heads or the base.
    #[error("{target} leads beyond the {end}")]
    TooFar {
        /// As given.
        target: String,
        /// What it leads beyond.
        end: &'static str,
    },
    /// A step has several ways to go.
    #[error("{target} is ambiguous: from {at} it may go to {}", list(choices))]
    AmbiguousWalk {
        /// As given.
        target: String,
        /// Where the ways part: a revision, or the base.
        at: String,
        /// Where they lead.
        choices: Vec<RevisionId>,
    },
    /// Steps are counted from the version row, and there are several.
    #[error("{target} is ambiguous: the database is at {}", list(rows))]
    AmbiguousRows {
        /// As given.
        target: String,
        /// The rows.
        rows: Vec<RevisionId>,
    },
    /// Steps are counted from the version row, and there is none (on the branch).
    #[error("{target} counts from where the database is, and it is at no revision{}", on(branch))]
    NoRow {
        /// As given.
        target: String,
        /// The branch that was named.
        branch: Option<String>,
    },
    /// Steps are counted against the direction.
    #[error("{target} leads the other way")]
    WrongWay {
        /// As given.
        target: String,
    },
    /// A downgrade to a revision that the database has not reached.
    #[error("the database is not at {target} or beyond")]
    NotReached {
        /// As given.
        target: String,
    },
    /// Of several targets one is on the way to another.
    #[error("{target} is on the way to {other}: name one of them")]
    Overlap {
        /// One.
        target: RevisionId,
        /// The other.
        other: RevisionId,
    },
}

fn list(ids: &[RevisionId]) -> String {
    ids.iter().map(RevisionId::as_str).collect::<Vec<_>>().join(", ")
}

fn circle(path: &[RevisionId]) -> String {
    path.iter().chain(path.first()).map(RevisionId::as_str).collect::<Vec<_>>().join(" -> ")
}

fn on(branch: &Option<String>) -> String {
    branch.as_ref().map(|branch| format!(" of branch {branch}")).unwrap_or_default()
}
