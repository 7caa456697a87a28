//! Rows through the revisions of Airflow 3.1 that move them, and the first of 3.2.

use dunlin_testkit::dunlin::core::dialect::DialectName;
use dunlin_testkit::{TestDatabase, db_test};

use crate::each_revision::{down, migrator, up};
use crate::moved_rows::{THEN, insert, quoted, uuid};

/// The columns of a DAG that must be given, and those of a run.
pub(crate) const DAG: &str =
    "dag_id, max_active_tasks, has_task_concurrency_limits, max_consecutive_failed_dag_runs";
pub(crate) const RUN: &str = "id, dag_id, run_id, run_type, run_after";

db_test! {
    async fn deadlines_keep_their_times(db) {
        let migrator = migrator();
        up(db, &migrator, "dfee8bd5d574").await;
        in_another_zone(db).await;
        insert(db, "deadline", "id, deadline, callback", &[&format!("{}, {THEN}, 'a.b'", key(db, 1))]).await;
        up(db, &migrator, "0242ac120002").await;
        let time = match db.dialect() {
            DialectName::Postgres => "deadline_time AT TIME ZONE 'UTC'",
            _ => "deadline_time",
        };
        assert_eq!(db.query(&format!("SELECT callback FROM deadline WHERE {time} = {THEN}")).await, [["a.b"]]);
        down(db, &migrator, "dfee8bd5d574").await;
        assert_eq!(db.query(&format!("SELECT callback FROM deadline WHERE deadline = {THEN}")).await, [["a.b"]]);
    }
}

/// Has connections begin in another zone than UTC.
async fn in_another_zone(db: &TestDatabase) {
    if db.dialect() == DialectName::Postgres {
        db.execute(&format!("ALTER DATABASE {} SET timezone = 'Asia/Tokyo'", quoted(db, db.name()))).await;
    }
}

db_test! {
    async fn task_instances_stay_when_their_versions_do(db) {
        let migrator = migrator();
        up(db, &migrator, "0242ac120002").await;
        insert(db, "dag", DAG, &["'d', 1, false, 0"]).await;
        insert(db, "dag_run", RUN, &[&format!("1, 'd', 'r', 'manual', {THEN}")]).await;
        insert(db, "dag_version", "id, version_number, dag_id, created_at, last_updated", &[
            &format!("{}, 1, 'd', {THEN}, {THEN}", key(db, 1)),
        ]).await;
        let columns = "id, dag_id, task_id, run_id, map_index, pool, pool_slots, dag_version_id";
        insert(db, "task_instance", columns, &[
            &format!("{}, 'd', 't', 'r', 0, 'p', 1, {}", uuid(db, 1), key(db, 1)),
            &format!("{}, 'd', 'u', 'r', 0, 'p', 1, NULL", uuid(db, 2)),
        ]).await;
        let columns = format!("dag_id, task_id, run_id, map_index, dag_run_id, {}, timestamp", quoted(db, "key"));
        insert(db, "xcom", &columns, &[&format!("'d', 't', 'r', 0, 1, 'k', {THEN}")]).await;
        for to in ["3ac9e5732b1f", "0242ac120002"] {
            if to == "3ac9e5732b1f" { up(db, &migrator, to).await } else { down(db, &migrator, to).await }
            assert_eq!(db.query("SELECT task_id FROM task_instance ORDER BY 1").await.concat(), ["t", "u"]);
            assert_eq!(db.query("SELECT task_id FROM xcom").await, [["t"]]);
        }
        db.execute("DELETE FROM dag_version").await;
        assert_eq!(db.query("SELECT task_id FROM task_instance").await, [["u"]]);
    }
}

