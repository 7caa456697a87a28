//! What stopped half-way is seen, said truthfully, and can be gone on from.

use std::time::Duration;

use airflow::host::Host;
use dunlin::core::dialect::DialectName;
use dunlin::core::manager::{Lifecycle, Run};
use dunlin::core::prelude::*;
use dunlin::core::session::{BoxError, BoxFuture};
use dunlin::engine::plan::Intent;
use dunlin::{Access, Error};
use dunlin_testkit::db_test;

use crate::support::{
    Installation, VERSION_TABLE, in_client, manager, plugins, rows, snapshot, stamp, test_on,
};

db_test! {
    async fn a_reset_drops_nothing_that_may_be_a_strangers(db) {
        db.execute("CREATE TABLE job (id INTEGER PRIMARY KEY)").await;
        let before = snapshot(db).await;
        let airflow = Installation::on(db).managers("");
        let outcome = airflow.run(&["db", "reset", "-y", "--skip-init"]);
        assert_eq!(outcome.code, 1);
        assert!(outcome.stderr.contains("error: cannot plan for airflow: airflow has tables (job)"), "{outcome:?}");
        assert_eq!(snapshot(db).await, before);
    }
}

db_test! {
    /// A stranger's table refers to one of the core's: the drop of that one is refused half-way.
    async fn half_a_reset_is_not_up_to_date_and_goes_on(db) {
        let airflow = Installation::on(db).managers("");
        airflow.succeed(&["db", "migrate"]);
        db.execute(match db.dialect() {
            DialectName::MySql | DialectName::MariaDb => {
                "CREATE TABLE stranger (pool INT NOT NULL, FOREIGN KEY (pool) REFERENCES slot_pool (id))"
            }
            _ => "CREATE TABLE stranger (pool INTEGER NOT NULL REFERENCES slot_pool (id))",
        })
        .await;
        db.execute("INSERT INTO stranger SELECT id FROM slot_pool").await;

        let stopped = airflow.run(&["db", "reset", "-y", "--skip-init"]);
        assert_eq!(stopped.code, 1, "{stopped:?}");
        let whole = db.dialect() == DialectName::Postgres || db.dialect() == DialectName::Sqlite;
        let note = if whole { "was rolled back" } else { "may stand beside" };
        assert!(stopped.stderr.contains(note), "{stopped:?}");
        let check = airflow.run(&["db", "check-migrations", "-t", "0"]);
        assert_eq!(check.code, if whole { 0 } else { 3 }, "{check:?}");
        assert_eq!(db.query("SELECT count(*) FROM stranger").await, [["1"]]);

        db.execute("DROP TABLE stranger").await;
        airflow.succeed(&["db", "reset", "-y"]);
        airflow.succeed(&["db", "check-migrations"]);
    }
}

db_test! {
    async fn a_superfluous_version_row_is_named(db) {
        stamp(db, VERSION_TABLE, "d2f4e1b3c5a7").await;
        db.execute("INSERT INTO alembic_version VALUES ('4bc4d934e2bc')").await;
        let airflow = Installation::on(db).managers("");
        let check = airflow.run(&["db", "check-migrations", "-t", "0"]);
        assert_eq!(check.code, 3);
        assert!(check.stderr.contains("of which 4bc4d934e2bc (2.6.2) is superfluous"), "{check:?}");
        let migrate = airflow.run(&["db", "migrate"]);
        assert_eq!(migrate.code, 1);
        assert!(migrate.stderr.contains("version row 4bc4d934e2bc is superfluous"), "{migrate:?}");
        assert!(migrate.stderr.contains("hint: delete that row"), "{migrate:?}");
        db.execute("DELETE FROM alembic_version WHERE version_num = '4bc4d934e2bc'").await;
        airflow.succeed(&["db", "check-migrations"]);
    }
}

db_test! {
    /// On MySQL the default collation may have changed between two version tables.
    async fn version_tables_of_different_collations_are_read_together(db) {
        let collate = |name: &str| match db.dialect() {
            DialectName::MySql | DialectName::MariaDb => format!(" COLLATE {name}"),
            _ => String::new(),
        };
        for (table, revision, collation) in [
            ("alembic_version", "d2f4e1b3c5a7", "utf8mb4_general_ci"),
            ("alembic_version_drt", "d759c6d30f5a", "utf8mb4_unicode_ci"),
        ] {
            let column = format!("version_num VARCHAR(32){} NOT NULL PRIMARY KEY", collate(collation));
            db.execute(&format!("CREATE TABLE {table} ({column})")).await;
            db.execute(&format!("INSERT INTO {table} VALUES ('{revision}')")).await;
        }
        Installation::on(db).succeed(&["db", "check-migrations"]);
    }
}

