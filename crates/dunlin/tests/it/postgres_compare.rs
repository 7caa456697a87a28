//! PostgreSQL: what introspection finds beside plain tables, and what the server says of models.

use dunlin::core::operation::{Operation, TableChange};
use dunlin::core::prelude::*;
use dunlin::core::revision::Direction;
use dunlin::core::schema::{Computed, EnumType, Exclude, Identity, IndexElement, TableName, View};
use dunlin::core::session::Session as _;
use dunlin::{Access, CompareOptions, Database, DatabaseUrl};
use dunlin_testkit::TestDatabase;

use crate::support::*;

fn schema(define: impl FnOnce(&mut Metadata)) -> Metadata {
    let mut metadata = Metadata::default();
    define(&mut metadata);
    metadata
}

/// What differs between the database and models.
async fn differences(database: &mut Database, models: &Metadata) -> Vec<String> {
    let found = done(database.introspect(&[]).await);
    let drift = done(database.compare(found, models.clone(), &[]).await);
    let describe = |operation| dunlin::engine::compare::describe(database.dialect(), operation, &drift.from);
    drift.comparison.upgrade.iter().flat_map(describe).collect()
}

/// Models in words that are not the server's.
fn own_words(m: &mut Metadata) {
    let mood = m.enum_type(EnumType::new("mood", ["glad", "it's fine"]));
    m.table("ticket", |t| {
        t.column("id", DataType::native("INT4")).primary_key();
        t.column("state", mood).not_null().server_default(SqlValue::expression("'glad'"));
        t.column("title", DataType::string(20)).server_default(SqlValue::expression("lower( 'A' )"));
        t.column("closed", DataType::Boolean).not_null().server_default("f");
        t.column("price", DataType::native("decimal(10, 2)")).server_default(SqlValue::expression("0"));
        t.column("weight", DataType::Float).server_default("1.5");
        t.column("small", DataType::SmallInteger).server_default("0");
        t.column("big", DataType::BigInteger).server_default(SqlValue::expression("'-1'::bigint"));
        t.column("data", DataType::Jsonb).server_default("{\"a\":1,   \"b\": [ ]}");
        t.column("due", DataType::datetime()).server_default("2026-01-02");
        t.column("at", DataType::timestamptz()).server_default(SqlValue::expression("CURRENT_TIMESTAMP"));
        t.column("soon", DataType::timestamptz())
            .server_default(SqlValue::expression("now() + interval '1 hour'"));
        t.column("tags", DataType::native("text [ ]")).server_default("{ a, b }");
        t.column("none", DataType::Text).server_default(SqlValue::Null).comment("");
        t.column("size", DataType::Integer).computed(Computed::stored("char_length(title)*2"));
        t.column("count", DataType::SmallInteger).identity(Identity::always().start(1).increment(1));
        t.column("during", DataType::native("TSTZRANGE"));
        t.check("ck_price", "price BETWEEN 0 AND 10");
        t.check("ck_state", "state IN ('glad', 'it''s fine')");
        t.check("ck_title", "(( title ~ '^[a-z]+$' or title is null ))");
        t.exclude(Exclude::new([("\"during\"", "&&")]).named("ex_during").using("GIST").predicate("price>0"));
        t.add_index(
            Index::new(
                "ix_words",
                [
                    IndexElement::expression("LOWER(title)").operator_class("text_pattern_ops"),
                    IndexElement::expression("( id )"),
                    IndexElement::column_named("due").operator_class("timestamp_ops").descending(),
                ],
            )
            .using("BTREE")
            .predicate("closed = false AND state != 'it''s fine'"),
        );
        t.add_index(Index::new("ix_tags", ["tags"]).using("GIN"));
        t.add_index(Index::new("ix_title", [IndexElement::expression("title COLLATE \"C\"")]));
        t.options(|o| o.engine = Some("InnoDB".to_owned()));
    });
    m.view(View::new("open_ticket", "select T.ID, title from ticket T where not closed"));
}

async fn create(database: &mut Database, models: &Metadata) {
    let dialect = database.dialect();
    let mut played = Metadata::default();
    for operation in dunlin::core::operation::create_all(models) {
        for operation in done(dunlin::engine::dialect::lower::lower(dialect, &operation, &played)) {
            for sql in done(dialect.render(&operation, &played)).statements {
                execute(database, &[&sql]).await;
            }
            done(played.apply(&operation));
        }
    }
}

