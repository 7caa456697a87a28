//! Names that must be quoted, and names that are too long.

use dunlin::core::dialect::DialectName;
use dunlin::core::prelude::*;
use dunlin::core::schema::TableName;
use dunlin_testkit::db_test;

use crate::support::*;

/// Table and column names that SQL does not take as they are.
const NAMES: [&str; 14] = [
    "select",
    "MixedCase",
    "mixedcase",
    "with space",
    "naïve tåble 表",
    "it's",
    "double\"quote",
    "back`tick",
    "back\\slash",
    "dot.ted",
    "50%_{x}",
    "semi;colon--",
    "[brackets]",
    "?1:a$1",
];

/// SQLite does not tell names apart by case.
fn names(dialect: DialectName) -> impl Iterator<Item = &'static str> {
    NAMES.into_iter().filter(move |name| dialect != DialectName::Sqlite || *name != "mixedcase")
}

fn models(dialect: DialectName) -> Metadata {
    let mut metadata = Metadata::default();
    for name in names(dialect) {
        metadata.table(name, |t| {
            t.column("id", DataType::Integer).primary_key();
            for column in names(dialect).filter(|column| *column != "mixedcase") {
                t.column(column, DataType::Integer).server_default(SqlValue::Integer(7));
            }
            t.unique(format!("{name} uq"), [name.replace("mixedcase", "MixedCase")]);
            t.index(format!("{name} ix"), ["select", "it's", "double\"quote"]);
            let key = ForeignKey::new(["back`tick"], name, ["id"]);
            // Not even MySQL tells names of keys apart by case.
            let key =
                key.named(if name == "mixedcase" { "another fk".to_owned() } else { format!("{name} fk") });
            t.foreign_key(key.on_delete(ReferentialAction::Cascade));
        });
    }
    metadata
}

db_test! {
    async fn every_name(db) {
        let dialect = db.dialect();
        let manager = manager(&[("a", |_| {}, |_| {})]).models(move |_| models(dialect));
        let migrator = migrator(db, [manager]);
        let mut database = db.connect().await;
        done(migrator.migrate(&mut database, None, false, &mut |_| {}).await);
        for table in models(dialect).tables() {
            let found = introspect(&mut database, table.name.clone()).await;
            let columns: Vec<_> = found.columns.iter().map(|column| column.name.as_str()).collect();
            let meant: Vec<_> = table.columns.iter().map(|column| column.name.as_str()).collect();
            assert_eq!(columns, meant, "{}", table.name);
            assert_eq!(found.uniques, table.uniques);
            let index = &table.indexes[0];
            assert!(found.indexes.contains(index), "{:?}", found.indexes);
            let (key, meant) = (&found.foreign_keys[0], &table.foreign_keys[0]);
            assert_eq!((&key.name, &key.columns, &key.referred_table, &key.referred_columns),
                (&meant.name, &meant.columns, &meant.referred_table, &meant.referred_columns));
        }
        // Together they are read as apart.
        let all = done(database.introspect(&[]).await);
        assert_eq!(all.tables().len(), names(dialect).count() + 1);
        let sizes: Vec<_> = all.tables().iter().map(|table| table.columns.len()).collect();
        assert!(sizes.iter().all(|size| *size == 14 || *size == 1), "{sizes:?}");
        let again = done(migrator.migrate(&mut database, None, false, &mut |_| {}).await);
        assert!(again.owners[0].steps.is_empty());
        database.close().await;
    }
}

