//! The commands of those who write models and revisions, on every database: check, revision, models.

use dunlin_testkit::db_test;
use dunlin_testkit::dunlin::core::prelude::*;

use crate::support::{HEAD, Installation, Outcome, TICKETING, manager};

fn migrated(db: &dunlin_testkit::TestDatabase) -> Installation {
    let airflow = Installation::on(db).managers(TICKETING);
    airflow.succeed(&["db", "migrate"]);
    airflow
}

/// Says `db-manager revision` for the ticketing plugin, with more arguments.
fn revision(airflow: &Installation, directory: &str, more: &[&str]) -> Outcome {
    let first = ["db-manager", "revision", TICKETING, "--directory", directory];
    airflow.run(&first.into_iter().chain(more.iter().copied()).collect::<Vec<_>>())
}

db_test! {
    async fn models_database_and_revisions_are_the_same(db) {
        let airflow = migrated(db);
        for owner in ["airflow", TICKETING] {
            for against in [vec![], vec!["--offline"], vec!["--json"]] {
                let arguments = [vec!["db-manager", "check", owner], against].concat();
                let outcome = airflow.run(&arguments);
                assert_eq!(outcome.code, 0, "{arguments:?}: {}{}", outcome.stdout, outcome.stderr);
            }
        }
        // So they are where the revisions ran.
        airflow.succeed(&["db", "reset", "-y", "--skip-init"]);
        airflow.succeed(&["db", "migrate", "-m"]);
        for owner in ["airflow", TICKETING] {
            let outcome = airflow.run(&["db-manager", "check", owner]);
            assert_eq!(outcome.code, 0, "{owner}: {}{}", outcome.stdout, outcome.stderr);
        }
    }
}

db_test! {
    async fn what_somebody_changed_by_hand_is_found_and_is_no_revision(db) {
        let airflow = migrated(db);
        db.execute("ALTER TABLE dag_run_ticket ADD COLUMN extra INTEGER").await;
        let outcome = airflow.run(&["db-manager", "check", TICKETING]);
        assert_eq!(outcome.stdout, "table dag_run_ticket: drop column extra (changed by hand)\n");
        outcome.says(3, "differ", Some("take back by hand"));
        assert!(!outcome.stderr.contains("--autogenerate"), "{}", outcome.stderr);

        let json = airflow.run(&["db-manager", "check", TICKETING, "--json"]);
        assert_eq!(json.code, 3);
        let said: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
        assert_eq!(said["compared"][0]["differences"][0], "table dag_run_ticket: drop column extra");
        assert_eq!(said["compared"][0]["changed_by_hand"][0], "table dag_run_ticket: drop column extra");
        // The revisions and the models are the same still.
        assert_eq!(airflow.run(&["db-manager", "check", TICKETING, "--offline"]).code, 0);

        let directory = airflow.home().join("versions");
        std::fs::create_dir(&directory).unwrap();
        let directory = directory.display().to_string();
        let outcome = revision(&airflow, &directory, &["-m", "drop it", "--autogenerate"]);
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        assert!(outcome.stderr.contains("not written"), "{}", outcome.stderr);
        assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 0);
    }
}

