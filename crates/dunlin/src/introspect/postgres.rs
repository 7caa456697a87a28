//! PostgreSQL: six queries over `pg_catalog`.
//!
//! Expressions are told in the server's words, constants among the defaults as values; names are final.

pub(super) mod describe;
mod literal;
mod queries;

use std::collections::{BTreeMap, HashMap};

use dunlin_core::dialect::{DialectName, PerDialect};
use dunlin_core::schema::{
    Check, Column, Computed, DataType, Deferrable, EnumType, Exclude, ForeignKey, Identity, Index,
    IndexElement, MatchType, Metadata, Name, NullsOrder, PrimaryKey, TableName, Unique, View,
};
use dunlin_core::session::Row;
use dunlin_engine::dialect::Dialect;

use super::{Scope, action, names, optional, text};
use crate::database::Database;
use crate::error::Error;

/// Separates the parts of a name among names.
const PART_SEPARATOR: char = '\u{1e}';

pub(super) async fn read(
    database: &mut Database,
    scope: &Scope<'_>,
    metadata: &mut Metadata,
) -> Result<(), Error> {
    let namespace = match scope.schema {
        Some(schema) => {
            let schema = database.dialect().literal(schema);
            format!("(SELECT oid FROM pg_namespace WHERE nspname = {schema})")
        }
        None => "current_schema()::regnamespace".to_owned(),
    };
    let condition =
        format!("t.relnamespace = {namespace} AND {}", scope.names_condition(database, "t.relname"));
    let all = if scope.names.is_empty() { "true" } else { "false" };
    let query = |sql: &str| {
        sql.replace("{namespace}", &namespace).replace("{all}", all).replace("{scope}", &condition)
    };
    let dialect = database.dialect();

    let mut enum_types = HashMap::new();
    for row in database.rows(&query(queries::ENUM_TYPES)).await? {
        let name = scope.named(text(&row, 1), text(&row, 2) == "true", text(&row, 3));
        let enum_type = EnumType::new(name, names(&row, 4));
        if !metadata.enum_types.contains(&enum_type) {
            metadata.enum_types.push(enum_type.clone());
        }
        enum_types.insert(text(&row, 0).to_owned(), enum_type);
    }
    for row in database.rows(&query(queries::TABLES)).await? {
        read_table(&row, scope, metadata);
    }
    for row in database.rows(&query(queries::COLUMNS)).await? {
        let Some(table) = metadata.get_mut(&scope.table(text(&row, 0))) else { continue };
        table.columns.push(column(&row, dialect, &enum_types));
    }
    for row in database.rows(&query(queries::CONSTRAINTS)).await? {
        read_constraint(&row, scope, metadata);
    }
    for row in database.rows(&query(queries::INDEX_ELEMENTS)).await? {
        read_index_element(&row, scope, metadata);
    }
    for row in database.rows(&query(queries::VIEWS)).await? {
        let query = text(&row, 2).trim().trim_end_matches(';').to_owned();
        let view = View::new(scope.table(text(&row, 0)), query);
        metadata.views.push(if text(&row, 1) == "true" { view.materialized() } else { view });
    }
    Ok(())
}

impl Scope<'_> {
    /// A name as its author would say it: without a schema where that is the connection's own, unless the
    /// author names it.
    fn named(&self, schema: &str, is_current: bool, name: &str) -> TableName {
        let is_said = self.schema == Some(schema) || !is_current;
        TableName::new(is_said.then_some(schema), name)
    }
}

fn read_table(row: &Row, scope: &Scope<'_>, metadata: &mut Metadata) {
    let table = metadata.entry(scope.table(text(row, 0)));
    table.comment = optional(row, 1);
    let options = &mut table.options;
    options.temporary = text(row, 2) == "t";
    options.unlogged = text(row, 2) == "u";
    options.partition_by = optional(row, 3).map(PerDialect::from);
    options.access_method = optional(row, 4).filter(|method| method != "heap");
    options.storage_parameters = parameters(row, 5);
    options.tablespace = optional(row, 6);
    for parent in names(row, 7) {
        let mut parts = parent.split(PART_SEPARATOR);
        if let (Some(schema), Some(is_current), Some(name)) = (parts.next(), parts.next(), parts.next()) {
            options.inherits.push(scope.named(schema, is_current == "t", name));
        }
    }
}

