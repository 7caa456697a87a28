//! Column definitions.

use dunlin_core::dialect::DialectName;
use dunlin_core::schema::{Column, DataType, Identity, OnConflict, SqlValue};

use super::render::BOOLEANS;
use super::{MySql, types};
use crate::dialect::{Dialect, RenderError, ddl};
use crate::sql::lexer::{TokenKind, tokens};

/// `` `name` INTEGER NOT NULL DEFAULT 1 … ``: everything that is true of a column, as whoever restates a
/// column without something loses it.
///
/// NULL is written too: a server with `explicit_defaults_for_timestamp` off gives a bare TIMESTAMP column
/// NOT NULL and a default of its own.
///
/// # Errors
/// The database has no such column.
pub(super) fn definition(dialect: &MySql, column: &Column) -> Result<String, RenderError> {
    let mut sql = format!(
        "{} {}",
        dialect.quote(&column.name),
        ddl::type_of(dialect, &column.name, &column.column_type)?
    );
    refuse_on_conflict(dialect, column)?;
    let mariadb = dialect.name == DialectName::MariaDb;
    if let Some(computed) = &column.computed {
        let expression = ddl::expression(dialect, &computed.expression, "a computed column")?;
        let kept = if computed.stored { "STORED" } else { "VIRTUAL" };
        sql.push_str(&format!(" GENERATED ALWAYS AS ({}) {kept}", unwrapped(expression)));
    }
    match (column.nullable, column.computed.is_some() && mariadb) {
        (true, true) => {}
        (false, true) => {
            return Err(dialect.unsupported(
                format!("have the computed column {} NOT NULL", column.name),
                "let it be NULL, and add a check that it is not",
            ));
        }
        (nullable, false) => sql.push_str(if nullable { " NULL" } else { " NOT NULL" }),
    }
    let on_update = column.on_update.as_ref().and_then(|given| given.get(dialect.name));
    match default(dialect, column) {
        Some(default) => sql.push_str(&format!(" DEFAULT {default}")),
        None if on_update.is_some() && mariadb && !column.nullable => {
            // It would put in 0000-00-00.
            return Err(dialect.unsupported(
                format!(
                    "have the column {} NOT NULL, put in at each UPDATE, and without a default",
                    column.name
                ),
                "give it a default, such as CURRENT_TIMESTAMP",
            ));
        }
        None => {}
    }
    if let Some(expression) = on_update {
        sql.push_str(&format!(" ON UPDATE {expression}"));
    }
    if counts_up(dialect, column)? {
        sql.push_str(" AUTO_INCREMENT");
    }
    if let Some(comment) = &column.comment {
        sql.push_str(&format!(" COMMENT {}", dialect.literal(comment)));
    }
    Ok(sql)
}

fn refuse_on_conflict(dialect: &MySql, column: &Column) -> Result<(), RenderError> {
    match column.not_null_on_conflict {
        None | Some(OnConflict::Abort) => Ok(()),
        Some(action) => Err(dialect.no_on_conflict(&format!("NULL in the column {}", column.name), action)),
    }
}

/// The default as it stands behind DEFAULT.
///
/// An expression stands in brackets, but for what may stand without: a literal, NULL, and
/// CURRENT_TIMESTAMP where it is a moment's default. MySQL takes no literal for a long type, but an
/// expression; MariaDB takes both.
pub(super) fn default(dialect: &MySql, column: &Column) -> Option<String> {
    let default = column.server_default.as_ref()?.get(dialect.name)?;
    let value = ddl::value(dialect, default, BOOLEANS);
    let data_type = column.column_type.get(dialect.name);
    let long = data_type.is_some_and(types::is_long);
    let moment = data_type.is_some_and(types::is_moment);
    let bare = match default {
        SqlValue::Null => true,
        SqlValue::Expression(sql) => match kind_of(sql) {
            Expression::Null | Expression::Bracketed => true,
            Expression::Literal => !long,
            Expression::Now => moment,
            Expression::Other => false,
        },
        _ => !long,
    };
    Some(if bare { value } else { format!("({value})") })
}

/// Whether the default is a value, which `ALTER COLUMN … SET DEFAULT` takes: it says nothing else of the
/// column. MariaDB loses ON UPDATE with it.
pub(super) fn default_is_plain(dialect: &MySql, column: &Column) -> bool {
    let long = column.column_type.get(dialect.name).is_some_and(types::is_long);
    let default = column.server_default.as_ref().and_then(|default| default.get(dialect.name));
    let plain = match default {
        Some(SqlValue::Expression(sql)) => matches!(kind_of(sql), Expression::Literal | Expression::Null),
        _ => true,
    };
    plain && !long && column.computed.is_none() && column.on_update.is_none()
}

