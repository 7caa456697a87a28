//! Operations as one database has them, before they are rendered.
//!
//! What is not meant for a database is left out of them, names that are too long are cut, a change of an
//! enum type becomes changes of the columns where the words stand in these, and what must go first is
//! put first. The schema that a history leaves on a database is played with what this makes of it.

use dunlin_core::dialect::DialectName;
use dunlin_core::operation::{AlterColumn, Operation, TableChange};
use dunlin_core::schema::{
    Constraint, ConstraintKind, DataType, Metadata, Name, Object, Table, TableName,
};

use super::{Dialect, IdentifierLimit, RenderError};

/// What an operation is on a database whose schema is `schema` before it.
///
/// # Errors
/// The operation cannot be played on `schema`.
pub fn lower(
    dialect: &dyn Dialect,
    operation: &Operation,
    schema: &Metadata,
) -> Result<Vec<Operation>, RenderError> {
    let name = dialect.name();
    let mut operation = operation.clone();
    cut_names(dialect, &mut operation);
    Ok(match operation {
        Operation::CreateTable { mut table, if_not_exists } => {
            table.indexes.retain(|index| exists_on(&index.only_on, name));
            table.checks.retain(|check| exists_on(&check.only_on, name));
            table.excludes.retain(|exclude| exists_on(&exclude.only_on, name));
            vec![Operation::CreateTable { table, if_not_exists }]
        }
        Operation::CreateIndex { index, .. } if !exists_on(&index.only_on, name) => Vec::new(),
        Operation::AlterTable { table, changes } => {
            let known = schema.get(&table);
            let mut lowered = Vec::with_capacity(changes.len());
            for change in changes {
                lower_change(dialect, change, known, &mut lowered);
            }
            match lowered.is_empty() {
                true => Vec::new(),
                false => vec![Operation::AlterTable { table, changes: lowered }],
            }
        }
        Operation::AlterEnum { name, changes } if !dialect.capabilities().enum_types => {
            let mut after = schema.clone();
            after.apply(&Operation::AlterEnum { name: name.clone(), changes })?;
            columns_of_enum(&name, schema, &after)
        }
        Operation::CreateView { view, .. } if view.query.get(name).is_none() => Vec::new(),
        Operation::CreateObject { object } => vec![Operation::CreateObject { object: object_on(object, name) }],
        Operation::DropObject { object } => vec![Operation::DropObject { object: object_on(object, name) }],
        other => vec![other],
    })
}

fn exists_on(only_on: &[DialectName], dialect: DialectName) -> bool {
    let serves = |named: &DialectName| {
        *named == dialect || (*named == DialectName::MySql && dialect == DialectName::MariaDb)
    };
    only_on.is_empty() || only_on.iter().any(serves)
}

fn lower_change(dialect: &dyn Dialect, change: TableChange, table: Option<&Table>, lowered: &mut Vec<TableChange>) {
    let name = dialect.name();
    match &change {
        TableChange::AddConstraint { constraint: Constraint::Check(check) }
            if !exists_on(&check.only_on, name) => {}
        TableChange::AddConstraint { constraint: Constraint::Exclude(exclude) }
            if !exists_on(&exclude.only_on, name) => {}
        TableChange::DropColumn { name: column, .. }
            if dialect.capabilities().foreign_keys_hold_columns =>
        {
            let keys = table.iter().flat_map(|table| &table.foreign_keys);
            let alone = keys.filter(|key| key.columns == [column.clone()]);
            lowered.extend(alone.filter_map(|key| key.name.clone()).map(|name| {
                TableChange::DropConstraint { kind: ConstraintKind::ForeignKey, name, if_exists: false }
            }));
            lowered.push(change);
        }
        _ => lowered.push(change),
    }
}

/// The changes of columns that a change of their enum type is.
fn columns_of_enum(name: &TableName, before: &Metadata, after: &Metadata) -> Vec<Operation> {
    let of_it = |data_type: &DataType| data_type.enum_type().is_some_and(|e| e.name.as_ref() == Some(name));
    let mut operations = Vec::new();
    for (table, changed) in before.tables().iter().zip(after.tables()) {
        let columns = changed.columns.iter().filter(|column| column.column_type.values().any(of_it));
        let changes: Vec<TableChange> = columns
            .map(|column| {
                let mut alter = AlterColumn::new(column.name.clone());
                alter.column_type = Some(column.column_type.clone());
                alter.into()
            })
            .collect();
        if !changes.is_empty() {
            operations.push(Operation::AlterTable { table: table.name.clone(), changes });
        }
    }
    operations
}

fn object_on(mut object: Object, dialect: DialectName) -> Object {
    object.create.retain(|sql| sql.get(dialect).is_some());
    object.drop.retain(|sql| sql.get(dialect).is_some());
    object
}

/// Cuts exact names that are too long for the database, as SQLAlchemy does it.
fn cut_names(dialect: &dyn Dialect, operation: &mut Operation) {
    let Some(limit) = dialect.capabilities().max_identifier else { return };
    let characters = match limit {
        IdentifierLimit::Bytes(limit) | IdentifierLimit::Characters(limit) => limit,
    };
    for name in names_mut(operation) {
        if let std::borrow::Cow::Owned(cut) = name.truncated(characters) {
            *name = Name::exact(cut);
        }
    }
}

/// The names of constraints and indexes that an operation speaks of.
fn names_mut(operation: &mut Operation) -> Vec<&mut Name> {
    match operation {
        Operation::CreateTable { table, .. } => table.names_mut().collect(),
        Operation::CreateIndex { index, .. } => index.name.iter_mut().collect(),
        Operation::DropIndex { name, .. } => vec![name],
        Operation::RenameIndex { from, to, .. } => vec![from, to],
        Operation::AlterTable { changes, .. } => changes
            .iter_mut()
            .flat_map(|change| match change {
                TableChange::AddConstraint { constraint } => constraint.name_mut().iter_mut().collect(),
                TableChange::DropConstraint { name, .. } | TableChange::ValidateConstraint { name, .. } => {
                    vec![name]
                }
                TableChange::RenameConstraint { from, to, .. } => vec![from, to],
                _ => Vec::new(),
            })
            .collect(),
        _ => Vec::new(),
    }
}
