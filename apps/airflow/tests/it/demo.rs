//! Databases that the talk's Python demo has been on: what it made is accepted as it is.

use airflow::dispatch::dispatch;
use airflow::host::{Host, built_in_plugins};
use airflow_plugin::{DagRunEvent, DagRunState};
use dunlin::core::dialect::DialectName;
use dunlin::core::schema::{Table, TableName};
use dunlin_testkit::{TestDatabase, db_test};

use crate::support::{HEAD, Installation, TICKETING, VERSION_TABLE, rows, snapshot, stamp};

/// Makes what the demo makes: SQLAlchemy's DDL of its model, and Alembic's version table.
async fn initialise_as_the_demo(db: &TestDatabase) {
    let (id, time) = match db.dialect() {
        DialectName::Postgres => ("SERIAL NOT NULL", "TIMESTAMP WITHOUT TIME ZONE"),
        DialectName::MySql | DialectName::MariaDb => ("INTEGER NOT NULL AUTO_INCREMENT", "DATETIME"),
        DialectName::Sqlite => ("INTEGER NOT NULL", "DATETIME"),
    };
    let quote = quote(db);
    stamp(db, VERSION_TABLE, HEAD).await;
    db.execute(&format!(
        "CREATE TABLE dag_run_ticket (\n\
         \tid {id}, \n\
         \tdag_id VARCHAR(250) NOT NULL, \n\
         \trun_id VARCHAR(250) NOT NULL, \n\
         \t{quote}system{quote} VARCHAR(50) NOT NULL, \n\
         \t{quote}key{quote} VARCHAR(250) NOT NULL, \n\
         \tstatus VARCHAR(50), \n\
         \turl TEXT, \n\
         \tcreated_at {time} NOT NULL, \n\
         \tupdated_at {time}, \n\
         \tCONSTRAINT dag_run_ticket_pkey PRIMARY KEY (id)\n)"
    ))
    .await;
    db.execute("CREATE INDEX idx_drt_dag_run ON dag_run_ticket (dag_id, run_id)").await;
    stamp(db, "alembic_version_drt", "d759c6d30f5a").await;
}

/// Around names that are words of the language; SQLAlchemy uses them where they must be.
fn quote(db: &TestDatabase) -> &'static str {
    if matches!(db.dialect(), DialectName::MySql | DialectName::MariaDb) { "`" } else { "" }
}

/// The demo's tables as the database describes them.
async fn tables(db: &TestDatabase) -> Vec<Table> {
    let names = ["alembic_version_drt", "dag_run_ticket"].map(TableName::from);
    let mut database = db.connect().await;
    let found = database.introspect(&names).await.unwrap();
    database.close().await;
    names
        .iter()
        .map(|name| found.tables().iter().find(|table| table.name == *name).unwrap().clone())
        .collect()
}

/// Lets a run fail, and returns the runs that have tickets.
async fn fail_a_run(db: &TestDatabase, airflow: &Installation) -> Vec<String> {
    let host = Host::load(&airflow.environment(), built_in_plugins().unwrap()).unwrap();
    let event = DagRunEvent::new("demo", "ours", DagRunState::Failed);
    let failures = dispatch(&host.listeners(), &event, &host.plugin_context()).await;
    assert!(failures.is_empty(), "{failures:?}");
    db.query("SELECT run_id FROM dag_run_ticket ORDER BY id").await.concat()
}

db_test! {
    async fn its_database_is_at_head(db) {
        initialise_as_the_demo(db).await;
        let quote = quote(db);
        db.execute(&format!(
            "INSERT INTO dag_run_ticket (dag_id, run_id, {quote}system{quote}, {quote}key{quote}, created_at) \
             VALUES ('demo', 'theirs', 'GITHUB', '5454', '2025-09-27 08:49:48')"
        ))
        .await;
        let airflow = Installation::on(db);
        let before = snapshot(db).await;
        let checked = airflow.succeed(&["db", "check-migrations", "-t", "0"]);
        assert_eq!(
            checked,
            "airflow: up to date at d2f4e1b3c5a7 (3.3.0)\n\
             ticketing.db_manager.DRTDBManager: up to date at d759c6d30f5a (0.1.0)\n"
        );
        for command in [
            &["db", "migrate"][..],
            &["db", "migrate", "-m"],
            &["db-manager", "migrate", TICKETING],
            &["db-manager", "migrate", TICKETING, "-n", "0.1.0"],
        ] {
            let said = airflow.succeed(command);
            assert!(said.contains(&format!("{TICKETING}: already at d759c6d30f5a (0.1.0)\n")), "{said}");
        }
        assert_eq!(snapshot(db).await, before);

        // The service writes into it, and counts on where the demo stopped.
        assert_eq!(fail_a_run(db, &airflow).await, ["theirs", "ours"]);

        // They are the tables that the models and the revision file make.
        let theirs = tables(db).await;
        airflow.succeed(&["db-manager", "reset", TICKETING, "-y"]);
        assert_eq!(tables(db).await, theirs);
        airflow.succeed(&["db-manager", "reset", TICKETING, "-y", "-m"]);
        assert_eq!(tables(db).await, theirs);
        assert_eq!(rows(db, "alembic_version_drt").await, ["d759c6d30f5a"]);
    }
}

db_test! {
    async fn its_database_can_be_taken_down_and_up(db) {
        initialise_as_the_demo(db).await;
        let airflow = Installation::on(db);
        airflow.succeed(&["db-manager", "downgrade", TICKETING, "-n", "0.0.1", "-y"]);
        assert_eq!(db.tables().await, [VERSION_TABLE, "alembic_version_drt"]);
        assert_eq!(rows(db, "alembic_version_drt").await, Vec::<String>::new());
        assert_eq!(rows(db, VERSION_TABLE).await, [HEAD]);

        // A version table without a row: nothing is there yet.
        let behind = airflow.run(&["db", "check-migrations", "-t", "0"]);
        behind.says(3, "the database is not up to date", Some("run `airflow db migrate`"));
        let reason = format!("{TICKETING}: at no revision, 1 revision pending: d759c6d30f5a (0.1.0)\n");
        assert!(behind.stderr.contains(&reason), "{behind:?}");
        let said = airflow.succeed(&["db", "migrate"]);
        assert!(said.contains(&format!("{TICKETING}: created from its models, at d759c6d30f5a")), "{said}");
        assert_eq!(fail_a_run(db, &airflow).await, ["ours"]);
    }
}

db_test! {
    /// Alembic writes one row for each head, and so may leave a row that is not the head.
    async fn a_version_table_with_more_than_its_head(db) {
        initialise_as_the_demo(db).await;
        db.execute("INSERT INTO alembic_version_drt VALUES ('0123456789ab')").await;
        let airflow = Installation::on(db);
        let before = snapshot(db).await;
        let behind = airflow.run(&["db", "check-migrations", "-t", "0"]);
        behind.says(3, "the database is not up to date", Some("use that version here"));
        let error = "the database is at revision 0123456789ab, which this build does not know";
        airflow.run(&["db", "migrate"]).says(1, error, Some("use that version here"));
        assert_eq!(snapshot(db).await, before);
    }
}
