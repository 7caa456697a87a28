//! Revision files of SQL on real databases: what they make is what an online run makes, and their downgrade
//! leads back.

use std::time::Instant;

use dunlin::core::prelude::*;
use dunlin::core::revision::Direction;
use dunlin::core::session::Session as _;
use dunlin::engine::generate::sql::{Schemas, SqlRevisionError, revision};
use dunlin::engine::plan::Intent;
use dunlin::engine::sql::revision_file::{Header, RevisionFile};
use dunlin::{Database, Failure, Migrator};
use dunlin_testkit::catalogue::{Case, Check, cases, exception};
use dunlin_testkit::{TestDatabase, db_test, dump, wipe};

use crate::support::*;

/// The cases that are tried: some of each group, and all that rebuild a table in ways of their own.
fn chosen(case: &Case, at: usize) -> bool {
    const ALWAYS: [&str; 7] = [
        "create object",
        "drop object",
        "alter column / of a table with a trigger",
        "alter enum",
        "create index / concurrently",
        "backfill",
        "bulk insert",
    ];
    case.group() != "run" && (at.is_multiple_of(20) || ALWAYS.iter().any(|name| case.name.starts_with(name)))
}

/// Runs a section as a runner does, without the version row.
async fn run(database: &mut Database, file: &RevisionFile, direction: Direction) -> Result<(), String> {
    let dialect = database.dialect();
    let Some(section) = file.section(direction, dialect.name()) else { return Ok(()) };
    for stage in &section.stages {
        let statements = stage.statements(dialect.name()).map_err(|error| error.to_string())?;
        let mut all: Vec<&str> = statements.iter().map(|statement| statement.sql).collect();
        if !stage.no_transaction {
            all.insert(0, "BEGIN");
            all.push("COMMIT");
        }
        if stage.no_foreign_keys {
            all.insert(0, "PRAGMA foreign_keys = OFF");
            all.push("PRAGMA foreign_keys = ON");
        }
        for sql in all {
            let run = database.execute(sql).await;
            run.map_err(|error| format!("{sql}: {error}: {:?}", error.source()))?;
        }
    }
    Ok(())
}

/// What comes of a case; nothing where the database does not have it, or it cannot be run at all.
async fn check(db: &TestDatabase, database: &mut Database, case: &Case) -> Result<bool, String> {
    let manager = DbManager::new("owner", "dunlin_version").migrations(case.migrations());
    let migrator = migrator(db, [manager]);
    let owner = &migrator.owners()[0];
    let dialect = database.dialect();
    let first = Intent::Upgrade { target: Some(Case::BEFORE.parse().unwrap()), use_migration_files: true };
    if migrator.plan_from(dialect, "owner", &[], &first).is_err() {
        return Ok(false);
    }
    let schema = |row: &str| owner.replay_on(dialect, &[row.into()]);
    let (Ok(before), Ok(after)) = (schema(Case::BEFORE), schema(Case::CASE)) else { return Ok(false) };
    let operations = |direction| owner.operations(&Case::CASE.into(), direction).unwrap();
    let (up, down) = (operations(Direction::Upgrade), operations(Direction::Downgrade));
    let anywhere = |row: &str| done(owner.replay(&[row.into()]));
    let (all_before, all_after) = (anywhere(Case::BEFORE), anywhere(Case::CASE));
    let anywhere = Schemas { before: &all_before, after: &all_after };
    let on = [(dialect.name(), Schemas { before: &before, after: &after })];
    let text = match revision(Header::new(Case::CASE), &up, Some(&down), anywhere, &on) {
        Ok(file) => file.write().map_err(|error| chain(&error))?,
        Err(SqlRevisionError::Render { .. } | SqlRevisionError::Opaque { .. }) => return Ok(false),
        Err(error) => return Err(chain(&error)),
    };
    let file = RevisionFile::parse(&text).map_err(|error| chain(&error))?;

    begin(&migrator, database, case).await?;
    let dump_before = dump(database, &[]).await;
    let in_file = |error| format!("{error}\n{text}");
    run(database, &file, Direction::Upgrade).await.map_err(in_file)?;
    let by_file = dump(database, &[]).await;
    let mut after_down = None;
    if !case.irreversible {
        run(database, &file, Direction::Downgrade).await.map_err(in_file)?;
        after_down = Some(dump(database, &[]).await).filter(|after| *after != dump_before);
    }
    if case.irreversible || after_down.is_some() {
        wipe(database, db.name(), &[]).await;
        begin(&migrator, database, case).await?;
    }
    let said = |failure: Failure| chain(&failure.source);
    upgrade(&migrator, database, Case::CASE).await.map_err(said)?;
    let online = dump(database, &[]).await;
    if online != by_file {
        return Err(format!("up: online\n{online}\nby the file\n{by_file}\n{text}"));
    }
    // Where it does not lead back, it must be the reverse that does not.
    if let Some(after_down) = after_down {
        downgrade(&migrator, database, Case::BEFORE).await.map_err(said)?;
        let online = dump(database, &[]).await;
        if online != after_down {
            return Err(format!("down: online\n{online}\nby the file\n{after_down}\n{text}"));
        }
    }
    Ok(true)
}

/// What a case begins with.
async fn begin(migrator: &Migrator, database: &mut Database, case: &Case) -> Result<(), String> {
    upgrade(migrator, database, Case::BEFORE).await.map_err(|failure| chain(&failure.source))?;
    for operation in &case.rows {
        let rendered = database.dialect().render(operation, &Metadata::default());
        for sql in rendered.map_err(|error| chain(&error))?.statements {
            let run = database.execute(&sql).await;
            run.map_err(|error| format!("{sql}: {error}: {:?}", error.source()))?;
        }
    }
    Ok(())
}

db_test! {
    async fn a_file_does_what_an_online_run_does(db) {
        let begun = Instant::now();
        let mut database = db.connect().await;
        let (mut done, mut wrong) = (0, Vec::new());
        let cases = cases().into_iter().filter(|case| case.schemas().is_empty()).enumerate();
        for (_, case) in cases.filter(|(at, case)| chosen(case, *at)) {
            if exception(&case, db.dialect(), Check::Run).is_some() {
                continue;
            }
            match check(db, &mut database, &case).await {
                Ok(ran) => done += usize::from(ran),
                Err(why) => {
                    wrong.push(format!("## {}\n{why}", case.name));
                    database = db.connect().await;
                }
            }
            wipe(&mut database, db.name(), &[]).await;
        }
        println!("{}: {done} done, {} wrong, {:?}", db.dialect(), wrong.len(), begun.elapsed());
        assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
        assert!(done >= 30, "only {done}");
    }
}