enum Expression {
    Null,
    Literal,
    /// `CURRENT_TIMESTAMP` and its other names, with or without what is to be done at an UPDATE.
    Now,
    /// `(…)`
    Bracketed,
    Other,
}

fn kind_of(sql: &str) -> Expression {
    let Ok(tokens) = tokens(sql) else { return Expression::Other };
    let tokens: Vec<_> = tokens.into_iter().filter(|token| token.kind != TokenKind::Comment).collect();
    let signed = matches!(tokens.first(), Some(sign) if sign.is_symbol("-") || sign.is_symbol("+"));
    let value = |kind| matches!(kind, TokenKind::Number | TokenKind::String | TokenKind::Blob);
    match tokens.as_slice() {
        [word] if word.is_word("NULL") => Expression::Null,
        [word] if word.is_word("TRUE") || word.is_word("FALSE") => Expression::Literal,
        [_, number] if signed && number.kind == TokenKind::Number => Expression::Literal,
        [one] if value(one.kind) => Expression::Literal,
        // b'101', DATE '2000-01-01'
        [word, text] if word.kind == TokenKind::Word && text.kind == TokenKind::String => Expression::Literal,
        [word, ..]
            if ["CURRENT_TIMESTAMP", "NOW", "LOCALTIME", "LOCALTIMESTAMP"]
                .iter()
                .any(|now| word.is_word(now)) =>
        {
            match tokens.get(1) {
                None => Expression::Now,
                Some(next) if next.is_word("ON") => Expression::Now,
                Some(next) if next.is_symbol("(") => {
                    let end = tokens.iter().position(|token| token.is_symbol(")"));
                    match end.and_then(|end| tokens.get(end + 1)) {
                        None => Expression::Now,
                        Some(next) if next.is_word("ON") => Expression::Now,
                        Some(_) => Expression::Other,
                    }
                }
                Some(_) => Expression::Other,
            }
        }
        _ if is_bracketed(sql) => Expression::Bracketed,
        _ => Expression::Other,
    }
}

/// Whether the first bracket of an expression closes at its end.
fn is_bracketed(sql: &str) -> bool {
    let Ok(tokens) = tokens(sql) else { return false };
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token.text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at > 0 && at + 1 == tokens.len();
        }
    }
    false
}

/// An expression without the brackets around it.
pub(super) fn unwrapped(sql: &str) -> &str {
    let sql = sql.trim();
    match is_bracketed(sql) {
        true => sql.strip_prefix('(').and_then(|sql| sql.strip_suffix(')')).unwrap_or(sql),
        false => sql,
    }
}

/// Whether the column is AUTO_INCREMENT.
///
/// # Errors
/// It counts in a way that this database does not know.
pub(super) fn counts_up(dialect: &MySql, column: &Column) -> Result<bool, RenderError> {
    if let Some(identity) = &column.identity {
        refuse_options(dialect, column, identity)?;
    }
    let data_type = column.column_type.get(dialect.name);
    let integer = match data_type {
        // `int(10) unsigned zerofill`
        Some(DataType::Native(text)) => text.to_lowercase().contains("int"),
        other => other.is_some_and(DataType::is_integer),
    };
    let integer_elsewhere = column.column_type.default_value().is_some_and(DataType::is_integer);
    if column.counts_up() && !integer && !integer_elsewhere {
        return Err(dialect.unsupported(
            format!("count up the column {}, which is no whole number", column.name),
            "give it an integer type",
        ));
    }
    Ok(column.counts_up() && integer)
}

/// The first value goes to the table's AUTO_INCREMENT.
fn refuse_options(dialect: &MySql, column: &Column, identity: &Identity) -> Result<(), RenderError> {
    let Identity { always, increment, min, max, cycle, .. } = identity;
    let refused = [
        (*always, "GENERATED ALWAYS", "use `Identity::by_default()`"),
        (
            increment.is_some_and(|step| step != 1),
            "INCREMENT",
            "auto_increment_increment is the server's setting",
        ),
        (min.is_some_and(|min| min != 1), "MINVALUE", "use `start`"),
        (max.is_some(), "MAXVALUE", "add a check"),
        (*cycle, "CYCLE", "leave it out"),
    ];
    match refused.into_iter().find(|(given, ..)| *given) {
        None => Ok(()),
        Some((_, option, hint)) => {
            Err(dialect.unsupported(format!("count up the column {} with {option}", column.name), hint))
        }
    }
}
