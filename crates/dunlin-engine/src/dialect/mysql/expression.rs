//! Expressions of MySQL and MariaDB in one writing.
//!
//! The servers print an expression in words of their own: MySQL puts brackets around every operation and a
//! character set before every text, MariaDB takes needless brackets away. What means the same by the rules
//! of the language alone gets the same text here; what else is the same only the server can tell.

use std::borrow::Cow;

/// A piece of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token<'s> {
    pub(super) kind: Kind,
    /// Its text as it is compared: a word in small letters, a name or a literal without its quotes.
    pub(super) text: Cow<'s, str>,
}

/// What a [`Token`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word without quotes: columns and functions have no case.
    Word,
    /// A name in backticks.
    Name,
    /// `'text'`
    Text,
    /// `"x"`: a text or a name, as the SQL mode says.
    DoubleQuoted,
    Number,
    Symbol,
}

impl Token<'_> {
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text == word
    }

    pub(super) fn is_symbol(&self, symbol: &str) -> bool {
        self.kind == Kind::Symbol && self.text == symbol
    }

    fn written(&self) -> Cow<'_, str> {
        match self.kind {
            Kind::Word | Kind::Number | Kind::Symbol => Cow::Borrowed(&self.text),
            Kind::Name => Cow::Owned(format!("`{}`", self.text.replace('`', "``"))),
            Kind::Text => Cow::Owned(format!("'{}'", self.text.replace('\\', "\\\\").replace('\'', "''"))),
            Kind::DoubleQuoted => Cow::Owned(format!("\"{}\"", self.text)),
        }
    }
}

/// Operators of more than one character, the longer before those they begin with.
const LONG_SYMBOLS: [&str; 13] =
    ["->>", "<=>", "->", "||", "&&", "<<", ">>", "<=", ">=", "<>", "!=", ":=", "=="];

/// Cuts an expression into tokens, without comments; `None` if something in it is not closed, or it has a
/// comment that the server runs. In a query the names of tables keep their case.
pub(super) fn tokens(sql: &str) -> Option<Vec<Token<'_>>> {
    let mut tokens = Vec::new();
    let first = sql.trim_start_matches(|first: char| first == '(' || first.is_whitespace());
    let first = first.get(..6).unwrap_or(first).to_ascii_lowercase();
    let is_query = first == "select" || first.starts_with("with");
    let word = |text| if is_query { lower_keyword(text) } else { lower(text) };
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            _ if first.is_whitespace() => first.len_utf8(),
            '#' => rest.find('\n').unwrap_or(rest.len()),
            '-' if rest.starts_with("--") && rest[2..].chars().next().is_none_or(char::is_whitespace) => {
                rest.find('\n').unwrap_or(rest.len())
            }
            '/' if rest.starts_with("/*!") || rest.starts_with("/*M!") => return None,
            '/' if rest.starts_with("/*") => rest.find("*/")? + 2,
            '\'' | '"' | '`' => {
                let length = quoted(rest, first)?;
                let inside = &rest[1..length - 1];
                let (kind, text) = match first {
                    '\'' => (Kind::Text, unescaped(inside)),
                    '"' => (Kind::DoubleQuoted, Cow::Borrowed(inside)),
                    _ => name(inside, is_query),
                };
                tokens.push(Token { kind, text });
                length
            }
            '0'..='9' => {
                let length = number(rest);
                tokens.push(Token { kind: Kind::Number, text: lower(&rest[..length]) });
                length
            }
            '.' if rest[1..].starts_with(|next: char| next.is_ascii_digit())
                && !tokens.last().is_some_and(|before| matches!(before.kind, Kind::Word | Kind::Name)) =>
            {
                let length = number(rest);
                tokens.push(Token { kind: Kind::Number, text: lower(&rest[..length]) });
                length
            }
            _ if is_word(first) => {
                let length = rest.find(|character| !is_word(character)).unwrap_or(rest.len());
                tokens.push(Token { kind: Kind::Word, text: word(&rest[..length]) });
                length
            }
            _ => {
                let long = LONG_SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol));
                let length = long.map_or(first.len_utf8(), |symbol| symbol.len());
                let text = match &rest[..length] {
                    "!=" => "<>",
                    other => other,
                };
                tokens.push(Token { kind: Kind::Symbol, text: Cow::Borrowed(text) });
                length
            }
        };
        rest = &rest[length..];
    }
    Some(tokens)
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || character == '$' || !character.is_ascii()
}

