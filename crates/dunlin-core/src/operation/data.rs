//! Steps that move rows.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::dialect::{DialectName, PerDialect};
use crate::schema::TableName;
use crate::session::{Batches, BoxError, BoxFuture, Row, Session};

/// A named function that moves rows, and the tables it changes.
///
/// It runs in the transaction of its revision, or [in batches](DataStep::in_batches), once for each, and each time in
/// a transaction of its own. It must not change the schema: on MySQL and MariaDB a statement that does is refused, as
/// it would commit what came before it. A script can not run it, and names it instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DataStep {
    /// What it does, in words.
    pub name: String,
    /// The tables it changes.
    pub touches: Vec<TableName>,
    /// The rows that it is given, some at a time; `None` is none, and all at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batches: Option<Batches>,
    /// The databases on which it runs; none is all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_on: Vec<DialectName>,
    /// The function.
    #[serde(skip)]
    pub function: StepFunction,
}

impl DataStep {
    /// A step that runs `function`.
    pub fn new<T, F>(name: impl Into<String>, touches: T, function: F) -> Self
    where
        T: IntoIterator<Item: Into<TableName>>,
        F: for<'s> Fn(&'s mut dyn Session) -> BoxFuture<'s, Result<(), BoxError>> + Send + Sync + 'static,
    {
        Self::with(name.into(), touches, None, Arc::new(move |session, _| function(session)))
    }

    /// A step that runs `function` for each of the `batches` of rows, in a transaction of its own. How far it is
    /// stands in the database, as with a [`Backfill`].
    ///
    /// ```
    /// use dunlin_core::operation::DataStep;
    /// use dunlin_core::session::Batches;
    ///
    /// let people = Batches::new("person", ["id"]).columns(["name"]).size(500);
    /// let step = DataStep::in_batches("greet", ["person"], people, |session, rows| Box::pin(async move {
    ///     for row in rows {
    ///         let (id, name) = (row.text(0).unwrap_or_default(), row.text(1).unwrap_or_default());
    ///         let greeting = session.literal(&format!("Hello {name}").into());
    ///         session.execute(&format!("UPDATE person SET greeting = {greeting} WHERE id = {id}")).await?;
    ///     }
    ///     Ok(())
    /// }));
    /// assert!(step.batches.is_some());
    /// ```
    pub fn in_batches<T, F>(name: impl Into<String>, touches: T, batches: Batches, function: F) -> Self
    where
        T: IntoIterator<Item: Into<TableName>>,
        F: for<'s> Fn(&'s mut dyn Session, Vec<Row>) -> BoxFuture<'s, Result<(), BoxError>>
            + Send
            + Sync
            + 'static,
    {
        Self::with(name.into(), touches, Some(batches), Arc::new(function))
    }

    fn with<T>(name: String, touches: T, batches: Option<Batches>, function: Arc<Function>) -> Self
    where
        T: IntoIterator<Item: Into<TableName>>,
    {
        let touches = touches.into_iter().map(Into::into).collect();
        Self { name, touches, batches, only_on: Vec::new(), function: StepFunction(Some(function)) }
    }

    /// Runs on these databases only.
    pub fn only_on(mut self, dialects: impl IntoIterator<Item = DialectName>) -> Self {
        self.only_on = dialects.into_iter().collect();
        self
    }
}

type Function =
    dyn for<'s> Fn(&'s mut dyn Session, Vec<Row>) -> BoxFuture<'s, Result<(), BoxError>> + Send + Sync;

/// The function of a [`DataStep`]. It is no part of the step's value: all functions are equal, and a step
/// that was read from a file has none.
#[derive(Clone, Default)]
pub struct StepFunction(Option<Arc<Function>>);

impl StepFunction {
    /// Runs it on a batch of rows, or on none; `None` if the step was read from a file.
    pub fn run<'s>(
        &self,
        session: &'s mut dyn Session,
        rows: Vec<Row>,
    ) -> Option<BoxFuture<'s, Result<(), BoxError>>> {
        self.0.as_ref().map(|function| function(session, rows))
    }
}

impl PartialEq for StepFunction {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for StepFunction {}

impl fmt::Debug for StepFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "function" } else { "no function" })
    }
}

/// An UPDATE of many rows, some at a time in the order of a key, each time in a transaction of its own,
/// so that no lock is held for long. How far it is stands in the database: when it is interrupted, the
/// next run goes on behind the last batch that was committed.
///
/// What stands before it in its revision is committed before the first batch, and what stands behind it after the
/// last: a run that dies in between is gone on with by the next.
///
/// ```
/// use dunlin_core::operation::Backfill;
/// use std::time::Duration;
///
/// let backfill = Backfill::new("task_instance")
///     .set("duration_ms", "duration * 1000")
///     .only_where("duration_ms IS NULL")
///     .batch_size(5_000)
///     .pause(Duration::from_millis(50));
/// assert_eq!(backfill.set.len(), 1);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Backfill {
    /// The table.
    pub table: TableName,
    /// Columns and the expressions that they are set to.
    pub set: Vec<(String, PerDialect<String>)>,
    /// Which rows are updated; `None` is all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_where: Option<PerDialect<String>>,
    /// The columns of a unique key whose order the batches follow; empty is the primary key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key: Vec<String>,
    /// How many rows are gone through at a time.
    pub batch_size: u64,
    /// How long it rests after each batch.
    #[serde(default)]
    pub pause: Duration,
}

impl Backfill {
    /// 1,000 rows at a time in the order of the primary key, without rest.
    pub fn new(table: impl Into<TableName>) -> Self {
        Self {
            table: table.into(),
            set: Vec::new(),
            only_where: None,
            key: Vec::new(),
            batch_size: 1_000,
            pause: Duration::ZERO,
        }
    }

    /// Sets a column to an SQL expression.
    pub fn set(mut self, column: impl Into<String>, expression: impl Into<PerDialect<String>>) -> Self {
        self.set.push((column.into(), expression.into()));
        self
    }

    /// Updates only the rows that satisfy a condition.
    pub fn only_where(mut self, condition: impl Into<PerDialect<String>>) -> Self {
        self.only_where = Some(condition.into());
        self
    }

    /// Follows the order of another unique key, whose columns are never NULL.
    pub fn key<C>(mut self, columns: C) -> Self
    where
        C: IntoIterator<Item: Into<String>>,
    {
        self.key = columns.into_iter().map(Into::into).collect();
        self
    }

    /// Goes through so many rows at a time: at least one.
    pub fn batch_size(mut self, rows: u64) -> Self {
        self.batch_size = rows.max(1);
        self
    }

    /// Rests after each batch.
    pub fn pause(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }
}
