//! The service of `docs/FIRST-STEPS.md`, which quotes from here.

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use dunlin::Migrator;
use dunlin::core::prelude::*;
use dunlin::directory::Directory;
use sqlx::SqlitePool;

/// Migrates at its start.
async fn start(versions: &Path, pool: SqlitePool) -> Result<(), Box<dyn Error>> {
    let revisions = Directory::new(versions).load()?;
    let manager = DbManager::new("shop", "alembic_version").migrations(revisions.migrations());

    let migrator = Migrator::of("shop", [manager])?;
    migrator.upgrade(&pool).await?;
    for owner in migrator.check(&pool).await? {
        println!("{}: up to date: {}", owner.owner, owner.is_up_to_date());
    }
    sqlx::query("INSERT INTO customer (id, name) VALUES (1, 'Ada')").execute(&pool).await?;
    Ok(())
}

/// Starts when somebody else has migrated.
async fn start_behind_others(migrator: &Migrator, pool: SqlitePool) -> Result<(), Box<dyn Error>> {
    migrator.wait(&pool, Duration::from_secs(60)).await?;
    sqlx::query("INSERT INTO customer (id, name) VALUES (2, 'Grace')").execute(&pool).await?;
    Ok(())
}

#[tokio::test]
async fn a_service_migrates_or_waits() {
    let directory = tempfile::tempdir().unwrap();
    let text = "-- revision: 1a2b3c4d5e6f\n-- message: create customer\n\n-- upgrade\n\n\
                CREATE TABLE customer (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(100) NOT NULL);\n";
    std::fs::write(directory.path().join("1a2b3c4d5e6f_create_customer.sql"), text).unwrap();
    let url = format!("sqlite://{}?mode=rwc", directory.path().join("shop.db").display());
    let pool = SqlitePool::connect(&url).await.unwrap();

    start(directory.path(), pool.clone()).await.unwrap();

    let revisions = Directory::new(directory.path()).load().unwrap();
    let manager = DbManager::new("shop", "alembic_version").migrations(revisions.migrations());
    start_behind_others(&Migrator::of("shop", [manager]).unwrap(), pool.clone()).await.unwrap();
    let names: Vec<String> =
        sqlx::query_scalar("SELECT name FROM customer ORDER BY id").fetch_all(&pool).await.unwrap();
    assert_eq!(names, ["Ada", "Grace"]);
}
