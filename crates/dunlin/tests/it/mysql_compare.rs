//! Comparisons that MySQL and MariaDB alone need care for: what other words mean the same, what a role that
//! may only read sees, and that nothing is left of what the server is asked.

use dunlin::core::prelude::*;
use dunlin::core::schema::{Check, Computed, Index, IndexElement, IndexKind, View};
use dunlin::core::session::Session as _;
use dunlin::engine::compare::describe;
use dunlin::{Access, Database, DatabaseUrl};
use dunlin_testkit::TestDatabase;

use crate::support::{db_test_on, done, execute, query};

/// What a comparison of models with the database finds, in words.
async fn found(database: &mut Database, models: &Metadata) -> Vec<String> {
    let from = done(database.introspect(&names(models)).await);
    let drift = done(database.compare(from, models.clone(), &[]).await);
    let operations = &drift.comparison.upgrade;
    operations.iter().flat_map(|operation| describe(database.dialect(), operation, &drift.from)).collect()
}

fn names(models: &Metadata) -> Vec<dunlin::core::schema::TableName> {
    let tables = models.tables().iter().map(|table| table.name.clone());
    tables.chain(models.views.iter().map(|view| view.name.clone())).collect()
}

/// Connects as a role that has just been given some rights on the database.
async fn as_role(db: &TestDatabase, rights: &str) -> (Database, String) {
    let role = format!("r_{}", &db.name()[db.name().len() - 16..]);
    db.admin(&format!("CREATE USER {role} IDENTIFIED BY 'secret'")).await;
    db.admin(&format!("GRANT {rights} ON {}.* TO {role}", db.name())).await;
    let url = db.url().replace("//dunlin:dunlin@", &format!("//{role}:secret@"));
    let url = DatabaseUrl::parse(&url).unwrap();
    (done(Database::connect(&url, Access::Read).await), role)
}

fn everything(dialect: DialectName) -> Metadata {
    let mut models = Metadata::default();
    models.table("parent", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("code", DataType::string(20)).unique();
    });
    models.table("child", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("parent_id", DataType::Integer);
        t.column("amount", DataType::numeric(10, 2)).not_null().server_default(SqlValue::expression("1.5"));
        t.column("day", DataType::datetime()).server_default("2024-1-2");
        t.column("word", DataType::string(30)).server_default(SqlValue::expression("(upper('it''s'))"));
        t.column("bytes", DataType::VarBinary { length: 8 })
            .server_default(PerDialect::all(SqlValue::Bytes(vec![0, 255, 39, 63])));
        t.column("no_bytes", DataType::VarBinary { length: 8 })
            .server_default(PerDialect::all(SqlValue::Bytes(Vec::new())));
        t.column("text", DataType::Text);
        t.column("data", DataType::Json);
        t.column("twice", DataType::Integer).computed(Computed::stored("amount * (2 + 1)"));
        t.foreign_key(
            ForeignKey::new(["parent_id"], "parent", ["id"])
                .named("child_fk")
                .on_delete(ReferentialAction::Cascade)
                .on_update(ReferentialAction::Restrict),
        );
        t.add_check(Check::new("amount >= 0 AND (word <> 'it''s' OR word IS NULL)").named("child_ck"));
        t.add_index(Index::new("child_words", ["text"]).kind(IndexKind::FullText));
        if dialect == DialectName::MySql {
            let lower = IndexElement::expression("LOWER(word)").descending();
            t.add_index(Index::new("child_lower", [lower]));
        }
        t.add_index(
            Index::new("child_word", [IndexElement::column_named("word").length(5)]).comment("short"),
        );
    });
    models.table("parts", |t| {
        t.column("id", DataType::Integer).not_null();
        t.options(|o| {
            o.partition_by = Some(
                "RANGE (id) (PARTITION low VALUES LESS THAN (10), PARTITION high VALUES LESS THAN MAXVALUE)"
                    .into(),
            );
        });
    });
    models.view(View::new(
        "seen",
        "SELECT c.id, c.word AS w, COUNT(*) FROM child c JOIN parent p ON p.id = c.parent_id \
         WHERE c.word = 'it''s' AND p.code IN (SELECT code FROM parent) GROUP BY c.id, c.word",
    ));
    models
}

async fn create(database: &mut Database, models: &Metadata) {
    let dialect = database.dialect();
    for operation in dunlin::core::operation::create_all(models) {
        let rendered = done(dialect.render(&operation, &Metadata::default()));
        for sql in &rendered.statements {
            execute(database, &[sql]).await;
        }
    }
}

db_test_on! {
    [mysql: MySql, mariadb: MariaDb]
    async fn what_is_there_is_not_found(db) {
        let mut database = db.connect().await;
        let models = everything(db.dialect());
        create(&mut database, &models).await;
        assert_eq!(found(&mut database, &models).await, [""; 0]);
        assert_eq!(db.tables().await.len(), 4, "something was left behind");
    }
}

