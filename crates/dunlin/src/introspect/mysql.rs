//! MySQL and MariaDB: eight queries over `information_schema`, seven of them in one round trip, and a few more where there is what these do not
//! tell: partitions, parsers of full-text indexes, bytes as defaults.
//!
//! What a table has as its server or its schema has it, a storage engine or a collation, is not said of
//! it; nor is the index that the server makes for a foreign key.

pub(super) mod describe;
mod more;
mod queries;
mod show_create;
pub(super) mod surroundings;
mod text;
mod view;

use std::collections::HashMap;

use dunlin_core::dialect::DialectName;
use dunlin_core::schema::{
    Check, Column, Computed, DataType, ForeignKey, Index, IndexElement, IndexKind, PrimaryKey,
    ReferentialAction, Table, TableName, Unique, View,
};
use dunlin_engine::dialect::{Dialect, implicit_index};

use super::{Introspected, LISTED, Scope, Unsaid, action, filled, optional, text};
use crate::database::Database;
use crate::database::answer::Row;
use crate::error::Error;
use text::{Extra, default_of_mariadb, default_of_mysql, expression as expression_of};

pub(super) async fn read(
    database: &mut Database,
    scope: &Scope<'_>,
    found: &mut Introspected,
) -> Result<(), Error> {
    let dialect = database.dialect();
    let schema = match scope.schema {
        Some(schema) => dialect.literal(schema),
        None => "DATABASE()".to_owned(),
    };
    let settings = database.answer(&filled(queries::SETTINGS, &[("schema", &schema)])).await?;
    let Some(settings) = settings.into_iter().next() else { return Ok(()) };
    let folds_names = text(&settings, 0) != "0";
    let mariadb = dialect.name() == DialectName::MariaDb;
    let mut reader = Reader {
        scope,
        dialect,
        mariadb,
        folded: match folds_names {
            true => scope.names.iter().map(|name| (name.to_lowercase(), *name)).collect(),
            false => HashMap::new(),
        },
        engine: text(&settings, 1).to_owned(),
        collation: text(&settings, 2).to_owned(),
        tables: Vec::new(),
        places: HashMap::new(),
        last: None,
        collations: Vec::new(),
        types: HashMap::new(),
        partitioned: Vec::new(),
        with_parser: Vec::new(),
        bytes: Vec::new(),
        without_rules: Vec::new(),
        index_rows: Vec::new(),
        rule_rows: Vec::new(),
        key_rows: Vec::new(),
        folds_names,
        views: Vec::new(),
        unsaid: Vec::new(),
    };
    let condition = names_condition(database, scope, folds_names);
    let query = |sql: &str| filled(sql, &[("schema", &schema), ("names", &condition)]);

    let asked = asked(mariadb);
    let all: Vec<String> = asked.iter().map(|(sql, _)| query(sql)).collect();
    database
        .answers(&all, |at, row| {
            if let Some((_, take)) = asked.get(at) {
                take(&mut reader, row);
            }
        })
        .await?;
    reader.indexes();
    reader.foreign_keys();
    more::read(database, &mut reader, &query).await?;
    reader.tables.iter_mut().for_each(implicit_index::leave_out);
    found.metadata.extend(reader.tables);
    found.unsaid.extend(reader.unsaid);
    found.metadata.views.extend(reader.views);
    Ok(())
}

