//! MySQL and MariaDB: nine queries over `information_schema`.
//!
//! What a table has as its server or its schema has it, a storage engine or a collation, is not said of
//! it; nor is the index that the server makes for a foreign key.

pub(super) mod describe;
mod queries;
mod text;

use std::collections::{BTreeMap, HashMap};

use dunlin_core::dialect::DialectName;
use dunlin_core::schema::{
    Check, Column, Computed, DataType, ForeignKey, Index, IndexElement, IndexKind, Metadata, PrimaryKey,
    ReferentialAction, Table, TableName, Unique, View,
};
use dunlin_core::session::Row;
use dunlin_engine::dialect::implicit_index;

use super::{Introspected, Scope, Unsaid, action, optional, text};
use crate::database::Database;
use crate::error::Error;
use text::{Extra, default_of_mariadb, default_of_mysql, expression as expression_of};

pub(super) async fn read(
    database: &mut Database,
    scope: &Scope<'_>,
    found: &mut Introspected,
) -> Result<(), Error> {
    let schema = match scope.schema {
        Some(schema) => database.dialect().literal(schema),
        None => "DATABASE()".to_owned(),
    };
    let settings = database.rows(&queries::SETTINGS.replace("{schema}", &schema)).await?;
    let Some(settings) = settings.into_iter().next() else { return Ok(()) };
    let mut reader = Reader {
        scope,
        mariadb: database.dialect().name() == DialectName::MariaDb,
        folds_names: text(&settings, 0) != "0",
        engine: text(&settings, 1).to_owned(),
        collation: text(&settings, 2).to_owned(),
        schema: text(&settings, 3).to_owned(),
        collations: HashMap::new(),
        found,
    };
    let condition = reader.names_condition(database);
    let query = |sql: &str| sql.replace("{schema}", &schema).replace("{names}", &condition);
    let mariadb = reader.mariadb;

    for row in database.rows(&query(queries::TABLES)).await? {
        reader.table(&row);
    }
    let columns = if mariadb { queries::COLUMNS_MARIADB } else { queries::COLUMNS_MYSQL };
    for row in database.rows(&query(columns)).await? {
        let data_type = database.dialect().parse_type(text(&row, 2));
        reader.column(&row, data_type);
    }
    let indexes = if mariadb { queries::INDEXES_MARIADB } else { queries::INDEXES_MYSQL };
    reader.indexes(&database.rows(&query(indexes)).await?);
    let rules = database.rows(&query(queries::REFERENCES)).await?;
    reader.foreign_keys(&rules, &database.rows(&query(queries::KEY_COLUMNS)).await?);
    let checks = if mariadb { queries::CHECKS_MARIADB } else { queries::CHECKS_MYSQL };
    for row in database.rows(&query(checks)).await? {
        reader.check(&row, |name| database.dialect().quote(name));
    }
    for row in database.rows(&query(queries::VIEWS)).await? {
        reader.view(&row, &format!("{}.", database.dialect().quote(&reader.schema)));
    }
    Ok(())
}

/// Puts together what the queries answer.
struct Reader<'r, 's> {
    scope: &'r Scope<'s>,
    mariadb: bool,
    /// Whether the server does not look at upper and lower case in names of tables.
    folds_names: bool,
    /// The storage engine of a table that names none.
    engine: String,
    /// The collation of a table that names none.
    collation: String,
    schema: String,
    /// The collation of each table.
    collations: HashMap<TableName, String>,
    found: &'r mut Introspected,
}

impl Reader<'_, '_> {
    fn names_condition(&self, database: &Database) -> String {
        if !self.folds_names || self.scope.names.is_empty() {
            return self.scope.names_condition(database, "c.table_name");
        }
        let folded = |name: &&str| database.dialect().literal(&name.to_lowercase());
        let names: Vec<_> = self.scope.names.iter().map(folded).collect();
        format!("LOWER(c.table_name) IN ({})", names.join(", "))
    }