db_test_on! {
    [mysql: MySql, mariadb: MariaDb]
    async fn a_role_that_may_only_read_sees_the_same(db) {
        let mut database = db.connect().await;
        let models = everything(db.dialect());
        create(&mut database, &models).await;
        let (mut reading, role) = as_role(db, "SELECT").await;
        let (all, seen) = (
            done(database.introspect(&names(&models)).await),
            done(reading.introspect(&names(&models)).await),
        );
        let read = done(reading.introspect(&names(&models)).await);
        let drift = done(reading.compare(read, models.clone(), &[]).await);
        db.admin(&format!("DROP USER {role}")).await;
        for (seen, all) in seen.tables().iter().zip(all.tables()) {
            assert_eq!(format!("{seen:#?}").lines().collect::<Vec<_>>(), format!("{all:#?}").lines().collect::<Vec<_>>());
        }
        // It may not ask the server for its words, nor see what a view reads: that is named.
        assert!(drift.comparison.is_empty(), "{:?}", drift.comparison.upgrade);
        let named: Vec<&str> = drift.uncompared.iter().map(|one| one.what.as_str()).collect();
        assert!(named.contains(&"view seen"), "{:?}", drift.uncompared);
        assert!(named.iter().all(|what| what.contains("view seen") || what.contains("table child")), "{named:?}");
    }
}

db_test_on! {
    [mysql: MySql, mariadb: MariaDb]
    async fn asking_commits_nothing(db) {
        let mut database = db.connect().await;
        let models = everything(db.dialect());
        create(&mut database, &models).await;
        let (mut writing, role) = as_role(db, "SELECT, INSERT, CREATE TEMPORARY TABLES").await;
        execute(&mut writing, &["BEGIN", "INSERT INTO parent (id, code) VALUES (1, 'a')"]).await;
        let words = found(&mut writing, &models).await;
        execute(&mut writing, &["ROLLBACK"]).await;
        let rows = query(&mut database, "SELECT * FROM parent").await;
        let left = writing.query("SHOW CREATE TABLE dunlin_described_0").await;
        db.admin(&format!("DROP USER {role}")).await;
        assert_eq!(words, [""; 0]);
        assert!(rows.is_empty(), "{rows:?}");
        assert!(left.is_err(), "a temporary table was left");
    }
}

db_test_on! {
    [mysql: MySql, mariadb: MariaDb]
    async fn what_is_so_anyway_may_be_said(db) {
        let mut database = db.connect().await;
        execute(&mut database, &["CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(20), b VARCHAR(20) COLLATE utf8mb4_bin)"]).await;
        let models = |options: fn(&mut dunlin::core::schema::TableOptions), a: DataType| {
            let mut models = Metadata::default();
            models.table("t", |t| {
                t.column("id", DataType::Integer).without_autoincrement().primary_key();
                t.column("a", a);
                t.column("b", DataType::string(20).character_set("utf8mb4").collate("utf8mb4_bin"));
                t.options(options);
            });
            models
        };
        let said = models(
            |o| {
                o.engine = Some("InnoDB".to_owned());
                o.character_set = Some("utf8mb4".to_owned());
                o.collation = Some("utf8mb4_unicode_ci".to_owned());
                o.row_format = Some("dynamic".to_owned());
            },
            DataType::string(20).collate("utf8mb4_unicode_ci"),
        );
        assert_eq!(found(&mut database, &said).await, [""; 0]);
        let other = models(|o| o.collation = Some("utf8mb4_general_ci".to_owned()), DataType::string(20));
        assert_eq!(found(&mut database, &other).await.len(), 1);
        let latin = models(|_| {}, DataType::string(20).character_set("latin1"));
        assert_eq!(found(&mut database, &latin).await.len(), 1);
    }
}

db_test_on! {
    [mysql: MySql, mariadb: MariaDb]
    async fn what_the_server_names_is_what_has_no_name(db) {
        let mut database = db.connect().await;
        execute(&mut database, &[
            "CREATE TABLE parent (id INT PRIMARY KEY)",
            "CREATE TABLE t (a INT UNIQUE, b SMALLINT UNSIGNED NOT NULL CHECK (b >= 0), c INT, CHECK (a > b), \
             FOREIGN KEY (c) REFERENCES parent (id) ON DELETE NO ACTION) ENGINE = InnoDB",
        ]).await;
        let mut models = Metadata::default();
        models.table("parent", |t| {
            t.column("id", DataType::Integer).without_autoincrement().primary_key();
        });
        models.table("t", |t| {
            t.column("a", DataType::Integer);
            t.column("b", DataType::SmallInteger.unsigned()).not_null();
            t.column("c", DataType::Integer);
            t.add_unique(Unique::new(["a"]));
            let of_column = Check::new("b >= 0");
            let named = db.dialect() == DialectName::MariaDb;
            t.add_check(if named { of_column.named("b") } else { of_column });
            t.add_check(Check::new("a > b"));
            t.foreign_key(ForeignKey::new(["c"], "parent", ["id"]).on_delete(ReferentialAction::Restrict));
        });
        assert_eq!(found(&mut database, &models).await, [""; 0]);
        execute(&mut database, &["DROP TABLE t"]).await;
        create(&mut database, &{
            let mut one = Metadata::default();
            one.extend(models.tables().iter().filter(|table| table.name.name == "t").cloned());
            one
        })
        .await;
        assert_eq!(found(&mut database, &models).await, [""; 0]);
    }
}

