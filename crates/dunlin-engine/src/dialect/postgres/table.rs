//! Tables.

use dunlin_core::schema::{Constraint, Table, TableName};

use super::column::{afterwards, comment_text, definition};
use super::{Postgres, constraint, index, unsupported};
use crate::dialect::{Dialect, RenderError, ddl};

/// The statements that create a table: itself, constraints that it cannot be created with, indexes,
/// comments.
pub(super) fn create(
    dialect: &Postgres,
    table: &Table,
    if_not_exists: bool,
) -> Result<Vec<String>, RenderError> {
    let shown = ddl::table_name(dialect, &table.name);
    let mut parts = Vec::new();
    for column in &table.columns {
        parts.push(definition(dialect, column)?);
    }
    let (later, at_once): (Vec<Constraint>, Vec<Constraint>) =
        table.constraints().partition(constraint::is_not_valid);
    for constraint in &at_once {
        parts.push(constraint::clause(dialect, constraint)?);
    }
    let body =
        if parts.is_empty() { "()".to_owned() } else { format!("(\n    {}\n)", parts.join(",\n    ")) };
    let options = options(dialect, table);
    let mut statements = vec![format!("{} {shown} {body}{options}", create_words(table, if_not_exists)?)];
    for constraint in &later {
        statements.push(format!("ALTER TABLE {shown} ADD {}", constraint::clause(dialect, constraint)?));
    }
    for known in &table.indexes {
        // Nobody can be kept from writing to a table that is just made, and it may be in a transaction.
        let mut index = known.clone();
        index.concurrently = false;
        statements.extend(index::create(dialect, &table.name, &index, if_not_exists)?);
    }
    if let Some(text) = &table.comment {
        statements.push(comment(dialect, &table.name, Some(text)));
    }
    statements.extend(table.columns.iter().flat_map(|column| afterwards(dialect, &table.name, column)));
    Ok(statements)
}

/// `COMMENT ON TABLE …`
pub(super) fn comment(dialect: &Postgres, table: &TableName, text: Option<&str>) -> String {
    let table = ddl::table_name(dialect, table);
    format!("COMMENT ON TABLE {table} IS {}", comment_text(dialect, text))
}

fn create_words(table: &Table, if_not_exists: bool) -> Result<String, RenderError> {
    let options = &table.options;
    if options.temporary && table.name.schema.is_some() {
        return Err(unsupported(
            format!("create the temporary table {} in a schema", table.name),
            "leave the schema out of its name: a temporary table has one of its own",
        ));
    }
    let words = [
        Some("CREATE"),
        options.temporary.then_some("TEMPORARY"),
        (options.unlogged && !options.temporary).then_some("UNLOGGED"),
        Some("TABLE"),
        if_not_exists.then_some("IF NOT EXISTS"),
    ];
    Ok(words.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

fn options(dialect: &Postgres, table: &Table) -> String {
    let options = &table.options;
    let mut sql = String::new();
    if !options.inherits.is_empty() {
        let tables: Vec<_> = options.inherits.iter().map(|name| ddl::table_name(dialect, name)).collect();
        sql.push_str(&format!(" INHERITS ({})", tables.join(", ")));
    }
    if let Some(key) = options.partition_by.as_ref().and_then(|key| key.get(dialect.name())) {
        sql.push_str(&format!(" PARTITION BY {key}"));
    }
    if let Some(method) = &options.access_method {
        sql.push_str(&format!(" USING {}", dialect.quote(method)));
    }
    sql.push_str(&index::with(dialect, &options.storage_parameters));
    if let Some(tablespace) = &options.tablespace {
        sql.push_str(&format!(" TABLESPACE {}", dialect.quote(tablespace)));
    }
    sql
}
