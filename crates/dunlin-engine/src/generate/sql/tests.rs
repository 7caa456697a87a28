//! Files of SQL, read again.

use dunlin_core::dialect::PerDialect;
use dunlin_core::manager::{DbManager, HostContext};
use dunlin_core::operation::reverse;
use dunlin_core::prelude::*;
use dunlin_core::schema::{EnumChange, EnumPosition, EnumType};
use dunlin_testkit::catalogue::{Case, cases};

use super::*;
use crate::owner::Owner;
use crate::plan::{Intent, RenderedStep, State};

const VERSION_TABLE: &str = "dunlin_version";

fn recorded(record: impl FnOnce(&mut Operations)) -> Vec<Operation> {
    let mut operations = Operations::default();
    record(&mut operations);
    operations.finish()
}

/// What a run of a case would send, without version rows.
fn planned(owner: &Owner, on: DialectName, intent: &Intent, row: &str) -> Option<Vec<RenderedStep>> {
    let rows = Some(vec![row.into()]);
    let plan = owner.plan(&State { rows, ..State::default() }, intent).unwrap();
    plan.render(owner, dialect(on)).ok()
}

fn statements(file: &RevisionFile, direction: Direction, on: DialectName) -> Vec<String> {
    let Some(section) = file.section(direction, on) else { return Vec::new() };
    let all = section.stages.iter().flat_map(|stage| stage.statements(on).unwrap());
    all.map(|statement| statement.sql.to_owned()).collect()
}

#[test]
fn what_a_file_holds_is_what_a_run_sends() {
    for on in DialectName::ALL {
        let (mut files, mut as_rendered) = (0, 0);
        for case in cases() {
            let manager = DbManager::new("owner", VERSION_TABLE).migrations(case.migrations());
            let owner = Owner::new(manager, &HostContext::default()).unwrap();
            let schema = |row: &str| owner.replay_on(dialect(on), &[row.into()]);
            let (Ok(before), Ok(after)) = (schema(Case::BEFORE), schema(Case::CASE)) else { continue };
            let up = Intent::Upgrade { target: None, use_migration_files: true };
            let Some(up) = planned(&owner, on, &up, Case::BEFORE) else { continue };
            let down = Intent::Downgrade { target: owner.history().target(Case::BEFORE).unwrap() };
            let Some(down) = planned(&owner, on, &down, Case::CASE) else { continue };

            let operations = |direction| owner.operations(&Case::CASE.into(), direction).unwrap();
            let (upgrade, downgrade) = (operations(Direction::Upgrade), operations(Direction::Downgrade));
            let anywhere = |row: &str| owner.replay(&[row.into()]).unwrap();
            let (all_before, all_after) = (anywhere(Case::BEFORE), anywhere(Case::CASE));
            let anywhere = Schemas { before: &all_before, after: &all_after };
            let on_it = [(on, Schemas { before: &before, after: &after })];
            let file = revision(Header::new("case"), &upgrade, Some(&downgrade), anywhere, &on_it);
            let stages = || up.iter().chain(&down).flat_map(|step| &step.stages);
            if stages().any(|stage| !stage.functions.is_empty()) {
                assert!(matches!(file, Err(SqlRevisionError::Function { .. })), "{}", case.name);
                continue;
            }
            let opaque = up.iter().chain(&down).any(|step| !step.opaque.is_empty());
            let file = match file {
                Err(SqlRevisionError::Opaque { .. }) if opaque => continue,
                file => file.unwrap_or_else(|error| panic!("{} on {on}: {error:?}", case.name)),
            };
            let text = file.write().unwrap_or_else(|error| panic!("{} on {on}: {error:?}", case.name));
            let read = RevisionFile::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
            assert_eq!(read, file, "{}", case.name);
            for (direction, steps) in [(Direction::Upgrade, &up), (Direction::Downgrade, &down)] {
                let stages = steps.iter().flat_map(|step| &step.stages);
                let rendered: Vec<&String> = stages
                    .flat_map(|stage| &stage.statements)
                    .filter(|sql| !sql.contains(VERSION_TABLE))
                    .collect();
                let expected: Vec<&str> = rendered
                    .iter()
                    .flat_map(|sql| split(on, sql).unwrap())
                    .map(|statement| statement.sql)
                    .collect();
                let found = statements(&read, direction, on);
                assert_eq!(found, expected, "{} on {on}\n{text}", case.name);
                as_rendered += usize::from(found.iter().eq(rendered.iter().copied()));
                files += 1;
            }
        }
        assert!(files > 400, "{files} on {on}");
        assert!(as_rendered + 10 > files, "{as_rendered} of {files} on {on}");
    }
}

