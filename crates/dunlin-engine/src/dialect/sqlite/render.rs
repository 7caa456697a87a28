//! Operations as SQLite runs them: natively where ALTER TABLE can, else by a rebuild.
//!
//! A rebuild creates the changed table under another name, copies the rows, drops the old table and
//! renames the new one, in the order that "Making Other Kinds Of Table Schema Changes" of SQLite's
//! manual gives. Whoever runs it turns foreign keys off first, and puts triggers back.

use dunlin_core::operation::{AlterColumn, Operation, TableChange};
use dunlin_core::dialect::DialectName;
use dunlin_core::schema::{Column, Index, Metadata, Name, SchemaError, SqlValue, Table, TableName};

use super::Sqlite;
use crate::dialect::{Dialect, RenderError, Rendered, ddl};
use crate::sql::lexer::{Token, TokenKind, tokens};

pub(super) const BOOLEANS: [&str; 2] = ["0", "1"];

pub(super) fn render(
    dialect: &Sqlite,
    operation: &Operation,
    current: &Metadata,
) -> Result<Rendered, RenderError> {
    ddl::check_names(dialect, operation)?;
    Ok(Rendered::plain(match operation {
        Operation::CreateTable { table, .. } => {
            let definition = |column: &Column| definition(dialect, column);
            let index = |index: &Index| create_index(dialect, &table.name, index);
            ddl::create_table_and_indexes(dialect, &local(table), definition, index)?
        }
        Operation::DropTable { table, if_exists } => {
            // DROP TABLE deletes all rows first, and with them, by cascade, rows of other tables.
            let drop = ddl::drop_table(dialect, table, *if_exists);
            return Ok(Rendered { suspends_foreign_keys: true, ..Rendered::plain([drop]) });
        }
        Operation::RenameTable { table, to } => {
            vec![format!("ALTER TABLE {} RENAME TO {}", ddl::table_name(dialect, table), dialect.quote(to))]
        }
        Operation::AlterTable { table, changes } => return alter_table(dialect, table, changes, current),
        Operation::CreateIndex { table, index, .. } => vec![create_index(dialect, table, index)?],
        Operation::DropIndex { table, name, if_exists, .. } => {
            vec![ddl::drop_index(dialect, table, name, *if_exists)]
        }
        Operation::BulkInsert { table, columns, rows } => {
            ddl::bulk_insert(dialect, table, columns, rows, BOOLEANS)
        }
        Operation::Execute { sql, .. } => sql.get(dialect.name()).cloned().into_iter().collect(),
        _ => return Err(ddl::newer_operation(dialect)),
    }))
}

/// Whether ALTER TABLE can do it, whatever the table looks like.
pub(super) fn is_always_native(change: &TableChange) -> bool {
    match change {
        TableChange::AddColumn { column, .. } => match column.server_default.as_ref().and_then(|default| default.get(DialectName::Sqlite)) {
            None => column.nullable,
            Some(SqlValue::Text(_) | SqlValue::Integer(_) | SqlValue::Boolean(_)) => true,
            Some(SqlValue::Bytes(_)) => true,
            Some(SqlValue::Null) => column.nullable,
            Some(SqlValue::Expression(sql)) => {
                sql.parse::<f64>().is_ok() || (column.nullable && sql.eq_ignore_ascii_case("null"))
            }
            Some(_) => false,
        },
        TableChange::AlterColumn(alter) => !alter.changes_definition(),
        _ => false,
    }
}

/// Whether ALTER TABLE can do it to this table: a column that nothing stands on can be dropped.
fn is_native(change: &TableChange, table: &Table) -> bool {
    let TableChange::DropColumn { name, .. } = change else { return is_always_native(change) };
    let without = |columns: &Vec<String>| !columns.contains(name);
    table.primary_key.iter().all(|key| without(&key.columns))
        && table.uniques.iter().all(|unique| without(&unique.columns))
        && table.foreign_keys.iter().all(|key| without(&key.columns))
        && table.indexes.iter().all(|index| index.columns().all(|column| column != name) && index.predicate.is_none())
        && table.checks.is_empty()
        && table.columns.len() > 1
}