/// Every change of a table, under hard names.
const HARD: &[(&str, Record, Record)] = &[
    (
        "a",
        |op| {
            op.create_table("it's \"a\" `t`", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("c'o\"l`", DataType::string(10)).server_default(SqlValue::text("x"));
                t.column("o", DataType::Integer);
            });
            op.bulk_insert(
                "it's \"a\" `t`",
                ["id", "c'o\"l`"],
                [[SqlValue::Integer(1), SqlValue::text("it's")]],
            );
        },
        |op| op.drop_table("it's \"a\" `t`"),
    ),
    (
        "b",
        |op| {
            op.alter_table("it's \"a\" `t`", |t| {
                t.alter_column("c'o\"l`").nullable(false).column_type(DataType::string(20));
                t.create_unique_constraint("u'q\"`", ["c'o\"l`"]);
            });
            op.alter_table("it's \"a\" `t`", |t| {
                t.alter_column("c'o\"l`").rename("n'e\"w`");
            });
            op.create_index("i'x\"`", "it's \"a\" `t`", ["n'e\"w`", "o"]);
            op.rename_table("it's \"a\" `t`", "the 'other' \"b\" `t`");
        },
        |op| {
            op.rename_table("the 'other' \"b\" `t`", "it's \"a\" `t`");
            op.drop_index("i'x\"`", "it's \"a\" `t`");
            op.alter_table("it's \"a\" `t`", |t| {
                t.alter_column("n'e\"w`").rename("c'o\"l`");
            });
            op.alter_table("it's \"a\" `t`", |t| {
                t.drop_constraint(ConstraintKind::Unique, "u'q\"`");
                t.alter_column("c'o\"l`").nullable(true).column_type(DataType::string(10));
            });
        },
    ),
];

db_test! {
    async fn hard_names_are_changed_and_changed_back(db) {
        let migrator = migrator(db, [manager(HARD)]);
        let mut database = db.connect().await;
        done(upgrade(&migrator, &mut database, "a").await);
        let before = introspect(&mut database, "it's \"a\" `t`").await;
        done(upgrade(&migrator, &mut database, "b").await);
        let after = introspect(&mut database, "the 'other' \"b\" `t`").await;
        assert_eq!(after.uniques[0].columns, ["n'e\"w`"]);
        assert_eq!(after.indexes[0].columns().collect::<Vec<_>>(), ["n'e\"w`", "o"]);
        done(downgrade(&migrator, &mut database, "a").await);
        assert_eq!(introspect(&mut database, "it's \"a\" `t`").await, before);
        let table = database.dialect().quote("it's \"a\" `t`");
        assert_eq!(query(&mut database, &format!("SELECT * FROM {table}")).await, [["1", "it's", "NULL"]]);
        done(downgrade(&migrator, &mut database, "base").await);
        assert_eq!(db.tables().await, ["version_owner"]);
        database.close().await;
    }
}

/// A name of so many bytes, and of so many characters.
fn long(characters: usize) -> String {
    "é".repeat(characters)
}

db_test! {
    async fn a_name_that_would_be_cut_is_refused(db) {
        // 63 bytes on PostgreSQL, 64 characters on MySQL.
        let (fits, cut) = match db.dialect() {
            DialectName::Postgres => (long(31), long(32)),
            DialectName::MySql | DialectName::MariaDb => (long(64), long(65)),
            DialectName::Sqlite => (long(500), String::new()),
        };
        let mut database = db.connect().await;
        let create = |name: String| {
            manager(&[]).migrations([Migration::new(
                Revision::new("a"),
                move |op| op.create_table(&name, |t| { t.column(name.as_str(), DataType::Integer); }),
                |_| {},
            )])
        };
        let long = migrator(db, [create(fits.clone())]);
        done(upgrade(&long, &mut database, "head").await);
        assert_eq!(introspect(&mut database, TableName::from(fits.clone())).await.columns[0].name, fits);
        if !cut.is_empty() {
            let cutting = migrator(db, [create(cut).release("1.0.0", "a")]);
            done(downgrade(&long, &mut database, "base").await);
            let said = chain(&upgrade(&cutting, &mut database, "head").await.unwrap_err());
            assert!(said.contains("is longer than the 6"), "{said}");
        }
        database.close().await;
    }
}

