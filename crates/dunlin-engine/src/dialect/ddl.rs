//! The parts of DDL that the databases write alike.

use dunlin_core::schema::{Column, Constraint, ForeignKey, Index, SqlValue, Table, TableName};

use super::{Dialect, RenderError};

/// `"schema"."name"`.
pub(super) fn table_name(dialect: &dyn Dialect, name: &TableName) -> String {
    match &name.schema {
        Some(schema) => format!("{}.{}", dialect.quote(schema), dialect.quote(&name.name)),
        None => dialect.quote(&name.name),
    }
}

/// `"a", "b"`.
pub(super) fn columns(dialect: &dyn Dialect, names: &[String]) -> String {
    names.iter().map(|name| dialect.quote(name)).collect::<Vec<_>>().join(", ")
}

/// `'text'` with quotes doubled, as the SQL standard has it.
pub(super) fn standard_literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A value; `booleans` are the words for false and true.
pub(super) fn value(dialect: &dyn Dialect, value: &SqlValue, booleans: [&str; 2]) -> String {
    match value {
        SqlValue::Text(text) => dialect.literal(text),
        SqlValue::Expression(sql) => sql.clone(),
        SqlValue::Integer(number) => number.to_string(),
        SqlValue::Boolean(value) => booleans[usize::from(*value)].to_owned(),
        SqlValue::Null => "NULL".to_owned(),
    }
}

/// `INSERT INTO table (…) VALUES (…), (…)`; nothing where there are no rows.
pub(super) fn bulk_insert(
    dialect: &dyn Dialect,
    table: &TableName,
    names: &[String],
    rows: &[Vec<SqlValue>],
    booleans: [&str; 2],
) -> Vec<String> {
    if rows.is_empty() {
        return Vec::new();
    }
    let row = |row: &Vec<SqlValue>| {
        let values = row.iter().map(|given| value(dialect, given, booleans));
        format!("({})", values.collect::<Vec<_>>().join(", "))
    };
    let rows = rows.iter().map(row).collect::<Vec<_>>().join(",\n    ");
    let (table, names) = (table_name(dialect, table), columns(dialect, names));
    vec![format!("INSERT INTO {table} ({names}) VALUES\n    {rows}")]
}

/// The type of a column on this dialect.
///
/// # Errors
/// A column whose type says nothing for this dialect.
pub(super) fn type_of(dialect: &dyn Dialect, column: &Column) -> Result<String, RenderError> {
    let data_type = column.column_type.get(dialect.name()).ok_or_else(|| RenderError::Unsupported {
        dialect: dialect.name(),
        operation: format!("have the column {}: its type has no variant for it", column.name),
        hint: "give the column's type a default or a variant for this dialect",
    })?;
    Ok(dialect.column_type(data_type))
}

/// `CREATE TABLE … (…)`: columns as `definition` writes them, then the constraints. `shown` is the name
/// to create it under.
pub(super) fn create_table(
    dialect: &dyn Dialect,
    table: &Table,
    shown: &TableName,
    definition: impl Fn(&Column) -> Result<String, RenderError>,
) -> Result<String, RenderError> {
    let mut parts = table.columns.iter().map(definition).collect::<Result<Vec<_>, _>>()?;
    parts.extend(constraints(table).map(|constraint| constraint_clause(dialect, &constraint)));
    Ok(format!("CREATE TABLE {} (\n    {}\n)", table_name(dialect, shown), parts.join(",\n    ")))
}

fn constraints(table: &Table) -> impl Iterator<Item = Constraint> {
    let key = table.primary_key.iter().cloned().map(Constraint::PrimaryKey);
    let uniques = table.uniques.iter().cloned().map(Constraint::Unique);
    let checks = table.checks.iter().cloned().map(Constraint::Check);
    let foreign_keys = table.foreign_keys.iter().cloned().map(Constraint::ForeignKey);
    key.chain(uniques).chain(checks).chain(foreign_keys)
}

