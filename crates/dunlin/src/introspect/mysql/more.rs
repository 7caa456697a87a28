//! What the catalog does not say in bulk, and few tables have: each kind is asked for only where there is
//! such a table.

use std::collections::{BTreeSet, HashSet};

use dunlin_core::schema::{IndexKind, ReferentialAction, SqlValue, TableName};

use super::super::text;
use super::text::literal;
use super::{Reader, queries, show_create};
use crate::database::Database;
use crate::database::answer::Row;
use crate::error::Error;

pub(super) async fn read(
    database: &mut Database,
    reader: &mut Reader<'_, '_>,
    query: &impl Fn(&str) -> String,
) -> Result<(), Error> {
    if !reader.partitioned.is_empty() {
        let rows = database.answer(&query(queries::PARTITIONS)).await?;
        for rows in rows.chunk_by(|one, next| text(one, 0) == text(next, 0)) {
            let Some(first) = rows.first() else { continue };
            if let Some(place) = reader.place(text(first, 0)) {
                reader.tables[place].options.partition_by = Some(partitions(rows, first).into());
            }
        }
    }
    statements(database, reader).await;
    Ok(())
}

/// The words behind PARTITION BY.
fn partitions(rows: &[Row], first: &Row) -> String {
    let (method, expression) = (text(first, 1), text(first, 2));
    let mut words = format!("{method} ({expression})");
    let count_of_first = rows.iter().filter(|row| text(row, 5) == text(first, 5)).count();
    if !text(first, 3).is_empty() {
        words.push_str(&format!(
            " SUBPARTITION BY {} ({}) SUBPARTITIONS {count_of_first}",
            text(first, 3),
            text(first, 4)
        ));
    }
    let parts: Vec<&Row> =
        rows.chunk_by(|one, next| text(one, 5) == text(next, 5)).filter_map(<[Row]>::first).collect();
    let plain = |(at, row): (usize, &&Row)| text(row, 5) == format!("p{at}") && text(row, 8).is_empty();
    let by_number = method.contains("HASH") || method.contains("KEY");
    if by_number && parts.iter().enumerate().all(plain) {
        words.push_str(&format!(" PARTITIONS {}", parts.len()));
        return words;
    }
    let part = |row: &&Row| {
        let values = match (method, text(row, 7)) {
            _ if by_number => String::new(),
            (method, "MAXVALUE") if method.starts_with("RANGE") => " VALUES LESS THAN MAXVALUE".to_owned(),
            (method, values) if method.starts_with("RANGE") => format!(" VALUES LESS THAN ({values})"),
            (_, values) => format!(" VALUES IN ({values})"),
        };
        let comment = match text(row, 8) {
            "" => String::new(),
            comment => format!(" COMMENT = '{}'", comment.replace('\\', "\\\\").replace('\'', "''")),
        };
        format!("PARTITION `{}`{values}{comment}", text(row, 5).replace('`', "``"))
    };
    let parts: Vec<String> = parts.iter().map(part).collect();
    words.push_str(&format!(" ({})", parts.join(", ")));
    words
}

/// Parsers of full-text indexes; bytes as defaults, which the catalog cuts at the first zero, or prints with a
/// question mark for what is no character; and actions of foreign keys, which MariaDB's catalog shows only to
/// who may write.
async fn statements(database: &mut Database, reader: &mut Reader<'_, '_>) {
    let of_bytes = reader.bytes.iter().map(|(place, _)| place);
    let places = reader.with_parser.iter().chain(&reader.without_rules).chain(of_bytes);
    let places: BTreeSet<usize> = places.copied().collect();
    if places.is_empty() {
        return;
    }
    let names: Vec<TableName> = places.iter().map(|place| reader.tables[*place].name.clone()).collect();
    let statements = show_create::statements(database, &names).await;
    let mut bytes: HashSet<(usize, usize)> = reader.bytes.drain(..).collect();
    for place in places {
        let mariadb = reader.mariadb;
        let table = &mut reader.tables[place];
        let Some(statement) = statements.get(&table.name) else {
            let unseen = table.indexes.iter().filter(|index| index.kind == IndexKind::FullText);
            let unseen = unseen.filter_map(|index| index.name.as_ref());
            let unseen: Vec<String> = unseen.map(|name| format!("the parser of index {name}")).collect();
            unseen.into_iter().for_each(|what| reader.unsaid(place, None, what));
            continue;
        };
        for item in statement.items() {
            if let Some((name, definition)) = show_create::name(item) {
                let name = show_create::text(&name);
                let Some(at) = table.columns.iter().position(|column| column.name == name) else { continue };
                let default = show_create::default(definition).filter(|_| bytes.contains(&(place, at)));
                if let Some(default) = default.and_then(default_bytes) {
                    table.columns[at].server_default = Some(SqlValue::Bytes(default).into());
                    bytes.remove(&(place, at));
                }
            } else if let Some((name, actions)) = show_create::foreign_key(item) {
                let name = show_create::text(&name);
                let key = table.foreign_keys.iter_mut().find(|key| key.name.as_deref() == Some(&name));
                if let Some(key) = key {
                    [key.on_delete, key.on_update] = actions.map(|action| match action {
                        ReferentialAction::Restrict if mariadb => ReferentialAction::NoAction,
                        other => other,
                    });
                }
            } else if let Some(parser) = show_create::parser(item)
                && let Some((name, _)) = show_create::index(item)
            {
                let name = show_create::text(&name);
                let index = table.indexes.iter_mut().find(|index| index.name.as_deref() == Some(&name));
                if let Some(index) = index {
                    index.parser = Some(show_create::text(&parser));
                }
            }
        }
    }
    for (place, column) in bytes {
        let name = reader.tables[place].columns[column].name.clone();
        reader.unsaid(place, Some(&name), format!("DEFAULT of column {name}"));
    }
}

/// `'a\0'`, or `0x6100`.
fn default_bytes(sql: &str) -> Option<Vec<u8>> {
    match sql.strip_prefix("0x") {
        Some(digits) => hexadecimal(digits),
        None => show_create::bytes(&literal(sql)?),
    }
}

fn hexadecimal(digits: &str) -> Option<Vec<u8>> {
    let byte = |at| digits.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    (0..digits.len()).step_by(2).map(byte).collect()
}
