//! Playing a history as one database has it.

use dunlin_core::operation::{Operation, TableChange};
use dunlin_core::schema::{Metadata, SchemaError, Table, TableName};

use crate::dialect::lower::lower;
use crate::dialect::{Dialect, RenderError};
use crate::sql::rename::rename_in;

/// The schema that a history leaves: on one database, and on all of them together.
///
/// Some of what a history creates is not on every database: an index `only_on` one, a view without a
/// variant. It is dropped again where it is, and elsewhere there is nothing to do.
#[derive(Debug, Clone)]
pub(crate) struct Replay {
    /// What is there on this database.
    pub(crate) here: Metadata,
    anywhere: Metadata,
}

impl Replay {
    /// Begins with a schema.
    pub(crate) fn new(schema: Metadata) -> Self {
        Self { here: schema.clone(), anywhere: schema }
    }

    /// Plays an operation; what it is on this database.
    ///
    /// # Errors
    /// As [`lower`].
    pub(crate) fn play(
        &mut self,
        dialect: &dyn Dialect,
        operation: &Operation,
    ) -> Result<Vec<Operation>, RenderError> {
        let meant = self.meant_here(operation);
        play(&mut self.anywhere, operation)?;
        let lowered = match &meant {
            Some(operation) => lower(dialect, operation, &self.here)?,
            None => Vec::new(),
        };
        for operation in &lowered {
            play(&mut self.here, operation)?;
        }
        Ok(lowered)
    }

    /// An operation without what speaks of things that are on other databases only.
    fn meant_here(&self, operation: &Operation) -> Option<Operation> {
        let is_index = |table: &Table, name: &str| table.index(name).is_some();
        match operation {
            Operation::DropIndex { table, name, .. } if self.elsewhere(table, |t| is_index(t, name)) => None,
            Operation::RenameIndex { table, from, .. } if self.elsewhere(table, |t| is_index(t, from)) => None,
            Operation::DropView { name, .. } => {
                let has = |schema: &Metadata| schema.views.iter().any(|view| &view.name == name);
                (has(&self.here) || !has(&self.anywhere)).then(|| operation.clone())
            }
            Operation::AlterTable { table, changes } => {
                let is_here = |change: &&TableChange| match change {
                    TableChange::DropConstraint { kind, name, .. }
                    | TableChange::RenameConstraint { kind, from: name, .. }
                    | TableChange::ValidateConstraint { kind, name } => {
                        !self.elsewhere(table, |table| table.has_constraint(*kind, name))
                    }
                    _ => true,
                };
                let changes: Vec<TableChange> = changes.iter().filter(is_here).cloned().collect();
                let table = table.clone();
                (!changes.is_empty()).then_some(Operation::AlterTable { table, changes })
            }
            other => Some(other.clone()),
        }
    }

    /// Whether a table has something on other databases only.
    fn elsewhere(&self, table: &TableName, has: impl Fn(&Table) -> bool) -> bool {
        self.anywhere.get(table).is_some_and(&has) && self.here.get(table).is_some_and(|table| !has(table))
    }
}

/// Plays an operation; checks, predicates and other expressions follow a column's new name, as they do in
/// every database. When it cannot be played, a part of a table's changes may have been.
///
/// # Errors
/// The operation cannot be.
pub(crate) fn play(schema: &mut Metadata, operation: &Operation) -> Result<(), SchemaError> {
    let Operation::AlterTable { table, changes } = operation else { return schema.apply(operation) };
    for change in changes {
        let alone = Operation::AlterTable { table: table.clone(), changes: vec![change.clone()] };
        schema.apply(&alone)?;
        if let Some(table) = schema.get_mut(table) {
            rename_in(table, change);
        }
    }
    Ok(())
}
