//! What a listener is told.

use std::fmt;

/// A dag run has come into a state.
///
/// Times are RFC 3339 text. A field that the host does not know is `None`, as is the end of a run that
/// has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DagRunEvent {
    /// The dag.
    pub dag_id: String,
    /// The run, unique within the dag.
    pub run_id: String,
    /// The state it has come into.
    pub state: DagRunState,
    /// What Airflow says about the change; may be empty.
    pub message: String,
    /// `manual`, `scheduled`, `backfill`, …
    pub run_type: Option<String>,
    /// The time the run is for.
    pub logical_date: Option<String>,
    /// When it started.
    pub start_date: Option<String>,
    /// When it ended.
    pub end_date: Option<String>,
}

impl DagRunEvent {
    /// An event of which nothing more is known; the fields may be set afterwards.
    ///
    /// ```
    /// use airflow_plugin::{DagRunEvent, DagRunState};
    ///
    /// let mut event = DagRunEvent::new("etl", "manual__2025-09-27", DagRunState::Failed);
    /// event.run_type = Some("manual".into());
    /// assert_eq!(event.state.to_string(), "failed");
    /// ```
    pub fn new(dag_id: impl Into<String>, run_id: impl Into<String>, state: DagRunState) -> Self {
        Self {
            dag_id: dag_id.into(),
            run_id: run_id.into(),
            state,
            message: String::new(),
            run_type: None,
            logical_date: None,
            start_date: None,
            end_date: None,
        }
    }
}

/// The states that listeners are told about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DagRunState {
    /// It has started.
    Running,
    /// It has succeeded.
    Success,
    /// It has failed.
    Failed,
}

impl DagRunState {
    /// The word that Airflow stores: `running`, `success`, `failed`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Success => "success",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for DagRunState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
