//! What can go wrong.

use std::time::Duration;

use dunlin_core::revision::{Direction, RevisionId};
use dunlin_core::schema::{SchemaError, TableName};
use dunlin_core::session::BoxError;
use dunlin_engine::compare::CompareError;
use dunlin_engine::dialect::RenderError;
use dunlin_engine::generate::GenerateError;
use dunlin_engine::generate::sql::SqlRevisionError;
use dunlin_engine::owner::OwnerError;
use dunlin_engine::ownership::Clash;
use dunlin_engine::plan::PlanError;
use dunlin_engine::sql::SqlError;
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
        source: DriverError,
    },
    /// A SQLite file cannot be opened.
    #[error("cannot open the database file {path}")]
    OpenFile {
        /// Its path.
        path: String,
        /// Why.
        source: DriverError,
    },
    /// The server did not answer in time.
    #[error("{database} did not answer within {} s", timeout.as_secs())]
    ConnectTimeout {
        /// The URL without its password.
        database: String,
        /// How long it was waited for.
        timeout: Duration,
    },
    /// Somebody changed a table by hand, or a run ended in the middle of a revision, so that a revision does not fit.
    #[error(
        "the {direction} of revision {revision} does not fit the database, which is not as the revisions of {owner} \
         left it ({})", changes.join("; ")
    )]
    InTheWay {
        /// The owner.
        owner: String,
        /// The revision.
        revision: RevisionId,
        /// Which way it was to be run.
        direction: Direction,
        /// What was done to the table since the revisions left it, in words.
        changes: Vec<String>,
        /// What does not fit.
        source: SchemaError,
    },
    /// What is to be one transaction cannot be.
    #[error("the run cannot be one transaction: {what}")]
    NoTransaction {
        /// Why not.
        what: String,
    },
    /// Others did not migrate the database in time.
    #[error("after {} s the database is not up to date: {}", waited.as_secs(), owners.join(", "))]
    NotMigrated {
        /// How long it was waited for.
        waited: Duration,
        /// The owners that are not at their heads.
        owners: Vec<String>,
    },
    /// A statement failed.
    #[error("the database refused: {}", first_line(statement))]
    Statement {
        /// The statement.
        statement: String,
        /// What the database says.
        source: DriverError,
    },
    /// Models cannot be compared as it was asked for.
    #[error("cannot compare{}", if owner.is_empty() { String::new() } else { format!(" the models of {owner}") })]
    Compare {
        /// The owner; empty where it is not one's.
        owner: String,
        /// Why.
        source: CompareError,
    },
    /// What was found cannot be written as a revision in Rust.
    #[error("the revision cannot be written in Rust")]
    Generate {
        /// Why.
        source: GenerateError,
    },
    /// What was found cannot be written as a revision in SQL.
    #[error("the revision cannot be written in SQL")]
    GenerateSql {
        /// Why.
        source: SqlRevisionError,
    },
    /// A revision is to be made of what differs from a database that is not at the newest revisions.
    #[error("{owner} is at {}, and its newest revision is {}", shown(rows), shown(heads))]
    NotAtHeads {
        /// The owner.
        owner: String,
        /// Its version rows.
        rows: Vec<RevisionId>,
        /// Its newest revisions.
        heads: Vec<RevisionId>,
    },
    /// The lock was taken, and is not held by the session that works.
    #[error("the migration lock is not held by the session that runs the statements")]
    LockLost,
    /// An earlier run on this connection did not come to its end.
    #[error("an earlier run on this connection was interrupted")]
    Interrupted,
    /// A table is not what the history says, and would have to be rebuilt for it.
    #[error(
        "table {table} is not what its history says: this change would rebuild it, which was not planned for"
    )]
    Drifted {
        /// The table.
        table: String,
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
    /// The host's schema, or that of a version table, does not exist, or is of no use on this database.
    #[error("there is no schema {schema}")]
    NoSchema {
        /// The schema.
        schema: String,
    },
    /// The version table cannot be where it is to be.
    #[error(transparent)]
    VersionTable(RenderError),
    /// A version row was not what it was when the plan was made.
    #[error(
        "{version_table} was changed by somebody else meanwhile: it is at {}, not at {}",
        list(found),
        list(expected)
    )]
    RowMoved {
        /// The version table.
        version_table: TableName,
        /// The rows that the plan was made for.
        expected: Vec<RevisionId>,
        /// The rows that are there.
        found: Vec<RevisionId>,
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
    /// A step left a foreign key that refers to columns which are no key. It was rolled back.
    #[error(
        "a foreign key of {table} would refer to columns of {parent} that are neither its primary key nor unique"
    )]
    NoKeyReferredTo {
        /// The referring table.
        table: String,
        /// The table referred to.
        parent: String,
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
    /// A step that moves rows cannot be run.
    #[error("a data step was not run")]
    DataStep {
        /// Why.
        source: RenderError,
    },
    /// A function of a revision failed.
    #[error("the step {step:?} failed")]
    Function {
        /// The step.
        step: String,
        /// Why.
        source: BoxError,
    },
    /// What is done in batches stopped; the batches before are committed, and the next run goes on behind them.
    #[error("the backfill of table {table} stopped {}", stopped_behind(resume_key.as_deref()))]
    Backfill {
        /// The table.
        table: String,
        /// The key of the last row that is done.
        resume_key: Option<String>,
        /// Why.
        source: Box<Error>,
    },
    /// A revision is half done, and what was done of it is not what it says by now.
    #[error(
        "revision {revision} is not the one that stopped half-way: what it had done by then has been changed in it"
    )]
    StepChanged {
        /// The revision.
        revision: RevisionId,
    },
    /// The server takes no table without a primary key.
    #[error("table {table} has no primary key, and the server is set to take no such table")]
    PrimaryKeyRequired {
        /// The table.
        table: String,
    },
    /// A step of a script must know what a table is, and a statement has changed it.
    #[error(
        "{step} cannot be written down: it restates table {table}, which `{}` has changed",
        first_line(statement)
    )]
    Opaque {
        /// The step.
        step: String,
        /// The table.
        table: String,
        /// The statement.
        statement: String,
    },
    /// The role may not make a database.
    #[error("the role may not make a scratch database on {server}")]
    MayNotCreateDatabase {
        /// The server's URL without its password.
        server: String,
        /// What the server says.
        source: DriverError,
    },
    /// A scratch database is left on its server.
    #[error("the scratch database {database} is left on {server}")]
    ScratchLeft {
        /// Its name.
        database: String,
        /// The server's URL without its password.
        server: String,
        /// Why it could not be dropped.
        source: Box<Error>,
    },
    /// A statement would change more than the scratch database that it is run in.
    #[error("not run in a scratch database, as it reaches beyond it ({what}): {}", first_line(statement))]
    BeyondScratch {
        /// The statement.
        statement: String,
        /// What it speaks of.
        what: String,
    },
    /// A file of SQL begins a transaction and does not end it: what it made in it would be gone.
    #[error("{file}, line {line}: the transaction that begins here is not ended")]
    OpenTransaction {
        /// The file.
        file: String,
        /// The line, from 1 on.
        line: usize,
    },
    /// Where tables live is not in the database, but beside it.
    #[error("schema {schema} is a database of its own here, and no scratch database can have it")]
    SchemaIsDatabase {
        /// The schema.
        schema: String,
    },
    /// A script would have to go into another database and come back, and knows no way back.
    #[error(
        "no script can be written for the tables in {schema}: revisions have SQL that names tables without it"
    )]
    ScriptOfSchema {
        /// The schema.
        schema: String,
    },
    /// A revision cannot be run in a scratch database.
    #[error("revision {revision} of {owner} cannot be run in a scratch database")]
    ScratchRevision {
        /// The owner.
        owner: String,
        /// The revision.
        revision: RevisionId,
        /// Why.
        source: Box<Error>,
    },
    /// A file of SQL cannot be cut into statements.
    #[error("{file} cannot be read")]
    SqlText {
        /// The file.
        file: String,
        /// Why, with the line.
        source: SqlError,
    },
    /// A statement of a file failed.
    #[error("{file}, line {line}")]
    SqlStatement {
        /// The file.
        file: String,
        /// The line that the statement begins in, from 1.
        line: usize,
        /// Why.
        source: Box<Error>,
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

/// What the database or its driver says, in the database's own words.
///
/// A class of its own, so that the driver is no part of this crate's interface.
#[derive(Debug)]
pub struct DriverError(sqlx::Error);

impl DriverError {
    /// Whether the connection was lost, so that nobody knows what became of the statement.
    pub(crate) fn is_lost(&self) -> bool {
        !matches!(self.0, sqlx::Error::Database(_))
    }

    /// Whether the server does not know the user, or the password is another. No waiting mends that, unless somebody
    /// makes the user.
    pub fn refuses_user(&self) -> bool {
        /// `invalid_authorization_specification`, `invalid_password`.
        const POSTGRES: [&str; 2] = ["28000", "28P01"];
        /// Access denied: to the server, to the database, and with a plugin that says so itself.
        const MYSQL: [u16; 3] = [1044, 1045, 1698];
        self.is_one_of(&POSTGRES, &MYSQL)
    }

    /// Whether the server has no such database.
    pub fn is_no_such_database(&self) -> bool {
        self.is_one_of(&["3D000"], &[1049])
    }

    fn is_one_of(&self, postgres: &[&str], mysql: &[u16]) -> bool {
        let sqlx::Error::Database(error) = &self.0 else { return false };
        match error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>() {
            Some(error) => mysql.contains(&error.number()),
            None => error.code().is_some_and(|code| postgres.contains(&code.as_ref())),
        }
    }

    /// Whether the role, the session or the server may not do what was said, whatever it was.
    pub(crate) fn is_denied(&self) -> bool {
        /// `insufficient_privilege`, `read_only_sql_transaction`.
        const POSTGRES: [&str; 2] = ["42501", "25006"];
        /// No right on a database, a table, a column or a routine; SUPER is missing; `--read-only`; a view that
        /// may not be looked into; a read-only transaction; a read-only server.
        const MYSQL: [u16; 9] = [1044, 1142, 1143, 1227, 1290, 1345, 1370, 1792, 1836];

        self.is_one_of(&POSTGRES, &MYSQL)
    }

    /// Whether the server says this code.
    pub(crate) fn is_code(&self, code: &str) -> bool {
        matches!(&self.0, sqlx::Error::Database(error) if error.code().as_deref() == Some(code))
    }

    /// Whether SQLite says that another process is writing.
    fn is_busy(&self) -> bool {
        let sqlx::Error::Database(error) = &self.0 else { return false };
        let primary = error.code().and_then(|code| code.parse::<u32>().ok()).map(|code| code & 0xff);
        const SQLITE_BUSY: u32 = 5;
        error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() && primary == Some(SQLITE_BUSY)
    }
}

impl From<sqlx::Error> for DriverError {
    fn from(error: sqlx::Error) -> Self {
        Self(error)
    }
}

impl std::fmt::Display for DriverError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sqlx::Error::Database(error) = &self.0 else { return self.0.fmt(f) };
        f.write_str(error.message())?;
        let postgres = error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>();
        match postgres.and_then(|error| error.detail()) {
            Some(detail) => write!(f, " ({detail})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for DriverError {}

impl Error {
    /// Whether the role, the session or the server may not do what it was told.
    pub(crate) fn is_denied(&self) -> bool {
        matches!(self, Self::Statement { source, .. } if source.is_denied())
    }

    /// What the server says, without the statement that it says it about.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Statement { source, .. } => format!("the server says: {source}"),
            other => other.to_string(),
        }
    }

    /// Whether it may be otherwise a moment later: the database does not let anybody in (yet), ended the connection,
    /// or is being written by another process.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Connect { .. } | Self::ConnectTimeout { .. } => true,
            Self::Statement { source, .. } => source.is_lost() || source.is_busy(),
            other => other.is_busy(),
        }
    }

    /// Whether a SQLite database is being written by another process: it may be free a moment later.
    pub fn is_busy(&self) -> bool {
        match self {
            Self::OpenFile { source, .. } | Self::Statement { source, .. } => source.is_busy(),
            _ => false,
        }
    }
}

