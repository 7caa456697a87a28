//! `sql_alchemy_schema`: the tables land in the schema, the version tables where the connection is.

use std::collections::BTreeSet;

use airflow::dispatch::dispatch;
use airflow::host::{Host, built_in_plugins};
use airflow_plugin::{DagRunEvent, DagRunState};
use dunlin::core::dialect::DialectName;
use dunlin_testkit::TestDatabase;

use crate::support::{HEAD, Installation, TICKETING, left_but_fabs, rows, run_in_client, snapshot, test_on};

const VERSION_TABLES: [&str; 2] = ["alembic_version", "alembic_version_drt"];

/// A schema beside the connection's own; on MySQL and MariaDB that is another database.
async fn create_schema(db: &TestDatabase) -> String {
    let schema = format!("{}_af", db.name());
    drop_schema(db, &schema).await;
    match db.dialect() {
        DialectName::Postgres => db.execute(&format!("CREATE SCHEMA {schema}")).await,
        _ => {
            let charset = "CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci";
            db.admin(&format!("CREATE DATABASE {schema} {charset}")).await;
        }
    }
    schema
}

async fn drop_schema(db: &TestDatabase, schema: &str) {
    if db.dialect() != DialectName::Postgres {
        db.admin(&format!("DROP DATABASE IF EXISTS {schema}")).await;
    }
}

