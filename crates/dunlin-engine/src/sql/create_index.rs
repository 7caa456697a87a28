//! Reads the CREATE INDEX text that SQLite keeps of an index.
//!
//! Its pragmas tell the columns, but not the predicate, and of an expression nothing at all.

use dunlin_core::dialect::DialectName;
use dunlin_core::schema::{Index, IndexElement};

use super::cursor::{Cursor, is_name};
use super::lexer::{Token, TokenKind};
use dunlin_sql::SqlError;

/// Reads the text that SQLite keeps of an index (`sql` of `sqlite_master`), or that created it. Nothing
/// of it is lost but comments: what is no bare column is kept as an expression, to the letter.
///
/// # Errors
/// The text is not a CREATE INDEX.
///
/// ```
/// use dunlin_core::dialect::DialectName;
/// use dunlin_core::schema::{Index, IndexElement};
/// use dunlin_engine::sql::create_index::read_sqlite;
///
/// let read = read_sqlite("CREATE INDEX ix ON t (a, b COLLATE NOCASE DESC, lower(c)) WHERE a > 0").unwrap();
/// let elements = [
///     IndexElement::column_named("a"),
///     IndexElement::column_named("b").collate("NOCASE").descending(),
///     IndexElement::expression("lower(c)"),
/// ];
/// assert_eq!(read, Index::new("ix", elements).predicate_on(DialectName::Sqlite, "a > 0"));
/// ```
pub fn read_sqlite(sql: &str) -> Result<Index, SqlError> {
    let mut cursor = Cursor::new(sql)?;
    cursor.expect_words(&["CREATE"])?;
    let unique = cursor.skip_words(&["UNIQUE"]);
    cursor.expect_words(&["INDEX"])?;
    cursor.skip_words(&["IF", "NOT", "EXISTS"]);
    let mut name = cursor.name("the index's name")?;
    if cursor.skip_symbol(".") {
        name = cursor.name("the index's name")?;
    }
    cursor.expect_words(&["ON"])?;
    cursor.name("the table's name")?;
    cursor.expect_symbol("(")?;
    let mut elements = Vec::new();
    loop {
        elements.push(element(&mut cursor)?);
        if !cursor.skip_symbol(",") {
            break;
        }
    }
    cursor.expect_symbol(")")?;
    let mut index = Index::new(name, elements);
    index.unique = unique;
    if cursor.skip_words(&["WHERE"]) {
        let start = cursor.place();
        while cursor.peek(0).is_some() && !cursor.at_symbol(";") {
            cursor.skip(1);
        }
        index = index.predicate_on(DialectName::Sqlite, cursor.text_since(start));
    }
    cursor.skip_symbol(";");
    cursor.expect_end()?;
    Ok(index)
}

/// `term [COLLATE name] [ASC | DESC]`.
fn element(cursor: &mut Cursor<'_>) -> Result<IndexElement, SqlError> {
    let tokens = cursor.up_to_comma()?;
    let mut term = tokens.as_slice();
    let mut descending = false;
    if let [rest @ .., order] = term
        && !rest.is_empty()
        && (order.is_word("ASC") || order.is_word("DESC"))
    {
        descending = order.is_word("DESC");
        term = rest;
    }
    // Behind an operator, a collation belongs to the last operand only.
    let mut collation = None;
    if let [rest @ .., word, name] = term
        && word.is_word("COLLATE")
        && is_operand(rest)
    {
        collation = Some(name.value().into_owned());
        term = rest;
    }
    while let Some(inside) = in_brackets(term) {
        term = inside;
    }
    let mut element = match term {
        [column] if is_name(column) => IndexElement::column_named(column.value()),
        [from, .., to] => IndexElement::expression(cursor.text(from.start..to.span().end)),
        [only] => IndexElement::expression(only.text),
        [] => return Err(cursor.unexpected("what is indexed")),
    };
    element.descending = descending;
    element.collation = collation;
    Ok(element)
}

