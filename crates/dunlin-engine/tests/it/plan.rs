//! What is planned for which state and intent, and what a plan becomes as a script.

use std::fmt::Write as _;

use dunlin_core::dialect::DialectName;
use dunlin_core::operation::{Operation, SqlStage};
use dunlin_core::prelude::*;
use dunlin_core::revision::{Direction, RevisionId, SqlScript};
use dunlin_core::session::BoxError;
use dunlin_engine::dialect::dialect;
use dunlin_engine::history::{HistoryError, Target};
use dunlin_engine::owner::Owner;
use dunlin_engine::plan::{Action, Intent, OwnerPlan, PlanError, PlanKind, Script, State, Step};

fn create(name: &'static str) -> impl Fn(&mut Operations) + Send + Sync + 'static {
    move |op| {
        op.create_table(name, |t| {
            t.column("id", DataType::Integer).primary_key();
        });
    }
}

/// `a`, `b` and `c` follow each other. `a` makes `old`, which `b` makes `new`; the models know `new` and
/// `other`.
fn manager() -> DbManager {
    DbManager::new("owner", "version_owner")
        .models(|host| {
            let mut metadata = Metadata::new(host.schema(), host.naming_convention());
            for name in ["new", "other"] {
                metadata.table(name, |t| {
                    t.column("id", DataType::Integer).primary_key();
                });
            }
            metadata
        })
        .migrations([
            Migration::new(
                Revision::new("b").down_revision("a").message("rename it"),
                |op| op.rename_table("old", "new"),
                |op| op.rename_table("new", "old"),
            ),
            Migration::new(Revision::new("a").message("make it"), create("old"), |op| op.drop_table("old")),
            Migration::new(Revision::new("c").down_revision("b"), create("other"), |op| {
                op.drop_table("other")
            }),
        ])
        .release("1.0.0", "a")
        .supports_table_dropping(true)
}

fn owner(manager: DbManager) -> Owner {
    Owner::new(manager, &HostContext::default()).unwrap()
}

fn rows(rows: &[&str]) -> Vec<RevisionId> {
    rows.iter().map(|row| (*row).into()).collect()
}

fn described(plan: Result<OwnerPlan, PlanError>) -> String {
    let plan = match plan {
        Ok(plan) => plan,
        Err(error) => {
            let mut text = format!("refused: {error}");
            let mut cause = std::error::Error::source(&error);
            while let Some(error) = cause {
                write!(text, ": {error}").unwrap();
                cause = error.source();
            }
            return text;
        }
    };
    let mut text = format!("{:?}", plan.kind);
    if plan.create_version_table {
        text.push_str(", with the version table");
    }
    let mut at = plan.rows_before.clone();
    for step in &plan.steps {
        let action = match &step.action {
            Action::Revision { revision, direction } => format!("{direction} {}", revision.id),
            other => format!("{other:?}"),
        };
        let operations: Vec<_> = step.operations.iter().map(brief).collect();
        let (before, after) = (shown(&step.rows_before), shown(&step.rows_after));
        write!(text, "\n        {before} -> {after} {action}: {}", operations.join(", ")).unwrap();
        assert_eq!(step.rows_before, at, "steps must follow each other");
        at.clone_from(&step.rows_after);
    }
    assert_eq!(plan.rows_after(), at);
    text
}

fn brief(operation: &Operation) -> String {
    match operation {
        Operation::CreateTable { table, .. } => format!("create {}", table.name),
        Operation::DropTable { table, .. } => format!("drop {table}"),
        Operation::RenameTable { table, to } => format!("rename {table} to {to}"),
        Operation::AlterTable { table, changes } => format!("{} changes of {table}", changes.len()),
        other => format!("{other:?}"),
    }
}

fn shown(rows: &[RevisionId]) -> String {
    format!("[{}]", rows.iter().map(RevisionId::as_str).collect::<Vec<_>>().join(" "))
}

macro_rules! snapshot {
    ($name:expr, $text:expr) => {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!($name, $text);
        });
    };
}