db_test_on! { [postgres: Postgres] async fn nothing_differs_in_other_words(db) {
    let database = &mut db.connect().await;
    let models = schema(own_words);
    create(database, &models).await;
    assert_eq!(differences(database, &models).await, Vec::<String>::new());
    // No trace is left, and a transaction that was there goes on.
    let temporary = "SELECT count(*)::text FROM pg_class WHERE relnamespace = pg_my_temp_schema()";
    assert_eq!(query(database, temporary).await, [["0"]]);
    execute(database, &["BEGIN", "CREATE TABLE beside (id INT)", "CREATE TEMPORARY TABLE ticket (x INT)"]).await;
    let beside = schema(|m| {
        own_words(m);
        m.table("beside", |t| {
            t.column("id", DataType::Integer);
        });
    });
    execute(database, &["DROP TABLE pg_temp.ticket"]).await;
    assert_eq!(differences(database, &beside).await, Vec::<String>::new());
    execute(database, &["INSERT INTO beside VALUES (1)", "COMMIT"]).await;
    assert_eq!(query(database, "SELECT id::text FROM beside").await, [["1"]]);
}}

db_test_on! { [postgres: Postgres] async fn what_differs_is_found_where_the_server_must_be_asked(db) {
    let database = &mut db.connect().await;
    create(database, &schema(own_words)).await;
    let mut models = schema(own_words);
    let ticket = models.get_mut(&"ticket".into()).unwrap();
    ticket.column_mut("data").unwrap().server_default = Some("{\"a\": 2}".into());
    ticket.column_mut("due").unwrap().server_default = Some("2026-01-03".into());
    ticket.column_mut("at").unwrap().server_default = Some(SqlValue::expression("clock_timestamp()").into());
    ticket.checks[0].expression = "price BETWEEN 0 AND 11".into();
    ticket.indexes[0].predicate = Some("closed".into());
    let found = differences(database, &models).await;
    let about = |words: &str| found.iter().any(|line| line.contains(words));
    assert!(["data", "due", "at", "ck_price", "ix_words"].iter().all(|word| about(word)), "{found:?}");
    assert!(!about("ck_state") && !about("ex_during") && !about("column soon"), "{found:?}");
}}

// A value that the type does not have yet can be spoken of already.
db_test_on! { [postgres: Postgres] async fn enum_types_that_change_are_known_to_their_conditions(db) {
    let database = &mut db.connect().await;
    let models = |values: &'static [&'static str], side: bool| {
        schema(move |m| {
            let name = TableName::new(side.then_some("side"), "level");
            let level = m.enum_type(EnumType::new(name, values.iter().copied()));
            m.table("t", |t| {
                t.column("level", level).server_default(values[0]);
                t.check("ck_kept", "level IN ('low', 'high')");
                let last = values[values.len() - 1];
                t.add_check(Check::new(format!("level IN ('low', '{last}')")).named("ck_last"));
            });
        })
    };
    execute(database, &["CREATE SCHEMA side"]).await;
    for side in [false, true] {
        create(database, &models(&["low", "high"], side)).await;
        let names = [TableName::from("t"), TableName::new(side.then_some("side"), "level")];
        for (values, changes) in [(&["low", "high"][..], &[][..]), (&["low", "high", "top"], &["value", "ck_last", "ck_last"])] {
            let read = done(database.introspect(&names).await);
            let drift = done(database.compare(read, models(values, side), &[]).await);
            let describe = |operation| dunlin::engine::compare::describe(database.dialect(), operation, &drift.from);
            let found: Vec<String> = drift.comparison.upgrade.iter().flat_map(describe).collect();
            assert_eq!(found.len(), changes.len(), "{found:?}");
            assert!(found.iter().zip(changes).all(|(line, change)| line.contains(change)), "{found:?}");
        }
        execute(database, &["DROP TABLE t", "DROP TYPE IF EXISTS level, side.level"]).await;
    }
}}

