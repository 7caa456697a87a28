//! Directories of SQL revision files on real databases.

use std::fs;
use std::path::Path;

use dunlin::core::prelude::*;
use dunlin::directory::{Directory, DirectoryError, Language, RustFiles};
use dunlin::{Left, Migrator};
use dunlin_testkit::{TestDatabase, db_test};
use tempfile::TempDir;

use crate::support::*;

/// A directory of files, each a name and a text.
pub(crate) fn directory(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    directory
}

/// The only owner of a database, whose history is a directory.
fn migrator_of(db: &TestDatabase, directory: &Path) -> Migrator {
    let loaded = done(Directory::new(directory).load());
    migrator(db, [DbManager::new("owner", "version_owner").migrations(loaded.migrations())])
}

const TICKET: (&str, &str) = (
    "a1_create_ticket_table.sql",
    "-- revision: a1\n-- message: create ticket table\n\n\
     -- upgrade\n-- touches: ticket\n\n\
     CREATE TABLE ticket (id INTEGER NOT NULL, title VARCHAR(20), PRIMARY KEY (id));\n\
     INSERT INTO ticket VALUES (1, 'a;b'); -- ;\n\n\
     -- downgrade\n-- touches: ticket\n\nDROP TABLE ticket;\n",
);

async fn version(database: &mut dunlin::Database) -> Vec<Vec<String>> {
    query(database, "SELECT version_num FROM version_owner").await
}

db_test! {
    async fn a_directory_goes_up_and_down(db) {
        let more = "-- revision: b2\n-- down_revision: a1\n\n\
            -- upgrade\nALTER TABLE ticket ADD COLUMN state INTEGER;\nUPDATE ticket SET state = 7;\n\n\
            -- downgrade\nALTER TABLE ticket DROP COLUMN state;\n";
        let files = directory(&[TICKET, ("b2.sql", more), ("_helper.sql", "x"), (".b2.sql", "x"), ("README", "x")]);
        let migrator = migrator_of(db, files.path());
        let mut database = db.connect().await;
        done(upgrade(&migrator, &mut database, "heads").await);
        let row = query(&mut database, "SELECT id, title, state FROM ticket").await;
        assert_eq!(row, [["1", "a;b", "7"]]);
        assert_eq!(version(&mut database).await, [["b2"]]);
        done(downgrade(&migrator, &mut database, "a1").await);
        assert_eq!(query(&mut database, "SELECT * FROM ticket").await, [["1", "a;b"]]);
        done(downgrade(&migrator, &mut database, "base").await);
        assert_eq!(db.tables().await, ["version_owner"]);
        database.close().await;
    }
}

db_test! {
    async fn each_database_takes_its_section(db) {
        let text = "-- revision: a1\n\n\
            -- upgrade\nCREATE TABLE made (kind VARCHAR(20));\nINSERT INTO made VALUES ('any');\n\
            -- upgrade: mysql\nCREATE TABLE made (kind VARCHAR(20));\nINSERT INTO made VALUES ('mysql');\n\
            -- upgrade: mariadb\nCREATE TABLE made (kind VARCHAR(20));\n\
            -- new-transaction\nINSERT INTO made VALUES ('maria');\nINSERT INTO made VALUES ('db');\n";
        let files = directory(&[("a1.sql", text)]);
        let mut database = db.connect().await;
        done(upgrade(&migrator_of(db, files.path()), &mut database, "a1").await);
        let wanted: &[[&str; 1]] = match db.dialect() {
            DialectName::MySql => &[["mysql"]],
            DialectName::MariaDb => &[["db"], ["maria"]],
            _ => &[["any"]],
        };
        assert_eq!(query(&mut database, "SELECT kind FROM made ORDER BY kind").await, wanted);
        database.close().await;
    }
}

db_test! {
    async fn a_missing_section_is_found_before_anything_runs(db) {
        let other = if db.dialect() == DialectName::Postgres { "sqlite" } else { "postgres" };
        let elsewhere = format!("-- revision: b2\n-- down_revision: a1\n-- upgrade: {other}\nSELECT 1;\n");
        let files = directory(&[
            ("a1.sql", "-- revision: a1\n-- upgrade\nCREATE TABLE t (a INTEGER);\n"),
            ("b2.sql", &elsewhere),
        ]);
        let migrator = migrator_of(db, files.path());
        let mut database = db.connect().await;
        let failure = upgrade(&migrator, &mut database, "b2").await.unwrap_err();
        let here = db.dialect().display_name();
        let said = format!("revision b2 of owner cannot run here: it has no upgrade section for {here}");
        assert_eq!(chain(&failure.source), format!("cannot plan for owner: {said}"));
        assert_eq!(failure.left, Left::Nothing);
        assert_eq!(db.tables().await, [""; 0]);
        done(upgrade(&migrator, &mut database, "a1").await);
        let failure = downgrade(&migrator, &mut database, "base").await.unwrap_err();
        let said = "revision a1 of owner cannot run here: it has no downgrade section";
        assert_eq!(chain(&failure.source), format!("cannot plan for owner: {said}"));
        assert_eq!(version(&mut database).await, [["a1"]]);
        database.close().await;
    }
}

