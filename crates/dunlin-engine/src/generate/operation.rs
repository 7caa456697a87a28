//! Operations as calls of the recorder.

use dunlin_core::operation::{Backfill, Operation, Operations};
use dunlin_core::schema::{
    EnumChange, EnumPosition, EnumType, Index, Name, NamingConvention, SqlValue, Table, View,
};

use super::alter;
use super::error::GenerateError;
use super::expr::{Expr, Statement};
use super::schema::{index, index_elements, object, view};
use super::table;
use super::types::enum_type;
use super::value::{
    Result, name, name_value, number, option, row_value, sql, sql_value, table_name, table_name_value,
    table_names, texts,
};

/// The statement that records an operation, under a naming convention that is not to change it.
pub(super) fn statement(operation: &Operation, convention: &NamingConvention) -> Result<Statement> {
    let expr = if is_kept(operation, convention) {
        recorded(operation)?
    } else {
        let mut exact = operation.clone();
        names_mut(&mut exact).into_iter().for_each(|name| *name = Name::exact(name.as_str()));
        if is_kept(&exact, convention) { recorded(&exact)? } else { pushed(operation)? }
    };
    Ok(Statement::Run(expr))
}

/// Whether the recorder's own call for an operation records just this operation.
fn is_kept(operation: &Operation, convention: &NamingConvention) -> bool {
    let mut op = Operations::new(convention.clone());
    match operation {
        Operation::CreateTable { table, .. } => {
            let mut named = table.clone();
            convention.apply(&mut named);
            return named == *table;
        }
        Operation::CreateIndex { table, index, if_not_exists } => match if_not_exists {
            false => op.add_index(table.clone(), index.clone()),
            true => op.add_index_if_not_exists(table.clone(), index.clone()),
        },
        Operation::DropIndex { table, name, if_exists, concurrently } => match (if_exists, concurrently) {
            (false, false) => op.drop_index(name.clone(), table.clone()),
            (true, false) => op.drop_index_if_exists(name.clone(), table.clone()),
            (false, true) => op.drop_index_concurrently(name.clone(), table.clone()),
            (true, true) => return true,
        },
        Operation::RenameIndex { table, from, to } => {
            op.rename_index(table.clone(), from.clone(), to.clone());
        }
        Operation::AlterTable { table, changes } => {
            op.alter_table(table.clone(), |t| changes.iter().for_each(|change| t.push(change.clone())));
        }
        _ => return true,
    }
    op.finish() == std::slice::from_ref(operation)
}

/// The names that a naming convention may touch.
fn names_mut(operation: &mut Operation) -> Vec<&mut Name> {
    match operation {
        Operation::CreateTable { table, .. } => table.names_mut().collect(),
        Operation::CreateIndex { index, .. } => index.name.iter_mut().collect(),
        Operation::DropIndex { name, .. } => vec![name],
        Operation::RenameIndex { from, to, .. } => vec![from, to],
        Operation::AlterTable { changes, .. } => changes.iter_mut().flat_map(alter::names_mut).collect(),
        _ => Vec::new(),
    }
}

pub(super) fn on_recorder(method: &str, arguments: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::word("op").then(method, arguments)
}

