//! Status asks little, whatever the number of owners, and writes nothing.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use dunlin::core::dialect::DialectName;
use dunlin::core::prelude::*;
use dunlin::core::session::Session as _;
use dunlin::{Access, Database, DatabaseUrl, Migrator};
use dunlin_testkit::{TestDatabase, db_test};

use crate::support::*;

/// So many owners of two revisions each.
fn owners(db: &TestDatabase, count: usize) -> Migrator {
    let owner = |number: usize| {
        DbManager::new(format!("owner {number}"), format!("version {number}'s")).migrations([
            Migration::new(Revision::new("a"), |_| {}, |_| {}),
            Migration::new(Revision::new("b").down_revision("a"), |_| {}, |_| {}),
        ])
    };
    migrator(db, (0..count).map(owner))
}

/// How many of the owners' version tables are there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum There {
    None,
    Some,
    All,
}

/// Brings every other owner, or all of them, to its head.
async fn prepare(db: &TestDatabase, migrator: &Migrator, there: There) {
    let mut database = db.connect().await;
    for (number, owner) in migrator.owners().iter().enumerate() {
        let wanted = match there {
            There::None => false,
            There::Some => number % 2 == 1,
            There::All => true,
        };
        if wanted {
            let intent = dunlin::engine::plan::Intent::Upgrade { target: None, use_migration_files: true };
            done(migrator.run(&mut database, owner.name(), intent, &mut |_| {}).await);
        }
    }
    database.close().await;
}

/// Asks, and checks the answer.
async fn ask(database: &mut Database, migrator: &Migrator, there: There) {
    let status = done(migrator.status(database).await);
    assert_eq!(status.len(), migrator.owners().len());
    for (number, status) in status.iter().enumerate() {
        let up_to_date = there == There::All || (there == There::Some && number % 2 == 1);
        assert_eq!(status.is_up_to_date(), up_to_date, "{number} {there:?}");
        assert_eq!(status.pending.len(), if up_to_date { 0 } else { 2 });
        assert!(status.unknown.is_empty());
    }
}

/// Stands between a client and its server, and counts how often the client speaks after the server did.
struct Proxy {
    url: String,
    round_trips: Arc<AtomicUsize>,
}

impl Proxy {
    fn before(url: &str) -> Self {
        let authority = url.split("://").nth(1).unwrap().split(['/', '?']).next().unwrap();
        let server = authority.rsplit('@').next().unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let own = listener.local_addr().unwrap().to_string();
        let round_trips = Arc::new(AtomicUsize::new(0));
        let proxied = Self { url: url.replacen(&server, &own, 1), round_trips: round_trips.clone() };
        std::thread::spawn(move || {
            let (client, _) = listener.accept().unwrap();
            let server = TcpStream::connect(&server).unwrap_or_else(|error| panic!("{server}: {error}"));
            client.set_nodelay(true).unwrap();
            server.set_nodelay(true).unwrap();
            let server_spoke = Arc::new(AtomicBool::new(true));
            let spoke = server_spoke.clone();
            let (from, to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            std::thread::spawn(move || pass(from, to, || spoke.store(true, Ordering::SeqCst)));
            pass(client, server, || {
                if server_spoke.swap(false, Ordering::SeqCst) {
                    round_trips.fetch_add(1, Ordering::SeqCst);
                }
            });
        });
        proxied
    }

    fn count(&self) -> usize {
        self.round_trips.load(Ordering::SeqCst)
    }
}

/// Passes on what comes, until the end.
fn pass(mut from: TcpStream, mut to: TcpStream, mut note: impl FnMut()) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        note();
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}

db_test_on! {
    [postgres: Postgres, mysql: MySql, mariadb: MariaDb]
    async fn status_takes_three_round_trips_at_most(db) {
        let mut counted = Vec::new();
        for count in [1, 20] {
            let migrator = owners(db, count);
            for there in [There::None, There::Some, There::All] {
                prepare(db, &migrator, there).await;
                let proxy = Proxy::before(db.url());
                let url = DatabaseUrl::parse(&proxy.url).unwrap();
                let mut database = Database::connect(&url, Access::Read).await.unwrap();
                let before = proxy.count();
                assert!(before > 0, "the proxy counts nothing");
                // One owner is either there or not.
                ask(&mut database, &migrator, if count == 1 && there == There::Some { There::None } else { there }).await;
                counted.push(proxy.count() - before);
                database.close().await;
            }
            for owner in migrator.owners() {
                let quoted = dunlin::engine::dialect::dialect(db.dialect()).quote(&owner.version_table().name);
                db.execute(&format!("DROP TABLE {quoted}")).await;
            }
        }
        assert_eq!(counted, [2, 2, 1, 2, 3, 1]);
    }
}

/// The rows of all tables, and the tables.
async fn content(db: &TestDatabase) -> Vec<Vec<Vec<String>>> {
    let mut content = Vec::new();
    for table in db.tables().await {
        let quoted = dunlin::engine::dialect::dialect(db.dialect()).quote(&table);
        content.push(vec![vec![table]]);
        content.push(db.query(&format!("SELECT * FROM {quoted}")).await);
    }
    content
}

