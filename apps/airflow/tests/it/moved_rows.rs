//! Rows through the revisions that move them: what they are before, after, and after the way back.

use dunlin_testkit::dunlin::core::dialect::DialectName;
use dunlin_testkit::{TestDatabase, db_test};

use crate::each_revision::{down, made_at, migrator, try_up, up};

const MOVED_RUNS: &str = "_airflow_moved__3_0_0__offending_dag_run";
/// Some time.
pub(crate) const THEN: &str = "'2026-01-02 03:04:05'";

db_test! {
    async fn runs_without_a_logical_date_are_moved_aside(db) {
        let migrator = migrator();
        up(db, &migrator, "a2c32e6c7729").await;
        insert(db, "dag_run", "id, dag_id, execution_date, run_id, run_type", &[
            &format!("1, 'd', {THEN}, 'dated', 'manual'"),
        ]).await;
        up(db, &migrator, "1cdc775ca98f").await;
        assert_eq!(db.query("SELECT id FROM dag_run WHERE logical_date IS NOT NULL").await, [["1"]]);

        down(db, &migrator, "a2c32e6c7729").await;
        assert!(!db.tables().await.contains(&MOVED_RUNS.to_owned()), "there is nothing to move");

        for (round, (id, run)) in [(2, "dateless"), (3, "dateless again")].into_iter().enumerate() {
            up(db, &migrator, "1cdc775ca98f").await;
            insert(db, "dag_run", "id, dag_id, run_id, run_type, conf", &[&format!("{id}, 'd', '{run}', 'manual', NULL")]).await;
            for run in ["dated", run] {
                fill_run(db, run).await;
            }
            down(db, &migrator, "a2c32e6c7729").await;

            assert_eq!(db.query("SELECT run_id FROM dag_run WHERE execution_date IS NOT NULL").await, [["dated"]]);
            let moved = db.query(&format!("SELECT id, run_id, logical_date FROM {MOVED_RUNS} ORDER BY id")).await;
            assert_eq!(moved.len(), round + 1);
            assert_eq!(moved[round], [id.to_string().as_str(), run, "NULL"]);
            for table in RUN_TABLES {
                let runs = db.query(&format!("SELECT DISTINCT run_id FROM {table}")).await;
                assert_eq!(runs, [["dated"]], "{table}");
            }
            assert_eq!(db.query("SELECT dag_run_id FROM dag_run_note").await, [["1"]]);
            for table in RUN_TABLES.iter().rev().chain(&["dag_run_note"]) {
                db.execute(&format!("DELETE FROM {table}")).await;
            }
        }
    }
}

/// What refers to a run by its name; the first is what most others refer to.
const RUN_TABLES: [&str; 4] = ["task_instance", "xcom", "task_map", "rendered_task_instance_fields"];

async fn fill_run(db: &TestDatabase, run: &str) {
    let key = format!("'d', 't', '{run}', 0");
    insert(
        db,
        "task_instance",
        "dag_id, task_id, run_id, map_index, pool, pool_slots",
        &[&format!("{key}, 'p', 1")],
    )
    .await;
    let id = &db.query(&format!("SELECT id FROM dag_run WHERE run_id = '{run}'")).await[0][0];
    let columns = format!("dag_id, task_id, run_id, map_index, dag_run_id, {}, timestamp", quoted(db, "key"));
    insert(db, "xcom", &columns, &[&format!("{key}, {id}, 'k', {THEN}")]).await;
    insert(db, "task_map", "dag_id, task_id, run_id, map_index, length", &[&format!("{key}, 1")]).await;
    let columns = "dag_id, task_id, run_id, map_index, rendered_fields";
    insert(db, "rendered_task_instance_fields", columns, &[&format!("{key}, '{{}}'")]).await;
    let note = format!("{id}, 'a note', {THEN}, {THEN}");
    insert(db, "dag_run_note", "dag_run_id, content, created_at, updated_at", &[&note]).await;
}

