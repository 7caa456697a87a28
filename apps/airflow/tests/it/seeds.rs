//! Rows that are always to be there, and what a reset takes besides what the models name.

use dunlin_testkit::{TestDatabase, db_test};

use crate::support::{HEAD, Installation, VERSION_TABLE, rows, test_on};

const SLOTS: &str = "AIRFLOW__CORE__DEFAULT_POOL_TASK_SLOT_COUNT";
const FILENAME: &str = "AIRFLOW__LOGGING__LOG_FILENAME_TEMPLATE";
const ID: &str = "AIRFLOW__ELASTICSEARCH__LOG_ID_TEMPLATE";

const BEFORE_2_3: &str = "{{ ti.dag_id }}/{{ ti.task_id }}/{{ ts }}/{{ try_number }}.log";
const BEFORE_2_8: &str = "dag_id={{ ti.dag_id }}/run_id={{ ti.run_id }}/task_id={{ ti.task_id }}/\
                          {% if ti.map_index >= 0 %}map_index={{ ti.map_index }}/{% endif %}\
                          attempt={{ try_number }}.log";
const NOW: &str = "dag_id={{ ti.dag_id }}/run_id={{ ti.run_id }}/task_id={{ ti.task_id }}/\
                   {% if ti.map_index >= 0 %}map_index={{ ti.map_index }}/{% endif %}\
                   attempt={{ try_number|default(ti.try_number) }}.log";

async fn filenames(db: &TestDatabase) -> Vec<String> {
    db.query("SELECT filename FROM log_template ORDER BY id").await.concat()
}

async fn pools(db: &TestDatabase) -> Vec<Vec<String>> {
    db.query("SELECT pool, slots, description FROM slot_pool ORDER BY id").await
}

db_test! {
    async fn from_the_models(db) {
        let airflow = Installation::on(db);
        airflow.succeed(&["db", "migrate"]);
        assert_eq!(filenames(db).await, [BEFORE_2_3, NOW]);
        assert_eq!(
            db.query("SELECT elasticsearch_id FROM log_template ORDER BY id").await.concat(),
            ["{dag_id}-{task_id}-{logical_date}-{try_number}", "{dag_id}-{task_id}-{run_id}-{map_index}-{try_number}"]
        );
        assert_eq!(pools(db).await, [["default_pool", "128", "Default pool"]]);

        // What is changed in the settings is found by a run that has nothing else to do.
        let changed = Installation::on(db).set(FILENAME, "a'b/{{ ti.dag_id }}.log");
        for _ in 0..2 {
            changed.succeed(&["db", "migrate"]);
            assert_eq!(filenames(db).await, [BEFORE_2_3, NOW, "a'b/{{ ti.dag_id }}.log"]);
        }
        db.execute("DELETE FROM slot_pool").await;
        changed.set(SLOTS, " 7 ").succeed(&["db", "migrate"]);
        assert_eq!(pools(db).await, [["default_pool", "7", "Default pool"]]);
    }
}

db_test! {
    async fn as_the_settings_say(db) {
        let airflow = Installation::on(db).set(SLOTS, "32").set(FILENAME, "x").set(ID, "y");
        airflow.succeed(&["db", "migrate"]);
        assert_eq!(filenames(db).await, ["x"]);
        assert_eq!(db.query("SELECT elasticsearch_id FROM log_template").await, [["y"]]);
        assert_eq!(pools(db).await, [["default_pool", "32", "Default pool"]]);

        // An outdated template is not followed, but known where older logs are.
        let outdated = Installation::on(db).set(FILENAME, BEFORE_2_8);
        outdated.succeed(&["db", "migrate"]);
        assert_eq!(filenames(db).await, ["x", BEFORE_2_8, NOW]);
        let wrong = Installation::on(db).set(SLOTS, "many").run(&["db", "migrate"]);
        wrong.says(2, &format!("{SLOTS} is no whole number"), Some("write it in digits"));
    }
}

