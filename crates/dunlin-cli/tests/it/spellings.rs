//! A table under its bare name and with the schema that bare names are in: it is one.

use dunlin_testkit::dunlin::core::dialect::DialectName;
use dunlin_testkit::{TestDatabase, db_test};

use crate::support::Place;

/// The schema that bare names are in.
fn own_schema(db: &TestDatabase) -> &str {
    match db.dialect() {
        DialectName::Postgres => "public",
        DialectName::MySql | DialectName::MariaDb => db.name(),
        DialectName::Sqlite => "main",
    }
}

fn revision(touches: &str, prefix: &str) -> String {
    format!(
        "-- revision: a1\n\n-- upgrade\n{touches}\nCREATE TABLE {prefix}customer (id INTEGER NOT NULL PRIMARY KEY);\n\
         CREATE VIEW {prefix}all_customers AS SELECT id FROM {prefix}customer;\n\n-- downgrade\n\n\
         DROP VIEW {prefix}all_customers;\nDROP TABLE {prefix}customer;\n"
    )
}

/// Nothing differs, with the database and without it, and no revision is written.
#[track_caller]
fn is_same(place: &Place, offline: bool, what: &str) {
    let lines: [&[&str]; 4] = [
        &["check"],
        &["revision", "-m", "x", "--autogenerate"],
        &["check", "--offline"],
        &["revision", "-m", "x", "--autogenerate", "--offline"],
    ];
    for line in &lines[..if offline { 4 } else { 2 }] {
        let outcome = place.run(line);
        assert_eq!(outcome.code, 0, "{what}: {line:?}: {outcome:?}");
        let is_same =
            outcome.stdout.ends_with("are the same\n") || outcome.stdout.contains("nothing to write");
        assert!(is_same, "{what}: {line:?}: {outcome:?}");
    }
}

db_test! {
    async fn a_table_is_one_whether_its_schema_is_said_or_not(db) {
        let schema = own_schema(db);
        let (bare, said) = (String::new(), format!("{schema}."));
        let touches = format!("-- touches: {schema}.customer, {schema}.all_customers\n");
        let is_mysql = matches!(db.dialect(), DialectName::MySql | DialectName::MariaDb);
        for (touches, prefix) in [("", &bare), ("", &said), (touches.as_str(), &bare)] {
            // What names a database does not run in another one.
            let offline = !is_mysql || prefix.is_empty();
            let place = Place::on(db.url(), &[("a1.sql", &revision(touches, prefix))]);
            place.succeed(&["upgrade"]);
            for (schema, models) in [(None, &bare), (Some(schema), &said)] {
                let what = format!("revisions {touches} {prefix}, models {models}");
                let mut line = vec!["generate-models", "--json"];
                line.extend(schema.iter().flat_map(|schema| ["--schema", schema]));
                place.write("models.json", &place.succeed(&line));
                let config = format!("url = \"{}\"\nowner = \"shop\"\n", db.url());
                place.write("dunlin.toml", &format!("{config}models = \"models.json\"\n"));
                is_same(&place, offline, &what);
                if schema.is_some() && is_mysql {
                    continue;
                }
                place.write("dunlin.toml", &format!("{config}models = \"schema.sql\"\n"));
                let sql = revision("", models).replace("-- upgrade", "");
                place.write("schema.sql", sql.split("-- downgrade").next().unwrap_or_default());
                is_same(&place, offline, &what);
            }
            place.succeed(&["downgrade", "base"]);
        }
    }
}

db_test! {
    async fn where_bare_names_are_the_database_says(db) {
        if db.dialect() != DialectName::Postgres {
            return;
        }
        db.execute(&format!("ALTER DATABASE {} SET search_path = app", db.name())).await;
        db.execute("CREATE SCHEMA app").await;
        for first in ["app.", ""] {
            let place = Place::on(db.url(), &[("a1.sql", &revision("", first))]);
            place.succeed(&["upgrade"]);
            let schemas = [("CREATE SCHEMA app;\n", "app."), ("", "app."), ("", "")];
            for (create, models) in schemas {
                let what = format!("revisions {first}, models {create} {models}");
                let config = format!("url = \"{}\"\nowner = \"shop\"\nmodels = \"schema.sql\"\n", db.url());
                place.write("dunlin.toml", &config);
                let sql = revision("", models).replace("-- upgrade", create);
                place.write("schema.sql", sql.split("-- downgrade").next().unwrap_or_default());
                is_same(&place, true, &what);
            }
            // What is in another schema is something else.
            let sql = revision("", "public.").replace("-- upgrade", "");
            place.write("schema.sql", sql.split("-- downgrade").next().unwrap_or_default());
            let differs = place.run(&["check"]);
            assert_eq!(differs.code, 3, "{differs:?}");
            assert!(differs.stdout.contains("create table public.customer"), "{differs:?}");
            place.succeed(&["downgrade", "base"]);
        }
    }
}

#[test]
fn a_virtual_table_is_left_out() {
    let text = "-- revision: a1\n\n-- upgrade\n\nCREATE VIRTUAL TABLE ft USING fts5(body);\n\
                CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY);\n\n-- downgrade\n";
    let place = Place::with(&[("a1.sql", text)]);
    place.succeed(&["upgrade"]);
    let config = "url = \"sqlite:///app.db\"\nowner = \"shop\"\nmodels = \"schema.sql\"\n";
    place.write("dunlin.toml", config);
    for schema in ["", "CREATE VIRTUAL TABLE ft USING fts5(body);\n"] {
        let schema = format!("{schema}CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY);\n");
        place.write("schema.sql", &schema);
        is_same(&place, true, &schema);
    }
}
