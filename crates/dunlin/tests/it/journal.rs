//! The journal explains what was applied, and stops nothing.

use dunlin::core::dialect::DialectName;
use dunlin::core::prelude::*;
use dunlin::core::session::Session as _;
use dunlin::engine::plan::Intent;
use dunlin::{Database, JournalEntry, Migrator};
use dunlin_testkit::{TestDatabase, db_test};

use crate::support::*;

fn kept(db: &TestDatabase) -> Migrator {
    let create: Record = |op| {
        op.create_table("a", |t| {
            t.column("id", DataType::Integer).not_null();
            t.primary_key("a_pk", ["id"]);
        });
    };
    let fill: Record = |op| op.execute("INSERT INTO a VALUES (1)");
    let empty: Record = |op| op.execute("DELETE FROM a");
    migrator(db, [manager(&[("a1", create, |op| op.drop_table("a")), ("a2", fill, empty)])])
        .journal("alice@office")
}

async fn log(migrator: &Migrator, database: &mut Database) -> Vec<JournalEntry> {
    done(migrator.log(database, None, None).await)
}

fn brief(entries: &[JournalEntry]) -> Vec<String> {
    let brief = |entry: &JournalEntry| {
        let revision = entry.revision.as_deref().unwrap_or("-");
        format!("{} {} {} -> {}", entry.owner, entry.action, revision, entry.version_rows.join("+"))
    };
    entries.iter().map(brief).collect()
}

db_test! {
    async fn each_step_has_an_entry(db) {
        let migrator = kept(db);
        let mut database = db.connect().await;
        assert!(log(&migrator, &mut database).await.is_empty());
        done(upgrade(&migrator, &mut database, "a2").await);
        done(upgrade(&migrator, &mut database, "a2").await);
        done(downgrade(&migrator, &mut database, "a1").await);
        let stamp = Intent::Stamp { targets: vec!["a2".parse().unwrap()], purge: false };
        done(migrator.run(&mut database, "owner", stamp, &mut |_| {}).await);
        done(migrator.run(&mut database, "owner", Intent::Reset, &mut |_| {}).await);
        let entries = log(&migrator, &mut database).await;
        assert_eq!(
            brief(&entries),
            [
                "owner upgrade a1 -> a1",
                "owner upgrade a2 -> a2",
                "owner downgrade a2 -> a1",
                "owner stamp - -> a2",
                "owner drop - -> ",
            ]
        );
        assert!(entries.iter().all(|entry| entry.applied_by == "alice@office"));
        assert!(entries.iter().all(|entry| entry.tool.starts_with("dunlin ")));
        for entry in &entries {
            let digits: String = entry.applied_at.chars().filter(char::is_ascii_digit).collect();
            assert!(digits.len() == 14 && entry.applied_at.len() == 19, "{}", entry.applied_at);
        }
        let newest = done(migrator.log(&mut database, Some("owner"), Some(1)).await);
        assert_eq!(brief(&newest), ["owner drop - -> "]);
        assert!(done(migrator.log(&mut database, Some("other"), None).await).is_empty());
    }
}

db_test! {
    async fn no_journal_is_kept_unless_it_is_asked_for(db) {
        let migrator = migrator(db, [manager(&[("a1", |_| {}, |_| {})])]);
        let mut database = db.connect().await;
        done(upgrade(&migrator, &mut database, "a1").await);
        assert!(database.query("SELECT 1 FROM dunlin_journal").await.is_err());
    }
}

db_test! {
    async fn a_journal_that_cannot_be_written_stops_nothing(db) {
        let migrator = kept(db);
        let mut database = db.connect().await;
        // Another tool's table of this name.
        execute(&mut database, &["CREATE TABLE dunlin_journal (id INTEGER)"]).await;
        done(upgrade(&migrator, &mut database, "a1").await);
        execute(&mut database, &["DROP TABLE dunlin_journal"]).await;
        done(upgrade(&migrator, &mut database, "a2").await);
        // One that takes upgrades only; SQLite adds no check to a table that is there.
        if db.dialect() != DialectName::Sqlite {
            let check = "ALTER TABLE dunlin_journal ADD CONSTRAINT upgrades CHECK (action = 'upgrade')";
            execute(&mut database, &[check]).await;
            done(downgrade(&migrator, &mut database, "a1").await);
        }
        assert_eq!(brief(&log(&migrator, &mut database).await), ["owner upgrade a2 -> a2"]);
    }
}

db_test! {
    async fn what_is_rolled_back_has_no_entry(db) {
        let create: Record = |op| {
            op.create_table("a", |t| {
                t.column("id", DataType::Integer).not_null();
                t.primary_key("a_pk", ["id"]);
            });
        };
        let fails: Record = |op| op.execute("INSERT INTO nothing_here VALUES (1)");
        let migrator = migrator(db, [manager(&[("a1", create, |_| {}), ("a2", fails, |_| {})])]).journal("alice");
        let mut database = db.connect().await;
        upgrade(&migrator, &mut database, "a2").await.unwrap_err();
        // On SQLite both revisions were one transaction, with the version table in it.
        let rows = database.query("SELECT version_num FROM version_owner").await.unwrap_or_default();
        let rows: Vec<String> = rows.iter().filter_map(|row| row.text(0)).map(str::to_owned).collect();
        let entries = brief(&log(&migrator, &mut database).await);
        let expected: Vec<String> = rows.iter().map(|row| format!("owner upgrade {row} -> {row}")).collect();
        assert_eq!(entries, expected);
    }
}
