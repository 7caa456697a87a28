//! Revisions of several stages, some of them in batches: as a whole, and stopped anywhere in them.

use dunlin::core::operation::{Backfill, DataStep};
use dunlin::core::prelude::*;
use dunlin::core::revision::Direction;
use dunlin::core::session::{Batches, Session as _};
use dunlin::engine::plan::{Begun, Intent};
use dunlin::{Database, Event, Failure, Left, Migrator};
use dunlin_testkit::{TestDatabase, db_test};

use crate::support::*;

/// `item` with 25 rows: `id` from 1, `n` twice as much. `stop` says at which row [`fill`] fails.
fn furnish(op: &mut Operations) {
    op.create_table("item", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("n", DataType::Integer);
    });
    op.bulk_insert(
        "item",
        ["id", "n"],
        (1..=25).map(|id| [SqlValue::Integer(id), SqlValue::Integer(2 * id)]),
    );
    op.create_table("stop", |t| {
        t.column("in_function", DataType::Integer);
        t.column("leaves_null", DataType::Integer);
    });
    op.execute("INSERT INTO stop VALUES (0, 0)");
}

fn remove(op: &mut Operations) {
    op.drop_table("item");
    op.drop_table("stop");
}

/// Adds two columns, fills them and tightens them: stages of DDL, a backfill, a function and DDL.
fn fill(op: &mut Operations) {
    op.add_column("item", Column::new("a", DataType::Integer));
    op.add_column("item", Column::new("b", DataType::Integer));
    op.backfill(Backfill::new("item").set("a", "coalesce(a, 0) + n / 2 + 1000").batch_size(10));
    add_up(op);
    op.alter_table("item", |t| {
        t.alter_column("a").nullable(false);
        t.alter_column("b").nullable(false);
    });
}

fn add_up(op: &mut Operations) {
    let batches = Batches::new("item", ["id"]).columns(["n"]).expression("id + n").size(10);
    op.run_in_batches("add up", ["item"], batches, |session, rows| {
        Box::pin(async move {
            let stop = session.query("SELECT in_function, leaves_null FROM stop").await?.remove(0);
            for row in rows {
                let (id, sum) = (row.text(0), row.text(2));
                if id == stop.text(0) {
                    return Err("no".into());
                }
                let sum = sum.filter(|_| id != stop.text(1)).unwrap_or("NULL");
                let id = id.unwrap_or_default();
                session
                    .execute(&format!("UPDATE item SET b = coalesce(b, 0) + {sum} WHERE id = {id}"))
                    .await?;
            }
            Ok(())
        })
    });
}

/// Moves `a` back into `n`.
fn empty(op: &mut Operations) {
    op.alter_table("item", |t| {
        t.alter_column("a").nullable(true);
        t.alter_column("b").nullable(true);
    });
    op.backfill(Backfill::new("item").set("n", "n + 1").batch_size(10));
    op.drop_column("item", "a");
    op.drop_column("item", "b");
}

fn filling(db: &TestDatabase) -> Migrator {
    migrator(db, [manager(&[("first", furnish, remove), ("fill", fill, empty)])])
}

const ROWS: &str =
    "SELECT count(*), sum(n), sum(a), min(b), sum(b) FROM item WHERE a IS NOT NULL AND b IS NOT NULL";
/// `a` is `n / 2 + 1000`, `b` is `id + n`.
const FILLED: [[&str; 5]; 1] = [["25", "650", "25325", "3", "975"]];
const EMPTIED: &str = "SELECT count(*), sum(n) FROM item";

/// The row 15 of `item` cannot be updated.
async fn guard(db: &TestDatabase, database: &mut Database) {
    let guard: &[&str] = match db.dialect() {
        DialectName::Sqlite => &[
            "CREATE TRIGGER guard BEFORE UPDATE ON item WHEN new.id = 15 BEGIN SELECT RAISE(ABORT, 'no'); END",
        ],
        DialectName::Postgres => &[
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$",
            "CREATE TRIGGER guard BEFORE UPDATE ON item FOR EACH ROW WHEN (new.id = 15) EXECUTE FUNCTION refuse()",
        ],
        _ => &["CREATE TRIGGER guard BEFORE UPDATE ON item FOR EACH ROW \
                IF NEW.id = 15 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'; END IF"],
    };
    execute(database, guard).await;
}

