//! The talk's whole story, on every database: register, migrate, check, a failed run makes a ticket,
//! downgrade, reset.

use airflow::dispatch::dispatch;
use airflow::host::{Host, built_in_plugins};
use airflow_plugin::{DagRunEvent, DagRunState};
use dunlin_testkit::db_test;

use crate::support::{Installation, TICKETING};

db_test! {
    async fn the_talk(db) {
        // Not registered: the scope gate holds, the plugin's table is nobody's business.
        let unregistered = Installation::on(db).set("AIRFLOW__DATABASE__EXTERNAL_DB_MANAGERS", "");
        unregistered.succeed(&["db", "migrate"]);
        assert!(!db.tables().await.contains(&"dag_run_ticket".to_owned()));
        unregistered.succeed(&["db", "check-migrations"]);

        // Registered: check-migrations waits for the plugin, too, and names it.
        let airflow = Installation::on(db);
        let behind = airflow.run(&["db", "check-migrations", "-t", "0"]);
        assert_eq!(behind.code, 3);
        assert_eq!(
            behind.stderr,
            "error: the database is not up to date\n  \
             ticketing.db_manager.DRTDBManager: at no revision, 1 revision pending: d759c6d30f5a (0.1.0)\n\
             hint: run `airflow db migrate`\n"
        );

        let migrated = airflow.succeed(&["db", "migrate"]);
        assert!(migrated.contains("airflow: already at d2f4e1b3c5a7 (3.3.0)\n"), "{migrated}");
        assert!(migrated.contains(
            "ticketing.db_manager.DRTDBManager: created from its models, at d759c6d30f5a (0.1.0)\n"
        ), "{migrated}");
        airflow.succeed(&["db", "check-migrations"]);
        assert_eq!(db.query("SELECT version_num FROM alembic_version").await, [["d2f4e1b3c5a7"]]);
        assert_eq!(db.query("SELECT version_num FROM alembic_version_drt").await, [["d759c6d30f5a"]]);

        // A failed run makes a ticket; a successful one does not.
        let host = Host::load(&airflow.environment(), built_in_plugins().unwrap()).unwrap();
        for (run_id, state) in [("good", DagRunState::Success), ("bad", DagRunState::Failed)] {
            let event = DagRunEvent::new("demo", run_id, state);
            let failures = dispatch(&host.listeners(), &event, &host.plugin_context()).await;
            assert!(failures.is_empty(), "{failures:?}");
        }
        let tickets = db.query("SELECT dag_id, run_id, status FROM dag_run_ticket").await;
        assert_eq!(tickets, [["demo", "bad", "OPEN"]]);

        // `db downgrade` leaves the plugin alone, and `db migrate` brings the core back.
        airflow.succeed(&["db", "downgrade", "-n", "3.2.0", "-y"]);
        assert_eq!(db.query("SELECT version_num FROM alembic_version").await, [["1d6611b6ab7c"]]);
        assert_eq!(db.query("SELECT count(*) FROM dag_run_ticket").await, [["1"]]);
        airflow.succeed(&["db", "migrate", "-n", "3.3.0"]);
        assert_eq!(db.query("SELECT version_num FROM alembic_version").await, [["d2f4e1b3c5a7"]]);

        // `db-manager downgrade` removes the plugin's table and nothing else.
        let before = db.tables().await;
        let command = ["db-manager", "downgrade", TICKETING, "--to-version", "0.0.1", "-y"];
        airflow.succeed(&command);
        let gone: Vec<String> = difference(&before, &db.tables().await);
        assert_eq!(gone, ["dag_run_ticket"]);
        assert_eq!(db.query("SELECT count(*) FROM alembic_version_drt").await, [["0"]]);
        airflow.succeed(&["db-manager", "migrate", TICKETING, "--to-version", "0.1.0"]);
        assert_eq!(difference(&before, &db.tables().await), Vec::<String>::new());

        // `reset --skip-init` drops what the manager owns and nothing else.
        airflow.succeed(&["db-manager", "reset", TICKETING, "--skip-init", "-y"]);
        let gone = difference(&before, &db.tables().await);
        assert_eq!(gone, ["alembic_version_drt", "dag_run_ticket"]);

        // `db reset` drops everything owned, not the stranger's table, and makes it anew.
        db.execute("CREATE TABLE stranger (id INTEGER PRIMARY KEY)").await;
        db.execute("INSERT INTO stranger VALUES (7)").await;
        airflow.succeed(&["db", "reset", "-y", "--skip-init"]);
        assert_eq!(db.tables().await, ["stranger"]);
        airflow.succeed(&["db", "reset", "-y"]);
        assert_eq!(db.query("SELECT id FROM stranger").await, [["7"]]);
        airflow.succeed(&["db", "check-migrations"]);
        assert!(db.query("SELECT * FROM dag_run_ticket").await.is_empty());
    }
}

fn difference(before: &[String], after: &[String]) -> Vec<String> {
    before.iter().filter(|table| !after.contains(table)).cloned().collect()
}
