//! SQLite: databases that others made, compared with models of them. What the models change is changed by
//! one rebuild of each table, constraints without names too, and the rows stay.

mod made;

use std::collections::BTreeMap;

use dunlin::core::operation::{Operation, create_all};
use dunlin::core::prelude::*;
use dunlin::core::schema::{Computed, Constraint, Deferrable, EnumType, TableName};
use dunlin::engine::history::Target;
use dunlin::engine::plan::Intent;
use dunlin::{CompareOptions, Database, Migrator};
use dunlin_testkit::{TestDatabase, chain};

use crate::support::*;

/// Tables as Django writes them.
const DJANGO: &[&str] = &[
    r#"CREATE TABLE "auth_group" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(150) NOT NULL UNIQUE)"#,
    r#"CREATE TABLE "item" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "size" smallint unsigned NOT NULL CHECK ("size" >= 0), "data" text NOT NULL CHECK ((JSON_VALID("data") OR "data" IS NULL)), "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED, "price" decimal NOT NULL)"#,
    r#"CREATE UNIQUE INDEX "item_group_size_uniq" ON "item" ("group_id", "size")"#,
    r#"CREATE INDEX "item_group_id" ON "item" ("group_id")"#,
    "INSERT INTO auth_group (id, name) VALUES (1, 'it''s'), (2, 'b')",
    r#"INSERT INTO item VALUES (7, 1, '{"a": [1, null]}', 1, 1.5), (9, 2, '{}', 2, '12345678901234567890.5')"#,
];

/// Tables as Chinook has them.
const CHINOOK: &[&str] = &[
    "CREATE TABLE [Artist]\n(\n    [ArtistId] INTEGER  NOT NULL,\n    [Name] NVARCHAR(120),\n    CONSTRAINT [PK_Artist] PRIMARY KEY  ([ArtistId])\n)",
    "CREATE TABLE [Album]\n(\n    [AlbumId] INTEGER  NOT NULL,\n    [Title] NVARCHAR(160)  NOT NULL,\n    [ArtistId] INTEGER  NOT NULL,\n    CONSTRAINT [PK_Album] PRIMARY KEY  ([AlbumId]),\n    FOREIGN KEY ([ArtistId]) REFERENCES [Artist] ([ArtistId]) \n\t\tON DELETE NO ACTION ON UPDATE NO ACTION\n)",
    "CREATE INDEX [IFK_AlbumArtistId] ON [Album] ([ArtistId])",
    "INSERT INTO Artist VALUES (1, 'AC/DC'), (2, NULL)",
    "INSERT INTO Album VALUES (1, 'For Those About To Rock', 1), (4, 'Let There Be Rock', 1), (5, '', 2)",
];

