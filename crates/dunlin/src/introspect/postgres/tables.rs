//! Tables, put together from the rows of the catalog queries.

use std::collections::{BTreeMap, HashMap, HashSet};

use dunlin_core::dialect::{DialectName, PerDialect};
use dunlin_core::schema::{
    Check, Column, Computed, DataType, Deferrable, EnumType, Exclude, ForeignKey, Identity, Index,
    IndexElement, MatchType, Name, NullsOrder, PrimaryKey, Table, Unique, View,
};
use dunlin_engine::dialect::{Dialect, read_default, without_defaults};

use super::{view_options, view_query};
use crate::database::answer::Row;
use crate::introspect::{SEPARATOR, Scope, Unsaid, action, names, optional, text};

/// Separates the parts of a name among names.
const PART_SEPARATOR: char = '\u{1e}';

/// Tables while they are read.
pub(super) struct Tables<'s> {
    scope: &'s Scope<'s>,
    dialect: &'s dyn Dialect,
    enum_types: Vec<Enum>,
    /// Where each enum type stands, by its oid.
    enum_places: HashMap<String, usize>,
    /// Types by their texts: there are few.
    types: HashMap<String, DataType>,
    tables: Vec<Known>,
    /// Where each table stands, by its oid.
    places: HashMap<String, usize>,
    /// The last of these that was looked for: rows come table by table.
    last: (String, usize),
    sequences: HashMap<(usize, i16), Sequence>,
    /// Foreign keys whose columns referred to are not told yet.
    references: Vec<Reference>,
    /// The columns of tables that are not read.
    strangers: HashMap<String, Attributes>,
    /// The views that are wanted.
    pub(super) views: Vec<View>,
    /// What cannot be said of the tables.
    pub(super) unsaid: Vec<Unsaid>,
}

/// A table, and the names of its columns by their numbers.
struct Known {
    table: Table,
    attributes: Attributes,
}

type Attributes = Vec<(i16, String)>;

/// An enum type.
struct Enum {
    /// Whether it is one of those that are asked for, and of no extension.
    is_wanted: bool,
    /// Whether a column is of it, or an array of it.
    is_used: bool,
    enum_type: EnumType,
}

/// A sequence that belongs to a column.
struct Sequence {
    is_identity: bool,
    data_type: DataType,
    counts: Identity,
}

/// Which columns a foreign key refers to.
struct Reference {
    table: usize,
    key: usize,
    referred: String,
    numbers: Vec<i16>,
}

impl<'s> Tables<'s> {
    pub(super) fn new(scope: &'s Scope<'s>, dialect: &'s dyn Dialect) -> Self {
        Self {
            scope,
            dialect,
            enum_types: Vec::new(),
            enum_places: HashMap::new(),
            types: HashMap::new(),
            tables: Vec::new(),
            places: HashMap::new(),
            last: (String::new(), 0),
            sequences: HashMap::new(),
            references: Vec::new(),
            strangers: HashMap::new(),
            views: Vec::new(),
            unsaid: Vec::new(),
        }
    }

    /// The tables, in the order of their names.
    pub(super) fn finish(self) -> impl Iterator<Item = Table> {
        self.tables.into_iter().map(|known| known.table)
    }

    /// The enum types that are asked for, and those of the columns.
    pub(super) fn enum_types(&self) -> impl Iterator<Item = &EnumType> {
        let wanted = self.enum_types.iter().filter(|known| known.is_wanted || known.is_used);
        wanted.map(|known| &known.enum_type)
    }

    pub(super) fn enum_type(&mut self, row: &Row) {
        let name = self.scope.named(text(row, 1), text(row, 2) == "true", text(row, 3));
        let is_own = text(row, 5) == "true";
        self.enum_places.insert(text(row, 0).to_owned(), self.enum_types.len());
        self.enum_types.push(Enum {
            is_wanted: is_own && self.scope.wants(text(row, 3)),
            is_used: false,
            enum_type: EnumType::new(name, names(row, 4)),
        });
    }

    pub(super) fn view(&mut self, row: &Row) {
        if !self.scope.wants(text(row, 0)) {
            return;
        }
        let mut view = View::new(self.scope.table(text(row, 0)), view_query(row));
        for what in view_options(row, &mut view) {
            self.unsaid.push(Unsaid { table: view.name.clone(), column: None, what });
        }
        self.views.push(if text(row, 1) == "true" { view.materialized() } else { view });
    }

