//! Every change of a table that has rows, keys from other tables, a trigger and a view: what is not
//! mentioned stays as it is, what was predicted is there, and the way back leads to the beginning.

use std::collections::BTreeSet;

use dunlin::Database;
use dunlin::core::dialect::DialectName;
use dunlin::core::operation::Operation;
use dunlin::core::prelude::*;
use dunlin::core::revision::Direction;
use dunlin::core::schema::TableName;
use dunlin_testkit::{TestDatabase, db_test};

use crate::changes::{CASES, Case};
use crate::support::*;

const TABLES: [&str; 4] = ["subject", "other", "child", "plain"];

fn start(op: &mut Operations) {
    let collated = ColumnType::all(DataType::string(20))
        .on(DialectName::Postgres, DataType::string(20).collate("C"))
        .on(DialectName::MySql, DataType::string(20).collate("utf8mb4_bin"))
        .on(DialectName::Sqlite, DataType::string(20).collate("NOCASE"));
    op.create_table("other", |t| {
        t.column("id", DataType::Integer).primary_key();
    });
    op.create_table("subject", |t| {
        t.column("id", DataType::Integer);
        t.column("code", collated).not_null();
        t.column("amount", DataType::Integer).server_default(SqlValue::Integer(5));
        t.column("note", DataType::string(50)).comment("it's a note");
        t.column("flag", DataType::Boolean).not_null().server_default(SqlValue::Boolean(true));
        t.column("at", DataType::datetime()).server_default(SqlValue::expression("CURRENT_TIMESTAMP"));
        t.column("data", DataType::Json);
        t.column("other_id", DataType::Integer);
        t.column("last", DataType::string(10)).server_default(SqlValue::text("it's"));
        t.primary_key("subject_pkey", ["id"]);
        t.unique("subject_code_uq", ["code"]);
        t.check("subject_amount_ck", "amount >= 0");
        let key = ForeignKey::new(["other_id"], "other", ["id"]).named("subject_other_fk");
        t.foreign_key(key.on_delete(ReferentialAction::SetNull));
        t.index("subject_note_ix", ["note", "amount"]);
        t.add_index(Index::new("subject_unique_ix", ["amount", "code"]).unique());
        t.add_index(
            Index::new("subject_some_ix", ["flag"])
                .predicate_on(DialectName::Postgres, "amount > 1")
                .predicate_on(DialectName::Sqlite, "amount > 1"),
        );
    });
    op.create_table("child", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("subject_id", DataType::Integer).not_null();
        t.column("text", DataType::string(20));
        let key = ForeignKey::new(["subject_id"], "subject", ["id"]).named("child_subject_fk");
        t.foreign_key(key.on_delete(ReferentialAction::Cascade));
    });
    op.create_table("plain", |t| {
        t.column("a", DataType::Integer).not_null();
        t.column("b", DataType::Integer).not_null();
        t.primary_key("plain_pkey", ["a", "b"]);
    });
    op.create_table("log", |t| {
        t.column("code", DataType::string(20));
    });
}

/// What a revision cannot say: rows with hard values, a view, a trigger.
async fn furnish(database: &mut Database) {
    execute(
        database,
        &[
            "INSERT INTO other (id) VALUES (1), (2)",
            "INSERT INTO subject (id, code, note, data, other_id, last) VALUES
                (1, 'a', 'it''s', '{\"k\": [1, null]}', 1, ''),
                (2, 'b', '', NULL, NULL, NULL),
                (3, 'C', 'two  spaces  ', '1', 2, 'é表')",
            "INSERT INTO child (id, subject_id, text) VALUES (1, 1, 'one'), (2, 1, NULL), (3, 3, '')",
            "INSERT INTO plain (a, b) VALUES (1, 1), (2, 1)",
            "CREATE VIEW subject_view AS SELECT id, code FROM subject",
        ],
    )
    .await;
    let trigger: &[&str] = match dunlin::core::session::Session::dialect(database) {
        DialectName::Postgres => &[
            "CREATE FUNCTION write_log() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN INSERT INTO log VALUES (NEW.code); RETURN NEW; END $$",
            "CREATE TRIGGER subject_trigger AFTER INSERT ON subject FOR EACH ROW EXECUTE FUNCTION write_log()",
        ],
        DialectName::Sqlite => &[
            "CREATE TRIGGER subject_trigger AFTER INSERT ON subject BEGIN INSERT INTO log VALUES (NEW.code); END",
            "CREATE TRIGGER child_trigger AFTER INSERT ON child WHEN NEW.id > 1000 \
             BEGIN UPDATE subject SET code = code WHERE id = NEW.subject_id; END",
            // A column of SQLite takes what it is given.
            "UPDATE subject SET note = x'00ff', amount = 'many', last = 7 WHERE id = 3",
        ],
        _ => &[
            "CREATE TRIGGER subject_trigger AFTER INSERT ON subject FOR EACH ROW INSERT INTO log VALUES (NEW.code)",
        ],
    };
    execute(database, trigger).await;
}

