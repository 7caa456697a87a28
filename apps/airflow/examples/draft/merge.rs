//! One list of operations from those of several databases.

use std::collections::BTreeSet;

use dunlin::core::dialect::DialectName;
use dunlin::core::operation::Operation;
use dunlin::core::schema::Column;
use serde_json::{Map, Value, json};

use super::OnEach;
use super::types::common;

/// What several databases have in common.
pub(crate) struct Merged {
    pub(crate) operations: Vec<Operation>,
    /// What is not in the operations, in words.
    pub(crate) left: Vec<String>,
}

/// One change, as JSON, with what it is known by.
#[derive(Clone)]
struct Change {
    key: String,
    /// The table of which it is one of several changes.
    table: Option<Value>,
    value: Value,
}

/// A column of a table as it is on a database.
type Existing<'f> = &'f dyn Fn(DialectName, &str, &str) -> Option<Column>;

pub(crate) fn merged(operations: &OnEach<Vec<Operation>>, existing: Existing<'_>) -> Merged {
    let mut lists: OnEach<Vec<Change>> =
        operations.iter().map(|(name, operations)| (*name, taken_apart(operations))).collect();
    unchanged_elsewhere(&mut lists, existing);
    let mut keys: Vec<&str> = Vec::new();
    for changes in lists.values() {
        let mut place = 0;
        for change in changes {
            match keys.iter().position(|key| *key == change.key) {
                Some(known) => place = place.max(known + 1),
                None => {
                    keys.insert(place, &change.key);
                    place += 1;
                }
            }
        }
    }
    let (mut operations, mut left) = (Vec::<Value>::new(), Vec::new());
    for key in keys {
        let found: Vec<(DialectName, Option<&Change>)> = lists
            .iter()
            .map(|(name, changes)| (*name, changes.iter().find(|change| change.key == key)))
            .collect();
        let values: Vec<_> =
            found.iter().map(|(name, change)| (*name, change.map(|change| &change.value))).collect();
        let table = found.iter().find_map(|(_, change)| change.and_then(|change| change.table.clone()));
        match merge("", &values) {
            Some(value) => match (table, operations.last_mut()) {
                (Some(table), Some(last)) if last["alter_table"]["table"] == table => {
                    last["alter_table"]["changes"].as_array_mut().unwrap().push(value);
                }
                (Some(table), _) => {
                    operations.push(json!({"alter_table": {"table": table, "changes": [value]}}))
                }
                (None, _) => operations.push(value),
            },
            None => {
                let on: Vec<_> = values
                    .iter()
                    .filter(|(_, value)| value.is_some())
                    .map(|(name, _)| name.as_str())
                    .collect();
                left.push(format!("{key} (on {})", on.join(", ")));
            }
        }
    }
    let operations = operations.into_iter().map(|value| {
        serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{error}: {value}"))
    });
    Merged { operations: operations.collect(), left }
}

/// What only some databases change of a column is said of the others as it is there.
fn unchanged_elsewhere(lists: &mut OnEach<Vec<Change>>, existing: Existing<'_>) {
    let alters = lists.values().flatten().filter(|change| change.value.get("alter_column").is_some());
    let mut changed: Vec<(Change, BTreeSet<String>)> = Vec::new();
    for change in alters {
        let parts = change.value["alter_column"].as_object().unwrap().keys().cloned();
        match changed.iter_mut().find(|(known, _)| known.key == change.key) {
            Some((_, known)) => known.extend(parts),
            None => changed.push((change.clone(), parts.collect())),
        }
    }
    for (change, parts) in changed.into_iter().filter(|(_, parts)| !parts.contains("rename")) {
        let table = named(change.table.as_ref().unwrap());
        let column = change.value["alter_column"]["name"].as_str().unwrap().to_owned();
        for (name, changes) in &mut *lists {
            let Some(there) = existing(*name, &table, &column) else { continue };
            let there = serde_json::to_value(there).unwrap();
            let at = changes.iter().position(|known| known.key == change.key).unwrap_or(changes.len());
            if at == changes.len() {
                let value = json!({"alter_column": {"name": column}});
                changes.push(Change { value, ..change.clone() });
            }
            let altered = changes[at].value["alter_column"].as_object_mut().unwrap();
            for part in parts.iter().filter(|part| !there[part.as_str()].is_null()) {
                altered.entry(part.clone()).or_insert_with(|| there[part.as_str()].clone());
            }
        }
    }
}

