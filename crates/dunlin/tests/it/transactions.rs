//! What stays and what goes when a revision fails, and that reports and events say so.

use dunlin::core::dialect::DialectName;
use dunlin::core::manager::{Lifecycle, Run};
use dunlin::core::prelude::*;
use dunlin::core::session::{BoxError, BoxFuture, Session as _};
use dunlin::engine::plan::{Action, Intent};
use dunlin::{
    Access, Database, Error, Event, Failure, Left, Migrator, OwnerReport, RunStatus, StepReport, Transactions,
};
use dunlin_testkit::{TestDatabase, db_test};

use crate::support::*;

/// Creates a table of one column, named as its revision.
fn create(op: &mut Operations, table: &str) {
    op.create_table(table, |t| {
        t.column("id", DataType::Integer);
    });
}

/// `b` creates its table and then needs one that nobody made.
const SECOND_FAILS: &[(&str, Record, Record)] = &[
    ("a", |op| create(op, "a"), |op| op.drop_table("a")),
    (
        "b",
        |op| {
            create(op, "b");
            op.execute("INSERT INTO missing (id) VALUES (1)");
        },
        |op| op.drop_table("b"),
    ),
    ("c", |op| create(op, "c"), |op| op.drop_table("c")),
];

/// Runs, and returns what was said during the run and at its end. The report must agree with both the
/// database and the events.
async fn watch(
    db: &TestDatabase,
    migrator: &Migrator,
    database: &mut Database,
    intent: Intent,
) -> (OwnerReport, Option<Failure>) {
    let mut told = Vec::new();
    let result = migrator
        .run(database, "owner", intent, &mut |event| {
            if let Event::StepDone { step, .. } = event {
                told.push(step.clone());
            }
        })
        .await;
    let (report, failure) = match result {
        Ok(report) => (report.owners[0].clone(), None),
        Err(failure) => (failure.report.owners[0].clone(), Some(failure)),
    };
    assert_eq!(told, report.steps, "events and report differ");
    assert_eq!(versions(db).await, report.rows_after.iter().map(ToString::to_string).collect::<Vec<_>>());
    assert_eq!(failure.is_none(), report.status == RunStatus::Done);
    (report, failure)
}

/// The version rows as another connection sees them; none where there is no version table.
async fn versions(db: &TestDatabase) -> Vec<String> {
    if !db.tables().await.contains(&"version_owner".to_owned()) {
        return Vec::new();
    }
    db.query("SELECT version_num FROM version_owner ORDER BY 1").await.into_iter().flatten().collect()
}

fn steps(report: &OwnerReport) -> Vec<String> {
    let name = |step: &StepReport| match &step.action {
        Action::Revision { revision, direction } => format!("{direction} {}", revision.id),
        other => format!("{other:?}"),
    };
    report.steps.iter().map(name).collect()
}

const TO_HEADS: Intent = Intent::Upgrade { target: None, use_migration_files: true };
const TO_BASE: Intent = Intent::Downgrade { target: dunlin::engine::history::Target::BASE };

db_test! {
    async fn a_revision_that_fails(db) {
        let mut database = db.connect().await;
        let migrator = migrator(db, [manager(SECOND_FAILS)]);
        let (report, failure) = watch(db, &migrator, &mut database, TO_HEADS).await;
        let failure = failure.unwrap();
        assert!(chain(&failure.source).starts_with("the database refused: INSERT INTO missing"));
        assert_eq!(report.status, RunStatus::Failed);
        let tables = db.tables().await;
        match db.dialect() {
            DialectName::Postgres => {
                assert_eq!((failure.left, steps(&report)), (Left::Nothing, vec!["upgrade a".to_owned()]));
                assert_eq!(tables, ["a", "version_owner"]);
            }
            // Consecutive revisions are one transaction.
            DialectName::Sqlite => {
                assert_eq!((failure.left, steps(&report)), (Left::Nothing, vec![]));
                assert_eq!(tables, Vec::<String>::new());
            }
            DialectName::MySql | DialectName::MariaDb => {
                assert_eq!((failure.left, steps(&report)), (Left::Part, vec!["upgrade a".to_owned()]));
                assert_eq!(tables, ["a", "b", "version_owner"]);
            }
        }

        // Once the cause is gone, the same run ends well; where DDL stays, its rest must go too.
        if failure.left == Left::Part {
            execute(&mut database, &["DROP TABLE b"]).await;
        }
        execute(&mut database, &["CREATE TABLE missing (id INTEGER)"]).await;
        let (report, _) = watch(db, &migrator, &mut database, TO_HEADS).await;
        assert_eq!(report.rows_after, ["c".into()]);
        assert_eq!(db.tables().await, ["a", "b", "c", "missing", "version_owner"]);
        let (report, _) = watch(db, &migrator, &mut database, TO_HEADS).await;
        assert!(report.steps.is_empty());
        database.close().await;
    }
}