db_test! {
    async fn every_change_there_and_back(db) {
        let mut database = db.connect().await;
        let first = migrator(db, [manager(&[("start", start, |_| {})])]);
        done(upgrade(&first, &mut database, "start").await);
        furnish(&mut database).await;
        for case in CASES {
            there_and_back(db, &mut database, case).await;
        }
        database.close().await;
    }
}

async fn there_and_back(db: &TestDatabase, database: &mut Database, case: &Case) {
    let name = case.name;
    let migrator = migrator(db, [manager(&[("start", start, |_| {}), ("case", case.there, case.back)])]);
    let before = tables_of(database).await;
    let rows_before = rows(database, &before).await;

    let run = upgrade(&migrator, database, "case").await;
    assert!(run.is_ok(), "{name}: {}", chain(&run.unwrap_err()));
    let after = tables_of(database).await;
    let mut predicted = before.clone();
    for operation in migrator.owners()[0].operations(&"case".into(), Direction::Upgrade).unwrap() {
        // MySQL does not tell a unique index from a unique constraint, as which it was found.
        if let Operation::DropIndex { table, name, .. } = &operation {
            let table = predicted.get_mut(table).unwrap();
            table.uniques.retain(|unique| unique.name.as_ref() != Some(name));
            if !table.indexes.iter().any(|index| index.name.as_ref() == Some(name)) {
                continue;
            }
        }
        predicted.apply(&operation).unwrap();
    }
    for (after, predicted) in comparable(db, &after).iter().zip(comparable(db, &predicted)) {
        assert_eq!(*after, predicted, "{name}: not as predicted");
    }
    // Rows are what they were, in all columns that still are what they were.
    let common = |row: &Row, others: &[Row]| {
        let other = others.iter().find(|other| other.table == row.table).unwrap();
        row.columns.iter().filter(|column| other.columns.contains(column)).cloned().collect::<Vec<_>>()
    };
    let rows_after = rows(database, &after).await;
    for (before, after) in rows_before.iter().zip(&rows_after) {
        let common = common(before, &rows_after);
        assert!(common.len() + 2 > before.columns.len(), "{name}: {common:?}");
        assert_eq!(before.only(&common), after.only(&common), "{name}: rows of {}", before.table);
    }
    everything_works(db, database, name).await;

    let run = downgrade(&migrator, database, "start").await;
    assert!(run.is_ok(), "{name}, back: {}", chain(&run.unwrap_err()));
    let back = tables_of(database).await;
    for (back, before) in back.tables().iter().zip(before.tables()) {
        let (back, before) = (order_independent(back.clone()), order_independent(before.clone()));
        assert_eq!(back, before, "{name}: not what it was");
    }
    let rows_back = rows(database, &back).await;
    for (before, back) in rows_before.iter().zip(&rows_back) {
        let common = common(before, &rows_after);
        assert_eq!(before.only(&common), back.only(&common), "{name}: rows of {}", before.table);
    }
    everything_works(db, database, name).await;
    // Columns that were dropped lost their values: the next case begins with those of the first.
    if rows_back != rows_before {
        execute(database, &["UPDATE subject SET last = ''", "UPDATE child SET text = 'x'"]).await;
    }
}

/// The tables as the database describes them, in a fixed order.
async fn tables_of(database: &mut Database) -> Metadata {
    let found = done(database.introspect(&TABLES.map(TableName::from)).await);
    let mut metadata = Metadata::default();
    for name in TABLES {
        metadata.insert(found.get(&TableName::from(name)).unwrap().clone());
    }
    metadata
}

/// The rows of one table, byte for byte.
#[derive(Debug, PartialEq)]
struct Row {
    table: String,
    columns: Vec<String>,
    values: Vec<Vec<String>>,
}

