//! Columns that an expression of a table names with the table: the server knows which table is meant, and
//! prints none.

use super::expression::{Kind, Token, tokens, write};

/// An expression without the name of its own table before its columns; `None` where that stands nowhere in
/// it.
///
/// ```
/// use dunlin_engine::dialect::own_table::without;
///
/// assert_eq!(without("t.x > 0 AND `T`.`y` <> 't.x'", "t").as_deref(), Some("x > 0 and y <> 't.x'"));
/// assert_eq!(without("x > 0.5", "t"), None);
/// ```
pub fn without(expression: &str, table: &str) -> Option<String> {
    if !expression.contains('.') {
        return None;
    }
    let mut all = tokens(expression)?;
    let name = |token: &Token<'_>| matches!(token.kind, Kind::Word | Kind::Name);
    let mut gone = 0;
    let mut at = 0;
    while let [first, dot, column, ..] = &all[at..] {
        let begins = at.checked_sub(1).is_none_or(|before| !all[before].is_symbol("."));
        let own = name(first) && first.text.eq_ignore_ascii_case(table);
        if begins && own && dot.is_symbol(".") && name(column) {
            all.drain(at..at + 2);
            gone += 1;
        }
        at += 1;
    }
    (gone > 0).then(|| write(&all))
}
