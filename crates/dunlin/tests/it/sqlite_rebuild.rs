//! SQLite: whatever a table is made of survives a change of it, the table is then what was played in
//! memory, and SQLite's own client makes the same of the script.

mod refused;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use dunlin::Database;
use dunlin::core::operation::{AlterColumn, Change, ColumnPosition, Operation, TableChange};
use dunlin::core::prelude::*;
use dunlin::core::schema::{
    Computed, Constraint, Deferrable, IndexElement, MatchType, Object, OnConflict, PrimaryKey, TableName,
};
use dunlin::engine::dialect::{Rendered, dialect};
use dunlin::engine::plan::Intent;
use dunlin::engine::sql::rename::expressions_mut;
use dunlin_testkit::TestDatabase;

use crate::support::*;

/// What is there before, its rows, and what is done.
struct Case<'c> {
    name: &'static str,
    before: Record,
    rows: &'c [&'c str],
    change: Record,
}

/// `t`, which has one of everything, and what stands around it.
const EVERYTHING: Record = |op| {
    BUT_TRIGGERS(op);
    op.create_object(Object::new("trigger on_t").create(ON_T));
};

const ON_T: &str = "CREATE TRIGGER on_t AFTER INSERT ON t BEGIN INSERT INTO log VALUES ('t ' || new.id); END";

const BUT_TRIGGERS: Record =
    |op| {
        op.create_table("parent", |t| {
            t.column("id", DataType::Integer).primary_key();
            t.column("code", DataType::string(9)).not_null().unique();
        });
        op.create_table("t", |t| {
            t.column("id", DataType::Integer);
            t.column("a", DataType::Integer);
            t.column("b", DataType::string(20).collate("NOCASE")).server_default("it's");
            t.column("c", DataType::native("my type"));
            t.column("sum", DataType::Integer).computed(Computed::on_read("a + id"));
            t.column("kept", DataType::Text).computed(Computed::stored("upper(b)"));
            t.column("up", DataType::Integer);
            t.column("parent", DataType::Integer);
            t.column("spare", DataType::numeric(8, 2)).server_default(SqlValue::expression("1.5"));
            t.column("always", DataType::Integer).server_default(SqlValue::Integer(7)).not_null();
            t.primary_key("t_pkey", ["id"]);
            t.add_unique(Unique::new(["a", "b"]).named("t_uq").on_conflict(OnConflict::Replace));
            t.add_check(Check::new("a < 1000"));
            t.check("t_ck", "t.b <> 'never' AND a IS NOT 5");
            let up = ForeignKey::new(["up"], "t", ["id"]).on_delete(ReferentialAction::SetNull);
            t.foreign_key(up.deferrable(Deferrable::InitiallyDeferred));
            let parent = ForeignKey::new(["parent"], "parent", ["id"]).named("t_parent_fk");
            t.foreign_key(parent.on_delete(ReferentialAction::Cascade).match_type(MatchType::Simple));
            t.add_index(Index::new("t_some_ix", ["a"]).predicate("a > 0 AND b IS NOT NULL"));
            t.add_index(
                Index::new(
                    "t_odd_ix",
                    [
                        IndexElement::column_named("b").collate("RTRIM").descending(),
                        IndexElement::expression("lower(b) || a"),
                    ],
                )
                .unique(),
            );
            t.options(|o| o.never_reuse_ids = true);
        });
        op.create_table("child", |t| {
            t.column("t_id", DataType::Integer);
            let key = ForeignKey::new(["t_id"], "t", ["id"]).named("child_fk");
            t.foreign_key(key.on_delete(ReferentialAction::Cascade));
        });
        op.create_table("log", |t| {
            t.column("what", DataType::Text);
        });
        op.create_view("v", "SELECT id, a, b FROM t WHERE a > 0");
        op.create_object(Object::new("trigger on_child").create(
            "CREATE TRIGGER on_child AFTER INSERT ON child BEGIN INSERT INTO log SELECT b FROM t; END",
        ));
    };