db_test! {
    async fn who_wrote_a_note_is_a_number_again_where_it_was_one(db) {
        let migrator = migrator();
        up(db, &migrator, "16cbcb1c8c36").await;
        let writers = [None, Some("admin"), Some(""), Some("007"), Some("2147483647"), Some("2147483648"),
            Some("99999999999999999999"), Some("-1"), Some("4\n")];
        for id in 0..=writers.len() {
            let run = format!("{id}, 'd', {THEN}, 'r{id}', 'manual'", );
            let run = run.replacen(THEN, &format!("'2026-01-02 03:04:{id:02}'"), 1);
            insert(db, "dag_run", "id, dag_id, logical_date, run_id, run_type", &[&run]).await;
        }
        let columns = "dag_run_id, user_id, created_at, updated_at";
        insert(db, "dag_run_note", columns, &[&format!("{}, 42, {THEN}, {THEN}", writers.len())]).await;

        up(db, &migrator, "44eabb1904b4").await;
        assert_eq!(db.query("SELECT user_id FROM dag_run_note").await, [["42"]]);
        for (id, writer) in writers.iter().enumerate() {
            let writer = writer.map_or("NULL".to_owned(), |writer| format!("'{writer}'"));
            insert(db, "dag_run_note", columns, &[&format!("{id}, {writer}, {THEN}, {THEN}")]).await;
        }

        down(db, &migrator, "16cbcb1c8c36").await;
        let found = db.query("SELECT user_id + 0 FROM dag_run_note ORDER BY dag_run_id").await.concat();
        assert_eq!(found, ["NULL", "NULL", "NULL", "7", "2147483647", "NULL", "NULL", "NULL", "NULL", "42"]);
    }
}

db_test! {
    async fn datasets_get_names_and_lose_them(db) {
        let migrator = migrator();
        let group = quoted(db, "group");
        up(db, &migrator, "44eabb1904b4").await;
        insert(db, "dataset", "id, uri, extra, created_at, updated_at, is_orphaned", &[
            &format!("1, 's3://used', '{{}}', {THEN}, {THEN}, false"),
            &format!("2, 's3://unused', '{{}}', {THEN}, {THEN}, true"),
        ]).await;
        insert(db, "dataset_alias", "id, name", &["1", "2"].map(|id| format!("{id}, 'alias {id}'")).each_ref().map(String::as_str)).await;

        up(db, &migrator, "fb2d4922cd79").await;
        let named = format!("SELECT id, name, uri, {group} FROM dataset ORDER BY id");
        assert_eq!(db.query(&named).await, [["1", "s3://used", "s3://used", "asset"], ["2", "s3://unused", "s3://unused", "asset"]]);
        assert_eq!(db.query("SELECT name, uri FROM asset_active").await, [["s3://used", "s3://used"]]);
        let aliases = format!("SELECT name, {group} FROM dataset_alias ORDER BY id");
        assert_eq!(db.query(&aliases).await, [["alias 1", "asset"], ["alias 2", "asset"]]);

        // A name and a URI that the first had, and two that nobody uses.
        let columns = format!("id, name, uri, {group}, extra, created_at, updated_at");
        insert(db, "dataset", &columns, &[
            &format!("3, 'other', 's3://used', 'asset', '{{}}', {THEN}, {THEN}"),
            &format!("4, 'four', 's3://four', 'asset', '{{}}', {THEN}, {THEN}"),
            &format!("5, 'five', 's3://four', 'asset', '{{}}', {THEN}, {THEN}"),
        ]).await;
        insert(db, "dag", "dag_id, max_active_tasks, has_task_concurrency_limits, max_consecutive_failed_dag_runs", &["'d', 1, false, 0"]).await;
        for id in 1..=5 {
            refer(db, "dataset", id).await;
        }
        down(db, &migrator, "0d9e73a75ee4").await;
        let orphaned = "SELECT id FROM dataset WHERE is_orphaned ORDER BY id";
        assert_eq!(db.query(orphaned).await.concat(), ["2", "3", "4", "5"]);
        assert_eq!(db.query("SELECT id FROM dataset WHERE NOT is_orphaned").await, [["1"]]);

        // Two in use with one URI, which no Airflow makes: the older stays. One in use stays rather than an older one.
        insert(db, "dataset", &format!("{columns}, is_orphaned"), &[
            &format!("6, 'six', 's3://used', 'asset', '{{}}', {THEN}, {THEN}, false"),
            &format!("7, 'seven', 's3://four', 'asset', '{{}}', {THEN}, {THEN}, false"),
        ]).await;
        refer(db, "dataset", 6).await;
        refer(db, "dataset", 7).await;
        down(db, &migrator, "44eabb1904b4").await;
        let left = "SELECT id, uri FROM dataset ORDER BY id";
        assert_eq!(db.query(left).await, [["1", "s3://used"], ["2", "s3://unused"], ["7", "s3://four"]]);
        for table in ["dag_schedule_dataset_reference", "task_outlet_dataset_reference", "dataset_dag_run_queue", "dataset_alias_dataset"] {
            let found = db.query(&format!("SELECT dataset_id FROM {table} ORDER BY 1")).await.concat();
            assert_eq!(found, ["1", "2", "7"], "{table}");
        }
        assert_eq!(db.query("SELECT name FROM dataset_alias ORDER BY id").await, [["alias 1"], ["alias 2"]]);
    }
}

