//! The migration lock: one runner at a time, the real Airflow among them.
//!
//! On MySQL and MariaDB the lock is the server's, not the database's: other tests wait while one here
//! holds it, so it is held briefly, and waited for patiently.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use airflow::host::Host;
use dunlin::core::dialect::DialectName;
use dunlin::core::manager::{Lifecycle, Run};
use dunlin::core::session::{BoxError, BoxFuture, Row, Session as _};
use dunlin::engine::plan::Intent;
use dunlin::{Access, Database};
use dunlin_testkit::{TestDatabase, db_test};

use crate::support::{
    HEAD, Installation, Outcome, TICKETING, VERSION_TABLE, manager, plugins, rows, snapshot, stamp, test_on,
};
use crate::walk::Walk;

const PATIENCE: Duration = Duration::from_secs(60);

fn start(airflow: &Installation, arguments: &[&str]) -> Child {
    let mut command = airflow.command(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn end(child: Child) -> Outcome {
    child.wait_with_output().map(Outcome::from).unwrap()
}

db_test! {
    async fn three_runners_at_once(db) {
        let airflow = Installation::on(db);
        let runners: Vec<Child> = (0..3).map(|_| start(&airflow, &["db", "migrate"])).collect();
        let outcomes: Vec<Outcome> = runners.into_iter().map(end).collect();
        assert!(outcomes.iter().all(|outcome| outcome.code == 0), "{outcomes:?}");
        let count = |line: &str| outcomes.iter().filter(|outcome| outcome.stdout.contains(line)).count();
        assert_eq!(count("airflow: created from its models, at d2f4e1b3c5a7 (3.3.0)\n"), 1, "{outcomes:?}");
        assert_eq!(count("airflow: already at d2f4e1b3c5a7 (3.3.0)\n"), 2, "{outcomes:?}");
        assert_eq!(count(&format!("{TICKETING}: created from its models")), 1, "{outcomes:?}");
        assert_eq!(rows(db, VERSION_TABLE).await, [HEAD]);
        assert_eq!(rows(db, "alembic_version_drt").await, ["d759c6d30f5a"]);
    }
}

db_test! {
    /// A whole run and a run of one manager exclude each other, too.
    async fn two_runners_of_different_commands(db) {
        stamp(db, VERSION_TABLE, HEAD).await;
        let airflow = Installation::on(db);
        let runners = [
            start(&airflow, &["db", "migrate"]),
            start(&airflow, &["db-manager", "migrate", TICKETING]),
        ];
        let outcomes = runners.map(end);
        let count = |line: &str| {
            let line = format!("{TICKETING}: {line}");
            outcomes.iter().filter(|outcome| outcome.stdout.contains(&line)).count()
        };
        assert!(outcomes.iter().all(|outcome| outcome.code == 0), "{outcomes:?}");
        assert_eq!((count("created from its models"), count("already at")), (1, 1), "{outcomes:?}");
    }
}

/// Takes the lock as the real Airflow does, waiting for other tests; returns who holds it now.
async fn take_as_airflow(database: &mut Database) -> String {
    let (take, me) = match database.dialect().name() {
        DialectName::Postgres => {
            ("SELECT pg_try_advisory_lock(1)::int::text", "SELECT pg_backend_pid()::text")
        }
        _ => ("SELECT GET_LOCK('airflow_MIGRATIONS', 60)", "SELECT CONNECTION_ID()"),
    };
    let answer = |rows: Vec<Row>| rows[0].text(0).unwrap().to_owned();
    assert_eq!(answer(database.query(take).await.unwrap()), "1", "the lock was not to be had");
    answer(database.query(me).await.unwrap())
}

test_on! {
    [postgres, mysql, mariadb]
    async fn a_lock_that_the_real_airflow_holds(db) {
        stamp(db, VERSION_TABLE, HEAD).await;
        stamp(db, "alembic_version_drt", "d759c6d30f5a").await;
        let airflow = Installation::on(db);
        let before = snapshot(db).await;
        let mut other = db.connect().await;
        let holder = take_as_airflow(&mut other).await;
        let user = db.parsed_url().user.unwrap();
        let kind = if db.dialect() == DialectName::Postgres { "process" } else { "connection" };
        let name = format!("{kind} {holder} of {user} from 127.0.0.1");
        let started = Instant::now();
        for (command, timeout) in [
            (&["db", "migrate"][..], "1"),
            (&["db", "downgrade", "-r", HEAD, "-y"], "0"),
            (&["db", "reset", "-y"], "0"),
            (&["db-manager", "migrate", TICKETING], "0"),
            (&["db-manager", "downgrade", TICKETING, "-n", "0.0.1", "-y"], "0"),
            (&["db-manager", "reset", TICKETING, "-y"], "0"),
        ] {
            let outcome = airflow.run(&[command, &["--lock-timeout", timeout]].concat());
            let error = format!("the migration lock was not free within {timeout} s; it is held by {name}");
            outcome.says(1, &error, Some("another migration is running: wait for it, or end it"));
            let waiting = format!("waiting up to 1 s for the migration lock (held by {name}");
            assert_eq!(outcome.stderr.contains(&waiting), timeout == "1", "{outcome:?}");
            assert!(outcome.stderr.contains("nothing was changed"), "{outcome:?}");
        }
        assert!(started.elapsed() > Duration::from_millis(900), "it was not waited for");
        // Who only looks does not wait.
        airflow.succeed(&["db", "check-migrations"]);
        airflow.succeed(&["db", "migrate", "-s"]);
        assert_eq!(snapshot(db).await, before);

        // Who waits gets it when it is free.
        let mut waiting = start(&airflow, &["db", "migrate"]);
        tokio::time::sleep(Duration::from_millis(1500)).await;
        assert_eq!(waiting.try_wait().unwrap(), None, "it does not wait");
        other.close().await;
        let outcome = end(waiting);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        assert!(outcome.stderr.contains("waiting up to 300 s for the migration lock"), "{outcome:?}");
        assert_eq!(snapshot(db).await, before);
    }
}

test_on! {
    [sqlite]
    /// The lock file says who holds it.
    async fn a_lock_file_that_another_runner_holds(db) {
        stamp(db, VERSION_TABLE, HEAD).await;
        let airflow = Installation::on(db).connection(&format!("{}?timeout=60", db.url()));
        let (mut blocker, blocked) = blocked_runner(db, &airflow).await;
        let outcome = airflow.run(&["db", "migrate", "--lock-timeout", "1"]);
        let error = format!("the migration lock was not free within 1 s; it is held by process {}", blocked.id());
        outcome.says(1, &error, Some("another migration is running: wait for it, or end it"));
        assert!(outcome.stderr.contains("nothing was changed"), "{outcome:?}");
        // (A snapshot reads the file: closing it would end the locks that this process has on it.)
        assert_eq!(db.tables().await, [VERSION_TABLE]);

        blocker.execute("ROLLBACK").await.unwrap();
        blocker.close().await;
        assert_eq!(end(blocked).code, 0);
        airflow.succeed(&["db", "migrate"]);
    }
}

/// A runner that has the lock and then waits for a table, or for the right to write, that a session of
/// ours has.
async fn blocked_runner(db: &TestDatabase, airflow: &Installation) -> (Database, Child) {
    let mut blocker = db.connect().await;
    let block: &[&str] = match db.dialect() {
        DialectName::Postgres => &["BEGIN", "LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE"],
        DialectName::MySql | DialectName::MariaDb => &["LOCK TABLES alembic_version WRITE"],
        DialectName::Sqlite => &["BEGIN IMMEDIATE"],
    };
    for sql in block {
        blocker.execute(sql).await.unwrap();
    }
    let runner = start(airflow, &["db", "migrate"]);
    let started = Instant::now();
    while !holds_lock(db, &runner).await {
        assert!(started.elapsed() < PATIENCE, "the runner does not get the lock");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    (blocker, runner)
}

/// Whether a runner on this database holds the lock.
async fn holds_lock(db: &TestDatabase, runner: &Child) -> bool {
    let sql = match db.dialect() {
        DialectName::Postgres => {
            "SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = 1 \
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        }
        DialectName::MySql | DialectName::MariaDb => {
            "SELECT count(*) FROM information_schema.processlist \
             WHERE id = IS_USED_LOCK('airflow_MIGRATIONS') AND db = DATABASE()"
        }
        DialectName::Sqlite => {
            let mut path = db.file().unwrap().into_os_string();
            path.push(".lock");
            let text = std::fs::read_to_string(path).unwrap_or_default();
            return text == format!("process {}\n", runner.id());
        }
    };
    db.query(sql).await == [["1"]]
}

db_test! {
    async fn a_killed_runner_leaves_no_lock(db) {
        stamp(db, VERSION_TABLE, HEAD).await;
        let airflow = Installation::on(db);
        let before = snapshot(db).await;
        let (mut blocker, mut runner) = blocked_runner(db, &airflow).await;
        runner.kill().unwrap();
        runner.wait().unwrap();
        let unblock = match db.dialect() {
            DialectName::MySql | DialectName::MariaDb => "UNLOCK TABLES",
            _ => "ROLLBACK",
        };
        blocker.execute(unblock).await.unwrap();
        blocker.close().await;
        assert_eq!(snapshot(db).await, before);
        let next = airflow.succeed(&["db", "migrate", "--lock-timeout", "60"]);
        assert!(next.contains(&format!("{TICKETING}: created from its models")), "{next}");
    }
}

test_on! {
    [postgres, sqlite]
    /// DDL and version row are committed together: wherever it is killed, the next run goes on from there.
    async fn a_killed_run_can_be_run_again(db) {
        let airflow = Installation::on(db);
        for pause in [20, 40, 60, 90, 130, 180] {
            let mut runner = start(&airflow, &["db", "migrate", "-m"]);
            tokio::time::sleep(Duration::from_millis(pause)).await;
            runner.kill().unwrap();
            runner.wait().unwrap();
        }
        airflow.succeed(&["db", "migrate", "-m", "--lock-timeout", "60"]);
        airflow.succeed(&["db", "check-migrations"]);
        // The version tables, and the plugin's.
        let made = Walk::on(db.dialect()).revisions.last().unwrap().after.as_ref().unwrap().tables().len() + 3;
        assert_eq!(db.tables().await.len(), made);
    }
}

db_test! {
    async fn a_failed_run_leaves_no_lock(db) {
        stamp(db, VERSION_TABLE, HEAD).await;
        let good = manager("test.Good", "good");
        let bad = manager("test.Bad", "bad").lifecycle(Refusing);
        let managers = [good, bad];
        let airflow = Installation::with(db, &managers);
        let host = Host::load(&airflow.environment(), plugins(&managers)).unwrap();
        let mut kept_open = host.connect(Access::Create).await.unwrap();
        let migrator = host.migrator().clone().lock_timeout(PATIENCE);
        for _ in 0..2 {
            let failure = migrator.migrate(&mut kept_open, None, false, &mut |_| {}).await.unwrap_err();
            assert_eq!(failure.source.to_string(), "the override of test.Bad failed");
            // The connection lives on, and does not hold the lock.
            let mut other = host.connect(Access::Create).await.unwrap();
            let up = Intent::Upgrade { target: None, use_migration_files: false };
            migrator.run(&mut other, "test.Good", up, &mut |_| {}).await.unwrap();
            other.close().await;
        }
        kept_open.close().await;
    }
}

struct Refusing;

impl Lifecycle for Refusing {
    fn init<'a>(&'a self, _: &'a mut dyn Run) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(async { Err("not today".into()) })
    }
}