    /// The table under the name by which it was asked for; `None` if it was not. MariaDB compares with a
    /// list of names in any case.
    fn name(&self, stored: &str) -> Option<TableName> {
        if self.scope.wants(stored) {
            return Some(self.scope.table(stored));
        }
        let same = |name: &&&str| self.folds_names && name.to_lowercase() == stored.to_lowercase();
        self.scope.names.iter().find(same).map(|name| self.scope.table(name))
    }

    fn metadata(&mut self) -> &mut Metadata {
        &mut self.found.metadata
    }

    fn known(&mut self, stored: &str) -> Option<&mut Table> {
        let name = self.name(stored)?;
        self.metadata().get_mut(&name)
    }

    fn unsaid(&mut self, table: &TableName, column: Option<&str>, what: String) {
        let column = column.map(str::to_owned);
        self.found.unsaid.push(Unsaid { table: table.clone(), column, what });
    }

    fn table(&mut self, row: &Row) {
        let Some(name) = self.name(text(row, 0)) else { return };
        let (engine, collation) = (optional(row, 1), text(row, 2).to_owned());
        let mut partitioned = false;
        let mut row_format = None;
        let mut other = BTreeMap::new();
        for option in text(row, 3).split_whitespace() {
            match option.split_once('=') {
                Some((name, value)) if name.eq_ignore_ascii_case("row_format") => {
                    row_format = Some(value.to_owned());
                }
                Some((name, value)) => {
                    other.insert(name.trim_matches('`').to_uppercase(), value.to_owned());
                }
                None => partitioned |= option.eq_ignore_ascii_case("partitioned"),
            }
        }
        let engine = engine.filter(|engine| !engine.eq_ignore_ascii_case(&self.engine));
        let own_collation =
            Some(&collation).filter(|own| **own != self.collation && !own.is_empty()).cloned();
        let table = self.metadata().entry(name.clone());
        table.comment = optional(row, 4).filter(|comment| !comment.is_empty());
        table.options.engine = engine;
        table.options.character_set = own_collation.as_deref().map(character_set_of);
        table.options.collation = own_collation;
        table.options.row_format = row_format;
        table.options.other = other;
        if partitioned {
            self.unsaid(&name, None, "its partitions".to_owned());
        }
        self.collations.insert(name, collation);
    }

    fn column(&mut self, row: &Row, mut data_type: DataType) {
        let Some(table) = self.name(text(row, 0)) else { return };
        let Some(own) = self.collations.get(&table) else { return };
        let name = text(row, 1);
        if let Some(collation) = optional(row, 6).filter(|collation| collation != own) {
            data_type = data_type.collate(collation);
        }
        let extra = Extra::read(text(row, 5));
        let default = optional(row, 4).filter(|_| extra.stored.is_none());
        let question = default.as_ref().is_some_and(|default| default.contains(['?', '\u{fffd}']));
        let default = default.and_then(|default| match self.mariadb {
            true => default_of_mariadb(default, &data_type),
            false => Some(default_of_mysql(default, &data_type, extra.default_is_expression)),
        });
        let mut unsaid = extra.unknown.clone();
        let bytes =
            matches!(data_type, DataType::FixedBinary { .. } | DataType::VarBinary { .. } | DataType::Binary);
        if self.mariadb && bytes && question {
            // Its catalog prints a question mark for what is no character.
            unsaid.push("DEFAULT".to_owned());
        }
        if let Some(system) = optional(row, 9) {
            unsaid.push(format!("SRID {system}"));
        }
        if !unsaid.is_empty() {
            self.unsaid(&table, Some(name), format!("{} of column {name}", unsaid.join(" ")));
        }
        let mut column = Column::new(name, data_type);
        column.nullable = text(row, 3) == "YES";
        column.server_default = default.map(Into::into);
        column.on_update = extra.on_update.map(Into::into);
        column.autoincrement = extra.autoincrement;
        column.comment = optional(row, 7).filter(|comment| !comment.is_empty());
        column.computed = extra.stored.map(|stored| {
            let expression = match self.mariadb {
                true => text(row, 8).to_owned(),
                false => expression_of(text(row, 8)),
            };
            if stored { Computed::stored(expression) } else { Computed::on_read(expression) }
        });
        self.metadata().entry(table).columns.push(column);
    }