/// `CONSTRAINT "name" UNIQUE ("a", "b")` and its like.
pub(super) fn constraint_clause(dialect: &dyn Dialect, constraint: &Constraint) -> String {
    let (name, clause) = match constraint {
        Constraint::PrimaryKey(key) => {
            (&key.name, format!("PRIMARY KEY ({})", columns(dialect, &key.columns)))
        }
        Constraint::Unique(unique) => {
            (&unique.name, format!("UNIQUE ({})", columns(dialect, &unique.columns)))
        }
        Constraint::Check(check) => (&check.name, format!("CHECK ({})", check.expression)),
        Constraint::ForeignKey(key) => (&key.name, foreign_key(dialect, key)),
    };
    match name {
        Some(name) => format!("CONSTRAINT {} {clause}", dialect.quote(name)),
        None => clause,
    }
}

fn foreign_key(dialect: &dyn Dialect, key: &ForeignKey) -> String {
    let mut clause = format!(
        "FOREIGN KEY ({}) REFERENCES {}",
        columns(dialect, &key.columns),
        table_name(dialect, &key.referred_table)
    );
    if !key.referred_columns.is_empty() {
        clause.push_str(&format!(" ({})", columns(dialect, &key.referred_columns)));
    }
    for (event, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
        if !action.is_no_action() {
            clause.push_str(&format!(" ON {event} {}", action.as_sql()));
        }
    }
    clause
}

/// `CREATE [UNIQUE] INDEX name ON table (…) [WHERE …]`; `name` and `table` as the dialect qualifies them.
pub(super) fn create_index(dialect: &dyn Dialect, name: &str, table: &str, index: &Index) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let mut sql = format!("CREATE {unique}INDEX {name} ON {table} ({})", columns(dialect, &index.columns));
    let predicate = index.predicate.as_ref().and_then(|predicate| predicate.get(dialect.name()));
    if let Some(predicate) = predicate {
        sql.push_str(&format!(" WHERE {predicate}"));
    }
    sql
}

/// An index's name; an index that neither author nor naming convention named has none.
///
/// # Errors
/// There is no name.
pub(super) fn index_name<'i>(dialect: &dyn Dialect, index: &'i Index) -> Result<&'i str, RenderError> {
    index.name.as_deref().ok_or_else(|| RenderError::Unsupported {
        dialect: dialect.name(),
        operation: format!("create an index on ({}) without a name", index.columns.join(", ")),
        hint: "name the index, or give the naming convention a pattern `ix`",
    })
}

/// Refuses names that the database would cut.
///
/// # Errors
/// [`RenderError::NameTooLong`].
pub(super) fn check_names(dialect: &dyn Dialect, table: &Table) -> Result<(), RenderError> {
    let Some(limit) = dialect.capabilities().max_identifier else { return Ok(()) };
    let constraints = constraints(table).filter_map(|constraint| match constraint {
        Constraint::PrimaryKey(key) => key.name,
        Constraint::Unique(unique) => unique.name,
        Constraint::Check(check) => check.name,
        Constraint::ForeignKey(key) => key.name,
    });
    let columns = table.columns.iter().map(|column| column.name.clone());
    let indexes = table.indexes.iter().filter_map(|index| index.name.clone());
    let mut names = std::iter::once(table.name.name.clone()).chain(columns).chain(indexes).chain(constraints);
    match names.find(|name| name.len() > limit) {
        Some(name) => Err(RenderError::NameTooLong { dialect: dialect.name(), name, limit }),
        None => Ok(()),
    }
}

/// The operation is of a kind that this engine does not know: `dunlin-core` is newer.
pub(super) fn newer_operation(dialect: &dyn Dialect) -> RenderError {
    RenderError::Unsupported {
        dialect: dialect.name(),
        operation: "do an operation that this build does not know".to_owned(),
        hint: "build the host with a newer dunlin",
    }
}

/// The words of a server's type text: `character varying(250)` is (`character varying`, [250], "").
pub(super) fn split_type(text: &str) -> (String, Vec<u32>, String) {
    let lower = text.trim().to_lowercase();
    let Some((head, rest)) = lower.split_once('(') else { return (lower, Vec::new(), String::new()) };
    let (arguments, tail) = rest.split_once(')').unwrap_or((rest, ""));
    let arguments = arguments.split(',').filter_map(|argument| argument.trim().parse().ok()).collect();
    (head.trim().to_owned(), arguments, tail.trim().to_owned())
}
