//! Values through the revisions that make JSON of them: what becomes what, what is kept beside, and what it all is after
//! the way back.

use dunlin_testkit::dunlin::core::dialect::DialectName;
use dunlin_testkit::{TestDatabase, db_test};

use crate::each_revision::{down, migrator, up};
use crate::moved_rows::{THEN, insert, quoted, uuid};

db_test! {
    async fn values_become_json_or_are_archived(db) {
        let migrator = migrator();
        up(db, &migrator, "9fc3fc5de720").await;
        insert(db, "dag_run", "id, dag_id, logical_date, run_id, run_type", &[&format!("1, 'd', {THEN}, 'r', 'manual'")]).await;
        let task = format!("{}, 'd', 't', 'r', 0, 'p', 1", uuid(db, 1));
        insert(db, "task_instance", "id, dag_id, task_id, run_id, map_index, pool, pool_slots", &[&task]).await;
        for (key, value, _) in VALUES {
            insert_value(db, key, value).await;
        }
        let columns = format!("dag_id, task_id, run_id, map_index, dag_run_id, {}, value, timestamp", quoted(db, "key"));
        insert(db, "xcom", &columns, &[&format!("'d', 't', 'r', 0, 1, 'missing', NULL, {THEN}")]).await;

        up(db, &migrator, "eed27faa34e3").await;
        // By key: what is JSON, and what was archived.
        let (text, bytes) = match db.dialect() {
            DialectName::Postgres => ("value::text", "encode(value, 'hex')"),
            _ => ("value", "hex(value)"),
        };
        let key = quoted(db, "key");
        let kept = db.query(&format!("SELECT {key}, {text} FROM xcom ORDER BY {key}")).await;
        let archived = db.query(&format!("SELECT {key}, {bytes} FROM _xcom_archive ORDER BY {key}")).await;
        let of = |rows: &[Vec<String>], key: &str| rows.iter().find(|row| row[0] == key).map(|row| row[1].clone());
        for (key, value, wanted) in VALUES {
            let (found, put) = (of(&kept, key), of(&archived, key));
            assert!(found.is_some() != put.is_some(), "{key} is in one table: {found:?}, {put:?}");
            // What is JSON to some is none to others.
            let wanted = match (*wanted, db.dialect()) {
                (Becomes::Either(json), _) if found.is_some() => Some(json),
                (Becomes::Either(_) | Becomes::Archived, _) => None,
                (Becomes::Json(json), _) => Some(json),
            };
            match wanted {
                Some(json) => assert_eq!(value_of(&found.unwrap()), value_of(json), "{key}"),
                None => assert_eq!(put.map(|put| put.to_lowercase()), Some(hex(value)), "{key}"),
            }
        }
        assert_eq!(of(&kept, "missing").as_deref(), Some("NULL"));
        assert_eq!((kept.len() + archived.len()), VALUES.len() + 1);

        // One was written anew; the other archived ones are back, as they were.
        assert!(of(&archived, "pickle").is_some());
        insert(db, "xcom", &columns, &[&format!("'d', 't', 'r', 0, 1, 'pickle', '\"new\"', {THEN}")]).await;
        down(db, &migrator, "9fc3fc5de720").await;
        let back = db.query(&format!("SELECT {key}, {bytes} FROM xcom ORDER BY {key}")).await;
        assert_eq!(back.len(), VALUES.len() + 1);
        for row in archived.iter().filter(|row| row[0] != "pickle") {
            assert_eq!(of(&back, &row[0]).as_ref(), Some(&row[1]), "{}", row[0]);
        }
        let was = |key: &str| of(&back, key).map(|hex| hex.to_lowercase());
        assert_eq!(was("pickle"), Some(hex(b"\"new\"")));
        assert_eq!(was("plain"), Some(hex(b"\"a text\"")));
        assert_eq!(was("number"), Some(hex(b"42")));
        assert!(!db.tables().await.contains(&"_xcom_archive".to_owned()));

        up(db, &migrator, "eed27faa34e3").await;
        let again = db.query(&format!("SELECT {key} FROM xcom ORDER BY {key}")).await;
        assert_eq!(again.len(), kept.len() + 1, "what was JSON, and what was written anew");
    }
}

