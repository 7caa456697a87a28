//! What `SHOW CREATE TABLE` says, clause by clause: for what the catalog does not say, or says to no one
//! without more rights, and for temporary tables, which it does not list.

use std::collections::HashMap;

use dunlin_core::schema::{ReferentialAction, TableName};
use dunlin_engine::dialect::Dialect;

use super::super::action;
use crate::database::Database;

/// How many tables one round trip asks for.
const AT_ONCE: usize = 100;

/// The statement that would create a table, with a character for each byte: MariaDB prints the bytes of a
/// default as they are, which need not be text.
pub(super) struct Statement(String);

impl Statement {
    /// What stands between its brackets, at its commas.
    pub(super) fn items(&self) -> Vec<&str> {
        items(&self.0)
    }
}

/// A piece of a [`Statement`] as bytes.
pub(super) fn bytes(piece: &str) -> Option<Vec<u8>> {
    piece.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect()
}

/// A name in a [`Statement`] as text.
pub(super) fn text(name: &str) -> String {
    let text = bytes(name).and_then(|bytes| String::from_utf8(bytes).ok());
    text.unwrap_or_else(|| name.to_owned())
}

/// The statements that would create tables; of those that the role may not see, none.
pub(super) async fn statements(
    database: &mut Database,
    tables: &[TableName],
) -> HashMap<TableName, Statement> {
    let mut statements = HashMap::new();
    for chunk in tables.chunks(AT_ONCE) {
        if !ask(database, chunk, &mut statements).await && chunk.len() > 1 {
            for table in chunk {
                ask(database, std::slice::from_ref(table), &mut statements).await;
            }
        }
    }
    statements
}

async fn ask(
    database: &mut Database,
    tables: &[TableName],
    statements: &mut HashMap<TableName, Statement>,
) -> bool {
    let dialect = database.dialect();
    let show = |table: &TableName| format!("SHOW CREATE TABLE {}", quoted(dialect, table));
    let sql = tables.iter().map(show).collect::<Vec<_>>().join("; ");
    let Ok(rows) = database.rows_of_bytes(&sql).await else { return false };
    for (table, row) in tables.iter().zip(&rows) {
        if let Some(statement) = row.text(1) {
            statements.insert(table.clone(), Statement(statement.to_owned()));
        }
    }
    true
}

fn quoted(dialect: &dyn Dialect, table: &TableName) -> String {
    match &table.schema {
        Some(schema) => format!("{}.{}", dialect.quote(schema), dialect.quote(&table.name)),
        None => dialect.quote(&table.name),
    }
}

/// What stands between the brackets of a `CREATE TABLE`, at its commas.
pub(super) fn items(statement: &str) -> Vec<&str> {
    let Some(open) = find(statement, |at, _| statement[at..].starts_with('(')) else { return Vec::new() };
    list(&statement[open..]).into_iter().map(str::trim).collect()
}

/// The parts of the list that a text begins with, in brackets, without these.
pub(super) fn list(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut begin = 1;
    for (at, character, depth) in outside_quotes(text) {
        match character {
            ',' if depth == 1 => {
                parts.push(&text[begin..at]);
                begin = at + 1;
            }
            ')' if depth == 0 => {
                parts.push(&text[begin..at]);
                return parts;
            }
            _ => {}
        }
    }
    parts
}

/// The characters of a text that stand outside quotes, with the depth of brackets behind each.
fn outside_quotes(text: &str) -> impl Iterator<Item = (usize, char, usize)> + '_ {
    let mut quote = None;
    let mut escaped = false;
    let mut depth = 0_usize;
    text.char_indices().filter_map(move |(at, character)| {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(open) if character == '\\' && open != '`' => escaped = true,
            Some(open) if character == open => quote = None,
            Some(_) => {}
            None => {
                match character {
                    '\'' | '"' | '`' => quote = Some(character),
                    '(' => depth += 1,
                    ')' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                return Some((at, character, depth));
            }
        }
        None
    })
}

/// The first place outside quotes of which something holds.
fn find(text: &str, is_it: impl Fn(usize, usize) -> bool) -> Option<usize> {
    outside_quotes(text).find(|(at, _, depth)| is_it(*at, *depth)).map(|(at, ..)| at)
}

/// Where a word stands outside quotes and brackets.
fn word(text: &str, word: &str) -> Option<usize> {
    let bounded =
        |at: Option<char>| at.is_none_or(|character| !character.is_alphanumeric() && character != '_');
    find(text, |at, depth| {
        depth == 0
            && text[at..].starts_with(word)
            && bounded(text[..at].chars().next_back())
            && bounded(text[at + word.len()..].chars().next())
    })
}

/// The name in backticks that a text begins with, and the rest.
pub(super) fn name(text: &str) -> Option<(String, &str)> {
    let inside = text.strip_prefix('`')?;
    let mut name = String::new();
    let mut rest = inside;
    loop {
        let at = rest.find('`')?;
        name.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match rest.strip_prefix('`') {
            Some(more) => {
                name.push('`');
                rest = more;
            }
            None => return Some((name, rest)),
        }
    }
}

