//! SQLite rebuilds a table to change it: what that would lose is refused, what depends on the table
//! survives, and foreign keys are enforced before and after.

use dunlin::core::prelude::*;
use dunlin::core::session::Session as _;
use dunlin::{Database, Error};
use dunlin_testkit::TestDatabase;

use crate::support::*;

/// A history in which `t` (columns `a` and `b`, `b` indexed) and `child` are there, and then changes.
fn history(there: Record, back: Record) -> DbManager {
    let start: Record = |op| {
        op.create_table("t", |t| {
            t.column("a", DataType::Integer).primary_key();
            t.column("b", DataType::Integer);
            t.column("c", DataType::Text);
        });
        op.create_table("child", |t| {
            t.column("t_a", DataType::Integer);
            let key = ForeignKey::new(["t_a"], "t", ["a"]).named("child_fk");
            t.foreign_key(key.on_delete(ReferentialAction::Cascade));
        });
    };
    manager(&[("start", start, |_| {}), ("change", there, back)])
}

/// A change that needs a rebuild.
const RESTRICT: Record = |op| {
    op.alter_table("t", |t| {
        t.alter_column("b").nullable(false);
    });
};

/// Everything that the database says of itself, and its rows.
async fn everything(database: &mut Database) -> Vec<Vec<String>> {
    let mut all = query(database, "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name").await;
    let tables = query(
        database,
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('t', 'child', 'version_owner')",
    )
    .await;
    for table in tables {
        all.extend(query(database, &format!("SELECT * FROM {} ORDER BY 1", table[0])).await);
    }
    all
}

/// Foreign keys bind, ALTER TABLE is the usual one, and no transaction is open.
async fn assert_usual(database: &mut Database) {
    for (pragma, value) in [("foreign_keys", "1"), ("legacy_alter_table", "0"), ("integrity_check", "ok")] {
        assert_eq!(query(database, &format!("PRAGMA {pragma}")).await, [[value]], "{pragma}");
    }
    execute(database, &["BEGIN", "ROLLBACK"]).await;
}

/// Runs the change, which must fail and change nothing; what it says.
async fn refused(db: &TestDatabase, database: &mut Database, change: Record) -> String {
    let before = everything(database).await;
    let migrator = migrator(db, [history(change, |_| {})]);
    let failure = upgrade(&migrator, database, "change").await.unwrap_err();
    assert_eq!(everything(database).await, before);
    assert_usual(database).await;
    assert!(failure.report.owners.iter().all(|owner| owner.steps.is_empty()));
    assert!(failure.report.owners.iter().all(|owner| owner.rows_after == ["start".into()]));
    chain(&failure.source)
}

/// Tables that cannot be rebuilt, and why.
const LOSSES: &[(&str, &str)] = &[
    (
        "(a INTEGER PRIMARY KEY, b INT CONSTRAINT named NOT NULL)",
        "CONSTRAINT named (the name of NOT NULL of column b)",
    ),
    ("(a INTEGER PRIMARY KEY DESC, b INT)", "DESC of PRIMARY KEY (a)"),
    ("(a INTEGER PRIMARY KEY, b INT, UNIQUE (b COLLATE NOCASE))", "COLLATE NOCASE of b in UNIQUE (b)"),
    ("(a INTEGER PRIMARY KEY, b INT REFERENCES t (a) MATCH odd)", "MATCH ODD of FOREIGN KEY (b)"),
    ("(a INTEGER PRIMARY KEY, b INT, CHECK (b > 0) ON CONFLICT FAIL)", "ON CONFLICT FAIL of CHECK (b > 0)"),
];

db_test_on! {
    [sqlite: Sqlite]
    async fn what_a_rebuild_would_lose_is_refused(db) {
        for (definition, lost) in LOSSES {
            let mut database = db.connect().await;
            execute(&mut database, &[
                "CREATE TABLE child (t_a INT REFERENCES t (a) ON DELETE CASCADE)",
                &format!("CREATE TABLE t {definition}"),
            ]).await;
            stamp(&mut database, "start").await;
            execute(&mut database, &["INSERT INTO t (a, b) VALUES (1, 1)", "INSERT INTO child VALUES (1)"]).await;
            let said = refused(db, &mut database, RESTRICT).await;
            assert_eq!(said, format!("to change table t as wanted would lose {lost}"));
            execute(&mut database, &["DROP TABLE child", "DROP TABLE t", "DROP TABLE version_owner"]).await;
            database.close().await;
        }
    }
}

