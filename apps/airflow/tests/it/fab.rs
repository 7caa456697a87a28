//! When FAB's manager takes part, and what the commands do with it.

use airflow::fab;
use dunlin_testkit::{TestDatabase, db_test};

use crate::fab_history::core;
use crate::support::{Installation, Outcome, VERSION_TABLE, manager, rows, snapshot, stamp, test_on};

const AUTH_MANAGER: &str = "AIRFLOW__CORE__AUTH_MANAGER";

/// The last revision of 2.10.
const OF_2_10: &str = "5f2621c13b39";
/// The first of 3.0.
const AFTER_2_10: &str = "044f740568ec";

fn without_fab(db: &TestDatabase) -> Installation {
    Installation::on(db).managers("")
}

fn with_fab(db: &TestDatabase) -> Installation {
    without_fab(db).set(AUTH_MANAGER, fab::AUTH_MANAGER)
}

async fn command(airflow: &Installation, arguments: &[&str]) -> Outcome {
    airflow.run_core(core(), &[manager("in.Scope", "inside")], arguments).await
}

#[track_caller]
fn succeeded(outcome: &Outcome) {
    assert_eq!(outcome.code, 0, "{outcome:?}");
}

async fn of_fab(db: &TestDatabase) -> Vec<String> {
    let is_of_fab = |table: &String| {
        table.starts_with("ab_") || ["session", fab::VERSION_TABLE].contains(&table.as_str())
    };
    db.tables().await.into_iter().filter(is_of_fab).collect()
}

db_test! {
    async fn without_it_nothing_of_it_is_seen(db) {
        let airflow = without_fab(db);
        succeeded(&command(&airflow, &["db", "migrate"]).await);
        succeeded(&command(&airflow, &["db", "check-migrations"]).await);
        assert_eq!(of_fab(db).await, Vec::<String>::new());
        let refused = command(&airflow, &["db-manager", "migrate", fab::NAME]).await;
        refused.says(2, &format!("DB manager {} is not registered", fab::NAME), Some("no manager is registered"));

        // Somebody else's tables of these names are not touched.
        db.execute("CREATE TABLE ab_user (id INTEGER)").await;
        db.execute("CREATE TABLE session (id INTEGER)").await;
        succeeded(&command(&airflow, &["db", "migrate"]).await);
        succeeded(&command(&airflow, &["db", "reset", "-y"]).await);
        assert_eq!(of_fab(db).await, ["ab_user", "session"]);
    }
}

db_test! {
    async fn it_takes_part_by_the_auth_manager_and_by_its_row(db) {
        let (by_setting, by_row) = (with_fab(db), without_fab(db));
        succeeded(&command(&by_setting, &["db", "migrate"]).await);
        assert_eq!(rows(db, fab::VERSION_TABLE).await, ["02ca36b0235b"]);
        assert_eq!(of_fab(db).await.len(), 13);

        for airflow in [&by_setting, &by_row] {
            succeeded(&command(airflow, &["db", "check-migrations"]).await);
            succeeded(&command(airflow, &["db-manager", "downgrade", fab::NAME, "-n", "1.4.0", "-y"]).await);
            assert_eq!(rows(db, fab::VERSION_TABLE).await, ["6709f7a774b9"]);
            let lagging = command(airflow, &["db", "check-migrations", "-t", "0"]).await;
            assert_eq!(lagging.code, 3, "{lagging:?}");
            assert!(lagging.stderr.contains(&format!("{}: at 6709f7a774b9 (1.4.0)", fab::NAME)), "{lagging:?}");
            succeeded(&command(airflow, &["db", "migrate"]).await);
            assert_eq!(rows(db, fab::VERSION_TABLE).await, ["02ca36b0235b"]);
        }
        succeeded(&command(&by_row, &["db", "reset", "-y", "--skip-init"]).await);
        assert_eq!(db.tables().await, Vec::<String>::new());
    }
}

db_test! {
    /// As Airflow runs them: the managers of providers, then the registered ones.
    async fn it_runs_before_the_registered_managers(db) {
        stamp(db, VERSION_TABLE, crate::fab_history::migrator().owners()[0].history().single_head().unwrap().unwrap().as_str()).await;
        let airflow = without_fab(db).managers(&format!("in.Scope,{}", fab::NAME));
        let environment = airflow.environment();
        let plugins = crate::support::plugins(&[manager("in.Scope", "inside")]);
        let host = airflow::host::Host::load_with(core(), &environment, plugins).unwrap();
        let owners: Vec<&str> = host.migrator().owners().iter().map(|owner| owner.name()).collect();
        assert_eq!(owners, ["airflow", fab::NAME, "in.Scope"]);
        succeeded(&command(&airflow, &["db", "migrate"]).await);
        assert_eq!(rows(db, "alembic_version_inside").await, ["inside_1"]);
        assert_eq!(rows(db, fab::VERSION_TABLE).await, ["02ca36b0235b"]);
    }
}