#[test]
fn files_that_are_no_revisions_are_said_exactly() {
    let error = |files: &[(&str, &str)]| {
        let files = directory(files);
        let error = Directory::new(files.path()).load().unwrap_err();
        chain(&error).replace(&format!("{}/", files.path().display()), "")
    };
    let good = "-- revision: a1\n-- upgrade\n";
    for (text, said) in [
        (
            "-- revision: a1\nCREATE",
            "a.sql is no revision file: line 2: this stands before the first section (`-- upgrade`)",
        ),
        ("-- revision: a1\n", "a.sql is no revision file: there is no section `-- upgrade`"),
        ("", "a.sql is no revision file: there is no line `-- revision: …` before the first section"),
        (
            "-- revision: a1\n-- Upgrade\n",
            "a.sql is no revision file: line 2: `-- Upgrade` is no mark: is `-- upgrade` meant?",
        ),
    ] {
        assert_eq!(error(&[("a.sql", text)]), said, "{text}");
    }
    assert_eq!(
        error(&[("a.sql", good), ("b.sql", good)]),
        "revision a1 stands in two files: a.sql and b.sql"
    );
    let files = directory(&[]);
    let empty = Directory::new(files.path()).load().unwrap_err();
    assert!(matches!(&empty, DirectoryError::Empty { .. }), "{empty}");
}

db_test! {
    async fn a_failure_in_the_middle_leaves_nothing_where_ddl_can_be_rolled_back(db) {
        let text = "-- revision: a1\n-- upgrade\nCREATE TABLE t (a INTEGER);\nINSERT INTO t VALUES (1);\n\
            INSERT INTO missing VALUES (1);\n";
        let files = directory(&[("a1.sql", text)]);
        let migrator = migrator_of(db, files.path());
        let mut database = db.connect().await;
        let failure = upgrade(&migrator, &mut database, "a1").await.unwrap_err();
        let said = chain(&failure.source);
        assert!(said.starts_with("the database refused: INSERT INTO missing VALUES (1): "), "{said}");
        let mysql = matches!(db.dialect(), DialectName::MySql | DialectName::MariaDb);
        if mysql {
            assert_eq!(failure.left, Left::Part);
            assert_eq!(db.tables().await, ["t", "version_owner"]);
            assert_eq!(version(&mut database).await, [[""; 1]; 0]);
        } else {
            assert_eq!(failure.left, Left::Nothing);
            assert_eq!(db.tables().await, [""; 0]);
        }
        database.close().await;
    }
}

db_test! {
    async fn rows_alone_are_moved_in_one_transaction_with_the_version_row(db) {
        let rows = "-- revision: b2\n-- down_revision: a1\n-- upgrade\nINSERT INTO ticket VALUES (2, 'two');\n\
            UPDATE ticket SET title = 'x';\nDELETE FROM missing;\n";
        let files = directory(&[TICKET, ("b2.sql", rows)]);
        let mut database = db.connect().await;
        done(upgrade(&migrator_of(db, files.path()), &mut database, "a1").await);
        let failure = upgrade(&migrator_of(db, files.path()), &mut database, "b2").await.unwrap_err();
        assert_eq!(failure.left, Left::Nothing);
        assert_eq!(query(&mut database, "SELECT id, title FROM ticket").await, [["1", "a;b"]]);
        fs::write(files.path().join("b2.sql"), rows.replace("missing", "ticket WHERE id = 1")).unwrap();
        done(upgrade(&migrator_of(db, files.path()), &mut database, "b2").await);
        assert_eq!(query(&mut database, "SELECT id, title FROM ticket").await, [["2", "x"]]);
        assert_eq!(version(&mut database).await, [["b2"]]);
        database.close().await;
    }
}

