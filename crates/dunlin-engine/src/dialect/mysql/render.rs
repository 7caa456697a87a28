//! Operations as MySQL and MariaDB run them.

use dunlin_core::dialect::DialectName;
use dunlin_core::operation::{AlterColumn, Operation, TableChange};
use dunlin_core::schema::{
    Column, Constraint, ConstraintKind, DataType, ForeignKey, Index, Metadata, ReferentialAction,
    SchemaError, SqlValue, Table, TableName,
};

use super::MySql;
use crate::dialect::{Dialect, RenderError, Rendered, ddl};

pub(super) const BOOLEANS: [&str; 2] = ["0", "1"];

pub(super) fn render(
    dialect: &MySql,
    operation: &Operation,
    current: &Metadata,
) -> Result<Rendered, RenderError> {
    ddl::check_names(dialect, operation)?;
    Ok(Rendered::plain(match operation {
        Operation::CreateTable { table, .. } => {
            table.foreign_keys.iter().try_for_each(|key| check_actions(dialect, key))?;
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
        Operation::AlterTable { table, changes } => return alter_table(dialect, table, changes, current),
        Operation::CreateIndex { table, index, .. } => vec![create_index(dialect, table, index)?],
        Operation::DropIndex { table, name, if_exists, .. } => {
            // The catalog does not tell a unique constraint from a unique index.
            let there = |table: &Table| {
                let indexes = table.indexes.iter().map(|index| &index.name);
                let mut names = indexes.chain(table.uniques.iter().map(|unique| &unique.name));
                names.any(|known| known.as_ref() == Some(name))
            };
            if *if_exists && !current.get(table).is_some_and(there) {
                return Ok(Rendered::default());
            }
            vec![format!("DROP INDEX {} ON {}", dialect.quote(name), ddl::table_name(dialect, table))]
        }
        Operation::BulkInsert { table, columns, rows } => {
            ddl::bulk_insert(dialect, table, columns, rows, BOOLEANS)
        }
        Operation::Execute { sql, .. } => sql.get(dialect.name()).cloned().into_iter().collect(),
        _ => return Err(ddl::newer_operation(dialect)),
    }))
}

/// Whether a change restates a whole column. A new name alone does not.
pub(super) fn restates(change: &TableChange) -> bool {
    match change {
        TableChange::AlterColumn(alter) => alter.changes_definition(),
        _ => false,
    }
}

fn alter_table(
    dialect: &MySql,
    name: &TableName,
    changes: &[TableChange],
    current: &Metadata,
) -> Result<Rendered, RenderError> {
    let mut table = current.get(name).cloned();
    let mut rendered = Rendered::default();
    for change in changes {
        let clause = alter(dialect, name, change, table.as_ref())?;
        rendered.statements.push(format!("ALTER TABLE {} {clause}", ddl::table_name(dialect, name)));
        if let (TableChange::AlterColumn(alter), true) = (change, restates(change)) {
            rendered.restates.push(alter.name.clone());
        }
        if let Some(table) = &mut table {
            table.apply(change)?;
        }
    }
    Ok(rendered)
}

fn alter(
    dialect: &MySql,
    table: &TableName,
    change: &TableChange,
    current: Option<&Table>,
) -> Result<String, RenderError> {
    Ok(match change {
        TableChange::AddColumn { column, .. } => format!("ADD COLUMN {}", definition(dialect, column)?),
        TableChange::DropColumn { name, .. } => format!("DROP COLUMN {}", dialect.quote(name)),
        TableChange::AlterColumn(AlterColumn { name, rename: Some(to), .. }) if !restates(change) => {
            format!("RENAME COLUMN {} TO {}", dialect.quote(name), dialect.quote(to))
        }
        TableChange::AlterColumn(AlterColumn { name, column_type, .. }) => {
            let current = current.ok_or_else(|| SchemaError::NoTable { table: table.clone() })?;
            let mut changed = current.clone();
            changed.apply(change)?;
            let position = current.columns.iter().position(|column| &column.name == name);
            let column = position.and_then(|position| changed.columns.get(position));
            let no_column = || SchemaError::NoColumn { table: table.clone(), column: name.clone() };
            let column = column.ok_or_else(no_column)?;
            let mut definition = definition(dialect, column)?;
            if column_type.is_none() && is_json_of_mariadb(dialect, current, name) {
                definition.push_str(&format!(" CHECK ({})", json_valid(dialect, &column.name)));
            }
            if &column.name == name {
                format!("MODIFY COLUMN {definition}")
            } else {
                format!("CHANGE COLUMN {} {definition}", dialect.quote(name))
            }
        }
        TableChange::AddConstraint { constraint } => {
            if let Constraint::ForeignKey(key) = constraint {
                check_actions(dialect, key)?;
            }
            format!("ADD {}", ddl::constraint_clause(dialect, constraint)?)
        }
        TableChange::DropConstraint { kind, name, .. } => match kind {
            ConstraintKind::PrimaryKey => "DROP PRIMARY KEY".to_owned(),
            ConstraintKind::Unique => format!("DROP INDEX {}", dialect.quote(name)),
            ConstraintKind::ForeignKey => format!("DROP FOREIGN KEY {}", dialect.quote(name)),
            ConstraintKind::Check | ConstraintKind::Exclude => {
                format!("DROP CONSTRAINT {}", dialect.quote(name))
            }
        },
        _ => return Err(ddl::newer_operation(dialect)),
    })
}

/// MariaDB's JSON is LONGTEXT with a check that belongs to the column and bears its name: it goes when
/// the column is restated without it.
fn is_json_of_mariadb(dialect: &MySql, table: &Table, column: &str) -> bool {
    let valid = json_valid(dialect, column);
    let checks = &table.checks;
    dialect.name == DialectName::MariaDb
        && checks.iter().any(|check| {
            check.name.as_deref() == Some(column) && check.expression.get(dialect.name) == Some(&valid)
        })
}

fn json_valid(dialect: &MySql, column: &str) -> String {
    format!("json_valid({})", dialect.quote(column))
}

/// InnoDB has no SET DEFAULT: MySQL refuses it or, from 9, takes it and does not do it; MariaDB drops it.
fn check_actions(dialect: &MySql, key: &ForeignKey) -> Result<(), RenderError> {
    if ![key.on_delete, key.on_update].contains(&ReferentialAction::SetDefault) {
        return Ok(());
    }
    Err(RenderError::Unsupported {
        dialect: dialect.name(),
        operation: format!("set ({}) to its default when the row it refers to goes", key.columns.join(", ")),
        hint: "use SET NULL or NO ACTION",
    })
}

/// NULL is written too: an old server gives a bare TIMESTAMP column NOT NULL and a default of its own.
fn definition(dialect: &MySql, column: &Column) -> Result<String, RenderError> {
    let data_type = ddl::type_of(dialect, &column.name, &column.column_type)?;
    let null = if column.nullable { "NULL" } else { "NOT NULL" };
    let mut definition = format!("{} {data_type} {null}", dialect.quote(&column.name));
    let shown = column.column_type.get(dialect.name());
    let default = column.server_default.as_ref().and_then(|default| default.get(dialect.name));
    if let Some(default) = default {
        let value = ddl::value(dialect, default, BOOLEANS);
        let literal = !matches!(default, SqlValue::Expression(_) | SqlValue::Null);
        // MySQL takes no literal for a long type, but an expression; MariaDB takes both.
        let long = matches!(shown, Some(DataType::Text | DataType::Binary | DataType::Json));
        let value = if literal && long { format!("({value})") } else { value };
        definition.push_str(&format!(" DEFAULT {value}"));
    }
    let integer = match shown {
        // `int(10) unsigned zerofill`
        Some(DataType::Native(text)) => text.to_lowercase().contains("int"),
        other => other.is_some_and(DataType::is_integer),
    };
    if column.counts_up() && integer {
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
    ddl::create_index(dialect, &name, &ddl::table_name(dialect, table), index)
}
