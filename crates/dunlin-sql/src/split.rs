//! SQL text cut into statements, as the databases' own clients cut it.
//!
//! A statement ends at a semicolon that stands in no quotes, no comment and no body:
//!
//! - PostgreSQL: not in dollar quotes, not in brackets, and not between `BEGIN` and `END` of a function's or
//!   procedure's body (as psql has it);
//! - MySQL and MariaDB: not between `BEGIN`, `CASE`, `IF`, `LOOP`, `REPEAT`, `WHILE` and their `END` in what
//!   creates a procedure, function, trigger or event, or behind `BEGIN NOT ATOMIC`. Their clients cut there,
//!   and have the line `DELIMITER //` against it, which is understood too: up to the next such line,
//!   statements end at that delimiter only;
//! - SQLite: a trigger ends at `; END;`.
//!
//! Comments before a statement and in it belong to its text; what is nothing but comments is no statement.

pub(crate) mod scan;

use dunlin_core::dialect::DialectName;

use super::error::{SqlError, position};
pub(crate) use scan::Scanner;
use scan::{Kind, Token};

/// A statement of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement<'s> {
    /// Its text, without the semicolon.
    pub sql: &'s str,
    /// The line of the text that it begins in, from 1 on; comments before it count.
    pub line: usize,
}

/// The statements of a text.
///
/// ```
/// use dunlin_core::dialect::DialectName;
/// use dunlin_sql::split::split;
///
/// let sql = "SELECT ';'; DO $$ BEGIN PERFORM 1; END $$;\n\nDROP TABLE t -- why; not";
/// let statements = split(DialectName::Postgres, sql).unwrap();
/// assert_eq!(statements.len(), 3);
/// assert_eq!((statements[2].sql, statements[2].line), ("DROP TABLE t -- why; not", 3));
/// ```
///
/// # Errors
/// [`SqlError::Unclosed`]: a quote, comment, bracket or body; [`SqlError::Unexpected`]: `DELIMITER` with nothing
/// behind it.
pub fn split(dialect: DialectName, sql: &str) -> Result<Vec<Statement<'_>>, SqlError> {
    Ok(scan(dialect, sql, &|_| false)?.statements)
}

/// Writes a statement so that [`split`], and the database's own client, find it again: with a semicolon, or
/// between lines `DELIMITER` where a client of MySQL would cut it.
pub fn terminated(dialect: DialectName, sql: &str) -> String {
    let mut scanner = Scanner::new(dialect, sql);
    let (mut inner, mut last) = (false, Kind::Symbol);
    // What is never closed is cut nowhere.
    while let Ok(Some(token)) = scanner.next() {
        inner |= token.is_symbol(";");
        last = token.kind;
    }
    if inner && scanner.is_mysql() {
        let mut delimiter = "//".to_owned();
        while sql.contains(&delimiter) {
            delimiter.push('/');
        }
        return format!("DELIMITER {delimiter}\n{sql}\n{delimiter}\nDELIMITER ;\n");
    }
    // A comment at its end must not swallow the semicolon.
    format!("{sql}{};\n", if last == Kind::LineComment { "\n" } else { "" })
}

/// A comment that begins with a line, and ends with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CommentLine<'s> {
    pub(super) text: &'s str,
    pub(super) start: usize,
    /// Whether a statement has begun before it, and not ended.
    pub(super) in_statement: bool,
}

/// What a text is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scan<'s> {
    pub(super) statements: Vec<Statement<'s>>,
    /// The lines that are comments and begin with `--`, but for those that ended the scan.
    pub(super) comments: Vec<CommentLine<'s>>,
    /// How much of the text was read.
    pub(super) end: usize,
}

