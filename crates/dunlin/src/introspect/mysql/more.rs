//! What the catalog does not say in bulk, and few tables have: each kind is asked for only where there is
//! such a table.

use dunlin_core::schema::{IndexKind, SqlValue, TableName};
use dunlin_core::session::Row;

use super::super::text;
use super::{Reader, queries, show_create};
use crate::database::Database;
use crate::error::Error;

pub(super) async fn read(
    database: &mut Database,
    reader: &mut Reader<'_, '_>,
    query: &impl Fn(&str) -> String,
) -> Result<(), Error> {
    if !reader.partitioned.is_empty() {
        let rows = database.rows(&query(queries::PARTITIONS)).await?;
        for rows in rows.chunk_by(|one, next| text(one, 0) == text(next, 0)) {
            let Some(first) = rows.first() else { continue };
            if let Some(place) = reader.place(text(first, 0)) {
                reader.tables[place].options.partition_by = Some(partitions(rows, first).into());
            }
        }
    }
    default_bytes(database, reader).await;
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

/// The catalog cuts such a default at its first zero byte, or prints a question mark for what is no
/// character. A row of nothing has the defaults of its table.
async fn default_bytes(database: &mut Database, reader: &mut Reader<'_, '_>) {
    if reader.bytes.is_empty() {
        return;
    }
    let dialect = database.dialect();
    let asked = |(at, (place, column)): (usize, &(usize, usize))| {
        let table = &reader.tables[*place];
        let column = dialect.quote(&table.columns[*column].name);
        let name = match &table.name.schema {
            Some(schema) => format!("{}.{}", dialect.quote(schema), dialect.quote(&table.name.name)),
            None => dialect.quote(&table.name.name),
        };
        format!(
            "SELECT {at}, HEX(DEFAULT(t.{column})) FROM (SELECT 1 AS one) AS nothing LEFT JOIN {name} AS t ON FALSE"
        )
    };
    let all: Vec<String> = reader.bytes.iter().enumerate().map(asked).collect();
    let rows = database.rows(&all.join(" UNION ALL ")).await;
    let known: Vec<(usize, Vec<u8>)> = match &rows {
        Ok(rows) => {
            rows.iter().filter_map(|row| Some((row.text(0)?.parse().ok()?, bytes(row.text(1)?)?))).collect()
        }
        Err(_) => Vec::new(),
    };
    let mut asked: Vec<Option<(usize, usize)>> = reader.bytes.iter().copied().map(Some).collect();
    for (at, bytes) in known {
        if let Some((place, column)) = asked.get_mut(at).and_then(Option::take) {
            reader.tables[place].columns[column].server_default = Some(SqlValue::Bytes(bytes).into());
        }
    }
    for (place, column) in asked.into_iter().flatten() {
        let name = reader.tables[place].columns[column].name.clone();
        reader.unsaid(place, Some(&name), format!("DEFAULT of column {name}"));
    }
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    let byte = |at| digits.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    (0..digits.len()).step_by(2).map(byte).collect()
}

/// Parsers of full-text indexes, and actions of foreign keys that MariaDB's catalog shows only to who may
/// write.
async fn statements(database: &mut Database, reader: &mut Reader<'_, '_>) {
    let mut places: Vec<usize> = reader.with_parser.iter().chain(&reader.without_rules).copied().collect();
    places.sort_unstable();
    places.dedup();
    if places.is_empty() {
        return;
    }
    let names: Vec<TableName> = places.iter().map(|place| reader.tables[*place].name.clone()).collect();
    let statements = show_create::statements(database, &names).await;
    let (no_action, restrict) = (Default::default(), dunlin_core::schema::ReferentialAction::Restrict);
    for place in places {
        let mariadb = reader.mariadb;
        let table = &mut reader.tables[place];
        let Some(statement) = statements.get(&table.name) else {
            let unseen = table.indexes.iter().filter(|index| index.kind == IndexKind::FullText);
            let unseen: Vec<String> = unseen
                .filter_map(|index| index.name.as_ref())
                .map(|name| format!("the parser of index {name}"))
                .collect();
            unseen.into_iter().for_each(|what| reader.unsaid(place, None, what));
            continue;
        };
        for item in show_create::items(statement) {
            if let Some((name, [on_delete, on_update])) = show_create::foreign_key(item) {
                let key = table.foreign_keys.iter_mut().find(|key| key.name.as_deref() == Some(&name));
                if let Some(key) = key {
                    let done = |action| if mariadb && action == restrict { no_action } else { action };
                    (key.on_delete, key.on_update) = (done(on_delete), done(on_update));
                }
            } else if let Some(parser) = show_create::parser(item)
                && let Some((name, _)) = show_create::index(item)
            {
                let index = table.indexes.iter_mut().find(|index| index.name.as_deref() == Some(&name));
                if let Some(index) = index {
                    index.parser = Some(parser);
                }
            }
        }
    }
}