db_test! {
    async fn a_database_that_is_not_at_the_newest_revision_is_migrated_first(db) {
        let airflow = Installation::on(db).managers(TICKETING);
        db.execute("CREATE TABLE other (id INTEGER)").await;
        let versions = airflow.home().join("versions");
        std::fs::create_dir(&versions).unwrap();
        let versions = versions.display().to_string();
        let ticketing = format!("run `airflow db-manager migrate {TICKETING}` first");
        let not_yet = format!("{TICKETING} is at no revision");

        let empty = airflow.run(&["db-manager", "check", "airflow"]);
        empty.says(3, "airflow is at no revision", Some("run `airflow db migrate` first"));
        assert_eq!(empty.stdout, "");
        airflow.run(&["db-manager", "check", TICKETING]).says(3, &not_yet, Some(&ticketing));
        let refused = revision(&airflow, &versions, &["-m", "x", "--autogenerate"]);
        refused.says(1, &not_yet, Some(&ticketing));

        airflow.succeed(&["db", "migrate"]);
        db.execute("UPDATE alembic_version SET version_num = '1d6611b6ab7c'").await;
        let behind = airflow.run(&["db-manager", "check", "airflow"]);
        let newest = format!("its newest revision is {HEAD}");
        behind.says(3, &newest, Some("run `airflow db migrate` first"));
        assert!(!behind.stderr.contains("--autogenerate"), "{}", behind.stderr);
        let json = airflow.run(&["db-manager", "check", "airflow", "--json"]);
        assert_eq!(json.code, 3);
        let said: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
        let pending = said["pending"].as_array().unwrap();
        assert_eq!((pending.len(), pending.last().unwrap()), (14, &HEAD.into()), "{said}");
        assert_eq!(said["compared"], serde_json::json!([]));

        db.execute(&format!("UPDATE alembic_version SET version_num = '{HEAD}'")).await;
        assert_eq!(airflow.run(&["db-manager", "check", "airflow"]).code, 0);
        // A revision that this build does not know is nothing to be migrated from.
        db.execute("UPDATE alembic_version SET version_num = 'ffff'").await;
        let unknown = airflow.run(&["db-manager", "check", "airflow"]);
        unknown.says(1, "ffff", Some("newer version"));
    }
}

db_test! {
    async fn hints_name_the_commands_of_this_program(db) {
        let made = manager("a.Notes", "notes");
        let build = [made.clone()];
        let airflow = Installation::with(db, &build);
        assert_eq!(airflow.run_with(&build, &["db", "migrate"]).await.code, 0);
        let wanting = made.models(|host| {
            let mut metadata = Metadata::new(host.schema(), host.naming_convention());
            metadata.table("notes", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("body", DataType::string(50));
            });
            metadata
        });
        let build = [wanting];
        let writes = "`airflow db-manager revision a.Notes -m MESSAGE --autogenerate` writes a revision";
        let outcome = airflow.run_with(&build, &["db-manager", "check", "a.Notes"]).await;
        outcome.says(3, "the models of a.Notes and the database differ", Some(writes));
        assert!(!outcome.stderr.contains("by hand"), "{}", outcome.stderr);
        let outcome = airflow.run_with(&build, &["db-manager", "check", "a.Notes", "--offline"]).await;
        outcome.says(3, "its revisions differ", Some("--autogenerate --offline` writes"));

        db.execute("ALTER TABLE notes ADD COLUMN extra INTEGER").await;
        let outcome = airflow.run_with(&build, &["db-manager", "check", "a.Notes"]).await;
        outcome.says(3, "differ", Some("take back by hand"));
        outcome.says(3, "differ", Some(writes));

        let none = ["db-manager", "check", "a.Notes", "--rename", "notes.nix=body"];
        airflow.run_with(&build, &none).await.says(1, "is no rename", Some("TABLE.COLUMN=NEW"));
    }
}

// Nobody else can say whether two expressions are the same: neither green nor a difference.
async fn uncompared(db: &dunlin_testkit::TestDatabase) {
    let made = manager("a.Notes", "notes");
    let build = [made.clone()];
    let airflow = Installation::with(db, &build);
    assert_eq!(airflow.run_with(&build, &["db", "migrate"]).await.code, 0);
    db.execute("ALTER TABLE notes ADD CONSTRAINT ck_notes CHECK (id IN (1, 2))").await;
    let wanting = |more: bool| {
        made.clone().models(move |host| {
            let mut metadata = Metadata::new(host.schema(), host.naming_convention());
            metadata.table("notes", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.add_check(Check::new("id in (1,2)").named(Name::exact("ck_notes")));
                if more {
                    t.column("body", DataType::string(50));
                }
            });
            metadata
        })
    };
    let (same, more) = ([wanting(false)], [wanting(true)]);
    let check = ["db-manager", "check", "a.Notes"];
    assert_eq!(airflow.run_with(&same, &check).await.code, 0);
    db.admin(&format!("ALTER DATABASE {} SET default_transaction_read_only = on", db.name())).await;
    let outcome = airflow.run_with(&same, &check).await;
    outcome.says(1, "could not be compared in everything", Some("temporary tables"));
    let outcome = airflow.run_with(&more, &check).await;
    outcome.says(3, "differ", Some("temporary tables"));
    let json = airflow.run_with(&same, &[&check[..], &["--json"]].concat()).await;
    assert_eq!(json.code, 1);

    let directory = airflow.home().join("versions");
    std::fs::create_dir(&directory).unwrap();
    let directory = directory.display().to_string();
    let write = ["db-manager", "revision", "a.Notes", "--directory", &directory, "-m", "x", "--autogenerate"];
    let outcome = airflow.run_with(&same, &write).await;
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 0);
    assert_eq!(airflow.run_with(&more, &write).await.code, 0);
    let file = std::fs::read_dir(&directory).unwrap().next().unwrap().unwrap().path();
    let written = std::fs::read_to_string(file).unwrap();
    assert!(written.contains("body") && !written.contains("ck_notes"), "{written}");
}

