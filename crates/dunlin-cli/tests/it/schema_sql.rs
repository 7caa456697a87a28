//! Models that are a file of SQL, and histories of SQL that are compared without their database.

use std::collections::BTreeSet;

use dunlin_testkit::dunlin::core::dialect::DialectName;
use dunlin_testkit::dunlin::core::session::Session as _;
use dunlin_testkit::dunlin::engine::sql::split::split;
use dunlin_testkit::{TestDatabase, db_test};
use insta::assert_snapshot;

use crate::support::{LINE, Outcome, Place};

/// A schema, and the same later on: it has what only this database has, too.
fn schemas(dialect: DialectName) -> [&'static str; 2] {
    match dialect {
        DialectName::Postgres => {
            [include_str!("schema/postgres.sql"), include_str!("schema/postgres_later.sql")]
        }
        DialectName::MySql | DialectName::MariaDb => {
            [include_str!("schema/mysql.sql"), include_str!("schema/mysql_later.sql")]
        }
        DialectName::Sqlite => [include_str!("schema/sqlite.sql"), include_str!("schema/sqlite_later.sql")],
    }
}

fn project(url: &str, more: &str) -> Place {
    let place = Place::with(&[]);
    let config = format!("url = \"{url}\"\nowner = \"shop\"\nmodels = \"schema.sql\"\n{more}");
    place.write("dunlin.toml", &config);
    place
}

const SAME: &str = "shop: the models and the database are the same\n";
const SAME_OFFLINE: &str = "shop: the models and its revisions are the same\n";

db_test! {
    async fn revisions_are_made_of_a_file_of_sql(db) {
        let [first, later] = schemas(db.dialect());
        let place = project(db.url(), "");
        for (rev, schema) in [("a1", first), ("b2", later)] {
            place.write("schema.sql", schema);
            let check = place.run(&["check"]);
            assert_eq!(check.code, 3, "{rev}: {check:?}");
            let autogenerate = ["revision", "-m", rev, "--autogenerate", "--rev-id", rev];
            let written = place.run(&autogenerate);
            assert_eq!(written.code, 0, "{written:?}");
            assert!(!written.stderr.contains("warning"), "{written:?}");
            // Without the database it is the same.
            let file = format!("migrations/versions/{rev}_{rev}.sql");
            let of_database = place.read(&file);
            std::fs::remove_file(place.path(&file)).unwrap();
            place.succeed(&[&autogenerate[..], &["--offline"]].concat());
            assert_eq!(sections(&place.read(&file)), sections(&of_database));
            let check = place.run(&["check", "--offline"]);
            assert_eq!((check.code, check.stdout.as_str()), (0, SAME_OFFLINE), "{check:?}\n{of_database}");
            place.succeed(&["upgrade"]);
            let check = place.run(&["check"]);
            assert_eq!((check.code, check.stdout.as_str()), (0, SAME), "{check:?}\n{of_database}");
        }
        // What the same statements make in a database is the same, too, but for the version table.
        place.succeed(&["downgrade", "base"]);
        assert_eq!(db.tables().await, ["alembic_version", "dunlin_journal"]);
        place.succeed(&["stamp", "b2"]);
        let mut database = db.connect().await;
        let statements = split(db.dialect(), later).unwrap();
        for statement in statements.iter().filter(|statement| !statement.sql.contains("alembic_version")) {
            let done = database.execute(statement.sql).await;
            done.unwrap_or_else(|error| panic!("{}: {error:?}", statement.sql));
        }
        database.close().await;
        let check = place.run(&["check"]);
        assert_eq!((check.code, check.stdout.as_str()), (0, SAME), "{check:?}");
    }
}

/// A revision file from its first section on.
fn sections(file: &str) -> &str {
    file.find("-- upgrade").map_or("", |at| &file[at..])
}

/// The scratch databases that a command made, as it tells what it does.
fn made(outcome: &Outcome) -> BTreeSet<String> {
    let pieces = outcome.stderr.split("dunlin_scratch_").skip(1);
    let digits = pieces.map(|piece| piece.chars().take_while(char::is_ascii_hexdigit).collect::<String>());
    digits.filter(|digits| digits.len() == 16).map(|digits| format!("dunlin_scratch_{digits}")).collect()
}

/// Those that are still on the server.
async fn left(db: &TestDatabase, made: &BTreeSet<String>) -> Vec<String> {
    let sql = match db.dialect() {
        DialectName::Postgres => "SELECT datname::text FROM pg_database",
        DialectName::MySql | DialectName::MariaDb => "SELECT schema_name FROM information_schema.schemata",
        DialectName::Sqlite => return Vec::new(),
    };
    db.query(sql).await.into_iter().flatten().filter(|name| made.contains(name)).collect()
}

