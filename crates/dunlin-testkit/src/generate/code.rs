//! A scenario as Rust.

use std::fmt::Write as _;

use dunlin::core::operation::{AlterColumn, Change, ColumnPosition, Operation, TableChange};
use dunlin::core::prelude::*;
use dunlin::core::schema::{Constraint, IndexKey};

use crate::catalogue::Case;

/// The calls that record a scenario, to be pasted into a test. What no call is known for is read from JSON.
pub fn code(case: &Case) -> String {
    let mut text = String::from("Case::new(\"generated\")\n");
    for (method, operations) in [("before", &case.before), ("rows_by", &case.rows), ("up", &case.operations)]
    {
        writeln!(text, "    .{method}(|op| {{").unwrap_or_default();
        for operation in operations {
            writeln!(text, "        {}", recorded(operation)).unwrap_or_default();
        }
        text.push_str("    })\n");
    }
    text
}

fn recorded(operation: &Operation) -> String {
    match operation {
        Operation::CreateTable { table, if_not_exists: false } => table_code(table),
        Operation::DropTable { table, if_exists: false } => format!("op.drop_table({:?});", table.name),
        Operation::RenameTable { table, to } => format!("op.rename_table({:?}, {to:?});", table.name),
        Operation::CreateIndex { table, index, if_not_exists: false } => {
            format!("op.add_index({:?}, {});", table.name, index_code(index))
        }
        Operation::DropIndex { table, name, if_exists: false, concurrently: false } => {
            format!("op.drop_index({:?}, {:?});", name.as_str(), table.name)
        }
        Operation::RenameIndex { table, from, to } => {
            format!("op.rename_index({:?}, {:?}, {:?});", table.name, from.as_str(), to.as_str())
        }
        Operation::AlterTable { table, changes } => {
            let changes: Vec<String> = changes.iter().map(change_code).collect();
            format!(
                "op.alter_table({:?}, |t| {{\n            {}\n        }});",
                table.name,
                changes.join("\n            ")
            )
        }
        Operation::BulkInsert { table, columns, rows } => {
            let row = |row: &Vec<SqlValue>| {
                format!("vec![{}]", row.iter().map(value_code).collect::<Vec<_>>().join(", "))
            };
            let rows: Vec<String> = rows.iter().map(row).collect();
            format!("op.bulk_insert({:?}, {columns:?}, [{}]);", table.name, rows.join(", "))
        }
        other => from_json("op.push", other),
    }
}

fn from_json<T: serde::Serialize>(call: &str, value: &T) -> String {
    let json = serde_json::to_string(value).unwrap_or_default();
    format!("{call}(serde_json::from_str({json:?}).unwrap());")
}

fn table_code(table: &Table) -> String {
    let mut lines: Vec<String> =
        table.columns.iter().map(|column| format!("t.add_column({});", column_code(column))).collect();
    if let Some(key) = &table.primary_key {
        lines.push(format!("t.add_primary_key({});", constraint_code(&Constraint::PrimaryKey(key.clone()))));
    }
    lines.extend(
        table
            .uniques
            .iter()
            .map(|unique| format!("t.add_unique({});", constraint_code(&Constraint::Unique(unique.clone())))),
    );
    lines.extend(
        table
            .checks
            .iter()
            .map(|check| format!("t.add_check({});", constraint_code(&Constraint::Check(check.clone())))),
    );
    lines.extend(
        table
            .foreign_keys
            .iter()
            .map(|key| format!("t.foreign_key({});", constraint_code(&Constraint::ForeignKey(key.clone())))),
    );
    lines.extend(table.indexes.iter().map(|index| format!("t.add_index({});", index_code(index))));
    lines.extend(table.comment.iter().map(|comment| format!("t.comment({comment:?});")));
    format!(
        "op.create_table({:?}, |t| {{\n            {}\n        }});",
        table.name.name,
        lines.join("\n            ")
    )
}

fn column_code(column: &Column) -> String {
    let mut code = format!("Column::new({:?}, {})", column.name, type_code(&column.column_type));
    if !column.nullable {
        code.push_str(".not_null()");
    }
    if let Some(default) = column.server_default.as_ref().and_then(PerDialect::default_value) {
        write!(code, ".server_default({})", value_code(default)).unwrap_or_default();
    }
    if column.autoincrement {
        code.push_str(".autoincrement()");
    }
    if let Some(computed) = &column.computed {
        let call = if computed.stored { "stored" } else { "on_read" };
        let expression = computed.expression.default_value().map(String::as_str).unwrap_or_default();
        write!(code, ".computed(Computed::{call}({expression:?}))").unwrap_or_default();
    }
    if let Some(comment) = &column.comment {
        write!(code, ".comment({comment:?})").unwrap_or_default();
    }
    code
}

fn type_code(column_type: &ColumnType) -> String {
    match column_type.default_value() {
        Some(DataType::Collated { text, character_set: None, collation: Some(collation) }) => {
            format!("DataType::{text:?}.collate({collation:?})")
        }
        Some(data_type) => format!("DataType::{data_type:?}"),
        None => format!(
            "serde_json::from_str({:?}).unwrap()",
            serde_json::to_string(column_type).unwrap_or_default()
        ),
    }
}

