//! What MySQL and MariaDB say of their tables.

use dunlin::Database;
use dunlin::core::session::{Row, Session as _};

use super::{VERSION_TABLE, execute, query, text};

pub(super) async fn dump(database: &mut Database, beside: &[&str]) -> Vec<String> {
    let beside: Vec<_> = beside.iter().map(|name| database.literal(&(*name).into())).collect();
    let beside = if beside.is_empty() { "''".to_owned() } else { beside.join(", ") };
    let sql = format!(
        "SELECT CONVERT(table_schema USING utf8mb4), CONVERT(table_name USING utf8mb4), CONVERT(table_type USING utf8mb4), \
         table_schema = DATABASE() FROM information_schema.tables WHERE (table_schema = DATABASE() OR table_schema IN ({beside})) \
         AND table_name <> '{VERSION_TABLE}' ORDER BY 1, BINARY table_name"
    );
    let mut lines = Vec::new();
    let schemas =
        format!("SELECT schema_name FROM information_schema.schemata WHERE schema_name IN ({beside})");
    for row in query(database, &schemas).await {
        lines.push(format!("schema {}", text(&row, 0)));
    }
    for row in query(database, &sql).await {
        let (schema, name, kind, own) = (text(&row, 0), text(&row, 1), text(&row, 2), text(&row, 3) == "1");
        let quoted = |text: &str| format!("`{}`", text.replace('`', "``"));
        let shown = if own { quoted(&name) } else { format!("{}.{}", quoted(&schema), quoted(&name)) };
        let word = if kind == "VIEW" { "VIEW" } else { "TABLE" };
        let created = match database.query(&format!("SHOW CREATE {word} {shown}")).await {
            Ok(created) => created.first().map(|row| text(row, 1)).unwrap_or_default(),
            // MariaDB shows the bytes of a default as they are, and they need not be text.
            Err(_) => columns_in_hexadecimal(database, &name).await,
        };
        lines.extend(in_order(&created.replace(&quoted(&schema), "`…`")));
    }
    let triggers = "SELECT CONVERT(trigger_name USING utf8mb4), CONVERT(event_object_table USING utf8mb4), \
                    CONVERT(action_timing USING utf8mb4), CONVERT(event_manipulation USING utf8mb4), \
                    CONVERT(action_statement USING utf8mb4) \
                    FROM information_schema.triggers WHERE trigger_schema = DATABASE() ORDER BY 1";
    for row in query(database, triggers).await {
        lines.push(format!("trigger {}", (0..5).map(|at| text(&row, at)).collect::<Vec<_>>().join(" ")));
    }
    lines
}

async fn columns_in_hexadecimal(database: &mut Database, table: &str) -> String {
    let sql = format!(
        "SELECT CONVERT(column_name USING utf8mb4), CONVERT(column_type USING utf8mb4), is_nullable, HEX(column_default), \
         CONVERT(extra USING utf8mb4) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = {} \
         ORDER BY ordinal_position",
        database.literal(&table.into())
    );
    let rows = query(database, &sql).await;
    let shown = |row: &Row| (0..5).map(|at| text(row, at)).collect::<Vec<_>>().join(" ");
    format!("{table}: {}", rows.iter().map(shown).collect::<Vec<_>>().join("; "))
}

/// Columns stay in their order; keys and constraints have none.
fn in_order(created: &str) -> Vec<String> {
    let lines: Vec<&str> = created.lines().collect();
    let [head, inner @ .., tail] = lines.as_slice() else { return vec![created.to_owned()] };
    let trimmed = inner.iter().map(|line| line.trim().trim_end_matches(','));
    let (columns, mut keys): (Vec<&str>, Vec<&str>) = trimmed.partition(|line| line.starts_with('`'));
    keys.sort_unstable();
    let all = std::iter::once(*head).chain(columns).chain(keys).chain([*tail]);
    all.map(str::to_owned).collect()
}

pub(super) async fn wipe(database: &mut Database, name: &str, beside: &[&str]) {
    for schema in beside {
        execute(database, &format!("DROP DATABASE IF EXISTS {}", database.quote(schema))).await;
    }
    execute(database, &format!("DROP DATABASE {name}")).await;
    execute(database, &format!("CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"))
        .await;
    execute(database, &format!("USE {name}")).await;
}
