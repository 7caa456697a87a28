//! JSON through the revisions of Airflow 3.1 that make it or make other of it, and the first of 3.2: callbacks of deadlines
//! and serialized DAGs.

use std::io::{Read as _, Write as _};

use dunlin_testkit::dunlin::core::dialect::DialectName;
use dunlin_testkit::{TestDatabase, db_test};
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::{GzEncoder, ZlibEncoder};
use serde_json::{Value, json};

use crate::each_revision::{down, migrator, up};
use crate::moved_rows::{THEN, insert, quoted};
use crate::moved_rows_3_1::{DAG, RUN, key};
use crate::moved_values::hex;

db_test! {
    async fn callbacks_of_deadlines_become_objects_and_are_taken_apart_again(db) {
        let migrator = migrator();
        up(db, &migrator, "3bda03debd04").await;
        let cases = callbacks(db);
        for (at, (path, arguments, _)) in cases.iter().enumerate() {
            let arguments = arguments.map_or("NULL".to_owned(), |json| text(db, json));
            let row = format!("{}, {THEN}, {}, {arguments}", key(db, at), text(db, path));
            insert(db, "deadline", "id, deadline_time, callback, callback_kwargs", &[&row]).await;
        }

        up(db, &migrator, "808787349f22").await;
        let found = db.query(&format!("SELECT {} FROM deadline ORDER BY id", json_text(db, "callback"))).await;
        assert_eq!(found.len(), cases.len());
        for (row, (path, arguments, wanted)) in found.iter().zip(&cases) {
            match wanted {
                Some(wanted) => assert_eq!(value(&row[0]), async_callback(path, wanted.clone()), "{arguments:?}"),
                None => assert!(row[0].contains(arguments.unwrap()), "{}", row[0]),
            }
        }

        // What the column of 500 characters has no room for, and what is no callback.
        let long = "é".repeat(600);
        let others = [
            (json!({"__data__": {"path": long, "kwargs": {"a": 1}}}).to_string(), "é".repeat(500), json!({"a": 1})),
            ("null".to_owned(), String::new(), json!({})),
            ("[1]".to_owned(), String::new(), json!({})),
            (json!({"path": "a.b", "kwargs": [1]}).to_string(), "a.b".to_owned(), json!({})),
            (json!({"__data__": 7}).to_string(), String::new(), json!({})),
            (json!({"__data__": {"path": 7}}).to_string(), String::new(), json!({})),
            (json!("{\"path\": \"a.b\", \"kwargs\": {\"c\": \"d\"}}").to_string(), "a.b".to_owned(), json!({"c": "d"})),
        ];
        for (at, (callback, ..)) in others.iter().enumerate() {
            let row = format!("{}, {THEN}, {}", key(db, 100 + at), text(db, callback));
            insert(db, "deadline", "id, deadline_time, callback", &[&row]).await;
        }
        down(db, &migrator, "3bda03debd04").await;
        let query = format!("SELECT callback, {} FROM deadline ORDER BY id", json_text(db, "callback_kwargs"));
        let found = db.query(&query).await;
        assert_eq!(found.len(), cases.len() + others.len());
        for (row, (path, arguments, wanted)) in found.iter().zip(&cases) {
            assert_eq!(row[0], *path);
            match wanted {
                Some(wanted) => assert_eq!(value(&row[1]), *wanted, "{arguments:?}"),
                None => assert_eq!(row[1], arguments.unwrap()),
            }
        }
        for (row, (callback, path, wanted)) in found[cases.len()..].iter().zip(others) {
            assert_eq!((&row[0], value(&row[1])), (&path, wanted), "{callback}");
        }
    }
}

/// A path, its arguments, and what they are then; `None` is the text that they were.
type Callback = (&'static str, Option<&'static str>, Option<Value>);

