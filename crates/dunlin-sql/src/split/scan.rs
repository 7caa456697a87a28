//! Tokens of SQL text, by the rules of each database: as much of them as decides where a statement ends.
//!
//! The [`lexer`](crate::lexer) beside it knows SQLite's rules in full; here quotes, comments, words and
//! symbols are told apart on all four. Sources of the rules: "Lexical Structure" of PostgreSQL's manual,
//! "String Literals" and "Comments" of MySQL's and MariaDB's, "SQLite Keywords" of SQLite's.

use dunlin_core::dialect::DialectName;

use crate::error::{SqlError, position};

/// A piece of SQL text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'s> {
    pub(crate) kind: Kind,
    pub(crate) text: &'s str,
    pub(crate) start: usize,
}

/// What a [`Token`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A keyword, or a name without quotes; a number too.
    Word,
    /// Text or a name in quotes of any kind.
    Quoted,
    /// A comment up to its line's end.
    LineComment,
    /// A comment with an end of its own.
    BlockComment,
    /// Anything else: one character, or the brackets around what MySQL runs of a comment.
    Symbol,
}

impl Token<'_> {
    pub(crate) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    pub(crate) fn is_comment(&self) -> bool {
        matches!(self.kind, Kind::LineComment | Kind::BlockComment)
    }

    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    pub(crate) fn is_symbol(&self, symbol: &str) -> bool {
        self.kind == Kind::Symbol && self.text == symbol
    }
}

/// Goes through a text from token to token.
pub(crate) struct Scanner<'s> {
    pub(crate) sql: &'s str,
    dialect: DialectName,
    /// Where the next token is looked for.
    pub(crate) at: usize,
    /// Where a comment began whose text MySQL runs.
    run_comment: Option<usize>,
    /// What ends statements instead of a semicolon.
    pub(crate) delimiter: Option<&'s str>,
}

impl<'s> Scanner<'s> {
    pub(crate) fn new(dialect: DialectName, sql: &'s str) -> Self {
        Self { sql, dialect, at: 0, run_comment: None, delimiter: None }
    }

    /// Whether what stands here is in a comment, and run.
    pub(crate) fn in_run_comment(&self) -> bool {
        self.run_comment.is_some()
    }

    /// Passes over the delimiter, if it stands here.
    pub(crate) fn skip_delimiter(&mut self) -> bool {
        let length = self.delimiter.filter(|it| self.sql[self.at..].starts_with(it)).map_or(0, str::len);
        self.at += length;
        length > 0
    }

    /// Passes over blanks.
    pub(crate) fn skip_blanks(&mut self) {
        let rest = &self.sql[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']).len();
    }

    /// The next token.
    ///
    /// # Errors
    /// A quote or comment is never closed.
    pub(crate) fn next(&mut self) -> Result<Option<Token<'s>>, SqlError> {
        self.skip_blanks();
        let rest = &self.sql[self.at..];
        let mysql = self.is_mysql();
        let postgres = self.dialect == DialectName::Postgres;
        let mut characters = rest.chars();
        let (Some(first), second) = (characters.next(), characters.next()) else {
            return match self.run_comment {
                Some(start) => Err(self.unclosed(start, "comment")),
                None => Ok(None),
            };
        };
        let (kind, length) = match (first, second) {
            ('-', Some('-')) if !mysql || rest[2..].chars().next().is_none_or(|c| c <= ' ') => {
                (Kind::LineComment, self.line())
            }
            ('#', _) if mysql => (Kind::LineComment, self.line()),
            ('/', Some('*')) if mysql && (rest.starts_with("/*!") || rest.starts_with("/*M!")) => {
                self.run_comment = Some(self.at);
                let bracket = if rest.starts_with("/*!") { 3 } else { 4 };
                let digits = rest[bracket..].bytes().take_while(u8::is_ascii_digit).count();
                (Kind::Symbol, bracket + digits)
            }
            ('*', Some('/')) if self.run_comment.is_some() => {
                self.run_comment = None;
                (Kind::Symbol, 2)
            }
            ('/', Some('*')) => (Kind::BlockComment, self.block_comment()?),
            ('\'', _) => (Kind::Quoted, self.quoted(0, '\'', mysql, "string")?),
            ('e' | 'E', Some('\'')) if postgres => (Kind::Quoted, self.quoted(1, '\'', true, "string")?),
            ('"', _) if mysql => (Kind::Quoted, self.quoted(0, '"', true, "string")?),
            ('"', _) => (Kind::Quoted, self.quoted(0, '"', false, "quoted name")?),
            ('`', _) if !postgres => (Kind::Quoted, self.quoted(0, '`', false, "quoted name")?),
            ('[', _) if self.dialect == DialectName::Sqlite => {
                let end = rest.find(']').ok_or_else(|| self.unclosed(self.at, "quoted name"))?;
                (Kind::Quoted, end + 1)
            }
            ('$', _) if postgres => match dollar_tag(rest) {
                Some(tag) => {
                    let end = rest[tag.len()..].find(tag);
                    let end = end.ok_or_else(|| self.unclosed(self.at, "dollar quote"))?;
                    (Kind::Quoted, end + 2 * tag.len())
                }
                None => (Kind::Symbol, 1),
            },
            _ if is_word_part(first) => {
                let word = &rest[..rest.find(|c| !is_word_part(c)).unwrap_or(rest.len())];
                // `END$$`
                let cut = self.delimiter.and_then(|delimiter| word.find(delimiter));
                (Kind::Word, cut.filter(|cut| *cut > 0).unwrap_or(word.len()))
            }
            _ => (Kind::Symbol, first.len_utf8()),
        };
        let token = Token { kind, text: &rest[..length], start: self.at };
        self.at += length;
        Ok(Some(token))
    }

