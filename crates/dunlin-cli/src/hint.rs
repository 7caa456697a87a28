//! What to do about an error.

use dunlin::Error;
use dunlin::core::revision::Direction;
use dunlin::core::schema::SchemaError;
use dunlin::directory::DirectoryError;
use dunlin::engine::compare::CompareError;
use dunlin::engine::dialect::RenderError;
use dunlin::engine::generate::GenerateError;
use dunlin::engine::generate::sql::SqlRevisionError;
use dunlin::engine::history::HistoryError;
use dunlin::engine::plan::PlanError;
use dunlin::engine::sql::SqlError;
use dunlin::engine::sql::revision_file::RevisionFileError;

/// The words of a host program that hints need.
#[derive(Debug, Clone, Copy)]
pub struct Hints {
    /// The setting that holds the URL of the database.
    pub url_setting: &'static str,
    /// The setting that holds the schema.
    pub schema_setting: &'static str,
    /// The command, as a user types it, that brings an owner to its newest revision.
    pub migrate: fn(owner: &str) -> String,
    /// The command, as a user types it, that writes a new revision of an owner.
    pub revision: fn(owner: &str) -> String,
}

/// What to do about a database at a revision that the build does not know.
pub const UNKNOWN_REVISION: &str =
    "the database was migrated by a newer version or by another program: use that version here";

/// What to do about an error, where there is something to do.
pub fn hint(error: &Error, words: &Hints) -> Option<String> {
    Some(match error {
        Error::Connect { source, .. } if source.is_no_such_database() => {
            format!("create the database, or correct its name in {}", words.url_setting)
        }
        Error::Connect { source, .. } if source.refuses_user() => {
            format!("check the user, the password, and that the user may connect, in {}", words.url_setting)
        }
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
        Error::NoTransaction { .. } => {
            "leave it to the database what is committed together: transactions = \"default\"".to_owned()
        }
        Error::NotMigrated { .. } => "run the migrations, or wait longer".to_owned(),
        Error::Drifted { table } => {
            format!("take back what was changed by hand in table {table}, then run this again")
        }
        Error::InTheWay { revision, .. } => format!(
            "take it back by hand; or, if it is what an interrupted run of {revision} has done, undo that, or finish it and \
             write the version row"
        ),
        Error::LockTimeout { .. } => {
            "another migration is running: wait for it, or end it if it hangs".to_owned()
        }
        Error::LockFile { .. } => "the directory of the database must be writable".to_owned(),
        Error::Clash(_) => "unregister one of the two: a table can have one owner only".to_owned(),
        Error::VersionTable(error) => render(error)?,
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
        Error::NoKeyReferredTo { parent, .. } => {
            format!("give the columns of {parent} that are referred to a unique constraint, or change the key")
        }
        Error::DataStep { source } => render(source)?,
        Error::Backfill { .. } => "run this again: it goes on behind that row".to_owned(),
        Error::StepChanged { revision } => format!(
            "run the earlier one to its end; or take back what it did, and DELETE FROM dunlin_backfill WHERE \
             revision = '{revision}' to begin anew"
        ),
        Error::Opaque { .. } => {
            "run it on the database, where the table is looked at; or use operations instead of that statement"
                .to_owned()
        }
        Error::MayNotCreateDatabase { .. } => "let the role create databases (on PostgreSQL: ALTER ROLE … CREATEDB; on \
             MySQL and MariaDB: GRANT ALL ON `dunlin\\_scratch\\_%`.* TO …), or name another server for scratch databases"
            .to_owned(),
        Error::ScratchLeft { database, .. } => format!("drop it: DROP DATABASE {database}"),
        Error::BeyondScratch { .. } => "what is outside of the database is no model of it: take it out; revisions that \
             have such statements are compared with a database, without --offline"
            .to_owned(),
        Error::OpenTransaction { .. } => "write COMMIT at its end, or leave its beginning out".to_owned(),
        Error::ScriptOfSchema { .. } => {
            format!("run it on the database; or connect to the schema itself, and leave {} out", words.schema_setting)
        }
        Error::SchemaIsDatabase { .. } => {
            format!("leave {} out, or compare with a database, without --offline", words.schema_setting)
        }
        Error::SqlText { source: SqlError::Unclosed { .. }, .. } => "close it".to_owned(),
        Error::ScratchRevision { source, .. } | Error::SqlStatement { source, .. } => hint(source, words)?,
        Error::PrimaryKeyRequired { .. } => {
            "give the table a primary key, or SET GLOBAL sql_require_primary_key = OFF".to_owned()
        }
        Error::NotAtHeads { owner, .. } => format!("run `{}` first", (words.migrate)(owner)),
        Error::Compare { source, .. } => compare(source)?,
        Error::Generate { source } => generate(source)?,
        Error::GenerateSql { source } => generate_sql(source)?,
        Error::Owner(error) => history(&error.source)?.to_owned(),
        Error::Plan { source, .. } => plan(source)?,
        _ => return None,
    })
}

