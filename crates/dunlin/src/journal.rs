//! The journal: what was applied, when, by whom, and how long it took.
//!
//! The version table is the truth, and the journal explains it: an append-only table, `dunlin_journal`, in the
//! connection's default schema wherever the version tables are, with an entry for each step that ran. The entry is written in the transaction of the
//! step's version row. A journal that cannot be made or written to, and another tool that was there and wrote
//! nothing, stop no run.

use std::time::Duration;

use dunlin_core::operation::Operation;
use dunlin_core::schema::{DataType, Identity, Metadata, SqlValue, Table};
use dunlin_core::session::Session as _;
use dunlin_engine::plan::{Action, Step};
use serde::Serialize;

use crate::database::Database;
use crate::error::Error;

/// The journal's table.
pub const JOURNAL_TABLE: &str = "dunlin_journal";

/// What is read, in the order of [`JournalEntry`]'s fields.
const COLUMNS: &str = "applied_at, owner, action, revision, version_rows, elapsed_ms, applied_by, tool";

/// One step that ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct JournalEntry {
    /// When it was done, in UTC to the second: `2026-11-23 01:50:00`.
    pub applied_at: String,
    /// The owner.
    pub owner: String,
    /// `upgrade` or `downgrade` of a revision, `create` (from the models), `drop` or `stamp`.
    pub action: String,
    /// The revision that ran.
    pub revision: Option<String>,
    /// The owner's version rows afterwards, sorted.
    pub version_rows: Vec<String>,
    /// How long its statements took, in milliseconds.
    pub elapsed_ms: u64,
    /// Who ran it, as the program says.
    pub applied_by: String,
    /// The tool and its version.
    pub tool: String,
}

/// What a run writes into the journal.
#[derive(Debug, Clone)]
pub(crate) struct Journal {
    by: String,
}

impl Journal {
    pub(crate) fn new(by: impl Into<String>) -> Self {
        Self { by: by.into() }
    }

    /// Whether there can be entries; the table is made if it is not there.
    pub(crate) async fn is_open(&self, database: &mut Database) -> bool {
        // It asks for the table, its columns and the right to write, and writes nothing.
        let probe = format!(
            "INSERT INTO {JOURNAL_TABLE} ({COLUMNS}) SELECT {COLUMNS} FROM {JOURNAL_TABLE} WHERE 1 = 0"
        );
        if database.run(&probe).await.is_ok() {
            return true;
        }
        let create = Operation::CreateTable { table: table(), if_not_exists: false };
        let Ok(create) = database.dialect().render(&create, &Metadata::default()) else { return false };
        for sql in create.statements {
            if let Err(error) = database.run(&sql).await {
                tracing::warn!(%error, table = JOURNAL_TABLE, "there is no journal of this run");
                return false;
            }
        }
        database.run(&probe).await.is_ok()
    }

    /// Writes an entry in the transaction that is open, if one is.
    pub(crate) async fn write(
        &self,
        database: &mut Database,
        owner: &str,
        step: &Step,
        elapsed: Duration,
    ) -> Result<(), Error> {
        let (action, revision) = match &step.action {
            Action::Revision { revision, direction } => {
                (direction.to_string(), Some(revision.id.to_string()))
            }
            Action::CreateAll => ("create".to_owned(), None),
            Action::DropAll => ("drop".to_owned(), None),
            Action::Stamp => ("stamp".to_owned(), None),
        };
        let rows: Vec<&str> = step.rows_after.iter().map(|row| row.as_str()).collect();
        let text = |text: &str| database.literal(&SqlValue::from(text));
        let values = [
            text(owner),
            text(&action),
            revision.as_deref().map_or("NULL".to_owned(), text),
            text(&rows.join(" ")),
            elapsed.as_millis().to_string(),
            text(&self.by),
            text(concat!("dunlin ", env!("CARGO_PKG_VERSION"))),
        ]
        .join(", ");
        let (_, given) = COLUMNS.split_once(", ").unwrap_or_default();
        database.run_aside(&format!("INSERT INTO {JOURNAL_TABLE} ({given}) VALUES ({values})")).await
    }
}

/// The newest entries, oldest first; none where there is no journal.
pub(crate) async fn entries(
    database: &mut Database,
    owner: Option<&str>,
    limit: Option<usize>,
) -> Result<Vec<JournalEntry>, Error> {
    let of_owner = owner.map(|owner| format!(" WHERE owner = {}", database.literal(&SqlValue::from(owner))));
    let limit = limit.map(|limit| format!(" LIMIT {limit}")).unwrap_or_default();
    let sql = format!(
        "SELECT {COLUMNS} FROM {JOURNAL_TABLE}{} ORDER BY id DESC{limit}",
        of_owner.unwrap_or_default()
    );
    let rows = database.rows_if_tables_exist(&sql).await?.unwrap_or_default();
    let entry = |row: &dunlin_core::session::Row| {
        let text = |at| row.text(at).unwrap_or_default().to_owned();
        JournalEntry {
            applied_at: text(0).chars().take("2026-11-23 01:50:00".len()).collect(),
            owner: text(1),
            action: text(2),
            revision: row.text(3).map(str::to_owned),
            version_rows: text(4).split_whitespace().map(str::to_owned).collect(),
            elapsed_ms: text(5).parse().unwrap_or_default(),
            applied_by: text(6),
            tool: text(7),
        }
    };
    Ok(rows.iter().rev().map(entry).collect())
}

fn table() -> Table {
    Table::build(JOURNAL_TABLE, |t| {
        t.column("id", DataType::BigInteger).identity(Identity::default());
        t.column("applied_at", DataType::timestamp())
            .not_null()
            .server_default(SqlValue::expression("CURRENT_TIMESTAMP"));
        t.column("owner", DataType::string(255)).not_null();
        t.column("action", DataType::string(16)).not_null();
        t.column("revision", DataType::string(32));
        t.column("version_rows", DataType::Text).not_null();
        t.column("elapsed_ms", DataType::BigInteger).not_null();
        t.column("applied_by", DataType::string(255)).not_null();
        t.column("tool", DataType::string(64)).not_null();
        t.primary_key(format!("{JOURNAL_TABLE}_pkey"), ["id"]);
    })
}
