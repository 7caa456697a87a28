//! SQLite's schema: the texts that it keeps, and what its pragmas say of them.

use dunlin::Database;

use super::{VERSION_TABLE, execute, query, text};

pub(super) async fn dump(database: &mut Database) -> Vec<String> {
    let master = format!(
        "SELECT type, name, tbl_name, sql FROM sqlite_master \
         WHERE tbl_name <> '{VERSION_TABLE}' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name"
    );
    let mut lines = Vec::new();
    for row in query(database, &master).await {
        let [kind, name, table, sql] = [0, 1, 2, 3].map(|at| text(&row, at));
        lines.push(match kind.as_str() {
            "trigger" => format!("trigger {name} on {table}: {}", squeezed(&sql)),
            _ => format!("{kind} {name} on {table}"),
        });
        match kind.as_str() {
            "trigger" => {}
            "table" => lines.extend(table_lines(&sql)),
            _ => lines.push(squeezed(&sql)),
        }
    }
    lines.extend(pragmas(database).await);
    let counts = "SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_sequence'";
    if query(database, counts).await.iter().any(|row| row.text(0) == Some("1")) {
        let counted = query(database, "SELECT name, seq FROM sqlite_sequence ORDER BY 1").await;
        lines.extend(counted.iter().map(|row| format!("counted {} {}", text(row, 0), text(row, 1))));
    }
    lines
}

/// What SQLite understood of the texts.
async fn pragmas(database: &mut Database) -> Vec<String> {
    let tables = format!(
        "m.type = 'table' AND m.name <> '{VERSION_TABLE}' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    );
    let queries = [
        format!(
            "SELECT 'kind', m.name, l.wr, l.strict FROM sqlite_master m JOIN pragma_table_list(m.name) l WHERE {tables} \
             AND l.schema = 'main' ORDER BY 2"
        ),
        format!(
            "SELECT 'column', m.name, i.cid, i.name, i.type, i.\"notnull\", i.dflt_value, i.pk, i.hidden \
             FROM sqlite_master m JOIN pragma_table_xinfo(m.name) i WHERE {tables} ORDER BY 2, i.cid"
        ),
        format!(
            "SELECT 'key', m.name, k.\"table\", k.\"from\", k.\"to\", k.on_update, k.on_delete, k.match, k.seq \
             FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) k WHERE {tables} ORDER BY 2, 3, 4, 5"
        ),
        format!(
            "SELECT 'index', m.name, CASE WHEN l.origin = 'c' THEN l.name END, l.\"unique\", l.origin, l.partial, \
             group_concat(coalesce(x.name, 'expression') || ' ' || x.\"desc\" || ' ' || x.coll, ', ') \
             FROM sqlite_master m JOIN pragma_index_list(m.name) l JOIN pragma_index_xinfo(l.name) x WHERE {tables} AND x.key \
             GROUP BY m.name, l.name ORDER BY 2, 3, 4, 5, 6, 7"
        ),
    ];
    let mut lines = Vec::new();
    for sql in queries {
        for row in query(database, &sql).await {
            let values: Vec<_> =
                row.iter().map(|value| value.as_deref().unwrap_or("NULL").to_owned()).collect();
            lines.push(values.join(" | "));
        }
    }
    lines
}

/// A table's text: columns stay in their order, constraints have none.
fn table_lines(sql: &str) -> Vec<String> {
    let sql = squeezed(sql);
    let Some(open) = sql.find('(') else { return vec![sql] };
    let (mut items, mut item, mut depth) = (Vec::new(), String::new(), 0_usize);
    let mut quote = None;
    let mut tail = String::new();
    for character in sql[open + 1..].chars() {
        match (quote, character) {
            (Some(end), _) if character == end => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => quote = Some(character),
            (None, '[') => quote = Some(']'),
            (None, '(') => depth += 1,
            (None, ')') if depth == 0 => {
                items.push(std::mem::take(&mut item));
                depth = usize::MAX / 2;
                continue;
            }
            (None, ')') => depth -= 1,
            (None, ',') if depth == 0 => {
                items.push(std::mem::take(&mut item));
                continue;
            }
            _ => {}
        }
        if depth >= usize::MAX / 2 { tail.push(character) } else { item.push(character) }
    }
    const CONSTRAINTS: [&str; 5] = ["CONSTRAINT ", "PRIMARY KEY", "UNIQUE", "CHECK", "FOREIGN KEY"];
    let items = items.into_iter().map(|item| item.trim().to_owned());
    let is_constraint = |item: &String| CONSTRAINTS.iter().any(|word| item.starts_with(word));
    let (mut constraints, columns): (Vec<_>, Vec<_>) = items.partition(is_constraint);
    constraints.sort_unstable();
    columns.into_iter().chain(constraints).chain([tail.trim().to_owned()]).collect()
}

/// The text with one space where there are many, and none beside brackets and commas.
fn squeezed(sql: &str) -> String {
    let mut out = String::new();
    let mut quote = None;
    let mut space = false;
    for character in sql.chars() {
        if let Some((end, at)) = quote {
            out.push(character);
            if character == end {
                quote = None;
                // Renaming puts quotes where they are not needed.
                let name = out[at + 1..out.len() - 1].to_owned();
                if end == '"' && name.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
                    out.truncate(at);
                    out.push_str(&name);
                }
            }
            continue;
        }
        if character.is_whitespace() {
            space = true;
            continue;
        }
        let bracket = matches!(character, '(' | ')' | ',');
        if space && !bracket && !out.ends_with(['(', ',']) && !out.is_empty() {
            out.push(' ');
        }
        space = false;
        if matches!(character, '\'' | '"' | '`') {
            quote = Some((character, out.len()));
        }
        out.push(character);
    }
    out
}

pub(super) async fn wipe(database: &mut Database) {
    execute(database, "PRAGMA foreign_keys = OFF").await;
    let master = "SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view') \
                  AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type DESC";
    for row in query(database, master).await {
        let sql = format!("DROP {} \"{}\"", text(&row, 0), text(&row, 1).replace('"', "\"\""));
        execute(database, &sql).await;
    }
    let temporary = "SELECT name FROM sqlite_temp_master WHERE type = 'table'";
    for row in query(database, temporary).await {
        execute(database, &format!("DROP TABLE temp.\"{}\"", text(&row, 0))).await;
    }
    execute(database, "PRAGMA foreign_keys = ON").await;
}
