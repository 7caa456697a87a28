//! The text of a trigger behind a new name of a table or column, as far as its tokens tell.
//!
//! A column in it stands behind `new.`, `old.` or its table, in the list of `UPDATE OF` or of `INSERT INTO`,
//! or alone in a statement: it is that statement's then, as a trigger's own row must be named. Where several
//! tables are at hand, nobody but the database knows whose it is.

use super::lexer::{Token, TokenKind, tokens};
use super::rename::written;

/// Only the database knows what becomes of a trigger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unclear;

/// The table of a `CREATE … TRIGGER … ON table …`; of any other statement, none.
///
/// ```
/// use dunlin_engine::sql::trigger::table_of;
///
/// let sql = "CREATE TRIGGER tr AFTER UPDATE OF a ON main.\"T\" BEGIN SELECT 1; END";
/// assert_eq!(table_of(sql).as_deref(), Some("T"));
/// ```
pub fn table_of(sql: &str) -> Option<String> {
    Some(Trigger::read(sql)?.table())
}

/// The text of a trigger when a table has a new name.
///
/// # Errors
/// [`Unclear`].
pub fn rename_table(sql: &str, from: &str, to: &str) -> Result<String, Unclear> {
    let Some(trigger) = Trigger::read(sql) else { return Ok(sql.to_owned()) };
    trigger.replace(from, to, |at| {
        if trigger.is(at + 1, ".") && !trigger.is_behind_dot(at) || trigger.is_table(at) {
            return Ok(true);
        }
        match trigger.qualifier(at) {
            Some(row) if is_row(&row) => Ok(false),
            _ => Err(Unclear),
        }
    })
}

/// The text of a trigger when a column of a table has a new name.
///
/// ```
/// use dunlin_engine::sql::trigger::{Unclear, rename_column};
///
/// let sql = "CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO log (n) VALUES (new.n); END";
/// let renamed = "CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO log (n) VALUES (new.k); END";
/// assert_eq!(rename_column(sql, "t", "n", "k").as_deref(), Ok(renamed));
/// let sql = "CREATE TRIGGER tr AFTER INSERT ON t BEGIN DELETE FROM log WHERE x IN (SELECT n FROM t); END";
/// assert_eq!(rename_column(sql, "t", "n", "k"), Err(Unclear));
/// ```
///
/// # Errors
/// [`Unclear`].
pub fn rename_column(sql: &str, table: &str, from: &str, to: &str) -> Result<String, Unclear> {
    let Some(trigger) = Trigger::read(sql) else { return Ok(sql.to_owned()) };
    let own = trigger.table().eq_ignore_ascii_case(table);
    let is_it = |name: &str| name.eq_ignore_ascii_case(table);
    if !trigger.tokens.iter().any(|token| is_it(&token.value())) {
        return Ok(sql.to_owned());
    }
    trigger.replace(from, to, |at| {
        if trigger.is(at + 1, ".") || trigger.is(at + 1, "(") && !trigger.is_word(at.wrapping_sub(1), "OF") {
            return Ok(false);
        }
        match trigger.qualifier(at) {
            Some(row) if is_row(&row) => Ok(own),
            Some(name) if is_it(&name) => Ok(true),
            Some(name) if trigger.names_table(&name) => Ok(false),
            Some(_) => Err(Unclear),
            None if at < trigger.on => Ok(own),
            None if trigger.is_table(at) => Ok(false),
            None => match trigger.list_of(at) {
                Some(name) => Ok(is_it(&name)),
                None => trigger.statement_is_of(at, table),
            },
        }
    })
}

/// `new` or `old`.
fn is_row(name: &str) -> bool {
    name.eq_ignore_ascii_case("new") || name.eq_ignore_ascii_case("old")
}

struct Trigger<'s> {
    sql: &'s str,
    /// Without comments.
    tokens: Vec<Token<'s>>,
    /// Where its own name is.
    name: usize,
    /// Where ON is.
    on: usize,
}