    fn data_type(&mut self, text: &str) -> DataType {
        if let Some(known) = self.types.get(text) {
            return known.clone();
        }
        let data_type = self.dialect.parse_type(text);
        self.types.insert(text.to_owned(), data_type.clone());
        data_type
    }

    /// Where the table of a row stands; `None` if it is not wanted.
    fn place(&mut self, row: &Row) -> Option<usize> {
        let number = text(row, 0);
        if self.last.0 != number {
            self.last = (number.to_owned(), *self.places.get(number)?);
        }
        Some(self.last.1)
    }

    fn unsaid(&mut self, table: usize, what: String) {
        let table = self.tables[table].table.name.clone();
        self.unsaid.push(Unsaid { table, column: None, what });
    }

    pub(super) fn table(&mut self, row: &Row) {
        let name = text(row, 1);
        // A temporary table hides another of its name.
        let is_hidden = self.tables.last().is_some_and(|known| known.table.name.name == name);
        if is_hidden || !self.scope.wants(name) {
            return;
        }
        let mut table = Table::new(self.scope.table(name));
        table.comment = optional(row, 2);
        let options = &mut table.options;
        options.temporary = text(row, 3) == "t";
        options.unlogged = text(row, 3) == "u";
        options.partition_by = optional(row, 4).map(PerDialect::from);
        options.access_method = optional(row, 5).filter(|method| method != "heap");
        options.storage_parameters = parameters(row, 6);
        options.tablespace = optional(row, 7);
        for parent in names(row, 8) {
            let mut parts = parent.split(PART_SEPARATOR);
            if let (Some(schema), Some(is_current), Some(name)) = (parts.next(), parts.next(), parts.next()) {
                options.inherits.push(self.scope.named(schema, is_current == "t", name));
            }
        }
        let place = self.tables.len();
        self.places.insert(text(row, 0).to_owned(), place);
        self.tables.push(Known { table, attributes: Vec::new() });
        if text(row, 9) == "true" {
            self.unsaid(place, "row level security".to_owned());
        }
        if let Some(partitions) = optional(row, 10) {
            self.unsaid(place, format!("the partitions {partitions}"));
        }
    }

    pub(super) fn sequence(&mut self, row: &Row) {
        let (Some(place), Ok(number)) = (self.place(row), text(row, 1).parse()) else { return };
        let value = |at: usize| text(row, at).parse::<i64>().ok();
        let mut counts = Identity::by_default();
        counts.start = value(4);
        counts.increment = value(5);
        counts.min = value(6);
        counts.max = value(7);
        counts.cache = value(8);
        counts.cycle = text(row, 9) == "true";
        let data_type = self.data_type(text(row, 3));
        let sequence = Sequence { is_identity: text(row, 2) == "i", data_type, counts };
        self.sequences.insert((place, number), sequence);
    }

    pub(super) fn column(&mut self, row: &Row) {
        let (Some(place), Ok(number)) = (self.place(row), text(row, 1).parse()) else { return };
        self.tables[place].attributes.push((number, text(row, 2).to_owned()));
        if text(row, 3) != "true" {
            return;
        }
        let mut data_type = self.data_type(text(row, 4));
        let enum_type = self.enum_places.get(text(row, 12)).and_then(|at| self.enum_types.get_mut(*at));
        if let Some(known) = enum_type {
            known.is_used = true;
            let of = DataType::Enum(known.enum_type.clone());
            data_type = if matches!(data_type, DataType::Array { .. }) { of.array() } else { of };
        }
        if let DataType::Array { dimensions, .. } = &mut data_type {
            *dimensions = text(row, 11).parse().unwrap_or(1).max(1);
        }
        let sequence = self.sequences.get(&(place, number));
        let expression = row.text(6);
        let counts_up = data_type.is_integer()
            && sequence.is_some_and(|sequence| !sequence.is_identity)
            && expression.is_some_and(is_next_value);
        let expression = expression.filter(|_| !counts_up);
        let (computed, default) = match text(row, 9) {
            "" => (None, expression.map(|text| read_default(text, &data_type))),
            "s" => (expression.map(Computed::stored), None),
            _ => (expression.map(Computed::on_read), None),
        };
        if let Some(collation) = optional(row, 7) {
            data_type = data_type.collate(collation);
        }
        let mut column = Column::new(text(row, 2), data_type);
        column.nullable = text(row, 5) != "true";
        column.server_default = default.map(PerDialect::from);
        column.computed = computed;
        column.comment = optional(row, 8);
        column.autoincrement = counts_up;
        column.identity = match text(row, 10) {
            "" => None,
            when => {
                let told = sequence.map(|told| without_defaults(&told.counts, Some(&told.data_type)));
                let mut identity = told.unwrap_or_default();
                identity.always = when == "a";
                Some(identity)
            }
        };
        self.tables[place].table.columns.push(column);
    }

