//! A run that is killed at any moment. Where the database can roll back DDL, it then stands at a whole
//! revision, and a plain rerun ends well. Where it cannot, the version row names the last revision that
//! came to its end; all of that one is there, and perhaps the first statements of the next. A rerun then
//! ends well or fails; it never makes anything else.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use dunlin::core::dialect::DialectName;
use dunlin::core::prelude::*;
use dunlin::engine::plan::{Intent, PlanError};
use dunlin::{Access, Database, DatabaseUrl, Error, Left, LockKey, Migrator};
use dunlin_testkit::{TestDatabase, db_test};

use crate::support::*;

const URL: &str = "DUNLIN_FAULT_URL";
const LOCK: &str = "DUNLIN_FAULT_LOCK";

/// Some of everything that a revision can do.
const HISTORY: &[(&str, Record, Record)] = &[
    (
        "r1",
        |op| {
            op.create_table("author", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("name", DataType::string(20));
            });
            op.bulk_insert(
                "author",
                ["id", "name"],
                (1..=20).map(|id| [SqlValue::Integer(id), SqlValue::text("x")]),
            );
        },
        |op| op.drop_table("author"),
    ),
    (
        "r2",
        |op| {
            op.create_table("book", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("author_id", DataType::Integer);
                t.foreign_key(ForeignKey::new(["author_id"], "author", ["id"]).named("book_author_fk"));
                t.index("book_author_ix", ["author_id"]);
            });
            op.execute("INSERT INTO book (id, author_id) SELECT id, id FROM author");
        },
        |op| op.drop_table("book"),
    ),
    (
        "r3",
        |op| {
            op.alter_table("book", |t| t.add_column(Column::new("title", DataType::string(20))));
            op.execute("UPDATE book SET title = 'untitled'");
            op.alter_table("book", |t| {
                t.alter_column("title").nullable(false);
            });
        },
        |op| op.alter_table("book", |t| t.drop_column("title")),
    ),
    (
        "r4",
        |op| {
            op.alter_table("author", |t| {
                t.alter_column("name").column_type(DataType::string(50)).server_default(SqlValue::text("?"));
                t.create_unique_constraint("author_name_uq", ["id", "name"]);
            });
        },
        |op| {
            op.alter_table("author", |t| {
                t.drop_constraint(ConstraintKind::Unique, "author_name_uq");
                t.alter_column("name").column_type(DataType::string(20)).drop_server_default();
            });
        },
    ),
    (
        "r5",
        |op| {
            op.execute("DELETE FROM book WHERE id > 10");
            op.create_index("book_title_ix", "book", ["title"]);
        },
        |op| op.drop_index("book_title_ix", "book"),
    ),
    (
        "r6",
        |op| {
            op.rename_table("author", "writer");
            op.create_table("shelf", |t| {
                t.column("id", DataType::Integer).primary_key();
            });
        },
        |op| {
            op.drop_table("shelf");
            op.rename_table("writer", "author");
        },
    ),
];

fn killed_migrator(lock: &str) -> Migrator {
    Migrator::new([manager(HISTORY)], &HostContext::default(), LockKey::new(7, lock)).unwrap()
}

/// Not a test, but the process that is killed: these tests run it, with the database in its environment.
#[test]
fn child() {
    let (Ok(url), Ok(lock)) = (std::env::var(URL), std::env::var(LOCK)) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let url = DatabaseUrl::parse(&url).unwrap();
        let mut database = Database::connect(&url, Access::Create).await.unwrap();
        let migrator = killed_migrator(&lock);
        println!("ready");
        done(upgrade(&migrator, &mut database, "head").await);
        println!("done");
        database.close().await;
    });
}

/// The child, once it is about to begin, and what it says from then on.
fn begin(db: &TestDatabase) -> (Child, impl Iterator<Item = String>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "fault::child", "--nocapture"])
        .env(URL, db.url())
        .env(LOCK, db.name())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.ends_with("ready")), "the child does not begin");
    (child, lines)
}

/// How long a run takes that nobody kills.
fn run_to_the_end(db: &TestDatabase) -> Duration {
    let (mut child, mut lines) = begin(db);
    let began = Instant::now();
    assert!(lines.any(|line| line == "done"), "the child does not come to its end");
    child.wait().unwrap();
    began.elapsed()
}

/// Kills a run so long after its beginning; whether it came to its end before.
fn run_and_kill(db: &TestDatabase, after: Duration) -> bool {
    let (mut child, mut lines) = begin(db);
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
    lines.any(|line| line == "done")
}

/// What the owner's revisions make: tables as they are described, and all rows.
#[derive(Debug, Clone, PartialEq)]
struct State {
    tables: Vec<Table>,
    rows: Vec<Vec<Vec<String>>>,
}

/// Looks at the database, once nobody works on it any more: a server goes on with the last statement of
/// a client that is gone.
async fn look(db: &TestDatabase, database: &mut Database) -> (State, Option<String>) {
    let (lock, unlock) = match db.dialect() {
        DialectName::Postgres => {
            ("SELECT pg_advisory_lock(7)::text".to_owned(), "SELECT pg_advisory_unlock(7)::text".to_owned())
        }
        DialectName::MySql | DialectName::MariaDb => {
            (format!("SELECT GET_LOCK('{}', 60)", db.name()), format!("SELECT RELEASE_LOCK('{}')", db.name()))
        }
        DialectName::Sqlite => ("SELECT 1".to_owned(), "SELECT 1".to_owned()),
    };
    query(database, &lock).await;
    let found = done(database.introspect(&[]).await);
    let mut tables: Vec<Table> = found.tables().to_vec();
    tables.sort_by(|a, b| a.name.cmp(&b.name));
    let mut row = None;
    if tables.iter().any(|table| table.name.name == "version_owner") {
        row = query(database, "SELECT version_num FROM version_owner").await.into_iter().flatten().next();
    }
    tables.retain(|table| table.name.name != "version_owner");
    let mut rows = Vec::new();
    for table in &tables {
        rows.push(query(database, &format!("SELECT * FROM {} ORDER BY 1", table.name)).await);
    }
    query(database, &unlock).await;
    (State { tables, rows }, row)
}

