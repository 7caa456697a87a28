//! What was changed by hand, or by a run that ended half-way, is found before anything runs, where a revision does not
//! fit it.

use dunlin::core::prelude::*;
use dunlin::{Database, Error};
use dunlin_testkit::{TestDatabase, db_test};

use crate::support::*;

fn item() -> DbManager {
    manager(&[
        (
            "start",
            |op| {
                op.create_table("item", |t| {
                    t.column("id", DataType::Integer).primary_key();
                    t.column("name", DataType::string(20)).not_null();
                    t.column("old", DataType::Integer);
                    t.unique("item_name_uq", ["name"]);
                    t.index("item_old", ["old"]);
                });
            },
            |op| op.drop_table("item"),
        ),
        (
            "more",
            |op| op.add_column("item", Column::new("price", DataType::Integer)),
            |op| op.drop_column("item", "price"),
        ),
        (
            "less",
            |op| {
                op.create_table("kind", |t| {
                    t.column("id", DataType::Integer).primary_key();
                });
                op.drop_index("item_old", "item");
                op.alter_table("item", |t| {
                    t.drop_constraint(ConstraintKind::Unique, "item_name_uq");
                    t.drop_column("old");
                });
            },
            |op| {
                op.alter_table("item", |t| {
                    t.add_column(Column::new("old", DataType::Integer));
                    t.create_unique_constraint("item_name_uq", ["name"]);
                });
                op.create_index("item_old", "item", ["old"]);
                op.drop_table("kind");
            },
        ),
    ])
}

/// A database at the first revision, changed by hand; what an upgrade to the head says.
async fn upgraded_over(db: &TestDatabase, by_hand: &[&str]) -> Result<(), String> {
    let migrator = migrator(db, [item()]);
    let mut database = db.connect().await;
    done(upgrade(&migrator, &mut database, "start").await);
    execute(&mut database, by_hand).await;
    let before = everything(&mut database).await;
    let upgraded = upgrade(&migrator, &mut database, "head").await;
    let said = match upgraded {
        Ok(_) => Ok(()),
        Err(failure) => {
            assert_eq!(everything(&mut database).await, before, "something changed");
            let Error::InTheWay { revision, changes, source, .. } = &failure.source else {
                panic!("{failure:?}")
            };
            Err(format!("{revision}: {source} ({})", changes.join("; ")))
        }
    };
    database.close().await;
    said
}

async fn everything(database: &mut Database) -> String {
    format!(
        "{:?} {:?}",
        done(database.introspect(&[]).await),
        query(database, "SELECT * FROM version_owner").await
    )
}

db_test! {
    async fn a_column_that_a_revision_adds(db) {
        let said = upgraded_over(db, &["ALTER TABLE item ADD COLUMN price INTEGER"]).await;
        assert_eq!(said, Err("more: table item already has a column price (table item: add column price INTEGER)".to_owned()));
    }
}

db_test! {
    async fn a_table_that_a_revision_makes(db) {
        let said = upgraded_over(db, &["CREATE TABLE kind (id INTEGER PRIMARY KEY)"]).await;
        assert_eq!(said, Err("less: table kind already exists (create table kind (id))".to_owned()));
    }
}

db_test! {
    async fn a_table_that_is_gone(db) {
        let said = upgraded_over(db, &["DROP TABLE item"]).await;
        assert_eq!(said, Err("more: there is no table item (drop table item)".to_owned()));
    }
}

db_test! {
    async fn an_index_that_is_gone(db) {
        let drop = match db.dialect() {
            DialectName::MySql | DialectName::MariaDb => "DROP INDEX item_old ON item",
            _ => "DROP INDEX item_old",
        };
        let said = upgraded_over(db, &[drop]).await;
        assert_eq!(said, Err("less: table item has no index item_old (table item: drop index item_old)".to_owned()));
    }
}

db_test! {
    async fn what_is_in_nobodys_way(db) {
        let by_hand = [
            "ALTER TABLE item ADD COLUMN note VARCHAR(9)",
            "CREATE INDEX item_note ON item (note)",
            "CREATE TABLE other (id INTEGER PRIMARY KEY)",
        ];
        assert_eq!(upgraded_over(db, &by_hand).await, Ok(()));
    }
}

db_test! {
    async fn a_column_that_a_way_back_drops(db) {
        let migrator = migrator(db, [item()]);
        let mut database = db.connect().await;
        done(upgrade(&migrator, &mut database, "more").await);
        execute(&mut database, &["ALTER TABLE item DROP COLUMN price"]).await;
        let failure = downgrade(&migrator, &mut database, "start").await.unwrap_err();
        assert!(matches!(failure.source, Error::InTheWay { .. }), "{failure:?}");
        // The rest of the history is nobody's business.
        done(upgrade(&migrator, &mut database, "head").await);
        database.close().await;
    }
}