impl Row {
    fn only(&self, columns: &[String]) -> Vec<Vec<&String>> {
        let at: Vec<_> =
            columns.iter().map(|name| self.columns.iter().position(|c| c == name).unwrap()).collect();
        self.values.iter().map(|row| at.iter().map(|at| &row[*at]).collect()).collect()
    }
}

async fn rows(database: &mut Database, metadata: &Metadata) -> Vec<Row> {
    let mut all = Vec::new();
    for table in metadata.tables() {
        let columns: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
        let value = |column: &String| {
            let column = database.dialect().quote(column);
            match database.dialect().name() {
                DialectName::Postgres => format!("quote_nullable({column}::text)"),
                DialectName::Sqlite => format!("typeof({column}) || quote({column})"),
                _ => format!("HEX({column})"),
            }
        };
        let values: Vec<_> = columns.iter().map(value).collect();
        let sql = format!("SELECT {} FROM {} ORDER BY 1", values.join(", "), table.name);
        all.push(Row { table: table.name.to_string(), columns, values: query(database, &sql).await });
    }
    all
}

/// The view shows the rows, the triggers fire, the keys bind and cascade.
async fn everything_works(db: &TestDatabase, database: &mut Database, name: &str) {
    let one = async |database: &mut Database, sql: &str| query(database, sql).await.remove(0).remove(0);
    assert_eq!(one(database, "SELECT count(*) FROM subject_view").await, "3", "{name}: view");
    execute(database, &["INSERT INTO subject (id, code, amount, flag) VALUES (50, 'new', 50, '1')"]).await;
    assert_eq!(one(database, "SELECT count(*) FROM log WHERE code = 'new'").await, "1", "{name}: trigger");
    execute(database, &["INSERT INTO child (id, subject_id) VALUES (50, 50), (51, 50)"]).await;
    let orphan = dunlin::core::session::Session::execute(
        database,
        "INSERT INTO child (id, subject_id) VALUES (99, 99)",
    );
    assert!(orphan.await.is_err(), "{name}: a child without a subject");
    execute(database, &["DELETE FROM subject WHERE id = 50", "DELETE FROM log"]).await;
    assert_eq!(one(database, "SELECT count(*) FROM child").await, "3", "{name}: cascade");
    if db.dialect() == DialectName::Sqlite {
        let triggers =
            query(database, "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name").await;
        assert_eq!(triggers, [["child_trigger"], ["subject_trigger"]], "{name}");
        let left = query(database, "SELECT name FROM sqlite_master WHERE name LIKE '%dunlin%'").await;
        assert!(left.is_empty(), "{name}: {left:?}");
        let sane = query(database, "PRAGMA integrity_check").await;
        assert_eq!(sane, [["ok"]], "{name}");
    }
}

/// Tables and keys that others refer to get new names, and back.
const RENAMES: &[(&str, Record, Record)] = &[
    ("start", start, |_| {}),
    (
        "case",
        |op| {
            op.rename_table("subject", "thing");
            op.alter_table("thing", |t| {
                t.alter_column("id").rename("number");
            });
            op.alter_table("child", |t| {
                t.alter_column("subject_id").rename("thing_number").nullable(true);
            });
        },
        |op| {
            op.alter_table("child", |t| {
                t.alter_column("thing_number").rename("subject_id").nullable(false);
            });
            op.alter_table("thing", |t| {
                t.alter_column("number").rename("id");
            });
            op.rename_table("thing", "subject");
        },
    ),
];

db_test! {
    async fn what_refers_to_a_table_follows_its_new_name(db) {
        let mut database = db.connect().await;
        let migrator = migrator(db, [manager(RENAMES)]);
        done(upgrade(&migrator, &mut database, "start").await);
        furnish(&mut database).await;
        let before = tables_of(&mut database).await;
        let rows_before = rows(&mut database, &before).await;
        done(upgrade(&migrator, &mut database, "case").await);
        let child = introspect(&mut database, "child").await;
        let key = &child.foreign_keys[0];
        assert_eq!((key.referred_table.name.as_str(), &key.referred_columns), ("thing", &vec!["number".to_owned()]));
        assert_eq!(key.columns, ["thing_number"]);
        assert!(introspect(&mut database, "thing").await.checks.iter().any(|check| check.name.as_deref() == Some("subject_amount_ck")));
        // The view of MySQL looks for the name that it was made with.
        if matches!(db.dialect(), DialectName::Postgres | DialectName::Sqlite) {
            assert_eq!(query(&mut database, "SELECT count(*) FROM subject_view").await, [["3"]]);
        }
        execute(&mut database, &["INSERT INTO thing (number, code, amount, flag) VALUES (50, 'new', 50, '1')"]).await;
        assert_eq!(query(&mut database, "SELECT code FROM log").await, [["new"]]);
        execute(&mut database, &["DELETE FROM thing WHERE number = 50", "DELETE FROM log"]).await;
        done(downgrade(&migrator, &mut database, "start").await);
        let back = tables_of(&mut database).await;
        assert_eq!(comparable(db, &back), comparable(db, &before));
        assert_eq!(rows(&mut database, &back).await, rows_before);
        everything_works(db, &mut database, "renamed and back").await;
        database.close().await;
    }
}