impl<'s> Trigger<'s> {
    fn read(sql: &'s str) -> Option<Self> {
        let mut tokens = tokens(sql).ok()?;
        tokens.retain(|token| token.kind != TokenKind::Comment);
        let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token: &Token<'_>| token.is_word(word));
        let kind = 1 + usize::from(is(1, "TEMP") || is(1, "TEMPORARY"));
        if !(is(0, "CREATE") && is(kind, "TRIGGER")) {
            return None;
        }
        let name = if is(kind + 1, "IF") { kind + 4 } else { kind + 1 };
        let name = if tokens.get(name + 1)?.is_symbol(".") { name + 2 } else { name };
        let on = name + 1 + tokens.get(name + 1..)?.iter().position(|token| token.is_word("ON"))?;
        tokens.get(on + 1)?;
        Some(Self { sql, tokens, name, on })
    }

    /// The table whose rows it watches.
    fn table(&self) -> String {
        let at = if self.is(self.on + 2, ".") { self.on + 3 } else { self.on + 1 };
        self.tokens.get(at).map(|token| token.value().into_owned()).unwrap_or_default()
    }

    /// The text with `to` in place of each name `from` that is meant; the trigger's own name never is.
    fn replace(
        &self,
        from: &str,
        to: &str,
        is_meant: impl Fn(usize) -> Result<bool, Unclear>,
    ) -> Result<String, Unclear> {
        let mut text = String::with_capacity(self.sql.len());
        let mut copied = 0;
        for (at, token) in self.tokens.iter().enumerate() {
            let is_name = matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier);
            if is_name && at != self.name && token.value().eq_ignore_ascii_case(from) && is_meant(at)? {
                text.push_str(&self.sql[copied..token.start]);
                text.push_str(&written(to));
                copied = token.span().end;
            }
        }
        text.push_str(&self.sql[copied..]);
        Ok(text)
    }

    fn is(&self, at: usize, symbol: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is_symbol(symbol))
    }

    fn is_word(&self, at: usize, word: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is_word(word))
    }

    fn is_behind_dot(&self, at: usize) -> bool {
        at > 0 && self.is(at - 1, ".")
    }

    /// What stands before the dot before a name.
    fn qualifier(&self, at: usize) -> Option<String> {
        let before = at.checked_sub(2).filter(|_| self.is_behind_dot(at))?;
        self.tokens.get(before).map(|token| token.value().into_owned())
    }

    /// Whether a table stands here, with its schema or without.
    fn is_table(&self, at: usize) -> bool {
        let first = if self.is_behind_dot(at) { at.saturating_sub(2) } else { at };
        let Some(before) = first.checked_sub(1) else { return false };
        // `UPDATE OR x` of a statement; the event before ON is none.
        let updates = before > self.on
            && (self.is_word(before, "UPDATE")
                || before >= 2 && self.is_word(before - 1, "OR") && self.is_word(before - 2, "UPDATE"));
        before == self.on || updates || ["FROM", "INTO", "JOIN"].iter().any(|word| self.is_word(before, word))
    }

    fn names_table(&self, name: &str) -> bool {
        let mut all = self.tokens.iter().enumerate();
        all.any(|(at, token)| token.value().eq_ignore_ascii_case(name) && self.is_table(at))
    }

    /// The table whose columns INSERT INTO lists here.
    fn list_of(&self, at: usize) -> Option<String> {
        let open = self.tokens.get(..at)?.iter().rposition(|token| token.is_symbol("("))?;
        let listed = &self.tokens[open + 1..at];
        let is_list = listed.iter().enumerate().all(|(n, token)| token.is_symbol(",") == (n % 2 == 1));
        let table = open.checked_sub(1)?;
        let first = if self.is_behind_dot(table) { table.checked_sub(2)? } else { table };
        let is_inserted = is_list && self.is_word(first.checked_sub(1)?, "INTO");
        is_inserted.then(|| self.tokens[table].value().into_owned())
    }

    /// Whether the statement that a column stands in is one of this table.
    fn statement_is_of(&self, at: usize, table: &str) -> Result<bool, Unclear> {
        let ends = |token: &Token<'_>| token.is_symbol(";");
        let start = self.tokens[..at].iter().rposition(|token| ends(token) || token.is_word("BEGIN"));
        let start = start.map_or(0, |start| start + 1);
        let end = self.tokens[at..].iter().position(ends).map_or(self.tokens.len(), |end| at + end);
        let is_it = |at: usize| self.tokens[at].value().eq_ignore_ascii_case(table);
        let tables: Vec<usize> =
            (start..end).filter(|at| self.is_table(*at) && !self.is(*at + 1, ".")).collect();
        let reads = |at: usize| !self.is_word(at - 1, "INTO") && !self.is_word(at - 1, "UPDATE");
        let joined = tables
            .iter()
            .any(|at| reads(*at) && (1..=3).any(|next| at + next < end && self.is(at + next, ",")));
        match (tables.iter().any(|at| is_it(*at)), tables.iter().all(|at| is_it(*at)) && !joined) {
            (_, true) if !tables.is_empty() => Ok(true),
            (false, _) if !(start..end).any(is_it) => Ok(false),
            _ => Err(Unclear),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trigger(body: &str) -> String {
        format!("CREATE TRIGGER n AFTER UPDATE OF n, m ON t BEGIN {body}; END")
    }

    #[test]
    fn a_column_is_followed_where_it_is_that_of_the_table() {
        for (body, renamed) in [
            ("SELECT old.n, new.\"N\", t.n FROM log", "SELECT old.k, new.k, t.k FROM log"),
            ("UPDATE t SET n = 1 WHERE n = new.n", "UPDATE t SET k = 1 WHERE k = new.k"),
            ("UPDATE log SET n = new.m WHERE log.n = 'n'", "UPDATE log SET n = new.m WHERE log.n = 'n'"),
            ("INSERT INTO t (m, n) SELECT n, n FROM t", "INSERT INTO t (m, k) SELECT k, k FROM t"),
            (
                "INSERT INTO log (n) SELECT new.m; DELETE FROM main.t WHERE n",
                "INSERT INTO log (n) SELECT new.m; DELETE FROM main.t WHERE k",
            ),
            ("SELECT n(new.m) FROM n", "SELECT n(new.m) FROM n"),
        ] {
            let renamed = trigger(renamed).replace("OF n", "OF k");
            assert_eq!(rename_column(&trigger(body), "T", "n", "k"), Ok(renamed), "{body}");
        }
        for body in [
            "SELECT n FROM t, u",
            "SELECT n FROM u, t",
            "SELECT x.n FROM t AS x",
            "DELETE FROM u WHERE n IN (SELECT 1 FROM t)",
        ] {
            assert_eq!(rename_column(&trigger(body), "t", "n", "k"), Err(Unclear), "{body}");
        }
        let elsewhere = trigger("SELECT x.n FROM log AS x");
        assert_eq!(rename_column(&elsewhere, "u", "n", "k"), Ok(elsewhere.clone()));
        let other = trigger("SELECT new.n; DELETE FROM u WHERE n");
        assert_eq!(rename_column(&other, "u", "n", "k"), Ok(other.replace("WHERE n", "WHERE k")));
    }

    #[test]
    fn a_table_is_followed_where_one_stands() {
        let sql = "CREATE TRIGGER t AFTER INSERT ON main.t BEGIN UPDATE OR IGNORE t SET a = t.a + new.t; DELETE FROM \"T\"; END";
        let renamed = "CREATE TRIGGER t AFTER INSERT ON main.\"U\" BEGIN UPDATE OR IGNORE \"U\" SET a = \"U\".a + new.t; DELETE FROM \"U\"; END";
        assert_eq!(rename_table(sql, "t", "U").as_deref(), Ok(renamed));
        assert_eq!(rename_table(&trigger("SELECT a FROM u, t"), "t", "x"), Err(Unclear));
        assert_eq!(
            rename_table("CREATE VIEW v AS SELECT * FROM t", "t", "x").as_deref(),
            Ok("CREATE VIEW v AS SELECT * FROM t")
        );
    }
}
