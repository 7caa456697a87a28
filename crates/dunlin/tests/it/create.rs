//! What models say, created, is what introspection finds.

use dunlin::core::dialect::DialectName;
use dunlin::core::prelude::*;
use dunlin::engine::plan::Intent;
use dunlin_testkit::db_test;

use crate::support::*;

/// What is meant, and what PostgreSQL, MySQL, MariaDB and SQLite say of it.
struct Case<M, F> {
    column: &'static str,
    meant: M,
    found: [F; 4],
}

fn of<F: Clone>(found: &[F; 4], dialect: DialectName) -> F {
    let position = DialectName::ALL.iter().position(|name| *name == dialect).unwrap();
    found[position].clone()
}

fn types() -> Vec<Case<ColumnType, DataType>> {
    use DataType::*;
    let datetime = |precision| DateTime { precision, timezone: false };
    let timestamp = |precision, timezone| Timestamp { precision, timezone };
    let same = |column, meant: DataType| {
        let found = std::array::from_fn(|_| meant.clone());
        Case { column, meant: meant.into(), found }
    };
    let native = DataType::native;
    vec![
        same("boolean", Boolean),
        same("small", SmallInteger),
        same("integer", Integer),
        same("big", BigInteger),
        Case { column: "float", meant: Float.into(), found: [Double, Float, Float, Float] },
        same("double", Double),
        same("numeric", DataType::numeric(10, 3)),
        same("string", DataType::string(50)),
        Case {
            column: "collated",
            meant: ColumnType::all(DataType::string(50))
                .on(DialectName::Postgres, DataType::string(50).collate("C"))
                .on(DialectName::MySql, DataType::string(50).collate("utf8mb3_bin"))
                .on(DialectName::Sqlite, DataType::string(50).collate("NOCASE")),
            found: [
                DataType::string(50).collate("C"),
                DataType::string(50).collate("utf8mb3_bin"),
                DataType::string(50).collate("utf8mb3_bin"),
                DataType::string(50).collate("NOCASE"),
            ],
        },
        same("char", Char { length: 7 }),
        same("text", Text),
        same("binary", Binary),
        same("date", Date),
        same("time", DataType::time()),
        Case {
            column: "datetime",
            meant: datetime(None).into(),
            found: [timestamp(None, false), datetime(None), datetime(None), datetime(None)],
        },
        Case {
            column: "datetime6_tz",
            meant: DateTime { precision: Some(6), timezone: true }.into(),
            found: [timestamp(Some(6), true), datetime(Some(6)), datetime(Some(6)), datetime(None)],
        },
        same("timestamp", timestamp(None, false)),
        Case {
            column: "timestamp3_tz",
            meant: timestamp(Some(3), true).into(),
            found: [
                timestamp(Some(3), true),
                timestamp(Some(3), false),
                timestamp(Some(3), false),
                timestamp(None, false),
            ],
        },
        Case { column: "json", meant: Json.into(), found: [Json, Json, Json, Json] },
        Case {
            column: "uuid",
            meant: Uuid.into(),
            found: [Uuid, Char { length: 32 }, Char { length: 32 }, Char { length: 32 }],
        },
        Case {
            column: "native",
            meant: ColumnType::all(native("CLOB"))
                .on(DialectName::Postgres, native("inet"))
                .on(DialectName::MySql, native("MEDIUMTEXT"))
                .on(DialectName::MariaDb, native("INET6")),
            found: [native("inet"), DataType::MediumText, native("inet6"), native("CLOB")],
        },
    ]
}

fn models_of_types(_: &HostContext) -> Metadata {
    let mut metadata = Metadata::default();
    for (table, not_null) in [("every_type", false), ("every_type_not_null", true)] {
        metadata.table(table, |t| {
            for case in types() {
                let column = t.column(case.column, case.meant);
                if not_null {
                    column.not_null();
                }
            }
        });
    }
    metadata
}

db_test! {
    async fn every_type(db) {
        let models = manager(&[("a", |_| {}, |_| {})]).models(models_of_types);
        let migrator = migrator(db, [models]);
        let mut database = db.connect().await;
        done(migrator.migrate(&mut database, None, false, &mut |_| {}).await);
        for (table, not_null) in [("every_type", false), ("every_type_not_null", true)] {
            let found = introspect(&mut database, table).await;
            assert_eq!(found.columns.len(), types().len());
            for (column, case) in found.columns.iter().zip(types()) {
                let mut expected = Column::new(case.column, of(&case.found, db.dialect()));
                expected.nullable = !not_null;
                assert_eq!(*column, expected);
            }
            let mut rest = found;
            rest.columns.clear();
            rest.options = Table::new("").options;
            assert_eq!(rest, Table::new(table));
        }
        database.close().await;
    }
}

/// Text that is hard to quote.
const HARD: &str = "it's \"50%\" \\ `x`\n\ttwo {lines} :a ?1 $1 é表 --";

