//! Expressions in one writing.

use super::lexer::{Token, TokenKind, tokens};
use super::rename::is_keyword;

/// The same expression without comments and needless blanks, brackets around all of it, and quotes around
/// plain names in small letters; words without quotes are in small letters. Two expressions of one text
/// are the same one. A text that cannot be cut into tokens is only trimmed.
///
/// ```
/// use dunlin_engine::sql::expression::normal;
///
/// assert_eq!(normal(" ( \"a\">0  AND b <> 'It''s' ) "), "a > 0 and b <> 'It''s'");
/// assert_eq!(normal("(a) + (b)"), "(a) + (b)");
/// assert_eq!(normal("COUNT ( X )"), normal("count(x)"));
/// ```
pub fn normal(sql: &str) -> String {
    let Ok(all) = tokens(sql) else { return sql.trim().to_owned() };
    let all: Vec<Token<'_>> = all.into_iter().filter(|token| token.kind != TokenKind::Comment).collect();
    let mut text = String::with_capacity(sql.len());
    let mut previous: Option<&Token<'_>> = None;
    for token in without_outer_brackets(&all) {
        let tight = |token: &Token<'_>| {
            ["(", ")", ",", ".", "::", "[", "]"].iter().any(|symbol| token.is_symbol(symbol))
        };
        let joined = previous.is_none_or(|previous| {
            let opens_list = token.is_symbol("(") && previous.kind != TokenKind::Symbol;
            let closes = tight(token) && !token.is_symbol("(");
            let opened = ["(", ".", "::", "["].iter().any(|symbol| previous.is_symbol(symbol));
            opens_list || closes || opened
        });
        if !joined {
            text.push(' ');
        }
        text.push_str(&written(token));
        previous = Some(token);
    }
    text
}

/// A token in one writing.
fn written(token: &Token<'_>) -> String {
    match token.kind {
        TokenKind::Word => token.text.to_lowercase(),
        TokenKind::QuotedIdentifier => {
            let value = token.value();
            let first = |c: char| c.is_ascii_lowercase() || c == '_';
            let rest = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            let plain = value.starts_with(first) && value.chars().all(rest) && !is_keyword(&value);
            if plain { value.into_owned() } else { format!("\"{}\"", value.replace('"', "\"\"")) }
        }
        TokenKind::Symbol if token.text == "!=" => "<>".to_owned(),
        TokenKind::Symbol if token.text == "==" => "=".to_owned(),
        _ => token.text.to_owned(),
    }
}

/// Tokens without the brackets that stand around all of them.
fn without_outer_brackets<'t, 's>(mut all: &'t [Token<'s>]) -> &'t [Token<'s>] {
    while let [first, inner @ .., last] = all {
        if !first.is_symbol("(") || !last.is_symbol(")") || !balanced(inner) {
            break;
        }
        all = inner;
    }
    all
}

/// Whether no bracket is closed that was opened before these tokens.
fn balanced(tokens: &[Token<'_>]) -> bool {
    let mut depth = 0_usize;
    for token in tokens {
        if token.is_symbol("(") {
            depth += 1;
        } else if token.is_symbol(")") {
            match depth.checked_sub(1) {
                Some(left) => depth = left,
                None => return false,
            }
        }
    }
    depth == 0
}