/// The statements and comment lines of a text, up to a comment line that `stops`.
///
/// # Errors
/// Those of [`split`].
pub(super) fn scan<'s>(
    dialect: DialectName,
    sql: &'s str,
    stops: &dyn Fn(&str) -> bool,
) -> Result<Scan<'s>, SqlError> {
    let mut scanner = Scanner::new(dialect, sql);
    let mut found = Scan { statements: Vec::new(), comments: Vec::new(), end: sql.len() };
    let mut current = Current::default();
    let mut counted = (0, 1);
    let mut finish = |current: &mut Current<'s>, statements: &mut Vec<Statement<'s>>| {
        let current = std::mem::take(current);
        if let (Some(start), false) = (current.start, current.words.is_empty()) {
            counted.1 += sql[counted.0..start].matches('\n').count();
            counted.0 = start;
            statements.push(Statement { sql: &sql[start..current.end], line: counted.1 });
        }
    };
    loop {
        scanner.skip_blanks();
        if scanner.is_mysql()
            && current.words.is_empty()
            && let Some(line) = delimiter_line(&sql[scanner.at..scanner.at + scanner.line()])
        {
            let (line_number, column) = position(sql, scanner.at);
            let unexpected = || SqlError::Unexpected {
                expected: "a delimiter".to_owned(),
                found: "the end of the line".to_owned(),
                line: line_number,
                column,
            };
            let new = line.split_whitespace().next().ok_or_else(unexpected)?;
            scanner.delimiter = (new != ";").then_some(new);
            scanner.at += scanner.line();
            current = Current::default();
            continue;
        }
        if scanner.skip_delimiter() {
            finish(&mut current, &mut found.statements);
            continue;
        }
        let Some(token) = scanner.next()? else { break };
        if token.kind == Kind::LineComment {
            let begins_line = token.start == 0 || sql[..token.start].ends_with('\n');
            if begins_line && token.text.starts_with("--") {
                if stops(token.text) {
                    found.end = token.start;
                    break;
                }
                let in_statement = !current.words.is_empty();
                found.comments.push(CommentLine { text: token.text, start: token.start, in_statement });
            }
        }
        let ends = scanner.delimiter.is_none() && !scanner.in_run_comment() && token.is_symbol(";");
        if ends && current.may_end(dialect) {
            finish(&mut current, &mut found.statements);
        } else {
            current.push(dialect, token, sql);
        }
    }
    if let Some((start, what)) = current.left_open() {
        return Err(scanner.unclosed(start, what));
    }
    finish(&mut current, &mut found.statements);
    Ok(found)
}

/// What stands behind `DELIMITER` in a line of MySQL's client.
fn delimiter_line(line: &str) -> Option<&str> {
    const WORD: &str = "DELIMITER";
    let is_it = line.get(..WORD.len())?.eq_ignore_ascii_case(WORD);
    let rest = &line[WORD.len()..];
    (is_it && (rest.is_empty() || rest.starts_with([' ', '\t']))).then_some(rest)
}

/// The statement that is being read.
#[derive(Default)]
struct Current<'s> {
    start: Option<usize>,
    end: usize,
    /// Its tokens, without comments. Only the first and the last few are looked at.
    words: Vec<Token<'s>>,
    /// What is open, with the place where it was opened.
    opened: Vec<(usize, &'static str)>,
    body: Option<Body>,
}

/// What a statement's semicolons may belong to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Body {
    /// Blocks between words and END.
    Blocks,
    /// A trigger of SQLite: up to `; END;`.
    Trigger,
    /// None.
    None,
}

impl<'s> Current<'s> {
    fn push(&mut self, dialect: DialectName, token: Token<'s>, sql: &'s str) {
        self.start.get_or_insert(token.start);
        self.end = token.end();
        if token.is_comment() {
            return;
        }
        let is_behind_dot = self.words.last().is_some_and(|last| last.is_symbol("."));
        self.words.push(token);
        // No bracket counts within a block: where the innermost is a bracket, all are.
        let in_brackets = self.opened.last().is_none_or(|(_, what)| *what == "bracket");
        if dialect == DialectName::Postgres && in_brackets {
            if token.is_symbol("(") {
                self.opened.push((token.start, "bracket"));
            } else if token.is_symbol(")") {
                self.opened.pop();
            }
        }
        if token.kind == Kind::Word && !is_behind_dot && self.body(dialect) == Body::Blocks {
            self.count(dialect, token, sql);
        }
    }

    /// What the text ends in the middle of.
    fn left_open(&self) -> Option<(usize, &'static str)> {
        let is_cut =
            self.body == Some(Body::Trigger) && !self.words.last().is_some_and(|last| last.is_word("END"));
        let trigger = self.start.filter(|_| is_cut).map(|start| (start, "trigger"));
        self.opened.first().copied().or(trigger)
    }

    fn may_end(&mut self, dialect: DialectName) -> bool {
        match self.body(dialect) {
            Body::Trigger => match self.words.as_slice() {
                [.., before, end] => before.is_symbol(";") && end.is_word("END"),
                _ => false,
            },
            _ => self.opened.is_empty(),
        }
    }