db_test! {
    async fn rust_changes_what_sql_has_made_and_the_other_way_round(db) {
        let third = "-- revision: c3\n-- down_revision: b2\n\n-- upgrade\nUPDATE ticket SET state = 4;\n\
            CREATE TABLE audit (id INTEGER NOT NULL, PRIMARY KEY (id));\n\n-- downgrade\nDROP TABLE audit;\n";
        let files = directory(&[TICKET, ("c3.sql", third)]);
        let second = Migration::new(
            Revision::new("b2").down_revision("a1"),
            |op| {
                op.add_column("ticket", Column::new("state", DataType::Integer));
                op.alter_column("ticket", "title", |c| c.column_type(DataType::Text).nullable(false));
                op.create_index("ticket_state", "ticket", ["state"]);
            },
            |op| {
                op.drop_index("ticket_state", "ticket");
                op.drop_column("ticket", "state");
            },
        );
        let loaded = done(Directory::new(files.path()).load());
        let manager = DbManager::new("owner", "version_owner").migrations(loaded.migrations()).migrations([second]);
        let migrator = migrator(db, [manager.supports_table_dropping(true)]);
        let mut database = db.connect().await;
        done(upgrade(&migrator, &mut database, "heads").await);
        assert_eq!(query(&mut database, "SELECT id, title, state FROM ticket").await, [["1", "a;b", "4"]]);
        let ticket = introspect(&mut database, "ticket").await;
        assert!(!ticket.column("title").unwrap().nullable && ticket.index("ticket_state").is_some());
        done(downgrade(&migrator, &mut database, "a1").await);
        assert_eq!(query(&mut database, "SELECT * FROM ticket").await, [["1", "a;b"]]);
        assert_eq!(db.tables().await, ["ticket", "version_owner"]);

        // The owner's tables are those that its files make by name.
        done(upgrade(&migrator, &mut database, "heads").await);
        done(migrator.reset(&mut database, false, false, &mut |_| {}).await);
        assert_eq!(db.tables().await, [""; 0]);
        // Without models, there is nothing to make an empty database of but the revisions.
        done(migrator.migrate(&mut database, None, false, &mut |_| {}).await);
        assert_eq!(db.tables().await, ["audit", "ticket", "version_owner"]);
        database.close().await;
    }
}

db_test! {
    async fn a_script_says_what_a_run_does(db) {
        let text = "-- revision: b2\n-- down_revision: a1\n-- upgrade\nUPDATE ticket SET title = 'x';\n\
            -- new-transaction\n-- no-transaction\nDELETE FROM ticket WHERE id > 7;\n";
        let files = directory(&[TICKET, ("b2.sql", text)]);
        let script = script(&migrator_of(db, files.path()), db.dialect()).await;
        let script = script.as_str();
        let at = |text: &str| script.find(text).unwrap_or_else(|| panic!("{text} is not in\n{script}"));
        let update = at("UPDATE ticket SET title = 'x';\nCOMMIT;\nDELETE FROM ticket WHERE id > 7;\nBEGIN;\n");
        assert!(at("INSERT INTO ticket VALUES (1, 'a;b');") < update);
    }
}

db_test! {
    async fn a_transaction_is_not_a_files_to_end(db) {
        let text = "-- revision: a1\n-- upgrade\nCREATE TABLE t (a INTEGER);\n\ncommit;\nSELECT 1;\n";
        let files = directory(&[("a1.sql", text)]);
        let mut database = db.connect().await;
        let failure = upgrade(&migrator_of(db, files.path()), &mut database, "a1").await.unwrap_err();
        let said = chain(&failure.source);
        assert!(said.ends_with(": line 5: COMMIT cannot stand in a revision, whose transactions are the runner's"), "{said}");
        assert_eq!(db.tables().await, [""; 0]);
        database.close().await;
    }
}

db_test_on! {
    [mysql: MySql, mariadb: MariaDb, postgres: Postgres]
    async fn version_rows_are_not_led_elsewhere(db) {
        let postgres = db.dialect() == DialectName::Postgres;
        let (moving, words) = match postgres {
            true => ("SELECT pg_catalog.set_config('search_path', '', false)", "set_config('search_path', …)"),
            false => ("USE other", "USE"),
        };
        let text = |behind: &str| {
            format!("-- revision: a1\n-- upgrade\nCREATE TABLE t (a INTEGER);\n\n{moving};\nSELECT 1;\n{behind}")
        };
        let files = directory(&[("a1.sql", &text(""))]);
        let mut database = db.connect().await;
        let failure = upgrade(&migrator_of(db, files.path()), &mut database, "a1").await.unwrap_err();
        let said = chain(&failure.source);
        let cannot = format!("cannot find the version table again behind {words} (line 5)");
        assert!(said.ends_with(&format!(": {} {cannot}", db.dialect().display_name())), "{said}");
        assert_eq!(failure.left, Left::Nothing);
        assert_eq!(db.tables().await, [""; 0]);
        if postgres {
            let files = directory(&[("a1.sql", &text("RESET search_path;\n"))]);
            done(upgrade(&migrator_of(db, files.path()), &mut database, "a1").await);
            assert_eq!(version(&mut database).await, [["a1"]]);
        }
        database.close().await;
    }
}