const EVERYTHING_ROWS: &[&str] = &[
    "INSERT INTO parent VALUES (1, 'x'), (2, 'y')",
    "INSERT INTO t (id, a, b, c, up, parent, spare) VALUES (1, 1, 'One', 'x', NULL, 1, 1.25), (2, 2, 'two', x'00ff', 1, 2, NULL)",
    "INSERT INTO t (id, a, b, c, up, parent) VALUES (50, 50, 'fifty', 3.5, 2, NULL), (99, 99, 'gone', NULL, 1, 1)",
    "DELETE FROM t WHERE id = 99",
    "INSERT INTO child VALUES (1), (2), (50), (NULL)",
    "DELETE FROM log",
];

fn alter(op: &mut Operations, changes: Vec<TableChange>) {
    op.push(Operation::AlterTable { table: "t".into(), changes });
}

fn rename(from: &str, to: &str) -> AlterColumn {
    let mut alter = AlterColumn::new(from);
    alter.rename = Some(to.to_owned());
    alter
}

fn add(column: Column) -> TableChange {
    TableChange::AddColumn { column, position: ColumnPosition::Last, if_not_exists: false }
}

const CASES: &[Case<'static>] = &[
    Case {
        name: "nullable",
        before: EVERYTHING,
        rows: EVERYTHING_ROWS,
        change: |op| {
            op.alter_table("t", |t| {
                t.alter_column("a").nullable(false);
            });
        },
    },
    Case {
        name: "type and default",
        before: EVERYTHING,
        rows: EVERYTHING_ROWS,
        change: |op| {
            op.alter_table("t", |t| {
                t.alter_column("a").column_type(DataType::string(9)).using("'0' || t.a");
                t.alter_column("b").drop_server_default();
                t.alter_column("c").column_type(DataType::Text.collate("RTRIM"));
                t.drop_constraint(ConstraintKind::Check, "t_ck");
            });
        },
    },
    Case {
        name: "constraints",
        before: EVERYTHING,
        rows: EVERYTHING_ROWS,
        change: |op| {
            op.alter_table("t", |t| {
                t.rename_constraint(ConstraintKind::Unique, "t_uq", "t_other_uq");
                t.drop_constraint(ConstraintKind::ForeignKey, "t_parent_fk");
                t.drop_constraint_if_exists(ConstraintKind::Check, "no_such_ck");
                t.create_check_constraint("t_new_ck", "length(b) < 10");
                t.add_constraint(Constraint::Unique(
                    Unique::new(["id", "a"]).named("u").on_conflict(OnConflict::Ignore),
                ));
                t.create_foreign_key(ForeignKey::new(["parent"], "parent", ["id"]).named("again_fk"));
            });
        },
    },
    Case {
        name: "columns",
        before: EVERYTHING,
        rows: EVERYTHING_ROWS,
        change: |op| {
            op.alter_table("t", |t| {
                t.add_column_at(Column::new("first", DataType::Integer), ColumnPosition::First);
                t.add_column_at(
                    Column::new("behind_a", DataType::string(3)).not_null().server_default("x"),
                    ColumnPosition::After("a".to_owned()),
                );
                t.add_column(Column::new("at", DataType::timestamp()).computed(Computed::stored("a * 2")));
                t.drop_column("c");
                t.drop_column("spare");
            });
        },
    },
    Case {
        name: "a new value from another table",
        before: |op| {
            op.create_table("owner", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("name", DataType::Text);
            });
            op.create_table("t", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("owner", DataType::Text);
                t.column("name", DataType::Text);
            });
        },
        rows: &[
            "INSERT INTO owner VALUES (1, 'x'), (2, 'y')",
            "INSERT INTO t VALUES (1, 'y', 'x'), (2, 'x', 'kept'), (3, 'nobody', NULL)",
        ],
        change: |op| {
            op.alter_table("t", |t| {
                let using = "(SELECT o.id FROM owner o WHERE o.name = t.owner)";
                t.alter_column("owner").column_type(DataType::Integer).using(using);
            });
        },
    },
    Case {
        name: "new names in a rebuild",
        before: BUT_TRIGGERS,
        rows: EVERYTHING_ROWS,
        change: |op| {
            let mut with_type = rename("a", "number");
            with_type.column_type = Some(DataType::BigInteger.into());
            with_type.using = Some("a + 1 - 1".into());
            let mut later = AlterColumn::new("b");
            later.column_type = Some(DataType::string(30).collate("NOCASE").into());
            later.using = Some("b || substr('', number)".into());
            alter(
                op,
                vec![
                    with_type.into(),
                    later.into(),
                    TableChange::DropColumn { name: "spare".to_owned(), if_exists: false },
                    rename("c", "spare").into(),
                    rename("id", "key").into(),
                    add(Column::new("c", DataType::Integer)),
                    TableChange::AddConstraint {
                        constraint: Constraint::Check(Check::new("number <> -1").named("t_number_ck")),
                    },
                ],
            );
        },
    },
    Case {
        name: "names that change places",
        before: BUT_TRIGGERS,
        rows: EVERYTHING_ROWS,
        change: |op| {
            let mut restricted = AlterColumn::new("always");
            restricted.server_default = Some(Change::Set(SqlValue::Integer(8).into()));
            alter(
                op,
                vec![
                    rename("up", "tmp").into(),
                    rename("parent", "up").into(),
                    rename("tmp", "parent").into(),
                    rename("a", "A").into(),
                    restricted.into(),
                ],
            );
        },
    },
    Case {
        name: "natively",
        before: EVERYTHING,
        rows: EVERYTHING_ROWS,
        change: |op| {
            op.alter_table("t", |t| {
                t.add_column(Column::new("other", DataType::Integer));
                t.create_foreign_key(ForeignKey::new(["other"], "parent", ["id"]).named("t_other_fk"));
                t.add_column(Column::new("low", DataType::Integer).not_null().server_default(1_i64));
                t.create_check_constraint("t_low_ck", "low < 5 AND other IS NOT 3");
                t.add_column(Column::new("twice", DataType::Integer).computed(Computed::on_read("a * 2")));
                t.add_column(
                    Column::new("data", DataType::Binary).server_default(SqlValue::Bytes(vec![0, 255])),
                );
                t.drop_column("spare");
                t.drop_column("c");
                t.add_column_if_not_exists(Column::new("a", DataType::Text));
                t.drop_column_if_exists("no_such");
                t.set_comment(Some("passed over".to_owned()));
            });
            op.alter_table("t", |t| {
                t.alter_column("a").rename("number");
            });
            op.rename_index("t", "t_odd_ix", "t_renamed_ix");
            op.rename_table("child", "kid");
        },
    },
    Case {
        name: "the table's name",
        before: BUT_TRIGGERS,
        rows: EVERYTHING_ROWS,
        change: |op| {
            op.rename_table("t", "u \"quoted\"");
            op.alter_table("u \"quoted\"", |t| {
                t.alter_column("a").nullable(false);
            });
        },
    },
    Case {
        name: "triggers behind new names",
        before: |op| {
            op.create_table("log", |t| {
                t.column("n", DataType::Text);
            });
            op.create_table("t", |t| {
                t.column("n", DataType::Integer);
                t.column("m", DataType::Integer);
            });
            let create = "CREATE TRIGGER on_t AFTER UPDATE OF n ON t BEGIN INSERT INTO log (n) VALUES (new.n); \
                          UPDATE t SET m = n WHERE n = old.n; END";
            op.create_object(Object::new("trigger on_t").create(create).touches(["t"]));
        },
        rows: &["INSERT INTO t VALUES (1, 2)", "UPDATE t SET n = 3"],
        change: |op| {
            op.rename_table("t", "u");
            op.alter_column("u", "n", |c| c.rename("k"));
            op.alter_column("u", "m", |c| c.nullable(false));
            let mut restricted = AlterColumn::new("last");
            restricted.nullable = Some(false);
            op.push(Operation::AlterTable {
                table: "u".into(),
                changes: vec![rename("k", "last").into(), restricted.into()],
            });
        },
    },
    Case {
        name: "without row ids, strict",
        before: |op| {
            op.create_table("t", |t| {
                t.column("code", DataType::Text).not_null();
                t.column("number", DataType::Integer).not_null();
                t.column("data", DataType::Binary);
                t.add_primary_key(PrimaryKey::new(["code", "number"]).on_conflict(OnConflict::Fail));
                t.options(|o| (o.strict, o.without_rowid) = (true, true));
            });
        },
        rows: &["INSERT INTO t VALUES ('a', 1, x'00'), ('a', 2, NULL)"],
        change: |op| {
            op.alter_table("t", |t| t.add_column(Column::new("note", DataType::Text.collate("NOCASE"))));
            op.alter_table("t", |t| {
                t.alter_column("data").nullable(true).column_type(DataType::native("ANY"));
            });
        },
    },
    Case {
        name: "row ids of their own",
        before: |op| {
            op.create_table("t", |t| {
                t.column("name", DataType::Text);
                t.column("rowid", DataType::Text);
                t.column("oid", DataType::Text);
            });
        },
        rows: &[
            "INSERT INTO t (_rowid_, name, rowid) VALUES (7, 'seven', 'x'), (-3, 'minus', NULL), (900, 'big', 'y')",
            "DELETE FROM t WHERE _rowid_ = 7",
        ],
        change: |op| {
            op.alter_table("t", |t| {
                t.alter_column("name").nullable(false);
                t.drop_column("oid");
            });
        },
    },
    Case {
        name: "another primary key",
        before: |op| {
            op.create_table("t", |t| {
                t.column("id", DataType::Integer);
                t.column("code", DataType::string(3)).not_null();
                t.primary_key("t_pkey", ["id"]);
            });
        },
        rows: &["INSERT INTO t VALUES (5, 'x'), (6, 'y')"],
        change: |op| {
            op.alter_table("t", |t| {
                t.drop_constraint(ConstraintKind::PrimaryKey, "t_pkey");
                t.create_primary_key("t_code_pkey", ["code"]);
            });
        },
    },
    Case {
        name: "a key that is new",
        before: |op| {
            op.create_table("t", |t| {
                t.column("name", DataType::Text);
            });
        },
        rows: &["INSERT INTO t VALUES ('x'), ('y')", "DELETE FROM t WHERE name = 'x'"],
        change: |op| {
            op.alter_table("t", |t| {
                t.add_column_at(Column::new("id", DataType::Integer).autoincrement(), ColumnPosition::First);
                t.create_primary_key("t_pkey", ["id"]);
            });
        },
    },
    Case {
        name: "columns of an enum type",
        before: |op| {
            let mood = op.create_enum("mood", ["sad", "ok"]);
            op.create_table("t", |t| {
                t.column("mood", mood).not_null().server_default("ok");
            });
        },
        rows: &["INSERT INTO t VALUES ('sad'), ('ok')"],
        change: |op| {
            op.alter_enum("mood", |e| {
                e.add_value_after("delighted", "ok");
                e.rename_value("sad", "blue");
            });
        },
    },
];

