//! A revision as a file of SQL, which people read, and run by hand in parts.
//!
//! ```sql
//! -- revision: d759c6d30f5a
//! -- down_revision: 3f1a0c6d9b21
//! -- message: create ticket table
//! -- created: 2026-11-22 21:46:04 UTC
//!
//! -- upgrade
//! -- touches: ticket
//!
//! CREATE TABLE ticket (id INTEGER NOT NULL, PRIMARY KEY (id));
//!
//! -- upgrade: postgres
//! -- no-transaction
//! -- touches: ticket
//!
//! CREATE INDEX CONCURRENTLY ticket_id ON ticket (id);
//!
//! -- downgrade
//! -- touches: ticket
//!
//! DROP TABLE ticket;
//! ```
//!
//! # The head
//!
//! Lines `-- key: value` before the first section: `revision` (which must be there), `down_revision` and
//! `depends_on` (several are separated by commas), `branch_labels`, `message` (once for each of its lines),
//! `created`. Any other key in small letters is an error, a line that is not of this form a comment.
//!
//! # Sections
//!
//! A line `-- upgrade`, `-- downgrade`, `-- upgrade: mysql`, … begins a section, which ends where the next one
//! begins. A section for `mysql` serves MariaDB unless there is one for `mariadb`; one without a database serves
//! all that have none of their own. Without an upgrade section the file is refused; where a downgrade is
//! wanted and has no section, it is the reader of the file who refuses.
//!
//! A section's statements are committed together, where the database can do that. The line
//! `-- new-transaction` begins another stage: what stands before it is committed first (a value of
//! an enum type of PostgreSQL must be before it is used).
//!
//! # Options
//!
//! Lines right below the one that begins a section or stage:
//!
//! - `-- no-transaction`: each statement stands alone, outside any transaction;
//! - `-- no-foreign-keys`: the statements run with foreign keys off, as SQLite's manual says to copy a table. A
//!   runner switches them off before the transaction, compares `foreign_key_check` before and behind the
//!   statements, and switches them on again; none of that stands in the file, as the switch does nothing in a
//!   transaction, which is the runner's. By hand: `PRAGMA foreign_keys = OFF` before;
//! - `-- touches: ticket, audit.log, "odd, name"`: the tables that the statements change. Without this line that
//!   is not known; with it, and nothing behind it, there are none.
//!
//! # What is a mark, and what a comment
//!
//! A mark is a line of its own, begins at the line's first character, and is spelt as above, in small
//! letters with one blank behind the dashes. It counts wherever a comment may stand, even in the middle of a
//! statement, whose semicolon is missing then; and not in quotes, as the section's database has them (where a
//! section is for none: if it stands in quotes for all four). A line that is nearly a mark (`-- Upgrade`,
//! `--downgrade`, `-- upgrade: postgress`, `-- touch: a`) and an option that stands elsewhere is an error. Every
//! other comment is one.
//!
//! Statements are cut by [`split`](super::split); what a session is given before it runs them is
//! [`session_settings`](crate::dialect::Dialect::session_settings).

mod mark;
mod parse;
mod tables;
mod write;

use dunlin_core::dialect::DialectName;
use dunlin_core::operation::SqlStage;
use dunlin_core::revision::{Direction, Revision, RevisionId, SqlScript};
use dunlin_core::schema::TableName;
use thiserror::Error;

use super::SqlError;
use super::split::{Statement, scan, split, terminated};
use mark::Mark;

/// A revision as a file of SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionFile {
    /// What it says of itself.
    pub header: Header,
    /// Its sections, in the order of the file.
    pub sections: Vec<Section>,
}

/// What a revision file says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The revision's id.
    pub revision: RevisionId,
    /// The revisions it follows.
    pub down_revisions: Vec<RevisionId>,
    /// What it is about.
    pub message: String,
    /// Its branch labels.
    pub branch_labels: Vec<String>,
    /// The revisions that must be there first, as they are written: ids, parts of ids or labels.
    pub depends_on: Vec<String>,
    /// When it was made, as text.
    pub created: Option<String>,
}

impl Header {
    /// A base without a word about it.
    pub fn new(revision: impl Into<RevisionId>) -> Self {
        Self {
            revision: revision.into(),
            down_revisions: Vec::new(),
            message: String::new(),
            branch_labels: Vec::new(),
            depends_on: Vec::new(),
            created: None,
        }
    }

    /// Reads the head of a file, and nothing behind it.
    ///
    /// # Errors
    /// [`RevisionFileError`].
    pub fn parse(text: &str) -> Result<Self, RevisionFileError> {
        Ok(parse::header(text)?.0)
    }