db_test_on! {
    [mysql: MySql, mariadb: MariaDb]
    async fn procedures_are_one_statement_with_delimiter_and_without(db) {
        let text = "-- revision: a1\n-- upgrade\nCREATE TABLE t (a INTEGER);\nDELIMITER //\n\
            CREATE PROCEDURE p()\nBEGIN\n  INSERT INTO t VALUES (1);\n  INSERT INTO t VALUES (2);\nEND//\n\
            DELIMITER ;\nCREATE PROCEDURE q() BEGIN INSERT INTO t VALUES (3); INSERT INTO t VALUES (4); END;\n\
            -- new-transaction\nCALL p();\nCALL q();\n";
        let files = directory(&[("a1.sql", text)]);
        let mut database = db.connect().await;
        done(upgrade(&migrator_of(db, files.path()), &mut database, "a1").await);
        assert_eq!(query(&mut database, "SELECT SUM(a) FROM t").await, [["10"]]);
        let script = script(&migrator_of(db, files.path()), db.dialect()).await;
        assert_eq!(script.as_str().matches("DELIMITER ;\n").count(), 2, "{}", script.as_str());
        database.close().await;
    }
}

db_test_on! {
    [postgres: Postgres]
    async fn dollar_quotes_and_concurrent_indexes_run(db) {
        let text = "-- revision: a1\n-- upgrade: postgres\nCREATE TABLE t (a INTEGER);\n\
            CREATE FUNCTION f() RETURNS void AS $f$ BEGIN INSERT INTO t VALUES (1); INSERT INTO t VALUES (2); END $f$ \
            LANGUAGE plpgsql;\nDO $$ BEGIN PERFORM f(); END $$;\n\
            -- new-transaction\n-- no-transaction\n-- touches: t\nCREATE UNIQUE INDEX CONCURRENTLY t_a ON t (a);\n\
            -- new-transaction\n-- touches: t\nALTER TABLE t ADD COLUMN b INTEGER;\n\
            -- downgrade: postgres\n-- no-transaction\nDROP INDEX CONCURRENTLY t_a;\n";
        let files = directory(&[("a1.sql", text)]);
        let mut database = db.connect().await;
        done(upgrade(&migrator_of(db, files.path()), &mut database, "a1").await);
        assert_eq!(query(&mut database, "SELECT sum(a) FROM t").await, [["3"]]);
        let valid = "SELECT indisvalid::text FROM pg_index WHERE indexrelid = 't_a'::regclass";
        assert_eq!(query(&mut database, valid).await, [["true"]]);
        assert_eq!(introspect(&mut database, "t").await.columns.len(), 2);
        done(downgrade(&migrator_of(db, files.path()), &mut database, "base").await);
        assert_eq!(query(&mut database, "SELECT to_regclass('t_a')::text").await, [["NULL"]]);
        assert_eq!(version(&mut database).await, [[""; 1]; 0]);
        database.close().await;
    }
}

db_test! {
    async fn a_table_is_copied_by_hand_with_foreign_keys_off(db) {
        let copy = "-- revision: b2\n-- down_revision: a1\n-- upgrade\n-- no-foreign-keys\n\
            CREATE TABLE new_parent (id INTEGER PRIMARY KEY, more INTEGER);\n\
            INSERT INTO new_parent (id) SELECT id FROM parent;\nDROP TABLE parent;\n\
            ALTER TABLE new_parent RENAME TO parent;\n";
        let parent = "-- revision: a1\n-- upgrade\nCREATE TABLE parent (id INTEGER PRIMARY KEY);\n\
            CREATE TABLE child (parent INTEGER REFERENCES parent (id) ON DELETE CASCADE);\n\
            INSERT INTO parent VALUES (1);\nINSERT INTO child VALUES (1);\n";
        let files = directory(&[("a1.sql", parent), ("b2.sql", copy)]);
        let migrator = migrator_of(db, files.path());
        let mut database = db.connect().await;
        done(upgrade(&migrator, &mut database, "a1").await);
        let copied = upgrade(&migrator, &mut database, "b2").await;
        if db.dialect() == DialectName::Sqlite {
            done(copied);
            assert_eq!(query(&mut database, "SELECT * FROM child").await, [["1"]]);
        } else {
            let said = chain(&copied.unwrap_err().source);
            let cannot = "cannot run statements with foreign keys off (line 5)";
            assert!(said.ends_with(&format!(": {} {cannot}", db.dialect().display_name())), "{said}");
        }
        assert_eq!(query(&mut database, "SELECT id FROM parent").await, [["1"]]);
        database.close().await;
    }
}