db_test! {
    /// A client that went on behind the failed copy would drop the old table.
    async fn a_script_stops_at_its_first_error(db) {
        let tighten = Migration::new(
            Revision::new("t_2").down_revision("note_1"),
            |op: &mut Operations| {
                op.alter_table("note", |t| {
                    t.alter_column("text").nullable(false);
                });
            },
            |_: &mut Operations| {},
        );
        let create = Migration::new(
            Revision::new("note_1"),
            |op: &mut Operations| {
                op.create_table("note", |t| {
                    t.column("id", DataType::Integer).primary_key();
                    t.column("text", DataType::string(20));
                });
            },
            |op: &mut Operations| op.drop_table("note"),
        );
        let notes = DbManager::new("notes", "alembic_version_note").migrations([create, tighten]);
        let airflow = Installation::with(db, std::slice::from_ref(&notes));
        let host = Host::load(&airflow.environment(), plugins(&[notes])).unwrap();
        let to = |revision: &str| Intent::Upgrade {
            target: Some(host.migrator().owner("notes").unwrap().history().target(revision).unwrap()),
            use_migration_files: true,
        };
        let mut database = host.connect(Access::Create).await.unwrap();
        host.migrator().run(&mut database, "notes", to("note_1"), &mut |_| {}).await.unwrap();
        db.execute("INSERT INTO note (id, text) VALUES (1, NULL), (2, 'two')").await;
        let script = host.migrator().script(&mut database, "notes", &to("head")).await.unwrap();
        database.close().await;

        let outcome = in_client(db, script.as_str());
        assert_ne!(outcome.code, 0, "{outcome:?}");
        assert_eq!(db.query("SELECT count(*) FROM note").await, [["2"]]);
        assert_eq!(rows(db, "alembic_version_note").await, ["note_1"]);
    }
}

/// Loses the lock before the first step, as a pooler does that gives each transaction another session.
struct LosesTheLock;

impl Lifecycle for LosesTheLock {
    fn init<'a>(&'a self, run: &'a mut dyn Run) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(async move {
            let release = match run.session().dialect() {
                DialectName::Postgres => "SELECT pg_advisory_unlock(1)::text",
                _ => "SELECT RELEASE_LOCK('airflow_MIGRATIONS')",
            };
            run.session().query(release).await?;
            run.run_default().await
        })
    }
}

test_on! {
    [postgres, mysql, mariadb]
    async fn without_the_lock_nothing_is_done(db) {
        let managers = [manager("loser", "lost").lifecycle(LosesTheLock)];
        let airflow = Installation::with(db, &managers);
        let outcome = airflow.run_with(&managers, &["db-manager", "migrate", "loser"]).await;
        outcome.says(1, "the migration lock is not held by the session", Some("not through a transaction pooler"));
        assert_eq!(db.tables().await, Vec::<String>::new());
    }
}

db_test! {
    /// Whoever drops a run half-way leaves a lock, and perhaps a transaction, on the connection.
    async fn an_interrupted_run_spoils_its_connection_only(db) {
        let managers = [manager("small", "small")];
        let airflow = Installation::with(db, &managers);
        let host = Host::load(&airflow.environment(), plugins(&managers)).unwrap();
        let upgrade = || Intent::Upgrade { target: None, use_migration_files: false };
        let mut database = host.connect(Access::Create).await.unwrap();
        let mut unobserved = |_: &dunlin::Event| {};
        let run = host.migrator().run(&mut database, "small", upgrade(), &mut unobserved);
        assert!(tokio::time::timeout(Duration::ZERO, run).await.is_err(), "it was not interrupted");
        let again = host.migrator().run(&mut database, "small", upgrade(), &mut |_| {}).await;
        assert!(matches!(again.unwrap_err().source, Error::Interrupted));
        drop(database);

        let mut database = host.connect(Access::Create).await.unwrap();
        host.migrator().run(&mut database, "small", upgrade(), &mut |_| {}).await.unwrap();
        database.close().await;
        assert_eq!(rows(db, "alembic_version_small").await, ["small_1"]);
    }
}

#[cfg(unix)]
#[test]
fn the_lock_of_a_sqlite_file_is_met_through_a_link() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("real.db");
    let link = directory.path().join("link.db");
    let at = |path: &std::path::Path| {
        Installation::bare().managers("").connection(&format!("sqlite:///{}", path.display()))
    };
    at(&file).succeed(&["db", "migrate"]);
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let lock = std::fs::File::open(directory.path().join("real.db.lock")).unwrap();
    lock.lock().unwrap();
    let outcome = at(&link).run(&["db", "migrate", "--lock-timeout", "0"]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert!(outcome.stderr.contains("the migration lock was not free"), "{outcome:?}");
}
