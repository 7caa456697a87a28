//! Operations as PostgreSQL runs them.

use dunlin_core::operation::Operation;
use dunlin_core::schema::{EnumChange, EnumPosition, EnumType, Metadata, SqlValue, TableName, View};

use super::{Postgres, alter, index, table, unsupported};
use crate::dialect::{Dialect, RenderError, Rendered, ddl};

const BOOLEANS: [&str; 2] = ["false", "true"];

pub(super) fn render(
    dialect: &Postgres,
    operation: &Operation,
    current: &Metadata,
) -> Result<Rendered, RenderError> {
    ddl::check_names(dialect, operation)?;
    statements(dialect, operation, current).map(Rendered::plain)
}

fn statements(
    dialect: &Postgres,
    operation: &Operation,
    current: &Metadata,
) -> Result<Vec<String>, RenderError> {
    Ok(match operation {
        Operation::CreateSchema { name, if_not_exists } => {
            let words = if *if_not_exists { "IF NOT EXISTS " } else { "" };
            vec![format!("CREATE SCHEMA {words}{}", dialect.quote(name))]
        }
        Operation::DropSchema { name, if_exists } => {
            vec![format!("DROP SCHEMA {}{}", if_exists_words(*if_exists), dialect.quote(name))]
        }
        Operation::CreateEnum { enum_type } => vec![create_enum(dialect, enum_type)?],
        Operation::AlterEnum { name, changes } => {
            changes.iter().map(|change| alter_enum(dialect, name, change)).collect::<Result<_, _>>()?
        }
        Operation::DropEnum { name, if_exists } => {
            let name = ddl::table_name(dialect, name);
            vec![format!("DROP TYPE {}{name}", if_exists_words(*if_exists))]
        }
        // A table that is there is left as it is, its comments and indexes too.
        Operation::CreateTable { table, if_not_exists: true } if current.get(&table.name).is_some() => {
            Vec::new()
        }
        Operation::CreateTable { table, if_not_exists } => table::create(dialect, table, *if_not_exists)?,
        Operation::DropTable { table, if_exists } => vec![ddl::drop_table(dialect, table, *if_exists)],
        Operation::RenameTable { table, to } => {
            vec![format!("ALTER TABLE {} RENAME TO {}", ddl::table_name(dialect, table), dialect.quote(to))]
        }
        Operation::AlterTable { table, changes } => {
            alter::alter(dialect, table, changes, current.get(table))?
        }
        Operation::CreateIndex { table, index, if_not_exists } => {
            index::create(dialect, table, index, *if_not_exists)?
        }
        Operation::DropIndex { table, name, if_exists, concurrently } => {
            vec![index::drop(dialect, table, name, *if_exists, *concurrently)]
        }
        Operation::RenameIndex { table, from, to } => vec![index::rename(dialect, table, from, to)],
        Operation::CreateView { view, or_replace } => create_view(dialect, view, *or_replace)?,
        Operation::DropView { name, materialized, if_exists } => {
            vec![drop_view(dialect, name, *materialized, *if_exists)]
        }
        Operation::CreateObject { object } => here(dialect, &object.create),
        Operation::DropObject { object } => here(dialect, &object.drop),
        Operation::BulkInsert { table, columns, rows } => {
            ddl::insert_rows(dialect, table, columns, rows, |given| dialect.value(given))
        }
        Operation::Execute { sql, .. } => here(dialect, std::slice::from_ref(sql)),
        // The runtime runs them.
        Operation::Run { .. } => Vec::new(),
        Operation::Backfill { backfill } => vec![ddl::backfill(dialect, backfill)?],
        _ => return Err(ddl::newer_operation(dialect)),
    })
}

/// A value as it stands in SQL.
pub(super) fn value(dialect: &Postgres, value: &SqlValue) -> String {
    match value {
        // X'…' would be a string of bits, and a text without its type one of whatever it meets.
        SqlValue::Bytes(bytes) => {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("{}::bytea", dialect.literal(&format!("\\x{digits}")))
        }
        other => ddl::value(dialect, other, BOOLEANS),
    }
}

fn if_exists_words(if_exists: bool) -> &'static str {
    if if_exists { "IF EXISTS " } else { "" }
}

