//! Columns as they stand in CREATE TABLE and ADD COLUMN.

use dunlin_core::schema::{Column, DataType, Identity, OnConflict, TableName};

use super::{Postgres, unsupported};
use crate::dialect::{Dialect, RenderError, ddl};

/// The definition of a column, without its comment.
///
/// A column that counts up is a SERIAL, as SQLAlchemy writes it, unless it is an identity column.
pub(super) fn definition(dialect: &Postgres, column: &Column) -> Result<String, RenderError> {
    refuse(dialect, column)?;
    let data_type = match is_serial(column) {
        true => serial(dialect, column)?.to_owned(),
        false => ddl::type_of(dialect, &column.name, &column.column_type)?,
    };
    let mut definition = format!("{} {data_type}", dialect.quote(&column.name));
    if !column.nullable {
        definition.push_str(" NOT NULL");
    }
    let default = column.server_default.as_ref().and_then(|default| default.get(dialect.name()));
    if let Some(default) = default {
        definition.push_str(&format!(" DEFAULT {}", dialect.value(default)));
    }
    if let Some(identity) = &column.identity {
        definition.push_str(&format!(" {}", generated(identity)));
    }
    if let Some(computed) = &column.computed {
        let expression = ddl::expression(dialect, &computed.expression, "a computed column")?;
        definition.push_str(&format!(" GENERATED ALWAYS AS ({expression}) STORED"));
    }
    Ok(definition)
}

/// What the definition of a column cannot say: its comment, and that a SERIAL may be NULL.
pub(super) fn afterwards(dialect: &Postgres, table: &TableName, column: &Column) -> Vec<String> {
    let mut statements = Vec::new();
    if is_serial(column) && column.nullable {
        let (table, column) = (ddl::table_name(dialect, table), dialect.quote(&column.name));
        statements.push(format!("ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL"));
    }
    if let Some(text) = &column.comment {
        statements.push(comment(dialect, table, &column.name, Some(text)));
    }
    statements
}

/// `COMMENT ON COLUMN …`
pub(super) fn comment(dialect: &Postgres, table: &TableName, column: &str, text: Option<&str>) -> String {
    let (table, column) = (ddl::table_name(dialect, table), dialect.quote(column));
    format!("COMMENT ON COLUMN {table}.{column} IS {}", comment_text(dialect, text))
}

/// The text of a comment; without one it is dropped.
pub(super) fn comment_text(dialect: &Postgres, text: Option<&str>) -> String {
    text.map_or_else(|| "NULL".to_owned(), |text| dialect.literal(text))
}

/// Whether a column counts up by a sequence and a default.
pub(super) fn is_serial(column: &Column) -> bool {
    column.autoincrement && column.identity.is_none()
}

fn serial(dialect: &Postgres, column: &Column) -> Result<&'static str, RenderError> {
    match column.column_type.get(dialect.name()) {
        Some(DataType::SmallInteger) => Ok("SMALLSERIAL"),
        Some(DataType::Integer) => Ok("SERIAL"),
        Some(DataType::BigInteger) => Ok("BIGSERIAL"),
        _ => Err(not_counting(&column.name)),
    }
}

/// The column has a type that cannot count up.
pub(super) fn not_counting(column: &str) -> RenderError {
    unsupported(
        format!("count up the column {column}, which is no integer of 16, 32 or 64 bits"),
        "make it a SmallInteger, Integer or BigInteger there",
    )
}

/// `GENERATED ALWAYS AS IDENTITY (START WITH 5)`
pub(super) fn generated(identity: &Identity) -> String {
    let Identity { start, increment, min, max, cycle, cache, .. } = identity;
    let number = |words: &str, value: &Option<i64>| value.map(|value| format!("{words} {value}"));
    let options: Vec<String> = [
        number("START WITH", start),
        number("INCREMENT BY", increment),
        number("MINVALUE", min),
        number("MAXVALUE", max),
        number("CACHE", cache),
        cycle.then(|| "CYCLE".to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect();
    let options = if options.is_empty() { String::new() } else { format!(" ({})", options.join(" ")) };
    format!("GENERATED {} AS IDENTITY{options}", when(identity))
}

/// Whether a value may be given.
pub(super) fn when(identity: &Identity) -> &'static str {
    if identity.always { "ALWAYS" } else { "BY DEFAULT" }
}

/// What a column of PostgreSQL cannot be.
fn refuse(dialect: &Postgres, column: &Column) -> Result<(), RenderError> {
    let name = &column.name;
    if column.on_update.as_ref().is_some_and(|expression| expression.get(dialect.name()).is_some()) {
        return Err(no_on_update(name));
    }
    refuse_on_conflict(column.not_null_on_conflict)?;
    let default = column.server_default.as_ref().and_then(|default| default.get(dialect.name()));
    let sources = [default.is_some(), column.counts_up(), column.computed.is_some()];
    if sources.into_iter().filter(|source| *source).count() > 1 {
        return Err(unsupported(
            format!("have the column {name}, whose value would come from two sources"),
            "say one of a server default, counting up, and a computed value",
        ));
    }
    if column.computed.as_ref().is_some_and(|computed| !computed.stored) {
        return Err(unsupported(
            format!("compute the column {name} at each read"),
            "say `Computed::stored`: PostgreSQL before 18 keeps every computed value",
        ));
    }
    let integer = |data_type: &DataType| data_type.is_integer() || matches!(data_type, DataType::Native(_));
    if column.identity.is_some() && !column.column_type.get(dialect.name()).is_some_and(integer) {
        return Err(not_counting(name));
    }
    Ok(())
}

pub(super) fn no_on_update(column: &str) -> RenderError {
    unsupported(
        format!("put a value into the column {column} at each UPDATE"),
        "give the expression a variant for `mysql` only, and write a trigger (`create_object`) for PostgreSQL",
    )
}

/// ON CONFLICT of SQLite; ABORT is what every database does.
pub(super) fn refuse_on_conflict(action: Option<OnConflict>) -> Result<(), RenderError> {
    match action {
        None | Some(OnConflict::Abort) => Ok(()),
        Some(action) => Err(unsupported(
            format!("have a constraint with {}", action.as_sql()),
            "say it in the statements that write rows: `INSERT … ON CONFLICT`",
        )),
    }
}