fn alter_table(
    dialect: &Sqlite,
    name: &TableName,
    changes: &[TableChange],
    current: &Metadata,
) -> Result<Rendered, RenderError> {
    let table = current.get(name);
    let native = match table {
        Some(table) => changes.iter().all(|change| is_native(change, table)),
        None => changes.iter().all(is_always_native),
    };
    if native {
        let clauses = changes.iter().map(|change| alter(dialect, change)).collect::<Result<Vec<_>, _>>()?;
        let table = ddl::table_name(dialect, name);
        let rendered = Rendered::plain(clauses.iter().map(|clause| format!("ALTER TABLE {table} {clause}")));
        // The table that runs may need the rebuild that this one does not: somebody indexed the column.
        let suspends_foreign_keys = !changes.iter().all(is_always_native);
        return Ok(Rendered { suspends_foreign_keys, ..rendered });
    }
    let table = table.ok_or_else(|| SchemaError::NoTable { table: name.clone() })?;
    rebuild(dialect, table, changes)
}

fn alter(dialect: &Sqlite, change: &TableChange) -> Result<String, RenderError> {
    match change {
        TableChange::AddColumn { column, .. } => Ok(format!("ADD COLUMN {}", definition(dialect, column)?)),
        TableChange::DropColumn { name, .. } => Ok(format!("DROP COLUMN {}", dialect.quote(name))),
        TableChange::AlterColumn(AlterColumn { name, rename: Some(to), .. }) => {
            Ok(format!("RENAME COLUMN {} TO {}", dialect.quote(name), dialect.quote(to)))
        }
        _ => Err(ddl::newer_operation(dialect)),
    }
}

/// Renaming the new table must not touch what refers to the old one, and must not stumble over views
/// on it.
const LEGACY_RENAME_ON: &str = "PRAGMA legacy_alter_table = ON";
const LEGACY_RENAME_OFF: &str = "PRAGMA legacy_alter_table = OFF";

fn rebuild(dialect: &Sqlite, table: &Table, changes: &[TableChange]) -> Result<Rendered, RenderError> {
    let mut rebuilt = table.clone();
    let mut dropped = Vec::new();
    let mut copied: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
    for change in changes {
        rebuilt.apply(change)?;
        match change {
            TableChange::DropColumn { name, .. } => {
                copied.retain(|column| column != name);
                dropped.push(name.as_str());
            }
            TableChange::AlterColumn(AlterColumn { name, rename: Some(_), .. }) => {
                return Err(rename_apart(dialect, name));
            }
            _ => {}
        }
    }

    let gone = dropped.into_iter().filter(|name| rebuilt.column(name).is_none());
    for column in gone {
        if let Some(what) = speaks_of(dialect, &rebuilt, column) {
            return Err(column_in_use(dialect, column, what));
        }
    }

    let temporary =
        TableName { schema: table.name.schema.clone(), name: format!("_dunlin_rebuild_{}", table.name.name) };
    let old = ddl::table_name(dialect, &table.name);
    let new = ddl::table_name(dialect, &temporary);
    let copied = ddl::columns(dialect, &copied);
    let mut created = local(&rebuilt);
    for expression in created.checks.iter_mut().flat_map(|check| check.expression.values_mut()) {
        *expression = unqualified(expression);
    }
    let mut statements = vec![
        LEGACY_RENAME_ON.to_owned(),
        ddl::create_table(dialect, &created, &temporary, |column| definition(dialect, column))?,
        format!("INSERT INTO {new} ({copied}) SELECT {copied} FROM {old}"),
        format!("DROP TABLE {old}"),
        format!("ALTER TABLE {new} RENAME TO {}", dialect.quote(&table.name.name)),
    ];
    statements.push(LEGACY_RENAME_OFF.to_owned());
    for index in &rebuilt.indexes {
        statements.push(create_index(dialect, &table.name, index)?);
    }
    let rebuilds = Some(table.name.clone());
    Ok(Rendered { statements, rebuilds, suspends_foreign_keys: true, ..Rendered::default() })
}

