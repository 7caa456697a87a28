//! PostgreSQL: what is rendered runs, and the catalog tells what was meant.

use dunlin::Database;
use dunlin::core::dialect::DialectName;
use dunlin::core::operation::{AlterColumn, AlterColumnRecorder, Operation};
use dunlin::core::prelude::*;
use dunlin::core::schema::{
    Computed, Deferrable, EnumType, Exclude, Identity, IndexElement, MatchType, NullsOrder, PrimaryKey,
    TableName, View,
};
use dunlin::core::session::Session as _;
use dunlin::engine::dialect::dialect;

use crate::support::*;

/// Runs operations, each rendered from the table as it is, and plays them.
async fn run(database: &mut Database, schema: &mut Metadata, record: impl FnOnce(&mut Operations)) {
    let dialect = dialect(DialectName::Postgres);
    let mut op = Operations::default();
    record(&mut op);
    for operation in op.finish() {
        let current = match operation.table() {
            Some(table) if dialect.needs_current_table(&operation) => {
                done(database.introspect(std::slice::from_ref(table)).await)
            }
            _ => Metadata::default(),
        };
        let rendered = done(dialect.render(&operation, &current));
        let replayed = done(dialect.render(&operation, schema));
        assert_eq!(rendered.statements, replayed.statements, "what is replayed is what is there");
        for sql in &rendered.statements {
            execute(database, &[sql.as_str()]).await;
        }
        done(schema.apply(&operation));
    }
}

/// The tables, views and enum types are what the replay says.
#[track_caller]
fn assert_same(found: &Metadata, replayed: &Metadata) {
    for table in replayed.tables() {
        let found = found.get(&table.name).unwrap_or_else(|| panic!("there is no table {}", table.name));
        for (found, replayed) in found.columns.iter().zip(&table.columns) {
            assert_eq!(found, replayed);
        }
        assert_eq!(found, table);
    }
    assert_eq!(found.tables().len(), replayed.tables().len());
    assert_eq!(found.views, replayed.views);
    assert_eq!(found.enum_types, replayed.enum_types);
}

async fn introspect_all(database: &mut Database) -> Metadata {
    done(database.introspect(&[]).await)
}

fn parents(op: &mut Operations) {
    let status = op.create_enum("status", ["open", "it's shut"]);
    op.create_table("author", |t| {
        t.column("id", DataType::BigInteger);
        t.column("country", DataType::char(2)).not_null();
        t.column("state", status).not_null().server_default("open");
        t.primary_key("author_pkey", ["id"]);
        t.unique("author_country_key", ["id", "country"]);
    });
}