db_test! {
    async fn below_3_the_tables_are_the_cores_again(db) {
        let airflow = with_fab(db);
        succeeded(&command(&airflow, &["db", "migrate", "-r", AFTER_2_10]).await);
        assert_eq!(of_fab(db).await.len(), 8);
        succeeded(&command(&airflow, &["db-manager", "migrate", fab::NAME]).await);
        db.execute(
            "INSERT INTO ab_user (id, first_name, last_name, username, email) VALUES (1, 'Ada', 'L', 'ada', 'a@x')",
        )
        .await;
        assert_eq!(rows(db, fab::VERSION_TABLE).await, ["02ca36b0235b"]);
        // Nothing of FAB's is touched above 3.0.
        succeeded(&command(&airflow, &["db", "downgrade", "-r", AFTER_2_10, "-y"]).await);
        assert_eq!(rows(db, fab::VERSION_TABLE).await, ["02ca36b0235b"]);

        let before = snapshot(db).await;
        succeeded(&command(&airflow, &["db", "downgrade", "-s", "-r", OF_2_10]).await);
        assert_eq!(snapshot(db).await, before);

        succeeded(&command(&airflow, &["db", "downgrade", "-r", OF_2_10, "-y"]).await);
        assert_eq!(rows(db, VERSION_TABLE).await, [OF_2_10]);
        assert_eq!(rows(db, fab::VERSION_TABLE).await, ["6709f7a774b9"]);
        assert_eq!(db.query("SELECT username FROM ab_user").await, [["ada"]]);

        succeeded(&command(&airflow, &["db", "migrate", "-r", AFTER_2_10]).await);
        assert_eq!(rows(db, fab::VERSION_TABLE).await, ["6709f7a774b9"]);
        succeeded(&command(&airflow, &["db-manager", "migrate", fab::NAME]).await);
        assert_eq!(rows(db, fab::VERSION_TABLE).await, ["02ca36b0235b"]);

        succeeded(&command(&airflow, &["db", "downgrade", "-r", OF_2_10, "-y"]).await);
        // What the core has again is dropped with the core's tables, which refer to it.
        succeeded(&command(&airflow, &["db", "reset", "-y", "--skip-init"]).await);
        assert_eq!(db.tables().await, Vec::<String>::new());
    }
}

db_test! {
    async fn below_3_without_it(db) {
        let airflow = without_fab(db);
        succeeded(&command(&airflow, &["db", "migrate", "-r", AFTER_2_10]).await);
        // The core made the tables, and nobody took them over.
        succeeded(&command(&airflow, &["db", "downgrade", "-r", OF_2_10, "-y"]).await);
        assert_eq!(of_fab(db).await.len(), 8);

        // From 3.0 on they are not the core's to drop, and not in its way when it is made anew.
        succeeded(&command(&airflow, &["db", "migrate", "-r", AFTER_2_10]).await);
        succeeded(&command(&airflow, &["db", "reset", "-y", "--skip-init"]).await);
        assert_eq!(of_fab(db).await.len(), 8);
        succeeded(&command(&airflow, &["db", "migrate", "-r", AFTER_2_10]).await);

        // A database that began with 3.0 does not have them.
        for table in [
            "ab_user_role",
            "ab_permission_view_role",
            "ab_permission_view",
            "ab_register_user",
            "ab_user",
            "ab_role",
            "ab_view_menu",
            "ab_permission",
        ] {
            db.execute(&format!("DROP TABLE {table}")).await;
        }
        let before = snapshot(db).await;
        succeeded(&command(&airflow, &["db", "downgrade", "-s", "-r", OF_2_10]).await);
        assert_eq!(snapshot(db).await, before);
        succeeded(&command(&airflow, &["db", "downgrade", "-r", OF_2_10, "-y"]).await);
        assert_eq!(rows(db, fab::VERSION_TABLE).await, ["6709f7a774b9"]);
        assert_eq!(of_fab(db).await.len(), 13);

        // A reset leaves the core what is the core's again.
        succeeded(&command(&airflow, &["db-manager", "reset", fab::NAME, "-y", "--skip-init"]).await);
        assert_eq!(of_fab(db).await.len(), 8);
        succeeded(&command(&airflow, &["db", "downgrade", "-r", "base", "-y"]).await);
        assert_eq!(of_fab(db).await, Vec::<String>::new());
    }
}

test_on! {
    [postgres, sqlite]
    async fn everything_by_the_revision_files(db) {
        let airflow = with_fab(db);
        succeeded(&command(&airflow, &["db", "migrate", "-m"]).await);
        assert_eq!(rows(db, fab::VERSION_TABLE).await, ["02ca36b0235b"]);
        assert_eq!(of_fab(db).await.len(), 13);
        succeeded(&command(&airflow, &["db", "check-migrations"]).await);
        succeeded(&command(&airflow, &["db-manager", "check", fab::NAME]).await);
    }
}

test_on! {
    [postgres]
    /// The real one's models let ids come from sequences of the same names that no table owns.
    async fn a_reset_takes_sequences_that_no_table_owns(db) {
        let airflow = with_fab(db);
        succeeded(&command(&airflow, &["db", "migrate"]).await);
        db.execute("ALTER TABLE ab_user ALTER COLUMN id DROP DEFAULT").await;
        db.execute("ALTER SEQUENCE ab_user_id_seq OWNED BY NONE").await;
        succeeded(&command(&airflow, &["db", "reset", "-y", "--skip-init"]).await);
        assert_eq!(db.query("SELECT count(*) FROM pg_class WHERE relkind = 'S'").await, [["0"]]);
    }
}
