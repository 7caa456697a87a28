//! Changes of a table as calls of the recorder.

use dunlin_core::operation::{AlterColumn, Change, ColumnPosition, TableChange};
use dunlin_core::schema::{Check, Constraint, Name, PrimaryKey, TableName, Unique};

use super::error::GenerateError;
use super::expr::{Expr, Statement};
use super::operation::on_recorder;
use super::schema::{column, computed, constraint, exclude, foreign_key, identity};
use super::table;
use super::types::column_type;
use super::value::{Result, name, number, option, sql, table_name, texts, values, variant};

/// The names that a naming convention may touch.
pub(super) fn names_mut(change: &mut TableChange) -> Vec<&mut Name> {
    match change {
        TableChange::AddConstraint { constraint } => constraint.name_mut().iter_mut().collect(),
        TableChange::DropConstraint { name, .. } | TableChange::ValidateConstraint { name, .. } => vec![name],
        TableChange::RenameConstraint { from, to, .. } => vec![from, to],
        _ => Vec::new(),
    }
}

/// `op.alter_table("t", |t| { … })`, or the other method of that form.
pub(super) fn together(method: &str, table: &TableName, changes: &[TableChange]) -> Result<Expr> {
    let calls = changes.iter().map(|change| in_table(change).map(Statement::Run));
    let changes = Expr::block("t", calls.collect::<Result<_>>()?);
    Ok(on_recorder(method, [table_name(table), changes]))
}

/// A constraint that has a name and nothing else that need be said.
enum Plain<'c> {
    PrimaryKey(&'c Name, &'c [String]),
    Unique(&'c Name, &'c [String]),
    Check(&'c Name, &'c Check),
}

fn plain(constraint: &Constraint) -> Option<Plain<'_>> {
    let known = constraint.name()?;
    match constraint {
        Constraint::PrimaryKey(key) => (*key == PrimaryKey::new(&key.columns).named(known.clone()))
            .then_some(Plain::PrimaryKey(known, &key.columns)),
        Constraint::Unique(of) => (*of == Unique::new(&of.columns).named(known.clone()))
            .then_some(Plain::Unique(known, &of.columns)),
        Constraint::Check(of) => {
            (*of == Check::new(of.expression.clone()).named(known.clone())).then_some(Plain::Check(known, of))
        }
        _ => None,
    }
}

/// The recorder's call for one change alone.
pub(super) fn alone(table: &TableName, change: &TableChange) -> Result<Option<Expr>> {
    let of = || table_name(table);
    let on = |method, arguments: Vec<Expr>| Some(on_recorder(method, arguments));
    Ok(match change {
        TableChange::AddColumn { column: new, position, if_not_exists: false } if position.is_last() => {
            on("add_column", vec![of(), column(new)?])
        }
        TableChange::DropColumn { name, if_exists: false } => on("drop_column", vec![of(), Expr::text(name)]),
        TableChange::AlterColumn(alter) => match (&alter.rename, alter.changes_definition()) {
            (Some(to), false) => on("rename_column", vec![of(), Expr::text(&alter.name), Expr::text(to)]),
            (_, true) => {
                let changes = Expr::closure("c", altered(Expr::word("c"), alter)?);
                on("alter_column", vec![of(), Expr::text(&alter.name), changes])
            }
            (None, false) => None,
        },
        TableChange::AddConstraint { constraint } => match (plain(constraint), constraint) {
            (Some(Plain::PrimaryKey(known, columns)), _) => {
                on("create_primary_key", vec![name(known), of(), texts(columns)])
            }
            (Some(Plain::Unique(known, columns)), _) => {
                on("create_unique_constraint", vec![name(known), of(), texts(columns)])
            }
            (Some(Plain::Check(known, check)), _) => {
                on("create_check_constraint", vec![name(known), of(), sql(&check.expression)?])
            }
            (None, Constraint::ForeignKey(key)) => on("create_foreign_key", vec![of(), foreign_key(key)]),
            (None, Constraint::Exclude(it)) => on("create_exclude_constraint", vec![of(), exclude(it)]),
            _ => None,
        },
        TableChange::DropConstraint { kind, name: known, if_exists: false } => {
            on("drop_constraint", vec![variant("ConstraintKind", kind), name(known), of()])
        }
        TableChange::RenameConstraint { kind, from, to } => {
            on("rename_constraint", vec![variant("ConstraintKind", kind), of(), name(from), name(to)])
        }
        TableChange::SetComment { comment: Some(comment) } => {
            on("create_table_comment", vec![of(), Expr::text(comment)])
        }
        TableChange::SetComment { comment: None } => on("drop_table_comment", vec![of()]),
        _ => None,
    })
}

