//! Expressions in one writing.
//!
//! The tokens are those of SQLite's lexer. Where another database would cut a text otherwise (a backslash
//! before a quote, dollar quotes, comments that nest, run or need a blank), the text is left as it is.

use super::lexer::{Token, TokenKind, tokens};
use super::rename::is_keyword;

/// The same expression without comments and needless blanks, brackets around all of it, and quotes around
/// plain names in small letters; words without quotes are in small letters. Two expressions of one text
/// are the same one, on every database. A text that not every database would cut into the same tokens is
/// only trimmed.
///
/// ```
/// use dunlin_engine::sql::expression::normal;
///
/// assert_eq!(normal(" ( \"a\">0  AND b <> 'It''s' ) "), "a > 0 and b <> 'It''s'");
/// assert_eq!(normal("(a) + (b)"), "(a) + (b)");
/// assert_eq!(normal("COUNT ( X )"), normal("count(x)"));
/// ```
pub fn normal(sql: &str) -> String {
    let sql = sql.trim_matches(is_blank);
    written(sql).unwrap_or_else(|| sql.to_owned())
}

/// `None` where the text is not cut alike by every database.
fn written(sql: &str) -> Option<String> {
    let mut all = tokens(sql).ok()?;
    // MySQL has comments behind `#`.
    let of_lines = sql.contains('\n') && all.iter().any(|token| token.is_symbol("#"));
    if of_lines || all.iter().any(is_doubtful) {
        return None;
    }
    all.retain(|token| token.kind != TokenKind::Comment);
    let all = without_outer_brackets(&all);
    let mut text = String::with_capacity(sql.len());
    for (at, token) in all.iter().enumerate() {
        let previous = at.checked_sub(1).map(|before| &all[before]);
        let subscript = previous.is_some_and(|previous| is_subscript(previous, token));
        if !subscript && !is_joined(all, at) {
            text.push(' ');
        }
        match token.kind {
            TokenKind::Word | TokenKind::Number | TokenKind::Blob => {
                text.extend(token.text.chars().map(|c| c.to_ascii_lowercase()));
            }
            TokenKind::QuotedIdentifier if token.text.starts_with('[') => {
                let inside = written(&token.value())?;
                match subscript {
                    true => text.push_str(&format!("[{inside}]")),
                    false => text.push_str(&name(token, previous, all.get(at + 1))),
                }
            }
            TokenKind::QuotedIdentifier => text.push_str(&name(token, previous, all.get(at + 1))),
            TokenKind::Symbol => text.push_str(match token.text {
                "!=" if operator(all, at).len() == 1 => "<>",
                "==" if operator(all, at).len() == 1 => "=",
                other => other,
            }),
            _ => text.push_str(token.text),
        }
    }
    Some(text)
}

/// What stands between tokens, and is no part of any.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c')
}

/// Whether a database may see something else in it: an escaped quote, a comment that nests, is no comment
/// or is a command, or the quotes `$$`.
fn is_doubtful(token: &Token<'_>) -> bool {
    match token.kind {
        TokenKind::Comment => match token.text.strip_prefix("--") {
            Some(rest) => !rest.is_empty() && !rest.starts_with(is_blank),
            None => token.text[2..].contains("/*") || token.text.starts_with("/*!"),
        },
        TokenKind::Symbol => token.text == "$",
        TokenKind::Word | TokenKind::Number => false,
        _ => token.text.contains("\\'") || token.text.contains("\\\"") || token.text.contains("\\`"),
    }
}

/// A name in quotes, without them where that changes nothing.
fn name(token: &Token<'_>, previous: Option<&Token<'_>>, next: Option<&Token<'_>>) -> String {
    let value = token.value();
    let first = |c: char| c.is_ascii_lowercase() || c == '_';
    let rest = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let plain = value.starts_with(first) && value.chars().all(rest);
    // PostgreSQL's type "char" is not char, its function "extract" not extract.
    let is_column = !next.is_some_and(|next| next.is_symbol("("))
        && !previous.is_some_and(|previous| previous.is_symbol(":") || previous.is_word("AS"));
    match plain && is_column && !is_keyword(&value) && !is_value(&value) {
        true => value.into_owned(),
        false => format!("\"{}\"", value.replace('"', "\"\"")),
    }
}

/// Words that are a value by themselves, or begin one, on some database.
fn is_value(word: &str) -> bool {
    const WORDS: [&str; 26] = [
        "all",
        "any",
        "array",
        "binary",
        "current",
        "current_catalog",
        "current_date",
        "current_role",
        "current_schema",
        "current_time",
        "current_timestamp",
        "current_user",
        "date",
        "default",
        "false",
        "interval",
        "localtime",
        "localtimestamp",
        "row",
        "session_user",
        "system_user",
        "time",
        "timestamp",
        "true",
        "unknown",
        "user",
    ];
    WORDS.contains(&word) || word.starts_with("utc_") || word == "value" || word == "values"
}

/// `[1]` behind an array: PostgreSQL's. SQLite has names in such brackets.
fn is_subscript(previous: &Token<'_>, token: &Token<'_>) -> bool {
    let behind = matches!(previous.kind, TokenKind::Word | TokenKind::QuotedIdentifier)
        || previous.is_symbol(")")
        || previous.is_symbol("]");
    token.text.starts_with('[') && (previous.is_word("ARRAY") || behind && previous.span().end == token.start)
}

