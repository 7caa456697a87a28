//! SQLite: one query over `sqlite_master`, whose texts are read in full.
//!
//! The pragmas know neither constraint names nor checks nor collations nor expressions; the stored
//! CREATE statements do.

use dunlin_core::schema::{IndexElement, IndexKey, Table, View};
use dunlin_core::session::Row;
use dunlin_engine::sql::{SqlError, create_index, create_table, create_view};

use super::{Introspected, Scope, Unsaid, text};
use crate::database::Database;
use crate::error::Error;

/// An index that implements a constraint has no text. Temporary objects stand in a place of their own,
/// and hide others of the same name.
const OBJECTS: &str = "\
SELECT type, name, tbl_name, sql, 0 AS temporary, rowid FROM {master}
WHERE type IN ('table', 'view', 'index') AND sql IS NOT NULL
  AND tbl_name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND {names}";

const TEMPORARY: &str = "\
UNION ALL
SELECT type, name, tbl_name, sql, 1, rowid FROM sqlite_temp_master
WHERE type IN ('table', 'index') AND sql IS NOT NULL AND {names}";

const ORDER: &str = "ORDER BY 5, 6";

pub(super) async fn read(
    database: &mut Database,
    scope: &Scope<'_>,
    found: &mut Introspected,
) -> Result<(), Error> {
    let master = match scope.schema {
        Some(schema) => format!("{}.sqlite_master", database.dialect().quote(schema)),
        None => "sqlite_master".to_owned(),
    };
    let names = scope.names_condition(database, "tbl_name COLLATE NOCASE");
    let temporary = if scope.schema.is_none() && !scope.names.is_empty() { TEMPORARY } else { "" };
    let query = format!("{OBJECTS}\n{temporary}\n{ORDER}");
    let query = query.replace("{master}", &master).replace("{names}", &names);
    let rows = database.rows(&query).await?;

    let of_type = |wanted: &'static str| rows.iter().filter(move |row| text(row, 0) == wanted);
    for row in of_type("table") {
        read_table(database, scope, row, found)?;
    }
    for row in of_type("index") {
        let Some(table) = found.metadata.get_mut(&scope.table(text(row, 2))) else { continue };
        if table.options.temporary == is_temporary(row) {
            read_index(row, table)?;
        }
    }
    for row in of_type("view") {
        let query =
            create_view::read_sqlite(text(row, 3)).map_err(|error| unreadable(text(row, 1), error))?;
        found.metadata.views.push(View::new(scope.table(text(row, 1)), query));
    }
    Ok(())
}

fn read_table(
    database: &Database,
    scope: &Scope<'_>,
    row: &Row,
    found: &mut Introspected,
) -> Result<(), Error> {
    let dialect = database.dialect();
    let name = text(row, 1);
    let read = match create_table::read_sqlite(text(row, 3), |text| dialect.parse_type(text)) {
        Ok(read) => read,
        Err(SqlError::VirtualTable { .. }) if scope.names.is_empty() => return Ok(()),
        Err(error) => return Err(unreadable(name, error)),
    };
    let mut table = read.table;
    table.name = scope.table(name);
    table.options.temporary = is_temporary(row);
    found.unsaid.retain(|unsaid| unsaid.table != table.name);
    let unsaid = |what| Unsaid { table: table.name.clone(), column: None, what };
    found.unsaid.extend(read.lost.into_iter().map(unsaid));
    found.metadata.insert(table);
    Ok(())
}

/// SQLite does not tell `a` from `A`: columns are spelled as the table spells them.
fn read_index(row: &Row, table: &mut Table) -> Result<(), Error> {
    let mut index =
        create_index::read_sqlite(text(row, 3)).map_err(|error| unreadable(text(row, 2), error))?;
    let spelled = |element: &mut IndexElement| {
        let IndexKey::Column(name) = &mut element.key else { return };
        if let Some(column) = table.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name)) {
            name.clone_from(&column.name);
        }
    };
    index.elements.iter_mut().for_each(spelled);
    index.name = Some(text(row, 1).into());
    table.indexes.push(index);
    Ok(())
}

fn is_temporary(row: &Row) -> bool {
    text(row, 4) == "1"
}

fn unreadable(table: &str, error: SqlError) -> Error {
    Error::Introspect { table: table.to_owned(), source: error.into() }
}