db_test! {
    async fn a_scratch_database_is_gone_afterwards(db) {
        let has_server = db.dialect() != DialectName::Sqlite;
        let mut place = project(db.url(), "");
        place.set("DUNLIN_LOG", "debug");
        let [schema, _] = schemas(db.dialect());
        let bad = "-- revision: b2\n-- down_revision: a1\n\n-- upgrade\n\nCREATE TABLE x (a INTEGER);\nNONSENSE;\n";
        let wrong = format!("{schema}\n\n-- what is\n-- wrong\nCREATE TABLE x (a INTEGER,);\n");
        for (schema, revision, code) in [(schema, None, 3), (&wrong, None, 1), (schema, Some(bad), 1)] {
            place.write("schema.sql", schema);
            if let Some(revision) = revision {
                place.succeed(&["revision", "-m", "x", "--autogenerate", "--rev-id", "a1"]);
                place.write("migrations/versions/b2.sql", revision);
            }
            let outcome = place.run(&["check", "--offline"]);
            assert_eq!(outcome.code, code, "{}", errors(&outcome));
            let expected = match (revision, schema == wrong) {
                (Some(_), _) => "error: revision b2 of shop cannot be run in a scratch database: ".to_owned(),
                (None, true) => format!("error: schema.sql, line {}: ", schema.lines().count()),
                _ => "error: the models of shop and its revisions differ".to_owned(),
            };
            assert!(errors(&outcome).starts_with(&expected), "{expected}: {}", errors(&outcome));
            let made = made(&outcome);
            assert_eq!(!made.is_empty(), has_server, "{}", outcome.stderr);
            assert_eq!(left(db, &made).await, [""; 0]);
        }
        assert_eq!(db.tables().await, [""; 0], "the database itself was touched");
    }
}

/// What a command says of an error, behind what it tells.
fn errors(outcome: &Outcome) -> &str {
    outcome.stderr.find("error: ").map_or("", |at| &outcome.stderr[at..])
}

db_test! {
    async fn other_databases_are_not_touched(db) {
        let place = project(db.url(), "");
        let (sql, what) = match db.dialect() {
            DialectName::Postgres => (format!("ALTER DATABASE {} SET work_mem = '1MB';", db.name()), "ALTER DATABASE"),
            DialectName::MySql => (format!("CREATE TABLE {}.t (a INT);", db.name()), db.name()),
            DialectName::MariaDb => (format!("USE {};\nCREATE TABLE t (a INT);", db.name()), "USE"),
            DialectName::Sqlite => ("ATTACH 'app.db' AS app;".to_owned(), "ATTACH"),
        };
        place.write("schema.sql", &format!("CREATE TABLE a (b INTEGER PRIMARY KEY);\n{sql}\n"));
        for line in [&["check"][..], &["check", "--offline"]] {
            let outcome = place.run(line);
            assert_eq!(outcome.code, 1, "{outcome:?}");
            let expected = "error: schema.sql, line 2: not run in a scratch database, as it reaches beyond it (";
            assert!(outcome.stderr.starts_with(expected), "{outcome:?}");
            assert!(outcome.stderr.contains(what) && outcome.stderr.contains("\nhint: "), "{outcome:?}");
        }
        assert_eq!(db.tables().await, [""; 0]);
    }
}

db_test! {
    async fn a_role_that_may_make_no_database_is_told(db) {
        let role = db.name().replace("dunlin_test", "dt");
        let may_read = match db.dialect() {
            DialectName::Postgres => format!("GRANT CONNECT ON DATABASE {} TO {role}", db.name()),
            _ => format!("GRANT SELECT ON {}.* TO {role}", db.name()),
        };
        let (drop, create) = match db.dialect() {
            DialectName::Postgres => {
                (format!("DROP ROLE IF EXISTS {role}"), format!("CREATE ROLE {role} LOGIN PASSWORD 'secret'"))
            }
            DialectName::MySql | DialectName::MariaDb => {
                (format!("DROP USER IF EXISTS {role}"), format!("CREATE USER {role} IDENTIFIED BY 'secret'"))
            }
            DialectName::Sqlite => return,
        };
        db.admin(&drop).await;
        db.admin(&create).await;
        db.admin(&may_read).await;
        let (_, address) = db.url().split_once('@').unwrap();
        let (scheme, _) = db.url().split_once("://").unwrap();
        let url = format!("{scheme}://{role}:secret@{address}");
        let place = project(&url, "");
        place.write("schema.sql", "CREATE TABLE a (b INTEGER PRIMARY KEY);\n");
        let refused = place.run(&["check"]);
        assert_eq!(refused.code, 1, "{refused:?}");
        assert!(refused.stderr.starts_with("error: the role may not make a scratch database on "), "{refused:?}");
        assert!(refused.stderr.contains("\nhint: let the role create databases"), "{refused:?}");
        assert!(!refused.stderr.contains("secret"), "{refused:?}");
        // Another role may, and the database that its URL names is not used in place of a new one.
        let place = project(&url, &format!("scratch_url = \"{}\"\n", db.url()));
        place.write("schema.sql", "CREATE TABLE a (b INTEGER PRIMARY KEY);\n");
        let checked = place.run(&["check"]);
        assert_eq!((checked.code, checked.stdout.as_str()), (3, "create table a (b)\n"), "{checked:?}");
        assert_eq!(db.tables().await, [""; 0]);
        if db.dialect() == DialectName::Postgres {
            db.execute(&format!("DROP OWNED BY {role}")).await;
        }
        db.admin(&drop).await;
    }
}

