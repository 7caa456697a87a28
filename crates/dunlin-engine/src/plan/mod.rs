//! What is to be done for one owner, as data, before anything is done.
//!
//! A plan is made from a [`State`] (what the database says) and an intent; it is checked by playing it
//! on the replayed schema, and rendered to a script for offline use.

mod hazard;
mod in_the_way;
mod made_first;
mod make;
mod names;
mod referred_rows;
mod render;
mod script;
mod stage;

use std::collections::BTreeSet;

use dunlin_core::dialect::DialectName;
use dunlin_core::operation::Operation;
use dunlin_core::revision::{Direction, Revision, RevisionId};
use dunlin_core::schema::TableName;
use thiserror::Error;

use crate::dialect::RenderError;
use crate::history::{HistoryError, Target};
use crate::owner::{ReplayError, ReplayFailure, UnreadableRevision};

pub use hazard::Hazard;
pub use in_the_way::{Expected, InTheWay};
pub use made_first::tables_made_first;
pub use render::{OpaqueTable, RenderedStage, RenderedStep};
pub(crate) use render::{SoFar, render_operations};
pub use script::Script;
pub use stage::{Stage, StageKind};

/// What the database says of an owner.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// Its version rows, sorted; `None` where the version table does not exist.
    pub rows: Option<Vec<RevisionId>>,
    /// Which of its tables exist; read only where there are no rows. For a reset, those are none of its own that
    /// another owner made and has not given away yet.
    pub tables: BTreeSet<TableName>,
    /// Those of them that another owner made and gave away, as its version rows say; read for a reset only.
    pub handed_over: BTreeSet<TableName>,
    /// What is written down of a step that an earlier run did not bring to its end.
    pub begun: Option<Begun>,
}

/// A direction of a revision that was begun, and whose version rows did not change yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// The revision.
    pub revision: RevisionId,
    /// Which way.
    pub direction: Direction,
    /// How many of its stages are done. The one behind them may be, in part, if it is done in batches.
    pub stages: usize,
}

impl State {
    /// The version rows; none where there is no version table.
    pub fn rows(&self) -> &[RevisionId] {
        self.rows.as_deref().unwrap_or_default()
    }
}

/// What is wanted of an owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intent {
    /// Bring it up to a target.
    Upgrade {
        /// Where to; `None` is the heads.
        target: Option<Target>,
        /// Whether an empty database, too, is brought up revision by revision, and not created from
        /// the models. A target asks for that by itself.
        use_migration_files: bool,
    },
    /// Take it down to a target.
    Downgrade {
        /// Where to.
        target: Target,
    },
    /// Drop what it owns.
    Reset,
    /// Change its version rows, and nothing else.
    Stamp {
        /// Where it is to stand, each on its own line.
        targets: Vec<Target>,
        /// Whether all rows go first, those of unknown revisions too.
        purge: bool,
    },
    /// Make its version table, if it is not there.
    EnsureVersionTable,
}

/// What will be done for an owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerPlan {
    /// The owner.
    pub owner: String,
    /// Its version table.
    pub version_table: TableName,
    /// Whether the version table must be created first.
    pub create_version_table: bool,
    /// The version rows before.
    pub rows_before: Vec<RevisionId>,
    /// What kind of plan it is.
    pub kind: PlanKind,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// What is written down of a step that was begun earlier: the first of these goes on with it, or it is forgotten.
    pub begun: Option<Begun>,
}

impl OwnerPlan {
    /// How many stages of the first step are done already: `None` where it begins at its beginning.
    pub fn goes_on_behind(&self) -> Option<usize> {
        let begun = self.begun.as_ref()?;
        let first = self.steps.first().filter(|first| first.is(begun));
        first.map(|_| begun.stages)
    }

    /// The version rows after the last step.
    pub fn rows_after(&self) -> &[RevisionId] {
        self.steps.last().map_or(&self.rows_before, |step| &step.rows_after)
    }
}