#[test]
fn every_state_and_intent() {
    let owner = owner(manager());
    let states = [
        ("nothing is there", None, vec![]),
        ("tables without a version table", None, vec!["new"]),
        ("an empty version table", Some(vec![]), vec![]),
        ("tables and an empty version table", Some(vec![]), vec!["new", "other"]),
        ("at the first revision", Some(vec!["a"]), vec!["old"]),
        ("in the middle", Some(vec!["b"]), vec!["new"]),
        ("at the head", Some(vec!["c"]), vec!["new", "other"]),
        ("at the head, a table is missing", Some(vec!["c"]), vec!["other"]),
        ("at a revision of a newer build", Some(vec!["z"]), vec!["new"]),
        ("with a row too many", Some(vec!["a", "c"]), vec!["new", "other"]),
    ];
    let target = |text: &str| owner.history().target(text).unwrap();
    let upgrade = |target, use_migration_files| Intent::Upgrade { target, use_migration_files };
    let intents = [
        ("upgrade", upgrade(None, false)),
        ("upgrade by revisions", upgrade(None, true)),
        ("upgrade to base", upgrade(Some(target("base")), false)),
        ("upgrade to b", upgrade(Some(target("b")), false)),
        ("upgrade to head", upgrade(Some(target("head")), false)),
        ("downgrade to base", Intent::Downgrade { target: target("base") }),
        ("downgrade to a", Intent::Downgrade { target: target("a") }),
        ("downgrade to head", Intent::Downgrade { target: target("head") }),
        ("reset", Intent::Reset),
    ];
    let mut text = String::new();
    for (name, found, tables) in states {
        writeln!(text, "{name}").unwrap();
        let tables = tables.into_iter().map(Into::into).collect();
        let state = State { rows: found.map(|found| rows(&found)), tables, ..State::default() };
        for (name, intent) in &intents {
            writeln!(text, "    {name}: {}", described(owner.plan(&state, intent))).unwrap();
        }
        text.push('\n');
    }
    snapshot!("plan_states_and_intents", text);
}

#[test]
fn dropping_must_be_allowed() {
    let owner = owner(manager().supports_table_dropping(false));
    let said = owner.plan(&State::default(), &Intent::Reset).unwrap_err().to_string();
    assert_eq!(said, "owner does not allow its tables to be dropped");
}

/// Tables in a circle, with and without a name for the key that closes it.
fn circle(name: Option<&'static str>) -> Owner {
    owner(manager().models(move |_| {
        let mut metadata = Metadata::default();
        metadata.table("new", |t| {
            t.column("id", DataType::Integer).primary_key();
            t.column("other_id", DataType::Integer);
            let key = ForeignKey::new(["other_id"], "other", ["id"]);
            t.foreign_key(name.iter().fold(key, |key, name| key.named(*name)));
        });
        metadata.table("other", |t| {
            t.column("id", DataType::Integer).primary_key();
            t.column("new_id", DataType::Integer);
            t.foreign_key(ForeignKey::new(["new_id"], "new", ["id"]).named("other_new_fk"));
        });
        metadata
    }))
}

#[test]
fn circles_are_made_and_dropped() {
    let mut text = String::new();
    let init = Intent::Upgrade { target: None, use_migration_files: false };
    let tables = || ["new", "other"].map(Into::into).into();
    let there = |rows| State { rows, tables: tables(), ..State::default() };
    for (name, key) in [("the key has a name", Some("new_other_fk")), ("the key has none", None)] {
        let owner = circle(key);
        writeln!(text, "{name}\n    create: {}", described(owner.plan(&State::default(), &init))).unwrap();
        let reset = owner.plan(&there(Some(Vec::new())), &Intent::Reset);
        writeln!(text, "    reset what the models made: {}", described(reset)).unwrap();
        // The revisions make no keys: what they left has none to drop.
        let reset = owner.plan(&there(Some(rows(&["c"]))), &Intent::Reset);
        writeln!(text, "    reset what the revisions made: {}\n", described(reset)).unwrap();
    }
    snapshot!("plan_circles", text);
}