    /// Whether it is MySQL or MariaDB.
    pub(crate) fn is_mysql(&self) -> bool {
        matches!(self.dialect, DialectName::MySql | DialectName::MariaDb)
    }

    /// The length of the rest of the line, without its end.
    pub(crate) fn line(&self) -> usize {
        let rest = &self.sql[self.at..];
        let line = rest.split('\n').next().unwrap_or_default();
        line.strip_suffix('\r').unwrap_or(line).len()
    }

    /// The length of a token whose opening quote is `prefix` bytes in; a doubled quote stands for itself.
    fn quoted(
        &self,
        prefix: usize,
        quote: char,
        backslash: bool,
        what: &'static str,
    ) -> Result<usize, SqlError> {
        let rest = &self.sql[self.at..];
        let mut characters = rest.char_indices().skip(prefix + 1).peekable();
        while let Some((at, character)) = characters.next() {
            if character == '\\' && backslash {
                characters.next();
            } else if character == quote && characters.next_if(|(_, next)| *next == quote).is_none() {
                return Ok(at + 1);
            }
        }
        Err(self.unclosed(self.at, what))
    }

    /// The length of a comment; those of PostgreSQL nest.
    fn block_comment(&self) -> Result<usize, SqlError> {
        let rest = &self.sql[self.at..];
        let unclosed = || self.unclosed(self.at, "comment");
        if self.dialect != DialectName::Postgres {
            return Ok(rest[2..].find("*/").ok_or_else(unclosed)? + 4);
        }
        let (mut at, mut depth) = (2, 1);
        while depth > 0 {
            let next = rest[at..].find(['/', '*']).ok_or_else(unclosed)?;
            at += next;
            at += match &rest[at..] {
                inner if inner.starts_with("/*") => {
                    depth += 1;
                    2
                }
                inner if inner.starts_with("*/") => {
                    depth -= 1;
                    2
                }
                _ => 1,
            };
        }
        Ok(at)
    }

    pub(crate) fn unclosed(&self, start: usize, what: &'static str) -> SqlError {
        let (line, column) = position(self.sql, start);
        SqlError::Unclosed { what, line, column }
    }
}

/// `$tag$` or `$$` at the beginning of a text. `$1` is a parameter.
fn dollar_tag(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('$')?;
    let end = inside.find('$')?;
    let tag = &inside[..end];
    let is_tag =
        tag.chars().all(|c| c != '$' && is_word_part(c)) && !tag.starts_with(|c: char| c.is_ascii_digit());
    is_tag.then(|| &text[..end + 2])
}

/// Every character beyond ASCII may stand in a name.
fn is_word_part(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '$') || !character.is_ascii()
}
