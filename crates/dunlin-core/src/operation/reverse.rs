//! Inverting operations.

use thiserror::Error;

use super::{AlterColumn, Change, ColumnPosition, Operation, TableChange};
use crate::schema::{
    Column, ConstraintKind, EnumChange, Index, Metadata, Name, SchemaError, Table, TableName,
};

/// What undoes an operation is not known.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Irreversible {
    /// It moves rows, or is SQL as it stands.
    #[error("nothing says how to undo {what}")]
    Unknown {
        /// The operation, in words.
        what: String,
    },
    /// No database can do the opposite.
    #[error("{what} cannot be undone")]
    Impossible {
        /// The operation, in words.
        what: String,
    },
    /// The operations do not fit the schema.
    #[error(transparent)]
    Schema(#[from] SchemaError),
}

/// The operations that lead from the schema after `operations` back to the one before them.
///
/// Rows do not come back: a dropped column is added again, empty. A dropped table comes back with the objects
/// that were of it alone. A constraint that was validated stays
/// so. A type that was changed with an expression (`using`) is changed back without one.
///
/// # Errors
/// [`Irreversible`], for data steps, raw SQL, a value added to an enum type, a constraint or index added
/// without a name, an object whose other half is not written down, and operations that do not fit `before`.
///
/// ```
/// use dunlin_core::operation::{Operation, reverse};
/// use dunlin_core::prelude::*;
///
/// let mut op = Operations::default();
/// op.create_table("ticket", |t| { t.column("id", DataType::Integer).primary_key(); });
/// let back = reverse(&op.finish(), &Metadata::default())?;
/// assert_eq!(back, [Operation::DropTable { table: "ticket".into(), if_exists: false }]);
/// # Ok::<(), dunlin_core::operation::Irreversible>(())
/// ```
pub fn reverse(operations: &[Operation], before: &Metadata) -> Result<Vec<Operation>, Irreversible> {
    let mut schema = before.clone();
    let mut reversed = Vec::new();
    for operation in operations {
        let undo = undo(operation, &schema)?;
        schema.apply(operation)?;
        reversed.push(undo);
    }
    reversed.reverse();
    Ok(reversed.concat())
}

fn undo(operation: &Operation, schema: &Metadata) -> Result<Vec<Operation>, Irreversible> {
    let no_table = |table: &TableName| SchemaError::NoTable { table: table.clone() };
    let existing = |name: &TableName| schema.get(name).ok_or_else(|| no_table(name));
    Ok(match operation {
        Operation::CreateSchema { name, .. } => {
            let drop = Operation::DropSchema { name: name.clone(), if_exists: false };
            Vec::from_iter((!schema.schemas.contains(name)).then_some(drop))
        }
        Operation::DropSchema { name, .. } => {
            let create = Operation::CreateSchema { name: name.clone(), if_not_exists: false };
            Vec::from_iter(schema.schemas.contains(name).then_some(create))
        }
        Operation::CreateEnum { enum_type } => {
            let drop = |name| Operation::DropEnum { name, if_exists: false };
            enum_type.name.clone().map(drop).into_iter().collect()
        }
        Operation::DropEnum { name, .. } => {
            let known = schema.enum_types.iter().find(|known| known.name.as_ref() == Some(name));
            known.cloned().map(|enum_type| Operation::CreateEnum { enum_type }).into_iter().collect()
        }
        Operation::AlterEnum { name, changes } => {
            let back = changes.iter().rev().map(|change| undo_enum(name, change));
            vec![Operation::AlterEnum { name: name.clone(), changes: back.collect::<Result<_, _>>()? }]
        }
        Operation::CreateTable { table, .. } if schema.get(&table.name).is_some() => Vec::new(),
        Operation::CreateTable { table, .. } => vec![drop_table(table.name.clone())],
        Operation::DropTable { table, .. } => match schema.get(table) {
            Some(table) => {
                let create = Operation::CreateTable { table: table.clone(), if_not_exists: false };
                let objects = schema.objects.iter().filter(|object| object.is_of(&table.name));
                let objects = objects.cloned().map(|object| Operation::CreateObject { object });
                std::iter::once(create).chain(objects).collect()
            }
            None => Vec::new(),
        },
        Operation::RenameTable { table, to } => {
            let renamed = TableName { schema: table.schema.clone(), name: to.clone() };
            vec![Operation::RenameTable { table: renamed, to: table.name.clone() }]
        }
        Operation::AlterTable { table, changes } => undo_changes(changes, existing(table)?)?,
        Operation::CreateIndex { table, index, .. } => {
            let Some(name) = &index.name else {
                return Err(impossible(format!("the index without a name on table {table}")));
            };
            let known = existing(table)?.index(name).is_some();
            let drop = Operation::DropIndex {
                table: table.clone(),
                name: name.clone(),
                if_exists: false,
                concurrently: index.concurrently,
            };
            Vec::from_iter((!known).then_some(drop))
        }
        Operation::DropIndex { table, name, concurrently, .. } => {
            let index = existing(table)?.index(name).cloned();
            let index = index.map(|mut index| {
                index.concurrently = *concurrently;
                index
            });
            let create = |index| Operation::CreateIndex { table: table.clone(), index, if_not_exists: false };
            index.map(create).into_iter().collect()
        }
        Operation::RenameIndex { table, from, to } => {
            vec![Operation::RenameIndex { table: table.clone(), from: to.clone(), to: from.clone() }]
        }
        Operation::CreateView { view, .. } => {
            match schema.views.iter().find(|known| known.name == view.name) {
                Some(known) => vec![Operation::CreateView { view: known.clone(), or_replace: true }],
                None => vec![Operation::DropView {
                    name: view.name.clone(),
                    materialized: view.materialized,
                    if_exists: false,
                }],
            }
        }
        Operation::DropView { name, .. } => {
            let view = schema.views.iter().find(|view| &view.name == name).cloned();
            view.map(|view| Operation::CreateView { view, or_replace: false }).into_iter().collect()
        }
        Operation::CreateObject { object } if object.drop.is_empty() => {
            return Err(unknown(format!("the {}", object.name)));
        }
        Operation::CreateObject { object } => vec![Operation::DropObject { object: object.clone() }],
        Operation::DropObject { object } => {
            let known = schema.objects.iter().find(|known| known.name == object.name);
            let Some(object) = [Some(object), known].into_iter().flatten().find(|it| !it.create.is_empty())
            else {
                return Err(unknown(format!("the dropped {}", object.name)));
            };
            vec![Operation::CreateObject { object: object.clone() }]
        }
        Operation::BulkInsert { table, .. } => {
            return Err(unknown(format!("the rows inserted into {table}")));
        }
        Operation::Execute { .. } => return Err(unknown("an SQL statement".to_owned())),
        Operation::ExecuteStages { .. } => return Err(unknown("a file of SQL".to_owned())),
        Operation::Run { step } => return Err(unknown(format!("the step {}", step.name))),
        Operation::Backfill { backfill } => {
            return Err(unknown(format!("the backfill of table {}", backfill.table)));
        }
    })
}