/// MySQL tells no unique index from a unique constraint: it is what it is elsewhere.
fn unique_indexes(lists: &[(DialectName, &Map<String, Value>)]) -> Vec<(DialectName, Map<String, Value>)> {
    let names = |object: &Map<String, Value>, part: &str| -> Vec<Value> {
        object
            .get(part)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(|thing| thing["name"].clone())
            .collect()
    };
    let indexes: Vec<Value> = lists.iter().flat_map(|(_, object)| names(object, "indexes")).collect();
    let in_one = |(name, object): &(DialectName, &Map<String, Value>)| {
        let mut object = (*object).clone();
        let uniques = object.get("uniques").and_then(Value::as_array).cloned().unwrap_or_default();
        let (moved, kept): (Vec<Value>, Vec<Value>) =
            uniques.into_iter().partition(|unique| indexes.contains(&unique["name"]));
        if !moved.is_empty() {
            object.insert("uniques".to_owned(), Value::Array(kept));
            let list = object.entry("indexes").or_insert_with(|| json!([]));
            for unique in moved {
                let elements: Vec<Value> = unique["columns"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|column| json!({"column": column}))
                    .collect();
                let index = json!({"name": unique["name"], "elements": elements, "unique": true});
                list.as_array_mut().unwrap().push(index);
            }
        }
        (*name, object)
    };
    lists.iter().map(in_one).collect()
}

fn taken_apart(operations: &[Operation]) -> Vec<Change> {
    let mut found: Vec<Change> = Vec::new();
    let mut add = |key: String, table: Option<Value>, value: Value| {
        let times = found.iter().filter(|known| known.key.trim_end_matches('\'') == key).count();
        found.push(Change { key: key + &"'".repeat(times), table, value });
    };
    for operation in operations {
        let value = serde_json::to_value(operation).unwrap();
        match operation {
            Operation::AlterTable { .. } => {
                let table = value["alter_table"]["table"].clone();
                for change in value["alter_table"]["changes"].as_array().unwrap() {
                    let (kind, inner) = change.as_object().unwrap().iter().next().unwrap();
                    let key = format!("{kind} {} {}", named(&table), known_by(inner));
                    add(key, Some(table.clone()), change.clone());
                }
            }
            _ => {
                let (kind, inner) = value.as_object().unwrap().iter().next().unwrap();
                let table = match &inner["table"]["name"] {
                    Value::Object(_) => named(&inner["table"]["name"]),
                    _ => named(&inner["table"]),
                };
                let rest = if kind.contains("index") { known_by(inner) } else { String::new() };
                add(format!("{kind} {table} {rest}"), None, value);
            }
        }
    }
    found
}

fn named(table: &Value) -> String {
    table["name"].as_str().unwrap_or_default().to_owned()
}

/// What tells a change from the others of its kind and table.
fn known_by(inner: &Value) -> String {
    if let Some(constraint) = inner["constraint"].as_object() {
        let (kind, constraint) = constraint.iter().next().unwrap();
        return match constraint["columns"].as_array() {
            Some(columns) => format!("{kind} {}", json!(columns)),
            None => format!("{kind} {}", plain(&constraint["name"])),
        };
    }
    for part in ["column", "index"] {
        if !inner[part].is_null() {
            return plain(&inner[part]["name"]);
        }
    }
    // A table has one, and MySQL does not name it.
    if inner["kind"] == "primary_key" && inner["from"].is_null() {
        return "primary_key".to_owned();
    }
    format!(
        "{} {}{}",
        inner["kind"].as_str().unwrap_or_default(),
        plain(&inner["name"]),
        plain(&inner["from"])
    )
}

/// Parts of a table that are lists of things with names.
const LISTS: [&str; 5] = ["columns", "uniques", "foreign_keys", "checks", "indexes"];

/// A name, exact or not.
fn plain(name: &Value) -> String {
    name.as_str().or_else(|| name["exact"].as_str()).unwrap_or_default().to_owned()
}

type Values<'v> = [(DialectName, Option<&'v Value>)];