/// `op.push(Operation::… { … })`.
fn push(variant: &str, fields: Vec<(&'static str, Expr)>) -> Expr {
    on_recorder("push", [Expr::Struct(format!("Operation::{variant}"), fields)])
}

/// The call for an operation that the naming convention leaves alone.
fn recorded(operation: &Operation) -> Result<Expr> {
    Ok(match operation {
        Operation::CreateSchema { name, if_not_exists: false } => {
            on_recorder("create_schema", [Expr::text(name)])
        }
        Operation::DropSchema { name, if_exists: false } => on_recorder("drop_schema", [Expr::text(name)]),
        Operation::CreateEnum { enum_type: EnumType { name: Some(name), values, .. } } => {
            on_recorder("create_enum", [table_name(name), texts(values)])
        }
        Operation::AlterEnum { name, changes } => {
            on_recorder("alter_enum", [table_name(name), enum_changes(changes)?])
        }
        Operation::DropEnum { name, if_exists: false } => on_recorder("drop_enum", [table_name(name)]),
        Operation::CreateTable { table, if_not_exists } => {
            let method = if *if_not_exists { "create_table_if_not_exists" } else { "create_table" };
            on_recorder(method, [table_name(&table.name), table::definition(table)?])
        }
        Operation::DropTable { table, if_exists } => {
            let method = if *if_exists { "drop_table_if_exists" } else { "drop_table" };
            on_recorder(method, [table_name(table)])
        }
        Operation::RenameTable { table, to } => {
            on_recorder("rename_table", [table_name(table), Expr::text(to)])
        }
        Operation::AlterTable { table, changes } => match changes.as_slice() {
            [only] => match alter::alone(table, only)? {
                Some(call) => call,
                None => alter::together("alter_table", table, changes)?,
            },
            _ => alter::together("alter_table", table, changes)?,
        },
        Operation::CreateIndex { table, index: of, if_not_exists } => match &of.name {
            Some(known) if !if_not_exists && is_plain(of) => {
                let arguments = [name(known), table_name(table), index_elements(&of.elements)?];
                on_recorder("create_index", arguments)
            }
            _ => {
                let method = if *if_not_exists { "add_index_if_not_exists" } else { "add_index" };
                on_recorder(method, [table_name(table), index(of)?])
            }
        },
        Operation::DropIndex { table, name: of, if_exists, concurrently } => {
            let method = match (if_exists, concurrently) {
                (false, false) => "drop_index",
                (true, false) => "drop_index_if_exists",
                (false, true) => "drop_index_concurrently",
                (true, true) => return pushed(operation),
            };
            on_recorder(method, [name(of), table_name(table)])
        }
        Operation::RenameIndex { table, from, to } => {
            on_recorder("rename_index", [table_name(table), name(from), name(to)])
        }
        Operation::CreateView { view: of, or_replace: true } => on_recorder("replace_view", [view(of)?]),
        Operation::CreateView { view: of, .. } if *of == View::new(of.name.clone(), of.query.clone()) => {
            on_recorder("create_view", [table_name(&of.name), sql(&of.query)?])
        }
        Operation::CreateView { view: of, .. } => on_recorder("add_view", [view(of)?]),
        Operation::DropView { name, materialized, if_exists: false } => {
            let method = if *materialized { "drop_materialized_view" } else { "drop_view" };
            on_recorder(method, [table_name(name)])
        }
        Operation::CreateObject { object: of } => on_recorder("create_object", [object(of)?]),
        Operation::DropObject { object: of } => on_recorder("drop_object", [object(of)?]),
        Operation::BulkInsert { table, columns, rows } => {
            on_recorder("bulk_insert", [table_name(table), texts(columns), inserted(rows)?])
        }
        Operation::Execute { sql: of, ddl: false, touches: None } => on_recorder("execute", [sql(of)?]),
        Operation::Execute { sql: of, ddl: true, touches: Some(touches) } => {
            on_recorder("execute_ddl", [sql(of)?, table_names(touches)])
        }
        Operation::Run { step } => return Err(GenerateError::Function { name: step.name.clone() }),
        Operation::Backfill { backfill: of } => on_recorder("backfill", [backfill(of)?]),
        other => pushed(other)?,
    })
}

/// The call that records an operation as it is.
fn pushed(operation: &Operation) -> Result<Expr> {
    let text = |text: &String| Expr::text(text).owned();
    Ok(match operation {
        Operation::CreateSchema { name, if_not_exists } => {
            push("CreateSchema", vec![("name", text(name)), ("if_not_exists", number(if_not_exists))])
        }
        Operation::DropSchema { name, if_exists } => {
            push("DropSchema", vec![("name", text(name)), ("if_exists", number(if_exists))])
        }
        Operation::CreateEnum { enum_type: of } => push("CreateEnum", vec![("enum_type", enum_type(of))]),
        Operation::DropEnum { name, if_exists } => {
            push("DropEnum", vec![("name", table_name_value(name)), ("if_exists", number(if_exists))])
        }
        Operation::CreateTable { table, if_not_exists } => {
            push("CreateTable", vec![("table", built(table)?), ("if_not_exists", number(if_not_exists))])
        }
        Operation::AlterTable { table, changes } => alter::together("alter_table_exactly", table, changes)?,
        Operation::CreateIndex { table, index: of, if_not_exists } => push(
            "CreateIndex",
            vec![
                ("table", table_name_value(table)),
                ("index", index(of)?),
                ("if_not_exists", number(if_not_exists)),
            ],
        ),
        Operation::DropIndex { table, name, if_exists, concurrently } => push(
            "DropIndex",
            vec![
                ("table", table_name_value(table)),
                ("name", name_value(name)),
                ("if_exists", number(if_exists)),
                ("concurrently", number(concurrently)),
            ],
        ),
        Operation::DropView { name, materialized, if_exists } => push(
            "DropView",
            vec![
                ("name", table_name_value(name)),
                ("materialized", number(materialized)),
                ("if_exists", number(if_exists)),
            ],
        ),
        Operation::Execute { sql, ddl, touches } => {
            let touches = touches.as_ref().map(|of| Expr::Vec(of.iter().map(table_name_value).collect()));
            push(
                "Execute",
                vec![("sql", sql_value(sql)?), ("ddl", number(ddl)), ("touches", option(touches))],
            )
        }
        other => return Err(GenerateError::unsayable(format!("the operation {other:?}"))),
    })
}

/// `Table::build(…)`.
pub(super) fn built(table: &Table) -> Result<Expr> {
    Ok(Expr::call("Table::build", [table_name(&table.name), table::definition(table)?]))
}

fn is_plain(index: &Index) -> bool {
    let plain = |name: &Name| Index::new(name.clone(), index.elements.clone());
    index.name.as_ref().is_some_and(|name| *index == plain(name))
}

fn enum_changes(changes: &[EnumChange]) -> Result<Expr> {
    let change = |change: &EnumChange| {
        let (method, texts) = match change {
            EnumChange::AddValue { value, position: EnumPosition::Last } => ("add_value", vec![value]),
            EnumChange::AddValue { value, position: EnumPosition::Before(other) } => {
                ("add_value_before", vec![value, other])
            }
            EnumChange::AddValue { value, position: EnumPosition::After(other) } => {
                ("add_value_after", vec![value, other])
            }
            EnumChange::RenameValue { from, to } => ("rename_value", vec![from, to]),
            other => return Err(GenerateError::unsayable(format!("the change {other:?}"))),
        };
        Ok(Expr::word("e").then(method, texts.into_iter().map(|text| Expr::text(text))))
    };
    Ok(match changes {
        [only] => Expr::closure("e", change(only)?),
        several => {
            let calls = several.iter().map(|it| change(it).map(Statement::Run));
            Expr::block("e", calls.collect::<Result<_>>()?)
        }
    })
}

/// The rows of an insert: arrays, where all have as many values.
fn inserted(rows: &[Vec<SqlValue>]) -> Result<Expr> {
    let Some(first) = rows.first() else { return Ok(Expr::word("[[]; 0]")) };
    let alike = rows.iter().all(|row| row.len() == first.len());
    let row = |row: &Vec<SqlValue>| {
        let values = row.iter().map(row_value).collect::<Result<_>>()?;
        Ok(if alike { Expr::Array(values) } else { Expr::Vec(values) })
    };
    Ok(Expr::Array(rows.iter().map(row).collect::<Result<_>>()?))
}

fn backfill(backfill: &Backfill) -> Result<Expr> {
    let plain = Backfill::new(backfill.table.clone());
    let mut expr = Expr::call("Backfill::new", [table_name(&backfill.table)]);
    for (column, expression) in &backfill.set {
        expr = expr.then("set", [Expr::text(column), sql(expression)?]);
    }
    if let Some(condition) = &backfill.only_where {
        expr = expr.then("only_where", [sql(condition)?]);
    }
    if !backfill.key.is_empty() {
        expr = expr.then("key", [texts(&backfill.key)]);
    }
    if backfill.batch_size == 0 {
        return Err(GenerateError::unsayable("a backfill of no rows at a time"));
    }
    if backfill.batch_size != plain.batch_size {
        expr = expr.then("batch_size", [number(backfill.batch_size)]);
    }
    let pause = backfill.pause;
    if !pause.is_zero() {
        let (seconds, nanos) = (pause.as_secs(), pause.subsec_nanos());
        let duration = match u64::try_from(pause.as_millis()) {
            _ if nanos == 0 => Expr::call("Duration::from_secs", [number(seconds)]),
            Ok(millis) if nanos % 1_000_000 == 0 => Expr::call("Duration::from_millis", [number(millis)]),
            _ => Expr::call("Duration::new", [number(seconds), number(nanos)]),
        };
        expr = expr.then("pause", [duration]);
    }
    Ok(expr)
}