/// The tables of a schema; of the connection's own where there is no name.
async fn tables_of(db: &TestDatabase, schema: Option<&str>) -> BTreeSet<String> {
    let own = if db.dialect() == DialectName::Postgres { "current_schema()" } else { "DATABASE()" };
    let schema = schema.map_or(own.to_owned(), |schema| format!("'{schema}'"));
    let sql = format!("SELECT table_name FROM information_schema.tables WHERE table_schema = {schema}");
    db.query(&sql).await.into_iter().flatten().collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

test_on! {
    [postgres, mysql, mariadb]
    async fn created_from_the_models(db) {
        let schema = create_schema(db).await;
        let airflow = Installation::on(db).schema(&schema);
        airflow.succeed(&["db", "migrate"]);
        assert_eq!(tables_of(db, None).await, set(&VERSION_TABLES));
        let tables = tables_of(db, Some(&schema)).await;
        assert_eq!(tables.len(), 58, "57 of the core and the ticket table: {tables:?}");
        assert!(tables.contains("dag_run_ticket") && tables.contains("dag"), "{tables:?}");
        airflow.succeed(&["db", "check-migrations"]);
        assert_seeds(db, &schema, 2).await;

        // The service's rows.
        let host = Host::load(&airflow.environment(), built_in_plugins().unwrap()).unwrap();
        let event = DagRunEvent::new("demo", "bad", DagRunState::Failed);
        let failures = dispatch(&host.listeners(), &event, &host.plugin_context()).await;
        assert!(failures.is_empty(), "{failures:?}");
        assert_eq!(db.query(&format!("SELECT run_id FROM {schema}.dag_run_ticket")).await, [["bad"]]);

        airflow.succeed(&["db-manager", "downgrade", TICKETING, "-n", "0.0.1", "-y"]);
        let left = tables_of(db, Some(&schema)).await;
        assert_eq!(tables.difference(&left).collect::<Vec<_>>(), ["dag_run_ticket"]);

        // A reset drops what is there, and spares what is not owned.
        db.execute(&format!("CREATE TABLE {schema}.stranger (id INTEGER)")).await;
        db.execute("CREATE TABLE dag (dag_id INTEGER)").await;
        airflow.succeed(&["db", "reset", "-y", "--skip-init"]);
        assert_eq!(tables_of(db, Some(&schema)).await, set(&["stranger"]));
        assert_eq!(tables_of(db, None).await, set(&["dag"]));
        drop_schema(db, &schema).await;
    }
}

test_on! {
    [postgres, mysql, mariadb]
    async fn from_the_revision_files_and_back(db) {
        let schema = create_schema(db).await;
        let airflow = Installation::on(db).schema(&schema);
        airflow.succeed(&["db", "migrate", "-m"]);
        assert_eq!(tables_of(db, None).await, set(&VERSION_TABLES));
        assert_eq!(tables_of(db, Some(&schema)).await.len(), 67);
        assert_seeds(db, &schema, 3).await;

        airflow.succeed(&["db", "downgrade", "-n", "3.2.0", "-y"]);
        assert_eq!(rows(db, "alembic_version").await, ["1d6611b6ab7c"]);
        let columns = format!(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = '{schema}' \
             AND (table_name, column_name) IN \
             (('xcom', 'dag_result'), ('dag_version', 'version_data'))"
        );
        assert_eq!(db.query(&columns).await, Vec::<Vec<String>>::new());
        if db.dialect() == DialectName::Postgres {
            let script = airflow.succeed(&["db", "migrate", "-s"]);
            run_in_client(db, &script).await;
        } else {
            let script = airflow.run(&["db", "migrate", "-s"]);
            script.says(1, "no script can be written for the tables in", Some("run it on the database"));
            airflow.succeed(&["db", "migrate"]);
        }
        assert_eq!(rows(db, "alembic_version").await, [HEAD]);
        assert_eq!(db.query(&columns).await.len(), 2);
        airflow.succeed(&["db", "check-migrations"]);

        if db.dialect() == DialectName::Postgres {
            airflow.succeed(&["db", "downgrade", "-r", "base", "-y"]);
            assert_eq!(tables_of(db, Some(&schema)).await, set(&["dag_run_ticket"]));
        }
        drop_schema(db, &schema).await;
    }
}

/// The rows that every database starts with are in the schema.
async fn assert_seeds(db: &TestDatabase, schema: &str, templates: usize) {
    let pools = db.query(&format!("SELECT pool, slots FROM {schema}.slot_pool")).await;
    assert_eq!(pools, [["default_pool", "128"]]);
    let found = db.query(&format!("SELECT id FROM {schema}.log_template")).await;
    assert_eq!(found.len(), templates, "the first revision has one that is outdated");
}

test_on! {
    [postgres, mysql, mariadb, sqlite]
    async fn a_schema_that_is_not_there(db) {
        let airflow = Installation::on(db).schema("no_such_schema");
        let before = snapshot(db).await;
        let (code, error, hint) = match db.dialect() {
            DialectName::Sqlite => (2, "[database] sql_alchemy_schema is no_such_schema, but SQLite has no schema besides main", "leave [database] sql_alchemy_schema empty"),
            _ => {
                let hint = "create the schema no_such_schema, or change [database] sql_alchemy_schema";
                (1, "there is no schema no_such_schema", hint)
            }
        };
        for command in [&["db", "migrate"][..], &["db", "migrate", "-m"], &["db-manager", "migrate", TICKETING]] {
            let outcome = airflow.run(command);
            outcome.says(code, error, Some(hint));
        }
        assert_eq!(snapshot(db).await, before);
    }
}

test_on! {
    [postgres]
    async fn a_role_that_may_not_create_in_the_schema(db) {
        use crate::support::Role;

        let schema = create_schema(db).await;
        let role = Role::create(db, "role", "role").await;
        db.execute(&format!("GRANT CREATE ON SCHEMA public TO {}", role.name)).await;
        let airflow = Installation::on(db).connection(&role.url).schema(&schema);
        let error = format!("role {} may not create tables in schema {schema}", role.name);
        let hint = format!("as the schema's owner: GRANT CREATE ON SCHEMA \"{schema}\" TO \"{}\"", role.name);
        airflow.run(&["db", "migrate"]).says(1, &error, Some(&hint));
        assert_eq!(db.tables().await, Vec::<String>::new());
        role.drop(db).await;
    }
}

test_on! {
    [sqlite]
    /// SQLite's only schema has a name.
    async fn the_schema_main_of_sqlite(db) {
        let airflow = Installation::on(db).schema("main");
        airflow.succeed(&["db", "migrate", "-m"]);
        airflow.succeed(&["db", "check-migrations"]);
        assert_eq!(rows(db, "alembic_version_drt").await, ["d759c6d30f5a"]);
        let host = Host::load(&airflow.environment(), built_in_plugins().unwrap()).unwrap();
        let event = DagRunEvent::new("demo", "bad", DagRunState::Failed);
        let failures = dispatch(&host.listeners(), &event, &host.plugin_context()).await;
        assert!(failures.is_empty(), "{failures:?}");
        assert_eq!(db.query("SELECT run_id FROM dag_run_ticket").await, [["bad"]]);
        airflow.succeed(&["db", "downgrade", "-n", "3.2.0", "-y"]);
        airflow.succeed(&["db", "migrate"]);
        airflow.succeed(&["db", "reset", "-y", "--skip-init"]);
        assert_eq!(left_but_fabs(db).await, Vec::<String>::new());
        airflow.succeed(&["db", "migrate"]);
        airflow.succeed(&["db", "check-migrations"]);
    }
}
