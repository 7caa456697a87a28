//! The names that PostgreSQL gives to what nobody named.

use dunlin_core::schema::{Constraint, Table, TableName};

use crate::sql::rename::names_column;

/// The longest name: NAMEDATALEN without its closing zero.
const LONGEST: usize = 63;

/// The name of a constraint of `table` that nobody named. One that would have the name of another gets a
/// number. Source of the rule: `ChooseConstraintName`, `ChooseIndexName`.
pub(super) fn of_unnamed(table: &TableName, known: Option<&Table>, constraint: &Constraint) -> String {
    let before = known.into_iter().flat_map(Table::constraints);
    let before = before.take_while(|other| other != constraint);
    let name = |constraint: &Constraint, number: usize| {
        let (columns, label) = parts(known, constraint);
        let number = if number == 0 { String::new() } else { number.to_string() };
        server_name(&table.name, columns.as_deref(), &format!("{label}{number}"))
    };
    let bare = name(constraint, 0);
    let alike = before.filter(|other| match other.name() {
        Some(taken) => *taken == bare,
        None => name(other, 0) == bare,
    });
    name(constraint, alike.count())
}

/// What stands between the table and the label in the name of a constraint, and the label.
fn parts(known: Option<&Table>, constraint: &Constraint) -> (Option<String>, &'static str) {
    let joined = |columns: &[String]| Some(columns.join("_"));
    match constraint {
        Constraint::PrimaryKey(_) => (None, "pkey"),
        Constraint::Unique(unique) => (joined(&[unique.columns.as_slice(), &unique.include].concat()), "key"),
        Constraint::ForeignKey(key) => (joined(&key.columns), "fkey"),
        Constraint::Check(check) => {
            let columns = known.map(|known| known.columns.as_slice()).unwrap_or_default();
            let sql: Vec<&String> = check.expression.values().collect();
            let is_named = |name: &String| sql.iter().any(|sql| names_column(sql, name));
            let mut named = columns.iter().map(|column| &column.name).filter(|name| is_named(name));
            (named.next().filter(|_| named.next().is_none()).cloned(), "check")
        }
        Constraint::Exclude(exclude) => {
            let column = |sql: &str| {
                let name = sql.split_whitespace().next().unwrap_or_default().trim_matches('"').to_owned();
                let is_column = known.is_some_and(|known| known.column(&name).is_some());
                if is_column { name } else { "expr".to_owned() }
            };
            let columns: Vec<String> =
                exclude.elements.iter().map(|element| column(&element.expression)).collect();
            (joined(&columns), "excl")
        }
        _ => (None, "constraint"),
    }
}

/// The name that PostgreSQL gives to what nobody named: `table_column_label`, the longer part cut until
/// all fits. Source of the rule: `makeObjectName`.
pub(super) fn server_name(table: &str, column: Option<&str>, label: &str) -> String {
    let room = LONGEST - label.len() - 1 - usize::from(column.is_some());
    let (mut first, mut second) = (table.len(), column.map_or(0, str::len));
    while first + second > room {
        if first > second { first -= 1 } else { second -= 1 }
    }
    let table = cut(table, first);
    match column {
        Some(column) => format!("{table}_{}_{label}", cut(column, second)),
        None => format!("{table}_{label}"),
    }
}

/// At most so many bytes, and no part of a character.
fn cut(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