#[derive(Debug, Clone, Copy)]
enum Becomes {
    Json(&'static str),
    Archived,
    /// JSON to some databases.
    Either(&'static str),
}

const VALUES: &[(&str, &[u8], Becomes)] = &[
    ("plain", b"\"a text\"", Becomes::Json("\"a text\"")),
    ("number", b"42", Becomes::Json("42")),
    ("list", b"[1, null, true, {\"a\": \"b\"}]", Becomes::Json("[1,null,true,{\"a\":\"b\"}]")),
    ("null", b"null", Becomes::Json("null")),
    ("letters", "\"é 漢 😀\"".as_bytes(), Becomes::Json("\"é 漢 😀\"")),
    ("escapes", b"\"\\u00e9 \\ud83d\\ude00\"", Becomes::Json("\"é 😀\"")),
    ("not a number", b"[NaN, -Infinity, {\"x\": Infinity}]", Becomes::Json("[null,null,{\"x\":null}]")),
    ("nan", b"NaN", Becomes::Json("null")),
    ("says nan", b"[\"NaN, Infinity\", NaN]", Becomes::Json("[\"NaN, Infinity\",null]")),
    ("nul", b"\"a\\u0000b\"", Becomes::Json("\"ab\"")),
    ("no nul", b"\"a\\\\u0000b\"", Becomes::Json("\"a\\\\u0000b\"")),
    ("pickle", b"\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00]\x94K\x01a.", Becomes::Archived),
    ("empty", b"", Becomes::Archived),
    ("no json", b"hello", Becomes::Archived),
    ("cut off", b"{\"a\": [1, 2", Becomes::Archived),
    ("no utf-8", b"\"\xff\xfe\"", Becomes::Archived),
    ("zero byte", b"\"a\x00b\"", Becomes::Archived),
    ("surrogate", b"\"\\ud83d\"", Becomes::Either("\"\\ud83d\"")),
    ("old pickle", b"(lp0\nI1\na.", Becomes::Archived),
];

async fn insert_value(db: &TestDatabase, key: &str, value: &[u8]) {
    let columns =
        format!("dag_id, task_id, run_id, map_index, dag_run_id, {}, value, timestamp", quoted(db, "key"));
    let bytes = match db.dialect() {
        DialectName::Postgres => format!("decode('{}', 'hex')", hex(value)),
        _ => format!("X'{}'", hex(value)),
    };
    insert(db, "xcom", &columns, &[&format!("'d', 't', 'r', 0, 1, '{key}', {bytes}, {THEN}")]).await;
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

db_test! {
    async fn plain_conf_becomes_json_and_the_rest_is_kept(db) {
        let migrator = migrator();
        up(db, &migrator, "38770795785f").await;
        for (id, pickle, _) in CONFS {
            insert_run(db, *id, pickle).await;
        }
        up(db, &migrator, "e39a26ac59f6").await;
        let text = if db.dialect() == DialectName::Postgres { "conf::text" } else { "conf" };
        let found = db.query(&format!("SELECT id, {text} FROM dag_run ORDER BY id")).await;
        for (row, (id, _, wanted)) in found.iter().zip(CONFS) {
            assert_eq!(value_of(&row[1]), value_of(wanted.unwrap_or("NULL")), "{id}");
        }
        let kept = db.query(&format!("SELECT id FROM {ASIDE} ORDER BY id")).await.concat();
        assert_eq!(kept, ["8", "9", "10", "11"]);

        down(db, &migrator, "38770795785f").await;
        assert!(!db.tables().await.contains(&ASIDE.to_owned()));
        let bytes = if db.dialect() == DialectName::Postgres { "encode(conf, 'hex')" } else { "hex(conf)" };
        let back = db.query(&format!("SELECT id, {bytes} FROM dag_run ORDER BY id")).await;
        for (row, (id, pickle, json)) in back.iter().zip(CONFS) {
            match (json, *id) {
                (Some(json), _) => {
                    let bytes: Vec<u8> =
                        (0..row[1].len()).step_by(2).map(|at| u8::from_str_radix(&row[1][at..at + 2], 16).unwrap()).collect();
                    let value: serde_json::Value = serde_pickle::from_slice(&bytes, Default::default()).unwrap();
                    assert_eq!(value, value_of(json), "{id}");
                }
                (None, 1 | 2) => assert_eq!(row[1].replace("NULL", ""), "", "{id}"),
                (None, _) => assert_eq!(row[1].to_lowercase(), hex(pickle.unwrap()), "{id}"),
            }
        }

        // Nothing is kept where all is plain.
        db.execute("DELETE FROM dag_run WHERE id >= 8").await;
        up(db, &migrator, "e39a26ac59f6").await;
        assert!(!db.tables().await.contains(&ASIDE.to_owned()));
    }
}

db_test! {
    /// More than are read at a time.
    async fn every_conf_is_converted(db) {
        let migrator = migrator();
        up(db, &migrator, "38770795785f").await;
        for batch in 0..5 {
            let pickle = match db.dialect() {
                DialectName::Postgres => "'\\x80057d94288c01618c0162752e'::bytea",
                _ => "X'80057D94288C01618C0162752E'",
            };
            let rows: Vec<String> = (0..500)
                .map(|at| batch * 500 + at + 1)
                .map(|id| format!("{id}, 'd', 'r{id}', 'manual', {pickle}"))
                .collect();
            let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
            insert(db, "dag_run", "id, dag_id, run_id, run_type, conf", &rows).await;
        }
        up(db, &migrator, "e39a26ac59f6").await;
        assert_eq!(db.query("SELECT count(*) FROM dag_run WHERE conf IS NOT NULL").await, [["2500"]]);
        down(db, &migrator, "38770795785f").await;
        assert_eq!(db.query("SELECT count(*) FROM dag_run WHERE conf IS NOT NULL").await, [["2500"]]);
    }
}

const ASIDE: &str = "_airflow_moved__3_0_0__dag_run_conf";

/// A run, its pickle, and the JSON that it becomes.
type Conf = (u32, Option<&'static [u8]>, Option<&'static str>);

/// Pickles that Python made, and the JSON of those that are plain data.
const CONFS: &[Conf] = &[
    (1, None, None),
    (2, Some(b"\x80\x05}\x94."), None),
    (3, Some(b"\x80\x04}\x94."), Some("{}")),
    (4, Some(b"\x80\x04\x956\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x01a\x94K\x01\x8c\x01b\x94]\x94(G?\xf8\x00\x00\x00\x00\x00\x00N\x88\x8c\x0b\xc3\xa9 \xe6\xbc\xa2 \xf0\x9f\x98\x80\x94e\x8c\x01t\x94K\x01K\x02\x86\x94u."), Some(r#"{"a":1,"b":[1.5,null,true,"é 漢 😀"],"t":[1,2]}"#)),
    (5, Some(b"\x80\x05\x95?\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x03nan\x94G\x7f\xf8\x00\x00\x00\x00\x00\x00\x8c\x03inf\x94G\xff\xf0\x00\x00\x00\x00\x00\x00\x8c\x03nul\x94\x8c\x03a\x00b\x94\x8c\x05quote\x94\x8c\x05a\x22\x5c'b\x94u."), Some(r#"{"nan":"NaN","inf":"-Infinity","nul":"ab","quote":"a\"\\'b"}"#)),
    (6, Some(b"\x80\x05\x958\x00\x00\x00\x00\x00\x00\x00}\x94(K\x01\x8c\x03one\x94N\x8c\x04none\x94\x8c\x01x\x94}\x94\x8c\x04deep\x94}\x94\x8c\x02er\x94]\x94ssG@\x04\x00\x00\x00\x00\x00\x00K\x01u."), Some(r#"{"1":"one","null":"none","x":{"deep":{"er":[]}},"2.5":1}"#)),
    (7, Some(b"\x80\x02]q\x00(K\x01X\x03\x00\x00\x00twoq\x01J\xfd\xff\xff\xff\x8a\x06\x00\x00\x00\x00\x00\x01e."), Some(r#"[1,"two",-3,1099511627776]"#)),
    (8, Some(b"\x80\x05\x954\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x04when\x94\x8c\x08datetime\x94\x8c\x08datetime\x94\x93\x94C\x0a\x07\xea\x01\x02\x00\x00\x00\x00\x00\x00\x94\x85\x94R\x94s."), None),
    (9, Some(b"\x80\x04\x95\x0f\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x03raw\x94C\x02\x00\xff\x94s."), None),
    (10, Some(b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x03set\x94\x8f\x94(K\x01\x90s."), None),
    (11, Some(b"no pickle"), None),
];

async fn insert_run(db: &TestDatabase, id: u32, pickle: &Option<&[u8]>) {
    let conf = match (pickle, db.dialect()) {
        (None, _) => "NULL".to_owned(),
        (Some(pickle), DialectName::Postgres) => format!("decode('{}', 'hex')", hex(pickle)),
        (Some(pickle), _) => format!("X'{}'", hex(pickle)),
    };
    let row = format!("{id}, 'd', 'r{id}', 'manual', {conf}");
    insert(db, "dag_run", "id, dag_id, run_id, run_type, conf", &[&row]).await;
}

/// What JSON says; of what not everybody reads, the text.
fn value_of(json: &str) -> serde_json::Value {
    serde_json::from_str(json).unwrap_or_else(|_| json.into())
}