db_test! {
    async fn from_the_revisions(db) {
        let airflow = Installation::on(db).set(SLOTS, "32");
        airflow.succeed(&["db", "migrate", "-n", "2.6.2"]);
        assert_eq!(filenames(db).await, [BEFORE_2_3, BEFORE_2_8, NOW]);
        db.execute("DELETE FROM slot_pool").await;
        airflow.succeed(&["db", "migrate", "-n", "2.6.2"]);
        assert_eq!(pools(db).await, [["default_pool", "32", "Default pool"]]);
        airflow.succeed(&["db", "migrate"]);
        assert_eq!(filenames(db).await, [BEFORE_2_3, BEFORE_2_8, NOW]);
        assert_eq!(rows(db, VERSION_TABLE).await, [HEAD]);
    }
}

db_test! {
    async fn a_reset_takes_tables_of_moved_rows(db) {
        let airflow = Installation::on(db);
        airflow.succeed(&["db", "migrate"]);
        let kept = ["_airflow_moved", "x_airflow_moved__1", "_airflow1moved__1"];
        for table in kept.iter().chain(&["_airflow_moved__2_3__dangling__rendered", "_airflow_moved__3_0_0__offending_dag_run", "_xcom_archive"]) {
            db.execute(&format!("CREATE TABLE {table} (id INTEGER)")).await;
        }
        airflow.succeed(&["db", "reset", "-y", "--skip-init"]);
        let mut left = db.tables().await;
        left.sort();
        let mut kept = kept.to_vec();
        kept.sort_unstable();
        assert_eq!(left, kept);
    }
}

db_test! {
    async fn a_reset_without_a_version_table_takes_no_moved_rows(db) {
        db.execute("CREATE TABLE _airflow_moved__2_3__x (id INTEGER)").await;
        Installation::on(db).succeed(&["db", "reset", "-y", "--skip-init"]);
        assert_eq!(db.tables().await, ["_airflow_moved__2_3__x"]);
    }
}

db_test! {
    async fn commands_that_work_with_the_tables_look_first(db) {
        let look = async |airflow: &Installation| {
            let plugins = airflow::host::built_in_plugins().unwrap();
            let host = airflow::host::Host::load(&airflow.environment(), plugins).unwrap();
            let mut database = host.connect(dunlin::Access::Read).await.unwrap();
            let looked = host.require_migrated(&mut database).await;
            database.close().await;
            looked
        };
        let airflow = Installation::on(db);
        airflow.succeed(&["db", "migrate", "-n", "2.6.2"]);
        let refused = look(&airflow).await.unwrap_err();
        assert_eq!(refused.message(), "the database is not at the newest revision");
        let check = "AIRFLOW__DATABASE__CHECK_MIGRATIONS";
        look(&Installation::on(db).set(check, "False # for now")).await.unwrap();
        airflow.succeed(&["db", "migrate"]);
        look(&airflow).await.unwrap();
        let wrong = airflow.set(check, "no").run(&["db", "migrate"]);
        wrong.says(2, &format!("{check} is neither true nor false"), Some("write True or False"));
    }
}

test_on! {
    [mysql, mariadb]
    async fn ids_have_the_collation_that_is_set(db) {
        let collations = async || -> Vec<String> {
            db.query(
                "SELECT DISTINCT COLLATION_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() \
                 AND TABLE_NAME IN ('task_instance', 'dag_run') AND COLUMN_NAME IN ('dag_id', 'run_id')",
            )
            .await
            .concat()
        };
        let airflow = Installation::on(db).set("AIRFLOW__DATABASE__SQL_ENGINE_COLLATION_FOR_IDS", "latin1_bin");
        for arguments in [&["db", "migrate"][..], &["db", "reset", "-y", "-m"]] {
            airflow.succeed(arguments);
            assert_eq!(collations().await, ["latin1_bin"]);
            airflow.succeed(&["db-manager", "check", "airflow"]);
        }
        Installation::on(db).succeed(&["db", "reset", "-y"]);
        assert_eq!(collations().await, ["utf8mb3_bin"]);
    }
}