db_test! {
    async fn status_writes_nothing(db) {
        let migrator = owners(db, 3);
        for there in [There::None, There::Some, There::All] {
            prepare(db, &migrator, there).await;
            let before = content(db).await;
            let file = db.file().filter(|file| file.exists()).map(|file| std::fs::read(file).unwrap());
            let mut database = Database::connect(&db.parsed_url(), Access::Read).await.unwrap();
            ask(&mut database, &migrator, there).await;
            database.close().await;
            assert_eq!(content(db).await, before);
            if let (Some(before), Some(path)) = (file, db.file()) {
                assert_eq!(std::fs::read(&path).unwrap(), before);
                let beside = std::fs::read_dir(path.parent().unwrap()).unwrap();
                let beside: Vec<_> = beside.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
                let known = |name: &String| name == "test.db" || name == "test.db.lock";
                assert!(beside.iter().all(known), "{beside:?}");
            }
        }
    }
}

db_test_on! {
    [sqlite: Sqlite]
    async fn status_makes_no_file(db) {
        let migrator = owners(db, 2);
        let mut database = Database::connect(&db.parsed_url(), Access::Read).await.unwrap();
        ask(&mut database, &migrator, There::None).await;
        assert!(database.is_absent());
        database.close().await;
        let directory = db.file().unwrap().parent().unwrap().to_owned();
        assert_eq!(std::fs::read_dir(directory).unwrap().count(), 0);
    }
}

db_test_on! {
    [postgres: Postgres, mysql: MySql, mariadb: MariaDb]
    async fn status_needs_no_right_to_write(db) {
        let migrator = owners(db, 3);
        let role = format!("{}_r", db.name());
        let mut statements = vec![format!("DROP ROLE IF EXISTS {role}")];
        let mut rights = Vec::new();
        if db.dialect() == DialectName::Postgres {
            statements.push(format!("CREATE ROLE {role} LOGIN PASSWORD 'reader'"));
            statements.push(format!("ALTER ROLE {role} SET default_transaction_read_only = on"));
            rights.push(format!("GRANT USAGE ON SCHEMA public TO {role}"));
            rights.push(format!("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"));
        } else {
            statements = vec![
                format!("DROP USER IF EXISTS {role}"),
                format!("CREATE USER {role} IDENTIFIED BY 'reader'"),
                format!("GRANT SELECT ON {}.* TO {role}", db.name()),
            ];
        }
        for sql in &statements {
            db.admin(sql).await;
        }
        let (user, rest) = db.url().split_once("://").unwrap();
        let url = format!("{user}://{role}:reader@{}", rest.rsplit_once('@').unwrap().1);
        let url = DatabaseUrl::parse(&url).unwrap();
        for there in [There::None, There::Some, There::All] {
            prepare(db, &migrator, there).await;
            for sql in &rights {
                db.execute(sql).await;
            }
            let mut database = Database::connect(&url, Access::Read).await.unwrap();
            ask(&mut database, &migrator, there).await;
            assert!(database.execute("CREATE TABLE t (a INTEGER)").await.is_err(), "the role may write");
            database.close().await;
        }
        if db.dialect() == DialectName::Postgres {
            db.execute(&format!("DROP OWNED BY {role}")).await;
            db.admin(&format!("DROP ROLE {role}")).await;
        } else {
            db.admin(&format!("DROP USER {role}")).await;
        }
    }
}

/// Keeps the texts of what the runtime says that it asks.
#[derive(Clone, Default)]
struct Listener(Arc<Mutex<Vec<String>>>);

impl tracing::Subscriber for Listener {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target().starts_with("dunlin")
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        struct Text(String);
        impl tracing::field::Visit for Text {
            fn record_str(&mut self, field: &tracing::field::Field, value: &str) {
                if field.name() == "sql" {
                    self.0 = value.to_owned();
                }
            }
            fn record_debug(&mut self, _: &tracing::field::Field, _: &dyn std::fmt::Debug) {}
        }
        let mut text = Text(String::new());
        event.record(&mut text);
        self.0.lock().unwrap().push(text.0);
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

db_test! {
    async fn every_statement_is_traced(db) {
        let migrator = owners(db, 2);
        let listener = Listener::default();
        let guard = tracing::subscriber::set_default(listener.clone());
        let mut database = db.connect().await;
        ask(&mut database, &migrator, There::None).await;
        let asked = std::mem::take(&mut *listener.0.lock().unwrap());
        assert_eq!(asked.len(), 2, "{asked:?}");
        assert!(asked[0].starts_with("SELECT 0, "), "{asked:?}");
        done(migrator.migrate(&mut database, None, true, &mut |_| {}).await);
        let asked = std::mem::take(&mut *listener.0.lock().unwrap());
        assert!(asked.iter().any(|sql| sql.starts_with("CREATE TABLE")), "{asked:?}");
        drop(guard);
        database.close().await;
    }
}
