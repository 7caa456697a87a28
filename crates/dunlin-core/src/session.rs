//! What a manager's own code may do on the database: [`Session`].

use std::pin::Pin;

use crate::dialect::DialectName;

/// A boxed future, so that traits with async functions can be trait objects.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// An error of any origin.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The connection that does the work. Statements are committed one by one unless they begin a transaction
/// themselves: the transactions of the run are those of its own steps.
///
/// In offline mode [`execute`](Session::execute) adds the statement to the script, and
/// [`query`](Session::query) is an error: there is no database to ask.
pub trait Session: Send {
    /// Whose SQL is spoken.
    fn dialect(&self) -> DialectName;

    /// Runs one statement.
    ///
    /// # Errors
    /// What the database says.
    fn execute<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<(), BoxError>>;

    /// Runs one query; each row is its columns as text, NULL as `None`.
    ///
    /// # Errors
    /// What the database says; always in offline mode.
    fn query<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<Vec<Row>, BoxError>>;
}

/// A row: its columns as text, in order.
pub type Row = Vec<Option<String>>;
