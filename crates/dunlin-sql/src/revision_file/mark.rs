//! Lines that mean something.

use dunlin_core::dialect::DialectName;
use dunlin_core::revision::Direction;

/// A line that means something below the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark<'l> {
    Section(Direction, Option<DialectName>),
    NewTransaction,
    NoTransaction,
    NoForeignKeys,
    Touches(&'l str),
}

pub(super) const NEW_TRANSACTION: &str = "new-transaction";
pub(super) const NO_TRANSACTION: &str = "no-transaction";
pub(super) const NO_FOREIGN_KEYS: &str = "no-foreign-keys";
pub(super) const TOUCHES: &str = "touches";
const WORDS: [&str; 6] = ["upgrade", "downgrade", NEW_TRANSACTION, NO_TRANSACTION, NO_FOREIGN_KEYS, TOUCHES];

impl<'l> Mark<'l> {
    /// Reads a comment line.
    pub(super) fn read(line: &'l str) -> Option<Self> {
        let text = line.strip_prefix("-- ")?.trim_end();
        let direction = |word| match word {
            "upgrade" => Some(Direction::Upgrade),
            "downgrade" => Some(Direction::Downgrade),
            _ => None,
        };
        match text.split_once(':') {
            Some((TOUCHES, tables)) => Some(Self::Touches(tables.trim())),
            Some((word, name)) => {
                let dialect = DialectName::ALL.into_iter().find(|it| it.as_str() == name.trim())?;
                Some(Self::Section(direction(word)?, Some(dialect)))
            }
            None => match text {
                NEW_TRANSACTION => Some(Self::NewTransaction),
                NO_TRANSACTION => Some(Self::NoTransaction),
                NO_FOREIGN_KEYS => Some(Self::NoForeignKeys),
                word => Some(Self::Section(direction(word)?, None)),
            },
        }
    }

    /// Whether it ends the text before it.
    pub(super) fn begins_stage(&self) -> bool {
        matches!(self, Self::Section(..) | Self::NewTransaction)
    }
}

/// The mark that a comment line nearly is, and is not: one word, or a word and a colon. Prose has more.
pub(super) fn nearly(line: &str) -> Option<String> {
    let text = line.trim_start_matches('-').trim();
    let (word, value) = match text.split_once(':') {
        Some((word, value)) => (word.trim_end(), Some(value.trim())),
        None => (text, None),
    };
    let mut parts = word.split_whitespace();
    let first = parts.next()?;
    let rest: Vec<&str> = parts.collect();
    let known = nearest(&first.replace('_', "-"), &WORDS)?;
    let dialect = |name: &str| {
        let name = name.to_lowercase();
        let names = DialectName::ALL.map(DialectName::as_str);
        let alias = match name.as_str() {
            "postgresql" | "pg" | "psql" => Some("postgres"),
            "sqlite3" => Some("sqlite"),
            _ => None,
        };
        alias.or_else(|| nearest(&name, &names)).unwrap_or("postgres")
    };
    let is_section = matches!(known, "upgrade" | "downgrade");
    Some(match (rest.as_slice(), value) {
        ([], None) if known == TOUCHES => format!("-- {TOUCHES}: table"),
        ([], None) => format!("-- {known}"),
        ([], Some(name)) if is_section => format!("-- {known}: {}", dialect(name)),
        ([], Some(tables)) if known == TOUCHES => format!("-- {TOUCHES}: {tables}"),
        ([], Some(_)) => format!("-- {known}"),
        // `-- upgrade mysql`
        ([name], None) if is_section => {
            let close = nearest(&name.to_lowercase(), &DialectName::ALL.map(DialectName::as_str))?;
            format!("-- {known}: {close}")
        }
        _ => return None,
    })
}

/// The known word that a word is, or differs from by no more than two letters (and fewer than half of it).
pub(super) fn nearest(word: &str, known: &[&'static str]) -> Option<&'static str> {
    let word = word.to_lowercase();
    let near = known.iter().map(|known| (distance(&word, known), *known)).min()?;
    (near.0 <= 2 && near.0 * 2 < near.1.len()).then_some(near.1)
}

/// How many letters must be added, left out or changed.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, to) in b.iter().enumerate() {
            let changed = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
