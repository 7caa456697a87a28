//! Reads the CREATE VIEW text that SQLite keeps of a view.

use super::cursor::Cursor;
use dunlin_sql::SqlError;

/// The query of a view, to the letter, from the text that SQLite keeps of it (`sql` of `sqlite_master`).
/// A view that names its columns (`CREATE VIEW v(a) AS …`) is a query that names them.
///
/// # Errors
/// The text is not a CREATE VIEW.
///
/// ```
/// use dunlin_engine::sql::create_view::read_sqlite;
///
/// let query = read_sqlite("CREATE VIEW main.v AS SELECT a FROM t -- all")?;
/// assert_eq!(query, "SELECT a FROM t -- all");
/// let query = read_sqlite("CREATE VIEW v(b) AS SELECT a FROM t")?;
/// assert_eq!(query, "WITH \"v\"(\"b\") AS (SELECT a FROM t) SELECT * FROM \"v\"");
/// # Ok::<(), dunlin_engine::sql::SqlError>(())
/// ```
pub fn read_sqlite(sql: &str) -> Result<String, SqlError> {
    let mut cursor = Cursor::new(sql)?;
    cursor.expect_words(&["CREATE"])?;
    let _temporary = cursor.skip_words(&["TEMP"]) || cursor.skip_words(&["TEMPORARY"]);
    cursor.expect_words(&["VIEW"])?;
    cursor.skip_words(&["IF", "NOT", "EXISTS"]);
    let mut name = cursor.name("the view's name")?;
    if cursor.skip_symbol(".") {
        name = cursor.name("the view's name")?;
    }
    let named = cursor.at_symbol("(");
    let columns = if named { cursor.names_in_brackets("a column's name")? } else { Vec::new() };
    cursor.expect_words(&["AS"])?;
    if cursor.peek(0).is_none() {
        return Err(cursor.unexpected("a query"));
    }
    let query = cursor.text(cursor.place()..sql.len()).trim_end().trim_end_matches(';').trim_end();
    if columns.is_empty() {
        return Ok(query.to_owned());
    }
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let columns: Vec<_> = columns.iter().map(|column| quoted(column)).collect();
    let name = quoted(&name);
    // A comment at its end must not swallow the bracket.
    let end = if query.lines().next_back().is_some_and(|line| line.contains("--")) { "\n" } else { "" };
    Ok(format!("WITH {name}({}) AS ({query}{end}) SELECT * FROM {name}", columns.join(", ")))
}