    fn indexes(&mut self, rows: &[Row]) {
        for rows in rows.chunk_by(|one, next| text(one, 0) == text(next, 0) && text(one, 1) == text(next, 1))
        {
            let Some(first) = rows.first() else { continue };
            let mariadb = self.mariadb;
            let Some(table) = self.known(text(first, 0)) else { continue };
            let mut index = index(rows, first, mariadb);
            // Elsewhere it is what an index is that says nothing, and the catalog does not tell.
            let hashes = table.options.engine.as_deref().is_some_and(|engine| engine == "MEMORY");
            if hashes && text(first, 6) == "BTREE" {
                index.using = Some("BTREE".into());
            }
            let method = index.using.as_ref().and_then(|using| using.default_value()).cloned();
            let plain = index.kind.is_plain() && index.comment.is_none();
            let bare = |element: &IndexElement| {
                *element == element.column().map_or_else(|| element.clone(), IndexElement::from)
            };
            let columns_only =
                index.elements.iter().all(|element| element.column().is_some() && bare(element));
            match index.name.as_deref() {
                Some("PRIMARY") => {
                    let mut key = PrimaryKey::new(index.columns());
                    key.using = method;
                    table.primary_key = Some(key);
                }
                Some(name) if index.unique && plain && columns_only && method.is_none() => {
                    table.uniques.push(Unique::new(index.columns()).named(name));
                }
                _ => table.indexes.push(index),
            }
        }
    }

    fn foreign_keys(&mut self, rules: &[Row], columns: &[Row]) {
        let actions = |row: &Row| (self.action(text(row, 2)), self.action(text(row, 3)));
        let rules: HashMap<_, _> =
            rules.iter().map(|row| ((text(row, 0), text(row, 1)), actions(row))).collect();
        let mut referring = Vec::new();
        for rows in
            columns.chunk_by(|one, next| text(one, 0) == text(next, 0) && text(one, 1) == text(next, 1))
        {
            let Some(first) = rows.first() else { continue };
            let Some(name) = self.name(text(first, 0)) else { continue };
            let schema = optional(first, 3).or_else(|| self.scope.schema.map(str::to_owned));
            let own = schema.as_deref() == self.scope.schema;
            let referred = match self.name(text(first, 4)).filter(|_| own) {
                Some(known) => known,
                None => TableName { schema, name: text(first, 4).to_owned() },
            };
            let (on_delete, on_update) =
                rules.get(&(text(first, 0), text(first, 1))).copied().unwrap_or_default();
            let key = ForeignKey::new(
                rows.iter().map(|row| text(row, 2)),
                referred,
                rows.iter().map(|row| text(row, 5)),
            )
            .named(text(first, 1))
            .on_delete(on_delete)
            .on_update(on_update);
            if let Some(table) = self.metadata().get_mut(&name) {
                table.foreign_keys.push(key);
                referring.push(name);
            }
        }
        referring.dedup();
        for name in referring {
            if let Some(table) = self.metadata().get_mut(&name) {
                leave_out_implicit_indexes(table);
            }
        }
    }

    /// InnoDB does the same for both, and MariaDB calls it RESTRICT where nothing is said.
    fn action(&self, words: &str) -> ReferentialAction {
        match action(words) {
            ReferentialAction::Restrict if self.mariadb => ReferentialAction::NoAction,
            other => other,
        }
    }