/// What to do about revision files that cannot be read, where there is something to do.
pub(crate) fn directory(error: &DirectoryError) -> Option<String> {
    Some(match error {
        DirectoryError::Empty { .. } => "write the first revision".to_owned(),
        DirectoryError::Unreadable { .. } | DirectoryError::LocationTwice { .. } => {
            "script_location and version_locations in dunlin.toml say where revisions are".to_owned()
        }
        DirectoryError::NotUtf8 { .. } => "save the file as UTF-8".to_owned(),
        DirectoryError::Duplicate { .. } => "give one of the two another id".to_owned(),
        DirectoryError::RustRevisions { .. } | DirectoryError::NotCompiled { .. } => {
            "`dunlin init` in a Cargo project writes the program that has them compiled in".to_owned()
        }
        DirectoryError::Rust { .. } => {
            "write fn revision() as `Revision::new(\"…\").down_revision(\"…\")`, in plain text".to_owned()
        }
        DirectoryError::Sql { source, .. } => revision_file(source)?.to_owned(),
        DirectoryError::Vanished { .. } | DirectoryError::Changed { .. } => "run this again".to_owned(),
        _ => return None,
    })
}

fn revision_file(error: &RevisionFileError) -> Option<&'static str> {
    Some(match error {
        RevisionFileError::NoRevision => "a file begins with the line `-- revision: ID`",
        RevisionFileError::NoUpgrade => {
            "write the line `-- upgrade` before the statements, and `-- downgrade` before those that undo them"
        }
        RevisionFileError::BeforeSections { .. } => "move it behind a line `-- upgrade` or `-- downgrade`",
        RevisionFileError::Misplaced { .. } => "move it there",
        RevisionFileError::Duplicate { .. } => {
            "make one section of the two, or name a database: `-- upgrade: mysql`"
        }
        RevisionFileError::Sql(SqlError::Unclosed { .. }) => "close it",
        RevisionFileError::Sql(SqlError::Nul { .. }) => {
            "take it out: no database takes one; a file in UTF-16 is full of them, save it as UTF-8"
        }
        RevisionFileError::CarriageReturn { .. } => "save the file with LF or CR LF at the ends of its lines",
        _ => return None,
    })
}

fn compare(error: &CompareError) -> Option<String> {
    Some(match error {
        CompareError::NoSuchRename { .. } | CompareError::Parse(_) => {
            "a rename is TABLE=NEW, TABLE.COLUMN=NEW or TYPE.VALUE=NEW: what is there, and what the models call it"
                .to_owned()
        }
        CompareError::Render(error) => render(error)?,
        _ => return None,
    })
}

fn generate(error: &GenerateError) -> Option<String> {
    Some(match error {
        GenerateError::Function { .. } => {
            "write it by hand: without --autogenerate the revision is empty".to_owned()
        }
        GenerateError::Unsayable { .. } => {
            "write the revision in SQL with --sql, or by hand: without --autogenerate it is empty".to_owned()
        }
        _ => return None,
    })
}

fn generate_sql(error: &SqlRevisionError) -> Option<String> {
    const IN_RUST: &str = "write the revision in Rust: leave --sql out";
    Some(match error {
        SqlRevisionError::Render { dialect, source, .. } => render(source).unwrap_or_else(|| {
            format!("leave {} out of --dialect, or write the revision by hand", dialect.as_str())
        }),
        SqlRevisionError::Function { .. }
        | SqlRevisionError::Opaque { .. }
        | SqlRevisionError::Statement { .. }
        | SqlRevisionError::Write(_) => IN_RUST.to_owned(),
        _ => return None,
    })
}