fn unknown(what: String) -> Irreversible {
    Irreversible::Unknown { what }
}

fn impossible(what: String) -> Irreversible {
    Irreversible::Impossible { what }
}

fn drop_table(table: TableName) -> Operation {
    Operation::DropTable { table, if_exists: false }
}

fn undo_enum(name: &TableName, change: &EnumChange) -> Result<EnumChange, Irreversible> {
    match change {
        EnumChange::RenameValue { from, to } => {
            Ok(EnumChange::RenameValue { from: to.clone(), to: from.clone() })
        }
        EnumChange::AddValue { value, .. } => {
            Err(impossible(format!("the value {value} added to the enum type {name}")))
        }
    }
}

/// What undoes changes of `table`: together, save that the indexes which went with a dropped column come
/// back while their columns have the names they had then.
fn undo_changes(changes: &[TableChange], table: &Table) -> Result<Vec<Operation>, Irreversible> {
    let mut altered = table.clone();
    let mut undone = Vec::new();
    for change in changes {
        undone.push((undo_change(change, &altered)?, indexes_dropped_with(change, &altered)));
        altered.apply(change)?;
    }
    let mut back =
        Back { table: &table.name, operations: Vec::new(), changes: Vec::new(), indexes: Vec::new() };
    for (changes, indexes) in undone.into_iter().rev() {
        let renames = |change: &TableChange| {
            matches!(change, TableChange::AlterColumn(AlterColumn { rename: Some(_), .. }))
        };
        if !back.indexes.is_empty() && changes.iter().any(renames) {
            back.flush();
        }
        back.changes.extend(changes);
        back.indexes.extend(indexes);
    }
    back.flush();
    Ok(back.operations)
}

/// The way back of one table, in the order in which it is to run.
struct Back<'t> {
    table: &'t TableName,
    operations: Vec<Operation>,
    changes: Vec<TableChange>,
    indexes: Vec<Index>,
}

impl Back<'_> {
    fn flush(&mut self) {
        let (table, changes) = (self.table.clone(), std::mem::take(&mut self.changes));
        if !changes.is_empty() {
            self.operations.push(Operation::AlterTable { table: table.clone(), changes });
        }
        let create = |index| Operation::CreateIndex { table: table.clone(), index, if_not_exists: false };
        self.operations.extend(self.indexes.drain(..).map(create));
    }
}