async fn release(db: &TestDatabase, database: &mut Database) {
    let release: &[&str] = match db.dialect() {
        DialectName::Postgres => &["DROP TRIGGER guard ON item", "DROP FUNCTION refuse()"],
        _ => &["DROP TRIGGER guard"],
    };
    execute(database, release).await;
}

/// Runs an intent; what it says of where it goes on.
async fn carry_out(
    migrator: &Migrator,
    database: &mut Database,
    intent: Intent,
) -> (Result<(), Failure>, Vec<String>) {
    let mut told = Vec::new();
    let run = migrator
        .run(database, "owner", intent, &mut |event| {
            if let Event::GoesOn { revision, direction, done, stages, resume_key, .. } = event {
                told.push(format!(
                    "{direction} {revision} {done}/{stages} {}",
                    resume_key.as_deref().unwrap_or("-")
                ));
            }
        })
        .await;
    (run.map(drop), told)
}

fn up(target: &str) -> Intent {
    Intent::Upgrade { target: Some(target.parse().unwrap()), use_migration_files: true }
}

fn down(target: &str) -> Intent {
    Intent::Downgrade { target: target.parse().unwrap() }
}

async fn version(database: &mut Database) -> String {
    query(database, "SELECT version_num FROM version_owner").await.concat().join(" ")
}

async fn begun(migrator: &Migrator, database: &mut Database) -> Option<Begun> {
    let status = done(migrator.status(database).await).remove(0);
    assert!(status.begun.is_none() || !status.is_up_to_date());
    status.begun
}

fn half(direction: Direction, stages: usize) -> Option<Begun> {
    Some(Begun { revision: "fill".into(), direction, stages })
}

db_test! {
    async fn a_column_is_added_filled_and_tightened_in_one_revision(db) {
        let migrator = filling(db);
        let mut database = db.connect().await;
        let (ran, told) = carry_out(&migrator, &mut database, up("fill")).await;
        done(ran);
        assert!(told.is_empty(), "{told:?}");
        assert_eq!(query(&mut database, ROWS).await, FILLED);
        assert_eq!(version(&mut database).await, "fill");
        let table = introspect(&mut database, "item").await;
        assert!(table.columns.iter().filter(|column| ["a", "b"].contains(&column.name.as_str())).all(|it| !it.nullable));
        assert_eq!(begun(&migrator, &mut database).await, None);

        let (ran, told) = carry_out(&migrator, &mut database, down("first")).await;
        done(ran);
        assert!(told.is_empty(), "{told:?}");
        assert_eq!(query(&mut database, EMPTIED).await, [["25", "675"]]);
        assert_eq!(introspect(&mut database, "item").await.columns.len(), 2);
        assert_eq!(db.tables().await, ["item", "stop", "version_owner"]);
        database.close().await;
    }
}

