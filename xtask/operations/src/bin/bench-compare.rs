//! The program that `cargo xtask bench compare` measures: `bench-compare create|compare URL TABLES`.
//!
//! Its models are so many tables of eight columns, two indexes and a foreign key. `create` creates them,
//! `compare` introspects the database, compares it with the models, and fails if anything differs.
#![allow(clippy::print_stdout, reason = "its answer is what it is for")]

use dunlin::core::operation::create_all;
use dunlin::core::prelude::*;
use dunlin::core::schema::ForeignKey;
use dunlin::core::session::{BoxError, Session as _};
use dunlin::engine::dialect::lower::lower;
use dunlin::{Access, CompareOptions, Database, DatabaseUrl, LockKey, Migrator};

fn main() -> Result<(), BoxError> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, command, url, tables] = arguments.as_slice() else {
        return Err("bench-compare create|compare URL TABLES".into());
    };
    let tables = tables.parse()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let url = DatabaseUrl::parse(url)?;
        match command.as_str() {
            "create" => create(&url, tables).await,
            _ => compare(&url, tables).await,
        }
    })
}

fn models(tables: usize) -> Metadata {
    let mut metadata = Metadata::default();
    metadata.extend((0..tables).map(|at| {
        let parent = at.saturating_sub(1);
        Table::build(format!("table_{at}"), |t| {
            t.column("id", DataType::BigInteger).primary_key();
            t.column("name", DataType::string(100)).not_null();
            t.column("code", DataType::string(20)).not_null();
            t.column("note", DataType::Text);
            t.column("amount", DataType::numeric(10, 2)).not_null().server_default(0);
            t.column("is_open", DataType::Boolean).not_null();
            t.column("created_at", DataType::datetime()).not_null();
            t.column("parent_id", DataType::BigInteger);
            let key = ForeignKey::new(["parent_id"], format!("table_{parent}"), ["id"]);
            t.foreign_key(key.named(format!("table_{at}_parent_fk")));
            t.index(format!("ix_table_{at}_name").as_str(), ["name"]);
            t.index(format!("ix_table_{at}_code").as_str(), ["code", "created_at"]);
        })
    }));
    metadata
}

async fn create(url: &DatabaseUrl, tables: usize) -> Result<(), BoxError> {
    let mut database = Database::connect(url, Access::Create).await?;
    let dialect = database.dialect();
    let nothing = Metadata::default();
    let mut sql = Vec::new();
    for operation in create_all(&models(tables)) {
        for operation in lower(dialect, &operation, &nothing)? {
            sql.extend(dialect.render(&operation, &nothing)?.statements);
        }
    }
    for batch in sql.chunks(500) {
        let transaction = dialect.capabilities().transactional_ddl;
        if transaction {
            database.execute("BEGIN").await?;
        }
        for statement in batch {
            database.execute(statement).await?;
        }
        if transaction {
            database.execute("COMMIT").await?;
        }
    }
    database.close().await;
    Ok(())
}

async fn compare(url: &DatabaseUrl, tables: usize) -> Result<(), BoxError> {
    let manager = DbManager::new("bench", "bench_version").models(move |_| models(tables));
    let migrator = Migrator::new([manager], &HostContext::default(), LockKey::new(7, "bench"))?;
    let mut database = Database::connect(url, Access::Read).await?;
    let drift = migrator.compare(&mut database, "bench", &CompareOptions::default()).await?;
    database.close().await;
    match drift.comparison.upgrade.len() {
        0 => Ok(()),
        some => Err(format!("{some} differences: {:?}", drift.comparison.upgrade.first()).into()),
    }
}