db_test_on! {
    [mysql: MySql, mariadb: MariaDb]
    async fn a_view_is_another_if_its_query_is(db) {
        let mut database = db.connect().await;
        execute(&mut database, &[
            "CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(20))",
            "CREATE VIEW v AS SELECT id, a + 1 AS next FROM t WHERE b = 'x' WITH CHECK OPTION",
        ]).await;
        let models = |view: &str| {
            let mut models = Metadata::default();
            models.view(View::new("v", view));
            models
        };
        for same in [
            "SELECT id, a + 1 AS next FROM t WHERE b = 'x' WITH CHECK OPTION",
            "select t.id as id, (t.a + 1) `next` from `t` where ((t.b) = 'x') with cascaded check option",
        ] {
            assert_eq!(found(&mut database, &models(same)).await, [""; 0], "{same}");
        }
        for other in [
            "SELECT id, a + 1 AS next FROM t WHERE b = 'x'",
            "SELECT id, a + 1 AS next FROM t WHERE b = 'X' WITH CHECK OPTION",
            "SELECT id, a + 2 AS next FROM t WHERE b = 'x' WITH CHECK OPTION",
            "SELECT id, a AS next FROM t WHERE b = 'x' WITH CHECK OPTION",
            "SELECT id, gone AS next FROM t",
        ] {
            assert_eq!(found(&mut database, &models(other)).await.len(), 2, "{other}");
        }
    }
}

db_test_on! {
    [mysql: MySql, mariadb: MariaDb]
    async fn columns_may_be_named_with_their_table(db) {
        let mut database = db.connect().await;
        let models = |check: &str| {
            let mut models = Metadata::default();
            models.table("t", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("x", DataType::Integer);
                t.column("y", DataType::Integer).computed(Computed::stored("t.x + 1"));
                t.add_check(Check::new(check).named("t_ck"));
            });
            models
        };
        let written = "t.x > 0 AND `t`.`x` BETWEEN 1 AND 9 AND t.x NOT IN (3, 4)";
        create(&mut database, &models(written)).await;
        assert_eq!(found(&mut database, &models(written)).await, [""; 0]);
        assert_eq!(found(&mut database, &models("x > 0 AND x BETWEEN 1 AND 9 AND NOT t.x IN (3, 4)")).await, [""; 0]);
        assert_eq!(found(&mut database, &models("t.x > 1 AND t.x BETWEEN 1 AND 9 AND t.x NOT IN (3, 4)")).await.len(), 2);
    }
}

db_test_on! {
    [mysql: MySql, mariadb: MariaDb]
    async fn a_table_may_have_the_name_of_its_database(db) {
        let mut database = db.connect().await;
        let name = db.name();
        execute(&mut database, &[
            &format!("CREATE TABLE {name} (id INT PRIMARY KEY, word VARCHAR(200))"),
            "CREATE TABLE other (id INT PRIMARY KEY, word VARCHAR(200))",
        ]).await;
        let one = format!(
            "SELECT {name}.id, other.word FROM {name} JOIN other ON other.id = {name}.id \
             WHERE {name}.word <> 'it''s `{name}`.`{name}`.'"
        );
        let aliased = format!("SELECT {name}.id, o.word FROM other {name} JOIN {name} o ON o.id = {name}.id");
        let mut models = Metadata::default();
        models.view(View::new("one", one));
        models.view(View::new("aliased", aliased));
        create(&mut database, &models).await;
        assert_eq!(found(&mut database, &models).await, [""; 0]);

        // What was read makes the same views again.
        let read = done(database.introspect(&names(&models)).await);
        execute(&mut database, &["DROP VIEW one", "DROP VIEW aliased"]).await;
        create(&mut database, &read).await;
        assert_eq!(done(database.introspect(&names(&models)).await), read);
        assert_eq!(found(&mut database, &models).await, [""; 0]);
    }
}

