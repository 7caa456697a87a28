//! Tokens of SQL text, by SQLite's rules ("SQLite Keywords" and "SQL As Understood By SQLite" of its
//! manual): names may be quoted in four ways, block comments do not nest, a backslash is nothing special.

use std::borrow::Cow;
use std::ops::Range;

use dunlin_sql::{SqlError, position};

/// A piece of SQL text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'s> {
    /// What it is.
    pub kind: TokenKind,
    /// Its text as it stands, quotes included.
    pub text: &'s str,
    /// Where it starts, in bytes.
    pub start: usize,
}

/// What a [`Token`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A name or keyword without quotes. Which of the two, only the grammar can say.
    Word,
    /// `"x"`, `` `x` `` or `[x]`.
    QuotedIdentifier,
    /// `'x'`. Where only a name can stand, SQLite takes it as one.
    String,
    /// `x'00ff'`.
    Blob,
    /// `1`, `.5`, `1.5e-3`, `0x1F`. A sign is a symbol of its own.
    Number,
    /// Punctuation or an operator.
    Symbol,
    /// `-- x` up to its line's end, or `/* x */`.
    Comment,
}

impl<'s> Token<'s> {
    /// Which bytes of the text it takes.
    pub fn span(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    /// Its text without quotes, doubled quotes made single; a blob's digits are not decoded.
    ///
    /// ```
    /// use dunlin_engine::sql::lexer::tokens;
    ///
    /// let tokens = tokens(r#""a""b" 'it''s' [c d]"#).unwrap();
    /// let values: Vec<_> = tokens.iter().map(|token| token.value()).collect();
    /// assert_eq!(values, ["a\"b", "it's", "c d"]);
    /// ```
    pub fn value(&self) -> Cow<'s, str> {
        if !matches!(self.kind, TokenKind::QuotedIdentifier | TokenKind::String) {
            return Cow::Borrowed(self.text);
        }
        let mut inside = self.text.chars();
        let (quote, _) = (inside.next(), inside.next_back());
        let inside = inside.as_str();
        match quote {
            Some(quote @ ('"' | '`' | '\'')) if inside.contains(quote) => {
                let quote = quote.to_string();
                Cow::Owned(inside.replace(&quote.repeat(2), &quote))
            }
            _ => Cow::Borrowed(inside),
        }
    }

    /// Whether it is this word, without quotes, in any case.
    pub fn is_word(&self, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(word)
    }

    /// Whether it is this symbol.
    pub fn is_symbol(&self, symbol: &str) -> bool {
        self.kind == TokenKind::Symbol && self.text == symbol
    }
}

/// Operators of more than one character, the longer before those they begin with.
const LONG_SYMBOLS: [&str; 10] = ["->>", "->", "||", "<<", ">>", "<=", ">=", "<>", "!=", "=="];

#[cfg(test)]
thread_local! {
    /// How many texts were cut on this thread: what tests count in place of time.
    pub(crate) static CUT: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}
/// Few texts have more tokens than one in so many bytes.
const BYTES_OF_A_TOKEN: usize = 4;

/// Cuts `sql` into tokens, comments included. A character that SQL does not know is a symbol.
///
/// # Errors
/// [`SqlError::Unclosed`].
pub fn tokens(sql: &str) -> Result<Vec<Token<'_>>, SqlError> {
    #[cfg(test)]
    CUT.set(CUT.get() + 1);
    let mut lexer = Lexer { sql, start: 0 };
    let mut tokens = Vec::with_capacity(sql.len() / BYTES_OF_A_TOKEN);
    while let Some(token) = lexer.next()? {
        tokens.push(token);
    }
    Ok(tokens)
}

struct Lexer<'s> {
    sql: &'s str,
    /// Where the next token is looked for.
    start: usize,
}

