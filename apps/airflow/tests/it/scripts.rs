//! `-s`: nothing is written, and what is printed does in the database's own client what a run does.

use std::collections::BTreeMap;

use dunlin::core::schema::{Table, TableName};
use dunlin_testkit::{TestDatabase, db_test};

use crate::support::{Installation, TICKETING, VERSION_TABLE, left_but_fabs, rows, run_in_client, snapshot};

/// What a script and a run must agree on: not on the log template of today's settings, to which a run sees.
#[derive(Debug, PartialEq)]
struct Result {
    schema: BTreeMap<TableName, Table>,
    versions: [Vec<String>; 2],
    pools: Vec<Vec<String>>,
    templates: Vec<Vec<String>>,
}

async fn result(db: &TestDatabase) -> Result {
    Result {
        schema: schema(db).await,
        versions: [rows(db, VERSION_TABLE).await, rows(db, "alembic_version_drt").await],
        pools: db.query("SELECT * FROM slot_pool").await,
        templates: db.query("SELECT filename, elasticsearch_id FROM log_template ORDER BY id LIMIT 2").await,
    }
}

/// The tables by name, and what has no order in them: a rebuild on SQLite puts a table behind the others.
async fn schema(db: &TestDatabase) -> BTreeMap<TableName, Table> {
    let mut database = db.connect().await;
    let schema = database.introspect(&[]).await.unwrap();
    database.close().await;
    let mut tables: BTreeMap<_, _> =
        schema.tables().iter().map(|table| (table.name.clone(), table.clone())).collect();
    for table in tables.values_mut() {
        table.uniques.sort_by(|a, b| a.name.cmp(&b.name));
        table.foreign_keys.sort_by(|a, b| a.name.cmp(&b.name));
        table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
    }
    tables
}

#[track_caller]
fn assert_same(ours: &Result, theirs: &Result) {
    for (name, table) in &ours.schema {
        assert_eq!(Some(table), theirs.schema.get(name), "{name}");
    }
    assert_eq!(ours, theirs);
}

db_test! {
    async fn scripts_do_what_runs_do(db) {
        let airflow = Installation::on(db);
        let run_script = async |arguments: &[&str]| {
            let before = snapshot(db).await;
            let script = airflow.succeed(arguments);
            assert_eq!(snapshot(db).await, before, "airflow {} wrote", arguments.join(" "));
            run_in_client(db, &script).await;
            result(db).await
        };
        let created = run_script(&["db", "migrate", "-s"]).await;
        airflow.succeed(&["db", "check-migrations"]);
        let taken_back = run_script(&["db", "downgrade", "-s", "-n", "3.2.0"]).await;
        assert_ne!(taken_back, created);
        let brought_up = run_script(&["db", "migrate", "-s", "--from-version", "3.2.0"]).await;
        assert_same(&brought_up, &created);
        airflow.succeed(&["db", "check-migrations"]);

        airflow.succeed(&["db", "reset", "-y", "--skip-init"]);
        assert_eq!(left_but_fabs(db).await, Vec::<String>::new());
        airflow.succeed(&["db", "migrate", "-m"]);
        assert_same(&result(db).await, &created);
        airflow.succeed(&["db", "downgrade", "-n", "3.2.0", "-y"]);
        assert_same(&result(db).await, &taken_back);
    }
}

db_test! {
    async fn a_managers_scripts_do_what_its_runs_do(db) {
        let airflow = Installation::on(db);
        airflow.succeed(&["db-manager", "migrate", TICKETING]);
        let expected = schema(db).await;
        for (target, revisions) in [("0.0.1", &[][..]), ("0.1.0", &["d759c6d30f5a"])] {
            let command = if revisions.is_empty() { "downgrade" } else { "migrate" };
            let before = snapshot(db).await;
            let script = airflow.succeed(&["db-manager", command, TICKETING, "-s", "-n", target]);
            assert_eq!(snapshot(db).await, before);
            run_in_client(db, &script).await;
            assert_eq!(rows(db, "alembic_version_drt").await, revisions);
        }
        assert_eq!(schema(db).await, expected);

        // From a revision that is said and not looked up: no database is asked.
        db.execute("DROP TABLE dag_run_ticket").await;
        db.execute("DROP TABLE alembic_version_drt").await;
        let nowhere = Installation::on(db).connection(&format!("{}_gone", db.url()));
        let script = nowhere.succeed(&["db-manager", "migrate", TICKETING, "-s", "--from-version", "0.0.1"]);
        run_in_client(db, &script).await;
        assert_eq!(schema(db).await, expected);
    }
}

db_test! {
    async fn a_script_of_nothing_says_so(db) {
        let airflow = Installation::on(db);
        airflow.succeed(&["db-manager", "migrate", TICKETING]);
        let script = airflow.succeed(&["db-manager", "migrate", TICKETING, "-s"]);
        assert!(script.contains(&format!("-- {TICKETING}: nothing to do\n")), "{script}");
        run_in_client(db, &script).await;
    }
}
