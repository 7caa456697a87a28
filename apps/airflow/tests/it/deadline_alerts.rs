//! Deadline alerts through the revisions that move them out of the serialized DAGs and make JSON of their intervals.

use std::io::{Read as _, Write as _};

use dunlin::engine::plan::Intent;
use dunlin_testkit::dunlin::core::dialect::DialectName;
use dunlin_testkit::{TestDatabase, db_test};
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde_json::{Value, json as value};

use crate::each_revision::{down, made_at, migrator, up};
use crate::moved_rows::{THEN, insert, quoted};
use crate::moved_rows_3_2::{compact, insert_dag, json};

db_test! {
    async fn alerts_leave_the_serialized_dags_and_come_back(db) {
        let migrator = migrator();
        made_at(db, &migrator, "e79fc784f145").await;
        for (number, (dag, data, hash)) in (1_u32..).zip(DAGS) {
            insert_serialized(db, number, dag, *data, hash).await;
        }
        for (number, dag) in [(1, "plain"), (2, "wild"), (3, "quiet")] {
            let run = format!("{number}, '{dag}', 'r', 'manual', {THEN}");
            insert(db, "dag_run", "id, dag_id, run_id, run_type, run_after", &[&run]).await;
        }
        for (number, run) in [(1, "1"), (2, "1"), (3, "2"), (4, "NULL"), (5, "3")] {
            let row = format!("{}, {THEN}, 1, 'triggerer', 'f', '{{}}'", compact(number));
            insert(db, "callback", "id, created_at, priority_weight, type, fetch_method, data", &[&row]).await;
            let row = format!("{0}, {run}, {THEN}, false, {0}", compact(number));
            insert(db, "deadline", "id, dagrun_id, deadline_time, missed, callback_id", &[&row]).await;
        }
        let before = serialized(db).await;
        let interval = quoted(db, "interval");

        let mut ids = Vec::new();
        for _ in 0..2 {
            up(db, &migrator, "55297ae24532").await;
            let alerts = db.query(&format!("SELECT serialized_dag_id, id, {interval}, reference, callback_def FROM deadline_alert ORDER BY 1, 3 DESC")).await;
            let found: Vec<(String, f64, Value, Value)> = alerts
                .iter()
                .map(|row| (plain_id(&row[0]), row[2].parse().unwrap(), value_of(&row[3]), value_of(&row[4])))
                .collect();
            let [a, b] = [A, B].map(|alert| value_of(alert)["__var"].clone());
            let wanted = [(1, 300.0, &a), (1, 0.1, &b), (2, 0.1, &b), (3, 300.0, &a)];
            assert_eq!(found.len(), wanted.len(), "{found:?}");
            for (found, (dag, interval, alert)) in found.iter().zip(wanted) {
                assert_eq!(format!("'{}'", found.0), compact(dag));
                assert!((found.1 - interval).abs() < 1e-6, "{found:?}");
                assert_eq!((&found.2, &found.3), (&alert["reference"], &alert["callback"]));
            }
            let same_time = "SELECT count(*) FROM deadline_alert AS alert JOIN serialized_dag AS dag \
                             ON dag.id = alert.serialized_dag_id AND dag.created_at = alert.created_at";
            assert_eq!(db.query(same_time).await, [["4"]]);

            let linked = db.query("SELECT deadline_alert_id FROM deadline ORDER BY id").await.concat();
            assert_eq!(linked, [&alerts[0][1], &alerts[0][1], &alerts[3][1], "NULL", "NULL"]);
            assert_eq!(db.query("SELECT count(*) FROM deadline WHERE created_at = last_updated_at").await, [["5"]]);
            let recent = match db.dialect() {
                DialectName::Sqlite => "julianday('now') - julianday(created_at) BETWEEN 0 AND 0.01",
                DialectName::Postgres => "now() - created_at BETWEEN interval '0' AND interval '15 minutes'",
                _ => "timestampdiff(SECOND, created_at, now(6)) BETWEEN 0 AND 900",
            };
            assert_eq!(db.query(&format!("SELECT count(*) FROM deadline WHERE {recent}")).await, [["5"]]);

            // The serialized DAGs say the ids, in their order; what has none, or cannot be read, is what it was.
            let after = serialized(db).await;
            let dashed: Vec<String> = alerts.iter().map(|row| dashed(&row[1])).collect();
            let said = |at: usize| value_of(&after[at].data.replace(NO_JSON, "[]"))["dag"]["deadline"].clone();
            assert_eq!(said(0), value!([dashed[0], dashed[1]]));
            assert_eq!(said(1), value!([dashed[2]]));
            assert!(after[2].data.contains(&format!("\"deadline\": [\"{}\"]", dashed[3])), "{:?}", after[2]);
            assert!(after[2].data.contains(NO_JSON), "{:?}", after[2]);
            for at in 0..3 {
                assert_ne!(after[at].hash, before[at].hash);
                assert_eq!(after[at].hash.len(), 32);
            }
            assert_eq!(after[3..], before[3..]);
            for row in &alerts {
                let id = plain_id(&row[1]);
                assert_eq!((&id[..12], &id[12..13]), (&compact(1)[1..13], "7"), "its time is that of its DAG");
            }
            ids.push(alerts.concat());

            // The hashes are those that Airflow makes.
            down(db, &migrator, "e79fc784f145").await;
            let back = serialized(db).await;
            for (back, before) in back.iter().zip(&before) {
                assert_eq!(back.hash, before.hash, "{back:?}");
            }
            for at in [0, 1] {
                assert_eq!(value_of(&back[at].data), value_of(&before[at].data));
            }
            let rest = |data: &str| data[data.find("\"fileloc\"").unwrap()..].to_owned();
            assert_eq!(rest(&back[2].data), rest(&before[2].data), "what is not changed stays as it is written");
            assert_eq!(back[3..], before[3..]);
            assert_eq!(db.query("SELECT count(*) FROM deadline").await, [["5"]]);
        }
        assert_eq!(ids[0], ids[1], "the ids are the same again");
    }
}