/// The history of a case.
fn history(case: &Case<'_>) -> DbManager {
    manager(&[("start", case.before, |_| {}), ("change", case.change, |_| {})])
}

/// All that SQLite has of the schema, then all rows.
async fn dump(database: &mut Database) -> Vec<Vec<String>> {
    let schema =
        "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name";
    // SQLite puts a column's new name into quotes, a statement made from the replay need not.
    let unquoted = |row: Vec<String>| row.into_iter().map(|text| text.replace('"', "")).collect();
    let mut dump: Vec<Vec<String>> = query(database, schema).await.into_iter().map(unquoted).collect();
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
    for table in query(database, tables).await {
        let table = &table[0];
        // Byte for byte, and with the type of each value.
        let columns = format!(
            "SELECT 'quote(x.\"' || replace(name, '\"', '\"\"') || '\")' FROM pragma_table_xinfo('{table}')"
        );
        let columns: Vec<_> = query(database, &columns).await.concat();
        let rows = format!(
            "SELECT {}, {} FROM \"{}\" AS x ORDER BY 1, 2",
            row_id(database, table).await,
            columns.join(", "),
            table.replace('"', "\"\""),
        );
        dump.push(vec![format!("rows of {table}")]);
        dump.extend(query(database, &rows).await);
    }
    dump
}

