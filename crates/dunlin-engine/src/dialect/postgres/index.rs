//! Indexes.

use std::collections::BTreeMap;

use dunlin_core::schema::{Index, IndexElement, IndexKey, NullsOrder, TableName};

use super::column::comment_text;
use super::{Postgres, unsupported};
use crate::dialect::{Dialect, RenderError, ddl};

/// The statements that create an index: itself, and its comment.
pub(super) fn create(
    dialect: &Postgres,
    table: &TableName,
    index: &Index,
    if_not_exists: bool,
) -> Result<Vec<String>, RenderError> {
    if !index.kind.is_plain() {
        return Err(unsupported(
            "have a full-text or spatial index",
            "use a method instead (`using(\"gin\")`, `using(\"gist\")`), or leave it out there by `only_on`",
        ));
    }
    let name = ddl::index_name(dialect, index)?;
    let words = [
        Some("CREATE"),
        index.unique.then_some("UNIQUE"),
        Some("INDEX"),
        index.concurrently.then_some("CONCURRENTLY"),
        if_not_exists.then_some("IF NOT EXISTS"),
    ];
    let words = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let mut sql = format!("{words} {} ON {}", dialect.quote(name), ddl::table_name(dialect, table));
    if let Some(method) = index.using.as_ref().and_then(|using| using.get(dialect.name())) {
        sql.push_str(&format!(" USING {method}"));
    }
    let elements: Result<Vec<_>, _> = index.elements.iter().map(|it| element(dialect, it)).collect();
    sql.push_str(&format!(" ({})", elements?.join(", ")));
    if !index.include.is_empty() {
        sql.push_str(&format!(" INCLUDE ({})", ddl::columns(dialect, &index.include)));
    }
    if index.nulls_not_distinct {
        sql.push_str(" NULLS NOT DISTINCT");
    }
    sql.push_str(&with(dialect, &index.storage_parameters));
    if let Some(tablespace) = &index.tablespace {
        sql.push_str(&format!(" TABLESPACE {}", dialect.quote(tablespace)));
    }
    if let Some(condition) = index.predicate.as_ref().and_then(|predicate| predicate.get(dialect.name())) {
        sql.push_str(&format!(" WHERE {condition}"));
    }
    let mut statements = vec![sql];
    if let Some(text) = &index.comment {
        let index = qualified(dialect, table, name);
        statements.push(format!("COMMENT ON INDEX {index} IS {}", comment_text(dialect, Some(text))));
    }
    Ok(statements)
}

/// `DROP INDEX …`
pub(super) fn drop(
    dialect: &Postgres,
    table: &TableName,
    name: &str,
    if_exists: bool,
    concurrently: bool,
) -> String {
    let concurrently = if concurrently { "CONCURRENTLY " } else { "" };
    let if_exists = if if_exists { "IF EXISTS " } else { "" };
    format!("DROP INDEX {concurrently}{if_exists}{}", qualified(dialect, table, name))
}

/// `ALTER INDEX … RENAME TO …`
pub(super) fn rename(dialect: &Postgres, table: &TableName, from: &str, to: &str) -> String {
    format!("ALTER INDEX {} RENAME TO {}", qualified(dialect, table, from), dialect.quote(to))
}

/// ` WITH (name = value)`; nothing where there are no parameters.
pub(super) fn with(dialect: &Postgres, parameters: &BTreeMap<String, String>) -> String {
    if parameters.is_empty() {
        return String::new();
    }
    let parameters = parameters.iter().map(|(name, value)| parameter(dialect, name, value));
    format!(" WITH ({})", parameters.collect::<Vec<_>>().join(", "))
}

/// `name = value`
pub(super) fn parameter(dialect: &Postgres, name: &str, value: &str) -> String {
    let is_bare = !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
    match is_bare {
        true => format!("{name} = {value}"),
        false => format!("{name} = {}", dialect.literal(value)),
    }
}

/// An index stands in the schema of its table.
fn qualified(dialect: &Postgres, table: &TableName, index: &str) -> String {
    ddl::table_name(dialect, &TableName { schema: table.schema.clone(), name: index.to_owned() })
}

fn element(dialect: &Postgres, element: &IndexElement) -> Result<String, RenderError> {
    let mut sql = match &element.key {
        IndexKey::Column(name) => dialect.quote(name),
        IndexKey::Expression(sql) => format!("({})", ddl::expression(dialect, sql, "an index")?),
    };
    if let Some(collation) = &element.collation {
        sql.push_str(&format!(" COLLATE {}", dialect.quote(collation)));
    }
    if let Some(operator_class) = &element.operator_class {
        sql.push_str(&format!(" {operator_class}"));
    }
    if element.descending {
        sql.push_str(" DESC");
    }
    match element.nulls {
        None => {}
        Some(NullsOrder::First) => sql.push_str(" NULLS FIRST"),
        Some(NullsOrder::Last) => sql.push_str(" NULLS LAST"),
    }
    Ok(sql)
}
