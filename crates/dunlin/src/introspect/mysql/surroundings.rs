//! What a table has that says nothing: a storage engine, a collation. Who says just that says nothing else
//! than who says nothing.

use std::collections::{BTreeSet, HashMap};

use dunlin_core::schema::{ColumnType, DataType, Metadata, TableOptions};

use super::super::{filled, text};
use super::queries;
use crate::database::Database;
use crate::error::Error;

/// What a server gives to tables that say nothing.
#[derive(Debug, Default)]
pub(crate) struct Surroundings {
    engine: String,
    /// The collation of each schema.
    schemas: HashMap<Option<String>, String>,
    /// The collation of each character set.
    character_sets: HashMap<String, String>,
}

/// Asks the server; `None` where no table of these says anything that it could say by itself.
pub(in crate::introspect) async fn surroundings(
    database: &mut Database,
    all: &[&Metadata],
) -> Result<Option<Surroundings>, Error> {
    let dialect = database.dialect();
    let says = |options: &TableOptions| {
        options.engine.is_some() || options.character_set.is_some() || options.collation.is_some()
    };
    let collated =
        |column_type: &ColumnType| matches!(column_type.get(dialect.name()), Some(DataType::Collated { .. }));
    let tables = all.iter().flat_map(|metadata| metadata.tables());
    let mut tables = tables.filter(|table| {
        says(&table.options) || table.columns.iter().any(|column| collated(&column.column_type))
    });
    let schemas: BTreeSet<Option<String>> = tables.by_ref().map(|table| table.name.schema.clone()).collect();
    if schemas.is_empty() {
        return Ok(None);
    }
    let mut surroundings = Surroundings::default();
    for schema in schemas {
        let literal = schema.as_ref().map_or("DATABASE()".to_owned(), |schema| dialect.literal(schema));
        let settings = database.answer(&filled(queries::SETTINGS, &[("schema", &literal)])).await?;
        let Some(row) = settings.first() else { continue };
        surroundings.engine = text(row, 1).to_owned();
        surroundings.schemas.insert(schema, text(row, 2).to_owned());
    }
    for row in database.answer(queries::CHARACTER_SETS).await? {
        surroundings.character_sets.insert(text(&row, 0).to_owned(), text(&row, 1).to_owned());
    }
    Ok(Some(surroundings))
}

impl Surroundings {
    /// The same schema without what its server says by itself.
    pub(crate) fn meant(&self, dialect: dunlin_core::dialect::DialectName, said: &Metadata) -> Metadata {
        let mut meant = said.clone();
        let mut tables = meant.take_tables();
        for table in &mut tables {
            let schema = self.schemas.get(&table.name.schema).map(String::as_str);
            let options = &mut table.options;
            options.engine.take_if(|engine| engine.eq_ignore_ascii_case(&self.engine));
            let own = self.collation(options.character_set.as_deref(), options.collation.as_deref());
            options.character_set = None;
            options.collation = own.clone().filter(|own| Some(own.as_str()) != schema);
            let of_table = own.or_else(|| schema.map(str::to_owned));
            for column in &mut table.columns {
                let Some(DataType::Collated { text, character_set, collation }) =
                    column.column_type.get(dialect)
                else {
                    continue;
                };
                let own = self.collation(character_set.as_deref(), collation.as_deref());
                let data_type = match own {
                    Some(own) if Some(&own) != of_table.as_ref() => text.as_ref().clone().collate(own),
                    _ => text.as_ref().clone(),
                };
                column.column_type = data_type.into();
            }
        }
        meant.extend(tables);
        meant
    }

    /// The collation of a text of which the character set is said, or both, or none.
    fn collation(&self, character_set: Option<&str>, collation: Option<&str>) -> Option<String> {
        let spelled = |name: &str| {
            let name = name.trim_matches(['\'', '"', '`']).to_ascii_lowercase();
            match name.strip_prefix("utf8_") {
                Some(rest) if self.character_sets.contains_key("utf8mb3") => format!("utf8mb3_{rest}"),
                None if name == "utf8" && self.character_sets.contains_key("utf8mb3") => "utf8mb3".to_owned(),
                _ => name,
            }
        };
        match (collation, character_set) {
            (Some(collation), _) => Some(spelled(collation)),
            (None, Some(character_set)) => self.character_sets.get(&spelled(character_set)).cloned(),
            (None, None) => None,
        }
    }
}
