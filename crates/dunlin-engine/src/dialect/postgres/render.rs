//! Operations as PostgreSQL runs them.

use dunlin_core::operation::{AlterColumn, Change, Operation, TableChange};
use dunlin_core::schema::{Column, DataType, Index, TableName};

use super::Postgres;
use crate::dialect::{Dialect, RenderError, ddl};

pub(super) const BOOLEANS: [&str; 2] = ["false", "true"];

pub(super) fn render(dialect: &Postgres, operation: &Operation) -> Result<Vec<String>, RenderError> {
    ddl::check_names(dialect, operation)?;
    Ok(match operation {
        Operation::CreateTable { table, .. } => {
            let definition = |column: &Column| definition(dialect, column);
            let index = |index: &Index| create_index(dialect, &table.name, index);
            let mut statements = ddl::create_table_and_indexes(dialect, table, definition, index)?;
            statements
                .extend(table.columns.iter().filter_map(|column| comment(dialect, &table.name, column)));
            statements
        }
        Operation::DropTable { table, if_exists } => vec![ddl::drop_table(dialect, table, *if_exists)],
        Operation::RenameTable { table, to } => {
            vec![format!("ALTER TABLE {} RENAME TO {}", ddl::table_name(dialect, table), dialect.quote(to))]
        }
        Operation::AlterTable { table, changes } => {
            let mut statements = Vec::new();
            for change in changes {
                let clauses = alter(dialect, change)?;
                let shown = ddl::table_name(dialect, table);
                statements.extend(clauses.iter().map(|clause| format!("ALTER TABLE {shown} {clause}")));
                if let TableChange::AddColumn { column, .. } = change {
                    statements.extend(comment(dialect, table, column));
                }
            }
            statements
        }
        Operation::CreateIndex { table, index, .. } => vec![create_index(dialect, table, index)?],
        Operation::DropIndex { table, name, if_exists, .. } => {
            vec![ddl::drop_index(dialect, table, name, *if_exists)]
        }
        Operation::BulkInsert { table, columns, rows } => {
            ddl::bulk_insert(dialect, table, columns, rows, BOOLEANS)
        }
        Operation::Execute { sql, .. } => sql.get(dialect.name()).cloned().into_iter().collect(),
        _ => return Err(ddl::newer_operation(dialect)),
    })
}

fn alter(dialect: &Postgres, change: &TableChange) -> Result<Vec<String>, RenderError> {
    Ok(match change {
        TableChange::AddColumn { column, .. } => vec![format!("ADD COLUMN {}", definition(dialect, column)?)],
        TableChange::DropColumn { name, .. } => vec![format!("DROP COLUMN {}", dialect.quote(name))],
        TableChange::AlterColumn(AlterColumn { name, rename, column_type, nullable, server_default, .. }) => {
            let column = dialect.quote(name);
            let mut clauses = Vec::new();
            if let Some(column_type) = column_type {
                let data_type = ddl::type_of(dialect, name, column_type)?;
                clauses.push(format!("ALTER COLUMN {column} TYPE {data_type}"));
            }
            if let Some(nullable) = nullable {
                let verb = if *nullable { "DROP" } else { "SET" };
                clauses.push(format!("ALTER COLUMN {column} {verb} NOT NULL"));
            }
            match server_default {
                Some(Change::Set(default)) => {
                    let Some(default) = default.get(dialect.name()) else { return Ok(clauses) };
                    let value = ddl::value(dialect, default, BOOLEANS);
                    clauses.push(format!("ALTER COLUMN {column} SET DEFAULT {value}"));
                }
                Some(Change::Drop) => clauses.push(format!("ALTER COLUMN {column} DROP DEFAULT")),
                None => {}
            }
            if let Some(to) = rename {
                clauses.push(format!("RENAME COLUMN {column} TO {}", dialect.quote(to)));
            }
            clauses
        }
        TableChange::AddConstraint { constraint } => {
            vec![format!("ADD {}", ddl::constraint_clause(dialect, constraint)?)]
        }
        TableChange::DropConstraint { name, .. } => {
            vec![format!("DROP CONSTRAINT {}", dialect.quote(name))]
        }
        _ => return Err(ddl::newer_operation(dialect)),
    })
}

fn definition(dialect: &Postgres, column: &Column) -> Result<String, RenderError> {
    let data_type = match (column.autoincrement, column.column_type.get(dialect.name())) {
        (true, Some(DataType::SmallInteger)) => "SMALLSERIAL".to_owned(),
        (true, Some(DataType::Integer)) => "SERIAL".to_owned(),
        (true, Some(DataType::BigInteger)) => "BIGSERIAL".to_owned(),
        _ => ddl::type_of(dialect, &column.name, &column.column_type)?,
    };
    let mut definition = format!("{} {data_type}", dialect.quote(&column.name));
    if !column.nullable {
        definition.push_str(" NOT NULL");
    }
    let default = column.server_default.as_ref().and_then(|default| default.get(dialect.name()));
    if let Some(default) = default {
        definition.push_str(&format!(" DEFAULT {}", ddl::value(dialect, default, BOOLEANS)));
    }
    Ok(definition)
}

/// A comment is a statement of its own.
fn comment(dialect: &Postgres, table: &TableName, column: &Column) -> Option<String> {
    let (table, name) = (ddl::table_name(dialect, table), dialect.quote(&column.name));
    let text = dialect.literal(column.comment.as_deref()?);
    Some(format!("COMMENT ON COLUMN {table}.{name} IS {text}"))
}

fn create_index(dialect: &Postgres, table: &TableName, index: &Index) -> Result<String, RenderError> {
    let name = dialect.quote(ddl::index_name(dialect, index)?);
    ddl::create_index(dialect, &name, &ddl::table_name(dialect, table), index)
}
