//! What counts up: sequences of SERIAL columns, and of identity columns.

use dunlin_core::schema::{Column, ColumnType, DataType, Identity, TableName};

use super::Postgres;
use super::column::{not_counting, when};
use super::server_name::server_name;
use crate::dialect::{Dialect, RenderError, ddl};

/// The statements that make an existing column a SERIAL that goes on behind the largest value.
pub(super) fn create(
    dialect: &Postgres,
    table: &TableName,
    column: &str,
    data_type: Option<&DataType>,
) -> Result<Vec<String>, RenderError> {
    let name = server_name(&table.name, Some(column), "seq");
    let sequence = ddl::table_name(dialect, &TableName { schema: table.schema.clone(), name });
    let of_type = match data_type {
        Some(data_type) => format!(" AS {}", sequence_type(column, data_type)?),
        None => String::new(),
    };
    let (shown, quoted) = (ddl::table_name(dialect, table), dialect.quote(column));
    let literal = dialect.literal(&sequence);
    Ok(vec![
        format!("CREATE SEQUENCE {sequence}{of_type} OWNED BY {shown}.{quoted}"),
        format!("ALTER TABLE {shown} ALTER COLUMN {quoted} SET DEFAULT nextval({literal}::regclass)"),
        go_on_from(dialect, table, column, 1),
    ])
}

/// The statement that drops the sequence of a column, whatever it is called.
pub(super) fn drop(dialect: &Postgres, table: &TableName, column: &str) -> String {
    execute(dialect, "'DROP SEQUENCE '", table, column, "")
}

/// A SERIAL's sequence counts in the type that the column had; it would stop at the end of that.
pub(super) fn change_type(
    dialect: &Postgres,
    table: &TableName,
    column: &Column,
    to: &ColumnType,
) -> Result<Option<String>, RenderError> {
    let (from, to) = (column.column_type.get(dialect.name()), to.get(dialect.name()));
    match to {
        Some(to) if from != Some(to) => {
            let of_type = sequence_type(&column.name, to)?;
            let behind = format!(" || ' AS {of_type}'");
            Ok(Some(execute(dialect, "'ALTER SEQUENCE '", table, &column.name, &behind)))
        }
        _ => Ok(None),
    }
}

fn sequence_type(column: &str, data_type: &DataType) -> Result<&'static str, RenderError> {
    match data_type {
        DataType::SmallInteger => Ok("smallint"),
        DataType::Integer => Ok("integer"),
        DataType::BigInteger => Ok("bigint"),
        _ => Err(not_counting(column)),
    }
}

/// Runs a statement that names the sequence of a column.
fn execute(dialect: &Postgres, before: &str, table: &TableName, column: &str, behind: &str) -> String {
    let body = format!("BEGIN EXECUTE {before} || {}{behind}; END", sequence_of(dialect, table, column));
    let tag = dollar_tag(&body);
    format!("DO {tag} {body} {tag}")
}

/// The shortest quote in dollars that a text does not have: a name may have any of them.
fn dollar_tag(text: &str) -> String {
    let mut tag = "$$".to_owned();
    while text.contains(&tag) {
        tag.insert(tag.len() - 1, 'q');
    }
    tag
}

fn sequence_of(dialect: &Postgres, table: &TableName, column: &str) -> String {
    let (table, column) = (dialect.literal(&ddl::table_name(dialect, table)), dialect.literal(column));
    format!("pg_get_serial_sequence({table}, {column})")
}

/// The clauses that make one identity column of another; `None` if they are alike.
pub(super) fn change_identity(before: &Identity, after: &Identity) -> Option<String> {
    let mut clauses = Vec::new();
    if before.always != after.always {
        clauses.push(format!("SET GENERATED {}", when(after)));
    }
    if before.increment != after.increment {
        clauses.push(format!("SET INCREMENT BY {}", after.increment.unwrap_or(1)));
    }
    for (word, before, after) in [("MINVALUE", before.min, after.min), ("MAXVALUE", before.max, after.max)] {
        match after {
            _ if before == after => {}
            Some(value) => clauses.push(format!("SET {word} {value}")),
            None => clauses.push(format!("SET NO {word}")),
        }
    }
    if before.start != after.start {
        clauses.push(format!("SET START WITH {}", first(after)));
    }
    if before.cache != after.cache {
        clauses.push(format!("SET CACHE {}", after.cache.unwrap_or(1)));
    }
    if before.cycle != after.cycle {
        clauses.push(if after.cycle { "SET CYCLE" } else { "SET NO CYCLE" }.to_owned());
    }
    (!clauses.is_empty()).then(|| clauses.join(" "))
}

/// The first value that an identity column gives.
fn first(identity: &Identity) -> i64 {
    let down = identity.increment.is_some_and(|step| step < 0);
    let default = if down { identity.max.unwrap_or(-1) } else { identity.min.unwrap_or(1) };
    identity.start.unwrap_or(default)
}

/// Lets a new identity column go on behind the largest value there is, unless its author says where it
/// starts, or it counts down.
pub(super) fn go_on(
    dialect: &Postgres,
    table: &TableName,
    column: &str,
    identity: &Identity,
) -> Option<String> {
    let down = identity.increment.is_some_and(|step| step < 0);
    (!down && identity.start.is_none()).then(|| go_on_from(dialect, table, column, first(identity)))
}

fn go_on_from(dialect: &Postgres, table: &TableName, column: &str, first: i64) -> String {
    let sequence = sequence_of(dialect, table, column);
    let (table, column) = (ddl::table_name(dialect, table), dialect.quote(column));
    format!("SELECT setval({sequence}, max({column})) FROM {table} HAVING max({column}) >= {first}")
}
