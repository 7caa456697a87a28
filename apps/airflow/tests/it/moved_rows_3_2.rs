//! Rows through the revisions of Airflow 3.2.0 and 3.3.0 that move them: what they are before, after, and after the way
//! back. Deadline alerts are [`deadline_alerts`](crate::deadline_alerts)'.

use dunlin_testkit::dunlin::core::dialect::DialectName;
use dunlin_testkit::{TestDatabase, db_test};

use crate::each_revision::{down, made_at, migrator, up};
use crate::moved_rows::{THEN, insert, quoted, uuid};

db_test! {
    async fn what_is_missing_gets_a_value(db) {
        let migrator = migrator();
        made_at(db, &migrator, "b12d4f98a91e").await;
        insert(db, "log", "id, event", &["1, NULL", "2, 'é'", "3, ''"]).await;
        insert_dag(db, "known", "is_stale, is_paused", "true, true").await;
        insert_dag(db, "unknown", "is_stale, is_paused", "NULL, NULL").await;
        up(db, &migrator, "c20871fbf23a").await;
        assert_eq!(db.query("SELECT event FROM log ORDER BY id").await.concat(), ["", "é", ""]);
        for (query, dag) in [
            ("is_stale", "known"),
            ("NOT is_stale", "unknown"),
            ("is_paused", "known"),
            ("NOT is_paused", "unknown"),
        ] {
            assert_eq!(db.query(&format!("SELECT dag_id FROM dag WHERE {query}")).await, [[dag]], "{query}");
        }
        assert_eq!(db.query("SELECT DISTINCT timetable_type FROM dag").await, [[""]]);
        let text = if db.dialect() == DialectName::Postgres { "::text" } else { "" };
        assert_eq!(db.query(&format!("SELECT DISTINCT partition_mapper_info{text} FROM dag")).await, [["[]"]]);
        down(db, &migrator, "b12d4f98a91e").await;
        db.execute("UPDATE log SET event = NULL").await;
        db.execute("UPDATE dag SET is_stale = NULL, is_paused = NULL").await;
    }
}

db_test! {
    async fn what_the_models_want_is_not_null(db) {
        let migrator = migrator();
        made_at(db, &migrator, "6222ce48e289").await;
        insert_run(db, 1).await;
        for (number, tries) in [(1, "NULL, NULL"), (2, "3, 4")] {
            let key = format!("{}, 'd', 't', 'r1', {number}, 'p', 1, {tries}", compact(number));
            insert(db, "task_instance", "id, dag_id, task_id, run_id, map_index, pool, pool_slots, try_number, max_tries", &[&key]).await;
        }
        let (key, columns) = (quoted(db, "key"), ["is_encrypted", "is_extra_encrypted"].join(", "));
        insert(db, "connection", &format!("id, conn_id, conn_type, {columns}"), &["1, 'a', 't', NULL, NULL", "2, 'b', 't', true, true"]).await;
        insert(db, "slot_pool", "id, pool, slots, include_deferred", &["11, 'a', NULL, false", "12, 'b', 5, false"]).await;
        insert(db, "variable", &format!("id, {key}, val, is_encrypted"), &["1, NULL, NULL, NULL", "2, 'é', '漢', true"]).await;

        up(db, &migrator, "888b59e02a5b").await;
        let tries = db.query("SELECT try_number, max_tries FROM task_instance ORDER BY map_index").await;
        assert_eq!(tries, [["0", "-1"], ["3", "4"]]);
        assert_eq!(db.query("SELECT conn_id FROM connection WHERE is_encrypted AND is_extra_encrypted").await, [["b"]]);
        assert_eq!(db.query("SELECT conn_id FROM connection WHERE NOT is_encrypted AND NOT is_extra_encrypted").await, [["a"]]);
        assert_eq!(db.query("SELECT slots FROM slot_pool WHERE id > 10 ORDER BY id").await, [["0"], ["5"]]);
        let variables = db.query(&format!("SELECT {key}, val FROM variable ORDER BY id")).await;
        assert_eq!(variables, [["__airflow_var_fix_888b59e02a5b_1", ""], ["é", "漢"]]);
        assert_eq!(db.query("SELECT id FROM variable WHERE NOT is_encrypted").await, [["1"]]);

        down(db, &migrator, "6222ce48e289").await;
        db.execute("UPDATE task_instance SET try_number = NULL, max_tries = NULL").await;
        db.execute(&format!("UPDATE variable SET {key} = NULL, val = NULL, is_encrypted = NULL")).await;
        up(db, &migrator, "888b59e02a5b").await;
        assert_eq!(db.query(&format!("SELECT count(DISTINCT {key}) FROM variable")).await, [["2"]]);
    }
}

