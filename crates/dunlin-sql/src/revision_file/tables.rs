//! Names of tables in a line.

use dunlin_core::schema::TableName;

/// Reads `ticket, audit.log, "odd, name"`.
///
/// # Errors
/// The text that is no name.
pub(super) fn read_tables(text: &str) -> Result<Vec<TableName>, &str> {
    let mut tables = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (first, behind) = read_part(rest).ok_or(rest)?;
        let (table, behind) = match behind.strip_prefix('.') {
            None => (TableName { schema: None, name: first }, behind),
            Some(behind) => {
                let (name, behind) = read_part(behind).ok_or(rest)?;
                (TableName { schema: Some(first), name }, behind)
            }
        };
        tables.push(table);
        let behind = behind.trim_start();
        rest = match behind.strip_prefix(',').map(str::trim_start) {
            Some(next) if !next.is_empty() => next,
            None if behind.is_empty() => behind,
            _ => return Err(rest),
        };
    }
    Ok(tables)
}

/// A name in quotes or not, and what comes behind it.
fn read_part(text: &str) -> Option<(String, &str)> {
    if let Some(mut rest) = text.strip_prefix('"') {
        let mut name = String::new();
        loop {
            let (part, behind) = rest.split_once('"')?;
            name.push_str(part);
            match behind.strip_prefix('"') {
                Some(behind) => {
                    name.push('"');
                    rest = behind;
                }
                None => return Some((name, behind)),
            }
        }
    }
    let end = text.find([',', '.', '"']).unwrap_or(text.len());
    let name = text[..end].trim_end();
    (!name.is_empty()).then(|| (name.to_owned(), &text[end..]))
}

/// A table's name in the line; `None` where none can hold it.
pub(super) fn write_table(table: &TableName) -> Option<String> {
    let parts = table.schema.iter().chain([&table.name]);
    let parts: Option<Vec<String>> = parts.map(|part| write_part(part)).collect();
    parts.map(|parts| parts.join("."))
}

fn write_part(name: &str) -> Option<String> {
    let plain = !name.is_empty() && name.trim() == name && !name.contains([',', '.', '"']);
    match name.contains(['\n', '\r']) {
        true => None,
        false if plain => Some(name.to_owned()),
        false => Some(format!("\"{}\"", name.replace('"', "\"\""))),
    }
}
