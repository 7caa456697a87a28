//! Operations as MySQL and MariaDB run them.

use dunlin_core::dialect::DialectName;
use dunlin_core::operation::{Operation, TableChange};
use dunlin_core::schema::{ConstraintKind, Index, Metadata, Name, Object, Table, TableName, View};

use super::{MySql, alter, implicit_index, index, table};
use crate::dialect::{Dialect, RenderError, Rendered, ddl};

pub(super) const BOOLEANS: [&str; 2] = ["0", "1"];

/// What MODIFY restates is looked up in the table, and whether there is what MySQL has no IF EXISTS for,
/// and whether a foreign key needs an index that is dropped.
pub(super) fn needs_current_table(dialect: &MySql, operation: &Operation) -> bool {
    let mysql = dialect.name == DialectName::MySql;
    match operation {
        Operation::AlterTable { changes, .. } => {
            changes.iter().any(|change: &TableChange| alter::needs_current_table(dialect, change))
        }
        Operation::CreateIndex { if_not_exists, .. } => *if_not_exists && mysql,
        Operation::DropIndex { .. } => true,
        _ => false,
    }
}

/// A new key or index may take the place of one that only a foreign key needed.
pub(super) fn looks_at_current_table(dialect: &MySql, operation: &Operation) -> bool {
    let adds_key = |change: &TableChange| match change {
        TableChange::AddConstraint { constraint } => {
            matches!(constraint.kind(), ConstraintKind::PrimaryKey | ConstraintKind::Unique)
        }
        _ => false,
    };
    match operation {
        Operation::CreateIndex { .. } => true,
        Operation::AlterTable { changes, .. } if changes.iter().any(adds_key) => true,
        _ => needs_current_table(dialect, operation),
    }
}

pub(super) fn render(
    dialect: &MySql,
    operation: &Operation,
    current: &Metadata,
) -> Result<Rendered, RenderError> {
    ddl::check_names(dialect, operation)?;
    let mariadb = dialect.name == DialectName::MariaDb;
    let there =
        |table: &TableName, name: &Name| current.get(table).is_some_and(|table| has_index(table, name));
    Ok(Rendered::plain(match operation {
        Operation::CreateSchema { name, if_not_exists } => {
            let if_not_exists = if *if_not_exists { "IF NOT EXISTS " } else { "" };
            vec![format!("CREATE SCHEMA {if_not_exists}{}", dialect.quote(name))]
        }
        Operation::DropSchema { name, if_exists } => {
            vec![format!("DROP SCHEMA {}{}", words_if_exists(*if_exists), dialect.quote(name))]
        }
        // The words stand in the columns, and the rows are moved by steps of their own.
        Operation::CreateEnum { .. }
        | Operation::AlterEnum { .. }
        | Operation::DropEnum { .. }
        | Operation::Run { .. } => Vec::new(),
        Operation::Backfill { backfill } => vec![ddl::backfill(dialect, backfill)?],
        Operation::CreateTable { table, if_not_exists } => {
            vec![table::create(dialect, table, *if_not_exists)?]
        }
        Operation::DropTable { table, if_exists } => vec![ddl::drop_table(dialect, table, *if_exists)],
        Operation::RenameTable { table, to } => {
            let renamed = TableName { schema: table.schema.clone(), name: to.clone() };
            let (from, to) = (ddl::table_name(dialect, table), ddl::table_name(dialect, &renamed));
            vec![format!("RENAME TABLE {from} TO {to}")]
        }
        Operation::AlterTable { table, changes } => return alter::alter(dialect, table, changes, current),
        Operation::CreateIndex { table, index, if_not_exists } => {
            let name = index.name.as_ref();
            if *if_not_exists && !mariadb && name.is_some_and(|name| there(table, name)) {
                return Ok(Rendered::default());
            }
            let if_not_exists = *if_not_exists && mariadb;
            let unneeded = match current.get(table) {
                Some(table) => indexes_unneeded_with(dialect, table, index),
                None => Vec::new(),
            };
            if unneeded.is_empty() {
                vec![index::create(dialect, table, index, if_not_exists)?]
            } else {
                let add = index::added(dialect, index, if_not_exists)?;
                let table = ddl::table_name(dialect, table);
                vec![format!("ALTER TABLE {table} {add}, {}", unneeded.join(", "))]
            }
        }
        Operation::DropIndex { table, name, if_exists, .. } => {
            if *if_exists && !mariadb && !there(table, name) {
                return Ok(Rendered::default());
            }
            let wanted = match current.get(table) {
                Some(table) => indexes_wanted_without(dialect, table, name),
                None => Vec::new(),
            };
            let if_exists = words_if_exists(*if_exists && mariadb);
            let (name, table) = (dialect.quote(name), ddl::table_name(dialect, table));
            match wanted.as_slice() {
                [] => vec![format!("DROP INDEX {if_exists}{name} ON {table}")],
                wanted => {
                    vec![format!("ALTER TABLE {table} DROP INDEX {if_exists}{name}, {}", wanted.join(", "))]
                }
            }
        }
        Operation::RenameIndex { table, from, to } => {
            let (from, to) = (dialect.quote(from), dialect.quote(to));
            let table = ddl::table_name(dialect, table);
            vec![format!("ALTER TABLE {table} RENAME INDEX {from} TO {to}")]
        }
        Operation::CreateView { view, or_replace } => vec![create_view(dialect, view, *or_replace)?],
        Operation::DropView { materialized: true, name, .. } => return Err(materialized(dialect, name)),
        Operation::DropView { name, if_exists, .. } => {
            vec![format!("DROP VIEW {}{}", words_if_exists(*if_exists), ddl::table_name(dialect, name))]
        }
        Operation::CreateObject { object: Object { create: statements, .. } }
        | Operation::DropObject { object: Object { drop: statements, .. } } => {
            statements.iter().filter_map(|sql| sql.get(dialect.name)).cloned().collect()
        }
        Operation::BulkInsert { table, columns, rows } => {
            ddl::bulk_insert(dialect, table, columns, rows, BOOLEANS)
        }
        Operation::Execute { sql, .. } => sql.get(dialect.name).cloned().into_iter().collect(),
        _ => return Err(ddl::newer_operation(dialect)),
    }))
}