db_test! {
    async fn ids_of_task_instances_lose_their_dashes_and_get_them_back(db) {
        let migrator = migrator();
        made_at(db, &migrator, "53ff648b8a26").await;
        insert_run(db, 1).await;
        let key = "task_id, dag_id, run_id, map_index";
        for number in 1..=2 {
            let task = format!("'t', 'd', 'r1', {number}, 'p', 1");
            let (id, tried) = (uuid(db, number), uuid(db, number + 10));
            insert(db, "task_instance", &format!("id, {key}, pool, pool_slots"), &[&format!("{id}, {task}")]).await;
            insert(db, "task_instance_history", &format!("task_instance_id, try_number, {key}, pool, pool_slots"), &[&format!("{tried}, 1, {task}")]).await;
            insert(db, "task_instance_note", "ti_id, content, created_at, updated_at", &[&format!("{id}, 'n{number}', {THEN}, {THEN}")]).await;
            let reschedule = format!("{number}, {id}, {THEN}, {THEN}, 5, {THEN}");
            insert(db, "task_reschedule", "id, ti_id, start_date, end_date, duration, reschedule_date", &[&reschedule]).await;
            for (table, column, id) in [("hitl_detail", "ti_id", &id), ("hitl_detail_history", "ti_history_id", &tried)] {
                let columns = format!("{column}, options, subject, params, created_at, params_input");
                insert(db, table, &columns, &[&format!("{id}, '[]', 's{number}', '{{}}', {THEN}, '{{}}'")]).await;
            }
        }
        let tasks = "SELECT map_index, id FROM task_instance ORDER BY map_index";
        let tries = "SELECT map_index, task_instance_id FROM task_instance_history ORDER BY map_index";
        let before = [db.query(tasks).await, db.query(tries).await];
        let belongs = "SELECT task.map_index, note.content, again.id, asked.subject, old.subject FROM task_instance AS task \
                       JOIN task_instance_note AS note ON note.ti_id = task.id \
                       JOIN task_reschedule AS again ON again.ti_id = task.id \
                       JOIN hitl_detail AS asked ON asked.ti_id = task.id \
                       JOIN task_instance_history AS tried ON tried.map_index = task.map_index \
                       JOIN hitl_detail_history AS old ON old.ti_history_id = tried.task_instance_id ORDER BY 1";
        let wanted = [["1", "n1", "1", "s1", "s1"], ["2", "n2", "2", "s2", "s2"]];
        let has_type = matches!(db.dialect(), DialectName::Postgres | DialectName::MariaDb);
        for _ in 0..2 {
            assert_eq!(db.query(belongs).await, wanted);
            up(db, &migrator, "f8c9d7e6b5a4").await;
            assert_eq!(db.query(belongs).await, wanted);
            for (before, query) in before.iter().zip([tasks, tries]) {
                let shown = |id: &String| if has_type { id.clone() } else { id.replace('-', "") };
                let wanted: Vec<Vec<String>> = before.iter().map(|row| vec![row[0].clone(), shown(&row[1])]).collect();
                assert_eq!(db.query(query).await, wanted);
            }
            down(db, &migrator, "53ff648b8a26").await;
            assert_eq!([db.query(tasks).await, db.query(tries).await], before);
        }
        up(db, &migrator, "f8c9d7e6b5a4").await;
        db.execute("DELETE FROM task_instance WHERE map_index = 1").await;
        for table in ["task_instance_note", "task_reschedule", "hitl_detail", "hitl_detail_history"] {
            assert_eq!(db.query(&format!("SELECT count(*) FROM {table}")).await, [["1"]], "{table} refers to an id");
        }
    }
}