    pub(super) fn constraint(&mut self, row: &Row) {
        let Some(place) = self.place(row) else { return };
        let Known { table, attributes } = &mut self.tables[place];
        let name = Name::exact(text(row, 1));
        let columns = |at: usize| named(attributes, &numbers(text(row, at)));
        let is = |at: usize| text(row, at) == "true";
        let deferrable = row.text(14).map(|deferred| match deferred {
            "true" => Deferrable::InitiallyDeferred,
            _ => Deferrable::InitiallyImmediate,
        });
        match text(row, 2) {
            "p" => {
                let mut key = PrimaryKey::new(columns(3)).named(name);
                key.include = columns(17).split_off(columns(17).len().min(key.columns.len()));
                key.deferrable = deferrable;
                table.primary_key = Some(key);
            }
            "u" => {
                let mut unique = Unique::new(columns(3)).named(name);
                unique.include = columns(17).split_off(columns(17).len().min(unique.columns.len()));
                unique.nulls_not_distinct = is(18);
                unique.deferrable = deferrable;
                table.uniques.push(unique);
            }
            "f" => {
                let referred = self.scope.named(text(row, 5), is(6), text(row, 7));
                let mut key = ForeignKey::new(columns(3), referred, Vec::<String>::new()).named(name);
                key.on_delete = action(text(row, 9));
                key.on_update = action(text(row, 10));
                key.deferrable = deferrable;
                key.match_type = (text(row, 11) == "f").then_some(MatchType::Full);
                key.not_valid = is(15);
                self.references.push(Reference {
                    table: place,
                    key: table.foreign_keys.len(),
                    referred: text(row, 4).to_owned(),
                    numbers: numbers(text(row, 8)),
                });
                let only = columns(12);
                let shown = text(row, 1).to_owned();
                table.foreign_keys.push(key);
                if !only.is_empty() {
                    let columns = only.join(", ");
                    self.unsaid(place, format!("that the foreign key {shown} sets {columns} alone"));
                }
            }
            "x" => {
                let (expressions, operators) = (names(row, 21), names(row, 22));
                let elements =
                    expressions.iter().map(String::as_str).zip(operators.iter().map(String::as_str));
                let mut exclude = Exclude::new(elements).named(name);
                exclude.using = optional(row, 19).filter(|method| method != "gist");
                exclude.predicate = optional(row, 20);
                exclude.deferrable = deferrable;
                table.excludes.push(exclude);
            }
            _ => {
                let mut check = Check::new(text(row, 13)).named(name);
                check.not_valid = is(15);
                check.no_inherit = is(16);
                table.checks.push(check);
            }
        }
    }

    /// The oids of the tables that foreign keys refer to and that are not read.
    pub(super) fn strangers(&self) -> Vec<String> {
        let referred = self.references.iter().map(|reference| &reference.referred);
        let strange: HashSet<&String> = referred.filter(|table| !self.places.contains_key(*table)).collect();
        strange.into_iter().cloned().collect()
    }

    pub(super) fn referred_columns(&mut self, rows: &[Row]) {
        for row in rows {
            let Ok(number) = text(row, 1).parse() else { continue };
            let columns = self.strangers.entry(text(row, 0).to_owned()).or_default();
            columns.push((number, text(row, 2).to_owned()));
        }
    }

    /// Lets foreign keys refer to columns by their names.
    pub(super) fn refer(&mut self) {
        for Reference { table, key, referred, numbers } in std::mem::take(&mut self.references) {
            let columns = match self.places.get(&referred) {
                Some(place) => named(&self.tables[*place].attributes, &numbers),
                None => self.strangers.get(&referred).map(|of| named(of, &numbers)).unwrap_or_default(),
            };
            self.tables[table].table.foreign_keys[key].referred_columns = columns;
        }
    }