fn stopped_behind(resume_key: Option<&str>) -> String {
    match resume_key {
        Some(key) => format!("behind the row with the key {key}"),
        None => "in its first batch".to_owned(),
    }
}

fn list(rows: &[RevisionId]) -> String {
    let rows: Vec<_> = rows.iter().map(RevisionId::as_str).collect();
    if rows.is_empty() { "no revision".to_owned() } else { rows.join(", ") }
}

/// The first line of a statement that is no comment.
fn first_line(statement: &str) -> String {
    const SHOWN: usize = 120;
    let mut rest = statement.trim();
    loop {
        let behind = match rest {
            line if line.starts_with("--") => line.split_once('\n').map(|(_, behind)| behind),
            // What MySQL runs of a comment is the statement.
            block if block.starts_with("/*") && !block.starts_with("/*!") && !block.starts_with("/*M!") => {
                block.split_once("*/").map(|(_, behind)| behind)
            }
            _ => None,
        };
        match behind.map(str::trim_start) {
            Some(behind) if !behind.is_empty() => rest = behind,
            _ => break,
        }
    }
    let line = rest.lines().next().unwrap_or_default();
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

fn shown(revisions: &[RevisionId]) -> String {
    match revisions {
        [] => "no revision".to_owned(),
        some => some.iter().map(RevisionId::as_str).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::first_line;

    #[test]
    fn a_statement_is_shown_from_behind_its_comments() {
        let dump = "--\n-- Name: t; Type: TABLE\n--\n\n/* and\nso on */ CREATE TABLE t (\n    a INT\n)";
        for (statement, shown) in [
            (dump, "CREATE TABLE t ("),
            ("/*!40101 SET NAMES utf8 */", "/*!40101 SET NAMES utf8 */"),
            ("-- nothing else", "-- nothing else"),
            (" SELECT 1 -- one", "SELECT 1 -- one"),
        ] {
            assert_eq!(first_line(statement), shown);
        }
    }
}
