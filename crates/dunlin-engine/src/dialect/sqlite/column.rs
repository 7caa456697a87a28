//! Column definitions of SQLite.

use dunlin_core::schema::{Column, DataType, Identity, SqlValue, Table};

use super::{Sqlite, constraint, types};
use crate::dialect::{Dialect, RenderError, ddl};
use crate::sql::lexer::{Token, TokenKind, tokens};

pub(super) const BOOLEANS: [&str; 2] = ["0", "1"];

/// What SQLite cannot do for a column that is brought into the database.
///
/// # Errors
/// [`RenderError::Unsupported`].
pub(super) fn check(dialect: &Sqlite, column: &Column) -> Result<(), RenderError> {
    if column.on_update.as_ref().is_some_and(|sql| sql.get(dialect.name()).is_some()) {
        return Err(on_update(dialect, &column.name));
    }
    let collation = column.column_type.get(dialect.name()).and_then(DataType::collation);
    types::check_collation(dialect, collation)?;
    match &column.identity {
        Some(identity) => check_identity(dialect, &column.name, identity),
        None => Ok(()),
    }
}

/// A column is counted up by itself only as the whole primary key, and only in a table with row ids.
/// A key of another integer type than INTEGER is as SQLAlchemy leaves it: declared as it is, and not
/// counted.
///
/// # Errors
/// [`RenderError::Unsupported`].
pub(super) fn check_counting(dialect: &Sqlite, column: &Column, table: &Table) -> Result<(), RenderError> {
    let alone = is_whole_key(column, table);
    if !column.counts_up() || alone && (column.identity.is_none() || !table.options.without_rowid) {
        return Ok(());
    }
    Err(RenderError::Unsupported {
        dialect: dialect.name(),
        operation: format!("count up the column {}, which is not the row id", column.name),
        hint: "make it the whole primary key of a table with row ids, or let the program give its values",
    })
}

/// The column's definition as it stands in CREATE TABLE, and behind ADD COLUMN.
///
/// # Errors
/// SQLite does not have the type, or an expression has no variant for it.
pub(super) fn definition(dialect: &Sqlite, column: &Column, table: &Table) -> Result<String, RenderError> {
    let mut parts = vec![dialect.quote(&column.name), declared(dialect, column, table)?];
    if let Some(collation) = data_type(dialect, column)?.collation() {
        parts.push(format!("COLLATE {}", dialect.quote(collation)));
    }
    if let Some(key) = table.primary_key.as_ref().filter(|_| carries_key(column, table)) {
        parts.push(constraint::name_clause(dialect, key.name.as_ref()));
        parts.push("PRIMARY KEY".to_owned());
        parts.extend(key.on_conflict.map(|action| action.as_sql().to_owned()));
        parts.push("AUTOINCREMENT".to_owned());
    }
    if let Some(default) = column.server_default.as_ref().and_then(|default| default.get(dialect.name())) {
        parts.push(format!("DEFAULT {}", default_value(dialect, default)));
    }
    if !column.nullable {
        parts.push("NOT NULL".to_owned());
        parts.extend(column.not_null_on_conflict.map(|action| action.as_sql().to_owned()));
    }
    if let Some(computed) = &column.computed {
        let expression = ddl::expression(dialect, &computed.expression, "a computed column")?;
        let kind = if computed.stored { "STORED" } else { "VIRTUAL" };
        parts.push(format!("GENERATED ALWAYS AS ({expression}) {kind}"));
    }
    parts.retain(|part| !part.is_empty());
    Ok(parts.join(" "))
}

/// Whether the key stands at the column: only there can AUTOINCREMENT be said.
pub(super) fn carries_key(column: &Column, table: &Table) -> bool {
    table.options.never_reuse_ids && is_whole_key(column, table)
}

/// The column that stands for the row id: the whole key, declared INTEGER, unless the table has no row
/// ids.
pub(super) fn row_id<'t>(dialect: &Sqlite, table: &'t Table) -> Option<&'t Column> {
    let column = table.columns.iter().find(|column| is_whole_key(column, table))?;
    let declared = declared(dialect, column, table).ok()?;
    (!table.options.without_rowid && declared.eq_ignore_ascii_case("INTEGER")).then_some(column)
}

