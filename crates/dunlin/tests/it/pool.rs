//! Migrations in a service that has a pool of its own.

use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

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

#[tokio::test]
async fn waiting_ends_at_its_deadline_where_nobody_answers() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let migrator = Migrator::of("silent", [DbManager::new("app", "app_version")]).unwrap();
    let started = Instant::now();
    let (postgres, mysql) =
        (format!("postgres://u:p@127.0.0.1:{port}/d"), format!("mysql://u:p@127.0.0.1:{port}/d"));
    let (postgres, mysql) =
        (sqlx::PgPool::connect_lazy(&postgres).unwrap(), sqlx::MySqlPool::connect_lazy(&mysql).unwrap());
    let deadline = Duration::from_millis(2500);
    let (one, other) = tokio::join!(migrator.wait(&postgres, deadline), migrator.wait(&mysql, deadline));
    for ended in [one, other] {
        assert!(
            matches!(ended, Err(Error::ConnectTimeout { timeout, .. }) if timeout <= deadline),
            "{ended:?}"
        );
    }
    assert!((2..10).contains(&started.elapsed().as_secs()), "{:?}", started.elapsed());
}

/// A port where nobody listens, the server of a URL, and the URL with that port.
fn behind_a_port(url: &str) -> (u16, String, String) {
    let (user, rest) = url.split_once('@').unwrap();
    let (server, path) = rest.split_once('/').unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    (port, server.to_owned(), format!("{user}@127.0.0.1:{port}/{path}"))
}

/// Lets connections through to a server after a while, until the process ends.
fn opens_late(port: u16, server: String) {
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(700));
        for client in TcpListener::bind(("127.0.0.1", port)).unwrap().incoming() {
            let (client, server) = (client.unwrap(), TcpStream::connect(&server).unwrap());
            passes(client.try_clone().unwrap(), server.try_clone().unwrap());
            passes(server, client);
        }
    });
}

fn passes(mut from: TcpStream, mut to: TcpStream) {
    thread::spawn(move || {
        let _lost = io::copy(&mut from, &mut to);
        let _gone = to.shutdown(Shutdown::Write);
    });
}

async fn outlast(migrator: &Migrator, pool: &impl Pool, port: u16, server: String) {
    let (started, second) = (Instant::now(), Duration::from_secs(1));
    let down = migrator.wait(pool, second).await.unwrap_err();
    assert!(matches!(down, Error::Connect { .. }), "{down:?}");
    assert!(started.elapsed() >= second, "{:?}", started.elapsed());
    opens_late(port, server);
    done(migrator.wait(pool, Duration::from_secs(30)).await);
}

db_test! {
    async fn waiting_outlasts_a_database_that_is_down(db) {
        let migrator = service(db);
        let url = db.url().to_owned();
        match db.dialect() {
            DialectName::Postgres => {
                migrator.upgrade(&sqlx::PgPool::connect(&url).await.unwrap()).await.unwrap();
                let (port, server, url) = behind_a_port(&url);
                outlast(&migrator, &sqlx::PgPool::connect_lazy(&url).unwrap(), port, server).await;
            }
            DialectName::MySql | DialectName::MariaDb => {
                migrator.upgrade(&sqlx::MySqlPool::connect(&url).await.unwrap()).await.unwrap();
                let (port, server, url) = behind_a_port(&url);
                outlast(&migrator, &sqlx::MySqlPool::connect_lazy(&url).unwrap(), port, server).await;
            }
            DialectName::Sqlite => {
                // A file is never down; one that is no database stays none.
                let directory = tempfile::tempdir().unwrap();
                let path = directory.path().join("x.db");
                std::fs::write(&path, "no database ".repeat(200)).unwrap();
                let pool = sqlx::SqlitePool::connect_lazy(&format!("sqlite://{}", path.display())).unwrap();
                let started = Instant::now();
                migrator.wait(&pool, Duration::from_secs(30)).await.unwrap_err();
                assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
            }
        }
    }
}
