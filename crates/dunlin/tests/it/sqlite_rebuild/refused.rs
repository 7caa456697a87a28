//! What a rebuild refuses as it would lose something, online and in a script, and what is no hindrance.

use super::*;

/// What is refused, and how: the error online, and that of SQLite's own client. Nothing is changed.
async fn refused(db: &TestDatabase, case: &Case<'_>) -> (String, String) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("refused.db");
    let migrator = migrator(db, [history(case)]);
    let mut database = open(&file).await;
    done(upgrade(&migrator, &mut database, "start").await);
    execute(&mut database, case.rows).await;
    let before = dump(&mut database).await;
    let online = chain(&upgrade(&migrator, &mut database, "change").await.unwrap_err().source);
    assert_eq!(dump(&mut database).await, before, "{}", case.name);
    database.close().await;
    let (succeeds, said) = try_client(&file, &script(db, case, "start", "change").await);
    assert!(!succeeds, "{}", case.name);
    let mut database = open(&file).await;
    assert_eq!(dump(&mut database).await, before, "{}", case.name);
    database.close().await;
    (online, said)
}

db_test_on! {
    [sqlite: Sqlite]
    async fn a_column_that_a_view_or_trigger_names_is_not_dropped(db) {
        let before: Record = |op| {
            op.create_table("t", |t| {
                t.column("a", DataType::Integer);
                t.column("b", DataType::Integer);
            });
        };
        let change: Record = |op| {
            op.alter_table("t", |t| {
                t.alter_column("a").nullable(false);
                t.drop_column("b");
            });
        };
        for (what, create) in [
            ("view v", "CREATE VIEW v AS SELECT \"b\" FROM t"),
            ("trigger v", "CREATE TRIGGER v AFTER INSERT ON t BEGIN DELETE FROM t WHERE b = new.b; END"),
            ("trigger v", "CREATE TRIGGER v AFTER UPDATE OF b ON t BEGIN SELECT 1; END"),
        ] {
            let rows: &[&str] = &["INSERT INTO t VALUES (1, 2)", create];
            let (online, offline) = refused(db, &Case { name: what, before, rows, change }).await;
            let meant = format!("to change table t as wanted would lose {what}, where columns are named that it drops");
            assert_eq!(online, meant);
            assert!(offline.contains("no view or trigger names a column that is dropped"), "{offline}");
        }
    }
}

/// `child` refers to `t`; two tables that have nothing to do with them are out of order.
const FAMILY: Record = |op| {
    op.create_table("t", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("code", DataType::Text).unique();
    });
    op.create_table("child", |t| {
        t.column("t_id", DataType::Integer);
        t.foreign_key(ForeignKey::new(["t_id"], "t", ["id"]).named("child_fk"));
    });
};

const FAMILY_ROWS: &[&str] = &[
    "PRAGMA foreign_keys = OFF",
    "CREATE TABLE no_key (code TEXT)",
    "CREATE TABLE mismatched (code TEXT REFERENCES no_key (code))",
    "CREATE TABLE orphans (id INTEGER REFERENCES no_key (rowid))",
    "INSERT INTO mismatched VALUES ('x')",
    "INSERT INTO t VALUES (1, 'one'), (2, 'two')",
    "INSERT INTO child VALUES (1), (2), (77)",
    "PRAGMA foreign_keys = ON",
];

db_test_on! {
    [sqlite: Sqlite]
    async fn rows_are_left_with_what_they_refer_to_by_the_program_and_the_script(db) {
        let by_hand = ["CREATE TABLE stray (t_id REFERENCES t)", "INSERT INTO stray VALUES (1), (2), (NULL)"];
        let rows = [FAMILY_ROWS, &by_hand].concat();
        let change: Record = |op| {
            op.drop_table("child");
            op.drop_table("t");
        };
        let (online, offline) = refused(db, &Case { name: "dropped", before: FAMILY, rows: &rows, change }).await;
        assert_eq!(online, "2 rows of stray would refer to rows of t that are gone");
        assert!(offline.contains("no rows refer to rows that are gone"), "{offline}");

        let change: Record = |op| {
            op.execute("DELETE FROM t WHERE id = 2");
            op.alter_column("t", "code", |c| c.nullable(false));
        };
        let rows = ["INSERT INTO t VALUES (1, 'one'), (2, 'two')", "INSERT INTO child VALUES (1), (2)"];
        let (online, offline) = refused(db, &Case { name: "deleted", before: FAMILY, rows: &rows, change }).await;
        assert_eq!(online, "the database refused: DELETE FROM t WHERE id = 2: FOREIGN KEY constraint failed");
        assert!(offline.contains("FOREIGN KEY constraint failed"), "{offline}");

        let change: Record = |op| {
            op.alter_table("t", |t| {
                t.drop_constraint(ConstraintKind::PrimaryKey, "t_pkey");
            });
        };
        let before: Record = |op| {
            op.create_table("t", |t| {
                t.column("id", DataType::Integer).not_null();
                t.primary_key("t_pkey", ["id"]);
            });
            op.create_table("child", |t| {
                t.column("t_id", DataType::Integer);
                t.foreign_key(ForeignKey::new(["t_id"], "t", ["id"]).named("child_fk"));
            });
        };
        let (online, offline) = refused(db, &Case { name: "no key", before, rows: &[], change }).await;
        assert_eq!(
            online,
            "a foreign key of child would refer to columns of t that are neither its primary key nor unique"
        );
        assert!(offline.contains("foreign key mismatch"), "{offline}");
    }
}