fn value_code(value: &SqlValue) -> String {
    match value {
        SqlValue::Text(text) => format!("SqlValue::text({text:?})"),
        SqlValue::Expression(sql) => format!("SqlValue::expression({sql:?})"),
        SqlValue::Bytes(bytes) => format!("SqlValue::Bytes(vec!{bytes:?})"),
        other => format!("SqlValue::{other:?}"),
    }
}

fn constraint_code(constraint: &Constraint) -> String {
    let mut code = match constraint {
        Constraint::PrimaryKey(key) => format!("PrimaryKey::new({:?})", key.columns),
        Constraint::Unique(unique) => format!("Unique::new({:?})", unique.columns),
        Constraint::Check(check) => {
            format!(
                "Check::new({:?})",
                check.expression.default_value().map(String::as_str).unwrap_or_default()
            )
        }
        Constraint::ForeignKey(key) => {
            let mut code = format!(
                "ForeignKey::new({:?}, {:?}, {:?})",
                key.columns, key.referred_table.name, key.referred_columns
            );
            if !key.on_delete.is_no_action() {
                write!(code, ".on_delete(ReferentialAction::{:?})", key.on_delete).unwrap_or_default();
            }
            code
        }
        other => {
            format!("serde_json::from_str({:?}).unwrap()", serde_json::to_string(other).unwrap_or_default())
        }
    };
    if let Some(name) = constraint.name() {
        write!(code, ".named({:?})", name.as_str()).unwrap_or_default();
    }
    code
}

fn index_code(index: &Index) -> String {
    let element = |element: &dunlin::core::schema::IndexElement| {
        let mut code = match &element.key {
            IndexKey::Column(name) => format!("IndexElement::column_named({name:?})"),
            IndexKey::Expression(sql) => {
                format!(
                    "IndexElement::expression({:?})",
                    sql.default_value().map(String::as_str).unwrap_or_default()
                )
            }
        };
        if element.descending {
            code.push_str(".descending()");
        }
        code
    };
    let elements: Vec<String> = index.elements.iter().map(element).collect();
    let name = index.name.as_deref().unwrap_or_default();
    let mut code = format!("Index::new({name:?}, [{}])", elements.join(", "));
    if index.unique {
        code.push_str(".unique()");
    }
    for dialect in [DialectName::Postgres, DialectName::Sqlite] {
        if let Some(sql) = index.predicate.as_ref().and_then(|predicate| predicate.get(dialect)) {
            write!(code, ".predicate_on(DialectName::{dialect:?}, {sql:?})").unwrap_or_default();
        }
    }
    code
}

fn change_code(change: &TableChange) -> String {
    match change {
        TableChange::AddColumn { column, position, if_not_exists: false } => {
            let column = column_code(column);
            match position {
                ColumnPosition::Last => format!("t.add_column({column});"),
                ColumnPosition::First => format!("t.add_column_at({column}, ColumnPosition::First);"),
                ColumnPosition::After(other) => {
                    format!("t.add_column_at({column}, ColumnPosition::After({other:?}.to_owned()));")
                }
            }
        }
        TableChange::DropColumn { name, if_exists: false } => format!("t.drop_column({name:?});"),
        TableChange::AlterColumn(alter) => format!("t.alter_column({:?}){};", alter.name, alter_code(alter)),
        TableChange::AddConstraint { constraint } => {
            format!("t.add_constraint(Constraint::{:?}({}));", constraint.kind(), constraint_code(constraint))
        }
        TableChange::DropConstraint { kind, name, if_exists: false } => {
            format!("t.drop_constraint(ConstraintKind::{kind:?}, {:?});", name.as_str())
        }
        TableChange::RenameConstraint { kind, from, to } => {
            format!("t.rename_constraint(ConstraintKind::{kind:?}, {:?}, {:?});", from.as_str(), to.as_str())
        }
        TableChange::SetComment { comment } => format!("t.set_comment({comment:?}.map(str::to_owned));"),
        other => from_json("t.push::<TableChange>", other),
    }
}

fn alter_code(alter: &AlterColumn) -> String {
    let mut code = String::new();
    if let Some(to) = &alter.rename {
        write!(code, ".rename({to:?})").unwrap_or_default();
    }
    if let Some(to) = &alter.column_type {
        write!(code, ".column_type({})", type_code(to)).unwrap_or_default();
    }
    if let Some(nullable) = alter.nullable {
        write!(code, ".nullable({nullable})").unwrap_or_default();
    }
    match &alter.server_default {
        Some(Change::Set(value)) => {
            let value = value.default_value().map(value_code).unwrap_or_default();
            write!(code, ".server_default({value})").unwrap_or_default();
        }
        Some(Change::Drop) => code.push_str(".drop_server_default()"),
        None => {}
    }
    match &alter.comment {
        Some(Change::Set(text)) => write!(code, ".comment({text:?})").unwrap_or_default(),
        Some(Change::Drop) => code.push_str(".drop_comment()"),
        None => {}
    }
    code
}