db_test! {
    async fn a_downgrade_that_fails(db) {
        let mut database = db.connect().await;
        let revisions: &[(&str, Record, Record)] = &[
            ("a", |op| create(op, "a"), |op| op.execute_ddl("DROP TABLE missing", ["missing"])),
            ("b", |op| create(op, "b"), |op| op.drop_table("b")),
        ];
        let migrator = migrator(db, [manager(revisions)]);
        watch(db, &migrator, &mut database, TO_HEADS).await;
        let (report, failure) = watch(db, &migrator, &mut database, TO_BASE).await;
        assert!(chain(&failure.unwrap().source).starts_with("the database refused: DROP TABLE missing"));
        // DROP TABLE is a transaction of its own on SQLite: foreign keys are off in it.
        assert_eq!(steps(&report), ["downgrade b"]);
        assert_eq!(db.tables().await, ["a", "version_owner"]);
        execute(&mut database, &["CREATE TABLE missing (id INTEGER)"]).await;
        let (report, _) = watch(db, &migrator, &mut database, TO_BASE).await;
        assert_eq!((steps(&report), report.rows_after.len()), (vec!["downgrade a".to_owned()], 0));
        database.close().await;
    }
}

db_test_on! {
    [sqlite: Sqlite]
    async fn a_rebuild_ends_a_group_of_revisions(db) {
        let mut database = db.connect().await;
        let revisions: &[(&str, Record, Record)] = &[
            ("a", |op| create(op, "a"), |_| {}),
            ("b", |op| op.bulk_insert("a", ["id"], [[SqlValue::Null]]), |_| {}),
            ("c", |op| op.alter_table("a", |t| { t.alter_column("id").nullable(false); }), |_| {}),
            ("d", |op| create(op, "d"), |_| {}),
        ];
        let migrator = migrator(db, [manager(revisions)]);
        let (report, failure) = watch(db, &migrator, &mut database, TO_HEADS).await;
        assert_eq!((failure.unwrap().left, steps(&report)), (Left::Nothing, vec!["upgrade a".to_owned(), "upgrade b".to_owned()]));
        execute(&mut database, &["DELETE FROM a"]).await;
        let (report, _) = watch(db, &migrator, &mut database, TO_HEADS).await;
        assert_eq!(steps(&report), ["upgrade c", "upgrade d"]);
        database.close().await;
    }
}

db_test! {
    async fn a_creation_that_fails(db) {
        let mut database = db.connect().await;
        let models = |_: &HostContext| {
            let mut metadata = Metadata::default();
            metadata.table("a", |t| { t.column("id", DataType::Integer).primary_key(); });
            metadata.table("b", |t| {
                t.column("id", DataType::Integer);
                t.check("b_ck", "no_such_column > 0");
            });
            metadata
        };
        let models = manager(&[("head", |_| {}, |_| {})]).models(models);
        let migrator = migrator(db, [models]);
        let intent = Intent::Upgrade { target: None, use_migration_files: false };
        let (report, failure) = watch(db, &migrator, &mut database, intent.clone()).await;
        assert!(failure.is_some() && report.steps.is_empty());
        let (_, again) = run_or_refuse(&migrator, &mut database, intent).await;
        match db.dialect() {
            DialectName::MySql | DialectName::MariaDb => {
                assert_eq!(db.tables().await, ["a", "version_owner"]);
                assert!(again.contains("owner has tables (a) but no row in version_owner"), "{again}");
            }
            _ => {
                assert_eq!(db.tables().await, Vec::<String>::new());
                assert!(again.starts_with("the database refused: CREATE TABLE \"b\""), "{again}");
            }
        }
        database.close().await;
    }
}