db_test! {
    async fn names_that_executors_give_are_cut_on_the_way_back(db) {
        let migrator = migrator();
        made_at(db, &migrator, "a5a3e5eb9b8d").await;
        insert_run(db, 1).await;
        for (number, length) in [(1, 0), (2, 250), (3, 300)] {
            let task = format!("'t', 'd', 'r1', {number}, 'p', 1, '{}é漢'", "x".repeat(length));
            let key = "task_id, dag_id, run_id, map_index, pool, pool_slots, external_executor_id";
            insert(db, "task_instance", &format!("id, {key}"), &[&format!("{}, {task}", uuid(db, number))]).await;
            let tried = format!("{}, 1, {task}", uuid(db, number));
            insert(db, "task_instance_history", &format!("task_instance_id, try_number, {key}"), &[&tried]).await;
        }
        down(db, &migrator, "55297ae24532").await;
        let wanted = match db.dialect() {
            DialectName::Sqlite => [["2"], ["252"], ["302"]],
            _ => [["2"], ["250"], ["250"]],
        };
        let length = if db.dialect() == DialectName::Sqlite { "length" } else { "char_length" };
        for table in ["task_instance", "task_instance_history"] {
            let lengths = db.query(&format!("SELECT {length}(external_executor_id) FROM {table} ORDER BY map_index")).await;
            assert_eq!(lengths, wanted, "{table}");
            let first = db.query(&format!("SELECT external_executor_id FROM {table} WHERE map_index = 1")).await;
            assert_eq!(first, [["é漢"]]);
        }
        up(db, &migrator, "a5a3e5eb9b8d").await;
    }
}

db_test! {
    async fn dates_of_backfills_keep_their_fractions_and_next_runs_are_forgotten(db) {
        let migrator = migrator();
        made_at(db, &migrator, "e42d9fcd10d9").await;
        insert_dag(db, "d", "is_stale, is_paused, next_dagrun, next_dagrun_create_after, next_dagrun_data_interval_start", &format!("false, false, {THEN}, {THEN}, {THEN}")).await;
        let columns = "id, dag_id, from_date, to_date, dag_run_conf, max_active_runs, created_at, updated_at, reprocess_behavior";
        insert(db, "backfill", columns, &[&format!("1, 'd', {THEN}, {THEN}, '{{}}', 1, {THEN}, {THEN}, 'none'")]).await;
        let precise = "'2026-01-02 03:04:05.678901'";
        insert(db, "backfill_dag_run", "id, backfill_id, sort_ordinal, logical_date", &[&format!("1, 1, 1, {precise}")]).await;

        up(db, &migrator, "6222ce48e289").await;
        let dated = format!("SELECT id FROM backfill_dag_run WHERE logical_date = {precise}");
        assert_eq!(db.query(&dated).await, [["1"]]);
        insert(db, "backfill_dag_run", "id, backfill_id, sort_ordinal, partition_key", &["2, 1, 2, 'é'"]).await;
        assert_eq!(db.query("SELECT count(*) FROM dag WHERE next_dagrun IS NOT NULL").await, [["1"]]);

        down(db, &migrator, "e42d9fcd10d9").await;
        assert_eq!(db.query("SELECT id FROM backfill_dag_run").await, [["1"]]);
        assert_eq!(db.query(&dated).await, [["1"]]);
        let forgotten = "next_dagrun IS NULL AND next_dagrun_create_after IS NULL AND next_dagrun_data_interval_start IS NULL";
        assert_eq!(db.query(&format!("SELECT dag_id FROM dag WHERE {forgotten}")).await, [["d"]]);
    }
}