/// One value that is all of these, each on its database; none where there is no such value.
fn merge(key: &str, values: &Values<'_>) -> Option<Value> {
    let there: Vec<(DialectName, &Value)> =
        values.iter().filter_map(|(name, value)| value.map(|value| (*name, value))).collect();
    let (_, first) = there.first()?;
    let everywhere = there.len() == values.len();
    if key == "type" && everywhere {
        let types =
            there.iter().map(|(name, value)| (*name, serde_json::from_value((*value).clone()).unwrap()));
        return serde_json::to_value(common(&types.collect::<Vec<_>>())).ok();
    }
    if everywhere && there.iter().all(|(_, value)| value == first) {
        return Some((*first).clone());
    }
    match key {
        // MySQL and SQLite do not always name what has a name elsewhere.
        "name" if there.iter().all(|(_, value)| plain(value) == plain(first)) && !plain(first).is_empty() => {
            return Some((*first).clone());
        }
        "server_default" | "expression" | "predicate" => return Some(variants(&there, everywhere)),
        // Counting up is no property of its own on SQLite.
        "autoincrement" if there.iter().all(|(_, value)| value == first) => return Some((*first).clone()),
        _ => {}
    }
    // The names of primary keys are nothing to MySQL.
    let of_key = |change: &Value, kind: &str| change[kind]["kind"] == "primary_key";
    if everywhere && there.iter().all(|(_, value)| of_key(value, "drop_constraint"))
        || there.iter().all(|(_, value)| *value == *first && of_key(value, "rename_constraint"))
    {
        return Some((*first).clone());
    }
    if !everywhere {
        let mut only = (*first).clone();
        let merged =
            merge(key, &there.iter().map(|(name, value)| (*name, Some(*value))).collect::<Vec<_>>())?;
        let place = ["create_index", "add_constraint"].into_iter().find(|kind| only.get(*kind).is_some());
        let on: Vec<_> = there.iter().map(|(name, _)| *name).collect();
        match place {
            Some("create_index") => {
                only = merged;
                only["create_index"]["index"]["only_on"] = json!(on);
                return Some(only);
            }
            Some(_) if merged["add_constraint"]["constraint"].get("check").is_some() => {
                only = merged;
                only["add_constraint"]["constraint"]["check"]["only_on"] = json!(on);
                return Some(only);
            }
            _ if key == "indexes" || key == "checks" => {
                only = merged;
                only["only_on"] = json!(on);
                return Some(only);
            }
            _ => return None,
        }
    }
    match first {
        Value::Object(_) => {
            let objects: Vec<(DialectName, &Map<String, Value>)> =
                there.iter().map(|(name, value)| Some((*name, value.as_object()?))).collect::<Option<_>>()?;
            let objects = unique_indexes(&objects);
            let mut keys: Vec<&String> = Vec::new();
            for (_, object) in &objects {
                keys.extend(object.keys().filter(|key| !keys.contains(key)).collect::<Vec<_>>());
            }
            let mut all = Map::new();
            for key in keys {
                let none = Value::Array(Vec::new());
                let of = |object: &'_ Map<String, Value>| {
                    object.get(key).cloned().or_else(|| LISTS.contains(&key.as_str()).then(|| none.clone()))
                };
                let parts: Vec<_> = objects.iter().map(|(name, object)| (*name, of(object))).collect();
                let parts: Vec<_> = parts.iter().map(|(name, part)| (*name, part.as_ref())).collect();
                all.insert(key.clone(), merge(key, &parts)?);
            }
            Some(Value::Object(all))
        }
        Value::Array(_) if LISTS.contains(&key) => elements(key, &there),
        _ => None,
    }
}

/// The elements of lists, in the order of the first in which they are.
fn elements(key: &str, lists: &[(DialectName, &Value)]) -> Option<Value> {
    if lists
        .iter()
        .any(|(_, list)| list.as_array().is_none_or(|list| list.iter().any(|element| !element.is_object())))
    {
        return None;
    }
    let known_by = |element: &Value| match key {
        "uniques" | "foreign_keys" => element["columns"].to_string(),
        _ => plain(&element["name"]),
    };
    let mut keys: Vec<String> = Vec::new();
    for (_, list) in lists {
        let all: Vec<String> = list.as_array()?.iter().map(known_by).collect();
        keys.extend(all.into_iter().filter(|key| !keys.contains(key)).collect::<Vec<_>>());
    }
    let one = |wanted: &String| {
        let found = |list: &'_ Value| {
            list.as_array().and_then(|list| list.iter().position(|element| known_by(element) == *wanted))
        };
        let parts: Vec<_> =
            lists.iter().map(|(name, list)| (*name, found(list).map(|at| &list[at]))).collect();
        merge(key, &parts)
    };
    keys.iter().map(one).collect::<Option<Vec<_>>>().map(Value::Array)
}

/// As a value with variants is written.
fn variants(values: &[(DialectName, &Value)], everywhere: bool) -> Value {
    let (_, first) = values[0];
    let of_mysql = values.iter().any(|(name, value)| *name == DialectName::MySql && *value != first);
    let others: Map<String, Value> = values
        .iter()
        // What is said of MySQL goes for MariaDB too, unless it has its own.
        .filter(|(name, value)| !everywhere || value != &first || (*name == DialectName::MariaDb && of_mysql))
        .map(|(name, value)| (name.as_str().to_owned(), (*value).clone()))
        .collect();
    match everywhere {
        true => json!({"all": first, "variants": others}),
        false => json!({"variants": others}),
    }
}