/// What stands behind DEFAULT in the definition of a column.
pub(super) fn default(definition: &str) -> Option<&str> {
    let rest = &definition[word(definition, "DEFAULT")? + "DEFAULT".len()..];
    let ends =
        ["ON UPDATE", "COMMENT", "CHECK", "INVISIBLE", "WITHOUT SYSTEM", "WITH SYSTEM", "COMPRESSED", "/*!"];
    let end = ends.iter().filter_map(|end| match *end {
        "/*!" => find(rest, |at, depth| depth == 0 && rest[at..].starts_with("/*!")),
        end => word(rest, end),
    });
    Some(rest[..end.min().unwrap_or(rest.len())].trim())
}

/// What a column is computed from.
pub(super) fn computed(definition: &str) -> Option<&str> {
    let rest = &definition[word(definition, "GENERATED ALWAYS AS")? + "GENERATED ALWAYS AS".len()..];
    bracketed(rest)
}

/// What stands in the first brackets of a text.
pub(super) fn bracketed(text: &str) -> Option<&str> {
    let open = find(text, |at, _| text[at..].starts_with('('))?;
    let end = outside_quotes(&text[open..]).find(|(_, character, depth)| *character == ')' && *depth == 0)?.0;
    text.get(open + 1..open + end)
}

/// Checks by name: their conditions.
pub(super) fn check(item: &str) -> Option<(String, &str)> {
    let (name, rest) = name(item.strip_prefix("CONSTRAINT ")?)?;
    bracketed(rest.trim_start().strip_prefix("CHECK")?).map(|condition| (name, condition))
}

/// Indexes by name: their keys.
pub(super) fn index(item: &str) -> Option<(String, Vec<&str>)> {
    let rest = ["KEY ", "UNIQUE KEY ", "FULLTEXT KEY ", "SPATIAL KEY "];
    let rest = rest.iter().find_map(|prefix| item.strip_prefix(prefix))?;
    let (name, rest) = name(rest)?;
    let open = find(rest, |at, _| rest[at..].starts_with('('))?;
    Some((name, list(&rest[open..]).into_iter().map(str::trim).collect()))
}

/// The parser of a full-text index.
pub(super) fn parser(item: &str) -> Option<String> {
    let rest = &item[find(item, |at, _| item[at..].starts_with("WITH PARSER "))? + "WITH PARSER ".len()..];
    name(rest.trim_start()).map(|(name, _)| name)
}

/// Foreign keys by name: what a DELETE and an UPDATE do.
pub(super) fn foreign_key(item: &str) -> Option<(String, [ReferentialAction; 2])> {
    let (name, rest) = name(item.strip_prefix("CONSTRAINT ")?)?;
    rest.trim_start().strip_prefix("FOREIGN KEY")?;
    let action_of = |event: &str| {
        let words = word(rest, event).map(|at| rest[at + event.len()..].trim_start());
        let known = ["CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION"];
        let found = words.and_then(|words| known.into_iter().find(|known| words.starts_with(known)));
        found.map(action).unwrap_or_default()
    };
    Some((name, [action_of("ON DELETE"), action_of("ON UPDATE")]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATEMENT: &str = "CREATE TABLE `t``1` (\n  `a,b` int DEFAULT '5' COMMENT 'it''s (a, DEFAULT',\n  \
        `d` varchar(30) DEFAULT (concat(_utf8mb4'a,)',_utf8mb4'b\\'c')) /*!80023 INVISIBLE */,\n  \
        `c` datetime DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,\n  \
        `g` int GENERATED ALWAYS AS ((`a,b` * 2)) STORED,\n  PRIMARY KEY (`a,b`),\n  \
        KEY `i` (`a,b` DESC,(lower(`d`))),\n  FULLTEXT KEY `f` (`d`) /*!50100 WITH PARSER `ngram` */ ,\n  \
        CONSTRAINT `ck` CHECK ((`a,b` > 0)),\n  \
        CONSTRAINT `fk` FOREIGN KEY (`a,b`) REFERENCES `u` (`id`) ON DELETE CASCADE ON UPDATE SET NULL\n) ENGINE=InnoDB";

    #[test]
    fn a_statement_is_taken_apart() {
        let items = items(STATEMENT);
        assert_eq!(items.len(), 9, "{items:?}");
        let (first, rest) = name(items[0]).unwrap();
        assert_eq!((first.as_str(), default(rest)), ("a,b", Some("'5'")));
        assert_eq!(default(items[1]), Some("(concat(_utf8mb4'a,)',_utf8mb4'b\\'c'))"));
        assert_eq!(default(items[2]), Some("CURRENT_TIMESTAMP"));
        assert_eq!(default(items[3]), None);
        assert_eq!(computed(items[3]), Some("(`a,b` * 2)"));
        assert_eq!(index(items[5]), Some(("i".to_owned(), vec!["`a,b` DESC", "(lower(`d`))"])));
        assert_eq!(parser(items[6]).as_deref(), Some("ngram"));
        assert_eq!(check(items[7]), Some(("ck".to_owned(), "(`a,b` > 0)")));
        let actions = [ReferentialAction::Cascade, ReferentialAction::SetNull];
        assert_eq!(foreign_key(items[8]), Some(("fk".to_owned(), actions)));
        assert_eq!(check(items[8]), None);
    }
}