async fn run_or_refuse(migrator: &Migrator, database: &mut Database, intent: Intent) -> (Left, String) {
    let failure = migrator.run(database, "owner", intent, &mut |_| {}).await.unwrap_err();
    (failure.left, chain(&failure.source))
}

db_test_on! {
    [postgres: Postgres]
    async fn each_revision_is_committed_before_the_next(db) {
        // A new value of an enumeration cannot be used in the transaction that adds it.
        let mut database = db.connect().await;
        let revisions: &[(&str, Record, Record)] = &[
            ("a", |op| op.execute("CREATE TYPE mood AS ENUM ('good')"), |_| {}),
            ("b", |op| op.execute("ALTER TYPE mood ADD VALUE 'bad'"), |_| {}),
            (
                "c",
                |op| {
                    op.create_table("c", |t| {
                        t.column("mood", DataType::native("mood")).server_default(SqlValue::text("bad"));
                    });
                },
                |_| {},
            ),
        ];
        let migrator = migrator(db, [manager(revisions)]);
        let (report, _) = watch(db, &migrator, &mut database, TO_HEADS).await;
        assert_eq!(report.steps.len(), 3);
        database.close().await;
    }
}

/// Lets somebody else change the version row when the run begins, after it was planned.
async fn moved_by_somebody_else(db: &TestDatabase, sql: &str) -> Failure {
    let mut database = db.connect().await;
    let migrator = migrator(db, [manager(SECOND_FAILS)]);
    let failure = migrator
        .run(&mut database, "owner", TO_HEADS, &mut |event| {
            if let Event::OwnerStarted { .. } = event {
                let (url, sql) = (db.parsed_url(), sql.to_owned());
                let other = std::thread::spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                    runtime.block_on(async {
                        let mut other = Database::connect(&url, Access::Write).await.unwrap();
                        execute(&mut other, &[&sql]).await;
                        other.close().await;
                    });
                });
                other.join().unwrap();
            }
        })
        .await
        .unwrap_err();
    database.close().await;
    failure
}

db_test! {
    async fn a_row_that_moved_stops_the_run_before_anything_is_done(db) {
        let mut database = db.connect().await;
        done(upgrade(&migrator(db, [manager(SECOND_FAILS)]), &mut database, "a").await);
        database.close().await;
        for (sql, found) in [
            ("UPDATE version_owner SET version_num = 'c'", "c"),
            ("INSERT INTO version_owner VALUES ('x')", "a, x"),
            ("DELETE FROM version_owner", "no revision"),
        ] {
            let failure = moved_by_somebody_else(db, sql).await;
            let said = chain(&failure.source);
            assert_eq!(said, format!("version_owner was changed by somebody else meanwhile: it is at {found}, not at a"));
            assert!(matches!(failure.source, Error::RowMoved { .. }));
            assert_eq!(db.tables().await, ["a", "version_owner"]);
            // The next case begins at `a` again.
            db.execute("DELETE FROM version_owner").await;
            db.execute("INSERT INTO version_owner VALUES ('a')").await;
        }
    }
}

/// Changes the version row before it runs the default, or after it, or does nothing at all.
struct Meddler(&'static str, &'static str);

impl Lifecycle for Meddler {
    fn upgrade<'a>(&'a self, run: &'a mut dyn Run) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(async move {
            if !self.0.is_empty() {
                run.session().execute(self.0).await?;
            }
            if self.0.is_empty() && self.1.is_empty() {
                return Ok(());
            }
            run.run_default().await?;
            match self.1 {
                "" => Ok(()),
                "fail" => Err("enough".into()),
                sql => run.session().execute(sql).await.map(drop),
            }
        })
    }
}

const TWO: &[(&str, Record, Record)] =
    &[("a", |op| create(op, "a"), |_| {}), ("b", |op| create(op, "b"), |_| {})];

