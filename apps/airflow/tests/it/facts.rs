//! The schema that the program makes, by both ways, is the one that the real Airflow leaves; and what is written down of
//! the real one's is what somebody else reads there.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};

use dunlin_testkit::dunlin::core::dialect::DialectName;
use dunlin_testkit::dunlin::core::schema::{DataType, Metadata, ReferentialAction, SqlValue, Table};
use dunlin_testkit::dunlin::engine::dialect::{Dialect, dialect};
use dunlin_testkit::{TestDatabase, db_test};
use flate2::read::GzDecoder;
use serde_json::{Value, json};

use crate::history::{DIFFERENCES, Known, differences};
use crate::support::Installation;
use crate::walk::Walk;

db_test! {
    async fn from_files(db) {
        Installation::on(db).succeed(&["db", "migrate", "-m"]);
        assert_equal(db, "3.3.0", &[]).await;
    }
}

db_test! {
    async fn from_models(db) {
        Installation::on(db).succeed(&["db", "migrate"]);
        // What users are is FAB's, and nothing was put aside.
        assert_equal(db, "3.3.0", &["ab_", "_xcom_archive"]).await;
    }
}

/// The database is what the real one leaves at a release, but for tables whose names begin so.
async fn assert_equal(db: &TestDatabase, release: &str, without: &[&str]) {
    let mut database = db.connect().await;
    let dialect = database.dialect();
    let mut ours = database.introspect(&[]).await.unwrap();
    database.close().await;
    LEFT_OUT.iter().for_each(|table| drop(ours.remove(&(*table).into())));

    let walk = Walk::on(db.dialect());
    let mut known = Known::on(db.dialect(), DIFFERENCES);
    for real in &walk.revisions {
        known.begin(&real.id);
        if real.release.as_deref() == Some(release) {
            let mut theirs = real.after.clone().unwrap();
            let names: Vec<_> = theirs.tables().iter().map(|table| table.name.clone()).collect();
            for name in names.iter().filter(|name| without.iter().any(|start| name.name.starts_with(start))) {
                theirs.remove(name);
            }
            let found = differences(dialect, ours, theirs, &mut known);
            return assert!(found.is_empty(), "{} differences\n{}", found.len(), found.join("\n"));
        }
        known.end(&real.id);
    }
    panic!("there is no release {release}");
}

/// What the walks were written down with, dunlin's introspection, saw what the servers' catalogs say to somebody who
/// knows nothing of dunlin.
#[test]
fn at_each_release_the_walk_is_what_a_witness_saw() {
    for name in DialectName::ALL {
        let (dialect, walk) = (dialect(name), Walk::on(name));
        let seen = witness(name);
        assert!(seen.len() >= 8, "{name}: {} releases", seen.len());
        for (release, tables) in seen {
            let revision =
                walk.revisions.iter().find(|revision| revision.release.as_deref() == Some(&release));
            let ours = described(revision.unwrap().after.as_ref().unwrap(), dialect);
            let mut theirs: Described = BTreeMap::new();
            for (table, facts) in tables.iter().filter(|(table, _)| *table != "alembic_version") {
                theirs.insert(table.clone(), expected(facts, dialect));
            }
            assert!(theirs.len() >= 39, "{name}, {release}: {} tables", theirs.len());
            let names = |tables: &Described| tables.keys().cloned().collect::<Vec<_>>();
            assert_eq!(names(&ours), names(&theirs), "{name}, {release}");
            for (table, things) in &ours {
                for key in things.keys().chain(theirs[table].keys()) {
                    assert_eq!(things.get(key), theirs[table].get(key), "{name}, {release}: {table} {key}");
                }
            }
        }
    }
}