fn lower(text: &str) -> Cow<'_, str> {
    match text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => Cow::Owned(text.to_ascii_lowercase()),
        false => Cow::Borrowed(text),
    }
}

fn lower_keyword(text: &str) -> Cow<'_, str> {
    let lower = text.to_ascii_lowercase();
    const CLAUSES: [&str; 14] = [
        "join", "left", "right", "inner", "outer", "cross", "on", "limit", "offset", "asc", "desc", "union",
        "all", "with",
    ];
    match WORDS.contains(&lower.as_str()) || CLAUSES.contains(&lower.as_str()) {
        true => Cow::Owned(lower),
        false => Cow::Borrowed(text),
    }
}

/// A name in backticks is a word where it needs none.
fn name(inside: &str, keeps_case: bool) -> (Kind, Cow<'_, str>) {
    let plain = inside.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !inside.starts_with(|first: char| first.is_ascii_digit())
        && !inside.starts_with('_')
        && !WORDS.contains(&inside.to_ascii_lowercase().as_str());
    match (plain, keeps_case) {
        (true, true) => (Kind::Word, Cow::Borrowed(inside)),
        (true, false) => (Kind::Word, lower(inside)),
        (false, true) => (Kind::Name, Cow::Owned(inside.replace("``", "`"))),
        (false, false) => (Kind::Name, Cow::Owned(inside.replace("``", "`").to_lowercase())),
    }
}

/// Words of expressions that are names only in backticks.
const WORDS: [&str; 48] = [
    "and",
    "as",
    "between",
    "by",
    "case",
    "cast",
    "collate",
    "distinct",
    "else",
    "end",
    "exists",
    "from",
    "in",
    "is",
    "like",
    "not",
    "null",
    "or",
    "order",
    "select",
    "then",
    "using",
    "when",
    "where",
    "group",
    "having",
    "binary",
    "div",
    "mod",
    "xor",
    "rlike",
    "regexp",
    "sounds",
    "member",
    "interval",
    "true",
    "false",
    "unknown",
    "escape",
    "against",
    "match",
    "convert",
    "char",
    "current_timestamp",
    "current_date",
    "current_time",
    "localtime",
    "localtimestamp",
];

/// The length of a text that begins with a quote, quotes included. A backslash is special but in a name.
fn quoted(text: &str, quote: char) -> Option<usize> {
    let mut at = 1;
    let bytes = text.as_bytes();
    let quote = u8::try_from(quote).ok()?;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote != b'`' => at += 2,
            byte if byte == quote && bytes.get(at + 1) == Some(&quote) => at += 2,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

/// What a text between quotes means.
pub(super) fn unescaped(inside: &str) -> Cow<'_, str> {
    if !inside.contains(['\\', '\'']) {
        return Cow::Borrowed(inside);
    }
    let mut value = String::with_capacity(inside.len());
    let mut characters = inside.chars();
    while let Some(character) = characters.next() {
        match (character, character == '\\' || character == '\'') {
            (_, false) => value.push(character),
            ('\'', _) => {
                characters.next();
                value.push('\'');
            }
            _ => match characters.next() {
                Some('0') => value.push('\0'),
                Some('n') => value.push('\n'),
                Some('r') => value.push('\r'),
                Some('t') => value.push('\t'),
                Some('b') => value.push('\u{8}'),
                Some('Z') => value.push('\u{1a}'),
                // They mean something to LIKE.
                Some(wildcard @ ('%' | '_')) => value.extend(['\\', wildcard]),
                Some(other) => value.push(other),
                None => value.push('\\'),
            },
        }
    }
    Cow::Owned(value)
}

