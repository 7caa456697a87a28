//! Tables.

use dunlin_core::dialect::DialectName;
use dunlin_core::schema::{Column, Table};

use super::{MySql, column, constraint, index};
use crate::dialect::{Dialect, RenderError, ddl};

/// `CREATE TABLE …` with its indexes: they are there as soon as the table is, whatever happens.
///
/// # Errors
/// The database has no such table.
pub(super) fn create(dialect: &MySql, table: &Table, if_not_exists: bool) -> Result<String, RenderError> {
    refuse_options(dialect, table)?;
    let mut parts = Vec::new();
    for column in &table.columns {
        parts.push(column::definition(dialect, &in_table(table, column))?);
    }
    for constraint in table.constraints() {
        refuse_name_of_column(dialect, table, &constraint)?;
        parts.push(constraint::clause(dialect, &constraint)?);
    }
    for index in &table.indexes {
        parts.push(index::clause(dialect, index)?);
    }
    let temporary = if table.options.temporary { "TEMPORARY " } else { "" };
    let if_not_exists = if if_not_exists { "IF NOT EXISTS " } else { "" };
    let name = ddl::table_name(dialect, &table.name);
    let (parts, options) = (parts.join(",\n    "), options(dialect, table));
    Ok(format!("CREATE {temporary}TABLE {if_not_exists}{name} (\n    {parts}\n){options}"))
}

/// A column as it is in its table: a column of the primary key is NOT NULL.
pub(super) fn in_table(table: &Table, column: &Column) -> Column {
    let key = table.primary_key.iter().flat_map(|key| &key.columns);
    let mut column = column.clone();
    column.nullable &= !key.into_iter().any(|name| *name == column.name);
    column
}

/// MariaDB takes a check that bears a column's name for the column's own, of which there is one.
pub(super) fn refuse_name_of_column(
    dialect: &MySql,
    table: &Table,
    constraint: &dunlin_core::schema::Constraint,
) -> Result<(), RenderError> {
    use dunlin_core::schema::Constraint;

    match constraint {
        Constraint::Check(check) if dialect.name == DialectName::MariaDb => match check.name.as_deref() {
            Some(name) if table.column(name).is_some() => Err(dialect.unsupported(
                format!(
                    "have a check named {name} on the table {}, which has a column of that name",
                    table.name
                ),
                "give the check another name",
            )),
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

pub(super) fn refuse_options(dialect: &MySql, table: &Table) -> Result<(), RenderError> {
    if table.options.unlogged {
        return Err(dialect.unsupported(
            format!("leave the table {} out of its log", table.name),
            "leave out `unlogged`, or use a storage engine without a log",
        ));
    }
    if !table.options.inherits.is_empty() {
        return Err(dialect.unsupported(
            format!("let the table {} inherit from others", table.name),
            "write the columns of the other tables into it",
        ));
    }
    Ok(())
}

fn options(dialect: &MySql, table: &Table) -> String {
    let options = &table.options;
    let start = table.columns.iter().find_map(|column| column.identity.as_ref()?.start);
    let auto_increment = options.auto_increment.map(|start| start.to_string());
    let auto_increment = auto_increment.or_else(|| start.map(|start| start.to_string()));
    let named = [
        ("ENGINE", options.engine.clone()),
        ("CHARACTER SET", options.character_set.clone()),
        ("COLLATE", options.collation.clone()),
        ("ROW_FORMAT", options.row_format.clone()),
        ("AUTO_INCREMENT", auto_increment),
        ("COMMENT", table.comment.as_ref().map(|comment| dialect.literal(comment))),
    ];
    let named = named.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let other = options.other.iter().map(|(name, value)| (name.as_str(), value.clone()));
    let mut sql: String = named.chain(other).map(|(name, value)| format!(" {name}={value}")).collect();
    if let Some(key) = options.partition_by.as_ref().and_then(|key| key.get(dialect.name)) {
        sql.push_str(&format!(" PARTITION BY {key}"));
    }
    sql
}
