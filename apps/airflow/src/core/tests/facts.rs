//! What each server would say of the schema, against what it said of the real Airflow's (`facts/*.json`).
//!
//! The words of the servers come from the small tables below, so this needs no server. It cannot see a
//! mistake in the SQL that dunlin writes; introspection on the real servers does.

use std::path::Path;

use dunlin_core::prelude::*;
use dunlin_core::schema::PrimaryKey;
use serde_json::{Map, Value, json};

use super::{host, models, played};

#[test]
fn the_schema_of_2_6_2_is_the_real_one() {
    for dialect in DialectName::ALL {
        assert_agree(&played("2.6.2", &host(None)), dialect, "2.6.2");
    }
}

#[test]
fn the_schema_of_2_7_0_is_the_real_one() {
    for dialect in DialectName::ALL {
        assert_agree(&models::metadata(&host(None)), dialect, "2.7.0");
    }
}

fn assert_agree(metadata: &Metadata, dialect: DialectName, release: &str) {
    let mut facts = facts(dialect, release);
    assert_eq!(facts.remove("alembic_version").map(|_| ()), Some(()), "the version table is no model");
    for table in metadata.tables() {
        let name = &table.name.name;
        let real = facts.remove(name).unwrap_or_else(|| panic!("{dialect}, {release}: no table {name}"));
        assert_eq!(said_of(table, dialect), comparable(real), "{dialect}, {release}, {name}");
    }
    assert_eq!(facts.keys().collect::<Vec<_>>(), Vec::<&String>::new(), "{dialect}, {release}: no models");
}

