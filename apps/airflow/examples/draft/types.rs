//! The names that types of several databases have together.

use airflow_plugin::{string_id_of, timestamp};
use dunlin::core::dialect::DialectName;
use dunlin::core::operation::Operation;
use dunlin::core::schema::{Column, ColumnType, DataType, Metadata, Table};
use dunlin::engine::compare::Schema;
use dunlin::engine::dialect::dialect;
use serde_json::Value;

/// A mark that [`named`] takes away again.
const MARK: &str = "type:";

/// One type that is all of these, each on its database; written as a call where it has a name.
pub(crate) fn common(types: &[(DialectName, ColumnType)]) -> ColumnType {
    let is_all = |candidate: &ColumnType| {
        types.iter().all(|(name, wanted)| {
            form(*name, candidate).is_some_and(|form_of| Some(form_of) == form(*name, wanted))
        })
    };
    if let Some((_, candidate)) = candidates(types).into_iter().find(|(_, candidate)| is_all(candidate)) {
        return candidate;
    }
    let here = |name: DialectName| {
        let (_, found) = types.iter().find(|(known, _)| *known == name)?;
        found.get(name).cloned()
    };
    let default = DialectName::ALL.into_iter().find_map(here).unwrap_or(DataType::Text);
    let mut all = ColumnType::all(default.clone());
    for name in [DialectName::MySql, DialectName::MariaDb, DialectName::Sqlite] {
        if let Some(other) = here(name).filter(|other| all.get(name) != Some(other)) {
            all = all.on(name, other);
        }
    }
    all
}

/// Operations in which the types that have names are marked.
pub(crate) fn marked(operations: &[Operation]) -> Vec<Operation> {
    let mark_all = |operation: &Operation| {
        let mut value = serde_json::to_value(operation).unwrap();
        mark(&mut value);
        serde_json::from_value(value).unwrap()
    };
    operations.iter().map(mark_all).collect()
}

/// A schema in which the types that have names are marked.
pub(crate) fn marked_metadata(metadata: &Metadata) -> Metadata {
    let mut marked = Metadata::new(metadata.schema(), metadata.naming_convention().clone());
    for table in metadata.tables() {
        let mut value = serde_json::to_value(table).unwrap();
        mark(&mut value);
        let mut table: Table = serde_json::from_value(value).unwrap();
        table.names_mut().for_each(|name| *name = dunlin::core::schema::Name::exact(name.as_str()));
        marked.insert(table);
    }
    marked
}

fn mark(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match serde_json::from_value::<ColumnType>(value.clone()) {
                    Ok(column_type) if key == "type" => {
                        let of = DialectName::ALL.map(|name| (name, column_type.clone()));
                        let known =
                            candidates(&of).into_iter().find(|(_, candidate)| *candidate == column_type);
                        if let Some((Some(text), _)) = known {
                            *value = serde_json::to_value(DataType::native(format!("{MARK}{text}"))).unwrap();
                        }
                    }
                    _ => mark(value),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(mark),
        _ => {}
    }
}

/// Code with the marked types as the calls that they are, and with names as they are. (Only those of checks would be
/// changed by the naming convention.)
pub(crate) fn named(code: &str) -> String {
    let mut code = code.to_owned();
    let (mark, end) = (format!("DataType::native(\"{MARK}"), "\")");
    for line in code.clone().lines().filter(|line| !line.contains("check")) {
        if let Some((_, rest)) = line.split_once("Name::exact(\"")
            && let Some((name, _)) = rest.split_once("\")")
        {
            code = code.replace(&format!("Name::exact(\"{name}\")"), &format!("\"{name}\""));
        }
    }
    let mut used = Vec::new();
    while let Some(at) = code.find(&mark) {
        let length = code[at + mark.len()..].find(end).unwrap();
        let call = code[at + mark.len()..at + mark.len() + length].to_owned();
        used.push(call.split('(').next().unwrap_or_default().to_owned());
        code.replace_range(at..at + mark.len() + length + end.len(), &call);
    }
    used.sort();
    used.dedup();
    let (plugin, own): (Vec<_>, Vec<_>) = used
        .into_iter()
        .partition(|name| ["string_id", "string_id_of", "timestamp"].contains(&name.as_str()));
    if !plugin.is_empty() {
        let names = plugin.join(", ");
        let names = if plugin.len() == 1 { names } else { format!("{{{names}}}") };
        let import = format!("use airflow_plugin::{names};\nuse dunlin_core");
        code = code.replacen("use dunlin_core", &import, 1);
    }
    if !own.is_empty() {
        code.push_str(&format!("// to be defined: {}\n", own.join(", ")));
    }
    code
}

/// What it may be called, and what that is; without a name it is written as it is.
fn candidates(types: &[(DialectName, ColumnType)]) -> Vec<(Option<String>, ColumnType)> {
    let plain = |data_type: DataType| (None, ColumnType::all(data_type));
    let named = |name: &str, column_type: ColumnType| (Some(name.to_owned()), column_type);
    let native = |all: DataType, name, text: &str| ColumnType::all(all).on(name, DataType::native(text));
    let mut found = vec![
        plain(DataType::Boolean),
        plain(DataType::Integer),
        plain(DataType::BigInteger),
        plain(DataType::SmallInteger),
        plain(DataType::Float),
        plain(DataType::Double),
        plain(DataType::Text),
        plain(DataType::Binary),
        plain(DataType::Json),
        plain(DataType::Uuid),
        plain(DataType::Date),
        plain(DataType::datetime()),
        named("timestamp()", timestamp()),
        named("extended_json()", native(DataType::Json, DialectName::Postgres, "JSONB")),
        named("medium_text()", native(DataType::Text, DialectName::MySql, "MEDIUMTEXT")),
        named("long_binary()", native(DataType::Binary, DialectName::MySql, "LONGBLOB")),
    ];
    let lengths = types.iter().filter_map(|(name, column_type)| length(column_type.get(*name)?));
    if let Some(length) = lengths.max() {
        let text = DataType::string(length);
        found.push(plain(text.clone()));
        found.push(plain(DataType::Char { length }));
        let call = if length == 250 { "string_id()".to_owned() } else { format!("string_id_of({length})") };
        found.push((Some(call), string_id_of(length)));
        let latin = text.clone().collate("latin1_general_cs");
        found.push((Some(format!("latin({length})")), ColumnType::all(text).on(DialectName::MySql, latin)));
    }
    found
}

fn length(data_type: &DataType) -> Option<u32> {
    match data_type {
        DataType::String { length } => *length,
        DataType::Char { length } => Some(*length),
        DataType::Collated { text, .. } => length(text),
        _ => None,
    }
}

/// A type in the form that a database gives it.
fn form(name: DialectName, column_type: &ColumnType) -> Option<DataType> {
    let mut table = Table::new("t");
    table.columns.push(Column::new("c", column_type.clone()));
    let mut metadata = Metadata::default();
    metadata.insert(table);
    let schema = Schema::new(dialect(name), metadata).ok()?;
    schema.here().tables()[0].columns[0].column_type.get(name).cloned()
}