    /// Reads the head of the beginning of a file, which ends with a line; nothing if no section begins in it.
    ///
    /// # Errors
    /// [`RevisionFileError`].
    pub fn parse_beginning(text: &str) -> Result<Option<Self>, RevisionFileError> {
        let (header, rest) = parse::header(text)?;
        Ok((!rest.is_empty()).then_some(header))
    }

    /// The revision that it speaks of.
    pub fn to_revision(&self) -> Revision {
        let mut revision = Revision::new(self.revision.clone());
        revision.down_revisions.clone_from(&self.down_revisions);
        revision.depends_on.clone_from(&self.depends_on);
        revision.branch_labels.clone_from(&self.branch_labels);
        revision.message.clone_from(&self.message);
        revision
    }
}

impl From<&Revision> for Header {
    fn from(revision: &Revision) -> Self {
        Self {
            revision: revision.id.clone(),
            down_revisions: revision.down_revisions.clone(),
            message: revision.message.clone(),
            branch_labels: revision.branch_labels.clone(),
            depends_on: revision.depends_on.clone(),
            created: None,
        }
    }
}

/// One direction on one database, or on all that have no section of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Which way it goes.
    pub direction: Direction,
    /// The database; `None` is any.
    pub dialect: Option<DialectName>,
    /// What is committed together, in order: at least one.
    pub stages: Vec<Stage>,
}

/// Statements that are committed together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stage {
    /// Whether each statement stands alone, outside any transaction.
    pub no_transaction: bool,
    /// Whether they run with foreign keys off.
    pub no_foreign_keys: bool,
    /// The tables they change; `None` is not known.
    pub touches: Option<Vec<TableName>>,
    /// The statements as text, with comments and semicolons.
    pub text: String,
    /// Where the text begins in the file.
    line: Line,
}

/// A line of a file. It is no part of what a file says: all are equal.
#[derive(Debug, Clone, Copy)]
struct Line(usize);

impl Default for Line {
    fn default() -> Self {
        Self(1)
    }
}

impl PartialEq for Line {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Line {}

impl Stage {
    /// Statements for a database.
    ///
    /// # Errors
    /// [`WriteError::Statement`]: one that is not one statement, as [`split`] has it, or has a line in it that
    /// would begin a section or stage.
    pub fn new<'s>(
        dialect: DialectName,
        statements: impl IntoIterator<Item = &'s str>,
    ) -> Result<Self, WriteError> {
        let mut texts = Vec::new();
        for sql in statements {
            let text = terminated(dialect, sql);
            let begins = |line: &str| Mark::read(line).is_some_and(|mark| mark.begins_stage());
            let why = match scan(dialect, &text, &begins) {
                Err(error) => error.to_string(),
                Ok(scan) if scan.end < text.len() => "a line of it is a mark of revision files".to_owned(),
                Ok(scan) => match scan.statements.as_slice() {
                    [one] if one.sql == sql => {
                        texts.push(text);
                        continue;
                    }
                    several => format!("as {} statements", several.len()),
                },
            };
            return Err(WriteError::Statement { sql: sql.to_owned(), why });
        }
        let text = texts.join("\n").trim_end().to_owned();
        Ok(Self { text, ..Self::default() })
    }

    /// Its statements as a database cuts them, with their lines in the file.
    ///
    /// # Errors
    /// Those of [`split`], with lines of the file.
    pub fn statements(&self, dialect: DialectName) -> Result<Vec<Statement<'_>>, SqlError> {
        statements(dialect, &self.text, self.line.0)
    }

    /// The line of the file that its text begins in, from 1 on.
    pub fn line(&self) -> usize {
        self.line.0
    }

    fn to_sql_stage(&self) -> SqlStage {
        let mut stage = SqlStage::new(self.text.clone(), self.line.0);
        stage.touches.clone_from(&self.touches);
        stage.no_transaction = self.no_transaction;
        stage.no_foreign_keys = self.no_foreign_keys;
        stage
    }
}

/// The statements of a text that begins in a line of its file, as a database cuts them, with their lines in
/// the file.
///
/// # Errors
/// Those of [`split`], with lines of the file.
pub fn statements(dialect: DialectName, text: &str, line: usize) -> Result<Vec<Statement<'_>>, SqlError> {
    let before = line.saturating_sub(1);
    let mut statements = split(dialect, text).map_err(|error| moved(error, before))?;
    statements.iter_mut().for_each(|statement| statement.line += before);
    Ok(statements)
}

/// An error as many lines further down.
fn moved(mut error: SqlError, by: usize) -> SqlError {
    if let SqlError::Unclosed { line, .. } | SqlError::Unexpected { line, .. } = &mut error {
        *line += by;
    }
    error
}