fn facts(dialect: DialectName, release: &str) -> Map<String, Value> {
    let file = format!("{}/facts/{dialect}-{release}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(Path::new(&file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    let mut facts: Value = serde_json::from_str(&text).unwrap();
    match facts["tables"].take() {
        Value::Object(tables) => tables,
        other => panic!("{file}: tables are {other}"),
    }
}

/// A table's facts without the text of its checks, which each server words in its own way, and with
/// what has no order by name.
fn comparable(mut table: Value) -> Value {
    for check in table["checks"].as_array_mut().unwrap() {
        check.as_object_mut().unwrap().remove("expression");
    }
    for list in ["uniques", "foreign_keys", "checks", "indexes"] {
        let by_name = |entry: &Value| entry["name"].as_str().map(str::to_owned);
        table[list].as_array_mut().unwrap().sort_by_key(by_name);
    }
    table
}

/// What a server says of a table, in the shape of the facts.
fn said_of(table: &Table, dialect: DialectName) -> Value {
    let mysql = is_mysql(dialect);
    let columns: Vec<Value> =
        table.columns.iter().map(|column| column_said(table, column, dialect)).collect();
    let PrimaryKey { name, columns: key, .. } = table.primary_key.clone().unwrap();
    let mut uniques: Vec<Value> = table
        .uniques
        .iter()
        .map(|unique| json!({ "name": unique.name.as_deref(), "columns": unique.columns }))
        .collect();
    let mut indexes = Vec::new();
    for index in &table.indexes {
        assert_eq!(index.predicate, None, "the facts have no partial index");
        // MySQL knows no difference between a unique index and a unique constraint.
        if mysql && index.unique {
            uniques.push(json!({ "name": index.name.as_deref(), "columns": columns_of(index) }));
        } else {
            indexes.push(index_said(&index.name, &columns_of(index), index.unique));
        }
    }
    if mysql {
        indexes.extend(implied_indexes(table).map(|key| index_said(&key.name, &key.columns, false)));
    }
    comparable(json!({
        "columns": columns,
        "primary_key": { "name": name.as_deref().filter(|_| !mysql), "columns": key },
        "uniques": uniques,
        "foreign_keys": table.foreign_keys.iter().map(|key| foreign_key_said(key, dialect)).collect::<Vec<_>>(),
        "checks": checks_said(table, dialect),
        "indexes": indexes,
    }))
}

fn is_mysql(dialect: DialectName) -> bool {
    matches!(dialect, DialectName::MySql | DialectName::MariaDb)
}

fn column_said(table: &Table, column: &Column, dialect: DialectName) -> Value {
    let data_type = column.column_type.get(dialect).unwrap();
    let (type_text, collation) = type_said(data_type, dialect);
    let counted = column.autoincrement && dialect != DialectName::Sqlite;
    let default = match column.server_default.as_ref().and_then(|default| default.get(dialect)) {
        Some(default) => Some(default_said(default, dialect)),
        None if counted && dialect == DialectName::Postgres => {
            Some(format!("nextval('{}_{}_seq'::regclass)", table.name.name, column.name))
        }
        None => None,
    };
    json!({
        "name": column.name,
        "type": type_text,
        "nullable": column.nullable,
        "default": default,
        "collation": collation,
        "autoincrement": counted,
        "comment": column.comment,
    })
}

/// A type and a collation in a server's words.
fn type_said(data_type: &DataType, dialect: DialectName) -> (String, Option<String>) {
    use DialectName::{MariaDb, MySql, Postgres, Sqlite};
    if let DataType::Collated { text, collation, .. } = data_type {
        return (type_said(text, dialect).0, collation.clone());
    }
    if let DataType::String { length: Some(length) } = data_type {
        let word = if dialect == Postgres { "character varying" } else { "varchar" };
        return (in_case(dialect, format!("{word}({length})")), None);
    }
    if (data_type, dialect) == (&DataType::Json, MariaDb) {
        return ("longtext".to_owned(), Some("utf8mb4_bin".to_owned()));
    }
    let text = match (data_type, dialect) {
        (DataType::Integer, MySql) => "int",
        (DataType::Integer, MariaDb) => "int(11)",
        (DataType::Integer, _) => "integer",
        (DataType::BigInteger, MariaDb) => "bigint(20)",
        (DataType::BigInteger, _) => "bigint",
        (DataType::Boolean, MySql | MariaDb) => "tinyint(1)",
        (DataType::Boolean, _) => "boolean",
        (DataType::Float, Postgres) => "double precision",
        (DataType::Float, _) => "float",
        (DataType::Text, _) => "text",
        (DataType::Binary, Postgres) => "bytea",
        (DataType::Binary, _) => "blob",
        (DataType::Json, _) => "json",
        (DataType::DateTime { precision: None, timezone: false }, Postgres) => "timestamp without time zone",
        (DataType::DateTime { precision: None, .. }, _) => "datetime",
        (DataType::Timestamp { precision: None, timezone: true }, Postgres) => "timestamp with time zone",
        (DataType::Timestamp { precision: Some(6), .. }, MySql | MariaDb) => "timestamp(6)",
        (DataType::Timestamp { .. }, Sqlite) => "timestamp",
        (DataType::Native(text), _) => &text.to_lowercase(),
        (other, _) => panic!("no fact is about {other:?} on {dialect}"),
    };
    (in_case(dialect, text.to_owned()), None)
}

/// SQLite gives a type back as it was written, which is in capitals.
fn in_case(dialect: DialectName, text: String) -> String {
    if dialect == DialectName::Sqlite { text.to_uppercase() } else { text }
}

fn default_said(default: &SqlValue, dialect: DialectName) -> String {
    use DialectName::{MariaDb, MySql, Postgres, Sqlite};
    match (default, dialect) {
        (SqlValue::Text(number), Postgres) => format!("'{number}'::integer"),
        (SqlValue::Text(number), Sqlite) => format!("'{number}'"),
        (SqlValue::Text(number), MySql | MariaDb) => number.clone(),
        (SqlValue::Expression(sql), MySql) => sql.clone(),
        (SqlValue::Expression(sql), MariaDb) if sql == "(false)" => "0".to_owned(),
        (SqlValue::Expression(sql), Postgres | Sqlite) => sql.trim_matches(['(', ')']).to_owned(),
        (other, _) => panic!("no fact is about {other:?} on {dialect}"),
    }
}

fn foreign_key_said(key: &ForeignKey, dialect: DialectName) -> Value {
    let action = |action: ReferentialAction| match dialect {
        DialectName::MariaDb if action.is_no_action() => "RESTRICT",
        _ => action.as_sql(),
    };
    json!({
        "name": key.name.as_deref(),
        "columns": key.columns,
        "referred_table": key.referred_table.name,
        "referred_columns": key.referred_columns,
        "on_delete": action(key.on_delete),
        "on_update": action(key.on_update),
    })
}

/// The names of the checks. MariaDB has one more for each JSON column, named like it.
fn checks_said(table: &Table, dialect: DialectName) -> Vec<Value> {
    let json = |column: &&Column| {
        dialect == DialectName::MariaDb && column.column_type.get(dialect) == Some(&DataType::Json)
    };
    let written = table.checks.iter().map(|check| json!({ "name": check.name.as_deref() }));
    written.chain(table.columns.iter().filter(json).map(|column| json!({ "name": column.name }))).collect()
}

fn columns_of(index: &Index) -> Vec<String> {
    index.columns().map(str::to_owned).collect()
}

fn index_said(name: &Option<Name>, columns: &[String], unique: bool) -> Value {
    json!({ "name": name.as_deref(), "columns": columns, "unique": unique, "where": null })
}

/// The foreign keys for which MySQL makes an index: those whose columns lead no key and no other index.
fn implied_indexes(table: &Table) -> impl Iterator<Item = &ForeignKey> {
    table.foreign_keys.iter().filter(|key| {
        let keys = table.primary_key.iter().map(|other| &other.columns);
        let uniques = table.uniques.iter().map(|other| &other.columns);
        let known = keys.chain(uniques).cloned().chain(table.indexes.iter().map(columns_of));
        !known.into_iter().any(|columns| columns.starts_with(&key.columns))
    })
}