/// A row in each table that refers to a dataset.
async fn refer(db: &TestDatabase, word: &str, id: u32) {
    let word_id = format!("{word}_id");
    let reference = format!("dag_schedule_{word}_reference");
    insert(
        db,
        &reference,
        &format!("{word_id}, dag_id, created_at, updated_at"),
        &[&format!("{id}, 'd', {THEN}, {THEN}")],
    )
    .await;
    let outlet = format!("task_outlet_{word}_reference");
    insert(
        db,
        &outlet,
        &format!("{word_id}, dag_id, task_id, created_at, updated_at"),
        &[&format!("{id}, 'd', 't', {THEN}, {THEN}")],
    )
    .await;
    insert(
        db,
        &format!("{word}_dag_run_queue"),
        &format!("{word_id}, target_dag_id, created_at"),
        &[&format!("{id}, 'd', {THEN}")],
    )
    .await;
    insert(db, &format!("{word}_alias_{word}"), &format!("alias_id, {word_id}"), &[&format!("1, {id}")])
        .await;
}

db_test! {
    async fn backfills_of_an_earlier_way_up_stay(db) {
        let migrator = migrator();
        up(db, &migrator, "fb2d4922cd79").await;
        insert(db, "dag_run", "id, dag_id, logical_date, run_id, run_type", &["1, 'd', '2026-03-04 05:06:07', 'r', 'backfill'"]).await;
        insert(db, "backfill", "id, dag_id, from_date, to_date, dag_run_conf, max_active_runs, created_at, updated_at", &[
            &format!("1, 'd', {THEN}, {THEN}, '{{}}', 1, {THEN}, {THEN}"),
        ]).await;
        insert(db, "backfill_dag_run", "id, backfill_id, dag_run_id, sort_ordinal", &["1, 1, 1, 1", "2, 1, NULL, 2"]).await;
        up(db, &migrator, "3a8972ecb8f9").await;
        assert_eq!(db.query("SELECT reprocess_behavior FROM backfill").await, [["none"]]);
        let dated = |date: &str| format!("SELECT id FROM backfill_dag_run WHERE logical_date = {date}");
        assert_eq!(db.query(&dated("'2026-03-04 05:06:07'")).await, [["1"]]);
        assert_eq!(db.query(&dated(THEN)).await, [["2"]]);
        down(db, &migrator, "fb2d4922cd79").await;
        assert_eq!(db.query("SELECT id, dag_run_id FROM backfill_dag_run ORDER BY id").await, [["1", "1"], ["2", "NULL"]]);
    }
}

db_test! {
    async fn datasets_become_assets_with_all_that_refers_to_them(db) {
        let migrator = migrator();
        up(db, &migrator, "3a8972ecb8f9").await;
        fill_assets(db, "dataset").await;
        let before = assets(db, "dataset").await;
        assert!(before.iter().all(|rows| rows.len() == 2), "{before:?}");

        up(db, &migrator, "05234396c6fc").await;
        assert_eq!(assets(db, "asset").await, before);
        down(db, &migrator, "3a8972ecb8f9").await;
        assert_eq!(assets(db, "dataset").await, before);

        // The keys still delete what refers to what is deleted.
        up(db, &migrator, "05234396c6fc").await;
        db.execute("DELETE FROM asset WHERE id = 1").await;
        db.execute("DELETE FROM asset_event WHERE id = 1").await;
        let left = assets(db, "asset").await;
        assert!(left.iter().filter(|rows| rows.len() == 1).count() == 9, "{left:?}");
    }
}

