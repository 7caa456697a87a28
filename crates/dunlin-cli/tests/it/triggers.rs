//! What SQL made beside tables and views: a revision of what differs keeps it, or says what is lost.

use dunlin_testkit::db_test;
use dunlin_testkit::dunlin::core::dialect::DialectName;

use crate::support::Place;

const FIRST: &str = "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, a INTEGER);\nCREATE TABLE log (m INTEGER);\n\
                     CREATE VIEW v AS SELECT a FROM t;\n";

const TRIGGERS: &str = "CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a); END;\n\
                        CREATE TRIGGER vt INSTEAD OF INSERT ON v BEGIN INSERT INTO t (a) VALUES (new.a); END;\n";

fn project() -> Place {
    let text = format!("-- revision: a1\n\n-- upgrade\n\n{FIRST}{TRIGGERS}\n-- downgrade\n");
    let place = Place::with(&[("a1.sql", &text)]);
    place.succeed(&["upgrade"]);
    let config = "url = \"sqlite:///app.db\"\nowner = \"shop\"\nmodels = \"schema.sql\"\n";
    place.write("dunlin.toml", config);
    place
}

/// The triggers in the database, and what they do.
async fn triggers(place: &Place) -> Vec<String> {
    use dunlin_testkit::dunlin::{Access, Database, DatabaseUrl};
    let url = DatabaseUrl::parse(&format!("sqlite:///{}", place.path("app.db").display())).unwrap();
    let mut database = Database::connect(&url, Access::Read).await.unwrap();
    let triggers = database.sqlite_triggers().await.unwrap();
    database.close().await;
    let mut all: Vec<String> = triggers.into_iter().map(|trigger| trigger.sql).collect();
    all.sort();
    all
}

#[tokio::test]
async fn a_table_and_a_view_that_are_made_anew_keep_theirs() {
    for offline in [false, true] {
        let place = project();
        let before = triggers(&place).await;
        assert_eq!(before.len(), 2);
        let later =
            FIRST.replace("a INTEGER)", "a INTEGER NOT NULL)").replace("SELECT a FROM", "SELECT id, a FROM");
        place.write("schema.sql", &later);
        let mut line = vec!["revision", "-m", "r", "--autogenerate", "--rev-id", "b2"];
        line.extend(offline.then_some("--offline"));
        let written = place.run(&line);
        assert_eq!(written.code, 0, "{written:?}");
        assert!(!written.stderr.contains("warning"), "{written:?}");
        place.succeed(&["upgrade"]);
        assert_eq!(triggers(&place).await, before);
        place.succeed(&["check"]);
        place.succeed(&["downgrade", "a1"]);
        assert_eq!(triggers(&place).await, before);
    }
}

#[tokio::test]
async fn what_goes_takes_its_trigger_along_and_that_is_said() {
    let place = project();
    place.write("schema.sql", "CREATE TABLE log (m INTEGER);\n");
    let written = place.run(&["revision", "-m", "r", "--autogenerate", "--rev-id", "b2"]);
    assert_eq!(written.code, 0, "{written:?}");
    for named in ["warning: the trigger tr of t ", "warning: the trigger vt of v "] {
        assert!(written.stderr.contains(named) || written.stdout.contains(named), "{named}: {written:?}");
    }
    place.succeed(&["upgrade"]);
    assert!(triggers(&place).await.is_empty());
}

db_test! {
    async fn what_stands_on_a_view_of_sql_is_named(db) {
        if db.dialect() != DialectName::Postgres {
            return;
        }
        let schema = "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, a INTEGER);\nCREATE VIEW v AS SELECT a FROM t;\n";
        let text = format!("-- revision: a1\n\n-- upgrade\n\n{schema}COMMENT ON VIEW v IS 'the view';\n\n-- downgrade\n");
        let place = Place::on(db.url(), &[("a1.sql", &text)]);
        place.succeed(&["upgrade"]);
        let config = format!("url = \"{}\"\nowner = \"shop\"\nmodels = \"schema.sql\"\n", db.url());
        place.write("dunlin.toml", &config);
        place.write("schema.sql", &schema.replace("a INTEGER)", "a BIGINT)"));
        for line in [&["--autogenerate"][..], &["--autogenerate", "--offline"]] {
            let written = place.run(&[&["revision", "-m", "x", "--rev-id", "b2"], line].concat());
            assert_eq!(written.code, 0, "{written:?}");
            assert!(written.stderr.contains("warning: the comment of view v is lost"), "{written:?}");
            std::fs::remove_file(place.path("migrations/versions/b2_x.sql")).unwrap();
        }
    }
}