    pub(super) fn index(&mut self, row: &Row) {
        let Some(place) = self.place(row) else { return };
        let name = text(row, 1);
        // It serves no query, and is not kept as it should be.
        if text(row, 2) != "true" {
            return self.unsaid(place, format!("the index {name}, which is not valid"));
        }
        let Known { table, attributes } = &mut self.tables[place];
        let keys = numbers(text(row, 5));
        let count = text(row, 4).parse().unwrap_or(keys.len()).min(keys.len());
        let (expressions, classes, collations) = (names(row, 13), names(row, 14), names(row, 15));
        let options = numbers(text(row, 6));
        let said = |of: &[String], at: usize| of.get(at).filter(|said| !said.is_empty()).cloned();
        let mut elements = Vec::with_capacity(count);
        for (at, number) in keys[..count].iter().enumerate() {
            let mut element = match column_name(attributes, *number) {
                Some(column) => IndexElement::column_named(column),
                None => IndexElement::expression(without_brackets(
                    expressions.get(at).map(String::as_str).unwrap_or_default(),
                )),
            };
            let bits = options.get(at).copied().unwrap_or_default();
            element.descending = bits & DESCENDING != 0;
            // Nobody needs to say what goes without saying: NULLs are larger than everything.
            element.nulls = match (element.descending, bits & NULLS_FIRST != 0) {
                (false, true) => Some(NullsOrder::First),
                (true, false) => Some(NullsOrder::Last),
                _ => None,
            };
            element.operator_class = said(&classes, at);
            element.collation = said(&collations, at);
            elements.push(element);
        }
        let mut index = Index::new(Name::exact(name), elements);
        index.unique = text(row, 3) == "true";
        index.predicate = optional(row, 7).map(|sql| PerDialect::only(DialectName::Postgres, sql));
        index.using = optional(row, 8).filter(|method| method != "btree").map(PerDialect::from);
        index.include = named(attributes, &keys[count..]);
        index.nulls_not_distinct = text(row, 9) == "true";
        index.storage_parameters = parameters(row, 10);
        index.tablespace = optional(row, 11);
        index.comment = optional(row, 12);
        table.indexes.push(index);
        self.usual_collations(place, row);
    }

    /// A column with a collation of its own that is indexed under the database's.
    fn usual_collations(&mut self, place: usize, row: &Row) {
        let table = &mut self.tables[place].table;
        let Some(index) = table.indexes.last_mut() else { return };
        let collations = text(row, 16).split(' ');
        for (element, number) in index.elements.iter_mut().zip(collations) {
            let column = element.column().and_then(|name| table.columns.iter().find(|it| it.name == name));
            let own =
                column.and_then(|column| column.column_type.default_value()).and_then(DataType::collation);
            if own.is_some() && number == USUAL_COLLATION {
                element.collation = Some("default".to_owned());
            }
        }
    }
}

/// The bits of `pg_index.indoption`.
const DESCENDING: i16 = 1;
const NULLS_FIRST: i16 = 2;

/// The oid of the collation `default`.
const USUAL_COLLATION: &str = "100";

/// Storage parameters, each as `name=value`.
fn parameters(row: &Row, at: usize) -> BTreeMap<String, String> {
    let split =
        |parameter: &str| parameter.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    text(row, at).split(SEPARATOR).filter_map(split).collect()
}

/// The numbers of an array, `{1,2}`, or of a vector, `1 2`.
fn numbers(text: &str) -> Vec<i16> {
    let listed = text.trim_start_matches('{').trim_end_matches('}').split([',', ' ']);
    listed.filter_map(|number| number.parse().ok()).collect()
}

fn column_name(attributes: &[(i16, String)], number: i16) -> Option<&str> {
    let at = attributes.binary_search_by_key(&number, |(known, _)| *known).ok()?;
    attributes.get(at).map(|(_, name)| name.as_str())
}

fn named(attributes: &[(i16, String)], numbers: &[i16]) -> Vec<String> {
    numbers.iter().filter_map(|number| column_name(attributes, *number)).map(str::to_owned).collect()
}

/// Whether a default is nothing but the next value of a sequence.
fn is_next_value(expression: &str) -> bool {
    expression.starts_with("nextval('") && expression.ends_with("'::regclass)")
}

/// `pg_get_indexdef` puts an expression that needs brackets in them.
fn without_brackets(sql: &str) -> &str {
    let Some(inner) = sql.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) else { return sql };
    let mut depth = 0_i32;
    for c in inner.chars() {
        depth += i32::from(c == '(') - i32::from(c == ')');
        if depth < 0 {
            return sql;
        }
    }
    inner
}
