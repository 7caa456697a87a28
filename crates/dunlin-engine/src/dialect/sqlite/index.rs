//! Indexes of SQLite.

use dunlin_core::schema::{Index, IndexElement, IndexKey, TableName};

use super::{Sqlite, types};
use crate::dialect::{Dialect, RenderError, ddl};

/// What SQLite cannot do for an index that is brought into the database.
///
/// # Errors
/// [`RenderError::Unsupported`].
pub(super) fn check(dialect: &Sqlite, index: &Index) -> Result<(), RenderError> {
    let wants = [
        (!index.kind.is_plain(), "index words or geometry", "leave it out there by `only_on`"),
        (
            index.unique && index.nulls_not_distinct,
            "take two NULLs for equal",
            "index coalesce(…) of the columns, or leave out `nulls_not_distinct`",
        ),
        (
            index.elements.iter().any(|element| element.nulls.is_some()),
            "say where NULLs stand in an index",
            "leave out `nulls`: they stand before all values, and behind them in a descending index",
        ),
    ];
    for element in &index.elements {
        types::check_collation(dialect, element.collation.as_deref())?;
    }
    match wants.into_iter().find(|(wanted, ..)| *wanted) {
        None => Ok(()),
        Some((_, what, hint)) => {
            let name = index.name.as_deref().unwrap_or("without a name");
            let operation = format!("{what} (index {name})");
            Err(RenderError::Unsupported { dialect: dialect.name(), operation, hint })
        }
    }
}

/// `CREATE [UNIQUE] INDEX [IF NOT EXISTS] "name" ON "table" (…) [WHERE …]`. The name carries the schema;
/// the table is then the one of that schema.
///
/// # Errors
/// The index has no name, or an expression has no variant for SQLite.
pub(super) fn create(
    dialect: &Sqlite,
    table: &TableName,
    index: &Index,
    if_not_exists: bool,
) -> Result<String, RenderError> {
    let name = TableName { schema: table.schema.clone(), name: ddl::index_name(dialect, index)?.to_owned() };
    let elements = index.elements.iter().map(|element| element_clause(dialect, element));
    let elements = elements.collect::<Result<Vec<_>, _>>()?.join(", ");
    let mut sql = format!(
        "CREATE {}INDEX {}{} ON {} ({elements})",
        if index.unique { "UNIQUE " } else { "" },
        if if_not_exists { "IF NOT EXISTS " } else { "" },
        ddl::table_name(dialect, &name),
        dialect.quote(&table.name),
    );
    if let Some(predicate) = index.predicate.as_ref().and_then(|predicate| predicate.get(dialect.name())) {
        sql.push_str(&format!(" WHERE {predicate}"));
    }
    Ok(sql)
}

fn element_clause(dialect: &Sqlite, element: &IndexElement) -> Result<String, RenderError> {
    let mut clause = match &element.key {
        IndexKey::Column(name) => dialect.quote(name),
        IndexKey::Expression(sql) => format!("({})", ddl::expression(dialect, sql, "an index")?),
    };
    if let Some(collation) = &element.collation {
        clause.push_str(&format!(" COLLATE {}", dialect.quote(collation)));
    }
    if element.descending {
        clause.push_str(" DESC");
    }
    Ok(clause)
}