/// A query, and what takes its rows.
type Ask = (&'static str, fn(&mut Reader<'_, '_>, &Row));

/// What of a table, and in the end of a view, is asked for.
fn asked(mariadb: bool) -> [Ask; 7] {
    let (columns, indexes, checks) = match mariadb {
        true => (queries::COLUMNS_MARIADB, queries::INDEXES_MARIADB, queries::CHECKS_MARIADB),
        false => (queries::COLUMNS_MYSQL, queries::INDEXES_MYSQL, queries::CHECKS_MYSQL),
    };
    [
        (queries::TABLES, |reader, row| reader.table(row)),
        (columns, |reader, row| reader.column(row)),
        (indexes, |reader, row| reader.index_rows.push(row.clone())),
        (queries::REFERENCES, |reader, row| reader.rule_rows.push(row.clone())),
        (queries::KEY_COLUMNS, |reader, row| reader.key_rows.push(row.clone())),
        (checks, |reader, row| reader.check(row)),
        (queries::VIEWS, |reader, row| reader.view(row)),
    ]
}

fn names_condition(database: &Database, scope: &Scope<'_>, folds_names: bool) -> String {
    if !folds_names || scope.names.is_empty() || scope.names.len() > LISTED {
        return scope.names_condition(database, "c.table_name");
    }
    let folded = |name: &&str| database.dialect().literal(&name.to_lowercase());
    let names: Vec<_> = scope.names.iter().map(folded).collect();
    format!("LOWER(c.table_name) IN ({})", names.join(", "))
}

/// Puts together what the queries answer.
struct Reader<'r, 's> {
    scope: &'r Scope<'s>,
    dialect: &'static dyn Dialect,
    mariadb: bool,
    /// The names that are wanted in small letters, where the server does not look at the case of names of
    /// tables.
    folded: HashMap<String, &'s str>,
    /// The storage engine of a table that names none.
    engine: String,
    /// The collation of a table that names none.
    collation: String,
    tables: Vec<Table>,
    /// Where the table of a stored name stands.
    places: HashMap<String, usize>,
    /// The last of them that was looked up: the answers are ordered by table.
    last: Option<(String, usize)>,
    /// The collation of each table.
    collations: Vec<String>,
    /// Types by their texts: there are few.
    types: HashMap<String, DataType>,
    /// The tables that have partitions.
    partitioned: Vec<usize>,
    /// The tables that have a full-text index.
    with_parser: Vec<usize>,
    /// The columns whose default is bytes: their tables and places in these.
    bytes: Vec<(usize, usize)>,
    /// The tables with foreign keys whose actions the role may not see.
    without_rules: Vec<usize>,
    /// The columns of indexes.
    index_rows: Vec<Row>,
    /// The actions of foreign keys.
    rule_rows: Vec<Row>,
    /// The columns of foreign keys.
    key_rows: Vec<Row>,
    /// Whether the server does not look at the case of names of tables.
    folds_names: bool,
    views: Vec<View>,
    unsaid: Vec<Unsaid>,
}

impl Reader<'_, '_> {
    /// The table under the name by which it was asked for; `None` if it was not. MariaDB compares with a
    /// list of names in any case.
    fn name(&self, stored: &str) -> Option<TableName> {
        if self.scope.wants(stored) {
            return Some(self.scope.table(stored));
        }
        self.folded.get(&stored.to_lowercase()).map(|name| self.scope.table(name))
    }

    fn place(&mut self, stored: &str) -> Option<usize> {
        if let Some((name, place)) = &self.last
            && name == stored
        {
            return Some(*place);
        }
        let place = *self.places.get(stored)?;
        self.last = Some((stored.to_owned(), place));
        Some(place)
    }

    fn unsaid(&mut self, place: usize, column: Option<&str>, what: String) {
        let column = column.map(str::to_owned);
        self.unsaid.push(Unsaid { table: self.tables[place].name.clone(), column, what });
    }

    fn table(&mut self, row: &Row) {
        let Some(name) = self.name(text(row, 0)) else { return };
        let (engine, collation) = (optional(row, 1), text(row, 2));
        let place = self.tables.len();
        let mut table = Table::new(name);
        for option in text(row, 3).split_whitespace() {
            match option.split_once('=') {
                Some((name, value)) if name.eq_ignore_ascii_case("row_format") => {
                    table.options.row_format = Some(value.to_owned());
                }
                Some((name, value)) => {
                    table.options.other.insert(name.trim_matches('`').to_uppercase(), value.to_owned());
                }
                None if option.eq_ignore_ascii_case("partitioned") => self.partitioned.push(place),
                None => {}
            }
        }
        table.options.engine = engine.filter(|engine| !engine.eq_ignore_ascii_case(&self.engine));
        if collation != self.collation && !collation.is_empty() {
            table.options.character_set = Some(character_set_of(collation));
            table.options.collation = Some(collation.to_owned());
        }
        table.comment = optional(row, 4).filter(|comment| !comment.is_empty());
        self.places.insert(text(row, 0).to_owned(), place);
        self.collations.push(collation.to_owned());
        self.tables.push(table);
    }

    fn data_type(&mut self, text: &str) -> DataType {
        if let Some(known) = self.types.get(text) {
            return known.clone();
        }
        let data_type = self.dialect.parse_type(text);
        self.types.insert(text.to_owned(), data_type.clone());
        data_type
    }

    fn column(&mut self, row: &Row) {
        let Some(place) = self.place(text(row, 0)) else { return };
        let mut data_type = self.data_type(text(row, 2));
        if let Some(collation) = row.text(6).filter(|collation| *collation != self.collations[place]) {
            data_type = data_type.collate(collation);
        }
        let extra = Extra::read(text(row, 5));
        let default = optional(row, 4).filter(|_| extra.stored.is_none());
        let is_bytes = matches!(
            data_type,
            DataType::FixedBinary { .. }
                | DataType::VarBinary { .. }
                | DataType::Binary
                | DataType::TinyBlob
                | DataType::MediumBlob
                | DataType::LongBlob
        );
        let is_literal = |default: &String| default.starts_with(if self.mariadb { "'" } else { "0x" });
        if is_bytes && default.as_ref().is_some_and(is_literal) && !extra.default_is_expression {
            self.bytes.push((place, self.tables[place].columns.len()));
        }
        let default = default.and_then(|default| match self.mariadb {
            true => default_of_mariadb(default, &data_type),
            false => Some(default_of_mysql(default, &data_type, extra.default_is_expression)),
        });
        let mut unsaid = extra.unknown;
        if let Some(system) = row.text(9) {
            unsaid.push(format!("SRID {system}"));
        }
        if !unsaid.is_empty() {
            let name = text(row, 1).to_owned();
            self.unsaid(place, Some(&name), format!("{} of column {name}", unsaid.join(" ")));
        }
        let mut column = Column::new(text(row, 1), data_type);
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
        self.tables[place].columns.push(column);
    }

    fn indexes(&mut self) {
        let rows = std::mem::take(&mut self.index_rows);
        for rows in rows.chunk_by(|one, next| text(one, 1) == text(next, 1) && text(one, 0) == text(next, 0))
        {
            let Some(first) = rows.first() else { continue };
            let mariadb = self.mariadb;
            let Some(place) = self.place(text(first, 0)) else { continue };
            let table = &mut self.tables[place];
            let mut index = index(rows, first, mariadb);
            // Elsewhere it is what an index is that says nothing, and the catalog does not tell.
            let hashes = table.options.engine.as_deref().is_some_and(|engine| engine == "MEMORY");
            if hashes && text(first, 6) == "BTREE" {
                index.using = Some("BTREE".into());
            }
            let method = index.using.as_ref().and_then(|using| using.default_value()).cloned();
            let plain = index.kind.is_plain() && index.comment.is_none();
            let bare = |element: &IndexElement| {
                element.column().is_some() && element.length.is_none() && !element.descending
            };
            let columns_only = index.elements.iter().all(bare);
            if index.kind == IndexKind::FullText && self.with_parser.last() != Some(&place) {
                self.with_parser.push(place);
            }
            let name = index.name.clone();
            match name.as_deref() {
                Some("PRIMARY") => {
                    let mut key = PrimaryKey::new(index.columns());
                    let prefix =
                        |element: &IndexElement| Some((element.column()?.to_owned(), element.length?));
                    key.prefixes = index.elements.iter().filter_map(prefix).collect();
                    key.using = method;
                    table.primary_key = Some(key);
                }
                Some(name) if index.unique && plain && columns_only && method.is_none() => {
                    table.uniques.push(Unique::new(index.columns()).named(name));
                }
                _ => table.indexes.push(index),
            }
            if text(first, 9) == "NO" {
                self.unsaid(place, None, format!("INVISIBLE of index {}", text(first, 1)));
            }
        }
    }

    fn foreign_keys(&mut self) {
        let (rules, columns) = (std::mem::take(&mut self.rule_rows), std::mem::take(&mut self.key_rows));
        let actions = |row: &Row| [self.action(text(row, 2)), self.action(text(row, 3))];
        let rules: HashMap<_, _> =
            rules.iter().map(|row| ((text(row, 0), text(row, 1)), actions(row))).collect();
        for rows in
            columns.chunk_by(|one, next| text(one, 1) == text(next, 1) && text(one, 0) == text(next, 0))
        {
            let Some(first) = rows.first() else { continue };
            let Some(place) = self.place(text(first, 0)) else { continue };
            let schema = optional(first, 3).or_else(|| self.scope.schema.map(str::to_owned));
            let own = schema.as_deref() == self.scope.schema;
            let referred = match self.name(text(first, 4)).filter(|_| own) {
                Some(known) => known,
                None => TableName { schema, name: text(first, 4).to_owned() },
            };
            let known = rules.get(&(text(first, 0), text(first, 1))).copied();
            if known.is_none() && self.without_rules.last() != Some(&place) {
                self.without_rules.push(place);
            }
            let [on_delete, on_update] = known.unwrap_or_default();
            let key = ForeignKey::new(
                rows.iter().map(|row| text(row, 2)),
                referred,
                rows.iter().map(|row| text(row, 5)),
            )
            .named(text(first, 1))
            .on_delete(on_delete)
            .on_update(on_update);
            self.tables[place].foreign_keys.push(key);
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
    fn check(&mut self, row: &Row) {
        let (mariadb, name) = (self.mariadb, text(row, 1));
        let Some(place) = self.place(text(row, 0)) else { return };
        let dialect = self.dialect;
        let table = &mut self.tables[place];
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
                self.unsaid(place, Some(name), format!("the check {name}, which is not the column's own"));
            }
            return;
        }
        let mentioned = table.columns.iter().map(|column| column.name.clone());
        // Under ANSI_QUOTES the catalog prints names in double quotes.
        let quoted = |column: &str| [dialect.quote(column), format!("\"{}\"", column.replace('"', "\"\""))];
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
                for column in mentioned {
                    self.unsaid(place, Some(&column), format!("CHECK ({expression}) of a column"));
                }
            }
        }
    }

    fn view(&mut self, row: &Row) {
        let (scope, stored) = (self.scope, text(row, 0));
        let same = |name: &&&str| self.folds_names && name.to_lowercase() == stored.to_lowercase();
        let name = match scope.wants(stored) {
            true => Some(stored),
            false => scope.names.iter().find(same).copied(),
        };
        if let Some(name) = name {
            let view = View::new(scope.table(name), view::query(row, scope.schema.is_some()));
            let is_invoker = text(row, 4).eq_ignore_ascii_case("INVOKER");
            self.views.push(if is_invoker { view.security_invoker() } else { view });
        }
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
        let expression = row.text(8).filter(|_| !mariadb);
        let mut element = match expression {
            Some(sql) => IndexElement::expression(expression_of(sql)),
            None => IndexElement::column_named(text(row, 3)),
        };
        element.length = row.text(4).and_then(|length| length.parse().ok()).filter(|_| kind.is_plain());
        element.descending = row.text(5) == Some("D");
        element
    };
    let mut index = Index::new(text(first, 1), rows.iter().map(element)).kind(kind);
    index.unique = text(first, 2) == "0";
    index.using = (text(first, 6) == "HASH").then(|| "HASH".into());
    index.comment = optional(first, 7).filter(|comment| !comment.is_empty());
    index
}