db_test! {
    async fn a_schema_of_the_host(db) {
        let mut database = db.connect().await;
        let schema = match db.dialect() {
            DialectName::Sqlite => "main".to_owned(),
            _ => format!("{} It's", db.name()),
        };
        let quoted = database.dialect().quote(&schema);
        if db.dialect() != DialectName::Sqlite {
            execute(&mut database, &[&format!("DROP SCHEMA IF EXISTS {quoted}"), &format!("CREATE SCHEMA {quoted}")]).await;
        }
        let host = HostContext::new(Some(schema.clone()), NamingConvention::default());
        let revisions: &[(&str, Record, Record)] = &[
            (
                "a",
                |op| {
                    op.create_table("parent", |t| { t.column("id", DataType::Integer).primary_key(); });
                    op.create_table("child", |t| {
                        t.column("id", DataType::Integer).primary_key();
                        t.column("parent_id", DataType::Integer);
                        t.foreign_key(ForeignKey::new(["parent_id"], "parent", ["id"]).named("child_fk"));
                        t.index("child_ix", ["id", "parent_id"]);
                    });
                    op.bulk_insert("parent", ["id"], [[SqlValue::Integer(1)]]);
                },
                |op| {
                    op.drop_table("child");
                    op.drop_table("parent");
                },
            ),
            (
                "b",
                |op| {
                    op.drop_index("child_ix", "child");
                    op.alter_table("child", |t| {
                        t.alter_column("parent_id").nullable(false);
                        t.add_column(Column::new("note", DataType::string(9)));
                        t.create_unique_constraint("child_uq", ["note"]);
                    });
                    op.create_index("child_note_ix", "child", ["note"]);
                    op.rename_table("parent", "mother");
                },
                |op| {
                    op.rename_table("mother", "parent");
                    op.drop_index("child_note_ix", "child");
                    op.alter_table("child", |t| {
                        t.drop_constraint(ConstraintKind::Unique, "child_uq");
                        t.drop_column("note");
                        t.alter_column("parent_id").nullable(true);
                    });
                    op.create_index("child_ix", "child", ["id", "parent_id"]);
                },
            ),
        ];
        let migrator = migrator_in(db, &host, [manager(revisions)]);
        done(upgrade(&migrator, &mut database, "a").await);
        let child = TableName::new(Some(&schema), "child");
        let before = introspect(&mut database, child.clone()).await;
        done(upgrade(&migrator, &mut database, "b").await);
        let after = introspect(&mut database, child.clone()).await;
        let referred = &after.foreign_keys[0].referred_table;
        assert_eq!(referred.name, "mother");
        assert!(!after.column("parent_id").unwrap().nullable && after.column("note").is_some());
        done(downgrade(&migrator, &mut database, "a").await);
        assert_eq!(introspect(&mut database, child).await, before);
        let expected = if db.dialect() == DialectName::Sqlite { vec!["child", "parent", "version_owner"] } else { vec!["version_owner"] };
        if db.dialect() != DialectName::Postgres {
            assert_eq!(db.tables().await, expected);
        }
        let reset = migrator.reset(&mut database, false, false, &mut |_| {}).await;
        done(reset);
        assert_eq!(db.tables().await, Vec::<String>::new());
        if db.dialect() != DialectName::Sqlite {
            // It is empty.
            execute(&mut database, &[&format!("DROP SCHEMA {quoted}")]).await;
        }
        database.close().await;
    }
}

db_test! {
    async fn names_that_look_like_placeholders_of_catalog_queries(db) {
        let mut database = db.connect().await;
        let dialect = database.dialect();
        // Another schema of a name that stands in another query; elsewhere a schema is a database.
        let schema = match db.dialect() {
            DialectName::Postgres => Some(("CREATE SCHEMA \"{scope}\"", "{scope}")),
            DialectName::Sqlite => Some(("ATTACH ':memory:' AS \"{names}\"", "{names}")),
            DialectName::MySql | DialectName::MariaDb => None,
        };
        if let Some((create, _)) = schema {
            execute(&mut database, &[create]).await;
        }
        let placeholders = ["{types}", "{scope}", "{namespace}", "{names}", "{schema}", "{master}", "{numbers}"];
        let within = std::iter::once(None).chain(schema.map(|(_, schema)| Some(schema)));
        let names: Vec<TableName> =
            within.flat_map(|within| placeholders.map(|name| TableName::new(within, name))).collect();
        for name in &names {
            let within = name.schema.as_ref().map_or(String::new(), |schema| format!("{}.", dialect.quote(schema)));
            let create = format!("CREATE TABLE {within}{} (id INTEGER)", dialect.quote(&name.name));
            execute(&mut database, &[&create]).await;
        }
        let found = done(database.introspect(&names).await);
        let found: Vec<&TableName> = found.tables().iter().map(|table| &table.name).collect();
        assert_eq!(found.len(), names.len(), "{found:?}");
        assert!(names.iter().all(|name| found.contains(&name)), "{found:?}");
        if let Some((_, schema)) = schema {
            let found = done(database.introspect_schema(Some(schema)).await);
            assert_eq!(found.tables().len(), placeholders.len());
        }
    }
}