db_test! {
    /// More than are read at a time, too.
    async fn callbacks_know_the_bundles_of_their_dags(db) {
        let migrator = migrator();
        made_at(db, &migrator, "888b59e02a5b").await;
        for (number, (kind, data, _)) in (1_u32..).zip(CALLBACKS) {
            let row = format!("{}, {THEN}, 1, '{kind}', 'f', {}", compact(number), json(db, data));
            insert(db, "callback", "id, created_at, priority_weight, type, fetch_method, data", &[&row]).await;
        }
        let many: Vec<String> = (1000..1450_u32)
            .map(|number| {
                let data = format!("{{\"req_data\": {{\"bundle_name\": \"b{}\"}}}}", number % 3);
                format!("{}, {THEN}, 1, 'dag_processor', 'f', {}", compact(number), json(db, &data))
            })
            .collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        insert(db, "callback", "id, created_at, priority_weight, type, fetch_method, data", &many).await;

        for _ in 0..2 {
            up(db, &migrator, "1d6611b6ab7c").await;
            for (number, (_, data, wanted)) in (1_u32..).zip(CALLBACKS) {
                let found = db.query(&format!("SELECT bundle_name FROM callback WHERE id = {}", compact(number))).await;
                assert_eq!(found, [[wanted.unwrap_or("NULL")]], "{data}");
            }
            let counts = "SELECT bundle_name, count(*) FROM callback WHERE bundle_name LIKE 'b_' GROUP BY 1 ORDER BY 1";
            assert_eq!(db.query(counts).await, [["b0", "150"], ["b1", "150"], ["b2", "150"]]);
            down(db, &migrator, "888b59e02a5b").await;
        }
    }
}

/// The kind of a callback, its data, and the bundle that they name.
const CALLBACKS: &[(&str, &str, Option<&str>)] = &[
    ("dag_processor", r#"{"req_data": {"bundle_name": "plain"}}"#, Some("plain")),
    (
        "dag_processor",
        r#"{"__type": "dict", "__var": {"req_class": "DagCallbackRequest", "req_data": "{\"bundle_name\": \"a \\\"text\\\" \\u00e9\"}"}}"#,
        Some("a \"text\" é"),
    ),
    (
        "dag_processor",
        r#"{"__type": "dict", "__var": {"req_data": {"__type": "dict", "__var": {"bundle_name": "typed"}}}}"#,
        Some("typed"),
    ),
    ("triggerer", r#"{"req_data": {"bundle_name": "of another kind"}}"#, None),
    ("dag_processor", r#"{"req_data": {"bundle_name": null}}"#, None),
    ("dag_processor", r#"{"req_data": {"bundle_name": 7}}"#, None),
    ("dag_processor", r#"{"req_data": "no JSON"}"#, None),
    ("dag_processor", r#"{"req_data": "[1]"}"#, None),
    ("dag_processor", r#"{"req_data": null}"#, None),
    ("dag_processor", r#"{"other": 1}"#, None),
    ("dag_processor", "[]", None),
    ("dag_processor", "\"a text\"", None),
    ("dag_processor", "null", None),
    ("dag_processor", r#"{"req_data": {"bundle_name": "😀"}}"#, None),
];

/// The id of a row that is a UUID without dashes where it is a text.
pub(crate) fn compact(number: u32) -> String {
    format!("'018900000000700080000000{number:08x}'")
}

/// JSON as a literal, whatever it holds.
pub(crate) fn json(db: &TestDatabase, json: &str) -> String {
    match db.dialect() {
        DialectName::MySql | DialectName::MariaDb => {
            let hex: String = json.bytes().map(|byte| format!("{byte:02x}")).collect();
            format!("CONVERT(X'{hex}' USING utf8mb4)")
        }
        _ => format!("'{}'", json.replace('\'', "''")),
    }
}

/// A DAG of a bundle, with some columns more.
pub(crate) async fn insert_dag(db: &TestDatabase, dag: &str, columns: &str, values: &str) {
    if db.query("SELECT name FROM dag_bundle WHERE name = 'of the test'").await.is_empty() {
        insert(db, "dag_bundle", "name", &["'of the test'"]).await;
    }
    // Not yet everywhere.
    let is_of_3_2 = db.query("SELECT version_num FROM alembic_version").await != [["b12d4f98a91e"]];
    let (also, value) = if is_of_3_2 { (", timetable_type", ", ''") } else { ("", "") };
    let all = format!(
        "dag_id, max_active_tasks, has_task_concurrency_limits, max_consecutive_failed_dag_runs, bundle_name, {columns}{also}"
    );
    insert(db, "dag", &all, &[&format!("'{dag}', 1, false, 0, 'of the test', {values}{value}")]).await;
}

async fn insert_run(db: &TestDatabase, number: u32) {
    let run = format!("{number}, 'd', 'r{number}', 'manual', {THEN}");
    insert(db, "dag_run", "id, dag_id, run_id, run_type, run_after", &[&run]).await;
}
