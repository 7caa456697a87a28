//! SQLite: one query over `sqlite_master`, whose texts are read in full, and one more where there are
//! virtual tables.
//!
//! The pragmas know neither constraint names nor checks nor collations nor expressions; the stored
//! CREATE statements do.

use std::collections::HashMap;

use dunlin_core::schema::{DataType, ForeignKey, IndexElement, IndexKey, Table, View};
use dunlin_engine::dialect::Dialect;
use dunlin_engine::sql::{SqlError, create_index, create_table, create_view};

use super::{Introspected, Scope, Unsaid, filled, text};
use crate::database::Database;
use crate::database::answer::Row;
use crate::error::Error;

/// An index that implements a constraint has no text. Temporary objects stand in a place of their own,
/// and hide others of the same name.
const OBJECTS: &str = "\
SELECT type, name, tbl_name, sql, 0 AS temporary, rowid AS place FROM {master}
WHERE type IN ('table', 'view', 'index') AND sql IS NOT NULL
  AND tbl_name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND {names}";

const TEMPORARY: &str = "\
UNION ALL
SELECT type, name, tbl_name, sql, 1, rowid FROM sqlite_temp_master
WHERE type IN ('table', 'index') AND sql IS NOT NULL AND {names}";

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
    // Tables stand before their indexes.
    let query = format!(
        "SELECT type, name, tbl_name, sql, temporary FROM ({OBJECTS}\n{temporary})\n\
         ORDER BY type = 'index', temporary, place"
    );
    let query = filled(&query, &[("master", &master), ("names", &names)]);
    let asked = scope.names.iter().map(|name| (name.to_ascii_lowercase(), (*name).to_owned()));
    let mut tables = Tables {
        dialect: database.dialect(),
        scope,
        asked: asked.collect(),
        tables: Vec::new(),
        places: HashMap::new(),
        types: HashMap::new(),
        views: Vec::new(),
        unsaid: Vec::new(),
        any_virtual: false,
    };
    let mut failed = None;
    database
        .answers(&[query], |_, row| {
            if failed.is_none() {
                failed = tables.read(row).err();
            }
        })
        .await?;
    if let Some(error) = failed {
        return Err(error);
    }
    if tables.any_virtual {
        let schema = database.dialect().literal(scope.schema.unwrap_or("main"));
        let shadows = database.answer(&filled(SHADOWS, &[("schema", &schema)])).await?;
        shadows.iter().for_each(|row| tables.leave_out(text(row, 0)));
    }
    tables.spell_references();
    found.unsaid.append(&mut tables.unsaid);
    found.metadata.views.append(&mut tables.views);
    found.metadata.extend(tables.tables.into_iter().flatten());
    Ok(())
}

/// Tables that are read, and where each of them is.
struct Tables<'s> {
    dialect: &'static dyn Dialect,
    scope: &'s Scope<'s>,
    tables: Vec<Option<Table>>,
    /// By their names in small letters: SQLite does not tell `a` from `A`.
    places: HashMap<String, usize>,
    /// How the tables are spelled that were asked for, by their names in small letters.
    asked: HashMap<String, String>,
    /// Types by their texts: there are few.
    types: HashMap<String, DataType>,
    views: Vec<View>,
    unsaid: Vec<Unsaid>,
    /// Whether there are virtual tables, which are none of those that all are.
    any_virtual: bool,
}

impl Tables<'_> {
    fn get(&self, name: &str) -> Option<&Table> {
        self.tables.get(*self.places.get(&name.to_ascii_lowercase())?)?.as_ref()
    }

    /// Reads a table, a view, or an index of a table that was read.
    fn read(&mut self, row: &Row) -> Result<(), Error> {
        if self.scope.names.len() > MANY && !self.asked.contains_key(&text(row, 2).to_ascii_lowercase()) {
            return Ok(());
        }
        match text(row, 0) {
            "table" => self.read_table(row),
            "index" => self.read_index(row),
            _ => {
                let (name, sql) = (text(row, 1), text(row, 3));
                let query = create_view::read_sqlite(sql).map_err(|error| unreadable(name, error))?;
                self.views.push(View::new(self.scope.table(name), query));
                Ok(())
            }
        }
    }

    fn read_table(&mut self, row: &Row) -> Result<(), Error> {
        let (dialect, types) = (self.dialect, &mut self.types);
        let data_type = |text: &str| match types.get(text) {
            Some(known) => known.clone(),
            None => types.entry(text.to_owned()).or_insert(dialect.parse_type(text)).clone(),
        };
        let name = text(row, 1);
        let read = match create_table::read_sqlite(text(row, 3), data_type) {
            Ok(read) => read,
            Err(SqlError::VirtualTable { .. }) if self.scope.names.is_empty() => {
                self.any_virtual = true;
                return Ok(());
            }
            Err(error) => return Err(unreadable(name, error)),
        };
        let mut table = read.table;
        let folded = name.to_ascii_lowercase();
        table.name = self.scope.table(self.asked.get(&folded).map_or(name, String::as_str));
        table.options.temporary = is_temporary(row);
        let unsaid = |what| Unsaid { table: table.name.clone(), column: None, what };
        let place = self.places.get(&folded).copied();
        if place.is_some() {
            self.unsaid.retain(|unsaid| unsaid.table != table.name);
        }
        self.unsaid.extend(read.lost.into_iter().map(unsaid));
        match place {
            Some(place) => self.tables[place] = Some(table),
            None => {
                self.places.insert(folded, self.tables.len());
                self.tables.push(Some(table));
            }
        }
        Ok(())
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