#[test]
fn what_could_not_be_compared_is_no_difference_and_not_the_same() {
    dunlin_testkit::run(DialectName::Postgres, module_path!(), |db| Box::pin(uncompared(db)));
}

#[test]
fn flags_that_would_be_passed_over_are_errors() {
    let airflow = Installation::bare();
    let check = ["db-manager", "check", "airflow"];
    let revision = ["db-manager", "revision", "airflow", "-m", "x"];
    let cases: [(&[&str], &[&str], &str); 4] = [
        (&check, &["--dialect", "mysql"], "--offline"),
        (&revision, &["--offline"], "--autogenerate"),
        (&revision, &["--rename", "a=b"], "--autogenerate"),
        (&revision, &["--autogenerate", "--dialect", "mysql"], "--sql"),
    ];
    for (command, more, missing) in cases {
        let outcome = airflow.run(&[command, more].concat());
        assert_eq!(outcome.code, 2, "{more:?}: {outcome:?}");
        assert!(outcome.stderr.contains(missing), "{more:?}: {outcome:?}");
    }
}

db_test! {
    async fn a_revision_is_a_new_file_and_models_are_printed(db) {
        let airflow = migrated(db);
        let missing = revision(&airflow, "/no/such/directory", &["-m", "x"]);
        assert_eq!(missing.code, 1);
        assert!(missing.stderr.contains("--directory"), "{}", missing.stderr);

        let directory = airflow.home().join("versions");
        std::fs::create_dir(&directory).unwrap();
        let directory = directory.display().to_string();
        let arguments = ["-m", "Say more", "--rev-id", "0123abcd"];
        let written = revision(&airflow, &directory, &arguments);
        assert_eq!(written.code, 0, "{}", written.stderr);
        let path = format!("{directory}/0123abcd_say_more.rs");
        assert_eq!(written.stdout.trim(), path);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(".down_revision(\"d759c6d30f5a\")"), "{text}");
        assert_eq!(revision(&airflow, &directory, &arguments).code, 1, "it is there");
        assert_eq!(revision(&airflow, &directory, &["-m", "x", "--rev-id", "../x"]).code, 2);
        assert_eq!(revision(&airflow, &directory, &["-m", "x", "--rev-id", "d759c6d30f5a"]).code, 2);

        let sql = revision(&airflow, &directory, &["-m", "In SQL", "--rev-id", "0123abce", "--sql"]);
        assert_eq!(sql.code, 0, "{}", sql.stderr);
        let text = std::fs::read_to_string(format!("{directory}/0123abce_in_sql.sql")).unwrap();
        assert!(text.starts_with("-- revision: 0123abce\n"), "{text}");

        let models = airflow.succeed(&["db", "generate-models", "--table", "dag_run_ticket"]);
        assert!(models.contains("t.column(\"dag_id\", DataType::string(250)).not_null();"), "{models}");
        let all = airflow.succeed(&["db", "generate-models"]);
        assert!(all.contains("fn dag_run(") && !all.contains("fn alembic_version"), "{all}");
        assert_eq!(airflow.run(&["db", "generate-models", "--table", "nix"]).code, 1);
        let entities = airflow.home().join("entities");
        let entities = entities.display().to_string();
        airflow.succeed(&["db", "generate-models", "--entities", "--output", &entities]);
        assert!(std::fs::read_dir(&entities).unwrap().count() > 20);
    }
}