db_test! {
    async fn an_upgrade_that_stopped_goes_on_where_it_was(db) {
        let migrator = filling(db);
        let mut database = db.connect().await;
        done(carry_out(&migrator, &mut database, up("first")).await.0);

        // In the second batch of the second stage.
        guard(db, &mut database).await;
        execute(&mut database, &["UPDATE stop SET in_function = 5, leaves_null = 20"]).await;
        let failure = carry_out(&migrator, &mut database, up("fill")).await.0.unwrap_err();
        let said = chain(&failure.source);
        assert!(said.starts_with("the backfill of table item stopped behind the row with the key 10: "), "{said}");
        assert_eq!(failure.left, Left::Part);
        assert_eq!(query(&mut database, "SELECT count(*), sum(a) FROM item WHERE a IS NOT NULL").await, [["10", "10055"]]);
        assert_eq!(version(&mut database).await, "first");
        assert_eq!(begun(&migrator, &mut database).await, half(Direction::Upgrade, 1));
        let planned = done(migrator.plan(&mut database, "owner", &up("fill")).await);
        assert_eq!((planned.rendered[0].done, planned.rendered[0].pending().count()), (1, 3));

        // In the first batch of the third.
        release(db, &mut database).await;
        let (ran, told) = carry_out(&migrator, &mut database, up("fill")).await;
        let failure = ran.unwrap_err();
        let said = chain(&failure.source);
        assert_eq!(said, "the backfill of table item stopped in its first batch: the step \"add up\" failed: no");
        assert_eq!((told, failure.left), (vec!["upgrade fill 1/4 10".to_owned()], Left::Part));
        assert_eq!(query(&mut database, "SELECT count(*), sum(a) FROM item").await, [["25", "25325"]]);

        // In the second.
        execute(&mut database, &["UPDATE stop SET in_function = 15"]).await;
        let (ran, told) = carry_out(&migrator, &mut database, up("fill")).await;
        assert!(ran.is_err());
        assert_eq!(told, ["upgrade fill 2/4 -"]);
        assert_eq!(query(&mut database, "SELECT count(b), sum(b) FROM item").await, [["10", "165"]]);

        // In the last stage, as a row has NULL.
        execute(&mut database, &["UPDATE stop SET in_function = 0"]).await;
        let (ran, told) = carry_out(&migrator, &mut database, up("fill")).await;
        assert!(ran.is_err());
        assert_eq!(told, ["upgrade fill 2/4 10"]);
        assert_eq!(begun(&migrator, &mut database).await, half(Direction::Upgrade, 3));

        execute(&mut database, &["UPDATE item SET b = 60 WHERE b IS NULL"]).await;
        let (ran, told) = carry_out(&migrator, &mut database, up("fill")).await;
        done(ran);
        assert_eq!(told, ["upgrade fill 3/4 -"]);
        assert_eq!(query(&mut database, ROWS).await, FILLED);
        assert_eq!(version(&mut database).await, "fill");
        assert_eq!(db.tables().await, ["item", "stop", "version_owner"]);
        assert_eq!(begun(&migrator, &mut database).await, None);
        database.close().await;
    }
}

db_test! {
    async fn nothing_else_is_run_while_an_upgrade_is_half_done(db) {
        let migrator = filling(db);
        let mut database = db.connect().await;
        done(carry_out(&migrator, &mut database, up("first")).await.0);
        guard(db, &mut database).await;
        assert!(carry_out(&migrator, &mut database, up("fill")).await.0.is_err());
        release(db, &mut database).await;
        for intent in [up("first"), down("first"), down("base")] {
            let failure = carry_out(&migrator, &mut database, intent).await.0.unwrap_err();
            let said = "cannot plan for owner: the upgrade to revision fill of owner is half done";
            assert_eq!((chain(&failure.source).as_str(), failure.left), (said, Left::Nothing));
        }
        let script = migrator.script(&mut database, "owner", &up("fill")).await.unwrap_err();
        assert_eq!(chain(&script), "cannot plan for owner: the upgrade to revision fill of owner is half done");

        // Somebody puts it right by hand, and says so.
        execute(&mut database, &["ALTER TABLE item DROP COLUMN a", "ALTER TABLE item DROP COLUMN b"]).await;
        let stamp = Intent::Stamp { targets: vec!["first".parse().unwrap()], purge: false };
        done(carry_out(&migrator, &mut database, stamp).await.0);
        assert_eq!(db.tables().await, ["item", "stop", "version_owner"]);
        let (ran, told) = carry_out(&migrator, &mut database, up("fill")).await;
        done(ran);
        assert!(told.is_empty(), "{told:?}");
        assert_eq!(query(&mut database, ROWS).await, FILLED);

        // A reset drops whatever there is.
        guard(db, &mut database).await;
        assert!(carry_out(&migrator, &mut database, down("first")).await.0.is_err());
        done(migrator.reset(&mut database, false, false, &mut |_| {}).await);
        assert!(db.tables().await.is_empty());
        database.close().await;
    }
}