/// The kinds of plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanKind {
    /// Nothing to do: the rows are what is wanted.
    UpToDate,
    /// Nothing to do: the database is beyond the target of an upgrade, or before that of a downgrade.
    Beyond,
    /// Everything is created from the models.
    Init,
    /// Revisions run upwards.
    Upgrade,
    /// Revisions run downwards.
    Downgrade,
    /// Everything is dropped.
    Reset,
    /// Version rows change, or the version table is made.
    Stamp,
}

/// One step: operations, and the version rows they lead to. Both are committed together where the
/// database can do that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it is.
    pub action: Action,
    /// What it does.
    pub operations: Vec<Operation>,
    /// The version rows before.
    pub rows_before: Vec<RevisionId>,
    /// The version rows after.
    pub rows_after: Vec<RevisionId>,
}

impl Step {
    fn is(&self, begun: &Begun) -> bool {
        match &self.action {
            Action::Revision { revision, direction } => {
                (&revision.id, *direction) == (&begun.revision, begun.direction)
            }
            Action::CreateAll | Action::DropAll | Action::Stamp => false,
        }
    }
}

/// What a step is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// One direction of a revision.
    Revision {
        /// The revision.
        revision: Revision,
        /// Which way.
        direction: Direction,
    },
    /// The models' tables are created.
    CreateAll,
    /// The owner's tables and version table are dropped.
    DropAll,
    /// Nothing but the version rows changes.
    Stamp,
}

impl Action {
    /// Whether the version rows change before the operations run: dropped tables must never look like
    /// tables at a revision.
    pub fn changes_rows_first(&self) -> bool {
        *self == Self::DropAll
    }
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The rows, or the target, are not in the history.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// Tables are there, but no version row says at which revision.
    #[error(
        "{owner} has tables ({}) but no row in {version_table} that says at which revision they are",
        brief(tables)
    )]
    Unversioned {
        /// The owner.
        owner: String,
        /// Its version table.
        version_table: TableName,
        /// Whether it is there, without a row.
        version_table_exists: bool,
        /// The tables.
        tables: Vec<TableName>,
    },
    /// An earlier run did a part of a revision, and something else is to be done now.
    #[error("the {direction} {} revision {revision} of {owner} is half done", preposition(*direction))]
    HalfDone {
        /// The owner.
        owner: String,
        /// The revision.
        revision: RevisionId,
        /// Which way it was on.
        direction: Direction,
    },
    /// The owner does not allow its tables to be dropped.
    #[error("{owner} does not allow its tables to be dropped")]
    DroppingNotSupported {
        /// The owner.
        owner: String,
    },
    /// A revision does not fit the ones before it.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// A revision cannot be read.
    #[error(transparent)]
    Unreadable(#[from] UnreadableRevision),
    /// Two version rows that would be there together are one for the database.
    #[error("{} takes the revisions {first} and {second} for one", dialect.display_name())]
    AlikeRows {
        /// The database.
        dialect: DialectName,
        /// The one.
        first: RevisionId,
        /// The other.
        second: RevisionId,
    },
    /// The database cannot do what a revision asks for.
    #[error("revision {revision} of {owner} cannot run here")]
    Render {
        /// The owner.
        owner: String,
        /// The revision, or what the step is called.
        revision: String,
        /// Why.
        source: RenderError,
    },
}

impl From<ReplayFailure> for PlanError {
    fn from(failure: ReplayFailure) -> Self {
        match failure {
            ReplayFailure::History(error) => Self::History(error),
            ReplayFailure::Replay(error) => Self::Replay(error),
            ReplayFailure::Unreadable(error) => Self::Unreadable(error),
        }
    }
}

fn preposition(direction: Direction) -> &'static str {
    match direction {
        Direction::Upgrade => "to",
        Direction::Downgrade => "from",
    }
}

fn brief(tables: &[TableName]) -> String {
    const SHOWN: usize = 3;
    let shown = tables.iter().take(SHOWN).map(TableName::to_string).collect::<Vec<_>>().join(", ");
    if tables.len() > SHOWN { format!("{shown} and {} more", tables.len() - SHOWN) } else { shown }
}
