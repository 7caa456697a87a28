//! `cargo xtask oracle schemas`, dunlin's part: a real schema is introspected in one database and created anew in
//! another.
//!
//! The databases are FROM_URL and TO_URL; BEFORE_SQL is a list of statements, as JSON. The answer is JSON: `metadata`,
//! `counts` and `failures`.
#![allow(clippy::print_stdout, reason = "its answer is what it is for")]

use std::env;
use std::error::Error;

use dunlin::core::operation::{Operation, create_all};
use dunlin::core::prelude::*;
use dunlin::core::session::Session as _;
use dunlin::engine::dialect::lower::lower;
use dunlin::engine::dialect::{Dialect, RenderError};
use dunlin::{Access, Database, DatabaseUrl};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let before: Vec<String> = serde_json::from_str(&env::var("BEFORE_SQL")?)?;
    let answer = runtime.block_on(async {
        match introspected(&env::var("FROM_URL")?).await {
            Ok(metadata) => {
                let failures = created(&metadata, &env::var("TO_URL")?, &before).await?;
                Ok(json!({"counts": counts(&metadata), "failures": failures, "metadata": metadata}))
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
