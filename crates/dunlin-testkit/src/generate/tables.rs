//! Tables, and rows of them.

use dunlin::core::dialect::DialectName;
use dunlin::core::operation::Operation;
use dunlin::core::prelude::*;
use dunlin::core::schema::{Computed, TableName};

use super::choices::Choices;

/// Types of columns whose values [`value`] knows.
const TYPES: &[DataType] = &[
    DataType::Integer,
    DataType::BigInteger,
    DataType::SmallInteger,
    DataType::Boolean,
    DataType::String { length: Some(50) },
    DataType::Char { length: 10 },
    DataType::Text,
    DataType::Double,
    DataType::Numeric { precision: Some(12), scale: 3 },
    DataType::Date,
    DataType::DateTime { precision: None, timezone: false },
    DataType::Binary,
    DataType::Json,
];

/// Names of columns: words, reserved words, mixed case.
const NAMES: &[&str] = &["a", "order", "Mixed", "with space", "größe", "it's", "group", "b", "c_d"];

pub(super) fn create_table(
    choices: &mut Choices<'_>,
    on: DialectName,
    at: usize,
    schema: &Metadata,
) -> Operation {
    let name = ["t", "Order", "my table", "größen"][choices.below(4)];
    let mut table = Table::build(format!("{name}{at}"), |t| {
        t.column("id", DataType::Integer);
        t.primary_key(format!("{name}{at} pk"), ["id"]);
        if choices.once_in(3) {
            t.comment("it's a comment");
        }
    });
    // MySQL computes and checks nothing from a column that it counts up.
    let may_count = !matches!(on, DialectName::MySql | DialectName::MariaDb) && choices.once_in(2);
    table.columns.iter_mut().for_each(|column| column.autoincrement &= may_count);
    for at in 0..choices.below(5) {
        table.columns.push(column(choices, on, at));
    }
    let operation = Operation::CreateTable { table: table.clone(), if_not_exists: false };
    let mut alone = schema.clone();
    if alone.apply(&operation).is_err() {
        return operation;
    }
    for _ in 0..choices.below(4) {
        let mut with = table.clone();
        constraint_or_index(choices, on, &mut with, schema, at);
        if with.validate().is_ok() {
            table = with;
        }
    }
    Operation::CreateTable { table, if_not_exists: false }
}

/// A column that rows can be inserted into, or computed from the key.
pub(super) fn column(choices: &mut Choices<'_>, on: DialectName, at: usize) -> Column {
    let name = format!("{}{at}", NAMES[choices.below(NAMES.len())]);
    let data_type = TYPES[choices.below(TYPES.len())].clone();
    let mut column = Column::new(name, data_type.clone());
    if choices.once_in(8) {
        let mut computed = Column::new(column.name, DataType::Integer);
        computed.computed = Some(Computed::stored("id * 2"));
        return computed;
    }
    let has_default =
        choices.once_in(2) && !matches!(data_type, DataType::Binary | DataType::Json | DataType::Text);
    if has_default {
        column = column.server_default(value(&data_type, 7));
        column.nullable = choices.once_in(2);
    }
    if choices.once_in(4) {
        column = column.comment("it's \\ a comment");
    }
    if on != DialectName::Postgres && choices.once_in(6) && matches!(data_type, DataType::Text) {
        let collation = if on == DialectName::Sqlite { "NOCASE" } else { "utf8mb4_bin" };
        column.column_type = data_type.collate(collation).into();
    }
    column
}