/// The tables at each release, as `facts.py` reads them.
fn witness(name: DialectName) -> Vec<(String, serde_json::Map<String, Value>)> {
    let path = format!("{}/facts/witness-{name}.jsonl.gz", env!("CARGO_MANIFEST_DIR"));
    let lines = BufReader::new(GzDecoder::new(File::open(&path).unwrap())).lines();
    let seen = lines.map(|line| {
        let mut line: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let Value::Object(tables) = line["facts"]["tables"].take() else { panic!("{path} has no tables") };
        (line["release"].as_str().unwrap().to_owned(), tables)
    });
    seen.collect()
}

/// A database as `table -> thing -> description`.
type Described = BTreeMap<String, BTreeMap<String, Value>>;

/// The tables that are not part of the comparison: the version table, and the plugin's.
const LEFT_OUT: [&str; 3] = ["alembic_version", "dag_run_ticket", "alembic_version_drt"];

fn described(metadata: &Metadata, dialect: &dyn Dialect) -> Described {
    let tables = metadata.tables().iter().filter(|table| !LEFT_OUT.contains(&table.name.name.as_str()));
    tables.map(|table| (table.name.name.clone(), describe(table, dialect))).collect()
}

fn describe(table: &Table, dialect: &dyn Dialect) -> BTreeMap<String, Value> {
    let mut things = BTreeMap::new();
    let mut add = |key: String, value: Value| {
        assert!(things.insert(key.clone(), value).is_none(), "{}: {key} twice", table.name);
    };
    let order: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    add("column order".into(), json!(order));
    for column in &table.columns {
        let data_type = column.column_type.get(dialect.name()).unwrap();
        let default = column.server_default.as_ref().and_then(|default| default.get(dialect.name()));
        let default = default.map(|default| match default {
            SqlValue::Text(text) => text.clone(),
            other => dialect.value(other),
        });
        let description = json!({
            "type": format!("{data_type:?}"),
            "nullable": column.nullable,
            "default": default.map(|text| bare(&text)),
            "autoincrement": column.autoincrement && counts_apart(dialect),
        });
        add(format!("column {}", column.name), description);
    }
    if let Some(key) = &table.primary_key {
        add("primary key".into(), json!({ "name": key.name.as_deref(), "columns": key.columns }));
    }
    for unique in &table.uniques {
        add(format!("unique {:?}", unique.name.as_deref()), json!(unique.columns));
    }
    for key in &table.foreign_keys {
        let description = json!({
            "columns": key.columns,
            "to": key.referred_table.name,
            "referred": key.referred_columns,
            "on_delete": rule(key.on_delete.as_sql()),
            "on_update": rule(key.on_update.as_sql()),
        });
        add(format!("foreign key {:?}", key.name.as_deref()), description);
    }
    for check in &table.checks {
        add(
            format!("check {:?}", check.name.as_deref()),
            json!(check.expression.get(dialect.name()).map(|sql| bare(sql))),
        );
    }
    for index in &table.indexes {
        let predicate = index.predicate.as_ref().and_then(|predicate| predicate.get(dialect.name()));
        let description = json!({ "columns": index.columns().collect::<Vec<_>>(), "unique": index.unique, "where": predicate });
        add(format!("index {:?}", index.name.as_deref()), description);
    }
    things
}

