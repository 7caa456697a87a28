//! What MySQL and MariaDB say of their tables.

use dunlin::Database;

use super::{VERSION_TABLE, execute, query, text};

/// A second database that cases make.
const OTHER: &str = "dunlin_catalogue";

pub(super) async fn dump(database: &mut Database) -> Vec<String> {
    let sql = format!(
        "SELECT CONVERT(table_schema USING utf8mb4), CONVERT(table_name USING utf8mb4), CONVERT(table_type USING utf8mb4), \
         table_schema = DATABASE() FROM information_schema.tables WHERE (table_schema = DATABASE() OR table_schema = '{OTHER}') \
         AND table_name <> '{VERSION_TABLE}' ORDER BY 1, BINARY table_name"
    );
    let mut lines = Vec::new();
    let schemas =
        format!("SELECT schema_name FROM information_schema.schemata WHERE schema_name = '{OTHER}'");
    if !query(database, &schemas).await.is_empty() {
        lines.push(format!("schema {OTHER}"));
    }
    for row in query(database, &sql).await {
        let (schema, name, kind, own) = (text(&row, 0), text(&row, 1), text(&row, 2), text(&row, 3) == "1");
        let quoted = |text: &str| format!("`{}`", text.replace('`', "``"));
        let shown = if own { quoted(&name) } else { format!("{}.{}", quoted(&schema), quoted(&name)) };
        let word = if kind == "VIEW" { "VIEW" } else { "TABLE" };
        let created = query(database, &format!("SHOW CREATE {word} {shown}")).await;
        let created = created.first().map(|row| text(row, 1)).unwrap_or_default();
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

pub(super) async fn wipe(database: &mut Database, name: &str) {
    execute(database, &format!("DROP DATABASE IF EXISTS {OTHER}")).await;
    execute(database, &format!("DROP DATABASE {name}")).await;
    execute(database, &format!("CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"))
        .await;
    execute(database, &format!("USE {name}")).await;
}