/// A column of this type with this default, what the databases say of it, and the value that it gives.
struct Default {
    data_type: DataType,
    case: Case<SqlValue, Option<SqlValue>>,
    value: [&'static str; 4],
}

fn defaults() -> Vec<Default> {
    let string = DataType::string(80);
    let text = |text: &str| Some(SqlValue::text(text));
    let sql = |sql: &str| Some(SqlValue::expression(sql));
    let case = |data_type: &DataType, column, meant, found, value| Default {
        data_type: data_type.clone(),
        case: Case { column, meant, found },
        value,
    };
    // A text is read back as what it was.
    let said = |column, value: &'static str| {
        let read = [text(value), text(value), text(value), text(value)];
        case(&string, column, SqlValue::text(value), read, [value; 4])
    };
    // A number of any kind is read back by the column's type; SQLite's columns have none.
    let number = |data_type, column, meant: SqlValue, sqlite, value| {
        let read = Some(meant.clone());
        case(&data_type, column, meant, [read.clone(), read.clone(), read, sql(sqlite)], value)
    };
    use DataType::{BigInteger, Boolean, Double, Integer, Text};
    const MOST: &str = "9223372036854775807";
    vec![
        said("empty", ""),
        said("hard", HARD),
        said("null_word", "NULL"),
        said("now_word", "CURRENT_TIMESTAMP"),
        said("number_word", "-42"),
        case(
            &Text,
            "long",
            SqlValue::text("it's"),
            [text("it's"), text("it's"), text("it's"), text("it's")],
            ["it's"; 4],
        ),
        number(Integer, "integer", SqlValue::Integer(-42), "-42", ["-42"; 4]),
        number(BigInteger, "big", SqlValue::Integer(i64::MAX), MOST, [MOST; 4]),
        number(Boolean, "yes", SqlValue::Boolean(true), "1", ["t", "1", "1", "1"]),
        number(Boolean, "no", SqlValue::Boolean(false), "0", ["f", "0", "0", "0"]),
        number(Double, "number", SqlValue::expression("-1.5"), "-1.5", ["-1.5"; 4]),
        // Only SQLite keeps a default that is none.
        case(&Integer, "nothing", SqlValue::Null, [None, None, None, sql("NULL")], ["NULL"; 4]),
        case(
            &Integer,
            "computed",
            SqlValue::expression("(1 + abs(-2))"),
            [
                sql("(1 + abs('-2'::integer))"),
                sql("((1 + abs(-(2))))"),
                sql("(1 + abs(-2))"),
                sql("(1 + abs(-2))"),
            ],
            ["3"; 4],
        ),
    ]
}

fn models_of_defaults(_: &HostContext) -> Metadata {
    let mut metadata = Metadata::default();
    metadata.table("every_default", |t| {
        t.column("id", DataType::Integer).primary_key();
        for Default { data_type, case, .. } in defaults() {
            t.column(case.column, data_type).server_default(case.meant);
        }
        t.column("at", DataType::datetime())
            .server_default(SqlValue::expression("CURRENT_TIMESTAMP"))
            .not_null();
    });
    metadata
}

db_test! {
    async fn every_default(db) {
        let models = manager(&[("a", |_| {}, |_| {})]).models(models_of_defaults);
        let migrator = migrator(db, [models]);
        let mut database = db.connect().await;
        done(migrator.migrate(&mut database, None, false, &mut |_| {}).await);
        let found = introspect(&mut database, "every_default").await;
        let at = found.columns.len() - 1;
        let meant: Vec<_> =
            defaults().iter().map(|Default { case, .. }| (case.column, of(&case.found, db.dialect()))).collect();
        let said: Vec<_> =
            found.columns[1..at].iter().map(|c| (c.name.as_str(), c.server_default.as_ref().and_then(|d| d.default_value()).cloned())).collect();
        assert_eq!(said, meant);
        let now = SqlValue::expression("CURRENT_TIMESTAMP");
        assert_eq!(found.columns[at].server_default, Some(now.into()));

        execute(&mut database, &["INSERT INTO every_default (id) VALUES (1)"]).await;
        let row = query(&mut database, "SELECT * FROM every_default").await.remove(0);
        let values: Vec<_> = defaults().iter().map(|default| of(&default.value, db.dialect())).collect();
        assert_eq!(row[1..at], values);
        assert!(row[at].starts_with("20"), "{}", row[at]);
        database.close().await;
    }
}

