//! What is rendered for MySQL and MariaDB runs there; the table that is introspected then is the one that
//! was played in memory; and what is done and undone leaves the first dump.

use std::collections::BTreeSet;

use dunlin::Database;
use dunlin::core::dialect::DialectName;
use dunlin::core::operation::{AlterColumn, Change, ColumnPosition, Operation, TableChange, reverse};
use dunlin::core::prelude::*;
use dunlin::core::schema::{
    Check, Column, Computed, ConstraintKind, EnumType, Identity, IndexElement, IndexKind, PrimaryKey,
    TableName,
};
use dunlin::core::session::Session as _;
use dunlin::engine::dialect::dialect;
use dunlin::engine::dialect::lower::lower;
use dunlin_testkit::TestDatabase;

type Record = fn(&mut Operations);

/// A test by its name: what is there before, what is done, and whether undoing it leaves the first dump.
struct Case {
    name: &'static str,
    before: Record,
    change: Record,
    only: Option<DialectName>,
    comes_back: bool,
}

fn case(name: &'static str, before: Record, change: Record) -> Case {
    Case { name, before, change, only: None, comes_back: true }
}

impl Case {
    fn on(mut self, dialect: DialectName) -> Self {
        self.only = Some(dialect);
        self
    }

    fn one_way(mut self) -> Self {
        self.comes_back = false;
        self
    }
}

fn record(record: Record) -> Vec<Operation> {
    let mut operations = Operations::default();
    record(&mut operations);
    operations.finish()
}