/// Something that stands on columns of a table, added to it.
pub(super) fn constraint_or_index(
    choices: &mut Choices<'_>,
    on: DialectName,
    table: &mut Table,
    schema: &Metadata,
    at: usize,
) {
    let usable: Vec<&Column> =
        table.columns.iter().filter(|column| is_short(column) && column.name != "id").collect();
    let Some(column) = choices.one(&usable).map(|column| column.name.clone()) else { return };
    let number = table.indexes.len() + table.uniques.len() + table.checks.len() + table.foreign_keys.len();
    let name = |kind: &str| format!("{}_{at}_{kind}{number}", table.name.name);
    match choices.below(5) {
        0 => {
            let unique = Unique::new(["id".to_owned(), column]).named(name("uq"));
            // PostgreSQL makes one of two that are alike.
            if table.uniques.iter().all(|known| known.columns != unique.columns) {
                table.uniques.push(unique);
            }
        }
        1 => {
            let plain = ["a", "b", "group", "order"];
            let numbers =
                table.columns.iter().filter(|column| plain.iter().any(|name| column.name.starts_with(name)));
            let numbers = numbers.filter(|column| column.column_type == DataType::Integer.into());
            let Some(number) = numbers.map(|column| &column.name).next() else { return };
            let check = Check::new(format!("{number} > 0 AND {number} < 1000000")).named(name("ck"));
            table.checks.push(check);
        }
        2 => {
            let mut index = Index::new(name("ix"), [column, "id".to_owned()]);
            index.unique = choices.once_in(2);
            if choices.once_in(3) {
                index.elements[0].descending = true;
            }
            table.indexes.push(index);
        }
        3 => {
            let mut index = Index::new(name("ix"), [column]);
            if choices.once_in(2) {
                index.predicate = Some(
                    PerDialect::only(DialectName::Postgres, "id > 5".to_owned())
                        .on(DialectName::Sqlite, "id > 5".to_owned()),
                );
            }
            table.indexes.push(index);
        }
        _ => {
            let mut referred: Vec<TableName> =
                schema.tables().iter().map(|table| table.name.clone()).collect();
            referred.retain(|name| name != &table.name && (is_new(&table.name) || is_first(name)));
            let Some(referred) = choices.one(&referred).cloned() else { return };
            let key = ForeignKey::new(["id"], referred, ["id"]).named(name("fk"));
            let keys = [ReferentialAction::NoAction, ReferentialAction::Restrict, ReferentialAction::Cascade];
            let action = keys[choices.below(keys.len())];
            // MySQL computes nothing from a column whose row another table's key may delete.
            let may_cascade = !matches!(on, DialectName::MySql | DialectName::MariaDb);
            table.foreign_keys.push(if may_cascade { key.on_delete(action) } else { key });
        }
    }
}

/// Whether it is a table that rows are inserted into, under its first name: its number has one digit.
fn is_first(name: &TableName) -> bool {
    number(name).len() == 1
}

/// Whether it is a table without rows: one that a change creates, under its first name.
fn is_new(name: &TableName) -> bool {
    number(name).len() == 2 && !name.name.starts_with("renamed")
}

fn number(name: &TableName) -> &str {
    name.name.trim_start_matches(|c: char| !c.is_ascii_digit())
}

/// Whether an index can stand on it everywhere.
fn is_short(column: &Column) -> bool {
    let data_type = column.column_type.default_value();
    column.computed.is_none()
        && matches!(
            data_type,
            Some(
                DataType::Integer
                    | DataType::BigInteger
                    | DataType::SmallInteger
                    | DataType::String { .. }
                    | DataType::Char { .. }
                    | DataType::Date
            )
        )
}

/// Three rows; the keys are the same in all tables, so that they can refer to each other.
pub(super) fn insert_rows(table: &Table) -> Operation {
    let given: Vec<&Column> = table.columns.iter().filter(|column| column.computed.is_none()).collect();
    let row = |row: i64| -> Vec<SqlValue> {
        let value_of = |column: &&Column| match column.column_type.default_value() {
            _ if column.name == "id" => SqlValue::Integer(row),
            _ if row == 2 && column.nullable => SqlValue::Null,
            Some(data_type) => value(data_type, row),
            None => SqlValue::Null,
        };
        given.iter().map(value_of).collect()
    };
    Operation::BulkInsert {
        table: table.name.clone(),
        columns: given.iter().map(|column| column.name.clone()).collect(),
        rows: [1, 2, 3].map(row).to_vec(),
    }
}

/// A value of a type, another for each row.
pub(super) fn value(data_type: &DataType, row: i64) -> SqlValue {
    match data_type {
        DataType::Boolean => SqlValue::Boolean(row % 2 == 1),
        DataType::Integer | DataType::BigInteger | DataType::SmallInteger => SqlValue::Integer(row * 10),
        DataType::Char { .. } => SqlValue::text(format!("c{row}")),
        DataType::String { .. } => SqlValue::text(format!("it's {row} \\ ü")),
        DataType::Text => SqlValue::text(format!("  text {row}\nof two lines ")),
        DataType::Double => SqlValue::expression(format!("{row}.5")),
        DataType::Numeric { .. } => SqlValue::expression(format!("{row}.125")),
        DataType::Date => SqlValue::text(format!("2024-02-0{row}")),
        DataType::DateTime { .. } => SqlValue::text(format!("2024-02-0{row} 01:02:03")),
        DataType::Binary => SqlValue::Bytes(vec![0, 255, 39, u8::try_from(row).unwrap_or_default()]),
        DataType::Json => SqlValue::text(format!("{{\"row\": {row}}}")),
        DataType::Collated { text, .. } => value(text, row),
        _ => SqlValue::Null,
    }
}