/// The call for a change among others of its table.
fn in_table(change: &TableChange) -> Result<Expr> {
    let on = |method, arguments: Vec<Expr>| Expr::word("t").then(method, arguments);
    let kind_and = |kind, known: &Name| vec![variant("ConstraintKind", kind), name(known)];
    Ok(match change {
        TableChange::AddColumn { column: new, position, if_not_exists } => {
            let new = column(new)?;
            match (position, if_not_exists) {
                (ColumnPosition::Last, false) => on("add_column", vec![new]),
                (ColumnPosition::Last, true) => on("add_column_if_not_exists", vec![new]),
                (position, false) => on("add_column_at", vec![new, column_position(position)]),
                (position, true) => {
                    let fields = vec![
                        ("column", new),
                        ("position", column_position(position)),
                        ("if_not_exists", number(true)),
                    ];
                    on("push", vec![Expr::Struct("TableChange::AddColumn".to_owned(), fields)])
                }
            }
        }
        TableChange::DropColumn { name, if_exists: false } => on("drop_column", vec![Expr::text(name)]),
        TableChange::DropColumn { name, .. } => on("drop_column_if_exists", vec![Expr::text(name)]),
        TableChange::AlterColumn(alter) => altered(on("alter_column", vec![Expr::text(&alter.name)]), alter)?,
        TableChange::AddConstraint { constraint: new } => match (plain(new), new) {
            (Some(Plain::PrimaryKey(known, columns)), _) => {
                on("create_primary_key", vec![name(known), texts(columns)])
            }
            (Some(Plain::Unique(known, columns)), _) => {
                on("create_unique_constraint", vec![name(known), texts(columns)])
            }
            (Some(Plain::Check(known, check)), _) => {
                on("create_check_constraint", vec![name(known), sql(&check.expression)?])
            }
            (None, Constraint::ForeignKey(key)) => on("create_foreign_key", vec![foreign_key(key)]),
            (None, Constraint::Exclude(it)) => on("create_exclude_constraint", vec![exclude(it)]),
            _ => on("add_constraint", vec![constraint(new)?]),
        },
        TableChange::DropConstraint { kind, name, if_exists: false } => {
            on("drop_constraint", kind_and(kind, name))
        }
        TableChange::DropConstraint { kind, name, .. } => {
            on("drop_constraint_if_exists", kind_and(kind, name))
        }
        TableChange::RenameConstraint { kind, from, to } => {
            let mut arguments = kind_and(kind, from);
            arguments.push(name(to));
            on("rename_constraint", arguments)
        }
        TableChange::ValidateConstraint { kind, name } => on("validate_constraint", kind_and(kind, name)),
        TableChange::DropUnnamedConstraint { constraint: of } => {
            on("drop_unnamed_constraint", vec![constraint(of)?])
        }
        TableChange::SetOptions { options } => on("options", vec![table::options(options)?]),
        TableChange::SetComment { comment } => {
            let comment = comment.as_ref().map(|comment| Expr::text(comment).owned());
            on("set_comment", vec![option(comment)])
        }
        other => return Err(GenerateError::unsayable(format!("the change {other:?}"))),
    })
}

fn column_position(position: &ColumnPosition) -> Expr {
    match position {
        ColumnPosition::Last => Expr::word("ColumnPosition::Last"),
        ColumnPosition::First => Expr::word("ColumnPosition::First"),
        ColumnPosition::After(name) => Expr::call("ColumnPosition::After", [Expr::text(name).owned()]),
    }
}

/// What an `AlterColumnRecorder` is told.
fn altered(recorder: Expr, alter: &AlterColumn) -> Result<Expr> {
    let mut expr = recorder;
    if let Some(to) = &alter.rename {
        expr = expr.then("rename", [Expr::text(to)]);
    }
    if let Some(to) = &alter.column_type {
        expr = expr.then("column_type", [column_type(to)?]);
    }
    if let Some(expression) = &alter.using {
        expr = expr.then("using", [sql(expression)?]);
    }
    if let Some(nullable) = alter.nullable {
        expr = expr.then("nullable", [number(nullable)]);
    }
    expr = changed(expr, "server_default", alter.server_default.as_ref(), values)?;
    expr = changed(expr, "on_update", alter.on_update.as_ref(), sql)?;
    expr = changed(expr, "comment", alter.comment.as_ref(), |comment| Ok(Expr::text(comment)))?;
    if let Some(counts_up) = alter.autoincrement {
        expr = expr.then("autoincrement", [number(counts_up)]);
    }
    expr = changed(expr, "identity", alter.identity.as_ref(), |of| Ok(identity(of)))?;
    expr = changed(expr, "computed", alter.computed.as_ref(), computed)?;
    let action = alter.not_null_on_conflict.as_ref();
    changed(expr, "not_null_on_conflict", action, |action| Ok(variant("OnConflict", action)))
}

/// `.method(value)`, or `.drop_method()`.
fn changed<T>(
    expr: Expr,
    method: &str,
    change: Option<&Change<T>>,
    value: impl Fn(&T) -> Result<Expr>,
) -> Result<Expr> {
    Ok(match change {
        None => expr,
        Some(Change::Set(to)) => expr.then(method, [value(to)?]),
        Some(Change::Drop) => expr.then(&format!("drop_{method}"), []),
    })
}
