//! Which steps may delete rows that others refer to, or change what is referred to.

use dunlin_core::operation::Operation;
use dunlin_core::schema::{Metadata, TableName};

use crate::dialect::Dialect;
use crate::sql::lexer::{TokenKind, tokens};

/// Whether an operation that moves rows may do what a foreign key forbids or follows: delete a row that is referred to,
/// or give it another key. Where that cannot be told, it may.
pub(super) fn may_move_referred_rows(
    dialect: &dyn Dialect,
    operation: &Operation,
    schema: &Metadata,
) -> bool {
    match operation {
        Operation::Run { step } => step.touches.iter().any(|table| is_referred_to(schema, &table.name)),
        Operation::Execute { sql, ddl: false, .. } => {
            sql.get(dialect.name()).is_some_and(|sql| statement_may(sql, schema))
        }
        _ => false,
    }
}

fn statement_may(sql: &str, schema: &Metadata) -> bool {
    let Ok(tokens) = tokens(sql) else { return true };
    let is_name = |kind| matches!(kind, TokenKind::Word | TokenKind::QuotedIdentifier);
    let qualifies = |at: usize| tokens.get(at + 1).is_some_and(|next| next.is_symbol("."));
    let named = tokens.iter().enumerate().filter(|(at, token)| is_name(token.kind) && !qualifies(*at));
    let words: Vec<String> = named.map(|(_, token)| token.value().to_lowercase()).collect();
    let is = |at: usize, word: &str| words.get(at).is_some_and(|it| it == word);
    let says = |word: &str| words.iter().any(|it| it == word);
    let behind = |word: &str| words.iter().position(|it| it == word).and_then(|at| words.get(at + 1));
    let referred = |table: Option<&String>| table.is_none_or(|table| is_referred_to(schema, table));
    match words.first().map(String::as_str) {
        Some("select" | "values") => false,
        Some("delete") => referred(behind("from")),
        Some("replace") => referred(behind("into")),
        Some("insert") if is(1, "or") && is(2, "replace") => referred(behind("into")),
        Some("insert") if !says("update") => false,
        Some("update") => {
            let at = if is(1, "or") { 3 } else { 1 };
            let columns = words.get(at).map(|table| referred_columns(schema, table));
            columns.is_none_or(|mut columns| columns.any(|column| says(&column.to_lowercase())))
        }
        _ => true,
    }
}

fn is_referred_to(schema: &Metadata, table: &str) -> bool {
    referred_columns(schema, table).next().is_some()
}

/// The columns of a table that foreign keys refer to.
fn referred_columns<'s>(schema: &'s Metadata, table: &'s str) -> impl Iterator<Item = &'s String> {
    let is_it = move |name: &TableName| name.name.eq_ignore_ascii_case(table);
    let keys = schema.tables().iter().flat_map(|table| &table.foreign_keys);
    keys.filter(move |key| is_it(&key.referred_table)).flat_map(|key| &key.referred_columns)
}
