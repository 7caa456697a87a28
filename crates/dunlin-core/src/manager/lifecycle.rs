//! Overriding what a manager's init, upgrade, downgrade and reset do.

use crate::revision::{Direction, RevisionId};
use crate::session::{BoxError, BoxFuture, Session};

/// Replaces a manager's init, upgrade, downgrade or reset, as subclasses of Airflow's `BaseDBManager` do.
///
/// Each function gets a [`Run`] and does what is to be done; the given ones run the default.
///
/// ```
/// use dunlin_core::manager::{Lifecycle, Run};
/// use dunlin_core::session::{BoxError, BoxFuture};
///
/// struct Audited;
///
/// impl Lifecycle for Audited {
///     fn upgrade<'a>(&'a self, run: &'a mut dyn Run) -> BoxFuture<'a, Result<(), BoxError>> {
///         Box::pin(async move {
///             run.run_default().await?;
///             run.session().execute("INSERT INTO audit (what) VALUES ('upgraded')").await?;
///             Ok(())
///         })
///     }
/// }
/// ```
pub trait Lifecycle: Send + Sync {
    /// Creates everything in a database that has nothing of this manager's, and records the heads.
    ///
    /// # Errors
    /// Whatever stops the run.
    fn init<'a>(&'a self, run: &'a mut dyn Run) -> BoxFuture<'a, Result<(), BoxError>> {
        run.run_default()
    }

    /// Runs revisions upwards.
    ///
    /// # Errors
    /// Whatever stops the run.
    fn upgrade<'a>(&'a self, run: &'a mut dyn Run) -> BoxFuture<'a, Result<(), BoxError>> {
        run.run_default()
    }

    /// Sees to rows that are always to be there. It is called after each init and upgrade, one that had nothing to do
    /// included, and never while a script is written. The one given does nothing.
    ///
    /// # Errors
    /// Whatever stops the run.
    fn after_upgrade<'a>(&'a self, session: &'a mut dyn Session) -> BoxFuture<'a, Result<(), BoxError>> {
        let _ = session;
        Box::pin(std::future::ready(Ok(())))
    }

    /// Runs revisions downwards.
    ///
    /// # Errors
    /// Whatever stops the run.
    fn downgrade<'a>(&'a self, run: &'a mut dyn Run) -> BoxFuture<'a, Result<(), BoxError>> {
        run.run_default()
    }

    /// Drops what the manager owns.
    ///
    /// # Errors
    /// Whatever stops the run.
    fn reset<'a>(&'a self, run: &'a mut dyn Run) -> BoxFuture<'a, Result<(), BoxError>> {
        run.run_default()
    }
}

/// One run of one manager, as an override sees it.
pub trait Run: Send {
    /// What the default would do, step by step; empty for init and reset, which have no revisions to run.
    fn plan(&self) -> &[PlannedStep];

    /// Whether SQL is to be written instead of run.
    fn offline(&self) -> bool;

    /// The session; in offline mode it writes into the script.
    fn session(&mut self) -> &mut dyn Session;

    /// Does what would be done without the override.
    ///
    /// # Errors
    /// What stops it.
    fn run_default(&mut self) -> BoxFuture<'_, Result<(), BoxError>>;
}

/// One revision that is to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedStep {
    /// The revision.
    pub revision: RevisionId,
    /// Which way.
    pub direction: Direction,
    /// The revision's message.
    pub message: String,
}