fn everything(t: &mut dunlin::core::schema::TableBuilder) {
    let states = EnumType::new("status", ["open", "it's shut"]);
    let times = |precision, timezone| {
        [DataType::Time { precision, timezone }, DataType::Timestamp { precision, timezone }]
    };
    let types = [
        DataType::Boolean,
        DataType::SmallInteger,
        DataType::Integer,
        DataType::BigInteger,
        DataType::Real,
        DataType::Double,
        DataType::Numeric { precision: None, scale: 0 },
        DataType::numeric(10, 2),
        DataType::String { length: None },
        DataType::string(7),
        DataType::string(7).collate("C"),
        DataType::char(3),
        DataType::Text,
        DataType::Binary,
        DataType::Bit { length: Some(3), varying: false },
        DataType::Bit { length: None, varying: true },
        DataType::Bit { length: Some(3), varying: true },
        DataType::Date,
        DataType::interval(),
        DataType::Interval { fields: Some("DAY TO SECOND".to_owned()), precision: Some(3) },
        DataType::Interval { fields: None, precision: Some(2) },
        DataType::Json,
        DataType::Jsonb,
        DataType::Uuid,
        DataType::Enum(states.clone()),
        DataType::Enum(states).array(),
        DataType::Integer.array().array(),
        DataType::string(4).array(),
        DataType::native("inet"),
        DataType::native("tsvector"),
    ];
    let zones = [times(None, false), times(None, true), times(Some(3), false), times(Some(0), true)];
    for (at, data_type) in types.into_iter().chain(zones.into_iter().flatten()).enumerate() {
        t.column(format!("type {at}"), data_type);
    }
    let defaults = [
        (DataType::string(9), SqlValue::text("it's \\ \"quoted\"")),
        (DataType::Text, SqlValue::text("")),
        (DataType::Text, SqlValue::text("17")),
        (DataType::Integer, SqlValue::Integer(-7)),
        (DataType::BigInteger, SqlValue::Integer(i64::MAX)),
        (DataType::Boolean, SqlValue::Boolean(true)),
        (DataType::numeric(9, 3), SqlValue::expression("-1.5")),
        (DataType::Binary, SqlValue::Bytes(vec![0, 92, 39, 255])),
        (DataType::Jsonb, SqlValue::text("{\"a\": 1}")),
        (DataType::timestamp(), SqlValue::expression("now()")),
        (DataType::timestamptz(), SqlValue::expression("CURRENT_TIMESTAMP")),
        (DataType::Uuid, SqlValue::expression("gen_random_uuid()")),
        (DataType::Text.array(), SqlValue::text("{a,b}")),
    ];
    for (at, (data_type, default)) in defaults.into_iter().enumerate() {
        t.column(format!("default {at}"), data_type).server_default(default);
    }
    t.column("serial", DataType::SmallInteger).not_null().autoincrement();
    t.column("free serial", DataType::BigInteger).autoincrement();
    t.column("identity", DataType::Integer).identity(Identity::always());
    let options = Identity::by_default().start(50).increment(-5).min(-9).max(90).cache(3).cycle();
    t.column("other", DataType::BigInteger).identity(options);
    t.column("twice", DataType::Integer).computed(Computed::stored("(a * 2)"));
    t.column("a", DataType::Integer).not_null().comment("it's a \\ backslash");
    t.column("country", DataType::char(2));
    t.column("during", DataType::native("tsrange"));
    t.add_primary_key(PrimaryKey::new(["a", "identity"]).named("pk").include(["other"]));
    t.add_unique(Unique::new(["a"]).named("uq_deferred").deferrable(Deferrable::InitiallyDeferred));
    t.add_unique(Unique::new(["country", "a"]).named("uq_nulls").nulls_not_distinct());
    let key = ForeignKey::new(["other", "country"], "author", ["id", "country"]).named("fk_full");
    t.foreign_key(
        key.match_type(MatchType::Full)
            .on_delete(ReferentialAction::Cascade)
            .on_update(ReferentialAction::SetNull)
            .deferrable(Deferrable::InitiallyImmediate),
    );
    t.foreign_key(ForeignKey::new(["other"], "author", ["id"]).named("fk_not_valid").not_valid());
    t.add_check(Check::new("a > 0").named("ck_here").no_inherit());
    t.add_check(Check::new("a < 100").named("ck_not_valid").not_valid());
    t.exclude(
        Exclude::new([("during", "&&"), ("tsrange(lower(during), upper(during))", "&&")])
            .named("ex_during")
            .predicate("a > 1")
            .deferrable(Deferrable::InitiallyDeferred),
    );
    t.add_index(
        Index::new(
            "ix_everything",
            [
                IndexElement::column_named("country").collate("C").operator_class("bpchar_pattern_ops"),
                IndexElement::expression("a + 1").descending(),
                IndexElement::column_named("a").descending().nulls(NullsOrder::Last),
                IndexElement::expression("lower(country::text)").nulls(NullsOrder::First),
            ],
        )
        .unique()
        .include(["other", "during"])
        .nulls_not_distinct()
        .predicate(PerDialect::only(DialectName::Postgres, "a > 5".to_owned()))
        .storage_parameter("fillfactor", "70")
        .comment("it's fast"),
    );
    t.add_index(Index::new("ix_gist", ["during"]).using("gist"));
    t.comment("what's in it");
    t.options(|o| {
        o.unlogged = true;
        o.storage_parameters.insert("fillfactor".to_owned(), "80".to_owned());
        o.storage_parameters.insert("autovacuum_enabled".to_owned(), "off".to_owned());
    });
}

db_test_on! { [postgres: Postgres] async fn a_table_with_everything_reads_back(db) {
    let database = &mut db.connect().await;
    let mut schema = Metadata::default();
    run(database, &mut schema, |op| {
        parents(op);
        op.create_table("every_thing", |t| {
            everything(t);
        });
        op.create_view("few", "SELECT author.id\n   FROM author");
        op.add_view(View::new("kept", "SELECT author.country\n   FROM author").materialized());
    }).await;
    let found = introspect_all(database).await;
    assert_same(&found, &schema);
}}