#[test]
fn models_that_cannot_be_had_are_errors() {
    let mut place = project("sqlite:///app.db", "");
    let lines = ["check", "check --offline", "revision -m x --autogenerate"];
    lines.iter().for_each(|line| place.shows(line));
    for schema in [
        "CREATE TABLE a (b INTEGER PRIMARY KEY);\n\nCREATE TABLE a (b INTEGER);\n",
        "CREATE TABLE a (\n  b TEXT DEFAULT 'x\n);\n",
    ] {
        place.write("schema.sql", schema);
        place.shows("check");
    }
    // Others do not read them.
    place.shows("current");
    let config = |more: &str| format!("owner = \"shop\"\nmodels = \"schema.sql\"\n{more}");
    place.write("schema.sql", "CREATE TABLE a (b INTEGER PRIMARY KEY);\n");
    for more in [
        "",
        "url_env = \"SHOP_URL\"\n",
        "scratch_url = \"sqlite://\"\n",
        "url = \"sqlite:///app.db\"\nscratch_url_env = \"SHOP_SCRATCH\"\n",
        "url = \"sqlite:///app.db\"\nscratch_url = \"postgres://u:secret@localhost:1/d\"\n",
        "scratch_url = \"postgres://u:secret@localhost:1/d?connect_timeout=1\"\n",
    ] {
        place.write("dunlin.toml", &config(more));
        place.shows("check --offline");
    }
    assert!(!place.transcript().contains("secret"), "{}", place.transcript());
    assert!(!place.path("app.db").exists());
    assert_snapshot!(place.transcript());
}

#[test]
fn a_revision_for_several_databases_says_which_one_was_looked_at() {
    let place = Place::with(&LINE);
    let other = Place::with(&LINE);
    other.succeed(&["upgrade"]);
    place.write("models.json", &other.succeed(&["generate-models", "--json"]));
    place.write("dunlin.toml", "url = \"sqlite:///app.db\"\nowner = \"shop\"\nmodels = \"models.json\"\n");
    let autogenerate = ["revision", "-m", "x", "--autogenerate", "--offline", "--dialect"];
    let several = place.run(&[&autogenerate[..], &["sqlite,mysql,postgres"]].concat());
    let said = "compared on SQLite alone: what the revisions leave on MySQL, PostgreSQL was not looked at";
    assert!(several.code == 0 && several.stderr.contains(said), "{several:?}");
    let one = place.run(&[&autogenerate[..], &["sqlite"]].concat());
    assert!(one.code == 0 && !one.stderr.contains("alone"), "{one:?}");
}

#[test]
fn a_history_of_sql_is_compared_offline() {
    let mut place = Place::with(&LINE);
    let other = Place::with(&LINE);
    other.succeed(&["upgrade"]);
    let models = other.succeed(&["generate-models", "--json"]);
    place.write("models.json", &models.replace("\"title\"", "\"headline\""));
    place.write("dunlin.toml", "url_env = \"SHOP_URL\"\nowner = \"shop\"\nmodels = \"models.json\"\n");
    for line in [
        "check --offline",
        "check --offline --dialect sqlite",
        "check --offline --dialect sqlite --json",
        "check --offline --dialect sqlite,postgres",
        "revision -m rename --autogenerate --offline --dialect sqlite --rename ticket.title=headline --rev-id f7",
        "check --offline --dialect sqlite",
    ] {
        place.shows(line);
    }
    place.write("dunlin.toml", "scratch_url = \"sqlite://\"\nowner = \"shop\"\nmodels = \"models.json\"\n");
    place.shows("check --offline");
    assert_snapshot!(place.transcript());
}