    /// MariaDB keeps a check with a column, under the name that the column had when it was made; the
    /// check that makes LONGTEXT a JSON is one of them.
    fn check(&mut self, row: &Row, quote: impl Fn(&str) -> String) {
        let (mariadb, name) = (self.mariadb, text(row, 1));
        let Some(table) = self.known(text(row, 0)) else { return };
        let expression = match mariadb {
            true => text(row, 2).to_owned(),
            false => expression_of(text(row, 2)),
        };
        let mut check = Check::new(expression.clone()).named(name);
        check.not_enforced = text(row, 4) == "NO";
        if text(row, 3) != "Column" {
            let taken_for_columns = mariadb && table.column(name).is_some();
            table.checks.push(check);
            if taken_for_columns {
                let table = table.name.clone();
                self.unsaid(&table, Some(name), format!("the check {name}, which is not the column's own"));
            }
            return;
        }
        let mentioned = table.columns.iter().map(|column| column.name.clone());
        // Under ANSI_QUOTES the catalog prints names in double quotes.
        let quoted = |column: &str| [quote(column), format!("\"{}\"", column.replace('"', "\"\""))];
        let mentions = |column: &String| quoted(column).iter().any(|quoted| expression.contains(quoted));
        let mentioned: Vec<String> = mentioned.filter(mentions).collect();
        let owner = match mentioned.as_slice() {
            [only] => Some(only),
            several => several.iter().find(|column| *column == name),
        };
        match owner {
            Some(owner)
                if quoted(owner).iter().any(|quoted| expression == format!("json_valid({quoted})")) =>
            {
                if let Some(column) = table.column_mut(owner) {
                    column.column_type = DataType::Json.into();
                }
            }
            Some(owner) => table.checks.push(check.named(owner)),
            None => {
                table.checks.push(check);
                let table = table.name.clone();
                for column in mentioned {
                    self.unsaid(&table, Some(&column), format!("CHECK ({expression}) of a column"));
                }
            }
        }
    }

    fn view(&mut self, row: &Row, schema: &str) {
        let Some(name) = self.name(text(row, 0)) else { return };
        let query = match self.scope.schema {
            Some(_) => text(row, 1).to_owned(),
            None => text(row, 1).replace(schema, ""),
        };
        self.metadata().views.push(View::new(name, query));
    }
}

/// The character set that a collation belongs to: collations are named after theirs.
fn character_set_of(collation: &str) -> String {
    collation.split('_').next().unwrap_or(collation).to_owned()
}

fn index(rows: &[Row], first: &Row, mariadb: bool) -> Index {
    let kind = match text(first, 6) {
        "FULLTEXT" => IndexKind::FullText,
        "SPATIAL" => IndexKind::Spatial,
        _ => IndexKind::Plain,
    };
    let element = |row: &Row| {
        let expression = optional(row, 8).filter(|_| !mariadb);
        let mut element = match expression {
            Some(sql) => IndexElement::expression(expression_of(&sql)),
            None => IndexElement::column_named(text(row, 3)),
        };
        element.length = text(row, 4).parse().ok().filter(|_| kind.is_plain());
        element.descending = text(row, 5) == "D";
        element
    };
    let mut index = Index::new(text(first, 1), rows.iter().map(element)).kind(kind);
    index.unique = text(first, 2) == "0";
    index.using = (text(first, 6) == "HASH").then(|| "HASH".into());
    index.comment = optional(first, 7).filter(|comment| !comment.is_empty());
    index
}

/// An index that stands under the name of a foreign key and on just its columns, where no other serves
/// the key, is taken for the one that the server made.
fn leave_out_implicit_indexes(table: &mut Table) {
    for key in table.foreign_keys.clone() {
        let Some(name) = key.name.clone() else { continue };
        let alike = Index::new(name, &key.columns);
        let Some(at) = table.indexes.iter().position(|index| *index == alike) else { continue };
        let index = table.indexes.remove(at);
        if !implicit_index::is_made_for(table, &key) {
            table.indexes.insert(at, index);
        }
    }
}