fn expected(table: &Value, dialect: &dyn Dialect) -> BTreeMap<String, Value> {
    let list = |key: &str| table[key].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let is_json = |column: &Value| {
        let valid = format!("json_valid(`{}`)", column.as_str().unwrap_or_default());
        list("checks").iter().any(|check| check["expression"] == valid)
    };
    let mut things = BTreeMap::new();
    let order: Vec<Value> = list("columns").iter().map(|column| column["name"].clone()).collect();
    things.insert("column order".to_owned(), json!(order));
    for column in list("columns") {
        let mut data_type = dialect.parse_type(column["type"].as_str().unwrap());
        if let Some(collation) = text(&column["collation"]) {
            data_type = match data_type {
                // MariaDB's JSON, known by its check.
                DataType::LongText if is_json(&column["name"]) => DataType::Json,
                other => other.collate(collation),
            };
        }
        let autoincrement = column["autoincrement"].as_bool().unwrap();
        let description = json!({
            "type": format!("{data_type:?}"),
            "nullable": column["nullable"],
            "default": text(&column["default"]).filter(|_| !autoincrement).map(|text| bare(&text)),
            "autoincrement": autoincrement,
        });
        things.insert(format!("column {}", column["name"].as_str().unwrap()), description);
    }
    if !table["primary_key"].is_null() {
        let key = &table["primary_key"];
        let description = json!({ "name": key["name"], "columns": key["columns"] });
        things.insert("primary key".to_owned(), description);
    }
    for unique in list("uniques") {
        things.insert(format!("unique {:?}", text(&unique["name"])), unique["columns"].clone());
    }
    for key in list("foreign_keys") {
        let rule_of = |name: &str| rule(&text(&key[name]).unwrap_or_else(|| "NO ACTION".to_owned()));
        let description = json!({
            "columns": key["columns"],
            "to": key["referred_table"],
            "referred": key["referred_columns"],
            "on_delete": rule_of("on_delete"),
            "on_update": rule_of("on_update"),
        });
        things.insert(format!("foreign key {:?}", text(&key["name"])), description);
    }
    for check in list("checks").iter().filter(|check| !is_json(&check["name"])) {
        let expression = text(&check["expression"]).map(|sql| bare(&sql));
        things.insert(format!("check {:?}", text(&check["name"])), json!(expression));
    }
    // MySQL makes an index for a foreign key, and gives it the key's name.
    let made_for_key = |index: &Value| {
        list("foreign_keys")
            .iter()
            .any(|key| key["name"] == index["name"] && key["columns"] == index["columns"])
    };
    for index in list("indexes").iter().filter(|index| !made_for_key(index)) {
        let description = json!({
            "columns": index["columns"], "unique": index["unique"], "where": index["where"],
        });
        things.insert(format!("index {:?}", text(&index["name"])), description);
    }
    things
}

/// Whether counting up is a property of its own. On SQLite it follows from the type and the key, and
/// the facts record there the keyword AUTOINCREMENT, which Airflow does not use.
fn counts_apart(dialect: &dyn Dialect) -> bool {
    dialect.name() != DialectName::Sqlite
}

/// MySQL takes NO ACTION and RESTRICT for the same, and MariaDB prints the latter for both.
fn rule(words: &str) -> String {
    let no_action = ReferentialAction::NoAction.as_sql();
    if words == ReferentialAction::Restrict.as_sql() { no_action.to_owned() } else { words.to_owned() }
}

/// A default without the quotes and brackets that one reader shows and another does not.
fn bare(default: &str) -> String {
    // PostgreSQL's cast.
    let mut text = default.trim().split("'::").next().unwrap_or_default();
    text = text.strip_prefix('\'').filter(|_| default.contains("'::")).unwrap_or(text);
    for (open, close) in [('(', ')'), ('\'', '\'')] {
        text = text.strip_prefix(open).and_then(|text| text.strip_suffix(close)).unwrap_or(text);
    }
    text.to_owned()
}

/// Types are compared as [`DataType`]s: two texts of a server must never be read as one type.
#[test]
fn no_two_types_of_the_facts_are_read_as_one() {
    for name in DialectName::ALL {
        let dialect = dialect(name);
        let mut read: BTreeMap<String, String> = BTreeMap::new();
        for (_, tables) in witness(name) {
            for column in tables.values().flat_map(|table| table["columns"].as_array().unwrap()) {
                let text = column["type"].as_str().unwrap();
                let data_type = format!("{:?}", dialect.parse_type(text));
                let earlier = read.entry(data_type).or_insert_with(|| text.to_owned());
                assert_eq!(earlier, text, "on {name}");
            }
        }
        assert!(read.len() > 10, "{name}: {read:?}");
    }
}