db_test! {
    async fn a_downgrade_that_stopped_goes_on_where_it_was(db) {
        let migrator = filling(db);
        let mut database = db.connect().await;
        done(carry_out(&migrator, &mut database, up("fill")).await.0);
        guard(db, &mut database).await;
        assert!(carry_out(&migrator, &mut database, down("base")).await.0.is_err());
        release(db, &mut database).await;

        // The rows say that nothing has happened.
        assert_eq!(version(&mut database).await, "fill");
        assert_eq!(begun(&migrator, &mut database).await, half(Direction::Downgrade, 1));
        for intent in [up("head"), up("fill"), Intent::Upgrade { target: None, use_migration_files: false }] {
            let failure = carry_out(&migrator, &mut database, intent).await.0.unwrap_err();
            let said = "cannot plan for owner: the downgrade from revision fill of owner is half done";
            assert_eq!((chain(&failure.source).as_str(), failure.left), (said, Left::Nothing));
        }
        let (ran, told) = carry_out(&migrator, &mut database, down("first")).await;
        done(ran);
        assert_eq!(told, ["downgrade fill 1/3 10"]);
        assert_eq!(query(&mut database, EMPTIED).await, [["25", "675"]]);
        assert_eq!(version(&mut database).await, "first");
        assert_eq!(db.tables().await, ["item", "stop", "version_owner"]);
        database.close().await;
    }
}

db_test! {
    async fn a_first_revision_that_stopped_goes_on(db) {
        let first: Record = |op| {
            furnish(op);
            fill(op);
        };
        let models = models(|models| {
            models.table("item", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("n", DataType::Integer);
                t.column("a", DataType::Integer).not_null();
                t.column("b", DataType::Integer).not_null();
            });
            models.table("stop", |t| {
                t.column("in_function", DataType::Integer);
                t.column("leaves_null", DataType::Integer);
            });
        });
        let stopping: Record = |op| {
            furnish(op);
            op.execute("UPDATE stop SET in_function = 15");
            fill(op);
        };
        let with = |first: Record| migrator(db, [manager(&[("first", first, remove)]).models({
            let models = models.clone();
            move |_| models.clone()
        })]);
        let mut database = db.connect().await;
        let stopping = with(stopping);
        assert!(carry_out(&stopping, &mut database, up("first")).await.0.is_err());
        assert_eq!(version(&mut database).await, "");
        execute(&mut database, &["UPDATE stop SET in_function = 0"]).await;

        // What was done must be what it says; what is still to be done may be another thing.
        let failure = carry_out(&with(first), &mut database, up("first")).await.0.unwrap_err();
        let said = "revision first is not the one that stopped half-way: what it had done by then has been changed in it";
        assert_eq!(chain(&failure.source), said);
        let (ran, told) =
            carry_out(&stopping, &mut database, Intent::Upgrade { target: None, use_migration_files: false }).await;
        done(ran);
        assert_eq!(told, ["upgrade first 2/4 10"]);
        assert_eq!(query(&mut database, ROWS).await, FILLED);
        assert_eq!(version(&mut database).await, "first");
        database.close().await;
    }
}