/// What a file for several databases looks like.
fn text(on: &[DialectName], before: &[Operation], upgrade: &[Operation]) -> String {
    let mut schema = Metadata::default();
    before.iter().for_each(|operation| schema.apply(operation).unwrap());
    let downgrade = reverse(upgrade, &schema).ok();
    let mut after = schema.clone();
    upgrade.iter().for_each(|operation| after.apply(operation).unwrap());
    let anywhere = Schemas { before: &schema, after: &after };
    let schemas = on.iter().map(|on| {
        let mut replay = Replay::new(Metadata::default());
        let mut play = |operations: &[Operation]| {
            for operation in operations {
                replay.play(dialect(*on), operation).unwrap();
            }
            replay.here.clone()
        };
        (*on, play(before), play(upgrade))
    });
    let schemas: Vec<_> = schemas.collect();
    let schemas: Vec<_> =
        schemas.iter().map(|(on, before, after)| (*on, Schemas { before, after })).collect();
    let file = revision(Header::new("a"), upgrade, downgrade.as_deref(), anywhere, &schemas).unwrap();
    file.write().unwrap()
}

#[test]
fn what_is_alike_stands_once() {
    use DialectName::{MariaDb, MySql, Postgres, Sqlite};
    let before = recorded(|op| {
        op.create_table("t", |t| {
            t.column("id", DataType::Integer).primary_key();
        });
    });
    let drop = recorded(|op| op.execute_ddl("DROP TABLE t", ["t"]));
    let all = "-- revision: a\n\n-- upgrade\n-- touches: t\n\nDROP TABLE t;\n";
    assert_eq!(text(&DialectName::ALL, &before, &drop), all);
    assert_eq!(text(&[Sqlite], &before, &drop), all.replace("upgrade", "upgrade: sqlite"));
    assert_eq!(text(&[MySql, MariaDb], &before, &drop), all.replace("upgrade", "upgrade: mysql"));
    let column = recorded(|op| op.add_column("t", Column::new("b", DataType::Integer)));
    assert_eq!(
        text(&[Postgres, MySql, MariaDb], &before, &column),
        "-- revision: a\n\n-- upgrade: postgres\n-- touches: t\n\nALTER TABLE \"t\" ADD COLUMN \"b\" INTEGER;\n\n\
         -- upgrade: mysql\n-- touches: t\n\nALTER TABLE `t` ADD COLUMN `b` INTEGER NULL;\n\n\
         -- downgrade: postgres\n-- touches: t\n\nALTER TABLE \"t\" DROP COLUMN \"b\";\n\n\
         -- downgrade: mysql\n-- touches: t\n\nALTER TABLE `t` DROP COLUMN `b`;\n"
    );
    // In quotes that not all of them have, a text is not alike for all, whatever it looks like.
    let backslash = recorded(|op| op.execute("INSERT INTO t VALUES ('\\'), ('; --')"));
    assert!(text(&[Postgres, Sqlite], &before, &backslash).contains("-- upgrade\n"));
}

