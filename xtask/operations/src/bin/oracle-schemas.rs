//! `cargo xtask oracle schemas`, dunlin's part: a real schema is introspected in one database and created anew in
//! another; as models it is compared with both, and written as Rust.
//!
//! The databases are FROM_URL and TO_URL; BEFORE_SQL is a list of statements, as JSON. The answer is JSON: `metadata`,
//! `counts`, `failures`, what the comparisons found (`drift_of_original`, `drift_of_copy`), and `unwritten`: why there
//! is no source.
#![allow(clippy::print_stdout, reason = "its answer is what it is for")]

use std::env;
use std::error::Error;

use dunlin::core::operation::{Operation, create_all};
use dunlin::core::prelude::*;
use dunlin::core::session::Session as _;
use dunlin::engine::compare::describe;
use dunlin::engine::dialect::lower::lower;
use dunlin::engine::dialect::{Dialect, RenderError};
use dunlin::engine::generate::models;
use dunlin::{Access, CompareOptions, Database, DatabaseUrl, LockKey, Migrator};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let before: Vec<String> = serde_json::from_str(&env::var("BEFORE_SQL")?)?;
    let answer = runtime.block_on(async {
        match introspected(&env::var("FROM_URL")?).await {
            Ok(metadata) => {
                let (from, to) = (env::var("FROM_URL")?, env::var("TO_URL")?);
                let failures = created(&metadata, &to, &before).await?;
                Ok(json!({
                    "counts": counts(&metadata),
                    "failures": failures,
                    "drift_of_original": drift(&from, &metadata).await,
                    "drift_of_copy": drift(&to, &metadata).await,
                    "unwritten": models::builder(&metadata).err().map(|error| chain(&error)),
                    "metadata": metadata,
                }))
            }
            Err(error) => Ok::<_, Box<dyn Error>>(json!({"error": chain(error.as_ref())})),
        }
    })?;
    println!("{answer}");
    Ok(())
}

async fn introspected(url: &str) -> Result<Metadata, Box<dyn Error>> {
    let mut database = Database::connect(&DatabaseUrl::parse(url)?, Access::Read).await?;
    let metadata = database.introspect(&[]).await;
    database.close().await;
    Ok(metadata?)
}

/// Creates the schema as `init` creates models; the result is what failed, and the rest is created all the same.
async fn created(metadata: &Metadata, url: &str, before: &[String]) -> Result<Vec<String>, Box<dyn Error>> {
    let mut database = Database::connect(&DatabaseUrl::parse(url)?, Access::Create).await?;
    for sql in before {
        // What stands in no table is only there for those tables that name it; what is missing is seen then.
        database.execute(sql).await.ok();
    }
    let (mut failures, mut played) = (Vec::new(), Metadata::default());
    for operation in create_all(metadata) {
        match rendered(database.dialect(), &operation, &mut played) {
            Ok(statements) => {
                for sql in statements {
                    if let Err(error) = database.execute(&sql).await {
                        failures.push(format!("{sql}: {}", chain(error.as_ref())));
                    }
                }
            }
            Err(error) => failures.push(chain(&error)),
        }
    }
    database.close().await;
    Ok(failures)
}

/// The statements of an operation, which is then played.
fn rendered(
    dialect: &dyn Dialect,
    operation: &Operation,
    played: &mut Metadata,
) -> Result<Vec<String>, RenderError> {
    let mut statements = Vec::new();
    for operation in lower(dialect, operation, played)? {
        statements.extend(dialect.render(&operation, played)?.statements);
        played.apply(&operation)?;
    }
    Ok(statements)
}

/// What differs between the models and a database, in words.
async fn drift(url: &str, models: &Metadata) -> Vec<String> {
    found_by_comparison(url, models).await.unwrap_or_else(|error| vec![chain(error.as_ref())])
}

async fn found_by_comparison(url: &str, models: &Metadata) -> Result<Vec<String>, Box<dyn Error>> {
    let models = models.clone();
    let manager = DbManager::new("schemas", "version_of_schemas").models(move |_| models.clone());
    let migrator = Migrator::new([manager], &HostContext::default(), LockKey::new(7, "schemas"))?;
    let mut database = Database::connect(&DatabaseUrl::parse(url)?, Access::Read).await?;
    let dialect = database.dialect();
    let drift = migrator.compare(&mut database, "schemas", &CompareOptions::default()).await;
    database.close().await;
    let drift = drift?;
    let operations = drift.comparison.upgrade.iter();
    Ok(operations.flat_map(|operation| describe(dialect, operation, &drift.from)).collect())
}

fn counts(metadata: &Metadata) -> Value {
    let tables = metadata.tables();
    json!({
        "tables": tables.len(),
        "columns": tables.iter().map(|table| table.columns.len()).sum::<usize>(),
        "constraints": tables.iter().map(|table| table.constraints().count()).sum::<usize>(),
        "indexes": tables.iter().map(|table| table.indexes.len()).sum::<usize>(),
        "views": metadata.views.len(),
        "enum types": metadata.enum_types.len(),
    })
}

/// An error and all of its causes, in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}