db_test! {
    async fn what_is_still_to_be_done_may_be_mended(db) {
        let looser: Record = |op| {
            op.add_column("item", Column::new("a", DataType::Integer));
            op.add_column("item", Column::new("b", DataType::Integer));
            op.backfill(Backfill::new("item").set("a", "coalesce(a, 0) + n / 2 + 1000").batch_size(3));
            add_up(op);
            op.alter_column("item", "a", |c| c.nullable(false));
        };
        let mended = migrator(db, [manager(&[("first", furnish, remove), ("fill", looser, |_| {})])]);
        let mut database = db.connect().await;
        done(carry_out(&mended, &mut database, up("first")).await.0);
        guard(db, &mut database).await;
        assert!(carry_out(&filling(db), &mut database, up("fill")).await.0.is_err());
        release(db, &mut database).await;
        execute(&mut database, &["UPDATE stop SET leaves_null = 20"]).await;
        let (ran, told) = carry_out(&mended, &mut database, up("fill")).await;
        done(ran);
        assert_eq!(told, ["upgrade fill 1/4 10"]);
        assert_eq!(query(&mut database, "SELECT count(b), count(a), sum(a) FROM item").await, [["24", "25", "25325"]]);
        database.close().await;
    }
}

db_test! {
    async fn a_script_does_the_same(db) {
        let by_sql: Record = |op| {
            op.add_column("item", Column::new("a", DataType::Integer));
            op.backfill(Backfill::new("item").set("a", "n / 2 + 1000").batch_size(10));
            op.alter_column("item", "a", |c| c.nullable(false));
            op.backfill(Backfill::new("item").set("n", "n + 1").batch_size(10));
        };
        let migrator = migrator(db, [manager(&[("first", furnish, remove), ("fill", by_sql, |_| {})])]);
        let script = script(&migrator, db.dialect()).await;
        db.run_script(script.as_str()).unwrap();
        let mut database = db.connect().await;
        assert_eq!(query(&mut database, "SELECT count(*), sum(n), sum(a) FROM item").await, [["25", "675", "25325"]]);
        assert_eq!(version(&mut database).await, "fill");
        assert_eq!(db.tables().await, ["item", "stop", "version_owner"]);
        database.close().await;
    }
}

db_test! {
    async fn keys_may_be_texts_and_uuids_and_tables_empty(db) {
        let first: Record = |op| {
            op.create_table("word", |t| {
                t.column("word", DataType::string(20)).primary_key();
                t.column("seen", DataType::Integer);
            });
            let words = ["a", "B", "b", "Ä", "é", "z", "_", "a b", "a-b", "ab", "Z", "it's", "\\", "10", "9"];
            // Where case is passed over they are the same.
            let alike = |word: &&str| !["B", "Z", "Ä"].contains(word);
            op.bulk_insert("word", ["word"], words.into_iter().filter(alike).map(|word| [SqlValue::text(word)]));
            let id = ColumnType::from(DataType::Uuid)
                .on(DialectName::MySql, DataType::char(36))
                .on(DialectName::MariaDb, DataType::native("uuid"))
                .on(DialectName::Sqlite, DataType::char(36));
            op.create_table("thing", |t| {
                t.column("id", id).primary_key();
                t.column("seen", DataType::Integer);
            });
            let ids = (0..12u32).map(|at| [SqlValue::text(format!("{:08x}-{:04x}-4a3b-8c2d-{:012x}", at.wrapping_mul(0x9e37_79b9), at % 3, at * 7))]);
            op.bulk_insert("thing", ["id"], ids);
            op.create_table("none", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("seen", DataType::Integer);
            });
        };
        let count: Record = |op| {
            for table in ["word", "thing", "none"] {
                op.backfill(Backfill::new(table).set("seen", "coalesce(seen, 0) + 1").batch_size(4));
            }
            for (table, key) in [("word", "word"), ("thing", "id"), ("none", "id")] {
                let batches = Batches::new(table, [key]).only_where("seen = 1").size(5);
                op.run_in_batches(format!("count {table}"), [table], batches, move |session, rows| Box::pin(async move {
                    for row in rows {
                        let id = session.literal(&row.text(0).unwrap_or_default().into());
                        session.execute(&format!("UPDATE {table} SET seen = seen + 10 WHERE {key} = {id}")).await?;
                    }
                    Ok(())
                }));
            }
        };
        let migrator = migrator(db, [manager(&[("first", first, |_| {}), ("count", count, |_| {})])]);
        let mut database = db.connect().await;
        done(upgrade(&migrator, &mut database, "count").await);
        for (table, rows) in [("word", "12"), ("thing", "12"), ("none", "0")] {
            let seen = query(&mut database, &format!("SELECT count(*), coalesce(min(seen), 0), coalesce(max(seen), 0) FROM {table}")).await;
            let eleven = if rows == "0" { "0" } else { "11" };
            assert_eq!(seen, [[rows, eleven, eleven]], "{table}");
        }
        database.close().await;
    }
}

