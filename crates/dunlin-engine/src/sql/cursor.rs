//! A place in a row of tokens, for readers that go from left to right.

use std::ops::Range;

use super::lexer::{Token, TokenKind, tokens};
use dunlin_sql::{SqlError, position};

/// Stands before one token of a text. Comments are passed over.
pub(super) struct Cursor<'s> {
    sql: &'s str,
    tokens: Vec<Token<'s>>,
    at: usize,
}

impl<'s> Cursor<'s> {
    pub(super) fn new(sql: &'s str) -> Result<Self, SqlError> {
        let mut tokens = tokens(sql)?;
        tokens.retain(|token| token.kind != TokenKind::Comment);
        Ok(Self { sql, tokens, at: 0 })
    }

    /// The token `ahead` of the next one (0 is the next one itself).
    pub(super) fn peek(&self, ahead: usize) -> Option<Token<'s>> {
        self.tokens.get(self.at + ahead).copied()
    }

    /// Whether the next tokens are these words.
    pub(super) fn at_words(&self, words: &[&str]) -> bool {
        let at = |(ahead, word): (usize, &&str)| self.peek(ahead).is_some_and(|token| token.is_word(word));
        words.iter().enumerate().all(at)
    }

    pub(super) fn at_symbol(&self, symbol: &str) -> bool {
        self.peek(0).is_some_and(|token| token.is_symbol(symbol))
    }

    /// Passes over `count` tokens.
    pub(super) fn skip(&mut self, count: usize) {
        self.at += count;
    }

    /// Passes over these words if they are next.
    pub(super) fn skip_words(&mut self, words: &[&str]) -> bool {
        let found = self.at_words(words);
        if found {
            self.skip(words.len());
        }
        found
    }

    /// Passes over this symbol if it is next.
    pub(super) fn skip_symbol(&mut self, symbol: &str) -> bool {
        let found = self.at_symbol(symbol);
        if found {
            self.skip(1);
        }
        found
    }

    pub(super) fn expect_words(&mut self, words: &[&str]) -> Result<(), SqlError> {
        if self.skip_words(words) { Ok(()) } else { Err(self.unexpected(&words.join(" "))) }
    }

    pub(super) fn expect_symbol(&mut self, symbol: &str) -> Result<(), SqlError> {
        if self.skip_symbol(symbol) { Ok(()) } else { Err(self.unexpected(&format!("`{symbol}`"))) }
    }

    pub(super) fn expect_end(&self) -> Result<(), SqlError> {
        if self.peek(0).is_none() { Ok(()) } else { Err(self.unexpected("the end of the text")) }
    }

    /// A name, quoted in any way or not at all. `what` it names is for the error.
    pub(super) fn name(&mut self, what: &str) -> Result<String, SqlError> {
        let token = self.peek(0).filter(is_name).ok_or_else(|| self.unexpected(what))?;
        self.skip(1);
        Ok(token.value().into_owned())
    }

    /// `(a, b)`.
    pub(super) fn names_in_brackets(&mut self, what: &str) -> Result<Vec<String>, SqlError> {
        self.expect_symbol("(")?;
        let mut names = vec![self.name(what)?];
        while self.skip_symbol(",") {
            names.push(self.name(what)?);
        }
        self.expect_symbol(")")?;
        Ok(names)
    }

    /// Passes over `(…)`, brackets within it included, and returns what stands inside, comments at its
    /// ends left out.
    pub(super) fn brackets(&mut self) -> Result<&'s str, SqlError> {
        self.expect_symbol("(")?;
        let (start, mut depth) = (self.place(), 1);
        while let Some(token) = self.peek(0) {
            match token.text {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let inside = self.text_since(start);
                self.skip(1);
                return Ok(inside);
            }
            self.skip(1);
        }
        Err(self.unexpected("`)`"))
    }

    /// The tokens up to the next comma or closing bracket that is in no brackets itself.
    pub(super) fn up_to_comma(&mut self) -> Result<Vec<Token<'s>>, SqlError> {
        let start = self.at;
        while !self.at_symbol(",") && !self.at_symbol(")") {
            match self.at_symbol("(") {
                true => drop(self.brackets()?),
                false if self.peek(0).is_none() => return Err(self.unexpected("`)`")),
                false => self.skip(1),
            }
        }
        Ok(self.tokens[start..self.at].to_vec())
    }

    /// A part of the text.
    pub(super) fn text(&self, span: Range<usize>) -> &'s str {
        self.sql.get(span).unwrap_or_default()
    }

    /// Where the next token starts, or the text ends.
    pub(super) fn place(&self) -> usize {
        self.peek(0).map_or(self.sql.len(), |token| token.start)
    }

    /// The text from `place` to the end of the token last passed over.
    pub(super) fn text_since(&self, place: usize) -> &'s str {
        let last = self.at.checked_sub(1).and_then(|last| self.tokens.get(last));
        let end = last.map_or(place, |token| token.span().end);
        self.sql.get(place..end).unwrap_or_default()
    }

    /// The error that the next token is not what is `expected`.
    pub(super) fn unexpected(&self, expected: &str) -> SqlError {
        let (line, column) = position(self.sql, self.place());
        let found = self.peek(0).map_or("the end of the text", |token| token.text).to_owned();
        SqlError::Unexpected { expected: expected.to_owned(), found, line, column }
    }
}

/// Whether SQLite takes the token as a name where only a name can stand.
pub(super) fn is_name(token: &Token<'_>) -> bool {
    matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier | TokenKind::String)
}