impl<'s> Lexer<'s> {
    fn next(&mut self) -> Result<Option<Token<'s>>, SqlError> {
        let blank = |byte: u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c');
        self.start += self.count(self.start, blank);
        let rest = &self.sql[self.start..];
        let bytes = rest.as_bytes();
        let second = bytes.get(1).copied();
        let Some(first) = bytes.first().copied() else { return Ok(None) };
        let (kind, length) = match (first, second) {
            (b'-', Some(b'-')) => (TokenKind::Comment, rest.find('\n').unwrap_or(rest.len())),
            (b'/', Some(b'*')) => (TokenKind::Comment, self.block_comment()?),
            (b'\'', _) => (TokenKind::String, self.quoted(0, '\'', "string")?),
            (b'"' | b'`', _) => {
                (TokenKind::QuotedIdentifier, self.quoted(0, char::from(first), "quoted name")?)
            }
            (b'[', _) => (TokenKind::QuotedIdentifier, self.bracketed()?),
            (b'x' | b'X', Some(b'\'')) => (TokenKind::Blob, self.quoted(1, '\'', "blob literal")?),
            (b'0'..=b'9', _) | (b'.', Some(b'0'..=b'9')) => (TokenKind::Number, self.number()),
            _ if is_name_start(first) => (TokenKind::Word, self.count(self.start, is_name_part)),
            (b'(' | b')' | b',' | b';' | b'.', _) => (TokenKind::Symbol, 1),
            _ => {
                let long = LONG_SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol));
                (TokenKind::Symbol, long.map_or(1, |symbol| symbol.len()))
            }
        };
        let token = Token { kind, text: &rest[..length], start: self.start };
        self.start += length;
        Ok(Some(token))
    }

    /// How many bytes from `start` on are `wanted`.
    fn count(&self, start: usize, wanted: impl Fn(u8) -> bool) -> usize {
        self.sql.as_bytes()[start..].iter().take_while(|byte| wanted(**byte)).count()
    }

    /// The length of a token whose opening quote is `prefix` bytes in, and in which a doubled quote
    /// stands for itself.
    fn quoted(&self, prefix: usize, quote: char, what: &'static str) -> Result<usize, SqlError> {
        let text = &self.sql[self.start..];
        let mut at = prefix + 1;
        while let Some(length) = text[at..].find(quote) {
            at += length + 1;
            if !text[at..].starts_with(quote) {
                return Ok(at);
            }
            at += 1;
        }
        Err(self.unclosed(what))
    }

    fn bracketed(&self) -> Result<usize, SqlError> {
        let end = self.sql[self.start..].find(']').ok_or_else(|| self.unclosed("quoted name"))?;
        Ok(end + 1)
    }

    fn block_comment(&self) -> Result<usize, SqlError> {
        let end = self.sql[self.start + 2..].find("*/").ok_or_else(|| self.unclosed("comment"))?;
        Ok(end + 4)
    }

    /// Letters belong to it (hexadecimal digits, an exponent), and a sign behind a decimal exponent.
    fn number(&self) -> usize {
        let part = |byte: u8| byte == b'.' || is_name_part(byte);
        let length = self.count(self.start, part);
        let text = &self.sql[self.start..self.start + length];
        let hexadecimal = text.starts_with("0x") || text.starts_with("0X");
        let after = self.start + length;
        match self.sql.as_bytes().get(after) {
            Some(b'+' | b'-') if !hexadecimal && text.ends_with(['e', 'E']) => {
                length + 1 + self.count(after + 1, is_name_part)
            }
            _ => length,
        }
    }

    fn unclosed(&self, what: &'static str) -> SqlError {
        let (line, column) = position(self.sql, self.start);
        SqlError::Unclosed { what, line, column }
    }
}

/// Every character beyond ASCII may stand in a name.
fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || !byte.is_ascii()
}

fn is_name_part(byte: u8) -> bool {
    is_name_start(byte) || byte.is_ascii_digit() || byte == b'$'
}

#[cfg(test)]
mod tests {
    use super::TokenKind::{Blob, Comment, Number, QuotedIdentifier, String, Symbol, Word};
    use super::*;

