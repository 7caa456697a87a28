//! What was found and what was done, as data: whoever prints decides how.

use std::time::Duration;

use dunlin_core::revision::{Direction, Revision, RevisionId};
use dunlin_engine::owner::Owner;
use dunlin_engine::plan::{Action, Begun, Hazard, OwnerPlan, PlanKind, State};
use thiserror::Error;

use crate::error::Error as RunError;

/// Something that happened during a run.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// Somebody else holds the lock.
    WaitingForLock {
        /// Who, where the database can tell.
        holder: Option<String>,
        /// How long it will be waited for.
        timeout: Duration,
    },
    /// Work on an owner begins.
    OwnerStarted {
        /// The owner.
        owner: String,
        /// What will be done.
        kind: PlanKind,
        /// How many steps that takes.
        steps: usize,
    },
    /// A change may lose something of the rows that are there.
    Hazard {
        /// The owner.
        owner: String,
        /// What it is.
        hazard: Hazard,
    },
    /// A step that an earlier run did not bring to its end is gone on with.
    GoesOn {
        /// The owner.
        owner: String,
        /// The revision.
        revision: RevisionId,
        /// Which way.
        direction: Direction,
        /// How many of its stages are done.
        done: usize,
        /// How many it has.
        stages: usize,
        /// The key of the last row that is done of the stage behind those.
        resume_key: Option<String>,
    },
    /// A batch of a backfill, or of a function that is given rows in batches, is done and committed.
    BatchDone {
        /// The owner.
        owner: String,
        /// The table.
        table: String,
        /// How many rows were updated, or given to the function, so far in this run.
        updated: u64,
        /// The key behind which the next run would go on; `None` behind the last batch.
        resume_key: Option<String>,
    },
    /// A step is done, and committed: each revision that was applied is told once, and nothing that was rolled back.
    /// [`Migrator::run`](crate::Migrator::run) has an example.
    StepDone {
        /// The owner.
        owner: String,
        /// The step.
        step: StepReport,
    },
}

/// Is told what happens while it happens. It stands outside: it can neither stop a run nor write into its transactions.
/// What is to be done with a revision, or not at all, is a data step of the revision.
pub type Observer<'o> = dyn FnMut(&Event) + Send + 'o;

/// A step that ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepReport {
    /// What it was.
    pub action: Action,
    /// The owner's version rows after it.
    pub rows_after: Vec<RevisionId>,
    /// How long it took.
    pub elapsed: Duration,
}

/// How far an owner got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunStatus {
    /// Everything planned was done, be it nothing.
    Done,
    /// A step failed.
    Failed,
    /// An owner before it failed.
    NotStarted,
    /// It was not its turn: the core is not at its head.
    NotAtHead,
}

/// What was done for one owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerReport {
    /// The owner.
    pub owner: String,
    /// What was planned.
    pub kind: PlanKind,
    /// How far it got.
    pub status: RunStatus,
    /// Its version rows before.
    pub rows_before: Vec<RevisionId>,
    /// Its version rows after.
    pub rows_after: Vec<RevisionId>,
    /// The steps that were committed.
    pub steps: Vec<StepReport>,
}

impl OwnerReport {
    /// It was not its turn.
    pub(crate) fn left_alone(owner: &str, rows: &[RevisionId]) -> Self {
        Self {
            owner: owner.to_owned(),
            kind: PlanKind::UpToDate,
            status: RunStatus::NotAtHead,
            rows_before: rows.to_vec(),
            rows_after: rows.to_vec(),
            steps: Vec::new(),
        }
    }

    pub(crate) fn planned(plan: &OwnerPlan) -> Self {
        Self {
            owner: plan.owner.clone(),
            kind: plan.kind,
            status: RunStatus::NotStarted,
            rows_before: plan.rows_before.clone(),
            rows_after: plan.rows_before.clone(),
            steps: Vec::new(),
        }
    }
}

/// What was done in a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The owners, in the order in which they were taken; one that was reset and created anew stands
    /// here twice.
    pub owners: Vec<OwnerReport>,
}

/// A run that stopped: what was done before, and why it stopped.
#[derive(Debug, Error)]
#[error("the run stopped")]
pub struct Failure {
    /// What was done; empty when nothing was started.
    pub report: Report,
    /// What the step that failed left.
    pub left: Left,
    /// Why it stopped.
    pub source: RunError,
}

/// What a failed step left in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// Nothing: it was not begun, or it was rolled back.
    Nothing,
    /// Perhaps a part: the database commits DDL by itself, or a manager's own code ran statements.
    Part,
    /// Nobody knows: the connection was lost while the step was being committed.
    Unknown,
}

impl From<RunError> for Failure {
    /// Nothing was started.
    fn from(source: RunError) -> Self {
        Self { report: Report::default(), left: Left::Nothing, source }
    }
}

/// Where one owner stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerStatus {
    /// The owner.
    pub owner: String,
    /// Its version rows.
    pub rows: Vec<RevisionId>,
    /// Its heads.
    pub heads: Vec<RevisionId>,
    /// What an upgrade would run, in order; empty where `unknown` is not.
    pub pending: Vec<Revision>,
    /// Rows that name no revision of this build.
    pub unknown: Vec<RevisionId>,
    /// Rows that say nothing, as another row's revision follows theirs.
    pub superfluous: Vec<RevisionId>,
    /// What was begun and is not done: the tables are neither what the rows say nor what they will say.
    pub begun: Option<Begun>,
}

impl OwnerStatus {
    /// Whether the rows are exactly the heads, and nothing is half done.
    pub fn is_up_to_date(&self) -> bool {
        self.rows == self.heads && self.begun.is_none()
    }

    pub(crate) fn new(owner: &Owner, rows: Vec<RevisionId>, begun: Option<Begun>) -> Self {
        let state = State { rows: Some(rows.clone()), begun, ..State::default() };
        let begun = owner.begun(&state).cloned();
        let history = owner.at(&rows).history();
        let unknown: Vec<RevisionId> =
            rows.iter().filter(|row| history.get(row).is_none()).cloned().collect();
        let path = history.upgrade(&rows, &dunlin_engine::history::Target::HEADS).unwrap_or_default();
        Self {
            owner: owner.name().to_owned(),
            superfluous: history.superfluous(&rows).unwrap_or_default(),
            rows,
            heads: history.effective_heads(),
            pending: path.into_iter().map(|step| step.revision).collect(),
            unknown,
            begun,
        }
    }
}
