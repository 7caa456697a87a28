//! The one form of a table on PostgreSQL: what its catalogs would tell of it.

use std::collections::BTreeMap;

use dunlin_core::dialect::PerDialect;
use dunlin_core::schema::{
    Column, DataType, EnumType, Identity, Index, IndexElement, IndexKey, MatchType, NullsOrder, OnConflict,
    SqlValue, Table, TableOptions,
};

use super::default::read_default;
use super::types;
use crate::sql::expression::normal;

/// Puts a table without variants into its one form.
pub(super) fn normalize(table: &mut Table) {
    let key = table.primary_key.as_ref().map(|key| key.columns.as_slice()).unwrap_or_default();
    for column in &mut table.columns {
        normal_column(column, key.contains(&column.name));
    }
    if let Some(key) = &mut table.primary_key {
        key.using = None;
        key.prefixes.clear();
        unless_abort(&mut key.on_conflict);
    }
    table.uniques.iter_mut().for_each(|unique| unless_abort(&mut unique.on_conflict));
    for key in &mut table.foreign_keys {
        key.match_type.take_if(|match_type| *match_type == MatchType::Simple);
    }
    for exclude in &mut table.excludes {
        lower_case(&mut exclude.using);
        exclude.using.take_if(|method| method == "gist");
        for element in &mut exclude.elements {
            element.operator = normal(&element.operator);
        }
    }
    let mut indexes = std::mem::take(&mut table.indexes);
    indexes.iter_mut().for_each(|index| normal_index(table, index));
    table.indexes = indexes;
    unless_empty(&mut table.comment);
    normal_options(&mut table.options);
}

/// An empty comment is none to the server.
fn unless_empty(comment: &mut Option<String>) {
    comment.take_if(|text| text.is_empty());
}

/// ABORT is what happens when nothing is said.
fn unless_abort(action: &mut Option<OnConflict>) {
    action.take_if(|action| *action == OnConflict::Abort);
}

fn lower_case(name: &mut Option<String>) {
    if let Some(name) = name.as_mut().filter(|name| name.contains(|c: char| c.is_ascii_uppercase())) {
        name.make_ascii_lowercase();
    }
}

fn normal_column(column: &mut Column, is_key: bool) {
    for data_type in column.column_type.values_mut() {
        types::normalize(data_type);
    }
    let data_type = column.column_type.default_value();
    if let Some(identity) = &mut column.identity {
        // It cannot be NULL, and counts in this way alone.
        column.nullable = false;
        column.autoincrement = false;
        *identity = without_defaults(identity, data_type);
    }
    column.nullable &= !is_key;
    unless_empty(&mut column.comment);
    unless_abort(&mut column.not_null_on_conflict);
    if let Some(data_type) = data_type {
        let said = column.server_default.take().and_then(|said| said.default_value().cloned());
        column.server_default = said.and_then(|value| normal_default(value, data_type)).map(PerDialect::all);
    }
}

/// A default as the server reads it; none where it is NULL.
fn normal_default(said: SqlValue, data_type: &DataType) -> Option<SqlValue> {
    let said = match said {
        SqlValue::Expression(sql) => match read_default(&normal(&sql), data_type) {
            SqlValue::Expression(sql) => return Some(SqlValue::Expression(time_of_transaction(sql))),
            constant => constant,
        },
        other => other,
    };
    let quoted = |text: &str| SqlValue::Expression(format!("'{}'", text.replace('\'', "''")));
    Some(match (said, data_type) {
        (SqlValue::Null, _) => return None,
        (SqlValue::Integer(number @ (0 | 1)), DataType::Boolean) => SqlValue::Boolean(number == 1),
        (SqlValue::Text(text), DataType::Boolean) => {
            truth(&text).map_or(SqlValue::Text(text), SqlValue::Boolean)
        }
        (SqlValue::Integer(number), _) if is_text(data_type) => SqlValue::Text(number.to_string()),
        (SqlValue::Boolean(value), _) if is_text(data_type) => SqlValue::Text(value.to_string()),
        (SqlValue::Text(text), _) if is_text(data_type) => SqlValue::Text(text),
        // These have but one text for each value, or are read as numbers and bytes.
        (SqlValue::Text(text), DataType::Enum(_)) => SqlValue::Text(text),
        (SqlValue::Text(text), _) => match read_default(&quoted_text(&text), data_type) {
            // Only the server knows in which words it tells a time, or a document.
            SqlValue::Text(text) => quoted(&text),
            other => other,
        },
        (other, _) => other,
    })
}

fn quoted_text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The three names of the time at which the transaction began are one.
fn time_of_transaction(sql: String) -> String {
    match sql.as_str() {
        "current_timestamp" | "transaction_timestamp()" => "now()".to_owned(),
        _ => sql,
    }
}

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Text | DataType::String { .. } | DataType::Char { .. } => true,
        DataType::Collated { text, .. } => is_text(text),
        _ => false,
    }
}

/// What a text is as a BOOLEAN: the words of the manual, and their beginnings.
fn truth(text: &str) -> Option<bool> {
    let word = text.trim().to_ascii_lowercase();
    let begins = |whole: &str| !word.is_empty() && whole.starts_with(word.as_str());
    if begins("true") || begins("yes") || word == "on" || word == "1" {
        return Some(true);
    }
    (begins("false") || begins("no") || word == "of" || word == "off" || word == "0").then_some(false)
}