/// Letters belong to it (hexadecimal digits, an exponent), and a sign behind a decimal exponent.
fn number(text: &str) -> usize {
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'$');
    let bytes = text.as_bytes();
    let length = bytes.iter().take_while(|byte| part(byte)).count();
    let hexadecimal = text.starts_with("0x") || text.starts_with("0X");
    let exponent = !hexadecimal && matches!(bytes.get(length.wrapping_sub(1)), Some(b'e' | b'E'));
    match bytes.get(length) {
        Some(b'+' | b'-') if exponent => {
            length + 1 + bytes[length + 1..].iter().take_while(|byte| part(byte)).count()
        }
        _ => length,
    }
}

/// The same expression without comments, needless brackets, blanks and quotes, and without the character
/// sets of the connection before texts; words without quotes are in small letters. A text that cannot be
/// cut into tokens is only trimmed.
pub(super) fn normal(sql: &str) -> String {
    let Some(mut all) = tokens(sql) else { return sql.trim().to_owned() };
    without_introducers(&mut all);
    without_needless_brackets(&mut all);
    write(&all)
}

/// The connection's character set is Unicode in one of its lengths, and a client's may be another than the
/// one that made the table.
fn without_introducers(all: &mut Vec<Token<'_>>) {
    let unicode = |token: &Token<'_>| ["_utf8mb4", "_utf8mb3", "_utf8"].iter().any(|set| token.is_word(set));
    let is_text = |at: usize| all.get(at + 1).is_some_and(|next| next.kind == Kind::Text);
    let needless: Vec<usize> = (0..all.len()).filter(|at| unicode(&all[*at]) && is_text(*at)).collect();
    for at in needless.into_iter().rev() {
        all.remove(at);
    }
}

