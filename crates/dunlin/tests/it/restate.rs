//! MySQL and MariaDB restate a whole column to change one thing about it: the rest stays, or the change
//! is refused.

use dunlin::Database;
use dunlin::core::dialect::DialectName;
use dunlin::core::prelude::*;
use dunlin_testkit::TestDatabase;

use crate::support::*;

/// Columns as only their database says them, all nullable but the key.
const COLUMNS: &[(&str, &str)] = &[
    ("counted", "INT UNSIGNED AUTO_INCREMENT"),
    ("wide", "BIGINT(20) UNSIGNED ZEROFILL DEFAULT 7"),
    ("bits", "BIT(3) DEFAULT b'101'"),
    ("bytes", "VARBINARY(5) DEFAULT 'ab'"),
    ("padded", "BINARY(4) DEFAULT 'a'"),
    ("fixed", "CHAR(3) COLLATE utf8mb4_bin DEFAULT 'x'"),
    ("latin", "VARCHAR(9) CHARACTER SET latin1 COLLATE latin1_german1_ci"),
    ("long_text", "LONGTEXT COLLATE utf8mb4_bin"),
    ("text", "TEXT DEFAULT ('it''s \\\\ \n')"),
    ("one_of", "ENUM('a', 'it''s', 'C(d)') COLLATE utf8mb4_bin DEFAULT 'it''s'"),
    ("some_of", "SET('a', 'B') DEFAULT 'a,B' COMMENT 'it''s \\\\ a set'"),
    ("json", "JSON"),
    ("day", "DATE DEFAULT (CURRENT_DATE)"),
    ("year", "YEAR DEFAULT 2001"),
    ("moment", "TIMESTAMP(3) NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3)"),
    ("computed", "VARCHAR(30) DEFAULT (CONCAT('a''b\\\\', LOWER('C')))"),
    ("word", "VARCHAR(30) DEFAULT 'CURRENT_TIMESTAMP'"),
    ("price", "DECIMAL(7,2) UNSIGNED DEFAULT 1.50"),
    ("middle", "MEDIUMINT DEFAULT -3"),
    ("checked", "INT DEFAULT 1 CHECK (checked > 0)"),
];

async fn show(database: &mut Database) -> String {
    query(database, "SHOW CREATE TABLE t").await.remove(0).remove(1)
}

fn alter(column: &'static str, nullable: bool) -> impl Fn(&mut Operations) + Send + Sync + 'static {
    move |op| {
        op.alter_table("t", |t| {
            t.alter_column(column).nullable(nullable);
        });
    }
}

/// A history in which the table is there, and then changes.
fn history(
    columns: Vec<&'static str>,
    there: impl Fn(&mut Operations) + Send + Sync + 'static,
    back: impl Fn(&mut Operations) + Send + Sync + 'static,
) -> DbManager {
    let start = move |op: &mut Operations| {
        op.create_table("t", |t| {
            for column in &columns {
                t.column(*column, DataType::Integer);
            }
        });
    };
    manager(&[]).migrations([
        Migration::new(Revision::new("start"), start, |_| {}),
        Migration::new(Revision::new("change").down_revision("start"), there, back),
    ])
}

async fn create(database: &mut Database) {
    let columns: Vec<_> = COLUMNS.iter().map(|(name, sql)| format!("{name} {sql}")).collect();
    let sql = format!(
        "CREATE TABLE t ({}, PRIMARY KEY (counted)) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
        columns.join(", ")
    );
    execute(database, &[&sql, "INSERT INTO t (latin, long_text, json) VALUES ('x', 'y', '{}')"]).await;
    stamp(database, "start").await;
}

/// Changes whether a column may be NULL, and back.
async fn toggle(db: &TestDatabase, database: &mut Database, column: &'static str) -> Result<(), String> {
    let toggle = history(vec![column], alter(column, false), alter(column, true));
    let migrator = migrator(db, [toggle]);
    upgrade(&migrator, database, "head").await.map_err(|error| chain(&error))?;
    let between = show(database).await;
    done(downgrade(&migrator, database, "start").await);
    assert_ne!(between, show(database).await, "{column}: nothing was changed");
    Ok(())
}

async fn keeps_what_is_not_mentioned(db: &TestDatabase) {
    let mut database = db.connect().await;
    create(&mut database).await;
    let before = show(&mut database).await;
    for (column, _) in COLUMNS {
        if *column == "counted" {
            // A key is never NULL; restated as it is, it goes on counting.
            let migrator = migrator(db, [history(vec![column], alter(column, false), |_| {})]);
            done(upgrade(&migrator, &mut database, "head").await);
            done(downgrade(&migrator, &mut database, "start").await);
        } else {
            toggle(db, &mut database, column).await.unwrap_or_else(|error| panic!("{column}: {error}"));
        }
        assert_eq!(show(&mut database).await, before, "{column}");
    }
    database.close().await;
}

/// Columns that cannot be said, and what is said of them.
const UNSAID: &[(&str, &str, &str)] = &[("hidden", "INT INVISIBLE", "INVISIBLE of column hidden")];

async fn refuses_what_it_cannot_say(db: &TestDatabase) {
    let mut database = db.connect().await;
    let mut unsaid = UNSAID.to_vec();
    if db.dialect() == DialectName::MariaDb {
        // The column would take it for its own.
        let check = "INT, CONSTRAINT named CHECK (plain > 0)";
        unsaid.push(("named", check, "the check named, which is not the column's own"));
    }
    let columns: Vec<_> = unsaid.iter().map(|(name, sql, _)| format!(", {name} {sql}")).collect();
    execute(&mut database, &[&format!("CREATE TABLE t (plain INT{})", columns.concat())]).await;
    stamp(&mut database, "start").await;
    let before = show(&mut database).await;
    for (column, _, said) in unsaid {
        let error = toggle(db, &mut database, column).await.unwrap_err();
        let loses = format!("the run stopped: to change table t as wanted would lose {said}");
        // MariaDB writes it small.
        assert_eq!(error.to_lowercase(), loses.to_lowercase());
        assert_eq!(show(&mut database).await, before, "{column}");
        // A new name restates nothing.
        let rename = history(
            vec![column],
            move |op| {
                op.alter_table("t", |t| {
                    t.alter_column(column).rename("other");
                })
            },
            move |op| {
                op.alter_table("t", |t| {
                    t.alter_column("other").rename(column);
                })
            },
        );
        let migrator = migrator(db, [rename]);
        done(upgrade(&migrator, &mut database, "head").await);
        done(downgrade(&migrator, &mut database, "start").await);
        assert_eq!(show(&mut database).await, before, "{column}");
    }
    toggle(db, &mut database, "plain").await.unwrap();
    assert_eq!(show(&mut database).await, before);
    database.close().await;
}

db_test_on! {
    [mysql: MySql, mariadb: MariaDb]
    async fn a_restated_column_keeps_what_is_not_mentioned(db) {
        keeps_what_is_not_mentioned(db).await;
    }
}

db_test_on! {
    [mysql: MySql, mariadb: MariaDb]
    async fn a_column_that_cannot_be_restated_is_refused(db) {
        refuses_what_it_cannot_say(db).await;
    }
}