db_test_on! {
    [mysql: MySql, mariadb: MariaDb]
    async fn a_primary_key_may_count_the_beginning_of_a_text(db) {
        let mut database = db.connect().await;
        execute(&mut database, &[
            "CREATE TABLE t (word TEXT NOT NULL, id INT NOT NULL, PRIMARY KEY (word(20), id))",
            "CREATE TABLE u (id INT, word VARCHAR(20) NOT NULL, PRIMARY KEY (word(20)))",
        ]).await;
        let models = |length: u32| {
            let mut models = Metadata::default();
            models.table("t", |t| {
                t.column("word", DataType::Text).not_null();
                t.column("id", DataType::Integer).not_null().without_autoincrement();
                t.add_primary_key(PrimaryKey::new(["word", "id"]).prefix("word", length));
            });
            models.table("u", |t| {
                t.column("id", DataType::Integer);
                t.column("word", DataType::string(20)).not_null();
                t.add_primary_key(PrimaryKey::new(["word"]));
            });
            models
        };
        assert_eq!(found(&mut database, &models(20)).await, [""; 0]);
        let other = found(&mut database, &models(10)).await;
        assert_eq!(other.len(), 2, "{other:?}");
        let read = done(database.introspect(&names(&models(20))).await);
        execute(&mut database, &["DROP TABLE t", "DROP TABLE u"]).await;
        create(&mut database, &read).await;
        assert_eq!(found(&mut database, &models(20)).await, [""; 0]);
    }
}

db_test_on! {
    [mysql: MySql, mariadb: MariaDb]
    async fn what_a_session_or_role_may_not_ask_is_named(db) {
        let mut database = db.connect().await;
        execute(&mut database, &[
            "CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(30) DEFAULT (concat(5 mod 2, upper('it''s'))), \
             CONSTRAINT t_a CHECK (a BETWEEN 1 AND 2 AND a IN (1, 2)))",
            "CREATE VIEW v AS SELECT id, a + 1 AS next FROM t",
        ]).await;
        let mut models = Metadata::default();
        models.table("t", |t| {
            t.column("id", DataType::Integer).without_autoincrement().primary_key();
            t.column("a", DataType::Integer);
            t.column("b", DataType::string(30)).server_default(SqlValue::expression("(concat(5 mod 2, upper('it''s')))"));
            t.check("t_a", "( (a) >= 1 and a<=2 and a in (1, 2) )");
        });
        models.view(View::new("v", "select id, (a+1) as next from t"));
        // The server does not write one of these as the other: the check is another, as far as it may be asked.
        let mut same = models.clone();
        same.get_mut(&"t".into()).unwrap().checks[0].expression = "a BETWEEN 1 AND 2 AND a IN (1,2)".into();
        assert_eq!(found(&mut database, &same).await, [""; 0]);
        assert!(found(&mut database, &models).await.iter().all(|line| line.contains("t_a")));

        let drift = async |database: &mut Database| {
            let read = done(database.introspect(&names(&models)).await);
            let drift = done(database.compare(read, models.clone(), &[]).await);
            assert!(drift.comparison.is_empty(), "{:?}", drift.comparison.upgrade);
            drift.uncompared
        };
        let what = |all: &[dunlin::Uncompared]| all.iter().map(|one| one.what.clone()).collect::<Vec<_>>();
        let of_table = ["default of column b of table t", "check t_a of table t"];
        execute(&mut database, &["SET SESSION TRANSACTION READ ONLY"]).await;
        let named = drift(&mut database).await;
        execute(&mut database, &["SET SESSION TRANSACTION READ WRITE"]).await;
        assert_eq!(what(&named), of_table);
        assert!(named.iter().all(|one| one.why.to_uppercase().contains("READ ONLY")), "{named:?}");
        // Without the right to create temporary tables; and the view may be read, and not seen.
        let (mut reading, role) = as_role(db, "SELECT").await;
        let named = drift(&mut reading).await;
        db.admin(&format!("DROP USER {role}")).await;
        assert_eq!(what(&named), [of_table[0], of_table[1], "view v"]);
        assert!(named[0].why.contains("denied"), "{named:?}");
        assert_eq!(named[2].why, "the role may not see the query");
        // It may see the view, and not what the view reads.
        let (mut reading, role) = as_role(db, "CREATE TEMPORARY TABLES").await;
        db.admin(&format!("GRANT SELECT, SHOW VIEW ON {}.v TO {role}", db.name())).await;
        let views = done(reading.introspect(&["v".into()]).await);
        let mut only_view = Metadata::default();
        only_view.views = models.views.clone();
        let drift = done(reading.compare(views, only_view, &[]).await);
        db.admin(&format!("DROP USER {role}")).await;
        assert!(drift.comparison.is_empty(), "{:?}", drift.comparison.upgrade);
        assert_eq!(what(&drift.uncompared), ["view v"]);
    }
}