/// Tables in a form in which what is predicted and what is found can be compared.
fn comparable(db: &TestDatabase, metadata: &Metadata) -> Vec<Table> {
    let mysql = matches!(db.dialect(), DialectName::MySql | DialectName::MariaDb);
    let comparable = |table: &Table| {
        let mut table = order_independent(table.clone());
        for column in &mut table.columns {
            let data_type = column.column_type.get(db.dialect()).unwrap().clone();
            column.column_type = ColumnType::all(match data_type {
                DataType::DateTime { precision, timezone } if db.dialect() == DialectName::Postgres => {
                    DataType::Timestamp { precision, timezone }
                }
                other => other,
            });
            let default = column.server_default.as_ref().and_then(|default| default.default_value());
            column.server_default = default.map(|default| SqlValue::text(bare(default)).into());
        }
        // How a condition is printed is each server's own.
        if db.dialect() != DialectName::Sqlite {
            table.checks.iter_mut().for_each(|check| check.expression = "".into());
        }
        for predicate in table.indexes.iter_mut().filter_map(|index| index.predicate.as_mut()) {
            *predicate = PerDialect::all(String::new());
        }
        if mysql {
            table.primary_key.iter_mut().for_each(|key| key.name = None);
            // A unique index is a unique constraint.
            let (unique, mut plain): (Vec<_>, Vec<_>) =
                table.indexes.into_iter().partition(|index| index.unique);
            let uniques = table.uniques.iter().map(|unique| (unique.name.clone(), unique.columns.clone()));
            let uniques: BTreeSet<_> = uniques
                .chain(unique.iter().map(|i| (i.name.clone(), i.columns().map(str::to_owned).collect())))
                .collect();
            table.uniques.clear();
            plain.iter_mut().for_each(|index| index.predicate = None);
            plain.extend(
                uniques.into_iter().map(|(name, columns)| Index::new(name.unwrap(), columns).unique()),
            );
            // A foreign key has an index of its name as long as no other serves it, and leaves it behind.
            plain.retain(|index| !index.name.as_deref().is_some_and(|name| name.ends_with("_fk")));
            table.indexes = plain;
            for key in &mut table.foreign_keys {
                for action in [&mut key.on_delete, &mut key.on_update] {
                    if *action == ReferentialAction::Restrict {
                        *action = ReferentialAction::NoAction;
                    }
                }
            }
        }
        order_independent(table)
    };
    metadata.tables().iter().map(comparable).collect()
}

fn order_independent(mut table: Table) -> Table {
    table.uniques.sort_by(|a, b| a.name.cmp(&b.name));
    table.foreign_keys.sort_by(|a, b| a.name.cmp(&b.name));
    table.checks.sort_by(|a, b| a.name.cmp(&b.name));
    table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
    table
}

/// A default without the clothes that its database gives it.
fn bare(default: &SqlValue) -> String {
    let sql = match default {
        SqlValue::Text(text) => return text.clone(),
        SqlValue::Integer(number) => return number.to_string(),
        SqlValue::Boolean(value) => return if *value { "1" } else { "0" }.to_owned(),
        SqlValue::Null => "NULL".to_owned(),
        SqlValue::Expression(sql) => sql.to_lowercase(),
        other => panic!("{other:?}"),
    };
    let sql = sql.split("::").next().unwrap().trim_end_matches("()").to_owned();
    match sql.strip_prefix('\'').and_then(|sql| sql.strip_suffix('\'')) {
        Some(text) => text.replace("''", "'"),
        None if sql == "true" => "1".to_owned(),
        None => sql,
    }
}
