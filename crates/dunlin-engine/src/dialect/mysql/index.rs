//! Indexes.

use dunlin_core::dialect::DialectName;
use dunlin_core::schema::{Index, IndexElement, IndexKey, IndexKind, TableName};

use super::column::unwrapped;
use super::{MySql, constraint};
use crate::dialect::{Dialect, RenderError, ddl};

/// ``CREATE INDEX `name` ON `table` (…)``
///
/// # Errors
/// The database has no such index.
pub(super) fn create(
    dialect: &MySql,
    table: &TableName,
    index: &Index,
    if_not_exists: bool,
) -> Result<String, RenderError> {
    let Parts { kind, name, using, keys, rest } = parts(dialect, index)?;
    let if_not_exists = if if_not_exists { "IF NOT EXISTS " } else { "" };
    let table = ddl::table_name(dialect, table);
    Ok(format!("CREATE {kind}INDEX {if_not_exists}{name}{using} ON {table} ({keys}){rest}"))
}

/// ``INDEX `name` (…)``, within CREATE TABLE.
///
/// # Errors
/// The database has no such index.
pub(super) fn clause(dialect: &MySql, index: &Index) -> Result<String, RenderError> {
    let Parts { kind, name, using, keys, rest } = parts(dialect, index)?;
    Ok(format!("{kind}INDEX {name}{using} ({keys}){rest}"))
}

/// ``ADD INDEX `name` (…)``, within ALTER TABLE.
///
/// # Errors
/// The database has no such index.
pub(super) fn added(dialect: &MySql, index: &Index, if_not_exists: bool) -> Result<String, RenderError> {
    let Parts { kind, name, using, keys, rest } = parts(dialect, index)?;
    let if_not_exists = if if_not_exists { "IF NOT EXISTS " } else { "" };
    Ok(format!("ADD {kind}INDEX {if_not_exists}{name}{using} ({keys}){rest}"))
}

struct Parts {
    kind: &'static str,
    name: String,
    using: String,
    keys: String,
    rest: String,
}

fn parts(dialect: &MySql, index: &Index) -> Result<Parts, RenderError> {
    let name = dialect.quote(ddl::index_name(dialect, index)?);
    let kind = match (index.kind, index.unique) {
        (IndexKind::Plain, false) => "",
        (IndexKind::Plain, true) => "UNIQUE ",
        (IndexKind::FullText, false) => "FULLTEXT ",
        (IndexKind::Spatial, false) => "SPATIAL ",
        (_, true) => {
            return Err(dialect.unsupported(
                format!("create {name}, a unique index over words or geometry"),
                "add a unique constraint beside the index",
            ));
        }
    };
    if index.predicate.as_ref().is_some_and(|predicate| predicate.get(dialect.name).is_some()) {
        return Err(dialect.unsupported(
            format!("create {name}, an index over some of a table's rows"),
            "give the predicate to the other dialects only",
        ));
    }
    if index.unique && index.nulls_not_distinct {
        return Err(constraint::equal_nulls(dialect, &index.columns().collect::<Vec<_>>().join(", ")));
    }
    let keys = index.elements.iter().map(|element| key_part(dialect, index, element));
    let keys = keys.collect::<Result<Vec<_>, _>>()?.join(", ");
    let method = index.using.as_ref().and_then(|using| using.get(dialect.name));
    let method = constraint::method(method.map(String::as_str)).filter(|_| index.kind.is_plain());
    let using = method.map(|method| format!(" USING {method}")).unwrap_or_default();
    let mut rest = String::new();
    if let (IndexKind::FullText, Some(parser)) = (index.kind, &index.parser) {
        rest.push_str(&format!(" WITH PARSER {}", dialect.quote(parser)));
    }
    if let Some(comment) = &index.comment {
        rest.push_str(&format!(" COMMENT {}", dialect.literal(comment)));
    }
    Ok(Parts { kind, name, using, keys, rest })
}

/// An index over words or geometry has neither prefixes nor an order.
fn key_part(dialect: &MySql, index: &Index, element: &IndexElement) -> Result<String, RenderError> {
    let name = index.name.as_deref().unwrap_or_default();
    if element.nulls.is_some() {
        return Err(dialect.unsupported(
            format!("say where NULLs stand in the index {name}"),
            "leave out `nulls`: they stand before all values there",
        ));
    }
    if let Some(collation) = &element.collation {
        return Err(dialect.unsupported(
            format!("order the index {name} by the collation {collation}"),
            "give the column the collation",
        ));
    }
    let mut part = match &element.key {
        IndexKey::Column(column) => {
            let length = element.length.filter(|_| index.kind.is_plain());
            let length = length.map(|length| format!("({length})")).unwrap_or_default();
            format!("{}{length}", dialect.quote(column))
        }
        IndexKey::Expression(_) if dialect.name == DialectName::MariaDb => {
            return Err(dialect.unsupported(
                format!("create the index {name} over an expression"),
                "add a computed column, and an index over it",
            ));
        }
        IndexKey::Expression(sql) => {
            format!("({})", unwrapped(ddl::expression(dialect, sql, "an index")?))
        }
    };
    if element.descending && index.kind.is_plain() {
        part.push_str(" DESC");
    }
    Ok(part)
}
