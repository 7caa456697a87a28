//! Changes of what a table has besides columns, constraints and indexes.

use dunlin_core::dialect::{DialectName, PerDialect};
use dunlin_core::schema::{DataType, Table, TableName, TableOptions};

use super::{MySql, normal};
use crate::dialect::{Dialect, RenderError, ddl};

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
    let said = to.character_set.is_some() || to.collation.is_some();
    if from.collation != here.collation && said {
        let character_set = to.character_set.as_ref().map(|name| format!("CHARACTER SET {name}"));
        let collation = to.collation.as_ref().map(|name| format!("COLLATE {name}"));
        let words: Vec<String> = character_set.into_iter().chain(collation).collect();
        clauses.push(format!("DEFAULT {}", words.join(" ")));
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

/// The statement that gives all texts of a table, and the table, the collation of the database. MariaDB
/// takes the character set of the database only, and not its collation.
pub(super) fn convert(dialect: &MySql, table: &TableName) -> String {
    let alter = format!("ALTER TABLE {} CONVERT TO CHARACTER SET ", ddl::table_name(dialect, table));
    match dialect.name {
        DialectName::MariaDb => format!(
            "EXECUTE IMMEDIATE CONCAT({}, @@character_set_database, ' COLLATE ', @@collation_database)",
            dialect.literal(&alter)
        ),
        _ => format!("{alter}DEFAULT"),
    }
}

/// What becomes of the texts of a table that gets other options.
pub(super) enum Texts {
    /// Nothing.
    Stay,
    /// These say no collation of their own, and follow the table's.
    Follow(Vec<String>),
    /// All are converted to the collation of the database; these are then restated.
    Converted {
        /// Those with a collation of their own, and those whose type the server may have made longer.
        restated: Vec<String>,
    },
}

pub(super) fn texts(dialect: &MySql, table: &Table, to: &TableOptions) -> Texts {
    if form(dialect, &table.options).collation == form(dialect, to).collation {
        return Texts::Stay;
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
    let own = |data_type: &DataType| {
        matches!(
            data_type,
            DataType::Collated { .. } | DataType::Text | DataType::TinyText | DataType::MediumText
        )
    };
    let names = |wanted: &dyn Fn(&DataType) -> bool| -> Vec<String> {
        let is_one =
            |column: &&dunlin_core::schema::Column| column.column_type.get(dialect.name).is_some_and(wanted);
        table.columns.iter().filter(is_one).map(|column| column.name.clone()).collect()
    };
    match (&to.character_set, &to.collation) {
        (None, None) => Texts::Converted { restated: names(&own) },
        _ => Texts::Follow(names(&follows)),
    }
}