db_test_on! {
    [sqlite: Sqlite]
    async fn a_file_is_seen_to_be_gone_changed_or_broken_when_it_is_used(db) {
        let files = directory(&[TICKET]);
        let path = files.path().join(TICKET.0);
        let migrator = migrator_of(db, files.path());
        let mut database = db.connect().await;
        let text = |text: &str| fs::write(&path, text).unwrap();
        for (break_it, said) in [
            (&(|| fs::remove_file(&path).unwrap()) as &dyn Fn(), " is gone since the revisions were listed"),
            (
                &|| text("-- revision: z9\n-- upgrade\n"),
                " was revision a1 when the revisions were listed, and is z9 now",
            ),
            (
                &|| text("-- revision: a1\n-- upgrade\n\nSELECT 'a;\n"),
                " is no revision file: unclosed string at line 4, column 8",
            ),
            (
                &|| text("-- revision: a1\n-- upgrade\n-- touch: a\nSELECT 1;\n"),
                " is no revision file: line 3: `-- touch: a` is no mark: is `-- touches: a` meant?",
            ),
            (
                &|| text("-- revision: a1\n-- downgrade\nSELECT 1;\n"),
                " is no revision file: there is no section `-- upgrade`",
            ),
            (&|| fs::write(&path, b"-- revision: a1\n-- upgrade\n\n\xff").unwrap(), ": line 4 is not UTF-8"),
            (
                &|| text("-- revision: a1\n-- upgrade\nSELECT 1;\0 SELECT 2;\n"),
                " is no revision file: a NUL character at line 3, column 10",
            ),
        ] {
            break_it();
            let failure = upgrade(&migrator, &mut database, "a1").await.unwrap_err();
            let whole = format!(
                "cannot plan for owner: the upgrade of revision a1 cannot be read: {}{said}", path.display(),
            );
            assert_eq!(chain(&failure.source), whole);
            assert_eq!(db.tables().await, [""; 0]);
        }
        text(TICKET.1);
        done(upgrade(&migrator, &mut database, "a1").await);
        database.close().await;
    }
}

db_test_on! {
    [sqlite: Sqlite]
    async fn what_a_file_does_not_say_it_touches_is_not_restated_offline(db) {
        let made: (&str, Record, Record) = ("a1", |op| {
            op.create_table("ticket", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("title", DataType::Text);
            });
        }, |_| {});
        let restated = Migration::new(
            Revision::new("c3").down_revision("b2"),
            |op| op.alter_column("ticket", "title", |c| c.nullable(false)),
            |_| {},
        );
        for (touches, said) in [
            ("", Some("CREATE TABLE other (id INTEGER)")),
            ("-- touches: other\n", None),
            ("-- touches: ticket\n", Some("CREATE TABLE other (id INTEGER)")),
        ] {
            let text = format!(
                "-- revision: b2\n-- down_revision: a1\n-- upgrade\n{touches}CREATE TABLE other (id INTEGER);\n"
            );
            let files = directory(&[("b2.sql", &text)]);
            let loaded = done(Directory::new(files.path()).load());
            let manager = manager(&[made]).migrations(loaded.migrations()).migrations([restated.clone()]);
            let migrator = migrator(db, [manager]);
            let intent = dunlin::engine::plan::Intent::Upgrade { target: None, use_migration_files: true };
            let dialect = dunlin::engine::dialect::dialect(DialectName::Sqlite);
            let base = dunlin::engine::history::Target::BASE;
            let script = migrator.offline_script(dialect, "owner", &intent, &base).await;
            match said {
                None => assert!(done(script).as_str().contains("NOT NULL")),
                Some(said) => {
                    let error = chain(&script.unwrap_err());
                    assert!(error.contains(said) && error.contains("ticket"), "{error}");
                }
            }
        }
    }
}

