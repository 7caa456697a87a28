//! Creating tables on SQLite.

use dunlin_core::schema::{Table, TableName, TableOptions};

use super::{Sqlite, column, constraint, index};
use crate::dialect::{Dialect, RenderError, ddl};

/// What SQLite cannot do for a table that is brought into the database.
///
/// # Errors
/// [`RenderError::Unsupported`].
pub(super) fn check(dialect: &Sqlite, table: &Table) -> Result<(), RenderError> {
    check_options(dialect, &table.name, &table.options, None)?;
    check_key(dialect, table)?;
    for column in &table.columns {
        column::check(dialect, column)?;
        column::check_counting(dialect, column, table)?;
    }
    table.constraints().try_for_each(|constraint| constraint::check(dialect, &table.name, &constraint))?;
    table.indexes.iter().try_for_each(|index| index::check(dialect, index))
}

/// What SQLite cannot do of options that a table gets, and did not have before.
///
/// # Errors
/// [`RenderError::Unsupported`].
pub(super) fn check_options(
    dialect: &Sqlite,
    table: &TableName,
    options: &TableOptions,
    before: Option<&TableOptions>,
) -> Result<(), RenderError> {
    let inherits = before.map_or(&[][..], |before| &before.inherits);
    let wants = [
        (
            options.unlogged && !before.is_some_and(|before| before.unlogged),
            "leave a table out of its log",
            "leave out `unlogged`",
        ),
        (
            !options.inherits.is_empty() && options.inherits != inherits,
            "let a table inherit",
            "repeat the columns, or leave out `inherits`",
        ),
    ];
    refuse(dialect, table, wants)
}

/// Refuses options that go by a primary key which the table does not have.
///
/// # Errors
/// [`RenderError::Unsupported`].
pub(super) fn check_key(dialect: &Sqlite, table: &Table) -> Result<(), RenderError> {
    let options = &table.options;
    let wants = [
        (
            options.without_rowid && table.primary_key.is_none(),
            "keep rows by a primary key that is not there",
            "give the table a primary key, or leave out `without_rowid`",
        ),
        (
            options.never_reuse_ids && column::row_id(dialect, table).is_none(),
            "keep ids from coming again where no column is the row id",
            "make one INTEGER column the primary key of a table with row ids, or leave out `never_reuse_ids`",
        ),
    ];
    refuse(dialect, &table.name, wants)
}

fn refuse(
    dialect: &Sqlite,
    table: &TableName,
    wants: [(bool, &str, &'static str); 2],
) -> Result<(), RenderError> {
    match wants.into_iter().find(|(wanted, ..)| *wanted) {
        None => Ok(()),
        Some((_, what, hint)) => {
            let operation = format!("{what} (table {table})");
            Err(RenderError::Unsupported { dialect: dialect.name(), operation, hint })
        }
    }
}

/// Whether two tables' options are the same to SQLite, which passes over all others.
pub(super) fn has_options(one: &TableOptions, other: &TableOptions) -> bool {
    let own = |options: &TableOptions| (options.strict, options.without_rowid, options.never_reuse_ids);
    own(one) == own(other)
}

/// The table and its indexes.
///
/// # Errors
/// What SQLite cannot do.
pub(super) fn create(
    dialect: &Sqlite,
    table: &Table,
    if_not_exists: bool,
) -> Result<Vec<String>, RenderError> {
    let name = shown(table);
    let mut statements = vec![create_alone(dialect, table, &name, if_not_exists)?];
    for index in &table.indexes {
        statements.push(index::create(dialect, &name, index, if_not_exists)?);
    }
    Ok(statements)
}

/// The table without its indexes, under the name `shown`.
///
/// # Errors
/// What SQLite cannot write.
pub(super) fn create_alone(
    dialect: &Sqlite,
    table: &Table,
    shown: &TableName,
    if_not_exists: bool,
) -> Result<String, RenderError> {
    let columns = table.columns.iter().map(|column| column::definition(dialect, column, table));
    let mut parts = columns.collect::<Result<Vec<_>, _>>()?;
    let key_stands_at_column = table.columns.iter().any(|column| column::carries_key(column, table));
    for constraint in table.constraints() {
        let is_key = matches!(constraint, dunlin_core::schema::Constraint::PrimaryKey(_));
        if !(is_key && key_stands_at_column) {
            parts.push(constraint::clause(dialect, &constraint)?);
        }
    }
    let options = [(table.options.strict, "STRICT"), (table.options.without_rowid, "WITHOUT ROWID")];
    let options: Vec<&str> =
        options.into_iter().filter(|(wanted, _)| *wanted).map(|(_, word)| word).collect();
    Ok(format!(
        "CREATE {}TABLE {}{} (\n    {}\n){}{}",
        if table.options.temporary { "TEMPORARY " } else { "" },
        if if_not_exists { "IF NOT EXISTS " } else { "" },
        ddl::table_name(dialect, shown),
        parts.join(",\n    "),
        if options.is_empty() { "" } else { " " },
        options.join(", "),
    ))
}

/// The name in statements: a temporary table is in no schema but its own.
pub(super) fn shown(table: &Table) -> TableName {
    match table.options.temporary {
        true => TableName::from(table.name.name.as_str()),
        false => table.name.clone(),
    }
}
