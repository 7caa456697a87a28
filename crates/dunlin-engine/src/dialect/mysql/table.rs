//! Tables.

use dunlin_core::dialect::DialectName;
use dunlin_core::schema::{Check, Column, Constraint, ConstraintKind, DataType, Table};

use super::{MySql, column, constraint, implicit_index, index};
use crate::dialect::{Dialect, RenderError, ddl};

/// `CREATE TABLE …` with its indexes: they are there as soon as the table is, whatever happens.
///
/// # Errors
/// The database has no such table.
pub(super) fn create(dialect: &MySql, table: &Table, if_not_exists: bool) -> Result<String, RenderError> {
    refuse_options(dialect, table)?;
    let mut parts = Vec::new();
    for column in &table.columns {
        let mut definition = column::definition(dialect, &in_table(table, column))?;
        if let Some(check) = check_of_column(dialect, table, &column.name)? {
            definition.push_str(&format!(" {}", constraint::check(dialect, check)?));
        }
        parts.push(definition);
    }
    let names_come_again = implicit_index::names_come_again(table);
    for mut constraint in table.constraints() {
        if let Constraint::ForeignKey(key) = &mut constraint
            && names_come_again
            && implicit_index::is_named_by_server(table, key)
        {
            key.name = None;
        }
        if !is_check_of_column(dialect, table, &constraint) {
            parts.push(constraint::clause(dialect, &constraint)?);
        }
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

/// Whether MariaDB takes a constraint for a column's own: a check that bears its name. A column has one, and
/// it is told apart from the table's checks.
pub(super) fn is_check_of_column(dialect: &MySql, table: &Table, constraint: &Constraint) -> bool {
    let column = constraint.name().and_then(|name| table.column(name));
    dialect.name == DialectName::MariaDb && constraint.kind() == ConstraintKind::Check && column.is_some()
}

/// The check that MariaDB keeps with a column.
///
/// # Errors
/// The column has another already, which makes it JSON.
pub(super) fn check_of_column<'t>(
    dialect: &MySql,
    table: &'t Table,
    column: &str,
) -> Result<Option<&'t Check>, RenderError> {
    let named = |check: &&Check| check.name.as_deref() == Some(column);
    let Some(check) = table.checks.iter().find(named).filter(|_| dialect.name == DialectName::MariaDb) else {
        return Ok(None);
    };
    let data_type = table.column(column).and_then(|column| column.column_type.get(dialect.name));
    match data_type {
        Some(DataType::Json) => Err(dialect.unsupported(
            format!(
                "have a check named {column} on the table {}, whose column of that name is JSON",
                table.name
            ),
            "give the check another name",
        )),
        _ => Ok(Some(check)),
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