/// What undoes a change of `table`, in the order in which it is to run.
fn undo_change(change: &TableChange, table: &Table) -> Result<Vec<TableChange>, Irreversible> {
    let drop_column = |name: &String| TableChange::DropColumn { name: name.clone(), if_exists: false };
    Ok(match change {
        TableChange::AddColumn { column, if_not_exists: true, .. }
            if table.column(&column.name).is_some() =>
        {
            Vec::new()
        }
        TableChange::AddColumn { column, .. } => vec![drop_column(&column.name)],
        TableChange::DropColumn { name, .. } => match table.column(name) {
            None => Vec::new(),
            Some(column) => {
                let stands_on_it = |columns: &[String]| columns.contains(name);
                let constraints = table.constraints().filter(|constraint| stands_on_it(constraint.columns()));
                let add = TableChange::AddColumn {
                    column: column.clone(),
                    position: position_of(table, name),
                    if_not_exists: false,
                };
                let constraints = constraints.map(|constraint| TableChange::AddConstraint { constraint });
                std::iter::once(add).chain(constraints).collect()
            }
        },
        TableChange::AlterColumn(alter) => {
            let no_column =
                || SchemaError::NoColumn { table: table.name.clone(), column: alter.name.clone() };
            let column = table.column(&alter.name).ok_or_else(no_column)?;
            vec![undo_alter(alter, column).into()]
        }
        TableChange::AddConstraint { constraint } => {
            let kind = constraint.kind();
            let name = match constraint.name() {
                Some(name) => Some(name.clone()),
                // It answers to any name.
                None if kind == ConstraintKind::PrimaryKey => {
                    Some(Name::exact(format!("{}_pkey", table.name.name)))
                }
                None => None,
            };
            let mut back = vec![match name {
                Some(name) => TableChange::DropConstraint { kind, name, if_exists: false },
                None => TableChange::DropUnnamedConstraint { constraint: constraint.clone() },
            }];
            if kind == ConstraintKind::PrimaryKey {
                let columns = constraint.columns().iter().filter_map(|name| table.column(name));
                back.extend(columns.filter(|column| column.nullable).map(|column| {
                    let mut alter = AlterColumn::new(column.name.clone());
                    alter.nullable = Some(true);
                    alter.into()
                }));
            }
            back
        }
        TableChange::DropConstraint { kind, name, .. } => {
            let constraint = table.constraint(*kind, name);
            constraint.map(|constraint| TableChange::AddConstraint { constraint }).into_iter().collect()
        }
        TableChange::RenameConstraint { kind, from, to } => {
            vec![TableChange::RenameConstraint { kind: *kind, from: to.clone(), to: from.clone() }]
        }
        TableChange::DropUnnamedConstraint { constraint } => {
            let constraint = table.unnamed(constraint);
            constraint.map(|constraint| TableChange::AddConstraint { constraint }).into_iter().collect()
        }
        TableChange::SetOptions { .. } => vec![TableChange::SetOptions { options: table.options.clone() }],
        TableChange::ValidateConstraint { .. } => Vec::new(),
        TableChange::SetComment { .. } => vec![TableChange::SetComment { comment: table.comment.clone() }],
    })
}

fn undo_alter(alter: &AlterColumn, column: &Column) -> AlterColumn {
    let mut back = AlterColumn::new(alter.rename.clone().unwrap_or_else(|| alter.name.clone()));
    back.rename = alter.rename.as_ref().map(|_| alter.name.clone());
    back.column_type = alter.column_type.as_ref().map(|_| column.column_type.clone());
    back.nullable = alter.nullable.map(|_| column.nullable);
    back.autoincrement = alter.autoincrement.map(|_| column.autoincrement);
    back.server_default = alter.server_default.as_ref().map(|_| Change::from(column.server_default.clone()));
    back.on_update = alter.on_update.as_ref().map(|_| Change::from(column.on_update.clone()));
    back.comment = alter.comment.as_ref().map(|_| Change::from(column.comment.clone()));
    back.computed = alter.computed.as_ref().map(|_| Change::from(column.computed.clone()));
    back.not_null_on_conflict =
        alter.not_null_on_conflict.as_ref().map(|_| Change::from(column.not_null_on_conflict));
    back.identity = alter.identity.as_ref().map(|_| Change::from(column.identity.clone()));
    back
}

fn position_of(table: &Table, column: &str) -> ColumnPosition {
    let at = table.columns.iter().position(|known| known.name == column);
    match at {
        Some(at) if at + 1 == table.columns.len() => ColumnPosition::Last,
        Some(at) if at > 0 => ColumnPosition::After(table.columns[at - 1].name.clone()),
        Some(_) => ColumnPosition::First,
        None => ColumnPosition::Last,
    }
}

/// A dropped column takes with it the indexes that stand on it alone.
fn indexes_dropped_with(change: &TableChange, table: &Table) -> Vec<Index> {
    let TableChange::DropColumn { name, .. } = change else { return Vec::new() };
    let on_it = table.indexes.iter().filter(|index| index.columns().any(|column| column == name));
    on_it.cloned().collect()
}