db_test_on! { [postgres: Postgres] async fn tables_of_every_kind_read_back(db) {
    let database = &mut db.connect().await;
    let mut schema = Metadata::default();
    run(database, &mut schema, |op| {
        op.create_schema("side");
        parents(op);
        op.create_table(TableName::new(Some("side"), "leaf"), |t| {
            t.column("id", DataType::Integer).not_null();
            t.column("author_id", DataType::BigInteger);
            t.primary_key("leaf_pkey", ["id"]);
            t.foreign_key(ForeignKey::new(["author_id"], "author", ["id"]).named("leaf_fk"));
            t.index("leaf_ix", ["author_id"]);
        });
        op.create_table("parted", |t| {
            t.column("a", DataType::Integer).not_null();
            t.column("b", DataType::Text);
            t.options(|o| o.partition_by = Some(PerDialect::from("RANGE (a)")));
        });
        op.create_table("child", |t| {
            t.column("more", DataType::Text);
            t.options(|o| o.inherits = vec!["author".into()]);
        });
        op.create_table("none", |_| {});
    }).await;
    let leaf = TableName::new(Some("side"), "leaf");
    let mut found = introspect_all(database).await;
    assert_eq!(introspect(database, leaf.clone()).await, *schema.get(&leaf).unwrap());
    found.insert(schema.get(&leaf).unwrap().clone());
    assert_same(&found, &schema);
    // Every table of another schema that is named, and its foreign key to itself there.
    let public = done(database.introspect(&[TableName::new(Some("public"), "author")]).await);
    let state = public.tables()[0].column("state").unwrap();
    let name = state.column_type.default_value().unwrap().enum_type().unwrap().name.clone();
    assert_eq!(name, Some(TableName::new(Some("public"), "status")));
    let nowhere = done(database.introspect(&[TableName::new(Some("nowhere"), "x")]).await);
    assert!(nowhere.tables().is_empty());
}}

db_test_on! { [postgres: Postgres] async fn every_change_of_a_table_reads_back(db) {
    let database = &mut db.connect().await;
    let mut schema = Metadata::default();
    run(database, &mut schema, |op| {
        parents(op);
        op.create_table("book", |t| {
            t.column("id", DataType::Integer).primary_key();
            t.column("title", DataType::string(50)).not_null().server_default("open");
            t.column("pages", DataType::Integer).server_default(1);
            t.column("lent", DataType::Boolean).server_default(false);
            t.column("words", DataType::Text.array());
        });
        op.bulk_insert("book", ["id", "title", "pages", "lent"], [
            [SqlValue::Integer(3), "open".into(), 40.into(), true.into()],
            [SqlValue::Integer(7), "it's shut".into(), SqlValue::Null, false.into()],
        ]);
    }).await;
    let status = || DataType::enumeration("status", ["open", "it's shut"]);
    run(database, &mut schema, |op| {
        op.alter_table("book", |t| {
            t.alter_column("title").column_type(status()).comment("how it is");
            t.alter_column("lent").column_type(DataType::SmallInteger).nullable(false);
            t.alter_column("words").column_type(status().array());
            t.alter_column("id").column_type(DataType::BigInteger);
            t.add_column(Column::new("more", DataType::Integer).identity(Identity::always()).comment("new"));
            t.add_column(Column::new("twice", DataType::Integer).computed(Computed::stored("(pages * 2)")));
            t.create_unique_constraint("book_more_key", ["more"]);
            t.add_column_if_not_exists(Column::new("more", DataType::Text));
            t.set_comment(Some("books".to_owned()));
        });
    }).await;
    // The key has no name in the replay, and the server writes a default of another type in its way.
    let book = schema.get_mut(&"book".into()).unwrap();
    book.primary_key.as_mut().unwrap().name = Some("book_pkey".into());
    book.column_mut("lent").unwrap().server_default = Some(SqlValue::Integer(0).into());
    assert_same(&introspect_all(database).await, &schema);
    let rows = query(database, "SELECT id, title, lent, more, twice FROM book ORDER BY id").await;
    assert_eq!(rows, [["3", "open", "1", "1", "80"], ["7", "it's shut", "0", "2", "NULL"]]);

    run(database, &mut schema, |op| {
        op.alter_table("book", |t| {
            t.drop_column("twice");
            t.alter_column("title").column_type(DataType::string(9)).drop_server_default().drop_comment();
            t.alter_column("pages").column_type(DataType::Boolean).using("pages > 3").server_default(true);
            t.alter_column("more").drop_identity().nullable(true);
            t.set_comment(None);
        });
        op.alter_table("book", |t| {
            t.alter_column("title").rename("name").server_default("x");
            t.drop_constraint(ConstraintKind::Unique, "book_more_key");
            t.create_check_constraint("book_more_key", "more > 0");
            t.rename_constraint(ConstraintKind::Check, "book_more_key", "book_more_ck");
            t.create_foreign_key(ForeignKey::new(["id"], "author", ["id"]).named("book_fk").not_valid());
        });
    }).await;
    assert_same(&introspect_all(database).await, &schema);
    execute(database, &["INSERT INTO author SELECT id, 'no' FROM book"]).await;
    run(database, &mut schema, |op| {
        op.alter_table("book", |t| {
            t.validate_constraint(ConstraintKind::ForeignKey, "book_fk");
            t.drop_constraint_if_exists(ConstraintKind::Check, "nothing");
            t.drop_constraint(ConstraintKind::PrimaryKey, "book_pkey");
            t.create_primary_key("book_key", ["id"]);
        });
    }).await;
    assert_same(&introspect_all(database).await, &schema);
    let rows = query(database, "SELECT id, name, pages, more FROM book ORDER BY id").await;
    assert_eq!(rows, [["3", "open", "t", "1"], ["7", "it's shut", "NULL", "2"]]);
}}