db_test_on! {
    [sqlite: Sqlite]
    async fn keys_that_are_broken_elsewhere_are_no_hindrance(db) {
        let change: Record = |op| {
            op.alter_column("t", "code", |c| c.nullable(false));
            op.drop_table("child");
        };
        let case = Case { name: "elsewhere", before: FAMILY, rows: FAMILY_ROWS, change };
        let directory = tempfile::tempdir().unwrap();
        let migrator = migrator(db, [history(&case)]);
        for by_client in [false, true] {
            let file = directory.path().join(by_client.to_string());
            let mut database = open(&file).await;
            done(upgrade(&migrator, &mut database, "start").await);
            execute(&mut database, case.rows).await;
            match by_client {
                false => drop(done(upgrade(&migrator, &mut database, "change").await)),
                true => client(&file, &script(db, &case, "start", "change").await),
            }
            assert_eq!(query(&mut database, "SELECT * FROM version_owner").await, [["change"]]);
            assert_eq!(query(&mut database, "SELECT count(*) FROM mismatched, t").await, [["2"]]);
            database.close().await;
        }
    }
}

db_test_on! {
    [sqlite: Sqlite]
    async fn a_key_that_was_broken_before_is_no_hindrance(db) {
        let change: Record = |op| op.alter_column("t", "code", |c| c.nullable(false));
        let rows: &[&str] = &[
            "INSERT INTO t VALUES (1, 'one')",
            "CREATE TABLE by_hand (code TEXT REFERENCES t (no_such))",
        ];
        let migrator = migrator(db, [history(&Case { name: "before", before: FAMILY, rows, change })]);
        let mut database = db.connect().await;
        done(upgrade(&migrator, &mut database, "start").await);
        execute(&mut database, rows).await;
        done(upgrade(&migrator, &mut database, "change").await);
        database.close().await;
    }
}

db_test_on! {
    [sqlite: Sqlite]
    async fn a_new_value_comes_from_another_table(db) {
        let case = CASES.iter().find(|case| case.name == "a new value from another table").unwrap();
        let migrator = migrator(db, [history(case)]);
        let mut database = db.connect().await;
        done(upgrade(&migrator, &mut database, "start").await);
        execute(&mut database, case.rows).await;
        done(upgrade(&migrator, &mut database, "change").await);
        let rows = query(&mut database, "SELECT id, quote(owner), quote(name) FROM t ORDER BY 1").await;
        assert_eq!(rows, [["1", "2", "'x'"], ["2", "1", "'kept'"], ["3", "NULL", "NULL"]]);
        database.close().await;
    }
}

db_test_on! {
    [sqlite: Sqlite]
    async fn a_trigger_that_the_replay_cannot_follow_is_in_no_script(db) {
        let before: Record = |op| {
            op.create_table("t", |t| {
                t.column("n", DataType::Integer);
            });
            let create = "CREATE TRIGGER on_t AFTER INSERT ON t BEGIN SELECT x.n FROM t AS x; END";
            op.create_object(Object::new("trigger on_t").create(create).touches(["t"]));
        };
        let rename_apart: Record = |op| {
            op.alter_column("t", "n", |c| c.rename("k"));
            op.alter_column("t", "k", |c| c.nullable(false));
        };
        let rename_at_once: Record = |op| {
            let mut restricted = AlterColumn::new("k");
            restricted.nullable = Some(false);
            alter(op, vec![rename("n", "k").into(), restricted.into()]);
        };
        for change in [rename_apart, rename_at_once] {
            let directory = tempfile::tempdir().unwrap();
            let mut database = open(&directory.path().join("online.db")).await;
            let migrator = migrator(db, [history(&Case { name: "unclear", before, rows: &[], change })]);
            let owner = &migrator.owners()[0];
            let target = |name: &str| owner.history().target(name).unwrap();
            let intent = Intent::Upgrade { target: Some(target("change")), use_migration_files: true };
            let sqlite = dialect(DialectName::Sqlite);
            let script = migrator.offline_script(sqlite, owner.name(), &intent, &target("start")).await;
            let said = chain(&script.unwrap_err());
            assert!(said.contains("restates table t, which `CREATE TRIGGER on_t"), "{said}");

            done(upgrade(&migrator, &mut database, "change").await);
            let trigger = query(&mut database, "SELECT sql FROM sqlite_master WHERE type = 'trigger'").await;
            assert_eq!(trigger[0][0].replace('"', ""), "CREATE TRIGGER on_t AFTER INSERT ON t BEGIN SELECT x.k FROM t AS x; END");
            database.close().await;
        }
    }
}
