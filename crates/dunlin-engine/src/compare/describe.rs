//! Changes in words.

use dunlin_core::dialect::PerDialect;
use dunlin_core::operation::{AlterColumn, Change, Operation, TableChange};
use dunlin_core::schema::{
    Column, ColumnType, Constraint, Index, IndexElement, IndexKey, Name, SqlValue, Table,
};

use super::normal::Schema;
use crate::dialect::Dialect;

/// An operation that a comparison found, in words: a line for each change, the old value beside the new.
///
/// ```
/// use dunlin_core::operation::Operation;
/// use dunlin_core::prelude::*;
/// use dunlin_engine::compare::{Schema, describe};
/// use dunlin_engine::dialect::dialect;
///
/// let dialect = dialect(DialectName::Postgres);
/// let from = Schema::new(dialect, Metadata::default()).unwrap();
/// let drop = Operation::DropTable { table: "ticket".into(), if_exists: false };
/// assert_eq!(describe(dialect, &drop, &from), ["drop table ticket"]);
/// ```
pub fn describe(dialect: &dyn Dialect, operation: &Operation, from: &Schema) -> Vec<String> {
    match operation {
        Operation::CreateSchema { name, .. } => vec![format!("create schema {name}")],
        Operation::DropSchema { name, .. } => vec![format!("drop schema {name}")],
        Operation::CreateEnum { enum_type } => {
            let name = enum_type.name.as_ref().map(ToString::to_string).unwrap_or_default();
            vec![format!("create enum type {name} ({})", enum_type.values.join(", "))]
        }
        Operation::AlterEnum { name, changes } => {
            changes.iter().map(|change| format!("enum type {name}: {}", enum_change(change))).collect()
        }
        Operation::DropEnum { name, .. } => vec![format!("drop enum type {name}")],
        Operation::CreateTable { table, .. } => {
            let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
            vec![format!("create table {} ({})", table.name, columns.join(", "))]
        }
        Operation::DropTable { table, .. } => vec![format!("drop table {table}")],
        Operation::RenameTable { table, to } => vec![format!("rename table {table} to {to}")],
        Operation::AlterTable { table, changes } => {
            let known = from.said_table(table);
            let said = changes.iter().map(|change| table_change(dialect, change, known));
            said.map(|said| format!("table {table}: {said}")).collect()
        }
        Operation::CreateIndex { table, index, .. } => {
            vec![format!("table {table}: create {}", index_words(index))]
        }
        Operation::DropIndex { table, name, .. } => vec![format!("table {table}: drop index {name}")],
        Operation::RenameIndex { table, from, to } => {
            vec![format!("table {table}: rename index {from} to {to}")]
        }
        Operation::CreateView { view, .. } => vec![format!("create view {}", view.name)],
        Operation::DropView { name, .. } => vec![format!("drop view {name}")],
        Operation::CreateObject { object } => vec![format!("create {}", object.name)],
        Operation::DropObject { object } => vec![format!("drop {}", object.name)],
        Operation::BulkInsert { table, rows, .. } => vec![format!("insert {} rows into {table}", rows.len())],
        Operation::Execute { .. } => vec!["execute SQL".to_owned()],
        Operation::ExecuteStages { .. } => vec!["execute a file of SQL".to_owned()],
        Operation::Run { step } => vec![format!("run {}", step.name)],
        Operation::Backfill { backfill } => vec![format!("backfill table {}", backfill.table)],
        _ => vec!["a change of a newer kind".to_owned()],
    }
}

fn enum_change(change: &dunlin_core::schema::EnumChange) -> String {
    use dunlin_core::schema::{EnumChange, EnumPosition};
    match change {
        EnumChange::AddValue { value, position: EnumPosition::Last } => format!("add value {value}"),
        EnumChange::AddValue { value, position: EnumPosition::Before(other) } => {
            format!("add value {value} before {other}")
        }
        EnumChange::AddValue { value, position: EnumPosition::After(other) } => {
            format!("add value {value} after {other}")
        }
        EnumChange::RenameValue { from, to } => format!("rename value {from} to {to}"),
        _ => "a change of a newer kind".to_owned(),
    }
}

fn table_change(dialect: &dyn Dialect, change: &TableChange, table: Option<&Table>) -> String {
    match change {
        TableChange::AddColumn { column, .. } => format!("add column {}", column_words(dialect, column)),
        TableChange::DropColumn { name, .. } => format!("drop column {name}"),
        TableChange::AlterColumn(alter) => {
            let known = table.and_then(|table| table.column(&alter.name));
            format!("column {}: {}", alter.name, altered(dialect, alter, known))
        }
        TableChange::AddConstraint { constraint } => format!("add {}", constraint_words(constraint)),
        TableChange::DropConstraint { kind, name, .. } => {
            let known = table.and_then(|table| table.constraint(*kind, name));
            match known {
                Some(known) => format!("drop {}", constraint_words(&known)),
                None => format!("drop {kind} {name}"),
            }
        }
        TableChange::DropUnnamedConstraint { constraint } => format!("drop {}", constraint_words(constraint)),
        TableChange::RenameConstraint { kind, from, to } => format!("rename {kind} {from} to {to}"),
        TableChange::ValidateConstraint { kind, name } => format!("validate {kind} {name}"),
        TableChange::SetComment { comment } => {
            let before = table.and_then(|table| table.comment.clone());
            format!("comment {} → {}", quoted(before.as_deref()), quoted(comment.as_deref()))
        }
        TableChange::SetOptions { .. } => "change options".to_owned(),
        _ => "a change of a newer kind".to_owned(),
    }
}