db_test_on! { [postgres: Postgres] async fn what_counts_up_goes_on(db) {
    let database = &mut db.connect().await;
    let mut schema = Metadata::default();
    run(database, &mut schema, |op| {
        op.create_table("Odd \"name\"", |t| {
            t.column("the id", DataType::Integer).not_null();
            t.column("note", DataType::Text);
        });
        op.bulk_insert("Odd \"name\"", ["the id"], [[SqlValue::Integer(41)]]);
    }).await;
    let insert = "INSERT INTO \"Odd \"\"name\"\"\" (note) VALUES ('x') RETURNING \"the id\"";
    let change = |change: fn(AlterColumnRecorder<'_>) -> AlterColumnRecorder<'_>| {
        move |op: &mut Operations| op.alter_column("Odd \"name\"", "the id", change)
    };
    type Alter = fn(AlterColumnRecorder<'_>) -> AlterColumnRecorder<'_>;
    let steps: [(Alter, Option<&str>); 8] = [
        (|c| c.autoincrement(true), Some("42")),
        (|c| c.column_type(DataType::BigInteger), Some("43")),
        (|c| c.identity(Identity::by_default()).autoincrement(false), Some("44")),
        (|c| c.drop_identity().autoincrement(true), Some("45")),
        (|c| c.identity(Identity::by_default()).autoincrement(false), Some("46")),
        (|c| c.identity(Identity::always().increment(10)), Some("56")),
        (|c| c.drop_identity(), None),
        (|c| c.identity(Identity::by_default().start(100)), Some("100")),
    ];
    for (step, next) in steps {
        run(database, &mut schema, change(step)).await;
        assert_same(&introspect_all(database).await, &schema);
        if let Some(next) = next {
            assert_eq!(query(database, insert).await, [[next]]);
        }
    }
    let sequences = "SELECT count(*)::text FROM pg_sequence";
    assert_eq!(query(database, sequences).await, [["1"]]);
}}

db_test_on! { [postgres: Postgres] async fn a_serial_that_grows_does_not_stop(db) {
    let database = &mut db.connect().await;
    let mut schema = Metadata::default();
    run(database, &mut schema, |op| {
        op.create_table("t", |t| {
            t.column("id", DataType::SmallInteger).primary_key();
        });
        op.alter_column("t", "id", |c| c.column_type(DataType::BigInteger));
    }).await;
    let sequence = "SELECT data_type::text, max_value::text FROM pg_sequences";
    assert_eq!(query(database, sequence).await, [["bigint", "9223372036854775807"]]);
    run(database, &mut schema, |op| op.alter_column("t", "id", |c| c.autoincrement(false))).await;
    assert!(query(database, sequence).await.is_empty());
}}

// What every change of a type needs is what the dialect says it needs.
db_test_on! { [postgres: Postgres] async fn casts_are_those_of_the_server(db) {
    let database = &mut db.connect().await;
    execute(database, &["CREATE TYPE status AS ENUM ('a')", "CREATE TYPE mood AS ENUM ('a')"]).await;
    let enums = [DataType::enumeration("status", ["a"]), DataType::enumeration("mood", ["a"])];
    let time = |timezone| DataType::Time { precision: None, timezone };
    let types = [
        DataType::Boolean,
        DataType::SmallInteger,
        DataType::Integer,
        DataType::BigInteger,
        DataType::Real,
        DataType::Double,
        DataType::numeric(9, 2),
        DataType::string(9),
        DataType::char(9),
        DataType::Text,
        DataType::Text.collate("C"),
        DataType::Binary,
        DataType::Bit { length: Some(3), varying: false },
        DataType::Bit { length: None, varying: true },
        DataType::Date,
        time(false),
        time(true),
        DataType::timestamp(),
        DataType::timestamptz(),
        DataType::interval(),
        DataType::Json,
        DataType::Jsonb,
        DataType::Uuid,
        DataType::Integer.array(),
        DataType::Text.array(),
    ];
    let types: Vec<DataType> = types.into_iter().chain(enums.clone()).chain([enums[1].clone().array()]).collect();
    let dialect = dialect(DialectName::Postgres);
    let (mut of_itself, mut through, mut unclear) = (0, 0, 0);
    for from in &types {
        for to in &types {
            let mut schema = Metadata::default();
            schema.table("t", |t| {
                t.column("c", from.clone());
            });
            let mut alter = AlterColumn::new("c");
            alter.column_type = Some(to.clone().into());
            let operation = Operation::AlterTable { table: "t".into(), changes: vec![alter.into()] };
            let written = |of: &DataType| dialect.column_type(of).unwrap();
            let bare = format!("ALTER TABLE t ALTER c TYPE {}", written(to));
            let mut works = async |sql: &str| {
                execute(database, &["BEGIN", &format!("CREATE TABLE t (c {})", written(from))]).await;
                let result = database.execute(sql).await.is_ok();
                execute(database, &["ROLLBACK"]).await;
                result
            };
            let pair = format!("{from:?} to {to:?}");
            match dialect.render(&operation, &schema) {
                Ok(rendered) => {
                    let sql = &rendered.statements[0];
                    assert!(works(sql).await, "{pair}: {sql}");
                    match sql.contains(" USING ") {
                        true => {
                            assert!(!works(&bare).await, "{pair} needs no USING");
                            through += 1;
                        }
                        false => of_itself += 1,
                    }
                }
                Err(_) => {
                    assert!(!works(&bare).await, "{pair} is refused");
                    unclear += 1;
                }
            }
        }
    }
    assert!(of_itself > 100 && through > 50 && unclear > 100, "{of_itself} {through} {unclear}");
}}

db_test_on! { [postgres: Postgres] async fn indexes_enums_and_views_are_changed(db) {
    let database = &mut db.connect().await;
    let mut schema = Metadata::default();
    run(database, &mut schema, |op| {
        parents(op);
        op.add_index("author", Index::new("ix_slow", ["country"]).concurrently());
        op.add_index_if_not_exists("author", Index::new("ix_slow", ["country"]));
        op.rename_index("author", "ix_slow", "ix_fast");
        op.create_index("ix_other", "author", ["state"]);
        op.drop_index_concurrently("ix_other", "author");
        op.drop_index_if_exists("ix_other", "author");
        op.create_view("few", "SELECT author.id\n   FROM author");
        op.replace_view(View::new("few", "SELECT author.id,\n    author.country\n   FROM author"));
        op.add_view(View::new("kept", "SELECT author.id\n   FROM author").materialized());
        op.replace_view(View::new("kept", "SELECT author.country\n   FROM author").materialized());
        op.alter_enum("status", |e| {
            e.add_value("gone");
            e.add_value_before("new", "open");
            e.add_value_after("it's lent", "open");
            e.rename_value("it's shut", "shut");
        });
        op.create_table_if_not_exists("author", |t| {
            t.column("other", DataType::Text).comment("not this");
        });
    }).await;
    schema.get_mut(&"author".into()).unwrap().indexes[0].concurrently = false;
    assert_same(&introspect_all(database).await, &schema);
    let values = &schema.enum_types[0].values;
    assert_eq!(values, &["new", "open", "it's lent", "shut", "gone"]);
    run(database, &mut schema, |op| {
        op.drop_view("few");
        op.drop_materialized_view("kept");
        op.rename_table("author", "writer");
        op.drop_index("ix_fast", "writer");
        op.drop_table("writer");
        op.drop_enum("status");
    }).await;
    assert_same(&introspect_all(database).await, &Metadata::default());
}}
