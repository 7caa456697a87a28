//! What the tests share: histories written in a few words, and looking at databases.

use dunlin::core::operation::{create_all, reverse};
use dunlin::core::prelude::*;
use dunlin::core::schema::TableName;
use dunlin::core::session::Session as _;
use dunlin::engine::history::Target;
use dunlin::engine::plan::Intent;
use dunlin::{Database, Failure, LockKey, Migrator, Report};
use dunlin_testkit::catalogue::Case;
pub(crate) use dunlin_testkit::chain;
use dunlin_testkit::{Compared, Server, TestDatabase};

/// A test as by `db_test!`, but on some databases only.
macro_rules! db_test_on {
    ([$($database:ident: $dialect:ident),*] async fn $name:ident($db:ident) $body:block) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn body($db: &dunlin_testkit::TestDatabase) $body

            $(
                #[test]
                fn $database() {
                    let dialect = dunlin::core::dialect::DialectName::$dialect;
                    dunlin_testkit::run(dialect, module_path!(), |db| Box::pin(body(db)));
                }
            )*
        }
    };
}
pub(crate) use db_test_on;

/// What one direction of a revision records.
pub(crate) type Record = fn(&mut Operations);

/// Revisions that follow each other.
pub(crate) fn history(revisions: &[(&'static str, Record, Record)]) -> Vec<Migration> {
    let mut before = None;
    let mut migration = |&(id, upgrade, downgrade): &(&'static str, Record, Record)| {
        let revision = Revision::new(id).message(id);
        let revision = match before.replace(id) {
            Some(before) => revision.down_revision(before),
            None => revision,
        };
        Migration::new(revision, upgrade, downgrade)
    };
    revisions.iter().map(&mut migration).collect()
}

/// A manager named `owner` of these revisions, that may drop its tables.
pub(crate) fn manager(revisions: &[(&'static str, Record, Record)]) -> DbManager {
    DbManager::new("owner", "version_owner").migrations(history(revisions)).supports_table_dropping(true)
}

/// A migrator whose lock is this database's own: MySQL has one name space of locks for the server.
pub(crate) fn migrator(db: &TestDatabase, managers: impl IntoIterator<Item = DbManager>) -> Migrator {
    migrator_in(db, &HostContext::default(), managers)
}

pub(crate) fn migrator_in(
    db: &TestDatabase,
    host: &HostContext,
    managers: impl IntoIterator<Item = DbManager>,
) -> Migrator {
    Migrator::new(managers, host, LockKey::new(7, db.name())).unwrap()
}

/// Brings the first owner up to a revision by its revisions.
pub(crate) async fn upgrade(
    migrator: &Migrator,
    database: &mut Database,
    to: &str,
) -> Result<Report, Failure> {
    let owner = &migrator.owners()[0];
    let target = Some(owner.history().target(to).unwrap());
    let intent = Intent::Upgrade { target, use_migration_files: true };
    migrator.run(database, owner.name(), intent, &mut |_| {}).await
}

/// Takes the first owner down to a revision.
pub(crate) async fn downgrade(
    migrator: &Migrator,
    database: &mut Database,
    to: &str,
) -> Result<Report, Failure> {
    let owner = &migrator.owners()[0];
    let target: Target = owner.history().target(to).unwrap();
    migrator.run(database, owner.name(), Intent::Downgrade { target }, &mut |_| {}).await
}

/// Says that the database stands at a revision of the owner that [`manager`] makes.
pub(crate) async fn stamp(database: &mut Database, revision: &str) {
    let insert = format!("INSERT INTO version_owner VALUES ('{revision}')");
    let create = "CREATE TABLE version_owner (version_num VARCHAR(32) NOT NULL PRIMARY KEY)";
    execute(database, &[create, &insert]).await;
}

/// Unwraps, and shows all causes if it cannot.
#[track_caller]
pub(crate) fn done<T, E: std::error::Error>(result: Result<T, E>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{}", chain(&error)),
    }
}

/// One table as the database describes it.
pub(crate) async fn introspect(database: &mut Database, name: impl Into<TableName>) -> Table {
    let name = name.into();
    let found = done(database.introspect(std::slice::from_ref(&name)).await);
    assert!(found.tables().len() <= 1, "{name} is {} tables", found.tables().len());
    found.get(&name).unwrap_or_else(|| panic!("there is no table {name}")).clone()
}

/// Runs statements.
pub(crate) async fn execute(database: &mut Database, statements: &[&str]) {
    for sql in statements {
        database.execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}: {:?}", error.source()));
    }
}

/// Runs one query; NULL reads `NULL`.
pub(crate) async fn query(database: &mut Database, sql: &str) -> Vec<Vec<String>> {
    let rows = database.query(sql).await;
    let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error}: {:?}", error.source()));
    let text = |value: Option<String>| value.unwrap_or_else(|| "NULL".to_owned());
    rows.into_iter().map(|row| row.into_iter().map(text).collect()).collect()
}

/// The script that brings the first owner from an empty database to its head.
pub(crate) async fn script(migrator: &Migrator, name: DialectName) -> dunlin::engine::plan::Script {
    let intent = Intent::Upgrade { target: None, use_migration_files: true };
    let dialect = dunlin::engine::dialect::dialect(name);
    done(migrator.offline_script(dialect, "owner", &intent, &Target::BASE).await)
}

/// Models.
pub(crate) fn models(define: impl FnOnce(&mut Metadata)) -> Metadata {
    let mut metadata = Metadata::default();
    define(&mut metadata);
    metadata
}

/// Compares models with models on a database that is created of the first: what is found leads to the
/// second and back, by the dumps, too. Says how many operations it took.
pub(crate) async fn converges(db: &TestDatabase, from: &Metadata, to: &Metadata) -> usize {
    let mut case = Case::new("models");
    case.before = create_all(from);
    case.operations = reverse(&case.before, &Metadata::default()).unwrap();
    case.operations.extend(create_all(to));
    match Server::new(db).await.check_comparison(&case).await {
        Ok(Compared::Converged { operations }) => operations,
        Ok(Compared::Beside) => panic!("{} does not have these models", db.dialect()),
        Err(why) => panic!("{why}"),
    }
}
