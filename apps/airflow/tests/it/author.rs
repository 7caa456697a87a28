//! The commands of those who write models and revisions, on every database: check, revision, models.

use dunlin_testkit::db_test;

use crate::support::{Installation, Outcome, TICKETING};

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
        assert_eq!(outcome.code, 3, "{}", outcome.stderr);
        assert_eq!(outcome.stdout, "table dag_run_ticket: drop column extra\n");
        assert!(outcome.stderr.contains("differ"), "{}", outcome.stderr);

        let json = airflow.run(&["db-manager", "check", TICKETING, "--json"]);
        assert_eq!(json.code, 3);
        let said: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
        assert_eq!(said["compared"][0]["differences"][0], "table dag_run_ticket: drop column extra");
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
