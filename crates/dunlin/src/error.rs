//! What can go wrong.

use std::time::Duration;

use dunlin_core::session::BoxError;
use dunlin_engine::owner::OwnerError;
use dunlin_engine::ownership::Clash;
use dunlin_engine::plan::PlanError;
use thiserror::Error;

/// Why something was not done. No message holds a password.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no connection.
    #[error("cannot connect to {database}")]
    Connect {
        /// The URL without its password.
        database: String,
        /// Why.
        source: sqlx::Error,
    },
    /// A SQLite file cannot be opened.
    #[error("cannot open the database file {path}")]
    OpenFile {
        /// Its path.
        path: String,
        /// Why.
        source: sqlx::Error,
    },
    /// The server did not answer in time.
    #[error("{database} did not answer within {} s", timeout.as_secs())]
    ConnectTimeout {
        /// The URL without its password.
        database: String,
        /// How long it was waited for.
        timeout: Duration,
    },
    /// A statement failed.
    #[error("the database refused: {}", first_line(statement))]
    Statement {
        /// The statement.
        statement: String,
        /// What the database says.
        source: sqlx::Error,
    },
    /// Somebody else holds the migration lock.
    #[error("the migration lock was not free within {} s{}", timeout.as_secs(), holder.as_ref().map(|h| format!("; it is held by {h}")).unwrap_or_default())]
    LockTimeout {
        /// How long it was waited for.
        timeout: Duration,
        /// Who holds it, where the database can tell.
        holder: Option<String>,
    },
    /// The lock file of a SQLite database cannot be used.
    #[error("cannot use the lock file {path}")]
    LockFile {
        /// Its path.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A manager's history is broken.
    #[error(transparent)]
    Owner(#[from] OwnerError),
    /// Two managers claim the same table.
    #[error(transparent)]
    Clash(#[from] Clash),
    /// No manager has this name.
    #[error("there is no DB manager {name}")]
    UnknownOwner {
        /// As given.
        name: String,
    },
    /// What is wanted of an owner cannot be done.
    #[error("cannot plan for {owner}")]
    Plan {
        /// The owner.
        owner: String,
        /// Why.
        source: PlanError,
    },
    /// The role may not create tables.
    #[error("role {role} may not create tables in schema {schema}")]
    MayNotCreate {
        /// The role.
        role: String,
        /// The schema.
        schema: String,
    },
    /// The host's schema does not exist, or is of no use on this database.
    #[error("there is no schema {schema}")]
    NoSchema {
        /// The schema.
        schema: String,
    },
    /// A version row was not what it was when the plan was made.
    #[error("{version_table} was changed by somebody else meanwhile: {statement} hit {rows} rows, not 1")]
    RowMoved {
        /// The version table.
        version_table: String,
        /// The statement.
        statement: String,
        /// How many rows it hit.
        rows: u64,
    },
    /// A step left rows that refer to nothing. It was rolled back.
    #[error("{} rows of {table} would refer to rows of {parent} that are gone", count)]
    DanglingRows {
        /// The referring table.
        table: String,
        /// The table referred to.
        parent: String,
        /// How many.
        count: u64,
    },
    /// A table, or a column of it, must be restated to be changed, and has something that dunlin cannot
    /// restate. It was not changed.
    #[error("to change table {table} as wanted would lose {what}")]
    ChangeWouldLose {
        /// The table.
        table: String,
        /// What would be lost.
        what: String,
    },
    /// What the database says of a table cannot be read.
    #[error("the definition of table {table} cannot be read")]
    Introspect {
        /// The table.
        table: String,
        /// Why.
        source: BoxError,
    },
    /// A manager's own code failed.
    #[error("the override of {owner} failed")]
    Override {
        /// The owner.
        owner: String,
        /// Why.
        source: BoxError,
    },
}

fn first_line(statement: &str) -> String {
    const SHOWN: usize = 120;
    let line = statement.trim().lines().next().unwrap_or_default();
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}