    /// What the statement's semicolons may belong to, as its first words tell.
    fn body(&mut self, dialect: DialectName) -> Body {
        if let Some(body) = self.body {
            return body;
        }
        let words: Vec<&Token<'_>> = self.words.iter().filter(|token| token.kind != Kind::Symbol).collect();
        let is = |at: usize, word: &str| words.get(at).is_some_and(|token| token.is_word(word));
        let any = |at: usize, kinds: &[&str]| kinds.iter().any(|kind| is(at, kind));
        let body = match dialect {
            DialectName::Sqlite => {
                let at = usize::from(is(0, "EXPLAIN"));
                let at = at + if is(at, "QUERY") { 2 } else { 0 };
                let kind = at + 1 + usize::from(any(at + 1, &["TEMP", "TEMPORARY"]));
                let known = is(at, "CREATE") && is(kind, "TRIGGER");
                known.then_some(Body::Trigger).or((words.len() > kind).then_some(Body::None))
            }
            DialectName::Postgres => {
                let kind = if is(1, "OR") { 3 } else { 1 };
                let known = is(0, "CREATE") && any(kind, &["FUNCTION", "PROCEDURE"]);
                known.then_some(Body::Blocks).or((words.len() > kind).then_some(Body::None))
            }
            DialectName::MySql | DialectName::MariaDb => {
                let known = is(0, "CREATE")
                    && self.words.last().is_some_and(|last| {
                        ["PROCEDURE", "FUNCTION", "TRIGGER", "EVENT", "PACKAGE"]
                            .iter()
                            .any(|kind| last.is_word(kind))
                    });
                let block = is(0, "BEGIN") && is(1, "NOT") && is(2, "ATOMIC");
                // What stands behind these words is not the beginning any more.
                let other = |token: &&&Token<'_>| {
                    ["TABLE", "VIEW", "INDEX", "DATABASE", "SCHEMA", "SEQUENCE", "USER", "AS"]
                        .iter()
                        .any(|word| token.is_word(word))
                };
                let none = !any(0, &["CREATE", "BEGIN"]) || words.iter().any(|token| other(&token));
                (known || block).then_some(Body::Blocks).or(none.then_some(Body::None))
            }
        };
        if body == Some(Body::Blocks) && is(0, "BEGIN") {
            self.opened.push((self.words.first().map_or(0, |first| first.start), "BEGIN"));
        }
        self.body = body;
        body.unwrap_or(Body::None)
    }

    /// Opens or closes blocks.
    fn count(&mut self, dialect: DialectName, token: Token<'s>, sql: &'s str) {
        let before = self.words.len().checked_sub(2).map(|at| self.words[at]);
        let behind_end = before.is_some_and(|before| before.is_word("END"));
        let inside = !self.opened.is_empty();
        let opens = |what| (token.start, what);
        if token.is_word("END") {
            self.opened.pop_if(|(_, what)| *what != "bracket");
        } else if behind_end && !token.is_word("BEGIN") {
            // The word that says what ends.
        } else if token.is_word("BEGIN") {
            self.opened.push(opens("BEGIN"));
        } else if token.is_word("CASE") && (inside || dialect != DialectName::Postgres) {
            self.opened.push(opens("CASE"));
        } else if dialect == DialectName::Postgres {
            // Bodies in SQL have no other blocks.
        } else if token.is_word("LOOP") {
            self.opened.push(opens("LOOP"));
        } else if token.is_word("WHILE") {
            self.opened.push(opens("WHILE"));
        } else if token.is_word("REPEAT") && !sql[token.end()..].trim_start().starts_with('(') {
            self.opened.push(opens("REPEAT"));
        } else if token.is_word("IF")
            && begins_statement(before)
            && is_if_statement(dialect, &sql[token.end()..])
        {
            self.opened.push(opens("IF"));
        } else if token.is_word("FOR") && is_for_loop(dialect, &sql[token.end()..]) {
            self.opened.push(opens("FOR"));
        }
    }
}

/// Whether a statement may begin behind a token: else IF is a function.
fn begins_statement(before: Option<Token<'_>>) -> bool {
    before.is_none_or(|before| match before.kind {
        Kind::Symbol => [";", ":", ")"].contains(&before.text),
        _ => !["IF", "ELSEIF", "AND", "OR", "XOR", "NOT", "WHEN", "WHILE"]
            .iter()
            .any(|word| before.is_word(word)),
    })
}

/// Whether THEN comes before the statement ends: else it is a function, or `IF EXISTS`.
fn is_if_statement(dialect: DialectName, rest: &str) -> bool {
    let mut scanner = Scanner::new(dialect, rest);
    let mut cases = 0_usize;
    while let Ok(Some(token)) = scanner.next() {
        match token {
            _ if token.is_word("CASE") => cases += 1,
            _ if token.is_word("END") => match cases.checked_sub(1) {
                Some(outer) => cases = outer,
                None => return false,
            },
            _ if token.is_word("THEN") && cases == 0 => return true,
            _ if token.is_symbol(";") => return false,
            _ => {}
        }
    }
    false
}

/// Whether `FOR name IN … DO` of MariaDB begins: not `FOR EACH ROW`, nor a handler's or a cursor's.
fn is_for_loop(dialect: DialectName, rest: &str) -> bool {
    let mut scanner = Scanner::new(dialect, rest);
    let is_name =
        matches!(scanner.next(), Ok(Some(token)) if matches!(token.kind, Kind::Word | Kind::Quoted));
    is_name && matches!(scanner.next(), Ok(Some(token)) if token.is_word("IN"))
}

#[cfg(test)]
mod tests;
