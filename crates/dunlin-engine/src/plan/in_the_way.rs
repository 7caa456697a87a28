//! What somebody changed by hand, and a plan cannot be run over.

use std::collections::BTreeSet;

use dunlin_core::operation::{Operation, TableChange};
use dunlin_core::schema::{Constraint, Metadata, SchemaError, TableName};

use super::{Action, OwnerPlan, PlanError, PlanKind};
use crate::dialect::{Dialect, RenderError};
use crate::owner::{Owner, ReplayError};

/// What a plan takes for granted of a database.
#[derive(Debug, Clone)]
pub struct Expected {
    /// The tables that it changes, as the history left them; those that SQL as it stands has changed are not among
    /// them, as nobody knows what they are.
    pub schema: Metadata,
    /// Those that it makes, which must not be there.
    pub made: BTreeSet<TableName>,
}

/// A revision that cannot be run over what somebody changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InTheWay {
    /// The revision, and what does not fit.
    pub source: ReplayError,
    /// The table.
    pub table: TableName,
}

impl OwnerPlan {
    /// What the revisions of the plan take for granted; nothing where they do not begin at version rows,
    /// or in the middle of a revision.
    ///
    /// # Errors
    /// The history cannot be played.
    pub fn expected(&self, owner: &Owner, dialect: &dyn Dialect) -> Result<Expected, PlanError> {
        let nothing = Expected { schema: Metadata::default(), made: BTreeSet::new() };
        let runs_revisions = matches!(self.kind, PlanKind::Upgrade | PlanKind::Downgrade);
        let is_begun = self.goes_on_behind().is_some();
        if !runs_revisions || is_begun || self.rows_before.is_empty() || self.is_sql_alone() {
            return Ok(nothing);
        }
        let before = owner.replayed_on(dialect, &self.rows_before)?;
        let mut replay = before.clone();
        let mut named: BTreeSet<TableName> = BTreeSet::new();
        for step in &self.steps {
            for operation in &step.operations {
                let lowered =
                    replay.play(dialect, operation).map_err(|source| self.render_error(step, source))?;
                lowered.iter().for_each(|operation| note_tables(operation, &mut named));
            }
        }
        let mut schema = before.here;
        named.retain(|name| before.opaque.changed_by(name, &schema).is_none());
        let (there, made): (BTreeSet<_>, _) = named.into_iter().partition(|name| schema.get(name).is_some());
        let all: Vec<TableName> = schema.tables().iter().map(|table| table.name.clone()).collect();
        for name in all.iter().filter(|name| !there.contains(*name)) {
            schema.remove(name);
        }
        schema.views.clear();
        Ok(Expected { schema, made })
    }

    /// The first operation that does not fit a database in which `changes` were made by hand: it makes what is there, or
    /// speaks by name of what is not.
    ///
    /// # Errors
    /// The history cannot be played.
    pub fn in_the_way(
        &self,
        owner: &Owner,
        dialect: &dyn Dialect,
        changes: &[Operation],
    ) -> Result<Option<InTheWay>, PlanError> {
        let mut replay = owner.replayed_on(dialect, &self.rows_before)?;
        for change in come_or_gone(changes) {
            replay.change_by_hand(&change);
        }
        for step in &self.steps {
            let Action::Revision { revision, direction } = &step.action else { continue };
            for operation in &step.operations {
                if is_looked_for(operation) {
                    replay.play(dialect, operation).ok();
                    continue;
                }
                match (replay.play(dialect, operation), operation.table()) {
                    (Err(RenderError::Schema(source)), Some(table)) if is_about_a_name(&source) => {
                        let (revision, direction) = (revision.id.clone(), *direction);
                        let source = ReplayError { revision, direction, source };
                        return Ok(Some(InTheWay { source, table: table.clone() }));
                    }
                    (Err(_), _) => return Ok(None),
                    (Ok(_), _) => {}
                }
            }
        }
        Ok(None)
    }
}

/// The tables that an operation changes or makes, and those that a foreign key of it refers to.
fn note_tables(operation: &Operation, named: &mut BTreeSet<TableName>) {
    named.extend(operation.table().cloned());
    match operation {
        Operation::RenameTable { table, to } => {
            named.insert(TableName { schema: table.schema.clone(), name: to.clone() });
        }
        Operation::CreateTable { table, .. } => {
            named.extend(table.foreign_keys.iter().map(|key| key.referred_table.clone()));
        }
        Operation::AlterTable { changes, .. } => {
            for change in changes {
                if let TableChange::AddConstraint { constraint: Constraint::ForeignKey(key) } = change {
                    named.insert(key.referred_table.clone());
                }
            }
        }
        _ => {}
    }
}

/// The changes one by one, without those of things that are there before and after: they only are otherwise.
fn come_or_gone(changes: &[Operation]) -> Vec<Operation> {
    let one_by_one = changes.iter().flat_map(|change| match change {
        Operation::AlterTable { table, changes } => {
            let alone = |change: &TableChange| Operation::AlterTable {
                table: table.clone(),
                changes: vec![change.clone()],
            };
            changes.iter().map(alone).collect()
        }
        other => vec![other.clone()],
    });
    let all: Vec<Operation> = one_by_one.collect();
    let come: BTreeSet<_> = all.iter().filter_map(comes).collect();
    let gone: BTreeSet<_> = all.iter().filter_map(goes).collect();
    let stays = |change: &Operation| {
        comes(change).is_some_and(|it| gone.contains(&it))
            || goes(change).is_some_and(|it| come.contains(&it))
    };
    all.iter().filter(|change| !stays(change)).cloned().collect()
}

/// What a change makes: its table, what kind of thing it is, and its name.
fn comes(change: &Operation) -> Option<(&TableName, &'static str, &str)> {
    let (table, kind, name) = match change {
        Operation::CreateIndex { table, index, .. } => (table, "index", index.name.as_deref()?),
        Operation::AlterTable { table, changes } => match changes.first()? {
            TableChange::AddColumn { column, .. } => (table, "column", column.name.as_str()),
            TableChange::AddConstraint { constraint } => (table, "constraint", constraint.name()?.as_str()),
            _ => return None,
        },
        _ => return None,
    };
    Some((table, kind, name))
}

/// What a change takes away.
fn goes(change: &Operation) -> Option<(&TableName, &'static str, &str)> {
    let (table, kind, name) = match change {
        Operation::DropIndex { table, name, .. } => (table, "index", name.as_str()),
        Operation::AlterTable { table, changes } => match changes.first()? {
            TableChange::DropColumn { name, .. } => (table, "column", name.as_str()),
            TableChange::DropConstraint { name, .. } => (table, "constraint", name.as_str()),
            _ => return None,
        },
        _ => return None,
    };
    Some((table, kind, name))
}

/// Whether only the run sees if an operation fits: an index that is built concurrently may be there, and be the one that
/// is wanted; and a constraint without a name is known by what it says.
fn is_looked_for(operation: &Operation) -> bool {
    match operation {
        Operation::CreateIndex { index, .. } => index.concurrently,
        Operation::AlterTable { changes, .. } => {
            changes.iter().any(|change| matches!(change, TableChange::DropUnnamedConstraint { .. }))
        }
        _ => false,
    }
}

/// Whether something by this name is there, or is not.
fn is_about_a_name(error: &SchemaError) -> bool {
    matches!(
        error,
        SchemaError::TableExists { .. }
            | SchemaError::NoTable { .. }
            | SchemaError::ColumnExists { .. }
            | SchemaError::NoColumn { .. }
            | SchemaError::NameTaken { .. }
            | SchemaError::NoSuchName { .. }
    )
}