/// A role that may do nothing but connect.
async fn as_reader(db: &TestDatabase) -> (String, Database) {
    let role = format!("{}_r", db.name());
    for sql in [
        format!("DROP ROLE IF EXISTS {role}"),
        format!("CREATE ROLE {role} LOGIN PASSWORD 'reader'"),
        format!("REVOKE ALL ON DATABASE {} FROM PUBLIC", db.name()),
        format!("GRANT CONNECT ON DATABASE {} TO {role}", db.name()),
    ] {
        db.admin(&sql).await;
    }
    let (scheme, rest) = db.url().split_once("://").unwrap();
    let url = format!("{scheme}://{role}:reader@{}", rest.rsplit_once('@').unwrap().1);
    (role, Database::connect(&DatabaseUrl::parse(&url).unwrap(), Access::Read).await.unwrap())
}

db_test_on! { [postgres: Postgres] async fn a_role_that_only_connects_reads_everything(db) {
    let database = &mut db.connect().await;
    let models = schema(own_words);
    create(database, &models).await;
    let all = done(database.introspect(&[]).await);
    let (role, mut reader) = as_reader(db).await;
    assert_eq!(done(reader.introspect_schema(Some("public")).await).tables().len(), 1);
    assert_eq!(done(reader.introspect(&[]).await), all);
    // It may make no temporary table: what only the server knows is no difference, and named.
    let whole = done(reader.introspect(&[]).await);
    let drift = done(reader.compare(whole.clone(), models.clone(), &[]).await);
    assert!(drift.comparison.is_empty(), "{:?}", drift.comparison.upgrade);
    let what: Vec<&str> = drift.uncompared.iter().map(|one| one.what.as_str()).collect();
    for known in [
        "check ck_price of table ticket",
        "exclude ex_during of table ticket",
        "index ix_words of table ticket",
        "default of column due of table ticket",
        "expression of column size of table ticket",
        "view open_ticket",
    ] {
        assert!(what.contains(&known), "{known}: {what:?}");
    }
    let no_right = "the role may not create temporary tables";
    assert!(drift.uncompared.iter().all(|one| one.why == no_right), "{:?}", drift.uncompared);
    assert_eq!(query(&mut reader, "SELECT 1::text").await, [["1"]]);
    // What differs in any words, and what is on one side only, is a difference all the same.
    let mut others = models.clone();
    let ticket = others.get_mut(&"ticket".into()).unwrap();
    ticket.column_mut("small").unwrap().server_default = Some("1".into());
    ticket.checks.retain(|check| check.name.as_deref() != Some("ck_title"));
    ticket.checks.push(Check::new("price < 9").named("ck_new"));
    ticket.indexes.retain(|index| index.name.as_deref() != Some("ix_title"));
    let drift = done(reader.compare(whole, others, &[]).await);
    let describe = |operation| dunlin::engine::compare::describe(reader.dialect(), operation, &drift.from);
    let found: Vec<String> = drift.comparison.upgrade.iter().flat_map(describe).collect();
    let about = |words: &str| found.iter().any(|line| line.contains(words));
    assert!(["small", "ck_title", "ck_new", "ix_title"].iter().all(|word| about(word)), "{found:?}");
    assert_eq!(found.len(), 4, "{found:?}");
    reader.close().await;
    execute(database, &[&format!("DROP OWNED BY {role}")]).await;
    db.admin(&format!("DROP ROLE {role}")).await;
}}

db_test_on! { [postgres: Postgres] async fn names_may_be_those_of_views_and_types(db) {
    let database = &mut db.connect().await;
    execute(database, &[
        "CREATE SCHEMA side",
        "CREATE TYPE side.mood AS ENUM ('a', 'b')",
        "CREATE TYPE side.other AS ENUM ('c')",
        "CREATE TYPE level AS ENUM ('d')",
        "CREATE VIEW side.one AS SELECT 1 AS n",
        "CREATE VIEW side.two AS SELECT 2 AS n",
    ]).await;
    let side = |name: &str| TableName::new(Some("side"), name);
    let found = done(database.introspect(&[side("mood"), side("two"), "level".into(), "gone".into()]).await);
    let types: Vec<String> = found.enum_types.iter().map(|it| it.name.as_ref().unwrap().to_string()).collect();
    assert_eq!(types, ["level", "side.mood"]);
    assert_eq!(found.views.len(), 1);
    assert_eq!(found.views[0].name, side("two"));
    let all = done(database.introspect_schema(Some("side")).await);
    assert_eq!((all.enum_types.len(), all.views.len()), (2, 2));
    // So many names that the query lists none of them.
    let mut names: Vec<TableName> = (0..600).map(|at| side(&format!("no {at}"))).collect();
    names.push(side("mood"));
    names.push(side("one"));
    let found = done(database.introspect(&names).await);
    assert_eq!((found.enum_types.len(), found.views.len(), found.tables().len()), (1, 1, 0));
}}