    #[test]
    fn text_becomes_tokens() {
        let cases: [(&str, &[(TokenKind, &str)]); 16] = [
            ("", &[]),
            (" \t\r\n\x0c", &[]),
            ("CREATE täble$1_", &[(Word, "CREATE"), (Word, "täble$1_")]),
            (
                "\"a\"\"b\"`c`[d\"e]",
                &[(QuotedIdentifier, "\"a\"\"b\""), (QuotedIdentifier, "`c`"), (QuotedIdentifier, "[d\"e]")],
            ),
            ("'it''s''''' ''", &[(String, "'it''s'''''"), (String, "''")]),
            ("'a\\' b", &[(String, "'a\\'"), (Word, "b")]),
            ("x'00ff'X''x", &[(Blob, "x'00ff'"), (Blob, "X''"), (Word, "x")]),
            (
                "1 .5 1.5e-3 1e+3 0x1F 1_000",
                &[
                    (Number, "1"),
                    (Number, ".5"),
                    (Number, "1.5e-3"),
                    (Number, "1e+3"),
                    (Number, "0x1F"),
                    (Number, "1_000"),
                ],
            ),
            ("0xE-1", &[(Number, "0xE"), (Symbol, "-"), (Number, "1")]),
            ("a-- b 'c\nd", &[(Word, "a"), (Comment, "-- b 'c"), (Word, "d")]),
            ("a--", &[(Word, "a"), (Comment, "--")]),
            ("a/* /* ' */b/**/", &[(Word, "a"), (Comment, "/* /* ' */"), (Word, "b"), (Comment, "/**/")]),
            ("/*/ */", &[(Comment, "/*/ */")]),
            (
                "a->>b->c||d<=-e",
                &[
                    (Word, "a"),
                    (Symbol, "->>"),
                    (Word, "b"),
                    (Symbol, "->"),
                    (Word, "c"),
                    (Symbol, "||"),
                    (Word, "d"),
                    (Symbol, "<="),
                    (Symbol, "-"),
                    (Word, "e"),
                ],
            ),
            (
                "(a.b);",
                &[(Symbol, "("), (Word, "a"), (Symbol, "."), (Word, "b"), (Symbol, ")"), (Symbol, ";")],
            ),
            ("\\\u{1}", &[(Symbol, "\\"), (Symbol, "\u{1}")]),
        ];
        for (sql, expected) in cases {
            let tokens = tokens(sql).unwrap();
            let found: Vec<_> = tokens.iter().map(|token| (token.kind, token.text)).collect();
            assert_eq!(found, expected, "{sql}");
            assert!(tokens.iter().all(|token| &sql[token.span()] == token.text), "{sql}");
        }
    }

    #[test]
    fn values_lose_their_quotes() {
        for (sql, value) in [
            ("\"a\"\"b`\"", "a\"b`"),
            ("`a``b`", "a`b"),
            ("[a\"\"b]", "a\"\"b"),
            ("'it''s'", "it's"),
            ("''''", "'"),
            ("\"\"", ""),
            ("[]", ""),
            ("\"ü\"", "ü"),
            ("word", "word"),
            ("x'00'", "x'00'"),
            ("[[]", "["),
        ] {
            assert_eq!(tokens(sql).unwrap()[0].value(), value, "{sql}");
        }
    }

    #[test]
    fn what_is_never_closed_is_an_error_with_its_place() {
        for (sql, what, line, column) in [
            ("a 'b", "string", 1, 3),
            ("a\n'b''", "string", 2, 1),
            ("ü \"b", "quoted name", 1, 3),
            ("a\r\n  `b", "quoted name", 2, 3),
            ("a [b", "quoted name", 1, 3),
            ("a x'00", "blob literal", 1, 3),
            ("a\n\n /* b *", "comment", 3, 2),
            ("/*/", "comment", 1, 1),
        ] {
            assert_eq!(tokens(sql), Err(SqlError::Unclosed { what, line, column }), "{sql}");
        }
    }
}