fn here(dialect: &Postgres, statements: &[dunlin_core::dialect::PerDialect<String>]) -> Vec<String> {
    statements.iter().filter_map(|sql| sql.get(dialect.name()).cloned()).collect()
}

fn create_enum(dialect: &Postgres, enum_type: &EnumType) -> Result<String, RenderError> {
    let Some(name) = &enum_type.name else {
        return Err(unsupported("create an enum type without a name", "name the type: `EnumType::new`"));
    };
    enum_type.values.iter().try_for_each(|value| check_label(dialect, value))?;
    let values: Vec<String> = enum_type.values.iter().map(|value| dialect.literal(value)).collect();
    Ok(format!("CREATE TYPE {} AS ENUM ({})", ddl::table_name(dialect, name), values.join(", ")))
}

/// A value that is there already is none to be added: the statement is committed by itself, before those
/// that use the value, and is run again if these fail.
fn alter_enum(dialect: &Postgres, name: &TableName, change: &EnumChange) -> Result<String, RenderError> {
    let name = ddl::table_name(dialect, name);
    Ok(match change {
        EnumChange::AddValue { value, position } => {
            check_label(dialect, value)?;
            let value = dialect.literal(value);
            let position = match position {
                EnumPosition::Last => String::new(),
                EnumPosition::Before(other) => format!(" BEFORE {}", dialect.literal(other)),
                EnumPosition::After(other) => format!(" AFTER {}", dialect.literal(other)),
            };
            format!("ALTER TYPE {name} ADD VALUE IF NOT EXISTS {value}{position}")
        }
        EnumChange::RenameValue { from, to } => {
            check_label(dialect, to)?;
            format!("ALTER TYPE {name} RENAME VALUE {} TO {}", dialect.literal(from), dialect.literal(to))
        }
        _ => return Err(ddl::newer_operation(dialect)),
    })
}

/// The words of an enum type are names to PostgreSQL, and as long at most.
fn check_label(dialect: &Postgres, label: &str) -> Result<(), RenderError> {
    match dialect.capabilities().max_identifier {
        Some(limit) if !limit.allows(label) => {
            Err(RenderError::NameTooLong { dialect: dialect.name(), name: label.to_owned(), limit })
        }
        _ => Ok(()),
    }
}

/// A materialized view cannot be replaced: it is dropped, with its indexes, and created.
fn create_view(dialect: &Postgres, view: &View, or_replace: bool) -> Result<Vec<String>, RenderError> {
    let query = ddl::expression(dialect, &view.query, "a view")?;
    let name = ddl::table_name(dialect, &view.name);
    let options = view_options(dialect, view)?;
    Ok(match (view.materialized, or_replace) {
        (true, true) => vec![
            drop_view(dialect, &view.name, true, true),
            format!("CREATE MATERIALIZED VIEW {name} AS {query}"),
        ],
        (true, false) => vec![format!("CREATE MATERIALIZED VIEW {name} AS {query}")],
        (false, true) => vec![format!("CREATE OR REPLACE VIEW {name}{options} AS {query}")],
        (false, false) => vec![format!("CREATE VIEW {name}{options} AS {query}")],
    })
}

fn view_options(dialect: &Postgres, view: &View) -> Result<String, RenderError> {
    let barrier = view.security_barrier.then_some("security_barrier=true");
    let invoker = view.security_invoker.then_some("security_invoker=true");
    let options: Vec<&str> = barrier.into_iter().chain(invoker).collect();
    match (options.is_empty(), view.materialized) {
        (true, _) => Ok(String::new()),
        (false, false) => Ok(format!(" WITH ({})", options.join(", "))),
        (false, true) => Err(RenderError::Unsupported {
            dialect: dialect.name(),
            operation: format!("read the materialized view {} with other rights than its owner's", view.name),
            hint: "make it a plain view, or leave out its security_invoker and security_barrier",
        }),
    }
}

fn drop_view(dialect: &Postgres, name: &TableName, materialized: bool, if_exists: bool) -> String {
    let materialized = if materialized { "MATERIALIZED " } else { "" };
    let name = ddl::table_name(dialect, name);
    format!("DROP {materialized}VIEW {}{name}", if_exists_words(if_exists))
}