db_test! {
    async fn an_override_that_moves_the_row_is_noticed(db) {
        let mut database = db.connect().await;
        done(upgrade(&migrator(db, [manager(TWO)]), &mut database, "a").await);
        let meddler = Meddler("UPDATE version_owner SET version_num = 'x'", "");
        let migrator = migrator(db, [manager(TWO).lifecycle(meddler)]);
        let (_, failure) = watch(db, &migrator, &mut database, TO_HEADS).await;
        let failure = failure.unwrap();
        assert!(matches!(failure.source, Error::RowMoved { .. }), "{}", chain(&failure.source));
        assert_eq!(failure.left, Left::Part, "the override's own statement stays");
        assert_eq!(db.tables().await, ["a", "version_owner"]);
        database.close().await;
    }
}

db_test! {
    async fn the_report_of_an_override_says_where_the_database_is(db) {
        let mut database = db.connect().await;
        done(upgrade(&migrator(db, [manager(TWO)]), &mut database, "a").await);
        for (meddler, fails, rows) in [
            (Meddler("", ""), false, "a"),
            (Meddler("", "fail"), true, "b"),
            (Meddler("", "UPDATE version_owner SET version_num = 'z'"), false, "z"),
        ] {
            let migrator = migrator(db, [manager(TWO).lifecycle(meddler)]);
            if rows == "z" {
                execute(&mut database, &["UPDATE version_owner SET version_num = 'a'", "DROP TABLE b"]).await;
            }
            let (report, failure) = watch(db, &migrator, &mut database, TO_HEADS).await;
            assert_eq!(report.rows_after, [rows.into()]);
            assert_eq!(failure.is_some(), fails);
        }
        database.close().await;
    }
}

fn two_steps() -> DbManager {
    let table: Record = |op| {
        op.create_table("a", |t| {
            t.column("id", DataType::Integer).not_null();
            t.primary_key("a_pk", ["id"]);
        });
    };
    let fails: Record = |op| op.execute("INSERT INTO nothing_here VALUES (1)");
    manager(&[("a1", table, |op| op.drop_table("a")), ("a2", fails, |_| {})])
}

db_test! {
    async fn what_is_committed_together_can_be_said(db) {
        for (transactions, left) in [(Transactions::Revision, &["a1"][..]), (Transactions::Run, &[])] {
            let migrator = migrator(db, [two_steps()]).transactions(transactions);
            let mut database = db.connect().await;
            let failure = upgrade(&migrator, &mut database, "a2").await.unwrap_err();
            let commits = !database.dialect().capabilities().transactional_ddl;
            if commits && transactions == Transactions::Run {
                assert!(matches!(failure.source, Error::NoTransaction { .. }), "{failure:?}");
            }
            let rows = database.query("SELECT version_num FROM version_owner").await.unwrap_or_default();
            let rows: Vec<&str> = rows.iter().filter_map(|row| row.text(0)).collect();
            assert_eq!(rows, left, "{transactions:?}");
            let there = database.query("SELECT id FROM a").await.is_ok();
            assert_eq!(there, !left.is_empty(), "{transactions:?}");
            if there {
                done(downgrade(&migrator, &mut database, "base").await);
            }
        }
    }
}

db_test_on! {
    [postgres: Postgres]
    async fn a_run_that_cannot_be_one_transaction_does_nothing(db) {
        let alone: Record = |op| op.add_index("a", Index::new("a_ix", ["id"]).concurrently());
        let table: Record = |op| {
            op.create_table("a", |t| {
                t.column("id", DataType::Integer).not_null();
            });
        };
        let migrator = migrator(db, [manager(&[("a1", table, |_| {}), ("a2", alone, |_| {})])]);
        let migrator = migrator.transactions(Transactions::Run);
        let mut database = db.connect().await;
        let failure = upgrade(&migrator, &mut database, "a2").await.unwrap_err();
        let said = chain(&failure.source);
        assert_eq!(said, "the run cannot be one transaction: owner: upgrade a2 a2 cannot be part of it");
        assert!(database.query("SELECT 1 FROM a").await.is_err());
    }
}
