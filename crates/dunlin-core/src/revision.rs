//! Revisions and the migrations that carry them out.

mod migrations;
mod sql;

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::operation::Operations;
use crate::session::BoxError;

pub use migrations::Migrations;
pub use sql::SqlScript;

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
#[non_exhaustive]
pub struct Revision {
    /// Its id.
    pub id: RevisionId,
    /// The revisions it follows: none for a base, several for a merge point.
    pub down_revisions: Vec<RevisionId>,
    /// Revisions of other branches that must be there first: ids or branch labels.
    pub depends_on: Vec<String>,
    /// Names of the branch that it begins, or belongs to.
    pub branch_labels: Vec<String>,
    /// What it is about: one line, and more behind it.
    pub message: String,
}

impl Revision {
    /// A base.
    pub fn new(id: impl Into<RevisionId>) -> Self {
        Self {
            id: id.into(),
            down_revisions: Vec::new(),
            depends_on: Vec::new(),
            branch_labels: Vec::new(),
            message: String::new(),
        }
    }

    /// Follows another revision; called again it becomes a merge point.
    pub fn down_revision(mut self, id: impl Into<RevisionId>) -> Self {
        self.down_revisions.push(id.into());
        self
    }

    /// Needs another branch's revision first, by id or branch label.
    pub fn depends_on(mut self, revision: impl Into<String>) -> Self {
        self.depends_on.push(revision.into());
        self
    }

    /// A name for the branch that it begins: it means this revision, and in `label@head` its line.
    pub fn branch_label(mut self, label: impl Into<String>) -> Self {
        self.branch_labels.push(label.into());
        self
    }

    /// One line about it.
    pub fn message(mut self, text: impl Into<String>) -> Self {
        self.message = text.into();
        self
    }

    /// The first line of its message.
    pub fn title(&self) -> &str {
        self.message.lines().next().unwrap_or_default()
    }
}

/// What a revision does, recorded when it is asked for.
pub trait Script: Send + Sync {
    /// Records one direction.
    ///
    /// # Errors
    /// It cannot be read, or has nothing for this direction.
    fn record(&self, direction: Direction, operations: &mut Operations) -> Result<(), BoxError>;
}

/// A revision and what it does.
#[derive(Clone)]
pub struct Migration {
    revision: Revision,
    script: Arc<dyn Script>,
}

struct Functions<U, D> {
    upgrade: U,
    downgrade: D,
}

impl<U, D> Script for Functions<U, D>
where
    U: Fn(&mut Operations) + Send + Sync,
    D: Fn(&mut Operations) + Send + Sync,
{
    fn record(&self, direction: Direction, operations: &mut Operations) -> Result<(), BoxError> {
        match direction {
            Direction::Upgrade => (self.upgrade)(operations),
            Direction::Downgrade => (self.downgrade)(operations),
        }
        Ok(())
    }
}

impl Migration {
    /// A revision whose two directions record operations.
    pub fn new(
        revision: Revision,
        upgrade: impl Fn(&mut Operations) + Send + Sync + 'static,
        downgrade: impl Fn(&mut Operations) + Send + Sync + 'static,
    ) -> Self {
        Self::of_script(revision, Functions { upgrade, downgrade })
    }

    /// A revision that is read from somewhere when it is needed, such as a file of SQL.
    pub fn of_script(revision: Revision, script: impl Script + 'static) -> Self {
        Self { revision, script: Arc::new(script) }
    }

    /// The revision.
    pub fn revision(&self) -> &Revision {
        &self.revision
    }

    /// Records one direction.
    ///
    /// # Errors
    /// The revision cannot be read, or has nothing for this direction; never for one made of functions.
    pub fn record(&self, direction: Direction, operations: &mut Operations) -> Result<(), BoxError> {
        self.script.record(direction, operations)
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
