//! Changes of what a table has besides columns, constraints and indexes.

use dunlin_core::dialect::{DialectName, PerDialect};
use dunlin_core::schema::{DataType, Table, TableOptions};

use super::{MySql, normal};
use crate::dialect::RenderError;

/// The clauses of ALTER TABLE that give a table other options.
///
/// # Errors
/// The database cannot change one of them.
pub(super) fn changes(dialect: &MySql, table: &Table, to: &TableOptions) -> Result<Vec<String>, RenderError> {
    let mut wanted = table.clone();
    wanted.options.clone_from(to);
    super::table::refuse_options(dialect, &wanted)?;
    let (from, here) = (form(dialect, &table.options), form(dialect, to));
    if from.partition_by != here.partition_by {
        return Err(dialect.unsupported(
            format!("change how the table {} is partitioned", table.name),
            "execute ALTER TABLE … PARTITION BY, and say the table's new options in the models",
        ));
    }
    let mut clauses = Vec::new();
    if from.engine != here.engine {
        clauses.push(format!("ENGINE={}", to.engine.as_deref().unwrap_or("InnoDB")));
    }
    if from.collation != here.collation {
        clauses.push(match (&to.character_set, &to.collation) {
            (None, None) => "DEFAULT CHARACTER SET DEFAULT".to_owned(),
            (character_set, collation) => {
                let character_set = character_set.as_ref().map(|name| format!("CHARACTER SET {name}"));
                let collation = collation.as_ref().map(|name| format!("COLLATE {name}"));
                let words: Vec<String> = character_set.into_iter().chain(collation).collect();
                format!("DEFAULT {}", words.join(" "))
            }
        });
    }
    if from.row_format != here.row_format {
        clauses.push(format!("ROW_FORMAT={}", to.row_format.as_deref().unwrap_or("DEFAULT")));
    }
    for (name, value) in &to.other {
        let spelled = name.trim_matches('`').to_ascii_uppercase();
        if from.other.get(&spelled) != here.other.get(&spelled) {
            clauses.push(format!("{name}={value}"));
        }
    }
    for name in from.other.keys().filter(|name| !here.other.contains_key(*name)) {
        clauses.push(format!("{name}={}", nothing(name)));
    }
    Ok(clauses)
}

fn form(dialect: &MySql, options: &TableOptions) -> TableOptions {
    let mut form = options.clone();
    form.partition_by =
        options.partition_by.as_ref().and_then(|by| by.get(dialect.name)).cloned().map(PerDialect::all);
    normal::options(dialect.name == DialectName::MariaDb, &mut form);
    form
}

/// What an option is where it is not said.
fn nothing(option: &str) -> &'static str {
    match option {
        "KEY_BLOCK_SIZE" | "CHECKSUM" | "DELAY_KEY_WRITE" | "MIN_ROWS" | "MAX_ROWS" | "AVG_ROW_LENGTH" => "0",
        "COMPRESSION" => "'NONE'",
        "ENCRYPTION" => "'N'",
        _ => "DEFAULT",
    }
}

/// The columns that say no collation of their own, where the table gets another.
pub(super) fn texts_that_follow(dialect: &MySql, table: &Table, to: &TableOptions) -> Vec<String> {
    if form(dialect, &table.options).collation == form(dialect, to).collation {
        return Vec::new();
    }
    let follows = |data_type: &DataType| {
        matches!(
            data_type,
            DataType::String { .. }
                | DataType::Char { .. }
                | DataType::Text
                | DataType::TinyText
                | DataType::MediumText
                | DataType::LongText
                | DataType::Uuid
                | DataType::Enum(_)
                | DataType::Set { .. }
        )
    };
    let columns =
        table.columns.iter().filter(|column| column.column_type.get(dialect.name).is_some_and(follows));
    columns.map(|column| column.name.clone()).collect()
}