pub(super) fn write(all: &[Token<'_>]) -> String {
    let mut text = String::new();
    let mut previous: Option<&Token<'_>> = None;
    for token in all {
        let joined = previous.is_none_or(|previous| {
            let opens_list = token.is_symbol("(") && previous.kind != Kind::Symbol;
            let closes = [")", ",", "."].iter().any(|symbol| token.is_symbol(symbol));
            let opened = ["(", "."].iter().any(|symbol| previous.is_symbol(symbol));
            opens_list || closes || opened
        });
        if !joined {
            text.push(' ');
        }
        text.push_str(&token.written());
        previous = Some(token);
    }
    text
}

/// How tight an operator binds: a larger number binds tighter. By the manual's table of precedences.
fn precedence(token: &Token<'_>) -> Option<u8> {
    Some(match (token.kind, &*token.text) {
        (Kind::Word, "or") => 1,
        (Kind::Word, "xor") => 2,
        (Kind::Word, "and") | (Kind::Symbol, "&&") => 3,
        (Kind::Word, "not") => 4,
        (Kind::Word, "between") => 5,
        (Kind::Symbol, "=" | "<=>" | ">=" | ">" | "<=" | "<" | "<>")
        | (Kind::Word, "is" | "like" | "regexp" | "rlike" | "in") => 6,
        (Kind::Symbol, "|") => 7,
        (Kind::Symbol, "&") => 8,
        (Kind::Symbol, "<<" | ">>") => 9,
        (Kind::Symbol, "+" | "-") => 10,
        (Kind::Symbol, "*" | "/" | "%") | (Kind::Word, "div" | "mod") => 11,
        (Kind::Symbol, "^") => 12,
        _ => return None,
    })
}

/// Takes away each pair of brackets without which the expression is read in the same way.
fn without_needless_brackets(all: &mut Vec<Token<'_>>) {
    let mut at = 0;
    while at < all.len() {
        match all[at].is_symbol("(").then(|| closing(all, at)).flatten() {
            Some(end) if is_needless(all, at, end) => {
                all.remove(end);
                all.remove(at);
                // What stands before may now be needless, too.
                at = 0;
            }
            _ => at += 1,
        }
    }
}

fn closing(all: &[Token<'_>], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in all.iter().enumerate().skip(open) {
        if token.is_symbol("(") {
            depth += 1;
        } else if token.is_symbol(")") {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

fn is_needless(all: &[Token<'_>], open: usize, end: usize) -> bool {
    let (before, after) = (open.checked_sub(1).map(|at| &all[at]), all.get(end + 1));
    let inside = &all[open + 1..end];
    if inside.is_empty() || inside.iter().any(|token| token.is_word("select")) {
        return false;
    }
    if before.is_none() && after.is_none() {
        return true;
    }
    let Some(binds) = loosest(inside) else { return false };
    // `and` may belong to BETWEEN, and a sign or NOT may take its operand from what follows.
    let left = match before {
        None => 0,
        Some(token) if token.is_symbol("(") || token.is_symbol(",") => 0,
        Some(token) if ["case", "when", "then", "else"].iter().any(|word| token.is_word(word)) => 0,
        Some(token) if token.is_word("and") && is_of_between(all, open - 1) => 6,
        Some(token) if token.is_word("in") || token.is_word("not") => return false,
        Some(token) => match precedence(token) {
            Some(binds) if is_sign(all, open - 1) => binds.max(20),
            Some(binds) => binds,
            None => return false,
        },
    };
    let right = match after {
        None => 0,
        Some(token) if token.is_symbol(")") || token.is_symbol(",") => 0,
        Some(token) if ["when", "then", "else", "end"].iter().any(|word| token.is_word(word)) => 0,
        Some(token) if token.is_word("not") => 6,
        Some(token) => match precedence(token) {
            Some(binds) => binds,
            None => return false,
        },
    };
    // AND and OR are the same in any grouping; the others are grouped from the left.
    let same = |token: Option<&Token<'_>>, word: &str, of: u8| {
        token.is_some_and(|token| token.is_word(word)) && binds == of
    };
    let left_open = binds > left || same(before, "and", 3) || same(before, "or", 1);
    let grouped = binds == right && matches!(binds, 1 | 3 | 7..=11);
    left_open && (binds > right || grouped)
}

/// How tight the loosest operator of a piece binds; `None` if that is not known.
fn loosest(inside: &[Token<'_>]) -> Option<u8> {
    let mut binds = u8::MAX;
    let mut depth = 0_usize;
    let mut between = 0_usize;
    let mut previous: Option<&Token<'_>> = None;
    for (at, token) in inside.iter().enumerate() {
        if token.is_symbol("(") || token.is_word("case") {
            depth += 1;
        } else if token.is_symbol(")") || token.is_word("end") {
            depth = depth.checked_sub(1)?;
        } else if depth == 0 {
            if token.is_symbol(",")
                || ["interval", "binary", "collate"].iter().any(|word| token.is_word(word))
            {
                return None;
            }
            let is_operand = |token: &Token<'_>| {
                matches!(token.kind, Kind::Word | Kind::Name | Kind::Text | Kind::Number | Kind::DoubleQuoted)
                    && precedence(token).is_none()
            };
            match precedence(token) {
                Some(_) if token.is_word("and") && between > 0 => between -= 1,
                Some(_) if is_sign(inside, at) => binds = binds.min(13),
                Some(other) => {
                    between += usize::from(token.is_word("between"));
                    binds = binds.min(other);
                }
                // Two operands side by side: `is not null`, `date '2024-01-01'`, `a escape '|'`, …
                None if is_operand(token) && previous.is_some_and(is_operand) => {
                    return None;
                }
                None if token.kind == Kind::Symbol && !token.is_symbol(".") => return None,
                None => {}
            }
        }
        previous = Some(token);
    }
    Some(binds)
}

/// Whether a plus or minus stands before its only operand.
fn is_sign(all: &[Token<'_>], at: usize) -> bool {
    let sign = all[at].is_symbol("-") || all[at].is_symbol("+");
    let before = at.checked_sub(1).map(|before| &all[before]);
    sign && before
        .is_none_or(|before| before.is_symbol("(") || before.is_symbol(",") || precedence(before).is_some())
}

/// Whether the AND at a place is that of a BETWEEN before it.
fn is_of_between(all: &[Token<'_>], and: usize) -> bool {
    let mut depth = 0_usize;
    for token in all[..and].iter().rev() {
        if token.is_symbol(")") {
            depth += 1;
        } else if token.is_symbol("(") {
            match depth.checked_sub(1) {
                Some(left) => depth = left,
                None => return false,
            }
        } else if depth == 0 {
            if token.is_word("between") {
                return true;
            }
            if token.is_word("and") || token.is_word("or") || token.is_symbol(",") {
                return false;
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_mysql_prints_is_what_was_written() {
        for (written, printed) in [
            ("amount >= 0", "(`amount` >= 0)"),
            ("a > 0 AND b <> 'it''s'", r"((`a` > 0) and (`b` <> _utf8mb4'it\'s'))"),
            ("a > 0 AND b != 'x' AND c", r"((`a` > 0) and (`b` <> _utf8mb3'x') and `c`)"),
            (
                "b IN ('a', 'b') OR a BETWEEN 1 AND 5",
                "((`b` in (_utf8mb4'a',_utf8mb4'b')) or (`a` between 1 and 5))",
            ),
            ("a * 2 + b", "((`a` * 2) + `b`)"),
            ("a - (b - c)", "(`a` - (`b` - `c`))"),
            ("a IS NOT NULL AND b IS NULL", "((`a` is not null) and (`b` is null))"),
            ("LOWER(b)", "lower(`b`)"),
            ("concat(a, '-', `Order`)", "concat(`a`,_utf8mb4'-',`Order`)"),
            ("a > -1", "(`a` > -(1))"),
            ("a /* one */ > 1 -- two", "a > 1"),
            (
                "CASE WHEN a > 1 THEN 1 ELSE a + 1 END > 5",
                "((case when (`a` > 1) then 1 else (`a` + 1) end) > 5)",
            ),
            ("case when a then 1 end", "(case when `a` then 1 end)"),
        ] {
            assert_eq!(normal(written), normal(printed), "{written}");
        }
    }

    #[test]
    fn what_is_not_the_same_stays_apart() {
        for (one, other) in [
            ("a - (b - c)", "a - b - c"),
            ("(a or b) and c", "a or b and c"),
            ("a between 1 and (2 or 3)", "a between 1 and 2 or 3"),
            ("'a'", "`a`"),
            ("\"a\"", "a"),
            ("'A'", "'a'"),
            ("_latin1'a'", "'a'"),
            ("not (a and b)", "not a and b"),
            ("-(a + b)", "-a + b"),
            ("(a + b) * c", "a + b * c"),
            ("a in (1)", "a in 1"),
            ("(a = b) = c", "a = (b = c)"),
            ("(select 1)", "select 1"),
            ("a like 'x\\%'", "a like 'x%'"),
            ("f(a)", "f a"),
            ("a is (b)", "a is b c"),
            ("select a from T", "select a from t"),
        ] {
            assert_ne!(normal(one), normal(other), "{one}");
        }
    }

    #[test]
    fn one_writing_stays_as_it_is() {
        for sql in [
            "(`a` > 0)",
            "((`a` * 2) + `b`)",
            "concat('it''s', `x y`)",
            "not((`a` and 'b'))",
            "'",
            "/*! x */",
        ] {
            let once = normal(sql);
            assert_eq!(normal(&once), once);
        }
    }
}
