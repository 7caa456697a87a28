//! Columns in conditions and expressions that are text: whether they are named, and what becomes of
//! them under a new name.

use dunlin_core::dialect::PerDialect;
use dunlin_core::operation::{AlterColumn, TableChange};
use dunlin_core::schema::{IndexKey, Table};

use super::lexer::{Token, TokenKind, tokens};

/// The condition of a check or index of a table, one of whose columns has a new name. A text that cannot
/// be cut into tokens stays as it is.
///
/// ```
/// use dunlin_engine::sql::rename::rename_column;
///
/// assert_eq!(rename_column("a > 0 AND t.\"A\" <> 'a'", "a", "b"), "b > 0 AND t.b <> 'a'");
/// assert_eq!(rename_column("a > 0", "a", "the b"), "\"the b\" > 0");
/// ```
pub fn rename_column(condition: &str, from: &str, to: &str) -> String {
    let to = written(to);
    replace_columns(condition, |name| name.eq_ignore_ascii_case(from).then(|| to.clone()))
}

/// A name, in quotes if it needs them.
pub(super) fn written(name: &str) -> String {
    let plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && !is_keyword(name);
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// The same text with `replacement` in place of each column that it knows, all at once: `a` may become
/// `b` and `b` become `a`. A text that cannot be cut into tokens stays as it is.
///
/// ```
/// use dunlin_engine::sql::rename::replace_columns;
///
/// let swapped = replace_columns("a < b", |name| match name {
///     "a" => Some("b".to_owned()),
///     "b" => Some("a".to_owned()),
///     _ => None,
/// });
/// assert_eq!(swapped, "b < a");
/// ```
pub fn replace_columns(condition: &str, replacement: impl Fn(&str) -> Option<String>) -> String {
    let Ok(tokens) = tokens(condition) else { return condition.to_owned() };
    let mut replaced = String::with_capacity(condition.len());
    let mut copied = 0;
    for token in columns(&tokens) {
        if let Some(text) = replacement(&token.value()) {
            replaced.push_str(&condition[copied..token.start]);
            replaced.push_str(&text);
            copied = token.span().end;
        }
    }
    replaced.push_str(&condition[copied..]);
    replaced
}

/// Whether a condition names a column.
///
/// ```
/// use dunlin_engine::sql::rename::names_column;
///
/// assert!(names_column("lower(t.\"A\") = 'x'", "a"));
/// assert!(!names_column("a(b) = 'a'", "a"));
/// ```
pub fn names_column(condition: &str, column: &str) -> bool {
    let Ok(tokens) = tokens(condition) else { return false };
    columns(&tokens).any(|token| token.value().eq_ignore_ascii_case(column))
}

/// The words of a statement, in quotes or not, that can be names; in small letters.
pub fn names_in(sql: &str) -> Vec<String> {
    let Ok(tokens) = tokens(sql) else {
        let words = sql.split(|c: char| !c.is_alphanumeric() && c != '_');
        return words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    };
    let is_name = |kind| matches!(kind, TokenKind::Word | TokenKind::QuotedIdentifier);
    let names = tokens.iter().filter(|token| is_name(token.kind));
    names.map(|token| token.value().to_lowercase()).collect()
}

/// Everything in a table that is SQL over its columns.
pub fn expressions_mut(table: &mut Table) -> impl Iterator<Item = &mut String> {
    let checks = table.checks.iter_mut().flat_map(|check| check.expression.values_mut());
    let excludes = table.excludes.iter_mut().flat_map(|exclude| {
        exclude.elements.iter_mut().map(|element| &mut element.expression).chain(&mut exclude.predicate)
    });
    let computed = table.columns.iter_mut().filter_map(|column| column.computed.as_mut());
    let computed = computed.flat_map(|computed| computed.expression.values_mut());
    let indexes = table.indexes.iter_mut().flat_map(|index| {
        let elements = index.elements.iter_mut().filter_map(|element| match &mut element.key {
            IndexKey::Expression(sql) => Some(sql),
            IndexKey::Column(_) => None,
        });
        elements.chain(&mut index.predicate).flat_map(PerDialect::values_mut)
    });
    checks.chain(excludes).chain(computed).chain(indexes)
}

/// Lets the expressions of a table follow, if a change gives one of its columns a new name.
pub fn rename_in(table: &mut Table, change: &TableChange) {
    if let TableChange::AlterColumn(AlterColumn { name, rename: Some(to), .. }) = change {
        expressions_mut(table).for_each(|sql| *sql = rename_column(sql, name, to));
    }
}

/// The tokens that name a column: what stands before a bracket is a function, before a dot a table, and
/// a word of the language is a column only in quotes.
fn columns<'t, 's>(tokens: &'t [Token<'s>]) -> impl Iterator<Item = Token<'s>> + 't {
    let said = |token: &&Token<'s>| token.kind != TokenKind::Comment;
    let next = tokens.iter().filter(said).skip(1).map(Some).chain([None]);
    tokens.iter().filter(said).copied().zip(next).filter_map(move |(token, next)| {
        let is_name = match token.kind {
            TokenKind::QuotedIdentifier => true,
            TokenKind::Word => !is_keyword(token.text),
            _ => false,
        };
        let other = next.is_some_and(|next| next.is_symbol("(") || next.is_symbol("."));
        (is_name && !other).then_some(token)
    })
}

/// Words that stand in expressions and are reserved on every database.
pub(crate) fn is_keyword(word: &str) -> bool {
    const WORDS: [&str; 26] = [
        "and", "as", "between", "by", "case", "cast", "collate", "distinct", "else", "end", "exists", "from",
        "in", "is", "like", "not", "null", "or", "order", "select", "then", "using", "when", "where",
        "group", "having",
    ];
    WORDS.iter().any(|known| word.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_column_is_renamed() {
        for (condition, renamed) in [
            ("a", "b"),
            ("[a]=`a`+\"a\"", "b=b+b"),
            ("a(a) > a.a /* a */ AND aa <> 'a' -- a", "a(b) > a.b /* a */ AND aa <> 'a' -- a"),
            ("A IN (a, x'aa')", "b IN (b, x'aa')"),
            ("'unclosed a", "'unclosed a"),
            ("", ""),
        ] {
            assert_eq!(rename_column(condition, "a", "b"), renamed, "{condition}");
        }
        assert_eq!(rename_column("a", "a", "1\"é"), "\"1\"\"é\"");
    }

    #[test]
    fn words_of_the_language_are_columns_in_quotes_only() {
        assert_eq!(rename_column("\"in\" IN (1) AND x IS NULL", "in", "is"), "\"is\" IN (1) AND x IS NULL");
        assert!(!names_column("a IN (1)", "in"));
    }
}