async fn fill_assets(db: &TestDatabase, word: &str) {
    insert(
        db,
        "dag",
        "dag_id, max_active_tasks, has_task_concurrency_limits, max_consecutive_failed_dag_runs",
        &["'d', 1, false, 0"],
    )
    .await;
    let group = quoted(db, "group");
    for id in 1..=2 {
        let run = format!("{id}, 'd', '2026-01-02 03:04:0{id}', 'r{id}', 'manual'");
        insert(db, "dag_run", "id, dag_id, logical_date, run_id, run_type", &[&run]).await;
        insert(
            db,
            word,
            &format!("id, name, uri, {group}, extra, created_at, updated_at"),
            &[&format!("{id}, 'name {id}', 'uri {id}', 'asset', '{{}}', {THEN}, {THEN}")],
        )
        .await;
        insert(db, "asset_active", "name, uri", &[&format!("'name {id}', 'uri {id}'")]).await;
        insert(
            db,
            &format!("{word}_alias"),
            &format!("id, name, {group}"),
            &[&format!("{id}, 'alias {id}', 'asset'")],
        )
        .await;
        insert(
            db,
            &format!("{word}_event"),
            &format!("id, {word}_id, extra, timestamp"),
            &[&format!("{id}, {id}, '{{}}', {THEN}")],
        )
        .await;
        insert(db, &format!("{word}_alias_{word}_event"), "alias_id, event_id", &[&format!("1, {id}")]).await;
        insert(db, &format!("dagrun_{word}_event"), "dag_run_id, event_id", &[&format!("{id}, {id}")]).await;
        refer(db, word, id).await;
    }
}

async fn assets(db: &TestDatabase, word: &str) -> Vec<Vec<Vec<String>>> {
    let group = quoted(db, "group");
    let mut found = Vec::new();
    for query in [
        format!("SELECT id, name, uri, {group} FROM {word}"),
        "SELECT name, uri FROM asset_active".to_owned(),
        format!("SELECT id, name, {group} FROM {word}_alias"),
        format!("SELECT id, {word}_id FROM {word}_event"),
        format!("SELECT alias_id, event_id FROM {word}_alias_{word}_event"),
        format!("SELECT dag_run_id, event_id FROM dagrun_{word}_event"),
        format!("SELECT {word}_id, dag_id FROM dag_schedule_{word}_reference"),
        format!("SELECT {word}_id, task_id FROM task_outlet_{word}_reference"),
        format!("SELECT {word}_id, target_dag_id FROM {word}_dag_run_queue"),
        format!("SELECT alias_id, {word}_id FROM {word}_alias_{word}"),
    ] {
        found.push(db.query(&format!("{query} ORDER BY 1, 2")).await);
    }
    found
}