db_test_on! { [postgres: Postgres] async fn partitions_and_broken_indexes_are_no_tables_and_indexes(db) {
    let database = &mut db.connect().await;
    execute(database, &[
        "CREATE TABLE parted (a INT NOT NULL, b TEXT) PARTITION BY RANGE (a)",
        "CREATE TABLE part PARTITION OF parted FOR VALUES FROM (0) TO (10)",
        "CREATE INDEX ix_parted ON parted (b)",
        "CREATE TABLE parent (id INT PRIMARY KEY, n INT CHECK (n > 0))",
        "CREATE TABLE child (more TEXT, UNIQUE (n)) INHERITS (parent)",
        "CREATE INDEX ix_child ON child (id) INCLUDE (more)",
        "CREATE TABLE twice (a INT)",
        "INSERT INTO twice VALUES (1), (1)",
        "CREATE TABLE \"Refers\" (n INT REFERENCES parent ON DELETE SET NULL (n))",
    ]).await;
    assert!(database.execute("CREATE UNIQUE INDEX CONCURRENTLY ix_twice ON twice (a)").await.is_err());
    let found = done(database.introspect(&[]).await);
    let names: Vec<&str> = found.tables().iter().map(|table| table.name.name.as_str()).collect();
    assert_eq!(names, ["Refers", "child", "parent", "parted", "twice"]);
    assert!(found.get(&"twice".into()).unwrap().indexes.is_empty());
    assert_eq!(found.get(&"parted".into()).unwrap().indexes.len(), 1);
    let child = found.get(&"child".into()).unwrap();
    assert_eq!(child.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["more"]);
    assert_eq!(child.uniques[0].columns, ["n"]);
    assert_eq!(child.indexes[0].columns().collect::<Vec<_>>(), ["id"]);
    assert_eq!(child.indexes[0].include, ["more"]);
    assert!(child.checks.is_empty());
    let alone = introspect(database, "Refers").await;
    assert_eq!(alone.foreign_keys[0].referred_columns, ["id"]);
}}

db_test_on! { [postgres: Postgres] async fn constraints_without_names_are_dropped_by_the_names_they_have(db) {
    let database = &mut db.connect().await;
    let models = schema(|m| {
        m.table("t", |t| {
            t.column("id", DataType::Integer).primary_key();
            t.column("a", DataType::Integer);
            t.column("b", DataType::Integer);
            t.add_unique(Unique::new(["a", "b"]));
            t.add_unique(Unique::new(["a", "b"]).include(["id"]));
            for sql in ["a>0", "B > 0 and a < 9", "a in (1, 2)", "b < 5"] {
                t.add_check(Check::new(sql));
            }
            t.foreign_key(ForeignKey::new(["a"], "t", Vec::<String>::new()));
            t.foreign_key(ForeignKey::new(["a"], "t", ["id"]).on_delete(ReferentialAction::Cascade));
            t.exclude(Exclude::new([("b", "=")]).using("btree"));
        });
    });
    create(database, &models).await;
    let names = "SELECT conname FROM pg_constraint WHERE conrelid = 't'::regclass ORDER BY 1";
    let known = models.get(&"t".into()).unwrap();
    let there = done(database.introspect(&["t".into()]).await);
    for current in [&models, &there] {
        for constraint in known.constraints().filter(|constraint| constraint.kind() != ConstraintKind::PrimaryKey) {
            let changes = vec![TableChange::DropUnnamedConstraint { constraint: constraint.clone() }];
            let alter = Operation::AlterTable { table: "t".into(), changes };
            let rendered = done(database.dialect().render(&alter, current));
            let before = query(database, names).await;
            execute(database, &["BEGIN", &rendered.statements[0]]).await;
            let behind = query(database, names).await;
            assert_eq!(behind.len() + 1, before.len(), "{constraint:?}: {:?}", rendered.statements);
            execute(database, &["ROLLBACK"]).await;
        }
    }
}}

