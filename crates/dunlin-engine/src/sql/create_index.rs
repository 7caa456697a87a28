//! Reads the CREATE INDEX text that SQLite keeps of an index.
//!
//! Its pragmas tell the columns, but not the predicate, and of an expression nothing at all.

use super::cursor::{Cursor, is_name};
use super::error::SqlError;

/// What the text of an index says beyond its name and columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqliteIndex {
    /// What stands behind WHERE.
    pub predicate: Option<String>,
    /// What a [`dunlin_core::schema::Index`] has no place for: terms that are no bare column, such as
    /// `lower(a)`, `a DESC` or `a COLLATE NOCASE`. A rebuild would lose it.
    pub lost: Vec<String>,
}

/// Reads the text that SQLite keeps of an index (`sql` of `sqlite_master`), or that created it.
///
/// # Errors
/// The text is not a CREATE INDEX.
///
/// ```
/// use dunlin_engine::sql::create_index::read_sqlite;
///
/// let read = read_sqlite("CREATE INDEX ix ON t (a, b DESC, lower(c)) WHERE a > 0").unwrap();
/// assert_eq!(read.predicate.as_deref(), Some("a > 0"));
/// assert_eq!(read.lost, ["b DESC", "lower(c)"]);
/// ```
pub fn read_sqlite(sql: &str) -> Result<SqliteIndex, SqlError> {
    let mut cursor = Cursor::new(sql)?;
    cursor.expect_words(&["CREATE"])?;
    cursor.skip_words(&["UNIQUE"]);
    cursor.expect_words(&["INDEX"])?;
    cursor.skip_words(&["IF", "NOT", "EXISTS"]);
    cursor.name("the index's name")?;
    if cursor.skip_symbol(".") {
        cursor.name("the index's name")?;
    }
    cursor.expect_words(&["ON"])?;
    cursor.name("the table's name")?;
    cursor.expect_symbol("(")?;
    let mut lost = Vec::new();
    loop {
        let (start, is_column) = (cursor.place(), cursor.peek(0).as_ref().is_some_and(is_name));
        if is_column {
            cursor.skip(1);
            cursor.skip_words(&["ASC"]);
        }
        let bare = is_column && (cursor.at_symbol(",") || cursor.at_symbol(")"));
        while !cursor.at_symbol(",") && !cursor.at_symbol(")") {
            match cursor.at_symbol("(") {
                true => drop(cursor.brackets()?),
                false if cursor.peek(0).is_none() => return Err(cursor.unexpected("`)`")),
                false => cursor.skip(1),
            }
        }
        if !bare {
            lost.push(cursor.text_since(start).to_owned());
        }
        if !cursor.skip_symbol(",") {
            break;
        }
    }
    cursor.expect_symbol(")")?;
    let mut predicate = None;
    if cursor.skip_words(&["WHERE"]) {
        let start = cursor.place();
        while cursor.peek(0).is_some() && !cursor.at_symbol(";") {
            cursor.skip(1);
        }
        predicate = Some(cursor.text_since(start).to_owned());
    }
    cursor.skip_symbol(";");
    cursor.expect_end()?;
    Ok(SqliteIndex { predicate, lost })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(terms: &str) -> (Vec<String>, Option<String>) {
        let read = read_sqlite(&format!("CREATE INDEX ix ON t {terms}")).unwrap();
        (read.lost, read.predicate)
    }

    #[test]
    fn bare_columns_lose_nothing_however_they_are_quoted() {
        for terms in
            ["(a)", "(a ASC, b)", "(\"a, DESC\",[b)],`c`)", "( a /* DESC */ )", "(\"where\", collate1)"]
        {
            assert_eq!(read(terms), (vec![], None), "{terms}");
        }
    }

    #[test]
    fn other_terms_are_said() {
        for (terms, lost) in [
            ("(a DESC)", vec!["a DESC"]),
            ("(a, b COLLATE NOCASE ASC)", vec!["b COLLATE NOCASE ASC"]),
            ("(a + b, max(a, b), (a))", vec!["a + b", "max(a, b)", "(a)"]),
            ("(1)", vec!["1"]),
        ] {
            assert_eq!(read(terms).0, lost, "{terms}");
        }
    }

    #[test]
    fn a_predicate_is_kept_to_the_letter() {
        let kept = |terms: &str| read(terms).1;
        assert_eq!(kept("(a) WHERE a > 0 AND b = 'where ;'").as_deref(), Some("a > 0 AND b = 'where ;'"));
        assert_eq!(
            kept("(\"where\") where (\"x\" IS NOT NULL) -- all\n;").as_deref(),
            Some("(\"x\" IS NOT NULL)")
        );
    }

    #[test]
    fn what_is_no_index_is_refused() {
        for sql in [
            "",
            "CREATE TABLE t (a)",
            "CREATE INDEX ix ON t",
            "CREATE INDEX ix ON t (a",
            "CREATE INDEX ix ON t (a) x",
        ] {
            assert!(read_sqlite(sql).is_err(), "{sql}");
        }
        assert!(read_sqlite("CREATE UNIQUE INDEX IF NOT EXISTS main.ix ON t (a)").is_ok());
    }
}
