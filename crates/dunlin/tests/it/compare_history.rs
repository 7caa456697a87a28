//! Comparisons beside a history: what is renamed, and what somebody changed by hand.

use dunlin::core::operation::{Operation, TableChange, create_all};
use dunlin::core::prelude::*;
use dunlin::core::schema::{Column, Index, TableName};
use dunlin::{CompareOptions, Migrator};
use dunlin_testkit::{TestDatabase, db_test};

use crate::support::*;

/// An owner whose one revision makes `before`, and whose models are `after`.
fn owner(db: &TestDatabase, before: &Metadata, after: &Metadata) -> Migrator {
    let operations = create_all(before);
    let record =
        move |op: &mut Operations| operations.iter().cloned().for_each(|operation| op.push(operation));
    let first = Migration::new(Revision::new("first"), record, |_| {});
    let after = after.clone();
    let manager = DbManager::new("owner", "version_owner").models(move |_| after.clone());
    migrator(db, [manager.migrations([first])])
}

/// A table in words that are not the server's.
fn own_words(table: &str, column: &str, note: &str) -> Metadata {
    models(|m| {
        m.table(table, |t| {
            t.column("id", DataType::Integer).primary_key();
            t.column(column, DataType::Integer).server_default(SqlValue::expression("( 1+1 )"));
            t.column("note", DataType::string(20)).server_default(SqlValue::expression("(lower( 'A' ))"));
            t.check("ck_x", format!("{column} IN (1, 2) AND {column} BETWEEN 0 AND 9"));
            t.check("ck_note", format!("NOT ( {note} = 'a' OR {note} = 'b' )"));
            let only = PerDialect::only(DialectName::Postgres, format!("{column} in (1,2)"));
            t.add_index(Index::new("ix_x", ["note"]).predicate(only).only_on([DialectName::Postgres]));
        });
    })
}

fn renames_table(operation: &Operation, from: &str, name: &str) -> bool {
    matches!(operation, Operation::RenameTable { table, to } if table.name == from && to == name)
}

fn renames_column(operation: &Operation, from: &str, name: &str) -> bool {
    let Operation::AlterTable { changes, .. } = operation else { return false };
    matches!(changes.as_slice(), [TableChange::AlterColumn(alter)]
        if alter.name == from && alter.rename.as_deref() == Some(name))
}

db_test! {
    async fn what_is_renamed_and_nothing_else_is_only_renamed(db) {
        let (before, after) = (own_words("t", "x", "note"), own_words("s", "y", "note"));
        let migrator = owner(db, &before, &after);
        let database = &mut db.connect().await;
        upgrade(&migrator, database, "first").await.unwrap();
        let options = CompareOptions::default().rename("t=s").rename("t.x=y");
        let found = done(migrator.compare(database, "owner", &options).await).comparison;
        let [table, column] = found.upgrade.as_slice() else { panic!("{:#?}", found.upgrade) };
        assert!(renames_table(table, "t", "s") && renames_column(column, "x", "y"), "{:#?}", found.upgrade);
        let [table, column] = found.downgrade.as_slice() else { panic!("{:#?}", found.downgrade) };
        assert!(renames_table(table, "s", "t") && renames_column(column, "y", "x"), "{:#?}", found.downgrade);
        assert_eq!(found.possible_renames, []);

        let read = done(database.introspect(&["t".into()]).await);
        let renames: Vec<_> = found.renames.clone();
        let found = done(database.compare(read, after, &renames).await).comparison;
        assert_eq!(found.upgrade.len(), 2, "{:#?}", found.upgrade);
    }
}

db_test! {
    async fn what_was_changed_by_hand_is_in_no_revision(db) {
        let before = models(|m| {
            m.table("t", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("x", DataType::string(10)).not_null();
                t.index("ix_x", ["x"]);
            });
        });
        let mut after = before.clone();
        let t: TableName = "t".into();
        after.get_mut(&t).unwrap().columns.push(Column::new("y", DataType::Integer));
        let database = &mut db.connect().await;
        let same = owner(db, &before, &before);
        upgrade(&same, database, "first").await.unwrap();
        assert!(done(same.autogenerate(database, "owner", &CompareOptions::default()).await).comparison.is_empty());

        let by_hand: &[&str] = match db.dialect() {
            DialectName::Sqlite => &["DROP INDEX ix_x", "CREATE INDEX ix_x ON t (x, id)", "ALTER TABLE t ADD COLUMN z INT"],
            DialectName::Postgres => &[
                "DROP INDEX ix_x",
                "CREATE INDEX ix_x ON t (x, id)",
                "ALTER TABLE t ADD CONSTRAINT ck_t CHECK (id > 0)",
                "ALTER TABLE t ALTER COLUMN x TYPE VARCHAR(20), ALTER COLUMN x DROP NOT NULL",
            ],
            _ => &["ALTER TABLE t DROP INDEX ix_x, ADD INDEX ix_x (x, id), MODIFY x VARCHAR(20) NULL"],
        };
        execute(database, by_hand).await;
        // Nothing is left for a revision.
        let found = done(same.autogenerate(database, "owner", &CompareOptions::default()).await).comparison;
        assert_eq!((&found.upgrade, &found.downgrade), (&Vec::new(), &Vec::new()));
        assert!(!found.left_out.is_empty());
        // What the models change is, and its downgrade says nothing of what was done by hand.
        let next = owner(db, &before, &after);
        let found = done(next.autogenerate(database, "owner", &CompareOptions::default()).await).comparison;
        assert!(!found.left_out.is_empty());
        let only = |operations: &[Operation]| match operations {
            [Operation::AlterTable { changes, .. }] if changes.len() == 1 => changes[0].clone(),
            other => panic!("{other:#?}"),
        };
        assert!(matches!(only(&found.upgrade), TableChange::AddColumn { column, .. } if column.name == "y"));
        assert!(matches!(only(&found.downgrade), TableChange::DropColumn { name, .. } if name == "y"));
    }
}

db_test! {
    async fn a_unique_index_is_dropped_as_what_it_was_said_to_be(db) {
        let before = models(|m| {
            m.table("t", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("x", DataType::Integer).not_null();
                t.unique("uq_t", ["id", "x"]);
                t.add_index(Index::new("ix_t", ["x", "id"]).unique());
            });
        });
        let mut after = before.clone();
        after.get_mut(&"t".into()).unwrap().indexes.clear();
        let migrator = owner(db, &before, &after);
        let database = &mut db.connect().await;
        upgrade(&migrator, database, "first").await.unwrap();
        let is_drop = |operation: &Operation| {
            matches!(operation, Operation::DropIndex { name, .. } if name.as_str() == "ix_t")
        };
        let found = done(migrator.compare(database, "owner", &CompareOptions::default()).await).comparison;
        assert!(matches!(found.upgrade.as_slice(), [drop] if is_drop(drop)), "{:#?}", found.upgrade);
        // The table is not what the history says, but the index is.
        execute(database, &["ALTER TABLE t ADD COLUMN by_hand INTEGER"]).await;
        let found = done(migrator.autogenerate(database, "owner", &CompareOptions::default()).await).comparison;
        assert!(matches!(found.upgrade.as_slice(), [drop] if is_drop(drop)), "{:#?}", found.upgrade);
    }
}
