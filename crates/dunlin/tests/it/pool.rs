//! Migrations in a service that has a pool of its own.

use std::time::Duration;

use dunlin::core::dialect::DialectName;
use dunlin::core::prelude::*;
use dunlin::{Error, Event, Migrator, Pool};
use dunlin_testkit::{TestDatabase, db_test};

use crate::support::*;

fn service(db: &TestDatabase) -> Migrator {
    let create: Record = |op| {
        op.create_table("a", |t| {
            t.column("id", DataType::Integer).not_null();
            t.primary_key("a_pk", ["id"]);
        });
    };
    let migrations = history(&[("a1", create, |op| op.drop_table("a")), ("a2", |_| {}, |_| {})]);
    Migrator::of(db.name(), [DbManager::new("app", "app_version").migrations(migrations)]).unwrap()
}

async fn serve(migrator: &Migrator, pool: &impl Pool) {
    let short = Duration::from_millis(10);
    let late = migrator.wait(pool, short).await.unwrap_err();
    assert!(matches!(&late, Error::NotMigrated { owners, .. } if owners == &["app"]), "{late:?}");
    assert_eq!(late.to_string(), "after 0 s the database is not up to date: app");
    assert!(done(migrator.check(pool).await).iter().all(|owner| owner.rows.is_empty()));

    let mut applied = 0;
    let report = migrator
        .upgrade_observed(pool, &mut |event| applied += usize::from(matches!(event, Event::StepDone { .. })))
        .await;
    assert_eq!(done(report).owners[0].rows_after, ["a2".into()]);
    assert_eq!(applied, 2);
    assert!(done(migrator.upgrade(pool).await).owners[0].steps.is_empty());
    assert!(done(migrator.check(pool).await).iter().all(|owner| owner.is_up_to_date()));
    done(migrator.wait(pool, short).await);
}

db_test! {
    async fn upgrade_check_and_wait_take_the_applications_pool(db) {
        let migrator = service(db);
        let url = db.url().to_owned();
        match db.dialect() {
            DialectName::Postgres => {
                let pool = sqlx::PgPool::connect(&url).await.unwrap();
                serve(&migrator, &pool).await;
                sqlx::query("INSERT INTO a VALUES (1)").execute(&pool).await.unwrap();
            }
            DialectName::MySql | DialectName::MariaDb => {
                let pool = sqlx::MySqlPool::connect(&url).await.unwrap();
                serve(&migrator, &pool).await;
                sqlx::query("INSERT INTO a VALUES (1)").execute(&pool).await.unwrap();
            }
            DialectName::Sqlite => {
                let options: sqlx::sqlite::SqliteConnectOptions = url.parse().unwrap();
                let pool = sqlx::SqlitePool::connect_with(options.create_if_missing(true)).await.unwrap();
                serve(&migrator, &pool).await;
                sqlx::query("INSERT INTO a VALUES (1)").execute(&pool).await.unwrap();
            }
        }
    }
}