db_test! {
    async fn a_function_may_be_for_some_databases_only(db) {
        let change: Record = |op| {
            let step = |name: &str, add: i32| {
                let sql = format!("UPDATE item SET n = n + {add} WHERE id = 1");
                DataStep::new(name, ["item"], move |session| {
                    let sql = sql.clone();
                    Box::pin(async move { session.execute(&sql).await.map(drop) })
                })
            };
            op.run_step(step("one", 10).only_on([DialectName::Sqlite]));
            op.run_step(step("many", 100).only_on([DialectName::MySql, DialectName::Postgres]));
            op.run_step(step("all", 1000));
        };
        let migrator = migrator(db, [manager(&[("first", furnish, remove), ("change", change, |_| {})])]);
        let mut database = db.connect().await;
        done(upgrade(&migrator, &mut database, "change").await);
        let n = if db.dialect() == DialectName::Sqlite { "1012" } else { "1102" };
        assert_eq!(query(&mut database, "SELECT n FROM item WHERE id = 1").await, [[n]]);
        database.close().await;
    }
}

/// `parent` with rows 1 to 3, and a `child` of each; parents without `n` are deleted by the next revision.
fn family(op: &mut Operations, on_delete: ReferentialAction) {
    op.create_table("parent", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("n", DataType::Integer);
    });
    op.create_table("child", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("parent_id", DataType::Integer);
        t.foreign_key(
            ForeignKey::new(["parent_id"], "parent", ["id"]).named("child_fk").on_delete(on_delete),
        );
    });
    op.execute("INSERT INTO parent VALUES (1, 1), (2, NULL), (3, 3)");
    op.execute("INSERT INTO child VALUES (1, 1), (2, 2), (3, 3)");
}

fn tighten(op: &mut Operations) {
    op.execute("DELETE FROM parent WHERE n IS NULL");
    op.alter_column("parent", "n", |c| c.nullable(false));
}

db_test! {
    async fn rows_that_refer_to_deleted_ones_are_treated_alike_everywhere(db) {
        let cascade: Record = |op| family(op, ReferentialAction::Cascade);
        let set_null: Record = |op| family(op, ReferentialAction::SetNull);
        let refuse: Record = |op| family(op, ReferentialAction::NoAction);
        for (first, left) in [(cascade, Some(["2", "4"])), (set_null, Some(["3", "4"])), (refuse, None)] {
            let back: Record = |op| {
                op.drop_table("child");
                op.drop_table("parent");
            };
            let migrator = migrator(db, [manager(&[("first", first, back), ("tighten", tighten, |_| {})])]);
            let mut database = db.connect().await;
            done(upgrade(&migrator, &mut database, "first").await);
            let ran = upgrade(&migrator, &mut database, "tighten").await;
            let rows = query(&mut database, "SELECT count(*), sum(parent_id) FROM child").await;
            match left {
                Some(left) => {
                    done(ran);
                    assert_eq!(rows, [left]);
                    assert_eq!(query(&mut database, "SELECT count(*) FROM parent").await, [["2"]]);
                }
                None => {
                    let failure = ran.unwrap_err();
                    let said = chain(&failure.source);
                    assert!(said.to_lowercase().contains("foreign key"), "{said}");
                    assert_eq!(rows, [["3", "6"]]);
                }
            }
            assert_eq!(db.tables().await, ["child", "parent", "version_owner"]);
            done(migrator.reset(&mut database, false, false, &mut |_| {}).await);
            database.close().await;
        }
    }
}