db_test_on! {
    [sqlite: Sqlite]
    async fn what_needs_no_rebuild_is_done_to_any_table(db) {
        let mut database = db.connect().await;
        execute(&mut database, &[
            "CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT, b INT CONSTRAINT named NOT NULL, c TEXT) STRICT",
            "CREATE TABLE child (t_a INT REFERENCES t (a) ON DELETE CASCADE)",
        ]).await;
        stamp(&mut database, "start").await;
        let before = everything(&mut database).await;
        let there: Record = |op| {
            op.alter_table("t", |t| {
                t.alter_column("b").rename("new");
            });
            op.alter_table("t", |t| t.drop_column("c"));
            op.create_index("ix", "t", ["new"]);
        };
        let back: Record = |op| {
            op.drop_index("ix", "t");
            op.alter_table("t", |t| t.add_column(Column::new("c", DataType::Text)));
            op.alter_table("t", |t| {
                t.alter_column("new").rename("b");
            });
        };
        let migrator = migrator(db, [history(there, back)]);
        done(upgrade(&migrator, &mut database, "change").await);
        assert_ne!(everything(&mut database).await, before);
        done(downgrade(&migrator, &mut database, "start").await);
        let quoted = |row: Vec<String>| row.into_iter().map(|text| text.replace('"', "")).collect::<Vec<_>>();
        let after: Vec<_> = everything(&mut database).await.into_iter().map(quoted).collect();
        assert_eq!(after, before);
        database.close().await;
    }
}

