//! Operations as a revision file of SQL.
//!
//! The statements are those that a run would send on a database whose schema is what is given. What a runner
//! adds around them (the transaction, the version row, foreign keys switched off and rows that dangle looked
//! for, the session's settings) does not stand in the file: see
//! [`revision_file`](crate::sql::revision_file). A backfill is one UPDATE.

use dunlin_core::dialect::DialectName;
use dunlin_core::operation::Operation;
use dunlin_core::revision::Direction;
use dunlin_core::schema::{Metadata, TableName};
use thiserror::Error;

use crate::dialect::lower::cut_names;
use crate::dialect::{RenderError, dialect};
use crate::plan::{RenderedStage, SoFar, StageKind, render_operations};
use crate::replay::Replay;
use crate::sql::SqlError;
use crate::sql::revision_file::{Header, RevisionFile, Section, Stage, WriteError};
use crate::sql::split::split;

/// A schema on both sides of a revision.
#[derive(Debug, Clone, Copy)]
pub struct Schemas<'s> {
    /// Before the upgrade.
    pub before: &'s Metadata,
    /// Behind the upgrade.
    pub after: &'s Metadata,
}

/// Why operations cannot be a file of SQL.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SqlRevisionError {
    /// A database cannot do it, or it does not fit the schema.
    #[error("the {direction} cannot be written for {}", dialect.display_name())]
    Render {
        /// The direction.
        direction: Direction,
        /// The database.
        dialect: DialectName,
        /// Why.
        source: RenderError,
    },
    /// A function is no SQL.
    #[error("the {direction} runs a function, which no file of SQL can hold: {function}")]
    Function {
        /// The direction.
        direction: Direction,
        /// The function, in words.
        function: String,
    },
    /// A table must be restated, and SQL as it stands has changed it before.
    #[error(
        "the {direction} must restate the table {table} on {}, and nobody knows what it is behind `{changed_by}`",
        dialect.display_name()
    )]
    Opaque {
        /// The direction.
        direction: Direction,
        /// The database.
        dialect: DialectName,
        /// The table.
        table: TableName,
        /// The statement.
        changed_by: String,
    },
    /// A statement cannot be told from what comes behind it.
    #[error("a statement of the {direction} cannot be read: {sql}")]
    Statement {
        /// The direction.
        direction: Direction,
        /// The statement.
        sql: String,
        /// Why.
        source: SqlError,
    },
    /// Something would be read as something else.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// A file with a section for each wanted database; what is alike on MySQL and MariaDB stands there once, for