/// How an identity column counts, as far as it is not how one counts of which nothing is said.
///
/// ```
/// use dunlin_core::schema::{DataType, Identity};
/// use dunlin_engine::dialect::without_defaults;
///
/// let told = Identity::always().start(1).increment(1).min(1).max(32_767).cache(1);
/// assert_eq!(without_defaults(&told, Some(&DataType::SmallInteger)), Identity::always());
/// ```
pub fn without_defaults(identity: &Identity, data_type: Option<&DataType>) -> Identity {
    let (smallest, largest) = match data_type {
        Some(DataType::SmallInteger) => (i64::from(i16::MIN), i64::from(i16::MAX)),
        Some(DataType::Integer) => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    };
    let down = identity.increment.is_some_and(|step| step < 0);
    let (usual_min, usual_max) = if down { (smallest, -1) } else { (1, largest) };
    let first = if down { identity.max.unwrap_or(usual_max) } else { identity.min.unwrap_or(usual_min) };
    let mut identity = identity.clone();
    identity.start.take_if(|start| *start == first);
    identity.increment.take_if(|step| *step == 1);
    identity.min.take_if(|min| *min == usual_min);
    identity.max.take_if(|max| *max == usual_max);
    identity.cache.take_if(|values| *values == 1);
    identity
}

fn normal_index(table: &Table, index: &mut Index) {
    if let Some(using) = index.using.take() {
        let mut method = using.default_value().cloned();
        lower_case(&mut method);
        index.using = method.filter(|method| method != "btree").map(PerDialect::all);
    }
    index.parser = None;
    unless_empty(&mut index.comment);
    unless_usual(&mut index.tablespace);
    lower_names(&mut index.storage_parameters);
    let method = index.using.as_ref().and_then(PerDialect::default_value).map_or("btree", String::as_str);
    for element in &mut index.elements {
        normal_element(table, method, element);
    }
}

fn normal_element(table: &Table, method: &str, element: &mut IndexElement) {
    element.length = None;
    let usual = if element.descending { NullsOrder::First } else { NullsOrder::Last };
    element.nulls.take_if(|order| *order == usual);
    // A column in brackets, or with a collation, is still a column.
    if let IndexKey::Expression(sql) = &element.key
        && let Some(sql) = sql.default_value().map(|sql| normal(sql))
    {
        let (name, collation) = match sql.rsplit_once(" collate ") {
            Some((name, collation)) => (name, Some(collation.trim_matches('"'))),
            None => (sql.as_str(), None),
        };
        let known = table.columns.iter().find(|column| column.name == name.trim_matches('"'));
        if let Some(column) = known {
            element.collation = collation.map(str::to_owned).or(element.collation.take());
            element.key = IndexKey::Column(column.name.clone());
        }
    }
    let column = element.column().and_then(|name| table.column(name));
    let data_type = column.and_then(|column| column.column_type.default_value());
    let own = data_type.and_then(DataType::collation).unwrap_or("default");
    element.collation.take_if(|name| name == own);
    if let Some(class) = &mut element.operator_class {
        *class = normal(class);
        let usual = data_type.and_then(|data_type| usual_class(method, data_type));
        element.operator_class.take_if(|class| Some(class.as_str()) == usual);
    }
}

/// The operator class that an index over a column has when nothing is said. Source: `pg_opclass`.
fn usual_class(method: &str, data_type: &DataType) -> Option<&'static str> {
    if !matches!(method, "btree" | "hash") {
        return match (method, data_type) {
            ("gin", DataType::Array { .. }) => Some("array_ops"),
            ("gin", DataType::Jsonb) => Some("jsonb_ops"),
            ("gin" | "gist", DataType::Native(name)) if name == "tsvector" => Some("tsvector_ops"),
            _ => None,
        };
    }
    Some(match data_type {
        DataType::Boolean => "bool_ops",
        DataType::SmallInteger => "int2_ops",
        DataType::Integer => "int4_ops",
        DataType::BigInteger => "int8_ops",
        DataType::Real => "float4_ops",
        DataType::Double => "float8_ops",
        DataType::Numeric { .. } => "numeric_ops",
        DataType::Text | DataType::String { .. } => "text_ops",
        DataType::Char { .. } => "bpchar_ops",
        DataType::Collated { text, .. } => return usual_class(method, text),
        DataType::Binary => "bytea_ops",
        DataType::Date => "date_ops",
        DataType::Time { timezone: false, .. } => "time_ops",
        DataType::Time { timezone: true, .. } => "timetz_ops",
        DataType::Timestamp { timezone: false, .. } => "timestamp_ops",
        DataType::Timestamp { timezone: true, .. } => "timestamptz_ops",
        DataType::Interval { .. } => "interval_ops",
        DataType::Uuid => "uuid_ops",
        DataType::Jsonb => "jsonb_ops",
        DataType::Enum(EnumType { name: Some(_), .. }) => "enum_ops",
        DataType::Array { .. } => "array_ops",
        _ => return None,
    })
}

fn normal_options(said: &mut TableOptions) {
    let mut options = TableOptions::default();
    // Whether a table is temporary is nothing that changes.
    options.unlogged = said.unlogged && !said.temporary;
    options.partition_by = said.partition_by.take().map(|by| by.map(|by| normal(&by)));
    options.inherits = std::mem::take(&mut said.inherits);
    options.access_method = said.access_method.take().filter(|method| method != "heap");
    options.tablespace = said.tablespace.take();
    unless_usual(&mut options.tablespace);
    options.storage_parameters = std::mem::take(&mut said.storage_parameters);
    lower_names(&mut options.storage_parameters);
    *said = options;
}

/// `pg_default` is where a table is when nothing is said.
fn unless_usual(tablespace: &mut Option<String>) {
    tablespace.take_if(|name| name == "pg_default");
}

fn lower_names(parameters: &mut BTreeMap<String, String>) {
    if parameters.keys().any(|name| name.contains(|c: char| c.is_ascii_uppercase())) {
        let lowered = std::mem::take(parameters).into_iter();
        *parameters = lowered.map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
    }
}