db_test! {
    async fn task_instances_get_ids_in_the_order_of_their_times(db) {
        let migrator = migrator();
        up(db, &migrator, "05234396c6fc").await;
        insert(db, "dag_run", "id, dag_id, logical_date, run_id, run_type", &[&format!("1, 'd', {THEN}, 'r', 'manual'")]).await;
        fill_run(db, "r").await;
        let columns = "dag_id, task_id, run_id, map_index, pool, pool_slots, queued_dttm, start_date";
        insert(db, "task_instance", columns, &[
            "'d', 'queued', 'r', 0, 'p', 1, '2024-02-03 04:05:06.789', '2025-01-01 00:00:00'",
            "'d', 'started', 'r', 0, 'p', 1, NULL, '2024-02-03 04:05:06.790'",
            "'d', 'mapped', 'r', 7, 'p', 1, '2001-01-01 00:00:00', NULL",
        ]).await;

        up(db, &migrator, "d59cbbef95eb").await;
        let found = db.query("SELECT id, task_id FROM task_instance ORDER BY id").await;
        let tasks: Vec<&str> = found.iter().map(|row| row[1].as_str()).collect();
        assert_eq!(tasks, ["mapped", "queued", "started", "t"]);
        for row in &found {
            let id = &row[0];
            let dashes: Vec<usize> = id.match_indices('-').map(|(at, _)| at).collect();
            assert_eq!((id.len(), dashes.as_slice()), (36, &[8, 13, 18, 23][..]), "{id}");
            assert!(id.chars().all(|c| c == '-' || c.is_ascii_digit() || ('a'..='f').contains(&c)), "{id}");
            assert_eq!(&id[14..15], "7", "{id}");
            assert!("89ab".contains(&id[19..20]), "{id}");
        }
        // 2024-02-03 04:05:06.789 is 1,706,933,106,789 milliseconds; SQLite counts days in floating point.
        let milliseconds = |id: &str| i64::from_str_radix(&id[..13].replace('-', ""), 16).unwrap();
        assert!((milliseconds(&found[1][0]) - 1_706_933_106_789).abs() <= 1, "{found:?}");
        assert!((milliseconds(&found[2][0]) - 1_706_933_106_790).abs() <= 1, "{found:?}");
        for table in RUN_TABLES {
            assert_eq!(db.query(&format!("SELECT count(*) FROM {table} WHERE task_id = 't'")).await, [["1"]], "{table}");
        }

        down(db, &migrator, "05234396c6fc").await;
        let tasks = db.query("SELECT task_id, map_index FROM task_instance ORDER BY task_id").await;
        assert_eq!(tasks, [["mapped", "7"], ["queued", "0"], ["started", "0"], ["t", "0"]]);
        for table in RUN_TABLES {
            assert_eq!(db.query(&format!("SELECT count(*) FROM {table} WHERE task_id = 't'")).await, [["1"]], "{table}");
        }
        up(db, &migrator, "d59cbbef95eb").await;
        db.execute("DELETE FROM task_instance").await;
        for table in RUN_TABLES {
            assert_eq!(db.query(&format!("SELECT count(*) FROM {table}")).await, [["0"]], "{table} refers to task_instance");
        }
    }
}

db_test! {
    async fn dags_are_read_again_and_all_else_stays_when_they_get_versions(db) {
        let migrator = migrator();
        up(db, &migrator, "d03e4a635aa3").await;
        let dag = &["'d', 1, false, 0"];
        insert(db, "dag", "dag_id, max_active_tasks, has_task_concurrency_limits, max_consecutive_failed_dag_runs", dag).await;
        insert(db, "dag_code", "fileloc_hash, fileloc, last_updated, source_code", &[&format!("1, 'f', {THEN}, 'code'")]).await;
        let columns = "dag_id, fileloc, fileloc_hash, last_updated, dag_hash";
        insert(db, "serialized_dag", columns, &[&format!("'d', 'f', 1, {THEN}, 'h'")]).await;
        insert(db, "dag_run", "id, dag_id, logical_date, run_id, run_type, dag_hash", &[&format!("1, 'd', {THEN}, 'r', 'manual', 'h'")]).await;
        let task = format!("{}, 'd', 't', 'r', 0, 'p', 1", uuid(db, 1));
        insert(db, "task_instance", "id, dag_id, task_id, run_id, map_index, pool, pool_slots", &[&task]).await;
        let kept = ["SELECT dag_id FROM dag", "SELECT run_id FROM dag_run", "SELECT task_id FROM task_instance"];
        let mut before = Vec::new();
        for query in kept {
            before.push(db.query(query).await);
        }
        for to in ["9fc3fc5de720", "d03e4a635aa3", "9fc3fc5de720"] {
            if to == "d03e4a635aa3" { down(db, &migrator, to).await } else { up(db, &migrator, to).await }
            for (query, before) in kept.iter().zip(&before) {
                assert_eq!(&db.query(query).await, before, "{query} at {to}");
            }
            for table in ["dag_code", "serialized_dag"] {
                assert_eq!(db.query(&format!("SELECT count(*) FROM {table}")).await, [["0"]], "{table} at {to}");
            }
        }
    }
}