/// Whether a default is a constant, as ADD COLUMN wants it. Other expressions than literals SQLite takes
/// in brackets only.
pub(super) fn is_constant(default: &SqlValue) -> bool {
    let SqlValue::Expression(sql) = default else { return true };
    let Ok(mut tokens) = tokens(sql) else { return false };
    tokens.retain(|token| token.kind != TokenKind::Comment);
    let constant = |token: &Token<'_>| match token.kind {
        TokenKind::Number | TokenKind::String | TokenKind::Blob => true,
        TokenKind::Word => ["NULL", "TRUE", "FALSE"].iter().any(|word| token.is_word(word)),
        _ => false,
    };
    match tokens.as_slice() {
        [only] => constant(only),
        [sign, number] => (sign.is_symbol("-") || sign.is_symbol("+")) && number.kind == TokenKind::Number,
        _ => false,
    }
}

/// Whether a default is NULL, or there is none.
pub(super) fn is_null(default: Option<&SqlValue>) -> bool {
    match default {
        None | Some(SqlValue::Null) => true,
        Some(SqlValue::Expression(sql)) => sql.trim().eq_ignore_ascii_case("null"),
        Some(_) => false,
    }
}

pub(super) fn on_update(dialect: &Sqlite, column: &str) -> RenderError {
    RenderError::Unsupported {
        dialect: dialect.name(),
        operation: format!("set the column {column} at each UPDATE"),
        hint: "give `on_update` a variant for MySQL only, and SQLite a trigger (an object)",
    }
}

fn check_identity(dialect: &Sqlite, column: &str, identity: &Identity) -> Result<(), RenderError> {
    let other = |value: Option<i64>| value.is_some_and(|value| value != 1);
    let wants = [
        (identity.always, "refuse given values"),
        (other(identity.start), "begin at a number"),
        (other(identity.increment), "count in steps"),
        (identity.min.is_some() || identity.max.is_some(), "count within bounds"),
        (identity.cycle, "begin anew"),
    ];
    match wants.into_iter().find(|(wanted, _)| *wanted) {
        None => Ok(()),
        Some((_, what)) => Err(RenderError::Unsupported {
            dialect: dialect.name(),
            operation: format!("{what} in the identity column {column}"),
            hint: "leave the option out: SQLite counts up from 1 and takes given values",
        }),
    }
}

fn is_whole_key(column: &Column, table: &Table) -> bool {
    table.primary_key.as_ref().is_some_and(|key| key.columns == [column.name.as_str()])
}

fn data_type<'c>(dialect: &Sqlite, column: &'c Column) -> Result<&'c DataType, RenderError> {
    column.column_type.get(dialect.name()).ok_or_else(|| RenderError::Unsupported {
        dialect: dialect.name(),
        operation: format!("have the column {}: its type has no variant for it", column.name),
        hint: "give the column's type a default or a variant for this dialect",
    })
}

/// The column's type, declared. An identity column is declared as the row id is, whatever integer it is
/// elsewhere.
///
/// # Errors
/// SQLite does not have the type.
pub(super) fn declared(dialect: &Sqlite, column: &Column, table: &Table) -> Result<String, RenderError> {
    let data_type = data_type(dialect, column)?;
    if column.identity.is_some() && data_type.is_integer() && is_whole_key(column, table) {
        return Ok("INTEGER".to_owned());
    }
    types::declared(dialect, data_type, table.options.strict)
}

/// A literal or a single word as it is, anything else in brackets.
fn default_value(dialect: &Sqlite, default: &SqlValue) -> String {
    let text = ddl::value(dialect, default, BOOLEANS);
    let SqlValue::Expression(sql) = default else { return text };
    let Ok(mut tokens) = tokens(sql) else { return text };
    tokens.retain(|token| token.kind != TokenKind::Comment);
    let bare = match tokens.as_slice() {
        [_] => true,
        [sign, value] => (sign.is_symbol("-") || sign.is_symbol("+")) && value.kind != TokenKind::Symbol,
        all => in_brackets(all),
    };
    if bare { text } else { format!("({text})") }
}

/// Whether the first bracket is closed by the last one.
fn in_brackets(tokens: &[Token<'_>]) -> bool {
    let mut depth = 0_usize;
    let mut closed = tokens.iter().map(|token| {
        match token.text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    });
    closed.position(|closed| closed) == tokens.len().checked_sub(1)
}
