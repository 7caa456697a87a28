//! What to do about an error.

use dunlin::Error;
use dunlin::engine::dialect::RenderError;
use dunlin::engine::history::HistoryError;
use dunlin::engine::plan::PlanError;

/// The words of a host program that hints need.
#[derive(Debug, Clone, Copy)]
pub struct Hints {
    /// The setting that holds the URL of the database.
    pub url_setting: &'static str,
    /// The setting that holds the schema.
    pub schema_setting: &'static str,
}

/// What to do about a database at a revision that the build does not know.
pub const UNKNOWN_REVISION: &str =
    "the database was migrated by a newer version or by another program: use that version here";

/// What to do about an error, where there is something to do.
pub fn hint(error: &Error, words: &Hints) -> Option<String> {
    Some(match error {
        Error::Connect { .. } => format!(
            "check that the database is running, and the user, password and host in {}",
            words.url_setting
        ),
        Error::OpenFile { .. } => {
            "the file must be a SQLite database, and its directory must exist and be writable".to_owned()
        }
        Error::ConnectTimeout { .. } => {
            format!("check the host and port in {}, and the network", words.url_setting)
        }
        Error::ChangeWouldLose { .. } => {
            "make this change by hand, and record the revision; or take out what would be lost".to_owned()
        }
        Error::LockLost => "connect to the server directly, not through a transaction pooler".to_owned(),
        Error::Interrupted => "connect again".to_owned(),
        Error::Drifted { table } => {
            format!("take back what was changed by hand in table {table}, then run this again")
        }
        Error::LockTimeout { .. } => {
            "another migration is running: wait for it, or end it if it hangs".to_owned()
        }
        Error::LockFile { .. } => "the directory of the database must be writable".to_owned(),
        Error::Clash(_) => "unregister one of the two: a table can have one owner only".to_owned(),
        Error::MayNotCreate { role, schema } => {
            format!("as the schema's owner: GRANT CREATE ON SCHEMA \"{schema}\" TO \"{role}\"")
        }
        Error::NoSchema { schema } => {
            format!("create the schema {schema}, or change {}", words.schema_setting)
        }
        Error::RowMoved { .. } => "let only one tool migrate at a time, then run this again".to_owned(),
        Error::DanglingRows { table, .. } => {
            format!("delete those rows of {table}, or change what they refer to, then run this again")
        }
        Error::Owner(error) => history(&error.source)?.to_owned(),
        Error::Plan { source, .. } => plan(source)?,
        _ => return None,
    })
}

fn plan(error: &PlanError) -> Option<String> {
    Some(match error {
        PlanError::History(error) => history(error)?.to_owned(),
        PlanError::Unversioned { version_table, version_table_exists, .. } => {
            let create = format!(
                "CREATE TABLE {version_table} (version_num VARCHAR(32) NOT NULL, CONSTRAINT {version_table}_pkc \
                 PRIMARY KEY (version_num)); "
            );
            let (interrupted, create) = match version_table_exists {
                true => ("if an earlier run was interrupted, reset this manager; ", ""),
                false => ("", create.as_str()),
            };
            format!(
                "{interrupted}if the tables are another program's, move them away; if they are this manager's, \
                 record the revision they are at: {create}INSERT INTO {version_table} VALUES ('<revision>')"
            )
        }
        PlanError::DroppingNotSupported { .. } => {
            "the manager must say supports_table_dropping(true) before its tables can be reset".to_owned()
        }
        PlanError::Render { source: RenderError::Unsupported { hint, .. }, .. } => (*hint).to_owned(),
        _ => return None,
    })
}

fn history(error: &HistoryError) -> Option<&'static str> {
    Some(match error {
        HistoryError::UnknownRow { .. } => UNKNOWN_REVISION,
        HistoryError::SuperfluousRow { .. } => "delete that row from the version table",
        HistoryError::MultipleHeads { .. } => "add a revision that follows all of these heads",
        HistoryError::DuplicateId { .. } => "give one of the two another id",
        HistoryError::IdTooLong { .. } => "give the revision a shorter id: the version table is VARCHAR(32)",
        HistoryError::UnknownParent { .. } => "add the missing revision, or correct the down_revision",
        HistoryError::Cycle { .. } => "correct a down_revision, so that one of these comes first",
        HistoryError::AmbiguousTarget { .. } => "write more of the revision id",
        _ => return None,
    })
}