fn words_if_exists(if_exists: bool) -> &'static str {
    if if_exists { "IF EXISTS " } else { "" }
}

/// The catalog does not tell a unique constraint from a unique index.
fn has_index(table: &Table, name: &Name) -> bool {
    let indexes = table.indexes.iter().map(|index| &index.name);
    let mut names = indexes.chain(table.uniques.iter().map(|unique| &unique.name));
    names.any(|known| known.as_ref() == Some(name))
}

/// The clauses that add the indexes which foreign keys want when an index is dropped.
fn indexes_wanted_without(dialect: &MySql, table: &Table, dropped: &Name) -> Vec<String> {
    let mut changed = table.clone();
    changed.indexes.retain(|index| index.name.as_ref() != Some(dropped));
    changed.uniques.retain(|unique| unique.name.as_ref() != Some(dropped));
    let wanted = implicit_index::wanted(table, &changed);
    wanted.into_iter().map(|key| format!("ADD {}", alter::index_of(dialect, key))).collect()
}

/// The clauses that drop the indexes which foreign keys do not need any more when an index is created.
fn indexes_unneeded_with(dialect: &MySql, table: &Table, created: &Index) -> Vec<String> {
    let mut changed = table.clone();
    changed.indexes.push(created.clone());
    let unneeded = implicit_index::unneeded(table, &changed).into_iter();
    unneeded.map(|name| format!("DROP INDEX {}", dialect.quote(&name))).collect()
}

fn create_view(dialect: &MySql, view: &View, or_replace: bool) -> Result<String, RenderError> {
    if view.materialized {
        return Err(materialized(dialect, &view.name));
    }
    if view.security_barrier {
        return Err(dialect.unsupported(
            format!("show no function the rows that the view {} leaves out", view.name),
            "give the query to PostgreSQL only, or leave out its security_barrier",
        ));
    }
    let or_replace = if or_replace { "OR REPLACE " } else { "" };
    let security = if view.security_invoker { "SQL SECURITY INVOKER " } else { "" };
    let query = ddl::expression(dialect, &view.query, "a view")?;
    Ok(format!("CREATE {or_replace}{security}VIEW {} AS {query}", ddl::table_name(dialect, &view.name)))
}

fn materialized(dialect: &MySql, view: &TableName) -> RenderError {
    dialect.unsupported(
        format!("keep the rows of the view {view}"),
        "give the query to PostgreSQL only, or create a table and fill it",
    )
}