db_test! {
    async fn runs_may_start_when_their_interval_ends_and_know_who_asked_for_them(db) {
        let migrator = migrator();
        up(db, &migrator, "33b04e4bfa19").await;
        let columns = "id, dag_id, run_id, run_type, data_interval_end, logical_date, queued_at, external_trigger";
        insert(db, "dag_run", columns, &[
            "1, 'd', 'r1', 'manual', '2026-01-03 00:00:00', '2026-01-02 00:00:00', NULL, true",
            "2, 'd', 'r2', 'scheduled', NULL, '2026-01-04 00:00:00', NULL, false",
            "3, 'd', 'r3', 'asset_triggered', NULL, NULL, '2026-01-05 00:00:00', NULL",
            "4, 'd', 'r4', 'manual', NULL, NULL, NULL, NULL",
        ]).await;
        up(db, &migrator, "e00344393f31").await;
        for (id, time) in [(1, "2026-01-03"), (2, "2026-01-04"), (3, "2026-01-05")] {
            let found = db.query(&format!("SELECT id FROM dag_run WHERE run_after = '{time} 00:00:00'")).await;
            assert_eq!(found, [[id.to_string()]]);
        }
        assert_eq!(db.query("SELECT id FROM dag_run WHERE run_after > '2026-01-06 00:00:00'").await, [["4"]]);
        down(db, &migrator, "33b04e4bfa19").await;
        let asked = db.query("SELECT id FROM dag_run WHERE external_trigger ORDER BY id").await.concat();
        assert_eq!(asked, ["1", "4"]);
        let not = db.query("SELECT id FROM dag_run WHERE NOT external_trigger ORDER BY id").await.concat();
        assert_eq!(not, ["2", "3"]);
    }
}