fn callbacks(db: &TestDatabase) -> Vec<Callback> {
    let mut callbacks = vec![
        ("a.b", None, Some(json!({}))),
        ("", Some("null"), Some(json!({}))),
        ("a.b", Some("[1, {\"a\": 1}]"), Some(json!({}))),
        ("a.b", Some("7"), Some(json!({}))),
        ("a.b", Some("\"a text\""), Some(json!({}))),
        ("a.b", Some(r#""{\"in\": {\"a\": \"text\"}}""#), Some(json!({"in": {"a": "text"}}))),
        ("a.b", Some("{}"), Some(json!({}))),
        (
            "a.b",
            Some(r#"{"a": {"b": [1, null, "x{y}\"z, \\:"]}}"#),
            Some(json!({"a": {"b": [1, null, "x{y}\"z, \\:"]}})),
        ),
        ("é 漢 😀 '\"\\", Some(r#"{"é 漢 😀": "\u00e9"}"#), Some(json!({"é 漢 😀": "é"}))),
    ];
    // What each database has, and others have not.
    match db.dialect() {
        DialectName::Postgres => {
            callbacks.push(("a.b", Some(r#"{"nul": "\u0000", "half": "\ud83d", "n": 1e400}"#), None));
        }
        DialectName::Sqlite => {
            callbacks.push(("a.b", Some(r#"{"nan": NaN, "n": 123456789012345678901234567890}"#), None));
        }
        _ => {}
    }
    callbacks
}

fn async_callback(path: &str, kwargs: Value) -> Value {
    json!({
        "__data__": {"path": path, "kwargs": kwargs},
        "__classname__": "airflow.sdk.definitions.deadline.AsyncCallback",
        "__version__": 0,
    })
}

db_test! {
    /// More than are read at a time, with runs and without.
    async fn every_deadline_keeps_its_callback(db) {
        let migrator = migrator();
        up(db, &migrator, "3bda03debd04").await;
        insert(db, "dag", DAG, &["'d', 1, false, 0"]).await;
        insert(db, "dag_run", RUN, &[&format!("1, 'd', 'r', 'manual', {THEN}"), &format!("2, 'gone', 'r', 'manual', {THEN}")]).await;
        for batch in 0..5 {
            let rows: Vec<String> = (batch * 500..batch * 500 + 500)
                .map(|at| {
                    let run = ["NULL", "1", "2"][at % 3];
                    format!("{}, {run}, {THEN}, 'path.{at}', '{{\"at\": {at}}}'", key(db, at))
                })
                .collect();
            let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
            insert(db, "deadline", "id, dagrun_id, deadline_time, callback, callback_kwargs", &rows).await;
        }
        let both = |callback: &str, kwargs: &str| {
            format!("SELECT {}, {} FROM deadline ORDER BY id", json_text(db, callback), json_text(db, kwargs))
        };
        up(db, &migrator, "e812941398f4").await;
        let found = db.query(&format!(
            "SELECT {}, deadline.missed FROM deadline JOIN callback ON callback.id = deadline.callback_id ORDER BY deadline.id",
            json_text(db, "callback.data")
        )).await;
        assert_eq!(found.len(), 2_500);
        for (at, row) in found.iter().enumerate() {
            let dag = ["", "d", "gone"][at % 3];
            assert_eq!(value(&row[0]), written(&format!("path.{at}"), json!({"at": at}), dag));
        }
        let ids = db.query(&format!("SELECT count(DISTINCT id), min({0}), max({0}) FROM callback", char_length(db))).await;
        let length = if matches!(db.dialect(), DialectName::Postgres | DialectName::MariaDb) { "36" } else { "32" };
        assert_eq!(ids, [["2500", length, length]]);

        // Those of a DAG that there is have it again.
        down(db, &migrator, "3bda03debd04").await;
        let found = db.query(&both("callback", "callback_kwargs")).await;
        assert_eq!(found.len(), 2_500);
        for (at, row) in found.iter().enumerate() {
            assert_eq!((row[0].as_str(), value(&row[1])), (format!("path.{at}").as_str(), json!({"at": at})));
        }
        let of_dags = "SELECT dag_id, dagrun_id, count(*) FROM deadline GROUP BY dag_id, dagrun_id ORDER BY 3, 2";
        let mut of_dags = db.query(of_dags).await;
        of_dags.sort();
        assert_eq!(of_dags, [["NULL", "2", "833"], ["NULL", "NULL", "834"], ["d", "1", "833"]]);
        assert!(!db.tables().await.contains(&"callback".to_owned()));
    }
}

/// The data of a callback as Airflow writes it.
fn written(path: &str, kwargs: Value, dag_id: &str) -> Value {
    json!({"__type": "dict", "__var": {
        "path": path,
        "kwargs": {"__type": "dict", "__var": kwargs},
        "prefix": "deadline_alerts",
        "dag_id": dag_id,
    }})
}

fn char_length(db: &TestDatabase) -> &'static str {
    match db.dialect() {
        DialectName::Postgres => "length(id::text)",
        DialectName::Sqlite => "length(id)",
        _ => "char_length(id)",
    }
}

db_test! {
    async fn callbacks_of_deadlines_are_such_as_airflow_reads(db) {
        let migrator = migrator();
        up(db, &migrator, "b87d2135fa50").await;
        let dag_id = "d \"é\\";
        insert(db, "dag_run", RUN, &[&format!("1, {}, 'r', 'manual', {THEN}", text(db, dag_id))]).await;
        insert(db, &quoted(db, "trigger"), "id, classpath, kwargs, created_date", &[&format!("1, 'c', '{{}}', {THEN}")]).await;
        let plain = |kwargs: &str| format!(r#"{{"__data__": {{"path": "a.b", "kwargs": {kwargs}}}, "__classname__": "x", "__version__": 0}}"#);
        let mut cases = vec![
            (plain("{}"), None, json!({})),
            (plain(r#"{"a": {"b": [{"c": "{\"}\\"}, 1.5, null, true, {}]}}"#), Some("success"),
                json!({"a": {"__type": "dict", "__var": {"b": [{"__type": "dict", "__var": {"c": "{\"}\\"}}, 1.5, null, true, {"__type": "dict", "__var": {}}]}}})),
            (plain(r#"{"é 漢 😀": "\u00e9"}"#), Some("failed"), json!({"é 漢 😀": "é"})),
            (plain(r#"{"a": 1}"#), Some("queued"), json!({"a": 1})),
            (r#"{"path": "a.b", "kwargs": {"a": 1}}"#.to_owned(), Some("running"), json!({"a": 1})),
            (plain("[1]"), None, json!({})),
            (r#"{"path": "a.b"}"#.to_owned(), None, json!({})),
        ];
        match db.dialect() {
            DialectName::Postgres => cases.push((plain(r#"{"a\u0000": "\\u0000", "half": "\ud83d"}"#), None, json!({"a": "\\u0000", "half": "\u{fffd}"}))),
            DialectName::MySql | DialectName::MariaDb => cases.push((plain(r#"{"nul": "\u0000"}"#), None, json!({"nul": "\u{0}"}))),
            DialectName::Sqlite => cases.push((plain(r#"{"nul": "\u0000"}"#), None, json!({"nul": "\u{0}"}))),
        }
        let pathless = cases.len();
        for (at, callback) in ["null", "[]", "{\"__data__\": {\"path\": null, \"kwargs\": null}}"].into_iter().enumerate() {
            let row = format!("{}, {THEN}, {}", key(db, pathless + at), text(db, callback));
            insert(db, "deadline", "id, deadline_time, callback", &[&row]).await;
        }
        for (at, (callback, state, _)) in cases.iter().enumerate() {
            let state = state.map_or("NULL".to_owned(), |state| format!("'{state}'"));
            let row = format!("{}, 1, {THEN}, {}, {state}, 1", key(db, at), text(db, callback));
            insert(db, "deadline", "id, dagrun_id, deadline_time, callback, callback_state, trigger_id", &[&row]).await;
        }
        let before = deadlines(db).await;

        up(db, &migrator, "e812941398f4").await;
        let missed = if db.dialect() == DialectName::Postgres { "missed::int" } else { "missed" };
        let found = db.query(&format!(
            "SELECT {}, state, {missed}, type, fetch_method, priority_weight FROM deadline \
             JOIN callback ON callback.id = deadline.callback_id ORDER BY deadline.id",
            json_text(db, "data")
        )).await;
        assert_eq!(found.len(), cases.len() + 3);
        for (row, (callback, state, kwargs)) in found.iter().zip(&cases) {
            assert_eq!(value(&row[0]), written("a.b", kwargs.clone(), dag_id), "{callback}");
            let (state, missed) = match state {
                Some(state @ ("success" | "failed")) => (*state, "1"),
                _ => ("pending", "0"),
            };
            assert_eq!(row[1..], [state, missed, "triggerer", "import_path", "1"], "{callback}");
        }
        for row in &found[pathless..] {
            assert_eq!(value(&row[0]), written("", json!({}), ""));
        }
        let recent = match db.dialect() {
            DialectName::Sqlite => "created_at > datetime('now', '-1 hour') AND created_at < datetime('now', '+1 minute')",
            _ => "created_at > current_timestamp - interval '1' hour AND created_at < current_timestamp + interval '1' minute",
        };
        assert_eq!(db.query(&format!("SELECT count(*) FROM callback WHERE {recent}")).await, [[found.len().to_string()]]);

        // One that is no deadline's stays; those that the real upgrade wrote are read, too.
        insert(db, "callback", "id, created_at, priority_weight, type, fetch_method, data", &[
            &format!("{}, {THEN}, 1, 'dag_processor', 'dag_attribute', '{{}}'", key(db, 99)),
        ]).await;
        for (at, data) in [(0, r#"{"__var": {"path": "a.b", "kwargs": {}}, "__type": "dict"}"#), (3, r#"{"path": "a.b", "kwargs": {"a": 1}}"#)] {
            db.execute(&format!(
                "UPDATE callback SET data = {} WHERE id = (SELECT callback_id FROM deadline WHERE id = {})",
                text(db, data), key(db, at)
            )).await;
        }
        down(db, &migrator, "b87d2135fa50").await;
        assert_eq!(db.query("SELECT type FROM callback").await, [["dag_processor"]]);
        let after = deadlines(db).await;
        assert_eq!(after.len(), before.len());
        for (at, (after, before)) in after.iter().zip(&before).enumerate() {
            let state = if ["success", "failed"].contains(&before[1].as_str()) { before[1].as_str() } else { "NULL" };
            assert_eq!(after[1..], [state, "NULL"], "{at}");
            let wanted = match (at, db.dialect()) {
                _ if at >= pathless => async_callback("", json!({})),
                (5 | 6, _) => async_callback("a.b", json!({})),
                (7, DialectName::Postgres) => async_callback("a.b", cases[7].2.clone()),
                _ => {
                    let before = value(&before[0]);
                    let data = before.get("__data__").unwrap_or(&before);
                    async_callback("a.b", data["kwargs"].clone())
                }
            };
            assert_eq!(value(&after[0]), wanted, "{at}");
        }
    }
}

async fn deadlines(db: &TestDatabase) -> Vec<Vec<String>> {
    let callback = json_text(db, "callback");
    db.query(&format!("SELECT {callback}, callback_state, trigger_id FROM deadline ORDER BY id")).await
}

db_test! {
    async fn serialized_dags_of_version_3_become_those_of_version_2(db) {
        let migrator = migrator();
        up(db, &migrator, "cc92b33c6709").await;
        let dag = r#""dag": {"dag_id": "d", "odd": "}{,: \"client_defaults\" \\", "client_defaults": [1.50]}"#;
        let odd = match db.dialect() {
            DialectName::Postgres => r#""odd": ["\u0000", "\ud83d"]"#,
            DialectName::Sqlite => r#""odd": [NaN, -Infinity]"#,
            _ => r#""odd": []"#,
        };
        let version = |version: &str| format!(r#"{{"__version": {version}, "client_defaults": {{"tasks": {{"a": 1}}}}, {dag}}}"#);
        let without = format!(r#"{{"__version": 2, {dag}}}"#);
        let kept = format!(r#"{{"__version": 2, "client_defaults": {{"tasks": {{"a": 1}}}}, {dag}}}"#);
        let gzip = |text: &str| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(text.as_bytes()).unwrap();
            encoder.finish().unwrap()
        };
        let rows: Vec<(Option<String>, Option<Vec<u8>>)> = vec![
            (Some(version("3")), None),
            (Some(version("\"3\"")), None),
            (Some(version("2")), None),
            (Some(format!(r#"{{"__version": 3, {dag}}}"#)), None),
            (Some(format!(r#"{{"__version": 3, {odd}}}"#)), None),
            (Some("[3]".to_owned()), None),
            (None, None),
            (None, Some(zlib(&version("3")))),
            (None, Some(gzip(&version("3")))),
            (None, Some(zlib(&version("2")))),
            (None, Some(b"no blob".to_vec())),
            (None, Some(zlib("no json"))),
        ];
        for (at, (data, compressed)) in rows.iter().enumerate() {
            insert_serialized(db, at, data.as_deref(), compressed.as_deref()).await;
        }

        down(db, &migrator, "eaf332f43c7c").await;
        let found = serialized(db).await;
        assert_eq!(found.len(), rows.len());
        for at in [0, 1, 3] {
            assert_eq!(value(&found[at][0]), value(&without), "{at}");
        }
        assert_eq!(value(&found[2][0]), value(&kept));
        assert_eq!(value(&found[4][0]), value(&format!(r#"{{"__version": 2, {odd}}}"#)));
        assert_eq!(value(&found[5][0]), json!([3]));
        assert_eq!(found[6].concat().replace("NULL", ""), "");
        for at in [7, 8] {
            assert_eq!(value(&unzlib(&found[at][1])), value(&without), "{at}");
        }
        for (at, row) in rows.iter().enumerate().skip(9) {
            assert_eq!(found[at][1].to_lowercase(), hex(row.1.as_ref().unwrap()), "{at}");
        }

        up(db, &migrator, "cc92b33c6709").await;
        assert_eq!(serialized(db).await, found);
    }
}

async fn insert_serialized(db: &TestDatabase, at: usize, data: Option<&str>, compressed: Option<&[u8]>) {
    let dag = format!("'dag {at}'");
    insert(db, "dag", &format!("{DAG}, bundle_name"), &[&format!("{dag}, 1, false, 0, 'dags-folder'")]).await;
    let version = format!("{}, 1, {dag}, {THEN}, {THEN}", key(db, at));
    insert(db, "dag_version", "id, version_number, dag_id, created_at, last_updated", &[&version]).await;
    let data = data.map_or("NULL".to_owned(), |data| text(db, data));
    let compressed = match (compressed, db.dialect()) {
        (None, _) => "NULL".to_owned(),
        (Some(bytes), DialectName::Postgres) => format!("decode('{}', 'hex')", hex(bytes)),
        (Some(bytes), _) => format!("X'{}'", hex(bytes)),
    };
    let columns = "id, dag_version_id, dag_id, dag_hash, created_at, last_updated, data, data_compressed";
    let row = format!("{0}, {0}, {dag}, 'h', {THEN}, {THEN}, {data}, {compressed}", key(db, at));
    insert(db, "serialized_dag", columns, &[&row]).await;
}

async fn serialized(db: &TestDatabase) -> Vec<Vec<String>> {
    let bytes = match db.dialect() {
        DialectName::Postgres => "encode(data_compressed, 'hex')",
        _ => "hex(data_compressed)",
    };
    db.query(&format!("SELECT {}, {bytes} FROM serialized_dag ORDER BY id", json_text(db, "data"))).await
}

fn zlib(text: &str) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn unzlib(hex: &str) -> String {
    let bytes: Vec<u8> =
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
    let mut text = String::new();
    ZlibDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
    text
}

db_test! {
    /// More than are read at a time.
    async fn every_serialized_dag_is_mended(db) {
        let migrator = migrator();
        up(db, &migrator, "cc92b33c6709").await;
        insert(db, "dag", &format!("{DAG}, bundle_name"), &["'d', 1, false, 0, 'dags-folder'"]).await;
        for batch in 0..3 {
            let ids = batch * 500..batch * 500 + 500;
            let versions: Vec<String> =
                ids.clone().map(|at| format!("{}, {at}, 'd', {THEN}, {THEN}", key(db, at))).collect();
            let versions: Vec<&str> = versions.iter().map(String::as_str).collect();
            insert(db, "dag_version", "id, version_number, dag_id, created_at, last_updated", &versions).await;
            let data = text(db, r#"{"__version": 3, "client_defaults": {}, "dag": "\u00e9"}"#);
            let rows: Vec<String> =
                ids.map(|at| format!("{0}, {0}, 'd', 'h', {THEN}, {THEN}, {data}", key(db, at))).collect();
            let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
            insert(db, "serialized_dag", "id, dag_version_id, dag_id, dag_hash, created_at, last_updated, data", &rows).await;
        }
        down(db, &migrator, "eaf332f43c7c").await;
        let found = serialized(db).await;
        assert_eq!(found.len(), 1_500);
        assert!(found.iter().all(|row| value(&row[0]) == json!({"__version": 2, "dag": "é"})));
    }
}

db_test! {
    async fn serialized_dags_are_what_they_were_where_that_is_possible(db) {
        let migrator = migrator();
        up(db, &migrator, "15d84ca19038").await;
        let rows = [
            (Some(r#"{"a": [1.50, "é 漢 😀", "\\u0000", null], "n": 123}"#), Some(r#"{"a": [1.50, "é 漢 😀", "\\u0000", null], "n": 123}"#)),
            (None, None),
            (Some(r#"{"a\u0000": "\\\u0000b\u0000\u0000"}"#), Some(r#"{"a": "\\b"}"#)),
            (Some(r#"["\ud83d", "\ud83dx", "\ude00", "\ud83d\ude00", "\ud83d\ud83d\ude00", "\\ud83d"]"#), Some(r#"["�", "�x", "�", "😀", "�😀", "\\ud83d"]"#)),
        ];
        // Only PostgreSQL takes the last one, and changes the last two.
        let postgres = db.dialect() == DialectName::Postgres;
        let rows = if postgres { &rows[..] } else { &rows[..3] };
        for (at, (data, _)) in rows.iter().enumerate() {
            insert_serialized(db, at, *data, Some(b"blob")).await;
        }
        up(db, &migrator, "ab6dc0c82d0e").await;
        for round in 0..2 {
            let found = serialized(db).await;
            assert_eq!(found.len(), rows.len());
            for (row, (was, wanted)) in found.iter().zip(rows) {
                let wanted = if postgres { wanted } else { was };
                assert_eq!(value(&row[0]), value(wanted.unwrap_or("NULL")), "{was:?} in round {round}");
                assert_eq!(row[1].to_lowercase(), hex(b"blob"));
            }
            down(db, &migrator, "15d84ca19038").await;
        }
    }
}

/// A text as SQL writes it.
fn text(db: &TestDatabase, text: &str) -> String {
    let text = text.replace('\'', "''");
    format!("'{}'", if backslashes(db) { text.replace('\\', "\\\\") } else { text })
}

fn backslashes(db: &TestDatabase) -> bool {
    matches!(db.dialect(), DialectName::MySql | DialectName::MariaDb)
}

/// A column of JSON, as a text.
fn json_text(db: &TestDatabase, column: &str) -> String {
    match db.dialect() {
        DialectName::Postgres => format!("{column}::text"),
        DialectName::MySql => format!("CAST({column} AS CHAR)"),
        _ => column.to_owned(),
    }
}

/// What JSON says; of what not everybody reads, the text without spaces.
fn value(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|_| json.replace(' ', "").into())
}
