//! Changes of a schema.

use dunlin::core::dialect::DialectName;
use dunlin::core::operation::{AlterColumn, Change, ColumnPosition, Operation, TableChange};
use dunlin::core::prelude::*;
use dunlin::core::schema::Constraint;

use super::choices::Choices;
use super::tables::{column, constraint_or_index, create_table, value};

/// A change that the numbers choose; `None` where there is nothing to choose from.
pub(super) fn change(
    choices: &mut Choices<'_>,
    on: DialectName,
    at: usize,
    schema: &Metadata,
) -> Option<Operation> {
    let kind = choices.below(10);
    let table = choices.one(schema.tables())?;
    let name = table.name.clone();
    Some(match kind {
        0 => create_table(choices, on, at + 10, schema),
        1 => Operation::RenameTable { table: name, to: format!("renamed {}", at + 10) },
        2 => {
            let index = choices.one(&table.indexes)?.name.clone()?;
            match choices.once_in(2) {
                true => {
                    Operation::DropIndex { table: name, name: index, if_exists: false, concurrently: false }
                }
                false => {
                    Operation::RenameIndex { table: name, from: index, to: format!("renamed_ix{at}").into() }
                }
            }
        }
        3 => {
            let mut with = table.clone();
            constraint_or_index(choices, on, &mut with, schema, at + 10);
            added(table, &with)?
        }
        _ => {
            let mut altered = table.clone();
            let mut changes = Vec::new();
            for number in 0..=choices.below(3) {
                let change = table_change(choices, on, at * 10 + number, &altered);
                if let Some(change) = change {
                    let mut after = altered.clone();
                    if after.apply(&change).is_ok() {
                        altered = after;
                        changes.push(change);
                    }
                }
            }
            if changes.is_empty() {
                return None;
            }
            Operation::AlterTable { table: name, changes }
        }
    })
}

/// What `with` has more than `table`, as an operation.
fn added(table: &Table, with: &Table) -> Option<Operation> {
    let name = table.name.clone();
    if let Some(index) = with.indexes.get(table.indexes.len()).cloned() {
        return Some(Operation::CreateIndex { table: name, index, if_not_exists: false });
    }
    let constraint = with.constraints().find(|constraint| {
        constraint.name().is_some_and(|name| !table.has_constraint(constraint.kind(), name))
    })?;
    Some(Operation::AlterTable { table: name, changes: vec![TableChange::AddConstraint { constraint }] })
}

fn table_change(choices: &mut Choices<'_>, on: DialectName, at: usize, table: &Table) -> Option<TableChange> {
    Some(match choices.below(8) {
        0 => {
            let mut column = column(choices, on, 100 + at);
            column.nullable |= column.server_default.is_none();
            let position = match choices.below(3) {
                0 if on != DialectName::Postgres => ColumnPosition::First,
                1 if on != DialectName::Postgres => {
                    ColumnPosition::After(choices.one(&table.columns)?.name.clone())
                }
                _ => ColumnPosition::Last,
            };
            TableChange::AddColumn { column, position, if_not_exists: false }
        }
        1 => {
            // PostgreSQL adds a column behind the others, so that only the last comes back to its place.
            let column = match on {
                DialectName::Postgres => table.columns.last()?,
                _ => choices.one(&table.columns)?,
            };
            // The databases differ in what becomes of a check then.
            if table.checks.iter().any(|check| mentions(check, &column.name)) {
                return None;
            }
            let comes_back = column.nullable || column.server_default.is_some();
            if column.name == "id" || !comes_back {
                return None;
            }
            TableChange::DropColumn { name: column.name.clone(), if_exists: false }
        }
        2 => {
            let constraints: Vec<Constraint> = table
                .constraints()
                .filter(|constraint| constraint.kind() != ConstraintKind::PrimaryKey)
                .collect();
            let constraint = choices.one(&constraints)?;
            let (kind, name) = (constraint.kind(), constraint.name()?.clone());
            match choices.once_in(3) {
                true => {
                    TableChange::RenameConstraint { kind, from: name, to: format!("renamed_c{at}").into() }
                }
                false => TableChange::DropConstraint { kind, name, if_exists: false },
            }
        }
        3 => TableChange::SetComment { comment: choices.once_in(2).then(|| format!("it's new {at}")) },
        _ => {
            let column = choices_column(choices, table)?;
            let alter = alter_column(choices, at, column)?;
            let is_mysql = matches!(on, DialectName::MySql | DialectName::MariaDb);
            let checked = table.checks.iter().any(|check| mentions(check, &column.name));
            if is_mysql && checked && alter.rename.is_some() {
                return None;
            }
            alter.into()
        }
    })
}

fn mentions(check: &Check, column: &str) -> bool {
    check.expression.values().any(|sql| sql.contains(column))
}

fn choices_column<'t>(choices: &mut Choices<'_>, table: &'t Table) -> Option<&'t Column> {
    choices.one(&table.columns).filter(|column| column.name != "id" && column.computed.is_none())
}

fn alter_column(choices: &mut Choices<'_>, at: usize, column: &Column) -> Option<AlterColumn> {
    let data_type = column.column_type.default_value()?;
    let mut alter = AlterColumn::new(column.name.clone());
    match choices.below(6) {
        0 => alter.rename = Some(format!("renamed{at}")),
        1 => {
            alter.column_type = Some(match data_type {
                DataType::SmallInteger => DataType::Integer.into(),
                DataType::Integer => DataType::BigInteger.into(),
                DataType::String { .. } => DataType::string(80).into(),
                DataType::Numeric { .. } => DataType::numeric(20, 3).into(),
                _ => return None,
            });
        }
        2 => {
            let has_nulls = column.nullable;
            if has_nulls {
                return None;
            }
            alter.nullable = Some(true);
        }
        3 if !matches!(
            data_type,
            DataType::Text | DataType::Binary | DataType::Json | DataType::Collated { .. }
        ) =>
        {
            alter.server_default = Some(Change::Set(value(data_type, 9).into()));
        }
        4 if column.server_default.is_some() => alter.server_default = Some(Change::Drop),
        _ => alter.comment = Some(Change::from(choices.once_in(2).then(|| format!("it's new {at}")))),
    }
    Some(alter)
}