db_test! {
    async fn what_belongs_to_a_task_instance_refers_to_its_id_and_back(db) {
        let migrator = migrator();
        up(db, &migrator, "e00344393f31").await;
        let runs = ["dataset_triggered", "manual"];
        for (id, kind) in [(1, runs[0]), (2, runs[1])] {
            let run = format!("{id}, 'd', 'r{id}', '{kind}', {THEN}");
            insert(db, "dag_run", "id, dag_id, run_id, run_type, run_after", &[&run]).await;
            let key = format!("'d', 't', 'r{id}', {id}");
            let task = format!("{}, {key}, 'p', 1", uuid(db, id));
            insert(db, "task_instance", "id, dag_id, task_id, run_id, map_index, pool, pool_slots", &[&task]).await;
            let columns = "id, dag_id, task_id, run_id, map_index, try_number, pool, pool_slots";
            for number in 1..=2 {
                let history = id * 10 + number;
                insert(db, "task_instance_history", columns, &[&format!("{history}, {key}, {number}, 'p', 1")]).await;
            }
            let columns = "dag_id, task_id, run_id, map_index, content, created_at, updated_at";
            insert(db, "task_instance_note", columns, &[&format!("{key}, 'note {id}', {THEN}, {THEN}")]).await;
            let columns = "id, dag_id, task_id, run_id, map_index, try_number, start_date, end_date, duration, reschedule_date";
            insert(db, "task_reschedule", columns, &[&format!("{id}, {key}, 1, {THEN}, {THEN}, 5, {THEN}")]).await;
        }
        insert(db, "dag_priority_parsing_request", "id, fileloc", &["'i', 'f'"]).await;
        let columns = "dag_id, max_active_tasks, has_task_concurrency_limits, max_consecutive_failed_dag_runs, is_active";
        insert(db, "dag", columns, &["'active', 1, false, 0, true", "'stale', 1, false, 0, false", "'unknown', 1, false, 0, NULL"]).await;
        let of_key = "dag_id, task_id, run_id, map_index";
        let queries = [
            format!("SELECT {of_key}, try_number FROM task_instance_history ORDER BY run_id, try_number"),
            format!("SELECT {of_key}, content FROM task_instance_note ORDER BY run_id"),
            format!("SELECT {of_key}, id, duration FROM task_reschedule ORDER BY id"),
            "SELECT id, run_type FROM dag_run ORDER BY id".to_owned(),
            "SELECT dag_id, is_active FROM dag ORDER BY dag_id".to_owned(),
        ];
        let mut before = Vec::new();
        for query in &queries {
            before.push(db.query(query).await);
        }

        for _ in 0..2 {
            up(db, &migrator, "959e216a3abb").await;
            let tries = "SELECT task.run_id, tried.try_number FROM task_instance_history AS tried \
                         JOIN task_instance AS task ON task.id = tried.task_instance_id ORDER BY 1, 2";
            assert_eq!(db.query(tries).await, [["r1", "1"], ["r1", "2"], ["r2", "1"], ["r2", "2"]]);
            assert_eq!(db.query("SELECT count(DISTINCT try_id) FROM task_instance_history").await, [["4"]]);
            let notes = "SELECT task.run_id, note.content FROM task_instance_note AS note \
                         JOIN task_instance AS task ON task.id = note.ti_id ORDER BY 1";
            assert_eq!(db.query(notes).await, [["r1", "note 1"], ["r2", "note 2"]]);
            let reschedules = "SELECT task.run_id, again.id FROM task_reschedule AS again \
                               JOIN task_instance AS task ON task.id = again.ti_id ORDER BY 1";
            assert_eq!(db.query(reschedules).await, [["r1", "1"], ["r2", "2"]]);
            assert_eq!(db.query("SELECT run_type FROM dag_run ORDER BY id").await.concat(), ["asset_triggered", "manual"]);
            assert_eq!(db.query("SELECT dag_id FROM dag WHERE is_stale").await, [["stale"]]);
            assert_eq!(db.query("SELECT dag_id FROM dag WHERE NOT is_stale").await, [["active"]]);
            assert_eq!(db.query("SELECT count(*) FROM dag_priority_parsing_request").await, [["0"]]);

            down(db, &migrator, "e00344393f31").await;
            for (query, before) in queries.iter().zip(&before) {
                assert_eq!(&db.query(query).await, before, "{query}");
            }
            // The numbers go on behind those that were given.
            let task = "'d', 't', 'r1', 1, 3, 'p', 1";
            insert(db, "task_instance_history", "dag_id, task_id, run_id, map_index, try_number, pool, pool_slots", &[task]).await;
            assert_eq!(db.query("SELECT count(DISTINCT id) FROM task_instance_history").await, [["5"]]);
            db.execute("DELETE FROM task_instance_history WHERE try_number = 3").await;
        }
        up(db, &migrator, "959e216a3abb").await;
        db.execute("DELETE FROM task_instance WHERE run_id = 'r1'").await;
        for table in ["task_instance_note", "task_reschedule"] {
            assert_eq!(db.query(&format!("SELECT count(*) FROM {table}")).await, [["1"]], "{table} refers to task_instance");
        }
    }
}

db_test! {
    async fn an_earlier_try_keeps_its_own_id(db) {
        let migrator = migrator();
        up(db, &migrator, "959e216a3abb").await;
        insert(db, "dag_run", "id, dag_id, run_id, run_type, run_after", &[&format!("1, 'd', 'r', 'manual', {THEN}")]).await;
        let task = format!("{}, 'd', 't', 'r', 0, 'p', 1", uuid(db, 1));
        insert(db, "task_instance", "id, dag_id, task_id, run_id, map_index, pool, pool_slots", &[&task]).await;
        let columns = "try_id, task_instance_id, dag_id, task_id, run_id, map_index, try_number, pool, pool_slots";
        let tried = format!("{}, {}, 'd', 't', 'r', 0, 1, 'p', 1", uuid(db, 2), uuid(db, 1));
        insert(db, "task_instance_history", columns, &[&tried]).await;
        let columns = "id, ti_id, try_number, start_date, end_date, duration, reschedule_date";
        insert(db, "task_reschedule", columns, &[&format!("1, {}, 2, {THEN}, {THEN}, 5, {THEN}", uuid(db, 1))]).await;
        insert(db, "task_instance_note", "ti_id, content, created_at, updated_at", &[&format!("{}, 'note', {THEN}, {THEN}", uuid(db, 1))]).await;
        insert(db, "import_error", "id, filename", &["1, 'f'"]).await;

        up(db, &migrator, "fe199e1abd77").await;
        let tries = format!("SELECT try_number FROM task_instance_history WHERE task_instance_id = {}", uuid(db, 2));
        assert_eq!(db.query(&tries).await, [["1"]]);
        assert_eq!(db.query("SELECT duration FROM task_reschedule").await, [["5"]]);
        assert_eq!(db.query("SELECT count(*) FROM import_error").await, [["0"]]);
        // A note follows its task instance to the next try.
        let other = format!("{}, 'd', 'noted', 'r', 0, 'p', 1", uuid(db, 3));
        insert(db, "task_instance", "id, dag_id, task_id, run_id, map_index, pool, pool_slots", &[&other]).await;
        insert(db, "task_instance_note", "ti_id, content, created_at, updated_at", &[&format!("{}, 'other', {THEN}, {THEN}", uuid(db, 3))]).await;
        db.execute(&format!("UPDATE task_instance SET id = {} WHERE task_id = 'noted'", uuid(db, 4))).await;
        let noted = format!("SELECT content FROM task_instance_note WHERE ti_id = {}", uuid(db, 4));
        assert_eq!(db.query(&noted).await, [["other"]]);

        down(db, &migrator, "959e216a3abb").await;
        let tries = format!("SELECT try_number FROM task_instance_history WHERE try_id = {}", uuid(db, 2));
        assert_eq!(db.query(&tries).await, [["1"]]);
        assert_eq!(db.query("SELECT try_number, duration FROM task_reschedule").await, [["1", "5"]]);
        assert_eq!(db.query("SELECT content FROM task_instance_note ORDER BY 1").await, [["note"], ["other"]]);
    }
}