#[test]
fn what_must_be_committed_before_the_rest_is_a_stage() {
    let mood = || EnumType::new("mood", ["glad"]);
    let before = recorded(|op| {
        op.push(Operation::CreateEnum { enum_type: mood() });
        op.create_table("t", |t| {
            t.column("mood", DataType::Enum(mood()));
        });
    });
    let upgrade = recorded(|op| {
        let change = EnumChange::AddValue { value: "sad".to_owned(), position: EnumPosition::Last };
        op.push(Operation::AlterEnum { name: "mood".into(), changes: vec![change] });
        op.execute("UPDATE t SET mood = 'sad'");
    });
    assert_eq!(
        text(&[DialectName::Postgres], &before, &upgrade),
        "-- revision: a\n\n-- upgrade: postgres\n-- touches: t\n\nALTER TYPE \"mood\" ADD VALUE IF NOT EXISTS 'sad';\n\n\
         -- new-transaction\n\nUPDATE t SET mood = 'sad';\n"
    );
    let index = recorded(|op| {
        op.push(Operation::CreateIndex {
            table: "t".into(),
            index: Index::new("i", ["mood"]).concurrently(),
            if_not_exists: false,
        })
    });
    let text = text(&[DialectName::Postgres], &before, &index);
    assert!(
        text.contains("-- upgrade: postgres\n-- no-transaction\n-- touches: t\n\nCREATE INDEX CONCURRENTLY"),
        "{text}"
    );
    assert!(!text.contains("new-transaction"), "{text}");
}

#[test]
fn what_is_on_one_database_only_is_dropped_there_only() {
    let before = recorded(|op| {
        op.create_table("t", |t| {
            t.column("a", DataType::Integer);
            t.add_index(Index::new("i", ["a"]).only_on([DialectName::Postgres]));
            t.add_check(Check::new("a > 0").named("c").only_on([DialectName::Postgres]));
        });
    });
    let upgrade = recorded(|op| {
        op.drop_index("i", "t");
        op.drop_constraint(ConstraintKind::Check, "c", "t");
    });
    let text = text(&[DialectName::Sqlite, DialectName::Postgres], &before, &upgrade);
    assert!(
        text.contains(
            "-- upgrade: sqlite\n-- touches:\n\n-- upgrade: postgres\n-- touches: t\n\nDROP INDEX \"i\";"
        ),
        "{text}"
    );
}

#[test]
fn what_no_file_can_hold_is_an_error() {
    let before = recorded(|op| {
        op.create_table("t", |t| {
            t.column("a", DataType::Integer);
        });
    });
    let mut schema = Metadata::default();
    before.iter().for_each(|operation| schema.apply(operation).unwrap());
    let failed = |record: fn(&mut Operations), on| {
        let schemas = Schemas { before: &schema, after: &schema };
        revision(Header::new("a"), &recorded(record), None, schemas, &[(on, schemas)])
            .unwrap_err()
            .to_string()
    };
    let run: fn(&mut Operations) = |op| op.run("count", ["t"], |_| Box::pin(async { Ok(()) }));
    assert_eq!(
        failed(run, DialectName::Postgres),
        "the upgrade runs a function, which no file of SQL can hold: count, which changes t"
    );
    let opaque: fn(&mut Operations) = |op| {
        op.execute_ddl("ALTER TABLE t ADD b", ["t"]);
        op.alter_column("t", "a", |c| c.nullable(false));
    };
    assert_eq!(
        failed(opaque, DialectName::Sqlite),
        "the upgrade must restate the table t on SQLite, and nobody knows what it is behind `ALTER TABLE t ADD b`"
    );
    let open: fn(&mut Operations) = |op| op.execute("SELECT 'a\\'");
    assert_eq!(failed(open, DialectName::MySql), "a statement of the upgrade cannot be read: SELECT 'a\\'");
    let one: fn(&mut Operations) =
        |op| op.execute(PerDialect::only(DialectName::MySql, "SELECT 1,\n-- downgrade\n2".to_owned()));
    assert!(failed(one, DialectName::MySql).ends_with("a line of it is a mark of revision files"));
    let missing: fn(&mut Operations) = |op| op.drop_table("nothing");
    assert_eq!(failed(missing, DialectName::MySql), "the upgrade cannot be written for MySQL");
}