db_test_on! { [postgres: Postgres] async fn which_rows_a_view_lets_in_is_part_of_it(db) {
    let database = &mut db.connect().await;
    let models = |end: &str| schema(|m| {
        m.table("t", |t| {
            t.column("x", DataType::Integer);
        });
        m.view(View::new("w", format!("select x from t where x>0{end}")));
    });
    create(database, &models("")).await;
    let mut before = "";
    for end in [" with check option", " WITH LOCAL CHECK OPTION", ""] {
        assert_eq!(differences(database, &models(before)).await, Vec::<String>::new());
        assert!(!differences(database, &models(end)).await.is_empty(), "{end:?}");
        let found = done(database.introspect(&[]).await);
        let drift = done(database.compare(found, models(end), &[]).await);
        for operation in &drift.comparison.upgrade {
            for sql in done(database.dialect().render(operation, &models(end))).statements {
                execute(database, &[&sql]).await;
            }
        }
        let refused = database.execute("INSERT INTO w VALUES (0)").await.is_err();
        assert_eq!(refused, !end.is_empty(), "{end:?}");
        before = end;
    }
    let cascaded = " WITH cascaded CHECK OPTION";
    execute(database, &["CREATE OR REPLACE VIEW w AS SELECT x FROM t WHERE x > 0 WITH CHECK OPTION"]).await;
    assert_eq!(differences(database, &models(cascaded)).await, Vec::<String>::new());
    assert_eq!(differences(database, &models(" WITH CHECK OPTION")).await, Vec::<String>::new());
    // What is read can be created again as it was.
    let found = done(database.introspect(&[]).await);
    execute(database, &["DROP VIEW w"]).await;
    let operation = Operation::CreateView { view: found.views[0].clone(), or_replace: false };
    for sql in done(database.dialect().render(&operation, &found)).statements {
        execute(database, &[&sql]).await;
    }
    assert_eq!(done(database.introspect(&[]).await).views, found.views);
}}

db_test_on! { [postgres: Postgres] async fn what_a_session_or_role_may_not_ask_is_named(db) {
    let database = &mut db.connect().await;
    execute(database, &[
        "CREATE SCHEMA hidden",
        "CREATE FUNCTION hidden.least_price() RETURNS INT LANGUAGE sql IMMUTABLE AS 'SELECT 1'",
        "CREATE TABLE t (a INT DEFAULT (1 + 1), b INT,
            CONSTRAINT ck_a CHECK (a IN (1, 2)), CONSTRAINT ck_b CHECK (b > hidden.least_price() AND b IN (2, 3)))",
        "CREATE VIEW w AS SELECT a FROM t WHERE hidden.least_price() > b",
    ]).await;
    let models = schema(|m| {
        m.table("t", |t| {
            t.column("a", DataType::Integer).server_default(SqlValue::expression("1+1"));
            t.column("b", DataType::Integer);
            t.check("ck_a", "a in (1,2)");
            t.check("ck_b", "b>hidden.least_price() and b in (2, 3)");
        });
        m.view(View::new("w", "select a from t where hidden.least_price()>b"));
    });
    let uncompared = async |database: &mut Database| {
        let found = done(database.introspect(&[]).await);
        let drift = done(database.compare(found, models.clone(), &[]).await);
        assert!(drift.comparison.is_empty(), "{:?}", drift.comparison.upgrade);
        drift.uncompared.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(uncompared(database).await, [""; 0]);
    execute(database, &["SET default_transaction_read_only = on"]).await;
    let named = uncompared(database).await;
    execute(database, &["SET default_transaction_read_only = off"]).await;
    assert_eq!(named.len(), 3, "{named:?}");
    assert!(named.iter().all(|one| one.ends_with(": the session may only read")), "{named:?}");
    // A role that may create temporary tables, but not call what stands in a check.
    let (role, mut reader) = as_reader(db).await;
    execute(database, &[&format!("GRANT TEMPORARY ON DATABASE {} TO {role}", db.name())]).await;
    let named = uncompared(&mut reader).await;
    reader.close().await;
    execute(database, &[&format!("DROP OWNED BY {role}")]).await;
    db.admin(&format!("DROP ROLE {role}")).await;
    let no_right = "the role has no right on what stands in it";
    assert_eq!(named, [format!("check ck_b of table t: {no_right}"), format!("view w: {no_right}")]);
}}