async fn row_id(database: &mut Database, table: &str) -> &'static str {
    let without = format!("SELECT wr FROM pragma_table_list WHERE name = '{table}'");
    if query(database, &without).await[0][0] == "1" { "NULL" } else { "x._rowid_" }
}

/// Runs SQLite's own client.
fn client(file: &Path, script: &str) {
    let (succeeds, said) = try_client(file, script);
    assert!(succeeds && said.is_empty(), "{said}\n{script}");
}

/// Runs SQLite's own client; whether it came to the end, and what it said.
fn try_client(file: &Path, script: &str) -> (bool, String) {
    let mut client = Command::new("sqlite3")
        .arg(file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    client.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = client.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

async fn open(file: &Path) -> Database {
    let url = dunlin::DatabaseUrl::parse(&format!("sqlite:///{}", file.display())).unwrap();
    Database::connect(&url, dunlin::Access::Create).await.unwrap()
}

async fn script(db: &TestDatabase, case: &Case<'_>, from: &str, to: &str) -> String {
    let migrator = migrator(db, [history(case)]);
    let owner = &migrator.owners()[0];
    let target = |name: &str| owner.history().target(name).unwrap();
    let intent = Intent::Upgrade { target: Some(target(to)), use_migration_files: true };
    let script =
        migrator.offline_script(dialect(DialectName::Sqlite), owner.name(), &intent, &target(from)).await;
    done(script).as_str().to_owned()
}

/// The table as SQLite can have it: its types in SQLite's words, and what it has no word for left out.
fn as_sqlite_has_it(mut table: Table) -> Table {
    let sqlite = dialect(DialectName::Sqlite);
    let row_id =
        table.primary_key.as_ref().filter(|key| key.columns.len() == 1).map(|key| key.columns[0].clone());
    for column in &mut table.columns {
        let data_type = column.column_type.get(DialectName::Sqlite).unwrap();
        let (text, collation) = match data_type {
            DataType::Collated { text, collation, .. } => ((**text).clone(), collation.clone()),
            other => (other.clone(), None),
        };
        let read = sqlite.parse_type(&sqlite.column_type(&text).unwrap());
        column.column_type = match collation {
            Some(collation) => read.collate(collation),
            None => read,
        }
        .into();
        column.autoincrement = row_id.as_ref() == Some(&column.name)
            && column.column_type.get(DialectName::Sqlite) == Some(&DataType::Integer)
            && !table.options.without_rowid;
        if let Some(default) = &mut column.server_default {
            *default = match default.get(DialectName::Sqlite).unwrap() {
                SqlValue::Text(text) => SqlValue::text(text.clone()),
                other => SqlValue::expression(sqlite.value(other)),
            }
            .into();
        }
    }
    // A rebuilt table's expressions do not name it; SQLite puts a new name into quotes.
    for sql in expressions_mut(&mut table) {
        *sql = sql.replace("t.b", "b").replace("\"number\"", "number");
    }
    for predicate in table.indexes.iter_mut().filter_map(|index| index.predicate.as_mut()) {
        *predicate = PerDialect::all(predicate.get(DialectName::Sqlite).unwrap().clone());
    }
    // What stands at a column comes first, whenever it was added.
    table.checks.sort_by_key(|check| check.name.clone().map(String::from));
    table.foreign_keys.sort_by_key(|key| key.name.clone().map(String::from));
    table.indexes.sort_by_key(|index| index.name.clone().map(String::from));
    table.comment = None;
    table
}

db_test_on! {
    [sqlite: Sqlite]
    async fn what_a_table_has_survives_and_the_client_does_the_same(db) {
        for case in CASES {
            println!("{}", case.name);
            let directory = tempfile::tempdir().unwrap();
            let (online, offline) = (directory.path().join("online.db"), directory.path().join("offline.db"));
            let mut database = open(&online).await;
            let migrator = migrator(db, [history(case)]);
            done(upgrade(&migrator, &mut database, "start").await);
            execute(&mut database, case.rows).await;
            done(upgrade(&migrator, &mut database, "change").await);

            let replayed = migrator.owners()[0].replay(&["change".into()]).unwrap();
            let names: Vec<TableName> = replayed.tables().iter().map(|table| table.name.clone()).collect();
            let found = done(database.introspect(&names).await);
            for table in replayed.tables() {
                let found = found.get(&table.name).unwrap_or_else(|| panic!("{}: no {}", case.name, table.name));
                let found = as_sqlite_has_it(found.clone());
                assert_eq!(found, as_sqlite_has_it(table.clone()), "{}", case.name);
            }
            for (pragma, value) in
                [("foreign_keys", "1"), ("legacy_alter_table", "0"), ("integrity_check", "ok")]
            {
                assert_eq!(query(&mut database, &format!("PRAGMA {pragma}")).await, [[value]], "{pragma}");
            }
            assert_eq!(query(&mut database, "PRAGMA foreign_key_check").await, Vec::<Vec<String>>::new());
            let meant = dump(&mut database).await;
            database.close().await;

            let rows: String = case.rows.iter().map(|sql| format!("{sql};\n")).collect();
            client(&offline, &script(db, case, "base", "start").await);
            client(&offline, &format!("PRAGMA foreign_keys = ON;\n{rows}"));
            client(&offline, &script(db, case, "start", "change").await);
            let mut database = open(&offline).await;
            assert_eq!(dump(&mut database).await, meant, "{}", case.name);
            database.close().await;
        }
    }
}

/// `t` with a trigger, and the statements that rename a column of it in a rebuild.
async fn renaming(database: &mut Database) -> Rendered {
    execute(database, &[
        "CREATE TABLE log (what TEXT)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER)",
        "INSERT INTO t VALUES (1, 10), (2, 20)",
        "CREATE TRIGGER on_t AFTER UPDATE OF a ON t BEGIN INSERT INTO log VALUES (old.a || ' ' || new.a); END",
    ])
    .await;
    let mut restricted = AlterColumn::new("number");
    restricted.nullable = Some(false);
    let changes = vec![rename("a", "number").into(), restricted.into()];
    let current = done(database.introspect(&["t".into()]).await);
    let operation = Operation::AlterTable { table: "t".into(), changes };
    database.dialect().render(&operation, &current).unwrap()
}

db_test_on! {
    [sqlite: Sqlite]
    async fn triggers_are_those_behind_the_new_names(db) {
        let mut database = db.connect().await;
        let rendered = renaming(&mut database).await;
        let (before, rebuild) = rendered.statements.split_at(rendered.before_rebuild);
        execute(&mut database, &["PRAGMA foreign_keys = OFF", "BEGIN"]).await;
        for sql in before {
            execute(&mut database, &[sql]).await;
        }
        let triggers = query(&mut database, "SELECT sql FROM sqlite_master WHERE type = 'trigger'").await.concat();
        for sql in rebuild.iter().chain(&triggers) {
            execute(&mut database, &[sql]).await;
        }
        execute(&mut database, &["COMMIT", "UPDATE t SET number = number + 1"]).await;
        let log = query(&mut database, "SELECT what FROM log ORDER BY what").await;
        assert_eq!(log, [["10 11"], ["20 21"]]);
        database.close().await;
    }
}

db_test_on! {
    [sqlite: Sqlite]
    async fn a_copy_that_a_stopped_client_left_is_told_by_the_table(db) {
        let rows = [["1", "10"], ["2", "20"]];
        for stopped_at in 1.. {
            let mut database = db.connect().await;
            let rendered = renaming(&mut database).await;
            if stopped_at > rendered.statements.len() {
                break;
            }
            for sql in &rendered.statements[..stopped_at] {
                execute(&mut database, &[sql]).await;
            }
            let leftover = database.dialect().leftover(&"t".into()).unwrap();
            let there = async |database: &mut Database, name: &str| {
                let count = format!("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '{name}'");
                query(database, &count).await[0][0] == "1"
            };
            let whole = there(&mut database, "t").await;
            let copied = there(&mut database, &leftover.copy.name).await;
            assert!(whole || copied, "{stopped_at}");
            let settle = match (whole, copied) {
                (true, true) => leftover.drop,
                (false, _) => leftover.restore,
                (true, false) => Vec::new(),
            };
            for sql in &settle {
                execute(&mut database, &[sql]).await;
            }
            assert!(!there(&mut database, &leftover.copy.name).await);
            assert_eq!(query(&mut database, "SELECT * FROM t ORDER BY 1").await, rows, "{stopped_at}");
            execute(&mut database, &["DROP TABLE t", "DROP TABLE log"]).await;
            database.close().await;
        }
    }
}
