//! Names that a database takes once in a schema, not once in a table.

use std::collections::HashMap;

use dunlin_core::operation::{Operation, TableChange};
use dunlin_core::schema::{ConstraintKind, Metadata, Table, TableName};

use crate::dialect::{Dialect, RenderError};

/// The names of indexes and constraints that are taken, by schema.
#[derive(Debug, Default)]
pub(super) struct Names {
    known: Option<Known>,
}

/// By schema and name: what has the name, and the table it belongs to.
type Known = HashMap<(Option<String>, String), (String, TableName)>;

impl Names {
    /// Refuses a name that another table of the same schema has; `schema` is the one before `operation`.
    ///
    /// # Errors
    /// [`RenderError::NameClash`].
    pub(super) fn check(
        &mut self,
        dialect: &dyn Dialect,
        operation: &Operation,
        schema: &Metadata,
    ) -> Result<(), RenderError> {
        let new: Vec<(String, String)> = match operation {
            Operation::CreateTable { table, .. } => names(dialect, table).collect(),
            Operation::CreateIndex { index, .. } if dialect.capabilities().indexes_share_names => {
                index.name.iter().map(|name| ("index".to_owned(), name.to_string())).collect()
            }
            Operation::AlterTable { changes, .. } => {
                changes.iter().filter_map(|change| added(dialect, change)).collect()
            }
            _ => Vec::new(),
        };
        let Some(table) = operation.table().filter(|_| !new.is_empty()) else {
            // What it drops or renames is looked up again when the next name is given.
            if !operation.is_data() {
                self.known = None;
            }
            return Ok(());
        };
        let known = self.known.get_or_insert_with(|| taken(dialect, schema));
        for (kind, name) in new {
            let key = (table.schema.clone(), name.clone());
            match known.get(&key) {
                Some((other, other_table)) if other_table != table => {
                    let (other, other_table) = (format!("the {other}"), other_table.clone());
                    return Err(RenderError::NameClash {
                        kind,
                        name,
                        table: table.clone(),
                        other,
                        other_table,
                    });
                }
                _ => known.insert(key, (kind, table.clone())),
            };
        }
        if matches!(operation, Operation::AlterTable { .. }) {
            self.known = None;
        }
        Ok(())
    }
}

fn taken(dialect: &dyn Dialect, schema: &Metadata) -> Known {
    let of_table = |table: &Table| -> Vec<_> {
        let key = |(kind, name)| ((table.name.schema.clone(), name), (kind, table.name.clone()));
        names(dialect, table).map(key).collect()
    };
    schema.tables().iter().flat_map(of_table).collect()
}

/// The name of a constraint that a change gives.
fn added(dialect: &dyn Dialect, change: &TableChange) -> Option<(String, String)> {
    let (kind, name) = match change {
        TableChange::AddConstraint { constraint } => (constraint.kind(), constraint.name()?),
        TableChange::RenameConstraint { kind, to, .. } => (*kind, to),
        _ => return None,
    };
    shares(dialect, kind).then(|| (kind.to_string(), name.to_string()))
}

/// Whether no other table of the schema may have a constraint of this kind and name.
fn shares(dialect: &dyn Dialect, kind: ConstraintKind) -> bool {
    let capabilities = dialect.capabilities();
    match kind {
        ConstraintKind::PrimaryKey | ConstraintKind::Unique | ConstraintKind::Exclude => {
            capabilities.indexes_share_names && !capabilities.rebuilds_tables
        }
        ConstraintKind::ForeignKey => capabilities.foreign_keys_share_names,
        ConstraintKind::Check => capabilities.checks_share_names,
    }
}

/// What of a table's names no other table of the schema may have.
fn names<'t>(dialect: &dyn Dialect, table: &'t Table) -> impl Iterator<Item = (String, String)> + use<'t> {
    let kinds = [
        ConstraintKind::PrimaryKey,
        ConstraintKind::Unique,
        ConstraintKind::ForeignKey,
        ConstraintKind::Check,
        ConstraintKind::Exclude,
    ];
    let shared: Vec<ConstraintKind> = kinds.into_iter().filter(|kind| shares(dialect, *kind)).collect();
    let constraints = table.constraints().filter(move |constraint| shared.contains(&constraint.kind()));
    let constraints = constraints
        .filter_map(|constraint| Some((constraint.kind().to_string(), constraint.name()?.to_string())));
    let share = dialect.capabilities().indexes_share_names;
    let indexes = table.indexes.iter().filter(move |_| share);
    let indexes = indexes.filter_map(|index| Some(("index".to_owned(), index.name.as_ref()?.to_string())));
    constraints.chain(indexes)
}
