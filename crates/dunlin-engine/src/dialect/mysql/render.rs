//! Operations as MySQL and MariaDB run them.

use dunlin_core::operation::{Operation, TableChange};
use dunlin_core::schema::{Column, ConstraintKind, DataType, Index, Metadata, SchemaError, Table, TableName};

use super::MySql;
use crate::dialect::{Dialect, RenderError, ddl};

const BOOLEANS: [&str; 2] = ["0", "1"];

pub(super) fn render(
    dialect: &MySql,
    operation: &Operation,
    current: &Metadata,
) -> Result<Vec<String>, RenderError> {
    Ok(match operation {
        Operation::CreateTable { table } => {
            let definition = |column: &Column| definition(dialect, column);
            let index = |index: &Index| create_index(dialect, &table.name, index);
            ddl::create_table_and_indexes(dialect, table, definition, index)?
        }
        Operation::DropTable { table, if_exists } => vec![ddl::drop_table(dialect, table, *if_exists)],
        Operation::RenameTable { table, to } => {
            let renamed = TableName { schema: table.schema.clone(), name: to.clone() };
            let (from, to) = (ddl::table_name(dialect, table), ddl::table_name(dialect, &renamed));
            vec![format!("RENAME TABLE {from} TO {to}")]
        }
        Operation::AlterTable { table, changes } => alter_table(dialect, table, changes, current)?,
        Operation::CreateIndex { table, index } => vec![create_index(dialect, table, index)?],
        Operation::DropIndex { table, name, if_exists } => {
            let there = |table: &Table| table.indexes.iter().any(|i| i.name.as_ref() == Some(name));
            if *if_exists && !current.get(table).is_some_and(there) {
                return Ok(Vec::new());
            }
            vec![format!("DROP INDEX {} ON {}", dialect.quote(name), ddl::table_name(dialect, table))]
        }
        Operation::BulkInsert { table, columns, rows } => {
            ddl::bulk_insert(dialect, table, columns, rows, BOOLEANS)
        }
        Operation::Execute { sql } => sql.get(dialect.name()).cloned().into_iter().collect(),
        _ => return Err(ddl::newer_operation(dialect)),
    })
}

fn alter_table(
    dialect: &MySql,
    name: &TableName,
    changes: &[TableChange],
    current: &Metadata,
) -> Result<Vec<String>, RenderError> {
    let mut table = current.get(name).cloned();
    let mut statements = Vec::new();
    for change in changes {
        let clause = alter(dialect, name, change, table.as_ref())?;
        statements.push(format!("ALTER TABLE {} {clause}", ddl::table_name(dialect, name)));
        if let Some(table) = &mut table {
            table.apply(change)?;
        }
    }
    Ok(statements)
}

fn alter(
    dialect: &MySql,
    table: &TableName,
    change: &TableChange,
    current: Option<&Table>,
) -> Result<String, RenderError> {
    Ok(match change {
        TableChange::AddColumn { column } => format!("ADD COLUMN {}", definition(dialect, column)?),
        TableChange::DropColumn { name } => format!("DROP COLUMN {}", dialect.quote(name)),
        TableChange::AlterColumn { name, .. } => {
            let current = current.ok_or_else(|| SchemaError::NoTable { table: table.clone() })?;
            let mut changed = current.clone();
            changed.apply(change)?;
            let position = current.columns.iter().position(|column| &column.name == name);
            let column = position.and_then(|position| changed.columns.get(position));
            let no_column = || SchemaError::NoColumn { table: table.clone(), column: name.clone() };
            let column = column.ok_or_else(no_column)?;
            if &column.name == name {
                format!("MODIFY COLUMN {}", definition(dialect, column)?)
            } else {
                format!("CHANGE COLUMN {} {}", dialect.quote(name), definition(dialect, column)?)
            }
        }
        TableChange::AddConstraint { constraint } => {
            format!("ADD {}", ddl::constraint_clause(dialect, constraint))
        }
        TableChange::DropConstraint { kind, name } => match kind {
            ConstraintKind::PrimaryKey => "DROP PRIMARY KEY".to_owned(),
            ConstraintKind::Unique => format!("DROP INDEX {}", dialect.quote(name)),
            ConstraintKind::ForeignKey => format!("DROP FOREIGN KEY {}", dialect.quote(name)),
            ConstraintKind::Check => format!("DROP CONSTRAINT {}", dialect.quote(name)),
        },
        _ => return Err(ddl::newer_operation(dialect)),
    })
}

/// NULL is written too: an old server gives a bare TIMESTAMP column NOT NULL and a default of its own.
fn definition(dialect: &MySql, column: &Column) -> Result<String, RenderError> {
    let data_type = ddl::type_of(dialect, column)?;
    let null = if column.nullable { "NULL" } else { "NOT NULL" };
    let mut definition = format!("{} {data_type} {null}", dialect.quote(&column.name));
    if let Some(default) = &column.server_default {
        definition.push_str(&format!(" DEFAULT {}", ddl::value(dialect, default, BOOLEANS)));
    }
    let integer = matches!(
        column.column_type.get(dialect.name()),
        Some(DataType::SmallInteger | DataType::Integer | DataType::BigInteger)
    );
    if column.autoincrement && integer {
        definition.push_str(" AUTO_INCREMENT");
    }
    if let Some(comment) = &column.comment {
        definition.push_str(&format!(" COMMENT {}", dialect.literal(comment)));
    }
    Ok(definition)
}

fn create_index(dialect: &MySql, table: &TableName, index: &Index) -> Result<String, RenderError> {
    let name = dialect.quote(ddl::index_name(dialect, index)?);
    if index.predicate.as_ref().is_some_and(|predicate| predicate.get(dialect.name()).is_some()) {
        return Err(RenderError::Unsupported {
            dialect: dialect.name(),
            operation: format!("create {name}, an index over some of a table's rows"),
            hint: "give the predicate to the other dialects only",
        });
    }
    Ok(ddl::create_index(dialect, &name, &ddl::table_name(dialect, table), index))
}