/// A table for each: the type of its column, before and after, and values of it.
fn retyped() -> Vec<(&'static str, DataType, DataType, &'static str)> {
    let native = DataType::native;
    vec![
        ("number", DataType::Integer, DataType::Boolean, "(1), (0), (NULL)"),
        ("small", DataType::SmallInteger, DataType::Boolean, "(1), (0), (NULL)"),
        ("big", DataType::BigInteger, DataType::Boolean, "(1), (0), (NULL)"),
        ("flag", DataType::Boolean, DataType::SmallInteger, "(true), (false), (NULL)"),
        ("yes", DataType::Boolean, DataType::BigInteger, "(true), (false), (NULL)"),
        ("words", DataType::Text, DataType::Binary, r"('it''s \ größer'), ('\x00'), (NULL)"),
        ("bytes", DataType::Binary, DataType::string(20), r"('abc'), ('\x5c78'), (NULL)"),
        ("items", DataType::Text, DataType::Text.array(), r#"('{a,"b c"}'), ('{}'), (NULL)"#),
        ("many", DataType::Integer.array(), DataType::Text, "('{1,NULL}'), (NULL)"),
        ("host", DataType::Text, native("INET"), "('10.0.0.1/32'), ('10.0.0.0/8'), (NULL)"),
        ("net", native("INET"), DataType::Text, "('10.0.0.1'), (NULL)"),
        ("search", DataType::Text, native("TSVECTOR"), "('''a'' ''b'':2'), (NULL)"),
        ("vector", native("TSVECTOR"), DataType::string(30), "('a b:2'), (NULL)"),
        ("span", DataType::Text, native("INT4RANGE"), "('[1,3)'), (NULL)"),
    ]
}

// What was made of the rows is taken back, and nothing has to be said by hand. An address tells its length as
// text.
db_test_on! { [postgres: Postgres] async fn rows_survive_new_types_and_the_way_back(db) {
    let models = |after: bool| schema(|m| {
        for (name, before, now, _) in retyped() {
            m.table(name, |t| {
                t.column("v", if after { now } else { before });
            });
        }
    });
    let record = |operations: Vec<Operation>| {
        move |op: &mut Operations| operations.iter().cloned().for_each(|operation| op.push(operation))
    };
    let create = dunlin::core::operation::create_all(&models(false));
    let first = Migration::new(Revision::new("a"), record(create), |_: &mut Operations| {});
    let manager = DbManager::new("owner", "version_owner").migrations([first]).models(move |_| models(true));
    let database = &mut db.connect().await;
    let one = migrator(db, [manager.clone()]);
    done(upgrade(&one, database, "a").await);
    for (name, _, _, values) in retyped() {
        execute(database, &[&format!("INSERT INTO {name} VALUES {values}")]).await;
    }
    let rows = async |database: &mut Database, name: &str| {
        query(database, &format!("SELECT v::text FROM {name} ORDER BY ctid")).await.concat()
    };
    let all = async |database: &mut Database| {
        let mut all = Vec::new();
        for (name, ..) in retyped() {
            all.push((name, rows(database, name).await));
        }
        all
    };
    let before = all(database).await;
    let drift = done(one.autogenerate(database, "owner", &CompareOptions::default()).await);
    assert_eq!(drift.refused, []);
    assert_eq!(drift.comparison.upgrade.len(), retyped().len());
    let second = Migration::new(
        Revision::new("b").down_revision("a"),
        record(drift.comparison.upgrade),
        record(drift.comparison.downgrade),
    );
    let two = migrator(db, [manager.migrations([second])]);
    done(upgrade(&two, database, "b").await);
    let drift = done(two.compare(database, "owner", &CompareOptions::default()).await);
    assert!(drift.comparison.is_empty(), "{:?}", drift.comparison.upgrade);
    assert_eq!(rows(database, "big").await, ["true", "false", "NULL"]);
    assert_eq!(rows(database, "flag").await, ["1", "0", "NULL"]);
    assert_eq!(rows(database, "bytes").await, ["abc", r"\x", "NULL"]);
    assert_eq!(rows(database, "items").await, [r#"{a,"b c"}"#, "{}", "NULL"]);
    done(downgrade(&two, database, "a").await);
    assert_eq!(all(database).await, before);
}}

db_test_on! { [postgres: Postgres] async fn what_cannot_run_is_told_with_the_revision_that_is_made(db) {
    let models = |of: DataType| schema(|m| {
        m.table("t", |t| {
            t.column("v", of.clone());
        });
    });
    let (before, after) = (models(DataType::Date), models(DataType::Integer));
    let create = move |op: &mut Operations| {
        dunlin::core::operation::create_all(&before).into_iter().for_each(|operation| op.push(operation));
    };
    let first = Migration::new(Revision::new("a"), create, |_: &mut Operations| {});
    let manager = DbManager::new("owner", "version_owner").migrations([first]).models(move |_| after.clone());
    let database = &mut db.connect().await;
    let migrator = migrator(db, [manager]);
    done(upgrade(&migrator, database, "a").await);
    let drift = done(migrator.autogenerate(database, "owner", &CompareOptions::default()).await);
    assert_eq!(drift.comparison.upgrade.len(), 1);
    let refused: Vec<(DialectName, Direction)> =
        drift.refused.iter().map(|refused| (refused.on, refused.direction)).collect();
    let both = [Direction::Upgrade, Direction::Downgrade];
    assert_eq!(refused, both.map(|direction| (DialectName::Postgres, direction)));
    let source = std::error::Error::source(&drift.refused[0].why).unwrap().to_string();
    assert!(source.contains("cannot make INTEGER of DATE in the column v"), "{source}");
    let offline = [DialectName::Sqlite, DialectName::Postgres];
    let drift = done(migrator.autogenerate_offline(&offline, "owner", &CompareOptions::default()));
    assert!(drift.refused.iter().all(|refused| refused.on == DialectName::Postgres), "{:?}", drift.refused);
    assert_eq!(drift.refused.len(), 2);
}}

db_test_on! {
    [postgres: Postgres]
    async fn what_is_lost_with_views_is_named(db) {
        let with = |data_type: DataType| {
            models(|m| {
                m.table("t", |t| {
                    t.column("id", DataType::Integer).primary_key();
                    t.column("a", data_type);
                });
                m.view(View::new("v", "SELECT id, a FROM t"));
                m.view(View::new("mv", "SELECT id, a FROM t").materialized());
                m.view(View::new("w", "SELECT id FROM t"));
            })
        };
        let (before, after) = (with(DataType::Integer), with(DataType::BigInteger));
        let operations = dunlin::core::operation::create_all(&before);
        let record =
            move |op: &mut Operations| operations.iter().cloned().for_each(|operation| op.push(operation));
        let manager = DbManager::new("owner", "version_owner").models(move |_| after.clone());
        let first = Migration::new(Revision::new("first"), record, |_| {});
        let migrator = migrator(db, [manager.migrations([first])]);
        let database = &mut db.connect().await;
        upgrade(&migrator, database, "first").await.unwrap();
        let found = done(migrator.autogenerate(database, "owner", &CompareOptions::default()).await);
        assert_eq!(found.lost, Vec::<String>::new());
        execute(database, &[
            "GRANT SELECT ON v TO public",
            "COMMENT ON COLUMN v.a IS 'a number'",
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            "CREATE TRIGGER tr INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION f()",
            "ALTER VIEW v ALTER COLUMN a SET DEFAULT 3",
            "CREATE UNIQUE INDEX mv_id ON mv (id)",
            "COMMENT ON VIEW w IS 'on the same table'",
        ]).await;
        let found = done(migrator.autogenerate(database, "owner", &CompareOptions::default()).await);
        let mut lost = found.lost.clone();
        lost.sort();
        assert_eq!(lost, [
            "the comment of view v",
            "the comment of view w",
            "the default of column a of view v",
            "the index mv_id of view mv",
            "the privileges of view v",
            "the trigger tr of view v",
        ]);
    }
}