#[test]
fn tables_given_away_are_the_others_from_then_on() {
    let giver = owner(
        manager()
            .models(|host| Metadata::new(host.schema(), host.naming_convention()))
            .gives_away("c", ["new"]),
    );
    let names = |at: &[&str]| -> Vec<String> {
        giver.tables_at(&rows(at)).unwrap().iter().map(ToString::to_string).collect()
    };
    assert_eq!(names(&["b"]), ["new"]);
    assert_eq!(names(&["c"]), ["other"]);
    assert_eq!(giver.claim().tables, ["other".into()]);
    // What is played to plan a way back has it still.
    let sqlite = dialect(DialectName::Sqlite);
    assert!(giver.replay_on(sqlite, &rows(&["c"])).unwrap().get(&"new".into()).is_some());

    let create = |op: &mut Operations| {
        op.create_table_if_not_exists("new", |t| {
            t.column("id", DataType::Integer).primary_key();
        });
    };
    let taker = owner(
        DbManager::new("taker", "version_taker")
            .models(|host| manager().metadata(host))
            .migrations([Migration::new(Revision::new("t"), create, |_| {})])
            .takes_over(["new"])
            .supports_table_dropping(true),
    );
    let upgrade = Intent::Upgrade { target: None, use_migration_files: false };
    let kind = |tables: &[&str], handed_over: &[&str], intent: &Intent| {
        let set = |names: &[&str]| names.iter().map(|name| (*name).into()).collect();
        let state = State { rows: None, tables: set(tables), handed_over: set(handed_over), begun: None };
        taker.plan(&state, intent).map(|plan| plan.kind)
    };
    assert_eq!(kind(&[], &[], &upgrade), Ok(PlanKind::Init));
    assert_eq!(kind(&["new"], &[], &upgrade), Ok(PlanKind::Upgrade));
    assert!(
        matches!(kind(&["new", "other"], &[], &upgrade), Err(PlanError::Unversioned { tables, .. }) if tables == ["other".into()])
    );
    // A reset drops what was handed over, and nothing else of which no row says whose it is.
    assert_eq!(kind(&["new"], &["new"], &Intent::Reset), Ok(PlanKind::Reset));
    assert!(matches!(kind(&["new"], &[], &Intent::Reset), Err(PlanError::Unversioned { .. })));
}

/// A history whose scripts hold everything that a script can: a rebuild on SQLite, raw SQL with a comment
/// at its end, rows.
fn scripted() -> Owner {
    owner(DbManager::new("it's \"owner\"", "version owner").supports_table_dropping(true).migrations([
        Migration::new(
            Revision::new("a").message("one\nDROP TABLE x;"),
            |op| {
                op.create_table("book", |t| {
                    t.column("id", DataType::Integer).primary_key();
                    t.column("pages", DataType::Integer);
                    t.check("book_ck", "book.pages > 0");
                });
                op.bulk_insert("book", ["id", "pages"], [[SqlValue::Integer(1), SqlValue::Integer(2)]]);
                op.execute("UPDATE book SET pages = 3 -- for all;");
                op.execute("UPDATE book SET pages = 4;\n");
            },
            |op| op.drop_table("book"),
        ),
        Migration::new(
            Revision::new("b").down_revision("a"),
            |op| {
                op.alter_table("book", |t| {
                    t.alter_column("pages").nullable(false);
                });
            },
            |op| {
                op.alter_table("book", |t| {
                    t.alter_column("pages").nullable(true);
                });
            },
        ),
    ]))
}

#[test]
fn scripts() {
    let owner = scripted();
    let up = Intent::Upgrade { target: None, use_migration_files: true };
    let down = Intent::Downgrade { target: owner.history().target("base").unwrap() };
    let tables = ["book"].map(Into::into).into();
    let at_head = State { rows: Some(rows(&["b"])), tables, ..State::default() };
    for name in DialectName::ALL {
        let mut script = Script::new(dialect(name));
        for (state, intent) in [(&State::default(), &up), (&at_head, &down), (&at_head, &Intent::Reset)] {
            let plan = owner.plan(state, intent).unwrap();
            let steps = plan.render(&owner, dialect(name)).unwrap();
            steps.iter().for_each(|step| script.step(step, dialect(name)));
        }
        snapshot!(format!("script_{name}"), script.as_str());
    }
}

#[test]
fn a_rebuild_after_a_new_name_knows_it() {
    let owner = owner(DbManager::new("owner", "version_owner").migrations([
        Migration::new(
            Revision::new("a"),
            |op| {
                op.create_table("book", |t| {
                    t.column("id", DataType::Integer).primary_key();
                    t.column("pages", DataType::Integer);
                    t.check("book_ck", "pages > 0 AND book.pages < 9");
                    t.add_index(Index::new("book_ix", ["id"]).predicate_on(DialectName::Sqlite, "pages = 1"));
                });
                op.alter_table("book", |t| {
                    t.alter_column("pages").rename("Sheets");
                });
            },
            |_| {},
        ),
        Migration::new(
            Revision::new("b").down_revision("a"),
            |op| {
                op.alter_table("book", |t| {
                    t.alter_column("Sheets").nullable(false);
                });
            },
            |_| {},
        ),
    ]));
    let intent = Intent::Upgrade { target: None, use_migration_files: true };
    for state in [State::default(), State { rows: Some(rows(&["a"])), ..State::default() }] {
        let plan = owner.plan(&state, &intent).unwrap();
        let steps = plan.render(&owner, dialect(DialectName::Sqlite)).unwrap();
        let sql = steps.last().unwrap().stages[0].statements.join("\n");
        assert!(sql.contains("CHECK (\"Sheets\" > 0 AND \"Sheets\" < 9)"), "{sql}");
        assert!(sql.contains("WHERE \"Sheets\" = 1"), "{sql}");
    }
}