db_test! {
    async fn each_dag_is_of_a_bundle_that_there_is(db) {
        let migrator = migrator();
        up(db, &migrator, "a169942745c2").await;
        insert(db, "dag_bundle", "name, active, version", &["'dags-folder', true, 'v1'", "'Main', true, NULL"]).await;
        // MySQL takes these for one name.
        let main = if matches!(db.dialect(), DialectName::MySql | DialectName::MariaDb) { "main" } else { "Main" };
        insert(db, "dag", &format!("{DAG}, fileloc, bundle_name"), &[
            "'none', 1, false, 0, '/dags/a.py', NULL",
            "'no file', 1, false, 0, NULL, NULL",
            "'example', 1, false, 0, '/x/airflow/example_dags/e.py', NULL",
            "'kept', 1, false, 0, '/x/airflow/example_dags/k.py', 'Main'",
            &format!("'other case', 1, false, 0, NULL, '{main}'"),
        ]).await;
        insert(db, "dag_tag", "name, dag_id", &["'tag', 'none'", "'tag', 'kept'"]).await;

        let wanted = [["example", "example_dags"], ["kept", "Main"], ["no file", "dags-folder"], ["none", "dags-folder"], ["other case", "Main"]];
        for _ in 0..2 {
            up(db, &migrator, "7582ea3f3dd5").await;
            assert_eq!(db.query("SELECT dag_id, bundle_name FROM dag ORDER BY dag_id").await, wanted);
            let mut bundles = db.query("SELECT name, version FROM dag_bundle").await;
            bundles.sort();
            assert_eq!(bundles, [["Main", "NULL"], ["dags-folder", "v1"], ["example_dags", "NULL"]]);
            assert_eq!(db.query("SELECT dag_id FROM dag_tag ORDER BY 1").await.concat(), ["kept", "none"]);
            down(db, &migrator, "a169942745c2").await;
            assert_eq!(db.query("SELECT dag_id, bundle_name FROM dag ORDER BY dag_id").await, wanted);
            assert_eq!(db.query("SELECT dag_id FROM dag_tag ORDER BY 1").await.concat(), ["kept", "none"]);
        }
    }
}

db_test! {
    async fn a_template_of_links_that_is_too_long_is_left_out(db) {
        let migrator = migrator();
        up(db, &migrator, "82dbd68e6171").await;
        let (fits, long) = ("é".repeat(200), "é".repeat(201));
        insert(db, "dag_bundle", "name, signed_url_template", &[&format!("'fits', '{fits}'"), "'none', NULL"]).await;
        up(db, &migrator, "509b94a1042d").await;
        insert(db, "dag_bundle", "name, signed_url_template", &[&format!("'long', '{long}'")]).await;
        down(db, &migrator, "82dbd68e6171").await;
        let of_three = "SELECT name, signed_url_template FROM dag_bundle WHERE name IN ('fits', 'long', 'none') ORDER BY name";
        let kept = if db.dialect() == DialectName::Sqlite { long.as_str() } else { "NULL" };
        assert_eq!(db.query(of_three).await, [["fits", fits.as_str()], ["long", kept], ["none", "NULL"]]);
    }
}

db_test! {
    /// Airflow writes anew what is forgotten here.
    async fn triggers_and_assets_stay_when_what_links_them_is_forgotten(db) {
        let migrator = migrator();
        up(db, &migrator, "509b94a1042d").await;
        let group = quoted(db, "group");
        insert(db, "asset", &format!("id, name, uri, {group}, extra, created_at, updated_at"), &[&format!("1, 'n', 'u', 'asset', '{{}}', {THEN}, {THEN}")]).await;
        let trigger = quoted(db, "trigger");
        insert(db, &trigger, "id, classpath, kwargs, created_date", &[&format!("1, 'c', '{{}}', {THEN}")]).await;
        insert(db, "asset_trigger", "asset_id, trigger_id", &["1, 1"]).await;
        insert(db, "callback_request", "id, created_at, priority_weight, callback_data, callback_type", &[&format!("1, {THEN}, 1, '{{}}', 't'")]).await;
        up(db, &migrator, "b87d2135fa50").await;
        insert(db, "asset_watcher", "name, asset_id, trigger_id", &["'w', 1, 1"]).await;
        insert(db, "callback", "id, created_at, priority_weight, type, fetch_method, data, trigger_id", &[
            &format!("{}, {THEN}, 1, 'triggerer', 'import_path', '{{}}', 1", key(db, 1)),
        ]).await;
        down(db, &migrator, "509b94a1042d").await;
        for table in ["asset", &trigger] {
            assert_eq!(db.query(&format!("SELECT id FROM {table}")).await, [["1"]]);
        }
        for table in ["asset_trigger", "callback_request"] {
            assert_eq!(db.query(&format!("SELECT count(*) FROM {table}")).await, [["0"]]);
        }
        // The numbers are counted again.
        insert(db, "callback_request", "created_at, priority_weight, callback_data, callback_type", &[&format!("{THEN}, 1, '{{}}', 't'")]).await;
        assert_eq!(db.query("SELECT id FROM callback_request").await, [["1"]]);
    }
}

