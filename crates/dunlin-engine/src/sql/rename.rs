//! A column's new name in conditions that are text.

use super::lexer::{TokenKind, tokens};

/// The condition of a check or index of a table, one of whose columns has a new name. A text that cannot
/// be cut into tokens stays as it is.
///
/// ```
/// use dunlin_engine::sql::rename::rename_column;
///
/// assert_eq!(rename_column("a > 0 AND t.\"A\" <> 'a'", "a", "b"), "b > 0 AND t.b <> 'a'");
/// assert_eq!(rename_column("a > 0", "a", "the b"), "\"the b\" > 0");
/// ```
pub fn rename_column(condition: &str, from: &str, to: &str) -> String {
    let Ok(mut tokens) = tokens(condition) else { return condition.to_owned() };
    tokens.retain(|token| token.kind != TokenKind::Comment);
    let plain = to.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && !to.starts_with(|first: char| first.is_ascii_digit());
    let to = if plain { to.to_owned() } else { format!("\"{}\"", to.replace('"', "\"\"")) };
    let mut renamed = String::with_capacity(condition.len());
    let mut copied = 0;
    for (at, token) in tokens.iter().enumerate() {
        let is_name = matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier);
        // What stands before a bracket is a function, before a dot a table.
        let other = tokens.get(at + 1).is_some_and(|next| next.is_symbol("(") || next.is_symbol("."));
        if is_name && !other && token.value().eq_ignore_ascii_case(from) {
            renamed.push_str(&condition[copied..token.start]);
            renamed.push_str(&to);
            copied = token.span().end;
        }
    }
    renamed.push_str(&condition[copied..]);
    renamed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_column_is_renamed() {
        for (condition, renamed) in [
            ("a", "b"),
            ("[a]=`a`+\"a\"", "b=b+b"),
            ("a(a) > a.a /* a */ AND aa <> 'a' -- a", "a(b) > a.b /* a */ AND aa <> 'a' -- a"),
            ("A IN (a, x'aa')", "b IN (b, x'aa')"),
            ("'unclosed a", "'unclosed a"),
            ("", ""),
        ] {
            assert_eq!(rename_column(condition, "a", "b"), renamed, "{condition}");
        }
        assert_eq!(rename_column("a", "a", "1\"é"), "\"1\"\"é\"");
    }
}