#[test]
fn what_cannot_run_is_found_while_planning() {
    let manager = |upgrade: fn(&mut Operations)| {
        DbManager::new("owner", "version_owner").migrations([Migration::new(
            Revision::new("a"),
            upgrade,
            |_| {},
        )])
    };
    let said = |upgrade, name| {
        let owner = owner(manager(upgrade));
        let intent = Intent::Upgrade { target: None, use_migration_files: true };
        let plan = owner.plan(&State::default(), &intent).unwrap();
        let error = plan.render(&owner, dialect(name)).unwrap_err();
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        format!("{error}: {cause}")
    };
    for name in DialectName::ALL {
        assert_eq!(
            said(|op| op.drop_table("book"), name),
            "the upgrade of revision a does not fit the revisions before it: there is no table book"
        );
    }
    let partial = |op: &mut Operations| {
        create("book")(op);
        let index = Index::new("book_ix", ["id"]);
        op.add_index("book", index.predicate_on(DialectName::MySql, "id > 1"));
    };
    for name in [DialectName::MySql, DialectName::MariaDb] {
        let said = said(partial, name);
        let start = format!("revision a of owner cannot run here: {} cannot create", name.display_name());
        assert!(said.starts_with(&start), "{said}");
    }
}

#[test]
fn a_manager_must_be_sound() {
    let revision = |id: &str, down: &[&str]| {
        let revision = down.iter().fold(Revision::new(id), |revision, down| revision.down_revision(*down));
        Migration::new(revision, |_| {}, |_| {})
    };
    let manager =
        |migrations: Vec<Migration>| DbManager::new("owner", "version_owner").migrations(migrations);
    let broken = |manager| Owner::new(manager, &HostContext::default()).unwrap_err();
    let a = || revision("a", &[]);

    let error = broken(manager(vec![a(), revision("b", &["z"])]));
    assert_eq!(error.to_string(), "the history of owner is broken");
    assert_eq!(error.source.to_string(), "revision b follows z, which does not exist");

    let error =
        broken(manager(vec![a(), revision("b", &["a", "d"]), revision("c", &["b"]), revision("d", &["c"])]));
    let HistoryError::Cycle { path } = &error.source else { panic!("{error:?}") };
    assert_eq!(path.len(), 3);
    assert_eq!(error.source.to_string(), "revisions follow each other in a circle: b -> c -> d -> b");

    let error = broken(manager(vec![a()]).release("1.0.0", "a").release("2.0.0", "z"));
    assert_eq!(error.source, HistoryError::UnknownTarget { target: "z".to_owned() });
    let error = broken(manager(vec![a(), a()]));
    assert_eq!(error.source, HistoryError::DuplicateId { revision: "a".into() });
    let error = broken(manager(vec![revision("b", &["a"])]));
    assert_eq!(error.source, HistoryError::UnknownParent { revision: "b".into(), parent: "a".into() });

    // Branches may come together again, a release may have no tables, and there may be no revision at all.
    for sound in [
        manager(vec![a(), revision("b", &["a"]), revision("c", &["a"]), revision("d", &["b", "c"])]),
        manager(vec![a()]).release("0.1.0", BASE).release("0.2.0", "a"),
        manager(Vec::new()),
    ] {
        assert!(Owner::new(sound, &HostContext::default()).is_ok());
    }
}

#[test]
fn what_stands_among_the_squashed_revisions_too_is_in_the_place_of_several() {
    let migration = |id: &str, down: &[&str]| {
        let revision = down.iter().fold(Revision::new(id), |revision, down| revision.down_revision(*down));
        Migration::new(revision, |_| {}, |_| {})
    };
    let manager = |old: Vec<Migration>| {
        DbManager::new("owner", "version_owner").migrations([migration("b", &[])]).squashed(old)
    };
    let error = Owner::new(manager(vec![migration("b", &[])]), &HostContext::default()).unwrap_err();
    assert_eq!(error.source, HistoryError::NotSquashed { revision: "b".into() });
    let run = || vec![migration("a", &[]), migration("b", &["a"])];
    let error = Owner::new(manager([run(), run()].concat()), &HostContext::default()).unwrap_err();
    assert_eq!(error.source, HistoryError::DuplicateId { revision: "a".into() });
    // A release may have ended in the middle.
    let release = |revision: &str| {
        Owner::new(manager(run()).release("0.1.0", revision), &HostContext::default()).map(|_| ())
    };
    assert_eq!(release("a"), Ok(()));
    assert!(release("z").is_err());
}