/// Whether it is one name, something in brackets, or a function of something.
fn is_operand(term: &[Token<'_>]) -> bool {
    match term {
        [name] => is_name(name),
        [name, rest @ ..] if is_name(name) => in_brackets(rest).is_some(),
        all => in_brackets(all).is_some(),
    }
}

/// What stands between a bracket and the one that closes it, if that is all.
fn in_brackets<'t, 's>(term: &'t [Token<'s>]) -> Option<&'t [Token<'s>]> {
    let [first, inside @ .., last] = term else { return None };
    let mut depth = 0_i32;
    let closed_early = inside.iter().any(|token| {
        match (token.kind, token.text) {
            (TokenKind::Symbol, "(") => depth += 1,
            (TokenKind::Symbol, ")") => depth -= 1,
            _ => {}
        }
        depth < 0
    });
    (first.is_symbol("(") && last.is_symbol(")") && !closed_early && !inside.is_empty()).then_some(inside)
}

#[cfg(test)]
mod tests {
    use dunlin_core::schema::IndexKey;

    use super::*;

    fn read(terms: &str) -> Index {
        read_sqlite(&format!("CREATE INDEX ix ON t {terms}")).unwrap()
    }

    /// Each element in a line: `a`, `(a + b)`, with COLLATE and DESC behind it.
    fn shown(terms: &str) -> Vec<String> {
        let element = |element: &IndexElement| {
            let key = match &element.key {
                IndexKey::Column(name) => name.clone(),
                IndexKey::Expression(sql) => format!("({})", sql.get(DialectName::Sqlite).unwrap()),
            };
            let collation = element.collation.iter().map(|name| format!(" COLLATE {name}"));
            let descending = element.descending.then(|| " DESC".to_owned());
            [key].into_iter().chain(collation).chain(descending).collect()
        };
        read(terms).elements.iter().map(element).collect()
    }

    #[test]
    fn columns_are_read_however_they_are_quoted() {
        for (terms, columns) in [
            ("(a)", vec!["a"]),
            ("(a ASC, b)", vec!["a", "b"]),
            ("(\"a, DESC\",[b)],`c`)", vec!["a, DESC", "b)", "c"]),
            ("( a /* DESC */ )", vec!["a"]),
            ("(\"where\", collate1, \"desc\")", vec!["where", "collate1", "desc"]),
            ("((a), ((b)) desc)", vec!["a", "b DESC"]),
        ] {
            assert_eq!(shown(terms), columns, "{terms}");
        }
    }

    #[test]
    fn orders_collations_and_expressions_are_read() {
        for (terms, elements) in [
            ("(a DESC)", vec!["a DESC"]),
            (
                "(a, b COLLATE NOCASE ASC, c collate \"x y\" desc)",
                vec!["a", "b COLLATE NOCASE", "c COLLATE x y DESC"],
            ),
            (
                "(a + b, max(a, b), (a || b) COLLATE NOCASE)",
                vec!["(a + b)", "(max(a, b))", "(a || b) COLLATE NOCASE"],
            ),
            ("(lower(a) COLLATE RTRIM desc)", vec!["(lower(a)) COLLATE RTRIM DESC"]),
            ("((a) + (b))", vec!["((a) + (b))"]),
            ("(a || b COLLATE NOCASE)", vec!["(a || b COLLATE NOCASE)"]),
            ("((a COLLATE NOCASE))", vec!["(a COLLATE NOCASE)"]),
            ("(1)", vec!["(1)"]),
            ("('a' || \")\" /* , */ || x)", vec!["('a' || \")\" /* , */ || x)"]),
        ] {
            assert_eq!(shown(terms), elements, "{terms}");
        }
    }

    #[test]
    fn a_predicate_is_kept_to_the_letter() {
        let kept = |terms: &str| read(terms).predicate.and_then(|sql| sql.get(DialectName::Sqlite).cloned());
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
            "CREATE INDEX ix ON t (a,)",
            "CREATE INDEX ix ON t ()",
            "CREATE INDEX ix ON t (a) x",
        ] {
            assert!(read_sqlite(sql).is_err(), "{sql}");
        }
        let index = read_sqlite("CREATE UNIQUE INDEX IF NOT EXISTS main.ix ON t (a)").unwrap();
        assert_eq!(index, Index::new("ix", ["a"]).unique());
    }
}