#[test]
fn several_locations_are_one_history_in_the_order_of_their_files() {
    let file = |id: &str| format!("-- revision: {id}\n-- upgrade\n");
    let (one, two) = (file("1"), file("2"));
    let files = directory(&[
        ("a/z.sql", &file("3")),
        ("a/B.sql", &one),
        ("a/b.sql", &two),
        ("a/more/a.sql", &file("4")),
        ("a/_more/a.sql", "x"),
        ("b/a.sql", &file("5")),
    ]);
    let at = |name: &str| files.path().join(name);
    let ids = |directory: Directory| -> Vec<String> {
        let loaded = done(directory.load());
        loaded.files().iter().map(|file| file.migration.revision().id.to_string()).collect()
    };
    let both = Directory::new(at("a")).location(at("b"));
    assert_eq!(ids(both.clone()), ["1", "2", "3", "5"]);
    assert_eq!(ids(both.clone().recursive(true)), ["1", "2", "3", "4", "5"]);
    assert_eq!(ids(Directory::new(at("a")).location(at("a/more")).recursive(true)), ["1", "2", "3", "4"]);
    let loaded = done(both.load());
    assert_eq!(loaded.file(&"5".into()).unwrap().path, at("b/a.sql"));

    let said = |directory: Directory| {
        let error = chain(&directory.load().unwrap_err());
        error.replace(&format!("{}/", files.path().display()), "")
    };
    assert_eq!(said(Directory::new(at("a")).location(at("b/../a"))), "a and b/../a are the same directory");
    assert!(said(Directory::new(at("c"))).starts_with("c cannot be read: "));
    fs::write(at("b/b.sql"), &two).unwrap();
    assert_eq!(said(both.clone()), "revision 2 stands in two files: a/b.sql and b/b.sql");
    fs::write(at("b/b.sql"), b"-- revision: 6\n-- message: \xff\n-- upgrade\n").unwrap();
    assert_eq!(said(both.clone()), "b/b.sql: line 2 is not UTF-8");
    fs::remove_file(at("b/b.sql")).unwrap();
    fs::write(at("b/b.rs"), "fn revision() -> Revision {\n    Revision::new(\"6\").down_revision(\"5\")\n}")
        .unwrap();
    assert_eq!(said(both.clone()), "b/b.rs is written in Rust, and needs the project's own program");
    let heads = done(both.rust_files(RustFiles::Heads).load());
    let last = heads.files().last().unwrap();
    assert_eq!(last.language(), Language::Rust);
    assert_eq!(last.migration.revision(), &Revision::new("6").down_revision("5"));
    let error = last.migration.record(dunlin::core::revision::Direction::Upgrade, &mut Operations::default());
    assert!(
        error
            .unwrap_err()
            .to_string()
            .ends_with("b.rs is written in Rust, and needs the project's own program to run")
    );
}

#[test]
#[cfg(unix)]
fn only_files_and_links_to_them_are_revisions() {
    let files = directory(&[
        ("a1.sql", "-- revision: a1\n-- upgrade\n"),
        ("elsewhere/b", "-- revision: b2\n-- upgrade\n"),
    ]);
    let at = |name: &str| files.path().join(name);
    std::os::unix::fs::symlink(at("elsewhere/b"), at("b2.sql")).unwrap();
    let socket = std::os::unix::net::UnixListener::bind(at("c3.sql")).unwrap();
    std::os::unix::fs::symlink(at("c3.sql"), at("d4.sql")).unwrap();
    let loaded = done(Directory::new(files.path()).load());
    drop(socket);
    let ids: Vec<_> = loaded.files().iter().map(|file| file.migration.revision().id.as_str()).collect();
    assert_eq!(ids, ["a1", "b2"]);
}

#[test]
fn a_head_that_is_longer_than_others_is_read_to_its_end() {
    let words = "-- message: ".to_owned() + &"word ä ".repeat(30) + "\n";
    let text = format!("-- revision: a1\n{}/* {} */\n-- upgrade\n", words.repeat(40), "x\n".repeat(3000));
    let files = directory(&[("a1.sql", &text)]);
    let loaded = done(Directory::new(files.path()).load());
    assert_eq!(loaded.files()[0].migration.revision().message.lines().count(), 40);
    let body = format!("-- revision: b2\n-- upgrade\n{}", "SELECT 'ä';\n".repeat(1000));
    let files = directory(&[("a1.sql", &text), ("b2.sql", &body)]);
    assert_eq!(done(Directory::new(files.path()).load()).files().len(), 2);
}