/// `mysql`, and what is alike on all, where there are several, without a database's name.
///
/// The operations are those of a revision: named and qualified, the same for all databases. `anywhere` is
/// what is there on any database (what a history leaves,
/// [`Owner::replay`](crate::owner::Owner::replay)): an index that is dropped and is not on a wanted database may
/// be on another. Without a downgrade there is no section for it.
///
/// ```
/// use dunlin_core::prelude::*;
/// use dunlin_engine::generate::sql::{Schemas, revision};
/// use dunlin_engine::sql::revision_file::Header;
///
/// let (mut up, mut down) = (Operations::default(), Operations::default());
/// up.create_table("ticket", |t| { t.column("id", DataType::Integer).primary_key(); });
/// down.drop_table("ticket");
/// let (up, down) = (up.finish(), down.finish());
/// let (before, mut after) = (Metadata::default(), Metadata::default());
/// after.apply(&up[0]).unwrap();
///
/// let schemas = Schemas { before: &before, after: &after };
/// let on = [(DialectName::Postgres, schemas)];
/// let file = revision(Header::new("d759c6d30f5a"), &up, Some(&down), schemas, &on).unwrap();
/// assert!(file.write().unwrap().ends_with("-- downgrade: postgres\n-- touches: ticket\n\nDROP TABLE \"ticket\";\n"));
/// ```
///
/// # Errors
/// [`SqlRevisionError`].
pub fn revision(
    header: Header,
    upgrade: &[Operation],
    downgrade: Option<&[Operation]>,
    anywhere: Schemas<'_>,
    on: &[(DialectName, Schemas<'_>)],
) -> Result<RevisionFile, SqlRevisionError> {
    let before: Vec<(DialectName, &Metadata)> = on.iter().map(|(on, it)| (*on, it.before)).collect();
    let after: Vec<(DialectName, &Metadata)> = on.iter().map(|(on, it)| (*on, it.after)).collect();
    let mut sections = sections(Direction::Upgrade, upgrade, anywhere.before, &before)?;
    if let Some(downgrade) = downgrade {
        sections.extend(self::sections(Direction::Downgrade, downgrade, anywhere.after, &after)?);
    }
    Ok(RevisionFile { header, sections })
}

/// The sections of one direction.
fn sections(
    direction: Direction,
    operations: &[Operation],
    anywhere: &Metadata,
    on: &[(DialectName, &Metadata)],
) -> Result<Vec<Section>, SqlRevisionError> {
    let mut sections = Vec::with_capacity(on.len());
    for (dialect, schema) in on {
        let stages = stages(direction, operations, *dialect, schema, anywhere)?;
        sections.push(Section { direction, dialect: Some(*dialect), stages });
    }
    let of = |dialect| sections.iter().position(|section| section.dialect == Some(dialect));
    if let (Some(mysql), Some(mariadb)) = (of(DialectName::MySql), of(DialectName::MariaDb))
        && sections[mysql].stages == sections[mariadb].stages
    {
        sections.remove(mariadb);
    }
    let alike = sections.len() > 1 && sections.windows(2).all(|two| two[0].stages == two[1].stages);
    if alike && on.iter().all(|(dialect, _)| reads_alike(&sections[0], *dialect)) {
        sections.truncate(1);
        sections[0].dialect = None;
    }
    Ok(sections)
}

/// Whether a database takes a section apart as the one does for which it was written.
fn reads_alike(section: &Section, dialect: DialectName) -> bool {
    let own = section.dialect.unwrap_or(dialect);
    section.stages.iter().all(|stage| stage.statements(dialect) == stage.statements(own))
}

/// A schema whose names a database has cut.
fn cut(schema: &Metadata, on: DialectName) -> Metadata {
    let mut schema = schema.clone();
    let names: Vec<TableName> = schema.tables().iter().map(|table| table.name.clone()).collect();
    for name in names {
        let Some(known) = schema.get_mut(&name) else { continue };
        let mut operation = Operation::CreateTable { table: known.clone(), if_not_exists: false };
        cut_names(dialect(on), &mut operation);
        if let Operation::CreateTable { table, .. } = operation {
            *known = table;
        }
    }
    schema
}

/// One direction on one database.
fn stages(
    direction: Direction,
    operations: &[Operation],
    on: DialectName,
    schema: &Metadata,
    anywhere: &Metadata,
) -> Result<Vec<Stage>, SqlRevisionError> {
    let mut replay = Replay::new(cut(anywhere, on));
    replay.here = schema.clone();
    let mut so_far = SoFar::new(&replay);
    let rendered = render_operations(dialect(on), operations, &mut replay, &mut so_far, false)
        .map_err(|source| SqlRevisionError::Render { direction, dialect: on, source })?;
    if let Some(opaque) = rendered.opaque.into_iter().next() {
        let (table, changed_by) = (opaque.table, opaque.changed_by);
        return Err(SqlRevisionError::Opaque { direction, dialect: on, table, changed_by });
    }
    let mut stages = Vec::with_capacity(rendered.stages.len());
    for stage in &rendered.stages {
        if let Some(function) = stage.functions.first() {
            return Err(SqlRevisionError::Function { direction, function: function.clone() });
        }
        // One that has nothing but the version row.
        if stage.statements.is_empty() && rendered.stages.len() > 1 {
            continue;
        }
        stages.push(file_stage(direction, stage, on, schema)?);
    }
    Ok(stages)
}

fn file_stage(
    direction: Direction,
    rendered: &RenderedStage,
    on: DialectName,
    schema: &Metadata,
) -> Result<Stage, SqlRevisionError> {
    let mut statements = Vec::with_capacity(rendered.statements.len());
    for sql in &rendered.statements {
        // SQL as it stands may be several statements, or end in a semicolon.
        let read = split(on, sql).map_err(|source| {
            let sql = sql.clone();
            SqlRevisionError::Statement { direction, sql, source }
        })?;
        statements.extend(read.into_iter().map(|statement| statement.sql));
    }
    let mut stage = Stage::new(on, statements)?;
    stage.no_transaction = rendered.stage.kind == StageKind::Alone;
    stage.no_foreign_keys = rendered.suspends_foreign_keys;
    stage.touches = touches(&rendered.stage.operations, schema);
    Ok(stage)
}

/// The tables that operations change, in order; `None` where one does not say.
fn touches(operations: &[Operation], schema: &Metadata) -> Option<Vec<TableName>> {
    let mut touched: Vec<TableName> = Vec::new();
    for operation in operations {
        let mut tables: Vec<TableName> = operation.table().into_iter().cloned().collect();
        match operation {
            Operation::RenameTable { table, to } => {
                tables.push(TableName { schema: table.schema.clone(), name: to.clone() });
            }
            Operation::Execute { touches, .. } => tables.extend(touches.clone()?),
            Operation::CreateObject { object } | Operation::DropObject { object } => {
                tables.extend(object.touches.iter().cloned());
            }
            Operation::AlterEnum { name, .. } => {
                let types = |table: &dunlin_core::schema::Table| {
                    let types = table.columns.iter().flat_map(|column| column.column_type.values());
                    types.filter_map(|of| of.enum_type()).any(|it| it.name.as_ref() == Some(name))
                };
                tables.extend(schema.tables().iter().filter(|it| types(it)).map(|it| it.name.clone()));
            }
            _ => {}
        }
        for table in tables {
            if !touched.contains(&table) {
                touched.push(table);
            }
        }
    }
    Some(touched)
}

#[cfg(test)]
mod tests;