db_test! {
    async fn intervals_are_seconds_or_what_a_variable_says(db) {
        let migrator = migrator();
        made_at(db, &migrator, "acc215baed80").await;
        insert_serialized(db, 1, "d", Data::Json("{}"), "h").await;
        let interval = quoted(db, "interval");
        let columns = format!("id, created_at, serialized_dag_id, reference, {interval}, callback_def");
        for (number, seconds) in [(1, "300"), (2, "0.5"), (3, "86400.25"), (4, "1234567"), (5, "-0.1")] {
            let row = format!("{}, {THEN}, {}, '{{}}', {seconds}, '{{}}'", compact(number), compact(1));
            insert(db, "deadline_alert", &columns, &[&row]).await;
        }
        let query = format!("SELECT {interval} FROM deadline_alert ORDER BY id");
        let before = db.query(&query).await.concat();

        up(db, &migrator, "8812eb67b63c").await;
        for (found, seconds) in db.query(&query).await.concat().iter().zip([300.0, 0.5, 86400.25, 1_234_567.0, -0.1]) {
            let mut found = value_of(found);
            let data = found["__data__"].take();
            assert_eq!(data.as_f64(), Some(seconds));
            assert_eq!(found, value!({"__classname__": "datetime.timedelta", "__version__": 2, "__data__": null}));
        }

        let variable = json(db, r#"{"__classname__": "VariableInterval", "__version__": 1, "__data__": {"key": "k"}}"#);
        let row = format!("{}, {THEN}, {}, '{{}}', {variable}, '{{}}'", compact(6), compact(1));
        insert(db, "deadline_alert", &columns, &[&row]).await;
        // Seconds as they are without words around them stay seconds.
        db.execute(&format!("UPDATE deadline_alert SET {interval} = '300' WHERE id = {}", compact(1))).await;
        let mut database = db.connect().await;
        let target = migrator.owner("airflow").unwrap().history().target("acc215baed80").unwrap();
        let done = migrator.run(&mut database, "airflow", Intent::Downgrade { target }, &mut |_| {}).await;
        database.close().await;
        let failure = format!("{:?}", done.unwrap_err());
        let id = db.query(&format!("SELECT id FROM deadline_alert WHERE id = {}", compact(6))).await.concat().concat();
        assert!(failure.contains(&format!("1 rows whose interval is no number of seconds, which is all that Airflow 3.2 knows: the first has the id {id}")), "{failure}");

        db.execute(&format!("DELETE FROM deadline_alert WHERE id = {}", compact(6))).await;
        down(db, &migrator, "acc215baed80").await;
        assert_eq!(db.query(&query).await.concat(), before);
    }
}

db_test! {
    /// More than are read at a time.
    async fn every_dag_has_its_alerts(db) {
        let migrator = migrator();
        made_at(db, &migrator, "e79fc784f145").await;
        insert_dag(db, "d", "is_stale, is_paused", "false, false").await;
        let (mut versions, mut dags, mut runs) = (Vec::new(), Vec::new(), Vec::new());
        for number in 1..=1100_u32 {
            let id = compact(number);
            versions.push(format!("{id}, {number}, 'd', {THEN}, {THEN}"));
            let data = json(db, &format!("{{\"dag\": {{\"deadline\": [{A}], \"n\": {number}}}}}"));
            dags.push(format!("{id}, 'd{number}', {id}, {THEN}, {THEN}, 'h', {data}"));
            runs.push(format!("{number}, 'd{number}', 'r', 'manual', {THEN}"));
        }
        let texts = |rows: &[String]| rows.iter().map(|row| format!("({row})")).collect::<Vec<_>>().join(", ");
        for (table, columns, rows) in [
            ("dag_version", "id, version_number, dag_id, created_at, last_updated", &versions),
            ("serialized_dag", "id, dag_id, dag_version_id, created_at, last_updated, dag_hash, data", &dags),
            ("dag_run", "id, dag_id, run_id, run_type, run_after", &runs),
        ] {
            for rows in rows.chunks(400) {
                db.execute(&format!("INSERT INTO {table} ({columns}) VALUES {}", texts(rows))).await;
            }
        }
        for number in [1, 501, 1100] {
            let row = format!("{}, {THEN}, 1, 'triggerer', 'f', '{{}}'", compact(number));
            insert(db, "callback", "id, created_at, priority_weight, type, fetch_method, data", &[&row]).await;
            let row = format!("{0}, {number}, {THEN}, false, {0}", compact(number));
            insert(db, "deadline", "id, dagrun_id, deadline_time, missed, callback_id", &[&row]).await;
        }

        up(db, &migrator, "55297ae24532").await;
        assert_eq!(db.query("SELECT count(*), count(DISTINCT serialized_dag_id) FROM deadline_alert").await, [["1100", "1100"]]);
        let linked = "SELECT dag.dag_id FROM deadline JOIN deadline_alert AS alert ON alert.id = deadline.deadline_alert_id \
                      JOIN serialized_dag AS dag ON dag.id = alert.serialized_dag_id ORDER BY deadline.id";
        assert_eq!(db.query(linked).await, [["d1"], ["d501"], ["d1100"]]);
        down(db, &migrator, "e79fc784f145").await;
        let back = serialized(db).await;
        for at in [0, 499, 500, 1099] {
            let wanted = value!({"dag": {"deadline": [value_of(A)], "n": at + 1}});
            assert_eq!(value_of(&back[at].data), wanted);
        }
    }
}

/// How a serialized DAG is kept.
#[derive(Debug, Clone, Copy)]
enum Data {
    Json(&'static str),
    /// Compressed as Airflow does it.
    Compressed(&'static str),
    Bytes(&'static [u8]),
    Missing,
}

const A: &str = r#"{"__type": "deadline_alert", "__var": {"reference": {"reference_type": "DagRunLogicalDateDeadline"}, "interval": 300.0, "callback": {"__classname__": "airflow.sdk.definitions.deadline.AsyncCallback", "__version__": 0, "__data__": {"path": "m.f", "kwargs": {"text": "\u00e9 \"\u6f22\" \ud83d\ude00 \\u0000"}}}}}"#;
const B: &str = r#"{"__type": "deadline_alert", "__var": {"reference": {"datetime": 1.5, "reference_type": "FixedDatetimeDeadline"}, "interval": 0.1, "callback": {"path": "m.g"}}}"#;

/// What Python reads, and no database.
const NO_JSON: &str =
    "[1e3, 1.0, 1e22, 1E-7, 0.0001, 123456789012345678901234567890, -0, -0.0, NaN, -Infinity, 1e400]";

/// DAGs, their data, and the hashes that Airflow gives them.
const DAGS: &[(&str, Data, &str)] = &[
    ("plain", Data::Json(PLAIN), "eb8542dc282cc075a7482f888dd1a181"),
    ("plain", Data::Json(SECOND), "fc377c7a1053dc77175a35b66d51be9a"),
    ("wild", Data::Compressed(WILD), "94c361347e7bd7b7ad170d04b5a8a398"),
    ("broken", Data::Bytes(b"no zlib"), "h"),
    ("no JSON", Data::Compressed("hello"), "h"),
    (
        "no alert",
        Data::Json(
            r#"{"dag": {"deadline": [{"__var": {"interval": 1}}, {"__var": {"interval": "x", "reference": 1, "callback": 1}}, "id", 7, null]}}"#,
        ),
        "h",
    ),
    ("quiet", Data::Json(r#"{"dag": {"deadline": null}}"#), "h"),
    ("quiet", Data::Compressed(r#"{"dag": {"deadline": []}}"#), "h"),
    ("quiet", Data::Json(r#"[{"dag": 1}]"#), "h"),
    ("quiet", Data::Missing, "h"),
];

const PLAIN: &str = r#"{"__version": 2, "dag": {"dag_id": "plain", "fileloc": "/dags/plain.py", "deadline": [{"__type": "deadline_alert", "__var": {"reference": {"reference_type": "DagRunLogicalDateDeadline"}, "interval": 300.0, "callback": {"__classname__": "airflow.sdk.definitions.deadline.AsyncCallback", "__version__": 0, "__data__": {"path": "m.f", "kwargs": {"text": "\u00e9 \"\u6f22\" \ud83d\ude00 \\u0000"}}}}}, {"__type": "deadline_alert", "__var": {"reference": {"datetime": 1.5, "reference_type": "FixedDatetimeDeadline"}, "interval": 0.1, "callback": {"path": "m.g"}}}], "tasks": [{"__var": {"task_id": "b", "retries": 2}, "__type": "operator"}, {"__var": {"task_id": "a"}, "__type": "operator"}], "tags": ["z", "\u00e9", "a"], "empty": [], "mixed": [true, null, "x"]}}"#;
const SECOND: &str = r#"{"dag": {"deadline": [{"__type": "deadline_alert", "__var": {"reference": {"datetime": 1.5, "reference_type": "FixedDatetimeDeadline"}, "interval": 0.1, "callback": {"path": "m.g"}}}]}}"#;
const WILD: &str = r#"{"dag": {"deadline": [{"__type": "deadline_alert", "__var": {"reference": {"reference_type": "DagRunLogicalDateDeadline"}, "interval": 300.0, "callback": {"__classname__": "airflow.sdk.definitions.deadline.AsyncCallback", "__version__": 0, "__data__": {"path": "m.f", "kwargs": {"text": "\u00e9 \"\u6f22\" \ud83d\ude00 \\u0000"}}}}}], "fileloc": "/dags/wild.py", "numbers": [1e3, 1.0, 1e22, 1E-7, 0.0001, 123456789012345678901234567890, -0, -0.0, NaN, -Infinity, 1e400], "half": "\ud83d", "nul": "\u0000", "\uffee": 1, "\ud83d\ude00": 2, "words": ["\ud83d\ude00", "\uffee", "\"", "/\/\b\t\n\f\r\u007f"], "twice": 1, "twice": 2}, "__version": 2}"#;

async fn insert_serialized(db: &TestDatabase, number: u32, dag: &str, data: Data, hash: &str) {
    if db.query(&format!("SELECT dag_id FROM dag WHERE dag_id = '{dag}'")).await.is_empty() {
        insert_dag(db, dag, "is_stale, is_paused", "false, false").await;
    }
    let version = format!("{}, {number}, '{dag}', {THEN}, {THEN}", compact(number));
    insert(db, "dag_version", "id, version_number, dag_id, created_at, last_updated", &[&version]).await;
    let bytes = |bytes: &[u8]| {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        match db.dialect() {
            DialectName::Postgres => format!("decode('{hex}', 'hex')"),
            _ => format!("X'{hex}'"),
        }
    };
    let (data, compressed) = match data {
        Data::Json(text) => (json(db, text), "NULL".to_owned()),
        Data::Compressed(text) => {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(text.as_bytes()).unwrap();
            ("NULL".to_owned(), bytes(&encoder.finish().unwrap()))
        }
        Data::Bytes(blob) => ("NULL".to_owned(), bytes(blob)),
        Data::Missing => ("NULL".to_owned(), "NULL".to_owned()),
    };
    let row = format!("{0}, '{dag}', {0}, {THEN}, {THEN}, '{hash}', {data}, {compressed}", compact(number));
    let columns = "id, dag_id, dag_version_id, created_at, last_updated, dag_hash, data, data_compressed";
    insert(db, "serialized_dag", columns, &[&row]).await;
}

#[derive(Debug, PartialEq)]
struct Serialized {
    hash: String,
    /// As text; of a blob that is no zlib, its hexadecimal digits.
    data: String,
}

async fn serialized(db: &TestDatabase) -> Vec<Serialized> {
    let hex = if db.dialect() == DialectName::Postgres {
        "encode(data_compressed, 'hex')"
    } else {
        "hex(data_compressed)"
    };
    let rows = db.query(&format!("SELECT dag_hash, data, {hex} FROM serialized_dag ORDER BY id")).await;
    let read = |row: &Vec<String>| {
        if row[2] == "NULL" || row[2].is_empty() {
            return row[1].clone();
        }
        let bytes: Vec<u8> = (0..row[2].len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&row[2][at..at + 2], 16).unwrap())
            .collect();
        let mut text = String::new();
        match ZlibDecoder::new(bytes.as_slice()).read_to_string(&mut text) {
            Ok(_) => text,
            Err(_) => row[2].clone(),
        }
    };
    rows.iter().map(|row| Serialized { hash: row[0].clone(), data: read(row) }).collect()
}

fn value_of(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|_| json.into())
}

fn plain_id(id: &str) -> String {
    id.replace('-', "")
}

fn dashed(id: &str) -> String {
    let id = plain_id(id);
    [&id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]].join("-")
}