/// `b` stands for `a`, `a2` and `b`; a database may still be at `a` or `a2`.
fn squashed() -> Owner {
    let migration = |id: &'static str, down: Option<&str>, tables: &'static [&'static str]| {
        let revision =
            down.into_iter().fold(Revision::new(id), |revision, down| revision.down_revision(down));
        let up = move |op: &mut Operations| tables.iter().for_each(|table| create(table)(op));
        let down = move |op: &mut Operations| tables.iter().rev().for_each(|table| op.drop_table(*table));
        Migration::new(revision, up, down)
    };
    let old = [
        migration("a", None, &["one"]),
        migration("a2", Some("a"), &["two"]),
        migration("b", Some("a2"), &["three"]),
    ];
    let now = [migration("b", None, &["one", "two", "three"]), migration("c", Some("b"), &["four"])];
    let manager = DbManager::new("owner", "version_owner").migrations(now).squashed(old);
    Owner::new(manager, &HostContext::default()).unwrap()
}

#[test]
fn a_database_in_the_middle_of_squashed_revisions_is_brought_on_by_them() {
    let owner = squashed();
    let steps = |from: &[&str], intent: Intent| {
        let state = State { rows: Some(rows(from)), ..State::default() };
        let plan = owner.plan(&state, &intent).unwrap();
        plan.render(&owner, dialect(DialectName::Postgres)).unwrap();
        let said = |step: &Step| match &step.action {
            Action::Revision { revision, .. } => format!("{}:{}", revision.id, step.operations.len()),
            other => format!("{other:?}"),
        };
        plan.steps.iter().map(said).collect::<Vec<_>>()
    };
    let up = || Intent::Upgrade { target: Some(Target::HEADS), use_migration_files: true };
    assert_eq!(steps(&[], up()), ["b:3", "c:1"]);
    assert_eq!(steps(&["a"], up()), ["a2:1", "b:1", "c:1"]);
    assert_eq!(steps(&["a2"], up()), ["b:1", "c:1"]);
    assert_eq!(steps(&["b"], up()), ["c:1"]);
    let down = |target: &str| Intent::Downgrade { target: target.parse().unwrap() };
    assert_eq!(steps(&["c"], down("base")), ["c:1", "b:3"]);
    assert_eq!(steps(&["c"], down("a2")), ["c:1", "b:1"]);
    assert_eq!(steps(&["a2"], down("base")), ["a2:1", "a:1"]);
}

/// A file that says nothing when it is read again.
struct Unreadable;

impl dunlin_core::revision::Script for Unreadable {
    fn record(&self, _: Direction, _: &mut Operations) -> Result<(), BoxError> {
        Err("it was read".into())
    }
}

#[test]
fn files_that_were_applied_are_read_again_only_where_a_schema_is_needed() {
    let file = SqlScript::default()
        .section(Direction::Upgrade, None, [SqlStage::new("CREATE TABLE t (a INTEGER)", 1)])
        .section(Direction::Downgrade, None, [SqlStage::new("DROP TABLE t", 3)]);
    let manager = DbManager::new("owner", "version_owner").migrations([
        Migration::of_script(Revision::new("applied"), Unreadable),
        Migration::of_script(Revision::new("file").down_revision("applied"), file),
        Migration::new(Revision::new("table").down_revision("file"), create("new"), |op| {
            op.drop_table("new")
        }),
    ]);
    let owner = owner(manager);
    let rendered = |from: &str, intent: &Intent| {
        let state = State { rows: Some(rows(&[from])), ..State::default() };
        let plan = owner.plan(&state, intent).unwrap();
        plan.render(&owner, dialect(DialectName::Postgres)).map(|steps| steps.len())
    };
    let up_to = |target: &str| Intent::Upgrade {
        target: Some(owner.target(target).unwrap()),
        use_migration_files: true,
    };
    assert_eq!(rendered("applied", &up_to("file")), Ok(1));
    assert_eq!(rendered("file", &Intent::Downgrade { target: owner.target("applied").unwrap() }), Ok(1));
    let error = rendered("applied", &up_to("table")).unwrap_err();
    assert!(matches!(error, PlanError::Unreadable(_)), "{error:?}");
}