db_test! {
    async fn a_key_and_its_columns_change_their_type_in_one_revision(db) {
        let change: Record = |op| {
            op.drop_constraint(ConstraintKind::ForeignKey, "child_fk", "child");
            op.alter_column("parent", "id", |c| c.column_type(DataType::BigInteger));
            op.alter_column("child", "parent_id", |c| c.column_type(DataType::BigInteger));
            op.create_foreign_key("child", ForeignKey::new(["parent_id"], "parent", ["id"]).named("child_fk"));
        };
        let first: Record = |op| family(op, ReferentialAction::Cascade);
        let migrator = migrator(db, [manager(&[("first", first, |_| {}), ("change", change, |_| {})])]);
        let mut database = db.connect().await;
        done(upgrade(&migrator, &mut database, "change").await);
        assert_eq!(introspect(&mut database, "child").await.foreign_keys.len(), 1);
        assert_eq!(query(&mut database, "SELECT count(*), sum(parent_id) FROM child").await, [["3", "6"]]);
        let refused = database.execute("INSERT INTO child VALUES (9, 9)").await;
        assert!(refused.is_err());
        database.close().await;
    }
}

db_test! {
    async fn keys_and_unique_constraints_may_be_on_some_databases_only(db) {
        const HERE: [DialectName; 2] = [DialectName::Postgres, DialectName::MySql];
        let key = || ForeignKey::new(["parent_id"], "parent", ["id"]).named("child_fk").only_on(HERE);
        let first: Record = |op| {
            let key = ForeignKey::new(["parent_id"], "parent", ["id"]).named("child_fk").only_on(HERE);
            op.create_table("parent", |t| {
                t.column("id", DataType::Integer).primary_key();
            });
            op.create_table("child", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("parent_id", DataType::Integer);
                t.column("n", DataType::Integer);
                t.foreign_key(key);
                t.add_unique(Unique::new(["n"]).named("child_uq").only_on(HERE));
            });
        };
        let without: Record = |op| {
            op.drop_constraint(ConstraintKind::ForeignKey, "child_fk", "child");
            op.drop_constraint(ConstraintKind::Unique, "child_uq", "child");
        };
        let again: Record = |op| {
            let key = ForeignKey::new(["parent_id"], "parent", ["id"]).named("child_fk").only_on(HERE);
            op.create_foreign_key("child", key);
        };
        let models = models(|models| {
            models.table("parent", |t| {
                t.column("id", DataType::Integer).primary_key();
            });
            models.table("child", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("parent_id", DataType::Integer);
                t.column("n", DataType::Integer);
                t.foreign_key(key());
            });
        });
        let revisions = [("first", first, (|_| {}) as Record), ("without", without, |_| {}), ("again", again, without_key)];
        let migrator = migrator(db, [manager(&revisions).models(move |_| models.clone())]);
        let mut database = db.connect().await;
        let here = usize::from(db.dialect() != DialectName::Sqlite);
        for (to, keys, uniques) in [("first", here, here), ("without", 0, 0), ("again", here, 0)] {
            done(upgrade(&migrator, &mut database, to).await);
            let child = introspect(&mut database, "child").await;
            assert_eq!((child.foreign_keys.len(), child.uniques.len()), (keys, uniques), "{to}");
        }
        done(downgrade(&migrator, &mut database, "without").await);
        assert!(introspect(&mut database, "child").await.foreign_keys.is_empty());
        done(migrator.reset(&mut database, true, false, &mut |_| {}).await);
        assert_eq!(introspect(&mut database, "child").await.foreign_keys.len(), here);
        done(migrator.reset(&mut database, false, false, &mut |_| {}).await);
        database.close().await;
    }
}

fn without_key(op: &mut Operations) {
    op.drop_constraint(ConstraintKind::ForeignKey, "child_fk", "child");
}