pub(crate) fn plan(error: &PlanError) -> Option<String> {
    Some(match error {
        PlanError::History(error) => history(error)?.to_owned(),
        PlanError::Unversioned { version_table, version_table_exists, .. } => {
            let create = format!(
                "CREATE TABLE {version_table} (version_num VARCHAR(32) NOT NULL, CONSTRAINT {}_pkc \
                 PRIMARY KEY (version_num)); ",
                version_table.name
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
        PlanError::HalfDone { revision, direction, .. } => {
            let (towards, preposition) = match direction {
                Direction::Upgrade => ("an upgrade", "to"),
                Direction::Downgrade => ("a downgrade", "from"),
            };
            format!(
                "go on with {towards} {preposition} {revision} first; or take back by hand what it did, and stamp the \
                 revision that the database is at then"
            )
        }
        PlanError::DroppingNotSupported { .. } => {
            "the manager must say supports_table_dropping(true) before its tables can be reset".to_owned()
        }
        PlanError::AlikeRows { .. } => "give one of the two another id".to_owned(),
        PlanError::Render { source, .. } => render(source)?,
        PlanError::Unreadable(_) => "correct the revision's file".to_owned(),
        PlanError::Replay(error) => schema(&error.source)?.to_owned(),
        _ => return None,
    })
}

fn render(error: &RenderError) -> Option<String> {
    Some(match error {
        RenderError::Unsupported { hint, .. } => (*hint).to_owned(),
        RenderError::NameTooLong { .. } => "give it a shorter name".to_owned(),
        RenderError::NoSection { direction, .. } => {
            format!("write a section `-- {direction}` into its file, even if nothing is to be done in it")
        }
        RenderError::NameClash { .. } => "give one of the two another name".to_owned(),
        RenderError::NotAlone { .. } => {
            "give it a revision of its own: what stands before it would be committed with it".to_owned()
        }
        RenderError::DdlInDataStep { .. } => {
            "say `execute_ddl` for a statement that changes the schema, or use the operation for it"
                .to_owned()
        }
        RenderError::Schema(error) => schema(error)?.to_owned(),
        _ => return None,
    })
}

fn schema(error: &SchemaError) -> Option<&'static str> {
    Some(match error {
        SchemaError::TableExists { .. } | SchemaError::Exists { .. } => {
            "an earlier revision creates it: correct one of the two"
        }
        SchemaError::NoTable { .. } | SchemaError::Missing { .. } => {
            "no earlier revision creates it: correct the name, or create it first"
        }
        SchemaError::TableReferredTo { .. } => "drop the foreign key first, or the table that refers to it",
        SchemaError::ColumnExists { .. } => "give one of the two columns another name",
        SchemaError::NoColumn { .. } | SchemaError::NoColumnFor { .. } => {
            "correct the column's name, or add the column first"
        }
        SchemaError::NoReferredColumn { .. } => "correct what the foreign key refers to",
        SchemaError::ReferenceWidth { .. } => "name as many columns on one side as on the other",
        SchemaError::ColumnInUse { .. } => "drop that first, in the same revision",
        SchemaError::NameTaken { .. } => "give one of the two another name",
        SchemaError::NoSuchName { .. } => {
            "correct the name, or drop it with `_if_exists` if it may be absent"
        }
        SchemaError::RowWidth { .. } => "give each row a value for each column",
        SchemaError::OtherEnumValues { .. } => "write the column with the values that the type has by then",
        SchemaError::EnumInUse { .. } => "drop the column, or change its type, first",
        SchemaError::EnumValueExists { .. } | SchemaError::NoEnumValue { .. } => "correct the value",
        SchemaError::NoKey { .. } | SchemaError::NotAKey { .. } => {
            "name the columns of a unique key that are NOT NULL with `key`"
        }
        SchemaError::SetsKey { .. } => "set other columns, or follow another key",
        SchemaError::SchemaInUse { .. } => "drop first what is in the schema",
        _ => return None,
    })
}

pub(crate) fn history(error: &HistoryError) -> Option<&'static str> {
    Some(match error {
        HistoryError::UnknownRow { .. } => UNKNOWN_REVISION,
        HistoryError::SuperfluousRow { .. } => "delete that row from the version table",
        HistoryError::MultipleHeads { .. } => {
            "add a revision that follows all of these heads (`merge`), or name the one that is meant"
        }
        HistoryError::DuplicateId { .. } => "give one of the two another id",
        HistoryError::NotSquashed { .. } => "delete one of its two files",
        HistoryError::IdTooLong { .. } => "give the revision a shorter id: the version table is VARCHAR(32)",
        HistoryError::DuplicateLabel { .. } => "give the branch another label",
        HistoryError::BadName { .. } => "give it another name",
        HistoryError::UnknownParent { .. } => "add the missing revision, or correct the down_revision",
        HistoryError::UnknownDependency { .. } => "add the missing revision, or correct the depends_on",
        HistoryError::Cycle { .. } => {
            "correct a down_revision or depends_on, so that one of these comes first"
        }
        HistoryError::BadTarget { .. } => "a target is such as head, base, a1b2, label@head, +1 or a1b2-1",
        HistoryError::AmbiguousWalk { target, .. } if counts_up(target) && !target.contains('@') => {
            "name the revision, or the branch: `label@+1`"
        }
        // No label says which of the revisions that a merge follows is meant.
        HistoryError::AmbiguousWalk { .. } => "name the revision that is meant by its id",
        HistoryError::AmbiguousRows { target, .. } if target.contains('@') => {
            "name the revision that is meant by its id"
        }
        HistoryError::AmbiguousRows { target, .. } if counts_up(target) => "name the branch: `label@+1`",
        HistoryError::AmbiguousRows { .. } => "name the branch: `label@-1`",
        HistoryError::TooFar { end: "base", .. } => "`base` goes all the way down; or count fewer",
        HistoryError::TooFar { .. } => "`heads` goes all the way up; or count fewer",
        HistoryError::WrongWay { target } if counts_up(target) => {
            "a downgrade counts down, as in `-1`; `upgrade` goes up"
        }
        HistoryError::WrongWay { .. } => "an upgrade counts up, as in `+1`; `downgrade` goes down",
        HistoryError::Overlap { .. } | HistoryError::NotOnBranch { .. } => "name a revision by its id",
        HistoryError::AmbiguousTarget { .. } => "write more of the revision id",
        _ => return None,
    })
}