/// Keys, uniques, checks and indexes of every kind. `parent` has a composite key in an order of its own.
fn models_of_keys(_: &HostContext) -> Metadata {
    let mut metadata = Metadata::default();
    metadata.table("parent", |t| {
        t.column("a", DataType::Integer).not_null();
        t.column("b", DataType::string(20)).not_null();
        t.column("serial", DataType::Integer).not_null();
        t.column("pages", DataType::Integer);
        t.column("note", DataType::string(20)).comment("it's a \"note\" \\ é");
        t.primary_key("parent_pkey", ["b", "a"]);
        t.unique("parent_serial_uq", ["serial"]);
        t.unique("parent_pages_note_uq", ["pages", "note"]);
        t.check("parent_pages_ck", "pages > 0 AND note <> 'x'");
        t.index("parent_note_ix", ["note"]);
        t.index("parent_many_ix", ["pages", "a", "b"]);
        t.add_index(Index::new("parent_unique_ix", ["serial", "note"]).unique());
        t.add_index(
            Index::new("parent_some_ix", ["pages"])
                .predicate_on(DialectName::Postgres, "note = 'it''s'")
                .predicate_on(DialectName::Sqlite, "note = 'it''s'"),
        );
    });
    metadata.table("child", |t| {
        t.column("id", DataType::Integer).primary_key();
        for column in ["cascade", "set_null", "restrict", "no_action", "set_default"] {
            t.column(column, DataType::Integer).server_default(SqlValue::Integer(0));
        }
        t.column("a", DataType::Integer);
        t.column("b", DataType::string(20));
        use ReferentialAction::{Cascade, NoAction, Restrict, SetNull};
        for (name, on_delete, on_update) in [
            ("cascade", Cascade, SetNull),
            ("set_null", SetNull, Cascade),
            ("restrict", Restrict, NoAction),
            ("no_action", NoAction, Restrict),
        ] {
            let key = ForeignKey::new([name], "parent", ["serial"]).named(format!("child_{name}_fk"));
            t.foreign_key(key.on_delete(on_delete).on_update(on_update));
        }
        t.foreign_key(
            ForeignKey::new(["b", "a"], "parent", ["b", "a"]).named("child_both_fk").on_delete(Cascade),
        );
    });
    // To itself, and in a circle.
    metadata.table("hen", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("mother_id", DataType::Integer);
        t.column("egg_id", DataType::Integer);
        t.foreign_key(ForeignKey::new(["mother_id"], "hen", ["id"]).named("hen_mother_fk"));
        t.foreign_key(ForeignKey::new(["egg_id"], "egg", ["id"]).named("hen_egg_fk"));
    });
    metadata.table("egg", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("hen_id", DataType::Integer);
        t.foreign_key(ForeignKey::new(["hen_id"], "hen", ["id"]).named("egg_hen_fk"));
    });
    metadata
}

db_test! {
    async fn tables_that_refer_to_each_other(db) {
        let manager = manager(&[("a", |_| {}, |_| {})]).models(models_of_keys);
        let migrator = migrator(db, [manager]);
        let mut database = db.connect().await;
        done(migrator.migrate(&mut database, None, false, &mut |_| {}).await);
        // Circles are taken apart to be dropped.
        done(migrator.reset(&mut database, false, false, &mut |_| {}).await);
        assert_eq!(db.tables().await, Vec::<String>::new());
        database.close().await;
    }
}

db_test! {
    async fn set_default_is_refused_where_it_would_not_be_done(db) {
        let manager = manager(&[("a", |op| {
            op.create_table("parent", |t| { t.column("id", DataType::Integer).primary_key(); });
            op.create_table("child", |t| {
                t.column("parent_id", DataType::Integer).server_default(SqlValue::Integer(1));
                let key = ForeignKey::new(["parent_id"], "parent", ["id"]).named("fk");
                t.foreign_key(key.on_delete(ReferentialAction::SetDefault));
            });
        }, |_| {})]);
        let migrator = migrator(db, [manager]);
        let mut database = db.connect().await;
        let run = upgrade(&migrator, &mut database, "head").await;
        if matches!(db.dialect(), DialectName::MySql | DialectName::MariaDb) {
            let said = chain(&run.unwrap_err());
            assert!(said.ends_with("cannot set (parent_id) to its default when the row it refers to goes"), "{said}");
            assert_eq!(db.tables().await, Vec::<String>::new());
        } else {
            done(run);
            execute(&mut database, &[
                "INSERT INTO parent VALUES (1), (2)",
                "INSERT INTO child VALUES (2)",
                "DELETE FROM parent WHERE id = 2",
            ]).await;
            assert_eq!(query(&mut database, "SELECT parent_id FROM child").await, [["1"]]);
        }
        database.close().await;
    }
}

const MANY: usize = 1500;

db_test! {
    async fn many_tables_are_looked_for_at_once(db) {
        let models = |_: &HostContext| {
            let mut metadata = Metadata::default();
            for number in 0..MANY {
                metadata.table(&format!("table_{number}"), |t| { t.column("id", DataType::Integer); });
            }
            metadata
        };
        let migrator = migrator(db, [manager(&[("a", |_| {}, |_| {})]).models(models)]);
        let mut database = db.connect().await;
        let intent = Intent::Upgrade { target: None, use_migration_files: false };
        let script = done(migrator.script(&mut database, "owner", &intent).await);
        assert_eq!(script.as_str().matches("CREATE TABLE").count(), MANY + 1);
        execute(&mut database, &["CREATE TABLE table_7 (x INTEGER)", "CREATE TABLE table_1499 (x INTEGER)"]).await;
        let said = chain(&migrator.script(&mut database, "owner", &intent).await.unwrap_err());
        assert!(said.contains("owner has tables (table_1499, table_7) but no row in version_owner"), "{said}");
        database.close().await;
    }
}