/// Only ALTER TABLE lets checks, predicates, triggers, views and other tables' keys follow a new name.
fn rename_apart(dialect: &Sqlite, column: &str) -> RenderError {
    RenderError::Unsupported {
        dialect: dialect.name(),
        operation: format!("rename the column {column} together with changes that rebuild its table"),
        hint: "rename it in an operation of its own",
    }
}

/// The check or index of the table whose condition names a column.
fn speaks_of(dialect: &Sqlite, table: &Table, column: &str) -> Option<String> {
    let names = |condition: &str| {
        let names = |token: &Token<'_>| is_name(token) && token.value().eq_ignore_ascii_case(column);
        tokens(condition).is_ok_and(|tokens| tokens.iter().any(names))
    };
    let named = |kind: &str, name: &Option<Name>| match name {
        Some(name) => format!("{kind} {name}"),
        None => format!("a {kind}"),
    };
    let check = table.checks.iter().find(|check| check.expression.values().any(|sql| names(sql)));
    let predicate = |index: &Index| index.predicate.as_ref()?.get(dialect.name()).cloned();
    let index = table.indexes.iter().find(|index| predicate(index).is_some_and(|sql| names(&sql)));
    check.map(|check| named("check", &check.name)).or_else(|| index.map(|index| named("index", &index.name)))
}

fn column_in_use(dialect: &Sqlite, column: &str, what: String) -> RenderError {
    RenderError::Unsupported {
        dialect: dialect.name(),
        operation: format!("drop the column {column}, which {what} names"),
        hint: "drop that first, or in the same operation",
    }
}

fn is_name(token: &Token<'_>) -> bool {
    matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier)
}

/// A check without the name of its table, which it is not created under: `t.a` is `a`, as a check sees
/// no other table.
fn unqualified(expression: &str) -> String {
    let Ok(tokens) = tokens(expression) else { return expression.to_owned() };
    let tokens: Vec<_> = tokens.into_iter().filter(|token| token.kind != TokenKind::Comment).collect();
    let mut text = String::with_capacity(expression.len());
    let mut copied = 0;
    for pair in tokens.windows(2) {
        if is_name(&pair[0]) && pair[1].is_symbol(".") {
            text.push_str(&expression[copied..pair[0].start]);
            copied = pair[1].span().end;
        }
    }
    text.push_str(&expression[copied..]);
    text
}

/// The same table with references as SQLite writes them: a key never leaves its own database file.
fn local(table: &Table) -> Table {
    let mut local = table.clone();
    for key in &mut local.foreign_keys {
        key.referred_table.schema = None;
    }
    local
}

fn definition(dialect: &Sqlite, column: &Column) -> Result<String, RenderError> {
    let data_type = ddl::type_of(dialect, &column.name, &column.column_type)?;
    let mut definition = format!("{} {data_type}", dialect.quote(&column.name));
    let default = column.server_default.as_ref().and_then(|default| default.get(dialect.name()));
    if let Some(default) = default {
        definition.push_str(&format!(" DEFAULT {}", ddl::value(dialect, default, BOOLEANS)));
    }
    if !column.nullable {
        definition.push_str(" NOT NULL");
    }
    Ok(definition)
}

fn create_index(dialect: &Sqlite, table: &TableName, index: &Index) -> Result<String, RenderError> {
    let name = TableName { schema: table.schema.clone(), name: ddl::index_name(dialect, index)?.to_owned() };
    let name = ddl::table_name(dialect, &name);
    ddl::create_index(dialect, &name, &dialect.quote(&table.name), index)
}