db_test! {
    async fn teams_are_known_by_their_names_and_by_ids_again(db) {
        let migrator = migrator();
        up(db, &migrator, "665854ef0536").await;
        let odd = "Équipe ''A'' 漢";
        insert(db, "team", "id, name", &[&format!("{}, '{odd}'", key(db, 1)), &format!("{}, 'b'", key(db, 2))]).await;
        insert(db, "dag_bundle", "name", &["'one'", "'two'"]).await;
        insert(db, "dag_bundle_team", "dag_bundle_name, team_id", &[&format!("'one', {}", key(db, 1)), &format!("'two', {}", key(db, 2))]).await;
        let (one, two) = (key(db, 1), key(db, 2));
        insert(db, "connection", "id, conn_id, conn_type, team_id", &[&format!("71, 'c1', 't', {one}"), &format!("72, 'c2', 't', {two}"), "73, 'c3', 't', NULL"]).await;
        insert(db, "variable", &format!("id, {}, val, team_id", quoted(db, "key")), &[&format!("71, 'v1', 'x', {one}"), "73, 'v3', 'x', NULL"]).await;
        insert(db, "slot_pool", "id, pool, slots, include_deferred, team_id", &[&format!("72, 'p2', 1, false, {two}"), "73, 'p3', 1, false, NULL"]).await;

        let team = "Équipe 'A' 漢";
        let of_teams = [
            ("dag_bundle_team", "dag_bundle_name", vec![["one", team], ["two", "b"]]),
            ("connection", "id", vec![["71", team], ["72", "b"], ["73", "NULL"]]),
            ("variable", "id", vec![["71", team], ["73", "NULL"]]),
            ("slot_pool", "id", vec![["72", "b"], ["73", "NULL"]]),
        ];
        for _ in 0..2 {
            up(db, &migrator, "b12d4f98a91e").await;
            for (table, column, wanted) in &of_teams {
                let any = if *column == "id" { "WHERE id > 70" } else { "" };
                let found = db.query(&format!("SELECT {column}, team_name FROM {table} {any} ORDER BY {column}")).await;
                assert_eq!(found, *wanted, "{table}");
            }
            down(db, &migrator, "665854ef0536").await;
            for (table, column, wanted) in &of_teams {
                let any = if *column == "id" { "WHERE t.id > 70" } else { "" };
                let found = db.query(&format!(
                    "SELECT t.{column}, team.name FROM {table} AS t LEFT JOIN team ON team.id = t.team_id {any} ORDER BY t.{column}"
                )).await;
                assert_eq!(found, *wanted, "{table}");
            }
            for id in db.query("SELECT id FROM team").await.concat() {
                assert_eq!((id.len(), &id[14..15]), (36, "4"), "{id}");
                assert_eq!(id.match_indices('-').map(|(at, _)| at).collect::<Vec<_>>(), [8, 13, 18, 23], "{id}");
            }
        }

        up(db, &migrator, "b12d4f98a91e").await;
        db.execute("DELETE FROM team WHERE name = 'b'").await;
        assert_eq!(db.query("SELECT team_name FROM connection WHERE id = 72").await, [["NULL"]]);
        assert_eq!(db.query("SELECT dag_bundle_name FROM dag_bundle_team").await, [["one"]]);
    }
}

/// A UUID as the type of the database has it.
pub(crate) fn key(db: &TestDatabase, number: usize) -> String {
    let dashed = format!("'01890000-0000-7000-8000-{number:012}'");
    match db.dialect() {
        DialectName::MySql | DialectName::Sqlite => dashed.replace('-', ""),
        _ => dashed,
    }
}