/// Runs operations as the runtime does: each from the tables as they are.
async fn run(
    database: &mut Database,
    operations: &[Operation],
    replay: &mut Metadata,
    name: &str,
) -> Vec<String> {
    let mut ran = Vec::new();
    for operation in operations {
        let lowered =
            lower(database.dialect(), operation, replay).unwrap_or_else(|error| panic!("{name}: {error}"));
        for operation in lowered {
            let table: Vec<TableName> = operation.table().cloned().into_iter().collect();
            let current = match database.dialect().looks_at_current_table(&operation) {
                true => database.introspect(&table).await.unwrap(),
                false => Metadata::default(),
            };
            let offline = database.dialect().render(&operation, replay);
            let offline = offline.unwrap_or_else(|error| panic!("{name}: {error}"));
            let online = database.dialect().render(&operation, &current);
            let online = online.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(
                online.statements.len(),
                offline.statements.len(),
                "{name}: {:?} {:?}",
                online.statements,
                offline.statements
            );
            for sql in online.statements {
                let done = database.execute(&sql).await;
                done.unwrap_or_else(|error| panic!("{name}: {sql}: {error}: {:?}", error.source()));
                ran.push(sql);
            }
            replay.apply(&operation).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
    ran
}

async fn dump(database: &mut Database) -> Vec<String> {
    let tables =
        "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1";
    let mut dump = Vec::new();
    for row in database.query(tables).await.unwrap() {
        let show = format!("SHOW CREATE TABLE `{}`", row.text(0).unwrap());
        let sql = database.query(&show).await.unwrap()[0].text(1).unwrap().to_owned();
        // The order of keys is that in which they were added.
        let (keys, others): (Vec<_>, Vec<_>) = sql
            .lines()
            .map(|line| line.trim_end_matches(',').to_owned())
            .partition(|line| line.contains("KEY "));
        dump.extend(others);
        dump.extend(keys.into_iter().collect::<BTreeSet<_>>());
    }
    dump
}

/// A table in the dialect's words, without what the server writes otherwise and means the same.
fn shown(table: &Table, name: DialectName) -> BTreeSet<String> {
    let mut table = table.clone();
    table.primary_key.iter_mut().for_each(|key| key.name = None);
    table.columns.iter_mut().for_each(|column| {
        if column.identity.take().is_some() {
            column.autoincrement = true;
        }
    });
    // The server does not tell one from the other.
    let plain = |index: &Index| index.unique && index.elements.iter().all(|element| !element.descending);
    let (uniques, indexes) = std::mem::take(&mut table.indexes).into_iter().partition(plain);
    table.indexes = indexes;
    let uniques = Vec::<Index>::into_iter(uniques);
    table
        .uniques
        .extend(uniques.map(|index| Unique::new(index.columns()).named(index.name.clone().unwrap())));
    let operation = Operation::CreateTable { table, if_not_exists: false };
    let rendered = dialect(name).render(&operation, &Metadata::default());
    let sql = rendered.unwrap_or_else(|error| panic!("{error}")).statements.concat();
    sql.lines()
        .map(|line| line.trim_end_matches(',').replace(['`', '(', ')', ' '], "").to_lowercase())
        .collect()
}

async fn agrees(database: &mut Database, replay: &Metadata, name: &str) {
    let names: Vec<TableName> = replay.tables().iter().map(|table| table.name.clone()).collect();
    let found = database.introspect(&names).await.unwrap();
    let dialect = database.dialect().name();
    for table in replay.tables() {
        let introspected = found.get(&table.name).unwrap_or_else(|| panic!("{name}: no {}", table.name));
        assert_eq!(shown(introspected, dialect), shown(table, dialect), "{name}: {}", table.name);
        let columns = |table: &Table| table.columns.iter().map(|c| c.name.clone()).collect::<Vec<_>>();
        assert_eq!(columns(introspected), columns(table), "{name}");
    }
    assert_eq!(found.tables().len(), names.len(), "{name}");
}

async fn run_cases(db: &TestDatabase, cases: Vec<Case>) {
    let mut database = db.connect().await;
    for case in cases {
        if case.only.is_some_and(|only| only != db.dialect()) {
            continue;
        }
        let mut replay = Metadata::default();
        run(&mut database, &record(case.before), &mut replay, case.name).await;
        agrees(&mut database, &replay, case.name).await;
        let (first, before) = (dump(&mut database).await, replay.clone());
        let change = record(case.change);
        let ran = run(&mut database, &change, &mut replay, case.name).await;
        agrees(&mut database, &replay, &format!("{}: {ran:#?}", case.name)).await;
        if case.comes_back {
            assert_ne!(dump(&mut database).await, first, "{}: nothing was changed", case.name);
            let back = reverse(&change, &before).unwrap();
            let ran = run(&mut database, &back, &mut replay, case.name).await;
            agrees(&mut database, &replay, case.name).await;
            assert_eq!(dump(&mut database).await, first, "{}: {ran:#?}", case.name);
        }
        let left: Vec<Operation> = replay
            .creation_order()
            .iter()
            .rev()
            .map(|table| Operation::DropTable { table: table.name.clone(), if_exists: false })
            .collect();
        run(&mut database, &left, &mut replay, case.name).await;
    }
    database.close().await;
}

fn nothing(_: &mut Operations) {}

fn books(op: &mut Operations) {
    op.create_table("author", |t| {
        t.column("id", DataType::Integer).primary_key();
    });
    op.create_table("book", |t| {
        t.column("id", DataType::BigInteger).primary_key();
        t.column("title", DataType::string(30).collate("utf8mb4_bin")).not_null().comment("it's a \\ title");
        t.column("pages", DataType::Integer).server_default(7);
        t.column("author_id", DataType::Integer);
        t.column("data", DataType::Json);
        t.column("at", DataType::DateTime { precision: Some(3), timezone: false })
            .not_null()
            .server_default(SqlValue::expression("CURRENT_TIMESTAMP(3)"))
            .on_update("CURRENT_TIMESTAMP(3)");
        t.column("mood", DataType::Enum(EnumType::unnamed(["a", "it's", "x,y\\"]))).server_default("it's");
        t.column("text", DataType::Text).server_default("it's");
        t.column("twice", DataType::Integer).computed(Computed::stored("`pages` * 2"));
        t.unique("book_title_uq", ["title"]);
        t.check("book_pages_ck", "`pages` > 0");
        t.foreign_key(ForeignKey::new(["author_id"], "author", ["id"]).named("book_author_fk"));
        t.index("book_pages_ix", ["pages"]);
        t.comment("it's a book");
    });
}

fn everything(op: &mut Operations) {
    op.create_table("t", |t| {
        let types = [
            DataType::Boolean,
            DataType::TinyInteger,
            DataType::SmallInteger,
            DataType::MediumInteger,
            DataType::Integer,
            DataType::BigInteger,
            DataType::TinyInteger.unsigned(),
            DataType::SmallInteger.unsigned(),
            DataType::MediumInteger.unsigned(),
            DataType::Integer.unsigned(),
            DataType::BigInteger.unsigned(),
            DataType::numeric(10, 2).unsigned(),
            DataType::Float.unsigned(),
            DataType::Double.unsigned(),
            DataType::Real,
            DataType::Float,
            DataType::Double,
            DataType::numeric(20, 0),
            DataType::string(7),
            DataType::string(7).collate("utf8mb4_bin"),
            DataType::string(7).collate("latin1_bin"),
            DataType::char(7),
            DataType::char(7).collate("ascii_bin"),
            DataType::Text,
            DataType::TinyText,
            DataType::MediumText,
            DataType::LongText,
            DataType::LongText.collate("utf8mb4_bin"),
            DataType::Binary,
            DataType::TinyBlob,
            DataType::MediumBlob,
            DataType::LongBlob,
            DataType::FixedBinary { length: 4 },
            DataType::VarBinary { length: 4 },
            DataType::Bit { length: Some(8), varying: false },
            DataType::Date,
            DataType::time(),
            DataType::Time { precision: Some(3), timezone: true },
            DataType::datetime(),
            DataType::DateTime { precision: Some(6), timezone: true },
            DataType::timestamp(),
            DataType::Timestamp { precision: Some(6), timezone: true },
            DataType::Year,
            DataType::Json,
            DataType::Uuid,
            DataType::Enum(EnumType::unnamed(["a", "it's", "x,y", "C(d)", "back\\slash", "ü", "''", "\\'"])),
            DataType::Enum(EnumType::unnamed(["a"])).collate("utf8mb4_bin"),
            DataType::Set { values: vec!["a".to_owned(), "b'c".to_owned()] },
            DataType::native("point"),
            DataType::native("int(7) unsigned zerofill"),
        ];
        for (number, data_type) in types.into_iter().enumerate() {
            t.column(format!("c{number}"), data_type);
        }
    });
}

fn defaults(op: &mut Operations) {
    op.create_table("t", |t| {
        let moment = |precision| DataType::DateTime { precision, timezone: false };
        let bytes = DataType::VarBinary { length: 4 };
        for (number, (data_type, default)) in [
            (DataType::Integer, SqlValue::Integer(-7)),
            (DataType::BigInteger.unsigned(), SqlValue::Integer(7)),
            (DataType::Boolean, SqlValue::Boolean(true)),
            (DataType::Boolean, SqlValue::Boolean(false)),
            (DataType::numeric(7, 2), SqlValue::expression("1.50")),
            (DataType::Double, SqlValue::expression("1.5")),
            (DataType::string(30), SqlValue::text("it's \\ \"x\" `y`\n")),
            (DataType::string(30), SqlValue::text("")),
            (DataType::string(30), SqlValue::text("CURRENT_TIMESTAMP")),
            (DataType::string(30), SqlValue::text("NULL")),
            (DataType::Text, SqlValue::text("it's \\ \n")),
            (DataType::LongText.collate("utf8mb4_bin"), SqlValue::text("x")),
            (DataType::Json, SqlValue::text("{\"a\": 1}")),
            (bytes, SqlValue::Bytes(b"ab".to_vec())),
            (moment(None), SqlValue::expression("CURRENT_TIMESTAMP")),
            (moment(Some(6)), SqlValue::expression("CURRENT_TIMESTAMP(6)")),
            (DataType::timestamp(), SqlValue::expression("CURRENT_TIMESTAMP")),
            (DataType::string(36), SqlValue::expression("uuid()")),
            (DataType::Date, SqlValue::text("2000-01-01")),
            (DataType::Year, SqlValue::Integer(2001)),
            (DataType::Enum(EnumType::unnamed(["a", "it's"])), SqlValue::text("it's")),
            (DataType::Bit { length: Some(3), varying: false }, SqlValue::expression("b'101'")),
        ]
        .into_iter()
        .enumerate()
        {
            t.column(format!("c{number}"), data_type).server_default(default);
        }
    });
}

fn creations() -> Vec<Case> {
    vec![
        case("every type", nothing, everything),
        case("every default", nothing, defaults),
        case("books", nothing, books),
        case("table options", nothing, |op| {
            op.create_table("t", |t| {
                t.column("id", DataType::Integer).identity(Identity::by_default().start(50)).primary_key();
                t.column("a", DataType::string(3));
                t.column("b", DataType::string(3).collate("utf8mb4_bin"));
                t.options(|o| {
                    o.character_set = Some("latin1".to_owned());
                    o.collation = Some("latin1_bin".to_owned());
                    o.row_format = Some("DYNAMIC".to_owned());
                    o.other.insert("STATS_PERSISTENT".to_owned(), "1".to_owned());
                });
            });
            op.create_table("m", |t| {
                t.column("id", DataType::Integer);
                t.add_primary_key(PrimaryKey::new(["id"]).using("HASH"));
                t.options(|o| o.engine = Some("MEMORY".to_owned()));
            });
        })
        .one_way(),
        case("every index", nothing, |op| {
            op.create_table("t", |t| {
                t.column("a", DataType::Integer);
                t.column("b", DataType::string(30));
                t.column("c", DataType::Text).not_null();
                t.column("g", DataType::native("point")).not_null();
                t.add_index(Index::new("plain", ["b", "a"]).comment("it's"));
                t.add_index(Index::new("prefix", [IndexElement::column_named("c").length(5)]));
                let down = IndexElement::column_named("a").descending();
                t.add_index(Index::new("down", [down, "b".into()]).unique());
                t.add_index(Index::new("words", ["b", "c"]).kind(IndexKind::FullText));
                t.add_index(Index::new("places", ["g"]).kind(IndexKind::Spatial));
                t.add_index(Index::new("alone", ["a"]).storage_parameter("fillfactor", "70").concurrently());
            });
        }),
        case("an index over an expression", nothing, |op| {
            op.create_table("t", |t| {
                t.column("a", DataType::Integer);
                t.column("b", DataType::string(30));
                let sum = IndexElement::expression("`a` + 1").descending();
                t.add_index(Index::new("ix", [sum, "b".into()]));
            });
        })
        .on(DialectName::MySql),
        case("a check that is not enforced", nothing, |op| {
            op.create_table("t", |t| {
                t.column("a", DataType::Integer);
                t.add_check(Check::new("`a` > 0").named("a_ck").not_enforced());
            });
        })
        .on(DialectName::MySql),
        case("native types", nothing, |op| {
            op.create_table("t", |t| {
                t.column("a", DataType::native("UUID"));
                t.column("b", DataType::native("INET6"));
            });
        })
        .on(DialectName::MariaDb),
        case("an auto increment column with an index of its own", nothing, |op| {
            op.create_table("t", |t| {
                t.column("id", DataType::Integer).autoincrement().not_null();
                t.column("a", DataType::string(9)).not_null();
                t.primary_key("pk", ["a"]);
                t.index("ix", ["id"]);
            });
        }),
    ]
}

fn changes() -> Vec<Case> {
    vec![
        case("add columns", books, |op| {
            op.alter_table("book", |t| {
                t.add_column_at(Column::new("first", DataType::Integer), ColumnPosition::First);
                t.add_column_at(
                    Column::new("b", DataType::Integer),
                    ColumnPosition::After("title".to_owned()),
                );
                t.add_column_at(Column::new("c", DataType::Text), ColumnPosition::After("b".to_owned()));
                t.create_unique_constraint("b_uq", ["b"]);
                t.add_column_if_not_exists(Column::new("title", DataType::Integer));
            });
        }),
        case("drop a column with its key and index", books, |op| {
            op.alter_table("book", |t| {
                t.drop_column("author_id");
                t.drop_column("mood");
                t.drop_column_if_exists("no_such_column");
            });
        }),
        case("restate every column", books, |op| {
            op.alter_table("book", |t| {
                t.alter_column("id").column_type(DataType::Integer.unsigned());
                t.alter_column("title").nullable(true);
                t.alter_column("author_id").comment("who");
                t.alter_column("data").comment("what");
                t.alter_column("at").nullable(true);
                t.alter_column("mood").nullable(false);
                t.alter_column("text").comment("long");
                t.alter_column("twice").comment("double");
            });
        }),
        case("change only defaults", books, |op| {
            op.alter_table("book", |t| {
                t.alter_column("pages").drop_server_default();
                t.alter_column("text").drop_server_default();
                t.alter_column("title").server_default("x");
                t.alter_column("data").server_default("{}");
                t.alter_column("at").server_default("2000-01-01 00:00:00.000");
                t.alter_column("mood").server_default("a");
            });
        }),
        case("change one column many times", books, |op| {
            op.alter_table("book", |t| {
                t.alter_column("title").rename("name");
                t.alter_column("name").nullable(true);
                t.alter_column("name").column_type(DataType::string(99)).server_default("x");
                t.alter_column("name").rename("title");
                t.alter_column("text").rename("body");
            });
        }),
        case("rename and restate in one statement", books, |op| {
            let alter = |name: &str, to: &str, say: fn(&mut AlterColumn)| {
                let mut alter = AlterColumn::new(name);
                alter.rename = Some(to.to_owned());
                say(&mut alter);
                alter.into()
            };
            let changes = vec![
                alter("title", "name", |_| {}),
                alter("name", "named", |alter| alter.nullable = Some(true)),
                alter("data", "json", |alter| alter.comment = Some(Change::Set("x".to_owned()))),
                alter("text", "body", |_| {}),
                alter("pages", "sheets", |_| {}),
                alter("mood", "pages_too", |alter| alter.nullable = Some(false)),
            ];
            // A check of MySQL holds its column.
            op.alter_table("book", |t| {
                t.drop_constraint(ConstraintKind::Check, "book_pages_ck");
                t.drop_column("twice");
            });
            op.push(Operation::AlterTable { table: "book".into(), changes });
        }),
        case("rename and restate", books, |op| {
            op.alter_table("book", |t| {
                t.alter_column("mood").rename("state").nullable(false);
                t.alter_column("data").rename("json").comment("x");
                t.alter_column("text").rename("mood");
            });
        }),
        case("a new name of what a check speaks of", books, |op| {
            op.alter_table("book", |t| t.drop_column("twice"));
            op.rename_column("book", "pages", "the `sheets`");
            op.rename_column("book", "the `sheets`", "pages");
            op.rename_column("book", "title", "name");
        }),
        case("values of an enum", books, |op| {
            op.alter_table("book", |t| {
                let values = ["first", "a", "it's", "x,y\\", "last"];
                t.alter_column("mood").column_type(DataType::Enum(EnumType::unnamed(values)));
            });
        }),
        case("another primary key", books, |op| {
            op.alter_table("book", |t| {
                t.drop_constraint(ConstraintKind::PrimaryKey, "");
                t.create_primary_key("book_pkey", ["id", "title"]);
                t.alter_column("id").column_type(DataType::Integer);
            });
        }),
        case("no longer counted", books, |op| {
            op.alter_table("book", |t| {
                t.alter_column("id").autoincrement(false);
                t.drop_constraint(ConstraintKind::PrimaryKey, "");
                t.add_column(Column::new("number", DataType::Integer).not_null().autoincrement());
                t.create_primary_key("book_pkey", ["number"]);
            });
        }),
        case("constraints", books, |op| {
            op.alter_table("book", |t| {
                t.create_unique_constraint("two_uq", ["pages", "author_id"]);
                t.create_check_constraint("title_ck", "`title` <> 'x'");
                t.drop_constraint(ConstraintKind::Check, "book_pages_ck");
                t.drop_constraint(ConstraintKind::Unique, "book_title_uq");
                t.drop_constraint_if_exists(ConstraintKind::Unique, "no_such_uq");
                t.drop_constraint_if_exists(ConstraintKind::ForeignKey, "no_such_fk");
                t.drop_constraint_if_exists(ConstraintKind::Check, "no_such_ck");
            });
        }),
        case("renamed constraints", books, |op| {
            op.alter_table("book", |t| {
                t.rename_constraint(ConstraintKind::PrimaryKey, "", "book_key");
                t.rename_constraint(ConstraintKind::Unique, "book_title_uq", "uq");
                t.rename_constraint(ConstraintKind::ForeignKey, "book_author_fk", "fk");
                t.rename_constraint(ConstraintKind::Check, "book_pages_ck", "ck");
            });
        }),
        case("a foreign key and its index", books, |op| {
            op.alter_table("book", |t| {
                t.drop_constraint(ConstraintKind::ForeignKey, "book_author_fk");
            });
        }),
        case("a foreign key that another index serves", books, |op| {
            op.create_index("author_ix", "book", ["author_id", "pages"]);
            op.alter_table("book", |t| {
                t.drop_constraint(ConstraintKind::ForeignKey, "book_author_fk");
            });
        }),
        case("a foreign key that a unique constraint serves", books, |op| {
            op.alter_table("book", |t| t.create_unique_constraint("author_uq", ["author_id", "id"]));
        }),
        case("the same foreign key again", books, |op| {
            op.alter_table("book", |t| {
                t.drop_constraint(ConstraintKind::ForeignKey, "book_author_fk");
                let key = ForeignKey::new(["author_id"], "author", ["id"]).named("book_author_fk");
                t.create_foreign_key(key.on_delete(ReferentialAction::Cascade));
            });
        }),
        case("a foreign key to a column that is widened", books, |op| {
            op.alter_table("book", |t| {
                t.drop_constraint(ConstraintKind::ForeignKey, "book_author_fk");
                t.alter_column("author_id").column_type(DataType::BigInteger);
            });
            op.alter_table("author", |t| {
                t.alter_column("id").column_type(DataType::BigInteger);
            });
            op.alter_table("book", |t| {
                t.create_foreign_key(
                    ForeignKey::new(["author_id"], "author", ["id"]).named("book_author_fk"),
                );
            });
        }),
        case("indexes", books, |op| {
            op.add_index_if_not_exists("book", Index::new("book_pages_ix", ["title"]));
            op.drop_index_if_exists("no_such_ix", "book");
            op.rename_index("book", "book_pages_ix", "ix");
            op.add_index("book", Index::new("new_ix", ["title", "id"]).unique());
        }),
        case("an index goes", books, |op| op.drop_index("book_pages_ix", "book")),
        case("comments", books, |op| {
            op.alter_table("book", |t| {
                t.set_comment(None);
                t.alter_column("title").drop_comment();
            });
        }),
        case("much together", books, |op| {
            op.alter_table("book", |t| {
                t.drop_constraint(ConstraintKind::Check, "book_pages_ck");
                t.drop_column("twice");
                t.drop_column("pages");
                t.add_column(Column::new("mark", DataType::Boolean).server_default(false));
                t.alter_column("mark").nullable(false);
                t.alter_column("title").rename("name");
                t.create_unique_constraint("mark_uq", ["mark", "name"]);
                t.create_check_constraint("text_ck", "`text` <> 2");
                t.alter_column("mark").rename("sign");
            });
        }),
        case("a renamed table", books, |op| op.rename_table("author", "writer")),
    ]
}

macro_rules! on_both {
    ($($name:ident => $cases:ident),* $(,)?) => {$(
        mod $name {
            use super::*;

            #[test]
            fn mysql() {
                dunlin_testkit::run(DialectName::MySql, module_path!(), |db| Box::pin(run_cases(db, $cases())));
            }

            #[test]
            fn mariadb() {
                dunlin_testkit::run(DialectName::MariaDb, module_path!(), |db| Box::pin(run_cases(db, $cases())));
            }
        }
    )*};
}

on_both! {
    what_is_created_is_read_back => creations,
    what_is_changed_is_read_back_and_undone => changes,
}

/// One ALTER TABLE is all or nothing on MySQL 8.
#[test]
fn changes_of_a_table_are_one_statement() {
    let mut operations = Operations::default();
    books(&mut operations);
    let mut replay = Metadata::default();
    operations.finish().iter().for_each(|operation| replay.apply(operation).unwrap());
    let together = |change: Record| {
        let operation = record(change).remove(0);
        dialect(DialectName::MySql).render(&operation, &replay).unwrap().statements
    };
    let one: &[Record] = &[
        |op| {
            op.alter_table("book", |t| {
                t.drop_constraint(ConstraintKind::PrimaryKey, "");
                t.alter_column("id").column_type(DataType::Integer);
                t.create_primary_key("k", ["id", "title"]);
                t.alter_column("id").nullable(false);
                t.set_comment(None);
            });
        },
        |op| {
            op.alter_table("book", |t| {
                t.rename_constraint(ConstraintKind::ForeignKey, "book_author_fk", "fk");
                t.rename_constraint(ConstraintKind::Check, "book_pages_ck", "ck");
            });
        },
    ];
    for change in one {
        assert_eq!(together(*change).len(), 1, "{:#?}", together(*change));
    }
    let again = together(|op| {
        op.alter_table("book", |t| {
            t.drop_constraint(ConstraintKind::ForeignKey, "book_author_fk");
            t.create_foreign_key(ForeignKey::new(["author_id"], "author", ["id"]).named("book_author_fk"));
        });
    });
    assert_eq!(again.len(), 2, "{again:#?}");
    assert_eq!(
        again[0],
        "ALTER TABLE `book`\n    DROP FOREIGN KEY `book_author_fk`,\n    DROP INDEX `book_author_fk`"
    );
    let nothing: Vec<TableChange> = Vec::new();
    let nothing = Operation::AlterTable { table: "book".into(), changes: nothing };
    assert!(dialect(DialectName::MySql).render(&nothing, &replay).unwrap().statements.is_empty());
}