impl RevisionFile {
    /// Reads a file.
    ///
    /// ```
    /// use dunlin_core::dialect::DialectName;
    /// use dunlin_core::revision::Direction;
    /// use dunlin_sql::revision_file::RevisionFile;
    ///
    /// let text = "-- revision: a1\n\n-- upgrade\nCREATE TABLE t (a INT);\n\n-- downgrade\nDROP TABLE t;\n";
    /// let file = RevisionFile::parse(text).unwrap();
    /// let down = file.section(Direction::Downgrade, DialectName::Sqlite).unwrap();
    /// assert_eq!(down.stages[0].statements(DialectName::Sqlite).unwrap()[0].sql, "DROP TABLE t");
    /// ```
    ///
    /// # Errors
    /// [`RevisionFileError`], with its line.
    pub fn parse(text: &str) -> Result<Self, RevisionFileError> {
        parse::file(text)
    }

    /// The file's text; [`parse`](Self::parse) makes the same value of it.
    ///
    /// # Errors
    /// [`WriteError`]: something in it would be read as something else.
    pub fn write(&self) -> Result<String, WriteError> {
        write::file(self)
    }

    /// What the file does, as a revision has it.
    pub fn script(&self) -> SqlScript {
        self.sections.iter().fold(SqlScript::default(), |script, section| {
            let stages = section.stages.iter().map(Stage::to_sql_stage);
            script.section(section.direction, section.dialect, stages)
        })
    }

    /// The section that serves a database.
    pub fn section(&self, direction: Direction, dialect: DialectName) -> Option<&Section> {
        let of = |wanted: Option<DialectName>| {
            self.sections.iter().find(|section| section.direction == direction && section.dialect == wanted)
        };
        let parent = (dialect == DialectName::MariaDb).then_some(DialectName::MySql);
        of(Some(dialect)).or_else(|| parent.and_then(|parent| of(Some(parent)))).or_else(|| of(None))
    }
}

/// Why a text is no revision file. Lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RevisionFileError {
    /// The head does not name the revision.
    #[error("there is no line `-- revision: …` before the first section")]
    NoRevision,
    /// There is nothing to upgrade by.
    #[error("there is no section `-- upgrade`")]
    NoUpgrade,
    /// A key of the head that means nothing.
    #[error("line {line}: there is no key {key}{}", suggestion(meant.as_deref()))]
    UnknownKey {
        /// The line.
        line: usize,
        /// The key.
        key: String,
        /// What may be meant.
        meant: Option<String>,
    },
    /// A key that has a value already, or one without a value.
    #[error("line {line}: {key} {problem}")]
    Key {
        /// The line.
        line: usize,
        /// The key.
        key: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// SQL before the first section.
    #[error("line {line}: this stands before the first section (`-- upgrade`)")]
    BeforeSections {
        /// The line.
        line: usize,
    },
    /// A carriage return in the middle of a line of the head, as where lines end with nothing else.
    #[error(
        "line {line}: a carriage return alone ends no line: write `-- revision: …`, `-- upgrade` and the others \
         as lines that end with LF or CR LF"
    )]
    CarriageReturn {
        /// The line.
        line: usize,
    },
    /// A line that is nearly a mark.
    #[error("line {line}: `{text}` is no mark{}", suggestion(meant.as_deref()))]
    NoMark {
        /// The line.
        line: usize,
        /// The line's text.
        text: String,
        /// What may be meant.
        meant: Option<String>,
    },
    /// An option that does not stand right below a section's beginning.
    #[error("line {line}: `{text}` must stand right below the line that begins the section or stage")]
    Misplaced {
        /// The line.
        line: usize,
        /// The line's text.
        text: String,
    },
    /// A section that is there already.
    #[error("line {line}: `{text}` is there already, in line {first}")]
    Duplicate {
        /// The line.
        line: usize,
        /// The line's text.
        text: String,
        /// The line of the first.
        first: usize,
    },
    /// A name among the touched tables.
    #[error("line {line}: `{text}` is no table name")]
    TableName {
        /// The line.
        line: usize,
        /// The text.
        text: String,
    },
    /// The statements cannot be told apart.
    #[error(transparent)]
    Sql(#[from] SqlError),
}

fn suggestion(meant: Option<&str>) -> String {
    meant.map(|meant| format!(": is `{meant}` meant?")).unwrap_or_default()
}

/// Why a revision file cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WriteError {
    /// A value of the head, or a table's name, that no line can hold.
    #[error("the {what} `{value}` cannot stand in a line of a file")]
    Value {
        /// What it is.
        what: &'static str,
        /// The value.
        value: String,
    },
    /// A statement that would be read as something else: it has a line that is a mark, or ends in the middle
    /// of a quote.
    #[error("the statement `{sql}` would be read as something else: {why}")]
    Statement {
        /// The statement, or the text of several.
        sql: String,
        /// What it would be read as.
        why: String,
    },
    /// It would be read as an error.
    #[error("the file would not be read")]
    Unreadable {
        /// Why.
        source: RevisionFileError,
    },
}

#[cfg(test)]
mod tests;