fn quoted(text: Option<&str>) -> String {
    text.map_or_else(|| "none".to_owned(), |text| format!("'{text}'"))
}

fn type_words(dialect: &dyn Dialect, column_type: &ColumnType) -> String {
    let data_type = column_type.get(dialect.name());
    let written = data_type.and_then(|data_type| dialect.column_type(data_type).ok());
    written.unwrap_or_else(|| "(no type here)".to_owned())
}

fn value_words(dialect: &dyn Dialect, value: Option<&PerDialect<SqlValue>>) -> String {
    let value = value.and_then(|value| value.get(dialect.name()));
    value.map_or_else(|| "none".to_owned(), |value| dialect.value(value))
}

fn column_words(dialect: &dyn Dialect, column: &Column) -> String {
    let mut words = format!("{} {}", column.name, type_words(dialect, &column.column_type));
    if !column.nullable {
        words.push_str(" NOT NULL");
    }
    if let Some(default) = &column.server_default {
        words.push_str(&format!(" DEFAULT {}", value_words(dialect, Some(default))));
    }
    words
}

fn altered(dialect: &dyn Dialect, alter: &AlterColumn, known: Option<&Column>) -> String {
    let mut said = Vec::new();
    if let Some(to) = &alter.rename {
        said.push(format!("rename to {to}"));
    }
    if let Some(to) = &alter.column_type {
        let before = known.map(|column| format!("{} → ", type_words(dialect, &column.column_type)));
        said.push(format!("type {}{}", before.unwrap_or_default(), type_words(dialect, to)));
    }
    match alter.nullable {
        Some(true) => said.push("NOT NULL → NULL".to_owned()),
        Some(false) => said.push("NULL → NOT NULL".to_owned()),
        None => {}
    }
    if let Some(to) = &alter.server_default {
        let before = value_words(dialect, known.and_then(|column| column.server_default.as_ref()));
        said.push(format!("default {before} → {}", value_words(dialect, to.value())));
    }
    if let Some(to) = &alter.on_update {
        let shown = |sql: Option<&PerDialect<String>>| {
            sql.and_then(|sql| sql.get(dialect.name())).cloned().unwrap_or_else(|| "none".to_owned())
        };
        let before = shown(known.and_then(|column| column.on_update.as_ref()));
        said.push(format!("on update {before} → {}", shown(to.value())));
    }
    if let Some(to) = &alter.comment {
        let before = known.and_then(|column| column.comment.as_deref());
        let after = to.value().map(String::as_str);
        said.push(format!("comment {} → {}", quoted(before), quoted(after)));
    }
    match alter.autoincrement {
        Some(true) => said.push("counts up".to_owned()),
        Some(false) => said.push("counts up no more".to_owned()),
        None => {}
    }
    match &alter.identity {
        Some(Change::Set(_)) => said.push("identity options".to_owned()),
        Some(Change::Drop) => said.push("no identity column any more".to_owned()),
        None => {}
    }
    match &alter.computed {
        Some(Change::Set(_)) => said.push("computed".to_owned()),
        Some(Change::Drop) => said.push("not computed any more".to_owned()),
        None => {}
    }
    if alter.not_null_on_conflict.is_some() {
        said.push("NOT NULL on conflict".to_owned());
    }
    said.join(", ")
}

fn named(name: Option<&Name>) -> String {
    name.map(|name| format!(" {name}")).unwrap_or_default()
}

fn constraint_words(constraint: &Constraint) -> String {
    let (kind, name) = (constraint.kind(), named(constraint.name()));
    match constraint {
        Constraint::Check(check) => {
            let expression = check.expression.values().next().map(String::as_str).unwrap_or_default();
            format!("{kind}{name} ({expression})")
        }
        Constraint::ForeignKey(key) => format!(
            "{kind}{name} ({}) to {} ({})",
            key.columns.join(", "),
            key.referred_table,
            key.referred_columns.join(", ")
        ),
        Constraint::Exclude(_) => format!("{kind}{name}"),
        other => format!("{kind}{name} ({})", other.columns().join(", ")),
    }
}

fn index_words(index: &Index) -> String {
    let element = |element: &IndexElement| match &element.key {
        IndexKey::Column(name) => name.clone(),
        IndexKey::Expression(sql) => sql.values().next().cloned().unwrap_or_default(),
    };
    let elements: Vec<String> = index.elements.iter().map(element).collect();
    let unique = if index.unique { "unique " } else { "" };
    format!("{unique}index{} ({})", named(index.name.as_ref()), elements.join(", "))
}
