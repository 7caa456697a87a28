//! Directories of SQL revision files on real databases.

use std::fs;
use std::path::Path;

use dunlin::core::prelude::*;
use dunlin::directory::{Directory, DirectoryError};
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
