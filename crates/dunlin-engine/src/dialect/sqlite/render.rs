//! Operations as SQLite runs them.

use dunlin_core::operation::Operation;
use dunlin_core::schema::{Metadata, Name, Object, SchemaError, TableName, View};

use super::{Sqlite, alter, column, index, table};
use crate::dialect::{Dialect, RenderError, Rendered, ddl};

pub(super) fn render(
    dialect: &Sqlite,
    operation: &Operation,
    current: &Metadata,
) -> Result<Rendered, RenderError> {
    ddl::check_names(dialect, operation)?;
    let unsupported = |operation: &str, hint| {
        Err(RenderError::Unsupported { dialect: dialect.name(), operation: operation.to_owned(), hint })
    };
    Ok(Rendered::plain(match operation {
        Operation::CreateSchema { .. } | Operation::DropSchema { .. } => {
            return unsupported("have schemas", "attach another database file, or keep all tables in one");
        }
        // An enum type is nowhere but in its columns, which are changed by operations of their own.
        Operation::CreateEnum { .. } | Operation::AlterEnum { .. } | Operation::DropEnum { .. } => Vec::new(),
        Operation::CreateTable { table, if_not_exists } => {
            table::check(dialect, table)?;
            match *if_not_exists && current.get(&table.name).is_some() {
                true => Vec::new(),
                false => table::create(dialect, table, *if_not_exists)?,
            }
        }
        Operation::DropTable { table, if_exists } => {
            // DROP TABLE deletes all rows first, and with them, by cascade, rows of other tables.
            let drop = ddl::drop_table(dialect, table, *if_exists);
            return Ok(Rendered { suspends_foreign_keys: true, ..Rendered::plain([drop]) });
        }
        Operation::RenameTable { table, to } => {
            vec![format!("ALTER TABLE {} RENAME TO {}", ddl::table_name(dialect, table), dialect.quote(to))]
        }
        Operation::AlterTable { table, changes } => {
            return alter::alter_table(dialect, table, changes, current);
        }
        Operation::CreateIndex { table, index, if_not_exists } => {
            index::check(dialect, index)?;
            vec![index::create(dialect, table, index, *if_not_exists)?]
        }
        Operation::DropIndex { table, name, if_exists, .. } => {
            vec![ddl::drop_index(dialect, table, name, *if_exists)]
        }
        Operation::RenameIndex { table, from, to } => rename_index(dialect, table, from, to, current)?,
        Operation::CreateView { view, or_replace } => return create_view(dialect, view, *or_replace),
        Operation::DropView { materialized: true, .. } => return Err(materialized(dialect)),
        Operation::DropView { name, if_exists, .. } => {
            let if_exists = if *if_exists { "IF EXISTS " } else { "" };
            vec![format!("DROP VIEW {if_exists}{}", ddl::table_name(dialect, name))]
        }
        Operation::CreateObject { object } => statements(dialect, object, |object| &object.create),
        Operation::DropObject { object } => statements(dialect, object, |object| &object.drop),
        Operation::BulkInsert { table, columns, rows } => {
            ddl::bulk_insert(dialect, table, columns, rows, column::BOOLEANS)
        }
        Operation::Execute { sql, .. } => sql.get(dialect.name()).cloned().into_iter().collect(),
        // The runtime runs them.
        Operation::Run { .. } => Vec::new(),
        Operation::Backfill { backfill } => vec![ddl::backfill(dialect, backfill)?],
        _ => return Err(ddl::newer_operation(dialect)),
    }))
}

/// SQLite has no word for it: the index is made anew.
fn rename_index(
    dialect: &Sqlite,
    table: &TableName,
    from: &Name,
    to: &Name,
    current: &Metadata,
) -> Result<Vec<String>, RenderError> {
    let known = current.get(table).ok_or_else(|| SchemaError::NoTable { table: table.clone() })?;
    let missing =
        || SchemaError::NoSuchName { table: table.clone(), kind: "index".to_owned(), name: from.to_string() };
    let mut renamed = known.index(from).ok_or_else(missing)?.clone();
    renamed.name = Some(to.clone());
    let drop = ddl::drop_index(dialect, table, from, false);
    Ok(vec![drop, index::create(dialect, table, &renamed, false)?])
}

/// SQLite drops a view's triggers with it: they are put back behind one that replaces another.
fn create_view(dialect: &Sqlite, view: &View, or_replace: bool) -> Result<Rendered, RenderError> {
    if view.materialized {
        return Err(materialized(dialect));
    }
    let name = ddl::table_name(dialect, &view.name);
    let query = ddl::expression(dialect, &view.query, "a view")?;
    let create = format!("CREATE VIEW {name} AS {query}");
    if !or_replace {
        return Ok(Rendered::plain([create]));
    }
    let drop = format!("DROP VIEW IF EXISTS {name}");
    Ok(Rendered { rebuilds: Some(view.name.clone()), ..Rendered::plain([drop, create]) })
}

fn materialized(dialect: &Sqlite) -> RenderError {
    RenderError::Unsupported {
        dialect: dialect.name(),
        operation: "keep the rows of a view".to_owned(),
        hint: "make it a plain view, or a table that triggers (objects) fill",
    }
}

fn statements(
    dialect: &Sqlite,
    object: &Object,
    which: impl Fn(&Object) -> &[dunlin_core::dialect::PerDialect<String>],
) -> Vec<String> {
    which(object).iter().filter_map(|sql| sql.get(dialect.name()).cloned()).collect()
}
