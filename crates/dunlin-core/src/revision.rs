//! Revisions and the migrations that carry them out.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::operation::Operations;

/// A revision's id, as it stands in the version table: free text of at most 32 characters.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RevisionId(Arc<str>);

impl RevisionId {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for RevisionId {
    fn from(id: &str) -> Self {
        Self(id.into())
    }
}

impl From<String> for RevisionId {
    fn from(id: String) -> Self {
        Self(id.into())
    }
}

impl Borrow<str> for RevisionId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RevisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RevisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// What a revision says of itself: its id and where it stands in its history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// Its id.
    pub id: RevisionId,
    /// The revisions it follows: none for a base, several for a merge point.
    pub down_revisions: Vec<RevisionId>,
    /// One line about it.
    pub message: String,
}

impl Revision {
    /// A base.
    pub fn new(id: impl Into<RevisionId>) -> Self {
        Self { id: id.into(), down_revisions: Vec::new(), message: String::new() }
    }

    /// Follows another revision; called again it becomes a merge point.
    pub fn down_revision(mut self, id: impl Into<RevisionId>) -> Self {
        self.down_revisions.push(id.into());
        self
    }

    /// One line about it.
    pub fn message(mut self, text: impl Into<String>) -> Self {
        self.message = text.into();
        self
    }
}

type Record = Arc<dyn Fn(&mut Operations) + Send + Sync>;

/// A revision and what it does.
#[derive(Clone)]
pub struct Migration {
    revision: Revision,
    upgrade: Record,
    downgrade: Record,
}

impl Migration {
    /// A revision whose two directions record operations.
    pub fn new(
        revision: Revision,
        upgrade: impl Fn(&mut Operations) + Send + Sync + 'static,
        downgrade: impl Fn(&mut Operations) + Send + Sync + 'static,
    ) -> Self {
        Self { revision, upgrade: Arc::new(upgrade), downgrade: Arc::new(downgrade) }
    }

    /// The revision.
    pub fn revision(&self) -> &Revision {
        &self.revision
    }

    /// Records one direction.
    pub fn record(&self, direction: Direction, operations: &mut Operations) {
        match direction {
            Direction::Upgrade => (self.upgrade)(operations),
            Direction::Downgrade => (self.downgrade)(operations),
        }
    }
}

impl fmt::Debug for Migration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Migration").field("revision", &self.revision).finish_non_exhaustive()
    }
}

/// Which way a step goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Towards the heads.
    Upgrade,
    /// Towards the base.
    Downgrade,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Upgrade => "upgrade",
            Self::Downgrade => "downgrade",
        })
    }
}
