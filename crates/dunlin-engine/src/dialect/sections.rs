//! Sections of a revision file of SQL as one database has them.

use dunlin_core::dialect::{DialectName, PerDialect};
use dunlin_core::operation::{Operation, SqlStage};
use dunlin_core::revision::Direction;

use super::{Dialect, RenderError};
use crate::sql::implicit_commit::commits_implicitly;
use crate::sql::revision_file::statements;
use crate::sql::statement::{NameLookup, leaves_schema_alone, name_lookup, transaction_words};

/// Statements that are committed together.
pub(crate) struct StageHere {
    /// Each as an operation.
    pub(crate) operations: Vec<Operation>,
    /// Whether each stands alone, outside any transaction.
    pub(crate) no_transaction: bool,
    /// Whether they run with foreign keys off.
    pub(crate) no_foreign_keys: bool,
}

/// The stages of the section that serves a database.
///
/// # Errors
/// There is none, its statements cannot be told apart, or one of them cannot stand there.
pub(crate) fn stages(
    dialect: &dyn Dialect,
    direction: Direction,
    sections: &PerDialect<Vec<SqlStage>>,
) -> Result<Vec<StageHere>, RenderError> {
    let name = dialect.name();
    let dialect_named = (!sections.is_empty()).then_some(name);
    let missing = || RenderError::NoSection { direction, dialect: dialect_named };
    sections.get(name).ok_or_else(missing)?.iter().map(|stage| stage_here(dialect, stage)).collect()
}

fn stage_here(dialect: &dyn Dialect, stage: &SqlStage) -> Result<StageHere, RenderError> {
    let name = dialect.name();
    let cannot_in = |line: usize, operation: &str, hint| RenderError::Unsupported {
        dialect: name,
        operation: format!("{operation} (line {line})"),
        hint,
    };
    let cannot = |operation, hint| cannot_in(stage.line, operation, hint);
    if stage.no_foreign_keys && !dialect.capabilities().rebuilds_tables {
        return Err(cannot(
            "run statements with foreign keys off",
            "put them into a section for sqlite, and write another for the other databases",
        ));
    }
    if stage.no_foreign_keys && stage.no_transaction {
        return Err(cannot(
            "run statements with foreign keys off outside a transaction, in which rows that dangle are looked for",
            "leave one of the two lines out",
        ));
    }
    let commits_ddl = !dialect.capabilities().transactional_ddl;
    let mut operations = Vec::new();
    // What moves the lookup of names and is still in force: its line and words.
    let mut moved = None;
    for statement in statements(name, &stage.text, stage.line)? {
        if let Some(words) = transaction_words(name, statement.sql) {
            return Err(RenderError::TransactionStatement { line: statement.line, statement: words });
        }
        match name_lookup(name, statement.sql) {
            Some(NameLookup::Moved(words)) => moved = Some((statement.line, words)),
            Some(NameLookup::Restored) => moved = None,
            None => {}
        }
        let commits = commits_ddl && commits_implicitly(statement.sql).is_some();
        operations.push(Operation::Execute {
            sql: statement.sql.to_owned().into(),
            ddl: commits || !leaves_schema_alone(name, statement.sql),
            touches: stage.touches.clone(),
        });
    }
    if let Some((line, words)) = moved {
        let hint = match name {
            DialectName::Postgres => {
                "take it out and name the schema before each table (`audit.log`), or write `RESET search_path;` \
                 behind the statements that need it"
            }
            _ => "take it out, and name the database before each table: `audit.log`",
        };
        return Err(cannot_in(line, &format!("find the version table again behind {words}"), hint));
    }
    let (no_transaction, no_foreign_keys) = (stage.no_transaction, stage.no_foreign_keys);
    Ok(StageHere { operations, no_transaction, no_foreign_keys })
}