db_test_on! {
    [sqlite: Sqlite]
    async fn a_check_may_name_its_table(db) {
        let mut database = db.connect().await;
        execute(&mut database, &[
            "CREATE TABLE t (a INTEGER PRIMARY KEY, b INT CHECK (t.b > 0), c TEXT,
                CONSTRAINT ck CHECK (\"t\".b < 10 AND [t].c <> 't.c' /* t.x */ AND main.t.b <> 5))",
            "CREATE TABLE child (t_a INT REFERENCES t (a) ON DELETE CASCADE)",
            "INSERT INTO t VALUES (1, 1, 'x'), (2, 2, NULL)",
            "INSERT INTO child VALUES (1), (2)",
        ]).await;
        stamp(&mut database, "start").await;
        let migrator = migrator(db, [history(RESTRICT, |op| {
            op.alter_table("t", |t| {
                t.alter_column("b").nullable(true);
            });
        })]);
        done(upgrade(&migrator, &mut database, "change").await);
        let checks = introspect(&mut database, "t").await.checks;
        let checks: Vec<_> = checks.iter().map(|check| check.expression.default_value().unwrap().as_str()).collect();
        assert_eq!(checks, ["b > 0", "b < 10 AND c <> 't.c' /* t.x */ AND b <> 5"]);
        for bad in ["(3, 0, 'x')", "(3, 10, 'x')", "(3, 1, 't.c')", "(3, 5, 'x')", "(3, NULL, 'x')"] {
            assert!(database.execute(&format!("INSERT INTO t VALUES {bad}")).await.is_err(), "{bad}");
        }
        done(downgrade(&migrator, &mut database, "start").await);
        assert_eq!(query(&mut database, "SELECT * FROM t").await, [["1", "1", "x"], ["2", "2", "NULL"]]);
        assert_eq!(query(&mut database, "SELECT * FROM child").await, [["1"], ["2"]]);
        database.close().await;
    }
}

/// A table that refers to `t`, made by hand.
const STRAY: &str = "CREATE TABLE stray (t_a INT REFERENCES t (a) ON DELETE CASCADE)";

async fn furnished(db: &TestDatabase) -> Database {
    let mut database = db.connect().await;
    let migrator = migrator(db, [history(|_| {}, |_| {})]);
    done(upgrade(&migrator, &mut database, "start").await);
    execute(
        &mut database,
        &["INSERT INTO t VALUES (1, 1, 'x'), (2, NULL, 'y')", "INSERT INTO child VALUES (1), (2), (NULL)"],
    )
    .await;
    database
}

db_test_on! {
    [sqlite: Sqlite]
    async fn a_rebuild_that_fails_leaves_everything_as_it_was(db) {
        let mut database = furnished(db).await;
        execute(&mut database, &["CREATE TRIGGER tr AFTER INSERT ON t BEGIN DELETE FROM child; END"]).await;
        // `b` is NULL in a row.
        let said = refused(db, &mut database, RESTRICT).await;
        assert!(said.ends_with("NOT NULL constraint failed: _dunlin_rebuild_t.b"), "{said}");
        // The same connection can go on.
        execute(&mut database, &["UPDATE t SET b = 2 WHERE b IS NULL"]).await;
        let migrator = migrator(db, [history(RESTRICT, |_| {})]);
        done(upgrade(&migrator, &mut database, "change").await);
        assert_usual(&mut database).await;
        assert_eq!(query(&mut database, "SELECT count(*) FROM child").await, [["3"]]);
        execute(&mut database, &["INSERT INTO t VALUES (3, 3, 'z')"]).await;
        assert_eq!(query(&mut database, "SELECT count(*) FROM child").await, [["0"]], "the trigger fires");
        database.close().await;
    }
}

db_test_on! {
    [sqlite: Sqlite]
    async fn a_table_that_differs_from_its_history_loses_no_rows_of_others(db) {
        let mut database = furnished(db).await;
        // By its history, nothing stands on `b`, and ALTER TABLE could drop it.
        execute(&mut database, &["CREATE INDEX by_hand ON t (b)"]).await;
        let migrator = migrator(db, [history(|op| op.alter_table("t", |t| t.drop_column("b")), |_| {})]);
        done(upgrade(&migrator, &mut database, "change").await);
        assert_eq!(query(&mut database, "SELECT * FROM t").await, [["1", "x"], ["2", "y"]]);
        assert_eq!(query(&mut database, "SELECT * FROM child").await, [["1"], ["2"], ["NULL"]]);
        assert_usual(&mut database).await;
        database.close().await;
    }
}

db_test_on! {
    [sqlite: Sqlite]
    async fn a_table_that_rows_refer_to_is_not_dropped(db) {
        let mut database = furnished(db).await;
        // A table that the history does not know of.
        execute(&mut database, &[STRAY, "INSERT INTO stray SELECT a FROM t"]).await;
        let both: Record = |op| {
            op.drop_table("child");
            op.drop_table("t");
        };
        let said = refused(db, &mut database, both).await;
        assert_eq!(said, "2 rows of stray would refer to rows of t that are gone");
        assert_eq!(query(&mut database, "SELECT count(*) FROM stray").await, [["2"]]);
        execute(&mut database, &["DROP TABLE stray"]).await;
        let migrator = migrator(db, [history(both, |_| {})]);
        done(upgrade(&migrator, &mut database, "change").await);
        assert_eq!(db.tables().await, ["version_owner"]);
        assert_usual(&mut database).await;
        database.close().await;
    }
}

db_test_on! {
    [sqlite: Sqlite]
    async fn rows_that_referred_to_nothing_before_are_no_hindrance(db) {
        let mut database = furnished(db).await;
        execute(&mut database, &[
            "UPDATE t SET b = 0 WHERE b IS NULL",
            "PRAGMA foreign_keys = OFF",
            STRAY,
            "INSERT INTO stray VALUES (77), (78)",
            "PRAGMA foreign_keys = ON",
        ]).await;
        let migrator = migrator(db, [history(RESTRICT, |_| {})]);
        done(upgrade(&migrator, &mut database, "change").await);
        assert_eq!(query(&mut database, "SELECT count(*) FROM stray").await, [["2"]]);
        assert_usual(&mut database).await;
        // New ones are counted apart.
        execute(&mut database, &["INSERT INTO stray VALUES (1), (2)"]).await;
        let both: Record = |op| {
            op.drop_table("child");
            op.drop_table("t");
        };
        let said = refused_after(db, &mut database, both).await;
        assert_eq!(said, "2 rows of stray would refer to rows of t that are gone");
        database.close().await;
    }
}

/// As [`refused`], but behind the change that restricts `b`.
async fn refused_after(db: &TestDatabase, database: &mut Database, change: Record) -> String {
    let all = history(RESTRICT, |_| {}).migrations([Migration::new(
        Revision::new("last").down_revision("change"),
        change,
        |_| {},
    )]);
    let before = everything(database).await;
    let failure = upgrade(&migrator(db, [all]), database, "last").await.unwrap_err();
    assert_eq!(everything(database).await, before);
    assert!(matches!(failure.source, Error::DanglingRows { .. }));
    chain(&failure.source)
}

db_test_on! {
    [sqlite: Sqlite]
    async fn virtual_tables_stand_aside(db) {
        let mut database = furnished(db).await;
        execute(&mut database, &[
            "CREATE VIRTUAL TABLE words USING fts5(word)",
            "INSERT INTO words VALUES ('x')",
            "UPDATE t SET b = 0 WHERE b IS NULL",
        ]).await;
        let migrator = migrator(db, [history(RESTRICT, |_| {})]);
        done(upgrade(&migrator, &mut database, "change").await);
        assert!(done(database.introspect(&[]).await).tables().len() >= 3);
        assert_eq!(query(&mut database, "SELECT word FROM words WHERE words MATCH 'x'").await, [["x"]]);
        database.close().await;
    }
}