/// Whether a target counts up from where it begins.
fn counts_up(target: &str) -> bool {
    target.contains('+')
}

#[cfg(test)]
mod tests {
    use dunlin::core::revision::RevisionId;
    use dunlin::engine::compare::Rename;

    use super::*;

    const WORDS: Hints = Hints {
        url_setting: "url",
        schema_setting: "schema",
        migrate: |owner| format!("program migrate {owner}"),
        revision: |owner| format!("program revision {owner}"),
    };

    #[track_caller]
    fn says(error: &Error, expected: &str) {
        let said = hint(error, &WORDS).unwrap_or_default();
        assert!(said.contains(expected), "{error:?}: {said:?}");
    }

    #[test]
    fn errors_of_comparing_and_writing_say_what_to_do() {
        let heads = vec![RevisionId::from("b")];
        says(&Error::NotAtHeads { owner: "o".into(), rows: Vec::new(), heads }, "`program migrate o`");

        let rename = Rename::Table { from: "a".into(), to: "b".into() };
        let source = CompareError::NoSuchRename { rename, reason: "there is no such table" };
        says(&Error::Compare { owner: "o".into(), source }, "TABLE.COLUMN=NEW");

        let source = GenerateError::Unsayable { what: "x".into() };
        says(&Error::Generate { source }, "--sql");
        let source = GenerateError::Function { name: "x".into() };
        says(&Error::Generate { source }, "without --autogenerate");

        let direction = dunlin::core::revision::Direction::Upgrade;
        let source = SqlRevisionError::Function { direction, function: "f".into() };
        says(&Error::GenerateSql { source }, "leave --sql out");
    }
}
