//! Schemas of other projects, as `cargo xtask oracle schemas --keep` found them in databases that the projects' own
//! tools made: created from the models, they are found again, and nothing differs; then all is dropped.

use std::fs;
use std::path::Path;

use dunlin::core::prelude::*;
use dunlin::engine::compare::describe;
use dunlin::engine::generate::models;
use dunlin::{CompareOptions, Database};
use dunlin_testkit::{TestDatabase, chain, db_test};

use crate::support::migrator;

/// The schemas that were found on such a database, by name.
fn saved(dialect: DialectName) -> Vec<(String, Metadata)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/schemas");
    let end = format!("-{}.json", dialect.as_str());
    let mut found = Vec::new();
    for file in fs::read_dir(dir).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if let Some(name) = name.strip_suffix(&end) {
            found.push((name.to_owned(), serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap()));
        }
    }
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    found
}

/// Creates a schema, says what is found to differ from it, and drops it again.
async fn drift(db: &TestDatabase, database: &mut Database, schema: &Metadata) -> Result<Vec<String>, String> {
    let models = schema.clone();
    let manager =
        DbManager::new("owner", "version_owner").migrations([first()]).models(move |_| models.clone());
    let manager = manager.supports_table_dropping(true);
    let migrator = migrator(db, [manager]);
    let created = migrator.migrate(database, None, false, &mut |_| {}).await;
    created.map_err(|failure| chain(&failure.source))?;
    let drift = migrator.compare(database, "owner", &CompareOptions::default()).await;
    let drift = drift.map_err(|error| chain(&error))?;
    let dialect = database.dialect();
    let operations = drift.comparison.upgrade.iter();
    let lines = operations.flat_map(|operation| describe(dialect, operation, &drift.from)).collect();
    let dropped = migrator.reset(database, false, false, &mut |_| {}).await;
    dropped.map_err(|failure| chain(&failure.source))?;
    Ok(lines)
}

/// The models are the whole history.
fn first() -> Migration {
    Migration::new(Revision::new("first"), |_| {}, |_| {})
}

db_test! {
    async fn created_anew_they_do_not_differ(db) {
        let mut database = db.connect().await;
        let schemas = saved(db.dialect());
        assert!(schemas.len() >= 4, "there are {} schemas", schemas.len());
        let mut wrong = Vec::new();
        for (name, schema) in schemas {
            match drift(db, &mut database, &schema).await {
                Ok(lines) => wrong.extend(lines.into_iter().map(|line| format!("{name}: {line}"))),
                Err(why) => wrong.push(format!("{name}: {why}")),
            }
        }
        assert_eq!(db.tables().await, [""; 0]);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

#[test]
fn they_are_written_as_models() {
    for dialect in [DialectName::Postgres, DialectName::MySql, DialectName::MariaDb, DialectName::Sqlite] {
        for (name, schema) in saved(dialect) {
            let source = models::builder(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
            let tables = source.matches("fn ").count() - 1;
            assert_eq!(tables, schema.tables().len(), "{name} on {dialect}");
        }
    }
}