/// Storage parameters, each as `name=value`.
fn parameters(row: &Row, at: usize) -> BTreeMap<String, String> {
    let split = |parameter: &String| {
        parameter.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    names(row, at).iter().filter_map(split).collect()
}

fn column(row: &Row, dialect: &dyn Dialect, enum_types: &HashMap<String, EnumType>) -> Column {
    let mut data_type = dialect.parse_type(text(row, 2));
    if let Some(enum_type) = enum_types.get(text(row, 12)) {
        let is_array = matches!(data_type, DataType::Array { .. });
        let of = DataType::Enum(enum_type.clone());
        data_type = if is_array { of.array() } else { of };
    }
    if let DataType::Array { dimensions, .. } = &mut data_type {
        *dimensions = text(row, 11).parse().unwrap_or(1).max(1);
    }
    let counts_up = text(row, 7) == "true";
    let expression = optional(row, 4).filter(|_| !counts_up);
    let (computed, default) = match text(row, 8) {
        "" => (None, expression.map(|text| literal::read_default(&text, &data_type))),
        "s" => (expression.map(Computed::stored), None),
        _ => (expression.map(Computed::on_read), None),
    };
    if let Some(collation) = optional(row, 5) {
        data_type = data_type.collate(collation);
    }
    let mut column = Column::new(text(row, 1), data_type);
    column.nullable = text(row, 3) != "true";
    column.server_default = default.map(PerDialect::from);
    column.computed = computed;
    column.comment = optional(row, 6);
    column.autoincrement = counts_up;
    column.identity = match text(row, 9) {
        "" => None,
        when => Some(identity(when, &names(row, 10))),
    };
    column
}

/// An identity column as far as it is not what it would be if nothing were said. `sequence` is its start,
/// increment, smallest and largest value, cache, cycle, and type.
fn identity(when: &str, sequence: &[String]) -> Identity {
    let mut identity = if when == "a" { Identity::always() } else { Identity::by_default() };
    let [start, increment, min, max, cache, cycle, of_type] = sequence else { return identity };
    let number = |text: &String| text.parse::<i64>().ok();
    let (smallest, largest) = match of_type.as_str() {
        "smallint" => (i64::from(i16::MIN), i64::from(i16::MAX)),
        "integer" => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    };
    let down = increment.starts_with('-');
    let (usual_min, usual_max) = if down { (smallest, -1) } else { (1, largest) };
    let (min, max) = (number(min), number(max));
    identity.start = number(start).filter(|start| Some(*start) != if down { max } else { min });
    identity.increment = number(increment).filter(|step| *step != 1);
    identity.min = min.filter(|min| *min != usual_min);
    identity.max = max.filter(|max| *max != usual_max);
    identity.cache = number(cache).filter(|values| *values != 1);
    identity.cycle = cycle == "t";
    identity
}

fn read_constraint(row: &Row, scope: &Scope<'_>, metadata: &mut Metadata) {
    let Some(table) = metadata.get_mut(&scope.table(text(row, 0))) else { return };
    let name = Name::exact(text(row, 1));
    let columns = names(row, 3);
    let is = |at: usize| text(row, at) == "true";
    let deferrable = optional(row, 11).map(|deferred| match deferred.as_str() {
        "true" => Deferrable::InitiallyDeferred,
        _ => Deferrable::InitiallyImmediate,
    });
    match text(row, 2) {
        "p" => {
            let mut key = PrimaryKey::new(columns).named(name).include(names(row, 15));
            key.deferrable = deferrable;
            table.primary_key = Some(key);
        }
        "u" => {
            let mut unique = Unique::new(columns).named(name).include(names(row, 15));
            unique.nulls_not_distinct = is(16);
            unique.deferrable = deferrable;
            table.uniques.push(unique);
        }
        "f" => {
            let referred = scope.named(text(row, 4), is(5), text(row, 6));
            let key = ForeignKey::new(columns, referred, names(row, 7)).named(name);
            let mut key = key.on_delete(action(text(row, 8))).on_update(action(text(row, 9)));
            key.deferrable = deferrable;
            key.match_type = (text(row, 12) == "f").then_some(MatchType::Full);
            key.not_valid = is(13);
            table.foreign_keys.push(key);
        }
        "x" => {
            let (expressions, operators) = (names(row, 19), names(row, 20));
            let elements = expressions.iter().map(String::as_str).zip(operators.iter().map(String::as_str));
            let mut exclude = Exclude::new(elements).named(name);
            exclude.using = optional(row, 17).filter(|method| method != "gist");
            exclude.predicate = optional(row, 18);
            exclude.deferrable = deferrable;
            table.excludes.push(exclude);
        }
        _ => {
            let mut check = Check::new(text(row, 10)).named(name);
            check.not_valid = is(13);
            check.no_inherit = is(14);
            table.checks.push(check);
        }
    }
}

/// The bits of `pg_index.indoption`.
const DESCENDING: u16 = 1;
const NULLS_FIRST: u16 = 2;

fn read_index_element(row: &Row, scope: &Scope<'_>, metadata: &mut Metadata) {
    let Some(table) = metadata.get_mut(&scope.table(text(row, 0))) else { return };
    let mut element = match optional(row, 10) {
        Some(column) => IndexElement::column_named(column),
        None => IndexElement::expression(without_brackets(text(row, 11))),
    };
    let bits: u16 = text(row, 12).parse().unwrap_or_default();
    element.descending = bits & DESCENDING != 0;
    // Nobody needs to say what goes without saying: NULLs are larger than everything.
    element.nulls = match (element.descending, bits & NULLS_FIRST != 0) {
        (false, true) => Some(NullsOrder::First),
        (true, false) => Some(NullsOrder::Last),
        _ => None,
    };
    element.collation = optional(row, 13);
    element.operator_class = optional(row, 14);

    let name = Name::exact(text(row, 1));
    if let Some(index) = table.indexes.last_mut().filter(|index| index.name.as_ref() == Some(&name)) {
        index.elements.push(element);
        return;
    }
    let mut index = Index::new(name, [element]);
    index.unique = text(row, 2) == "true";
    index.predicate = optional(row, 3).map(|sql| PerDialect::only(DialectName::Postgres, sql));
    index.using = optional(row, 4).filter(|method| method != "btree").map(PerDialect::from);
    index.include = names(row, 5);
    index.nulls_not_distinct = text(row, 6) == "true";
    index.storage_parameters = parameters(row, 7);
    index.tablespace = optional(row, 8);
    index.comment = optional(row, 9);
    table.indexes.push(index);
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