/// Tables as people write them.
const BY_HAND: &[&str] = &[
    "create table Parent (Id integer primary key, code text collate nocase unique, check (length(code) < 9))",
    "create table child (
        id int primary key not null, -- not the row id
        parent references PARENT,
        other integer constraint other_fk references parent(ID) on delete cascade,
        kind default 'x' check (kind in ('x', \"y\")) unique,
        at datetime default current_timestamp,
        amount default (1 + 1) check (amount > 0),
        twice as (amount * 2),
        unique (parent, other) on conflict replace,
        unique (other, amount), check (AMOUNT <> 13)
    )",
    "create unique index child_ix on child (lower(kind), amount desc) where amount is not null",
    "insert into Parent values (1, 'a'), (2, null)",
    "insert into child (rowid, id, parent, other, kind, at, amount) values
        (5, 1, 1, 2, 'x', '2024-01-01', 3), (9, 2, 2, null, 'y', null, 2.5)",
];

/// What becomes of models.
type Change = fn(&mut Table);

/// A change of one table's models, in words.
struct Changed {
    what: &'static str,
    table: &'static str,
    change: Change,
}

const fn changed(what: &'static str, table: &'static str, change: Change) -> Changed {
    Changed { what, table, change }
}

/// A history whose first revision makes `before`, and whose second is `operations`.
fn of_models(
    db: &TestDatabase,
    before: &Metadata,
    models: &Metadata,
    second: Option<(Vec<Operation>, Vec<Operation>)>,
) -> Migrator {
    let record = |operations: Vec<Operation>| {
        move |op: &mut Operations| operations.iter().cloned().for_each(|operation| op.push(operation))
    };
    let mut migrations = vec![Migration::new(Revision::new("first"), record(create_all(before)), |_| {})];
    if let Some((up, down)) = second {
        let revision = Revision::new("second").down_revision("first");
        migrations.push(Migration::new(revision, record(up), record(down)));
    }
    let models = models.clone();
    let manager = DbManager::new("owner", "version_owner").models(move |_| models.clone());
    migrator(db, [manager.migrations(migrations)])
}

async fn found(migrator: &Migrator, database: &mut Database) -> (Vec<Operation>, Vec<Operation>) {
    let drift = done(migrator.compare(database, "owner", &CompareOptions::default()).await);
    (drift.comparison.upgrade, drift.comparison.downgrade)
}

/// The values of the columns that two states of the tables have in common, by table, with the row ids.
async fn rows(
    database: &mut Database,
    one: &Metadata,
    other: &Metadata,
) -> BTreeMap<String, Vec<Vec<String>>> {
    let mut all = BTreeMap::new();
    for table in one.tables() {
        let Some(after) = other.get(&table.name) else { continue };
        let kept = table.columns.iter().filter(|column| {
            let same = after.column(&column.name);
            same.is_some_and(|same| {
                column.computed.is_none() || same.computed == column.computed || same.computed.is_none()
            })
        });
        let mut columns: Vec<String> = kept.map(|column| format!("quote(\"{}\")", column.name)).collect();
        if columns.is_empty() {
            columns.push("count(*)".to_owned());
        }
        let sql = format!("SELECT {} FROM \"{}\" ORDER BY 1", columns.join(", "), table.name);
        all.insert(table.name.to_string(), query(database, &sql).await);
    }
    all
}

/// Compares `before`, which is there, with `models`: what is found leads there and back, by one rebuild of
/// each table at most, and the rows stay. Says how many operations it took.
async fn there_and_back(
    db: &TestDatabase,
    database: &mut Database,
    before: &Metadata,
    models: &Metadata,
) -> Result<usize, String> {
    by_rebuilds(1, db, database, before, models).await
}

/// The same by so many rebuilds of each table at most.
async fn by_rebuilds(
    most: usize,
    db: &TestDatabase,
    database: &mut Database,
    before: &Metadata,
    models: &Metadata,
) -> Result<usize, String> {
    let (up, down) = found(&of_models(db, before, models, None), database).await;
    let migrator = of_models(db, before, models, Some((up.clone(), down.clone())));
    let wrong = |why: String| format!("{why}\nup {up:#?}\ndown {down:#?}");

    let intent = Intent::Upgrade { target: None, use_migration_files: true };
    let dialect = database.dialect();
    let from = Target::from(dunlin::core::revision::RevisionId::from("first"));
    let script = migrator.offline_script(dialect, "owner", &intent, &from).await;
    let script = script.map_err(|error| wrong(chain(&error)))?;
    for table in before.tables() {
        let copies =
            script.as_str().matches(&format!("CREATE TABLE \"_dunlin_rebuild_{}\"", table.name)).count();
        if copies > most {
            return Err(wrong(format!("{copies} rebuilds of {}\n{}", table.name, script.as_str())));
        }
    }

    let rows_before = rows(database, before, models).await;
    upgrade(&migrator, database, "second").await.map_err(|failure| wrong(chain(&failure.source)))?;
    let left = found(&migrator, database).await.0;
    if !left.is_empty() {
        return Err(wrong(format!("left behind the upgrade: {left:#?}")));
    }
    let rows_after = rows(database, before, models).await;
    if rows_before != rows_after {
        return Err(wrong(format!("{rows_before:#?}\nbecame\n{rows_after:#?}")));
    }
    downgrade(&migrator, database, "first").await.map_err(|failure| wrong(chain(&failure.source)))?;
    let left = found(&of_models(db, before, before, None), database).await.0;
    if !left.is_empty() {
        return Err(wrong(format!("left behind the downgrade: {left:#?}")));
    }
    let rows_again = rows(database, before, models).await;
    if rows_before != rows_again {
        return Err(wrong(format!("{rows_before:#?}\ncame back as\n{rows_again:#?}")));
    }
    Ok(up.len())
}

/// The models of what is there, with one table changed.
fn with(found: &Metadata, table: &str, change: impl FnOnce(&mut Table)) -> Metadata {
    let mut models = found.clone();
    change(models.get_mut(&table.into()).unwrap_or_else(|| panic!("there is no table {table}")));
    models
}

/// Everything that is not wanted in models of a schema that others made is in a constraint without a name:
/// each is dropped, and each is changed.
async fn constraints_go_and_change(db: &TestDatabase, sql: &[&str]) {
    let mut database = db.connect().await;
    execute(&mut database, sql).await;
    let found = done(database.introspect(&[]).await);
    stamp(&mut database, "first").await;
    let same = of_models(db, &found, &found, None);
    assert_eq!(self::found(&same, &mut database).await.0, []);

    let mut wrong = Vec::new();
    let mut tried = 0;
    for table in found.tables() {
        let unnamed = table.constraints().filter(|constraint| constraint.name().is_none());
        for constraint in unnamed.filter(|constraint| constraint.kind() != ConstraintKind::PrimaryKey) {
            let drop = |table: &mut Table| remove(table, &constraint);
            let change = |table: &mut Table| {
                remove(table, &constraint);
                add_changed(table, &constraint);
            };
            let name = |table: &mut Table| {
                remove(table, &constraint);
                let mut named = constraint.clone();
                *named.name_mut() = Some("a_name".into());
                add(table, named);
            };
            let of_it = table.name.to_string();
            let dropped = (with(&found, &of_it, drop), "dropped");
            let changed = (with(&found, &of_it, change), "changed");
            let named = (with(&found, &of_it, name), "named");
            for (models, what) in [dropped, changed, named] {
                tried += 1;
                match there_and_back(db, &mut database, &found, &models).await {
                    Ok(operations) if operations > 0 => {}
                    Ok(operations) => wrong.push(format!("{constraint:?} {what}: {operations} operations")),
                    Err(why) => wrong.push(format!("{constraint:?} {what}: {why}")),
                }
            }
        }
    }
    assert!(tried > 2 && wrong.is_empty(), "{} of {tried} wrong: {}", wrong.len(), wrong.join("\n\n"));
    database.close().await;
}

fn remove(table: &mut Table, constraint: &Constraint) {
    match constraint {
        Constraint::Unique(unique) => table.uniques.retain(|known| known != unique),
        Constraint::ForeignKey(key) => table.foreign_keys.retain(|known| known != key),
        Constraint::Check(check) => table.checks.retain(|known| known != check),
        other => panic!("{other:?} is not removed"),
    }
}

fn add(table: &mut Table, constraint: Constraint) {
    match constraint {
        Constraint::Unique(unique) => table.uniques.push(unique),
        Constraint::ForeignKey(key) => table.foreign_keys.push(key),
        Constraint::Check(check) => table.checks.push(check),
        other => panic!("{other:?} is not added"),
    }
}

/// The constraint, saying something else that all rows of the tests fulfil.
fn add_changed(table: &mut Table, constraint: &Constraint) {
    let mut changed = constraint.clone();
    match &mut changed {
        Constraint::Unique(unique) => {
            let more =
                table.columns.iter().map(|column| &column.name).find(|name| !unique.columns.contains(name));
            unique.columns.extend(more.cloned());
        }
        Constraint::ForeignKey(key) => {
            key.on_delete = ReferentialAction::Cascade;
            key.deferrable = Some(Deferrable::InitiallyDeferred);
        }
        Constraint::Check(check) => {
            check.expression.values_mut().for_each(|sql| *sql = format!("({sql}) AND 1 < 2"));
        }
        other => panic!("{other:?} is not changed"),
    }
    add(table, changed);
}

db_test_on! {
    [sqlite: Sqlite]
    async fn constraints_of_django_go_and_change(db) {
        constraints_go_and_change(db, DJANGO).await;
    }
}

db_test_on! {
    [sqlite: Sqlite]
    async fn constraints_of_chinook_go_and_change(db) {
        constraints_go_and_change(db, CHINOOK).await;
    }
}

db_test_on! {
    [sqlite: Sqlite]
    async fn constraints_by_hand_go_and_change(db) {
        constraints_go_and_change(db, BY_HAND).await;
    }
}

/// Changes of tables that others made.
const CHANGES: &[Changed] = &[
    changed("a foreign key and the column that it stands on", "item", |t| {
        t.foreign_keys.clear();
        t.column_mut("group_id").unwrap().column_type = DataType::BigInteger.into();
        t.foreign_keys.push(ForeignKey::new(["group_id"], "auth_group", ["id"]).named("item_group_fk"));
        t.checks.remove(0);
        t.checks.push(Check::new("size > 0").named("item_size_ck"));
        t.columns.push(Column::new("note", DataType::Text));
        t.indexes.push(Index::new("item_note", ["note"]));
    }),
    changed("other columns", "item", |t| {
        t.column_mut("size").unwrap().nullable = true;
        t.column_mut("data").unwrap().server_default = Some("{}".into());
        t.column_mut("price").unwrap().column_type = DataType::numeric(30, 1).into();
        t.columns.push(Column::new("state", DataType::string(9)).not_null().server_default("new"));
    }),
    changed("ids that come again", "item", |t| t.options.never_reuse_ids = false),
    changed("no primary key", "item", |t| {
        t.primary_key = None;
        t.options.never_reuse_ids = false;
        t.column_mut("id").unwrap().autoincrement = false;
    }),
    changed("another type of the key", "auth_group", |t| {
        t.options.never_reuse_ids = false;
        t.column_mut("id").unwrap().column_type = DataType::BigInteger.into();
    }),
    changed("a column computed from others", "item", |t| {
        t.columns.push(Column::new("twice", DataType::Integer).computed(Computed::stored("size * 2")));
    }),
];

db_test_on! {
    [sqlite: Sqlite]
    async fn tables_of_others_change(db) {
        let mut database = db.connect().await;
        execute(&mut database, DJANGO).await;
        let found = done(database.introspect(&[]).await);
        stamp(&mut database, "first").await;
        for Changed { what, table, change } in CHANGES {
            let models = with(&found, table, change);
            let operations = there_and_back(db, &mut database, &found, &models).await;
            let operations = operations.unwrap_or_else(|why| panic!("{what}: {why}"));
            assert!(operations > 0, "{what} is not found");
        }
        database.close().await;
    }
}

db_test_on! {
    [sqlite: Sqlite]
    async fn virtual_tables_and_what_they_stand_on_are_no_tables(db) {
        let mut database = db.connect().await;
        execute(&mut database, &[
            "CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT)",
            "CREATE VIRTUAL TABLE words USING fts5(title, body)",
            "CREATE VIRTUAL TABLE box USING rtree(id, minx, maxx)",
            "CREATE TABLE words_of_mine (id INTEGER)",
        ]).await;
        let found = done(database.introspect(&[]).await);
        let names: Vec<String> = found.tables().iter().map(|table| table.name.to_string()).collect();
        assert_eq!(names, ["note", "words_of_mine"]);
        database.close().await;
    }
}

db_test_on! {
    [sqlite: Sqlite]
    async fn names_are_found_in_any_case(db) {
        let mut database = db.connect().await;
        execute(&mut database, BY_HAND).await;
        let names: Vec<TableName> = vec!["parent".into(), "CHILD".into()];
        let found = done(database.introspect(&names).await);
        let named: Vec<String> = found.tables().iter().map(|table| table.name.to_string()).collect();
        assert_eq!(named, ["parent", "CHILD"]);
        let keys = &found.tables()[1].foreign_keys;
        assert_eq!(keys[0], ForeignKey::new(["parent"], "parent", [""; 0]));
        assert_eq!(keys[1].referred_columns, ["Id"]);
        assert_eq!(found.tables()[1].indexes.len(), 1);
        // So many names that all tables are read.
        let many: Vec<TableName> = (0..500).map(|n| format!("t{n}").into()).chain(names).collect();
        assert_eq!(done(database.introspect(&many).await), found);
        database.close().await;
    }
}

db_test_on! {
    [sqlite: Sqlite]
    async fn an_enum_type_gains_and_loses_values(db) {
        let of = |values: &[&str]| {
            let mut metadata = Metadata::default();
            let state = metadata.enum_type(EnumType::new("state", values.iter().copied()));
            metadata.table("t", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("state", state.clone()).not_null().server_default("open");
                t.column("other", DataType::Integer);
            });
            metadata
        };
        let before = of(&["open", "closed"]);
        let mut database = db.connect().await;
        done(upgrade(&of_models(db, &before, &before, None), &mut database, "first").await);
        execute(&mut database, &["INSERT INTO t VALUES (1, 'open', NULL), (2, 'open', 3)"]).await;
        for values in [&["open"][..], &["closed", "open"], &["open", "closed", "forgotten"], &["open", "shut"]] {
            // A type that loses values is made anew, and its columns are texts meanwhile.
            let done = by_rebuilds(2, db, &mut database, &before, &of(values)).await;
            done.unwrap_or_else(|why| panic!("{values:?}: {why}"));
        }
        database.close().await;
    }
}