/// The states at the base and at every revision.
async fn states(db: &TestDatabase, database: &mut Database, migrator: &Migrator) -> Vec<State> {
    let mut states = vec![look(db, database).await.0];
    for (id, _, _) in HISTORY {
        done(upgrade(migrator, database, id).await);
        states.push(look(db, database).await.0);
    }
    states
}

/// The states after every single statement, with the version row.
async fn states_after_each_statement(
    db: &TestDatabase,
    database: &mut Database,
    migrator: &Migrator,
) -> Vec<(State, Option<String>)> {
    let owner = &migrator.owners()[0];
    let intent = Intent::Upgrade { target: None, use_migration_files: true };
    let plan = owner.plan(&Default::default(), &intent).unwrap();
    let mut states = Vec::new();
    for step in plan.render(owner, database.dialect()).unwrap() {
        for sql in step.stages.into_iter().flat_map(|stage| stage.statements) {
            execute(database, &[&sql]).await;
            states.push(look(db, database).await);
        }
    }
    states
}

/// Drops everything.
async fn clear(db: &TestDatabase, database: &mut Database) {
    for table in ["shelf", "book", "author", "writer", "version_owner"] {
        execute(database, &[&format!("DROP TABLE IF EXISTS {table}")]).await;
    }
    assert_eq!(db.tables().await, Vec::<String>::new());
}

/// A number below a bound, well enough mixed (Knuth's MMIX generator).
fn random(seed: &mut u64, bound: u128) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    u64::try_from(u128::from(*seed >> 11) * bound / (1 << 53)).unwrap()
}

/// How often a run is killed: more often in the full run.
fn rounds() -> usize {
    if std::env::var("DUNLIN_TEST_FULL").is_ok() { 200 } else { 20 }
}

db_test! {
    async fn a_killed_run(db) {
        let mut database = db.connect().await;
        let migrator = killed_migrator(db.name());
        let states = states(db, &mut database, &migrator).await;
        clear(db, &mut database).await;
        let after_each = match database.dialect().capabilities().transactional_ddl {
            true => Vec::new(),
            false => states_after_each_statement(db, &mut database, &migrator).await,
        };
        clear(db, &mut database).await;
        let whole = run_to_the_end(db);
        clear(db, &mut database).await;

        let mut seed = u64::try_from(SystemTime::UNIX_EPOCH.elapsed().unwrap().as_micros()).unwrap();
        let (mut stopped, mut half_done, mut needed_help) = ([0; HISTORY.len() + 1], 0, 0);
        for round in 0..rounds() {
            let after = Duration::from_micros(random(&mut seed, whole.as_micros()));
            let case = format!("round {round}, killed after {after:?} of {whole:?}");
            let ended = run_and_kill(db, after);
            let (found, row) = look(db, &mut database).await;
            let at = row.as_ref().map_or(0, |row| 1 + HISTORY.iter().position(|(id, _, _)| id == row).unwrap());
            stopped[at] += 1;
            assert!(!ended || at == HISTORY.len(), "{case}: it came to its end, and stands at {row:?}");
            let whole = found == states[at];
            half_done += usize::from(!whole);
            // What was left is a state of a run that nobody kills, looked at after one of its statements.
            let reachable = after_each.iter().any(|(state, at)| *state == found && *at == row);
            assert!(whole || reachable, "{case}: at {row:?} there is {found:#?}");
            let run = upgrade(&migrator, &mut database, "head").await;
            assert!(!whole || run.is_ok(), "{case}: {}", chain(&run.unwrap_err()));
            match run {
                // Never anything else, not even from half a revision.
                Ok(_) => {
                    let (converged, row) = look(db, &mut database).await;
                    assert_eq!(converged, states[HISTORY.len()], "{case}");
                    assert_eq!(row.as_deref(), Some("r6"), "{case}");
                }
                Err(failure) => {
                    needed_help += 1;
                    match &failure.source {
                        // Half of the first revision: its table, and no row that says whose.
                        Error::Plan { source: PlanError::Unversioned { .. }, .. } => {
                            assert_eq!((row, failure.left), (None, Left::Nothing), "{case}");
                        }
                        // Half of another: what it has done is in its own way.
                        Error::InTheWay { .. } => assert_eq!(failure.left, Left::Nothing, "{case}"),
                        _ => {
                            assert_eq!(failure.left, Left::Part, "{case}");
                            let row: Vec<_> = row.map(Into::into).into_iter().collect();
                            assert_eq!(failure.report.owners[0].rows_before, row);
                        }
                    }
                }
            }
            clear(db, &mut database).await;
        }
        println!(
            "{}: stopped at {stopped:?}; {half_done} half done, {needed_help} in need of help, of {}",
            db.dialect(),
            rounds()
        );
        database.close().await;
    }
}
