//! SQLite: one query over `sqlite_master`, whose texts are read in full, and one more where there are
//! virtual tables.
//!
//! The pragmas know neither constraint names nor checks nor collations nor expressions; the stored
//! CREATE statements do.

use std::collections::HashMap;

use dunlin_core::schema::{ForeignKey, IndexElement, IndexKey, Table, View};
use dunlin_core::session::Row;
use dunlin_engine::sql::{SqlError, create_index, create_table, create_view};

use super::{Introspected, Scope, Unsaid, filled, text};
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

/// The tables in which virtual tables keep their rows.
const SHADOWS: &str = "SELECT name FROM pragma_table_list WHERE type = 'shadow' AND schema = {schema}";

/// With more names than this, everything is read and the rest left out here.
const MANY: usize = 100;

pub(super) async fn read(
    database: &mut Database,
    scope: &Scope<'_>,
    found: &mut Introspected,
) -> Result<(), Error> {
    let master = match scope.schema {
        Some(schema) => format!("{}.sqlite_master", database.dialect().quote(schema)),
        None => "sqlite_master".to_owned(),
    };
    let names = match scope.names.len() > MANY {
        true => "1 = 1".to_owned(),
        false => scope.names_condition(database, "tbl_name COLLATE NOCASE"),
    };
    let temporary = if scope.schema.is_none() && !scope.names.is_empty() { TEMPORARY } else { "" };
    let query = format!("{OBJECTS}\n{temporary}\n{ORDER}");
    let query = filled(&query, &[("master", &master), ("names", &names)]);
    let mut rows = database.rows(&query).await?;
    let asked = scope.names.iter().map(|name| (name.to_ascii_lowercase(), (*name).to_owned()));
    let mut tables = Tables { asked: asked.collect(), ..Tables::default() };
    if scope.names.len() > MANY {
        rows.retain(|row| tables.asked.contains_key(&text(row, 2).to_ascii_lowercase()));
    }
    let mut any_virtual = false;
    for row in of_type(&rows, "table") {
        any_virtual |= !tables.read(database, scope, row, found)?;
    }
    if any_virtual {
        let schema = database.dialect().literal(scope.schema.unwrap_or("main"));
        let shadows = database.rows(&filled(SHADOWS, &[("schema", &schema)])).await?;
        shadows.iter().for_each(|row| tables.leave_out(text(row, 0)));
    }
    for row in of_type(&rows, "index") {
        tables.read_index(row)?;
    }
    tables.spell_references();
    found.metadata.extend(tables.tables.into_iter().flatten());
    for row in of_type(&rows, "view") {
        let query =
            create_view::read_sqlite(text(row, 3)).map_err(|error| unreadable(text(row, 1), error))?;
        found.metadata.views.push(View::new(scope.table(text(row, 1)), query));
    }
    Ok(())
}

fn of_type<'r>(rows: &'r [Row], wanted: &'static str) -> impl Iterator<Item = &'r Row> {
    rows.iter().filter(move |row| text(row, 0) == wanted)
}

/// Tables that are read, and where each of them is.
#[derive(Default)]
struct Tables {
    tables: Vec<Option<Table>>,
    /// By their names in small letters: SQLite does not tell `a` from `A`.
    places: HashMap<String, usize>,
    /// How the tables are spelled that were asked for, by their names in small letters.
    asked: HashMap<String, String>,
}

impl Tables {
    fn get(&self, name: &str) -> Option<&Table> {
        self.tables.get(*self.places.get(&name.to_ascii_lowercase())?)?.as_ref()
    }

    /// Reads a table; false for a virtual one, which is none of those that all are.
    fn read(
        &mut self,
        database: &Database,
        scope: &Scope<'_>,
        row: &Row,
        found: &mut Introspected,
    ) -> Result<bool, Error> {
        let dialect = database.dialect();
        let name = text(row, 1);
        let read = match create_table::read_sqlite(text(row, 3), |text| dialect.parse_type(text)) {
            Ok(read) => read,
            Err(SqlError::VirtualTable { .. }) if scope.names.is_empty() => return Ok(false),
            Err(error) => return Err(unreadable(name, error)),
        };
        let mut table = read.table;
        table.name = scope.table(self.asked.get(&name.to_ascii_lowercase()).map_or(name, String::as_str));
        table.options.temporary = is_temporary(row);
        let unsaid = |what| Unsaid { table: table.name.clone(), column: None, what };
        let place = self.places.get(&name.to_ascii_lowercase()).copied();
        if place.is_some() {
            found.unsaid.retain(|unsaid| unsaid.table != table.name);
        }
        found.unsaid.extend(read.lost.into_iter().map(unsaid));
        match place {
            Some(place) => self.tables[place] = Some(table),
            None => {
                self.places.insert(name.to_ascii_lowercase(), self.tables.len());
                self.tables.push(Some(table));
            }
        }
        Ok(true)
    }

    fn leave_out(&mut self, name: &str) {
        if let Some(place) = self.places.remove(&name.to_ascii_lowercase()) {
            self.tables[place] = None;
        }
    }

    /// Reads an index; its columns are spelled as the table spells them.
    fn read_index(&mut self, row: &Row) -> Result<(), Error> {
        let place = self.places.get(&text(row, 2).to_ascii_lowercase());
        let Some(table) = place.and_then(|place| self.tables[*place].as_mut()) else { return Ok(()) };
        if table.options.temporary != is_temporary(row) {
            return Ok(());
        }
        let mut index =
            create_index::read_sqlite(text(row, 3)).map_err(|error| unreadable(text(row, 2), error))?;
        let spelled = |element: &mut IndexElement| {
            let IndexKey::Column(name) = &mut element.key else { return };
            spell(table, name);
        };
        index.elements.iter_mut().for_each(spelled);
        index.name = Some(text(row, 1).into());
        table.indexes.push(index);
        Ok(())
    }

    /// Spells what foreign keys refer to as it is spelled where it is.
    fn spell_references(&mut self) {
        let mut keys: Vec<(usize, Vec<ForeignKey>)> = Vec::new();
        for (place, table) in self.tables.iter().enumerate() {
            let Some(table) = table else { continue };
            let spelled = |key: &ForeignKey| {
                let mut key = key.clone();
                if let Some(referred) = self.get(&key.referred_table.name) {
                    key.referred_table.name.clone_from(&referred.name.name);
                    key.referred_columns.iter_mut().for_each(|name| spell(referred, name));
                }
                key
            };
            if !table.foreign_keys.is_empty() {
                keys.push((place, table.foreign_keys.iter().map(spelled).collect()));
            }
        }
        for (place, keys) in keys {
            if let Some(table) = &mut self.tables[place] {
                table.foreign_keys = keys;
            }
        }
    }
}

/// A column's name as the table has it.
fn spell(table: &Table, name: &mut String) {
    if let Some(column) = table.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name)) {
        name.clone_from(&column.name);
    }
}

fn is_temporary(row: &Row) -> bool {
    text(row, 4) == "1"
}

fn unreadable(table: &str, error: SqlError) -> Error {
    Error::Introspect { table: table.to_owned(), source: error.into() }
}