/// An id of a task instance.
pub(crate) fn uuid(db: &TestDatabase, number: u32) -> String {
    match db.dialect() {
        DialectName::Postgres => format!("'01890000-0000-7000-8000-0000000000{number:02}'::uuid"),
        _ => format!("'01890000-0000-7000-8000-0000000000{number:02}'"),
    }
}

/// Inserts rows: columns and values as SQL has them.
pub(crate) async fn insert(db: &TestDatabase, table: &str, columns: &str, rows: &[&str]) {
    let rows: Vec<String> = rows.iter().map(|row| format!("({row})")).collect();
    db.execute(&format!("INSERT INTO {table} ({columns}) VALUES {}", rows.join(", "))).await;
}

/// A word that not every database takes as a name.
pub(crate) fn quoted(db: &TestDatabase, word: &str) -> String {
    match db.dialect() {
        DialectName::MySql | DialectName::MariaDb => format!("`{word}`"),
        _ => format!("\"{word}\""),
    }
}

db_test! {
    async fn uris_that_are_too_long_are_counted_before_anything_changes(db) {
        let rest = format!(", {THEN}, {THEN}, false, '{{}}'");
        let columns = "id, uri, created_at, updated_at, is_orphaned, extra";
        too_long(db, ["44eabb1904b4", "0d9e73a75ee4"], ["dataset", "uri"], columns, &rest).await;
    }
}

db_test! {
    async fn aliases_that_are_too_long_are_counted_before_anything_changes(db) {
        too_long(db, ["5a5d66100783", "fb2d4922cd79"], ["dataset_alias", "name"], "id, name", "").await;
    }
}

async fn too_long(
    db: &TestDatabase,
    [before, revision]: [&str; 2],
    [table, column]: [&str; 2],
    columns: &str,
    rest: &str,
) {
    let migrator = migrator();
    made_at(db, &migrator, before).await;
    for (id, length) in [(1, 1_500), (2, 1_501), (3, 3_000)] {
        insert(db, table, columns, &[&format!("{id}, '{}'{rest}", "é".repeat(length))]).await;
    }
    let done = try_up(db, &migrator, revision).await;
    if db.dialect() == DialectName::Sqlite {
        assert_eq!(done, Ok(()));
        return;
    }
    let said = format!("table {table} has 2 row(s) whose {column} is too long");
    assert!(done.as_ref().is_err_and(|error| error.contains(&said)), "{done:?}");
    assert_eq!(db.query("SELECT version_num FROM alembic_version").await, [[before]]);
    db.execute(&format!("DELETE FROM {table} WHERE id > 1")).await;
    up(db, &migrator, revision).await;
}