/// Whether no blank stands before a token.
fn is_joined(all: &[Token<'_>], at: usize) -> bool {
    let Some(previous) = at.checked_sub(1).map(|before| &all[before]) else { return true };
    let token = &all[at];
    let is_number = |token: &Token<'_>| token.kind == TokenKind::Number;
    let opens_list = token.is_symbol("(") && previous.kind != TokenKind::Symbol;
    let closes = [")", ",", "]"].iter().any(|symbol| token.is_symbol(symbol));
    let dotted = token.is_symbol(".") && !is_number(previous) || previous.is_symbol(".") && !is_number(token);
    let continues = operator(all, at).first().is_some_and(|first| first.start < token.start);
    opens_list || closes || dotted || previous.is_symbol("(") || continues
}

/// The tokens of the operator that a symbol is a part of. PostgreSQL has operators of many characters,
/// and takes a sign as their end only where there is none of some others before it.
fn operator<'t, 's>(all: &'t [Token<'s>], at: usize) -> &'t [Token<'s>] {
    let part = |token: &Token<'_>| {
        token.kind == TokenKind::Symbol && token.text.chars().all(|c| "+-*/<>=~!@%^&|`?:".contains(c))
    };
    if !part(&all[at]) {
        return &all[at..=at];
    }
    let adjacent = |one: usize| part(&all[one]) && all[one].span().end == all[one + 1].start;
    let first = (0..at).rev().take_while(|one| adjacent(*one)).last().unwrap_or(at);
    let mut last =
        (at + 1..all.len()).take_while(|one| part(&all[*one]) && adjacent(one - 1)).last().unwrap_or(at);
    let special = |token: &Token<'_>| token.text.contains(['~', '!', '@', '%', '^', '&', '|', '`', '?']);
    if !all[first..=last].iter().any(special) {
        while last > first && (all[last].text == "-" || all[last].text == "+") {
            if last == at {
                return &all[at..=at];
            }
            last -= 1;
        }
    }
    &all[first..=last]
}

/// Tokens without the brackets that stand around all of them.
fn without_outer_brackets<'t, 's>(mut all: &'t [Token<'s>]) -> &'t [Token<'s>] {
    while let [first, inner @ .., last] = all {
        if !first.is_symbol("(") || !last.is_symbol(")") || inner.is_empty() || !balanced(inner) {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_expression_has_one_writing() {
        for (one, other) in [
            ("A>0", "  a  >\n0 -- positive"),
            ("((a))", "a"),
            ("\"a\" = `b`", "a = b"),
            ("a != 1", "a<>1"),
            ("a == 1", "a=1"),
            ("X'0AFF'", "x'0aff'"),
            ("1E5 + 0XFF", "1e5+0xff"),
            ("count( * )", "COUNT(*)"),
            ("a IN ( 1,2 )", "a in (1, 2)"),
            ("a=-1", "a = -1"),
            ("a*-b", "a * - b"),
            ("tags[1]", "TAGS[ 1 ]"),
            ("array['a','B']", "ARRAY ['a', 'B']"),
            ("a @> b", "a @>b"),
            ("t.a", "T . A"),
            ("a::text", "a :: TEXT"),
        ] {
            assert_eq!(normal(one), normal(other));
        }
    }

    #[test]
    fn what_is_not_the_same_stays_apart() {
        for (one, other) in [
            ("a = 'X'", "a = 'x'"),
            ("a = 'x y'", "a = 'x  y'"),
            ("\"A\" = 1", "a = 1"),
            ("\"user\" = 'x'", "user = 'x'"),
            ("\"true\"", "true"),
            ("a::\"char\"", "a::char"),
            ("\"extract\"(a)", "extract(a)"),
            ("(a + b) * c", "a + b * c"),
            ("(a) + (b)", "a) + (b"),
            ("a <@ b", "a < @b"),
            ("a[1]", "a[2]"),
            ("a['X']", "a['x']"),
            ("a[\"X\"]", "a[x]"),
            ("E'\\' B'", "E'\\' b'"),
            ("$$ A $$", "$$ a $$"),
            ("a--1", "a--2"),
            ("a /*! + 1 */", "a"),
            ("a /* /* */ ' */ = 'B' */", "a /* /* */ ' */ = 'b' */"),
            ("ARRAY['a]'] || ARRAY['B]X']", "ARRAY['a]'] || ARRAY['b]X']"),
            ("a # 'x\n+ B + '", "a # 'x\n+ b + '"),
            ("Ä", "ä"),
            ("1 .5", "1.5"),
            ("a === b", "a == b"),
            ("'a", "'A"),
        ] {
            assert_ne!(normal(one), normal(other));
        }
    }

    /// Pieces of SQL, and what can go wrong between them.
    fn text() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec![
            "a", "B", "ü", "\"a\"", "\"A b\"", "\"user\"", "`c`", "[d]", "[1]", "[e f]", "['x", "]",
            "'It''s'", "'", "\"", "x'AF'", "1", ".5", "1.", "2E3", "(", ")", "(", ")", ",", ".", "=", "==",
            "!=", "<", ">", "-", "+", "|", "||", "@", "~", "*", "/", ":", "::", "&", "!", "?", "%", "$", "#",
            "\\", " ", "  ", "\n", "\u{a0}", "\u{b}", "--", "-- x\n", "/* y */", "/*", "*/", "AND", "not",
            "in", "as", "array", "true", "null",
        ]);
        prop::collection::vec(pieces, 0..14).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_normal_form_is_its_own(sql in text()) {
            let once = normal(&sql);
            prop_assert_eq!(normal(&once), once);
        }
    }
}
