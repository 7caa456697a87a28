//! DB managers in a run: which run and when, what an override gets, what a failure leaves, what a reset
//! spares.

use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use airflow::dispatch::dispatch;
use airflow::host::{Host, built_in_plugins};
use airflow_plugin::{DagRunEvent, DagRunState, Listener, Plugin, PluginContext};
use dunlin::core::manager::{Lifecycle, Run};
use dunlin::core::prelude::*;
use dunlin::core::session::{BoxError, BoxFuture};
use dunlin::engine::plan::{Intent, PlanKind};
use dunlin::{Access, Left, Report, RunStatus};
use dunlin_testkit::{TestDatabase, db_test};

use crate::support::{
    HEAD, Installation, Outcome, TICKETING, VERSION_TABLE, manager, plugins, rows, snapshot, stamp, test_on,
};

db_test! {
    async fn only_registered_managers_run(db) {
        stamp(db, VERSION_TABLE, HEAD).await;
        let build = [manager("in.Scope", "inside"), manager("out.of.Scope", "outside")];
        let airflow = Installation::on(db).managers("in.Scope");
        assert_eq!(airflow.run_with(&build, &["db", "migrate"]).await.code, 0);
        assert_eq!(db.tables().await, [VERSION_TABLE, "alembic_version_inside", "inside"]);
        assert_eq!(airflow.run_with(&build, &["db", "check-migrations"]).await.code, 0);

        let both = Installation::with(db, &build);
        assert_eq!(both.run_with(&build, &["db", "check-migrations", "-t", "0"]).await.code, 3);
        assert_eq!(both.run_with(&build, &["db", "migrate"]).await.code, 0);
        assert_eq!(airflow.run_with(&build, &["db", "reset", "-y", "--skip-init"]).await.code, 0);
        assert_eq!(db.tables().await, ["alembic_version_outside", "outside"]);
    }
}

/// What an override was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Call {
    what: &'static str,
    offline: bool,
    plan: Vec<String>,
    core: Option<String>,
}

/// An override that notes its calls, here and in a table of the database.
#[derive(Clone, Default)]
struct Noting {
    calls: Arc<Mutex<Vec<Call>>>,
    /// Whether it stops after the default.
    fails: bool,
}

impl Noting {
    async fn note(&self, what: &'static str, run: &mut dyn Run) -> Result<(), BoxError> {
        let describe = |step: &dunlin::core::manager::PlannedStep| {
            format!("{} {}: {}", step.direction, step.revision, step.message)
        };
        let (plan, offline) = (run.plan().iter().map(describe).collect(), run.offline());
        run.session().execute(&format!("INSERT INTO audit (what) VALUES ('before {what}')")).await?;
        let core = run.session().query("SELECT max(version_num) FROM alembic_version").await;
        assert_eq!(core.is_err(), offline, "a script has nobody to ask");
        let core = core.ok().and_then(|rows| rows.into_iter().flatten().flatten().next());
        run.run_default().await?;
        run.session().execute(&format!("INSERT INTO audit (what) VALUES ('after {what}')")).await?;
        self.calls.lock().unwrap().push(Call { what, offline, plan, core });
        if self.fails { Err("out of ink".into()) } else { Ok(()) }
    }

    fn calls(&self) -> Vec<Call> {
        std::mem::take(&mut *self.calls.lock().unwrap())
    }
}

impl Lifecycle for Noting {
    fn init<'a>(&'a self, run: &'a mut dyn Run) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(self.note("init", run))
    }

    fn upgrade<'a>(&'a self, run: &'a mut dyn Run) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(self.note("upgrade", run))
    }

    fn downgrade<'a>(&'a self, run: &'a mut dyn Run) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(self.note("downgrade", run))
    }

    fn reset<'a>(&'a self, run: &'a mut dyn Run) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(self.note("reset", run))
    }
}

/// Two revisions: `notes_1` creates the table, `notes_2` a column.
fn noting(lifecycle: &Noting) -> DbManager {
    let base = manager("test.Noting", "notes");
    let second = Migration::new(
        Revision::new("notes_2").down_revision("notes_1").message("add body"),
        |op: &mut Operations| {
            op.alter_table("notes", |t| t.add_column(Column::new("body", DataType::string(50))));
        },
        |op: &mut Operations| op.alter_table("notes", |t| t.drop_column("body")),
    );
    base.models(|host| {
        let mut metadata = Metadata::new(host.schema(), host.naming_convention());
        metadata.table("notes", |t| {
            t.column("id", DataType::Integer).primary_key();
            t.column("body", DataType::string(50));
        });
        metadata
    })
    .migrations([second])
    .release("2.0.0", "notes_2")
    .lifecycle(lifecycle.clone())
}

async fn audit(db: &TestDatabase) -> Vec<String> {
    let rows = db.query("SELECT what FROM audit").await.concat();
    db.execute("DELETE FROM audit").await;
    rows
}

db_test! {
    async fn an_override_gets_the_plan_and_the_session(db) {
        stamp(db, VERSION_TABLE, HEAD).await;
        db.execute("CREATE TABLE audit (what VARCHAR(50))").await;
        let lifecycle = Noting::default();
        let managers = [noting(&lifecycle)];
        let airflow = Installation::with(db, &managers);
        let run = async |arguments: &[&str]| {
            let outcome = airflow.run_with(&managers, arguments).await;
            assert_eq!(outcome.code, 0, "{arguments:?}: {outcome:?}");
        };
        let call = |what, plan: &[&str]| {
            let plan = plan.iter().map(ToString::to_string).collect();
            vec![Call { what, offline: false, plan, core: Some(HEAD.to_owned()) }]
        };
        let (first, second) = ("upgrade notes_1: create notes", "upgrade notes_2: add body");

        run(&["db", "migrate"]).await;
        assert_eq!(lifecycle.calls(), call("init", &[]));
        assert_eq!(audit(db).await, ["before init", "after init"]);
        assert_eq!(rows(db, "alembic_version_notes").await, ["notes_2"]);

        run(&["db", "migrate"]).await;
        assert_eq!(lifecycle.calls(), [], "there is nothing to do");

        run(&["db-manager", "downgrade", "test.Noting", "-n", "1.0.0", "-y"]).await;
        assert_eq!(lifecycle.calls(), call("downgrade", &["downgrade notes_2: add body"]));
        assert_eq!(rows(db, "alembic_version_notes").await, ["notes_1"]);

        run(&["db-manager", "migrate", "test.Noting"]).await;
        assert_eq!(lifecycle.calls(), call("upgrade", &[second]));
        assert_eq!(rows(db, "alembic_version_notes").await, ["notes_2"]);
        audit(db).await;

        run(&["db-manager", "reset", "test.Noting", "-y", "-m"]).await;
        let mut expected = call("reset", &[]);
        expected.extend(call("upgrade", &[first, second]));
        assert_eq!(lifecycle.calls(), expected);
        assert_eq!(audit(db).await, ["before reset", "after reset", "before upgrade", "after upgrade"]);
        assert_eq!(rows(db, "alembic_version_notes").await, ["notes_2"]);
    }
}

db_test! {
    async fn an_override_writes_into_the_script(db) {
        stamp(db, VERSION_TABLE, HEAD).await;
        stamp(db, "alembic_version_notes", "notes_1").await;
        db.execute("CREATE TABLE audit (what VARCHAR(50))").await;
        db.execute("CREATE TABLE notes (id INTEGER NOT NULL PRIMARY KEY)").await;
        let lifecycle = Noting::default();
        let managers = [noting(&lifecycle)];
        let airflow = Installation::with(db, &managers);
        let host = Host::load(&airflow.environment(), plugins(&managers)).unwrap();
        let before = snapshot(db).await;
        for (what, intent, change) in [
            ("upgrade", Intent::Upgrade { target: None, use_migration_files: true }, "ADD COLUMN"),
            ("downgrade", Intent::Downgrade { target: dunlin::engine::history::Target::BASE }, "DROP TABLE"),
        ] {
            let mut database = host.connect(Access::Read).await.unwrap();
            let script = host.migrator().script(&mut database, "test.Noting", &intent).await.unwrap();
            database.close().await;
            let script = script.as_str();
            let at = |part: &str| script.find(part).unwrap_or_else(|| panic!("no {part} in\n{script}"));
            let own = |when| at(&format!("INSERT INTO audit (what) VALUES ('{when} {what}');\n"));
            assert!(own("before") < at(change) && at(change) < own("after"), "{script}");
            let [call] = &lifecycle.calls()[..] else { panic!("one call") };
            assert_eq!((call.what, call.offline, call.plan.len()), (what, true, 1));
        }
        for command in [
            &["db", "migrate", "-s"][..],
            &["db-manager", "migrate", "test.Noting", "-s"],
            &["db-manager", "downgrade", "test.Noting", "-n", "0.0.1", "-s"],
        ] {
            assert_eq!(airflow.run_with(&managers, command).await.code, 0);
        }
        assert!(lifecycle.calls().iter().all(|call| call.offline));
        assert_eq!(snapshot(db).await, before);
    }
}

db_test! {
    async fn an_override_that_fails(db) {
        stamp(db, VERSION_TABLE, HEAD).await;
        db.execute("CREATE TABLE audit (what VARCHAR(50))").await;
        let managers = [noting(&Noting { fails: true, ..Noting::default() })];
        let airflow = Installation::with(db, &managers);
        let outcome = airflow.run_with(&managers, &["db", "migrate"]).await;
        outcome.says(1, "the override of test.Noting failed: out of ink", None);
        // The default was run before it failed, and is not undone.
        assert_eq!(rows(db, "alembic_version_notes").await, ["notes_2"]);
    }
}

db_test! {
    /// The core first, then the managers in the order in which they are registered.
    async fn managers_run_after_the_core_in_order(db) {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let managers = ["b", "a"].map(|name| {
            let table = if name == "a" { "table_a" } else { "table_b" };
            let looking = Looking { name, seen: seen.clone() };
            manager(&format!("test.{name}"), table).lifecycle(looking)
        });
        let airflow = Installation::with(db, &managers);
        assert_eq!(airflow.run_with(&managers, &["db", "migrate"]).await.code, 0);
        assert_eq!(*seen.lock().unwrap(), [("b", HEAD.to_owned()), ("a", HEAD.to_owned())]);
    }
}

/// Looks where the core stands and whether its tables are there.
struct Looking {
    name: &'static str,
    seen: Arc<Mutex<Vec<(&'static str, String)>>>,
}

impl Lifecycle for Looking {
    fn init<'a>(&'a self, run: &'a mut dyn Run) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(async move {
            let rows =
                run.session().query("SELECT version_num, pool FROM alembic_version, slot_pool").await?;
            let found = rows.into_iter().flatten().flatten().next().ok_or("no row")?;
            self.seen.lock().unwrap().push((self.name, found));
            run.run_default().await
        })
    }
}

db_test! {
    async fn managers_wait_until_the_core_is_at_its_head(db) {
        stamp(db, VERSION_TABLE, "4bc4d934e2bc").await;
        let airflow = Installation::on(db);
        let before = snapshot(db).await;
        let kept_below = airflow.succeed(&["db", "migrate", "-n", "2.6.2"]);
        let line = format!("{TICKETING}: not run, as the core is not at its newest revision\n");
        assert!(kept_below.contains(&line), "{kept_below}");
        assert_eq!(snapshot(db).await, before);

        // At its head, a target that is older than the database changes nothing but the managers.
        db.execute(&format!("UPDATE alembic_version SET version_num = '{HEAD}'")).await;
        let beyond = airflow.succeed(&["db", "migrate", "-n", "2.6.2"]);
        assert!(beyond.contains("already newer than 2.6.2; use `airflow db downgrade` to go back\n"), "{beyond}");
        assert!(beyond.contains("airflow: left at d2f4e1b3c5a7 (3.3.0)\n"), "{beyond}");
        assert_eq!(rows(db, VERSION_TABLE).await, [HEAD]);
        assert_eq!(rows(db, "alembic_version_drt").await, ["d759c6d30f5a"]);
    }
}

db_test! {
    async fn an_empty_revision_is_a_revision(db) {
        stamp(db, VERSION_TABLE, HEAD).await;
        let placeholder = || Migration::new(Revision::new("placeholder"), |_| {}, |_| {});
        // As in the talk: the table comes from the models alone.
        let with_table = DbManager::new("test.Talk", "version_talk")
            .models(|host| manager("", "talk").metadata(host))
            .migrations([placeholder()])
            .release("1.0.0", "placeholder")
            .supports_table_dropping(true);
        let nothing = DbManager::new("test.Nothing", "version_nothing").migrations([placeholder()]);
        let managers = [with_table, nothing];
        let airflow = Installation::with(db, &managers);
        let run = async |arguments: &[&str], code| {
            let outcome = airflow.run_with(&managers, arguments).await;
            assert_eq!(outcome.code, code, "{arguments:?}: {outcome:?}");
        };
        run(&["db", "migrate"], 0).await;
        let tables = [VERSION_TABLE, "talk", "version_nothing", "version_talk"];
        assert_eq!(db.tables().await, tables);
        assert_eq!(rows(db, "version_talk").await, ["placeholder"]);
        assert_eq!(rows(db, "version_nothing").await, ["placeholder"]);
        run(&["db", "check-migrations"], 0).await;

        run(&["db-manager", "downgrade", "test.Nothing", "-r", "base", "-y"], 0).await;
        assert_eq!(rows(db, "version_nothing").await, Vec::<String>::new());
        run(&["db", "check-migrations", "-t", "0"], 3).await;
        run(&["db", "migrate", "-m"], 0).await;
        run(&["db", "check-migrations"], 0).await;

        run(&["db-manager", "reset", "test.Talk", "-y"], 0).await;
        assert_eq!(db.tables().await, tables);
    }
}

db_test! {
    async fn a_failure_stops_the_run_and_says_how_far_it_got(db) {
        stamp(db, VERSION_TABLE, HEAD).await;
        let bad = manager("test.Bad", "bad").migrations([Migration::new(
            Revision::new("bad_2").down_revision("bad_1"),
            |op: &mut Operations| {
                op.create_table("worse", |t| {
                    t.column("id", DataType::Integer).primary_key();
                });
                op.execute("INSERT INTO no_such_table VALUES (1)");
            },
            |op: &mut Operations| op.drop_table("worse"),
        )]);
        let managers = [manager("test.Good", "good"), bad, manager("test.Later", "later")];
        let airflow = Installation::with(db, &managers);
        let host = Host::load(&airflow.environment(), plugins(&managers)).unwrap();
        let mut database = host.connect(Access::Create).await.unwrap();
        let failure = host.migrator().migrate(&mut database, None, true, &mut |_| {}).await.unwrap_err();
        let capabilities = database.dialect().capabilities();
        database.close().await;

        assert_eq!(failure.source.to_string(), "the database refused: INSERT INTO no_such_table VALUES (1)");
        let dirty = failure.left == Left::Part;
        assert_eq!(dirty, !capabilities.transactional_ddl);
        // SQLite runs consecutive revisions in one transaction: the first goes with the second.
        let kept: &[&str] = if capabilities.groups_revisions { &[] } else { &["bad_1"] };
        let (done, none): (_, &[&str]) = (RunStatus::Done, &[]);
        assert_eq!(
            outcomes(&failure.report),
            [
                ("airflow", done, PlanKind::UpToDate, vec![HEAD]),
                ("test.Good", done, PlanKind::Upgrade, vec!["good_1"]),
                ("test.Bad", RunStatus::Failed, PlanKind::Upgrade, kept.to_vec()),
                ("test.Later", RunStatus::NotStarted, PlanKind::Upgrade, none.to_vec()),
            ]
        );
        assert_eq!(rows(db, "alembic_version_good").await, ["good_1"]);
        let tables = db.tables().await;
        let there = |table: &str| tables.iter().any(|name| name == table);
        assert!(there("good") && !there("later") && !there("alembic_version_later"), "{tables:?}");
        assert_eq!(there("bad"), !kept.is_empty());
        assert_eq!(there("worse"), dirty, "what cannot be rolled back is said to be there");
        if !kept.is_empty() {
            assert_eq!(rows(db, "alembic_version_bad").await, kept);
        }

        // The command says the same; or, where a part stands, that it is in the way.
        let outcome = airflow.run_with(&managers, &["db", "migrate", "-m"]).await;
        let (error, hint, note) = match dirty {
            true => {
                let hint = "what an interrupted run of bad_2 has done";
                ("the upgrade of revision bad_2 does not fit the database", Some(hint), "nothing was changed")
            }
            false => ("the database refused: INSERT INTO no_such_table", None, "was rolled back"),
        };
        outcome.says(1, error, hint);
        assert!(outcome.stderr.contains(note), "{outcome:?}");
    }
}

fn outcomes(report: &Report) -> Vec<(&str, RunStatus, PlanKind, Vec<&str>)> {
    let outcome = |owner: &'_ dunlin::OwnerReport| (owner.status, owner.kind);
    let one = |owner| {
        let (status, kind) = outcome(owner);
        let rows = owner.rows_after.iter().map(|row| row.as_str()).collect();
        (owner.owner.as_str(), status, kind, rows)
    };
    report.owners.iter().map(one).collect()
}

db_test! {
    async fn a_reset_keeps_managers_that_do_not_support_it(db) {
        stamp(db, VERSION_TABLE, HEAD).await;
        let keeps = manager("test.Keeps", "kept").supports_table_dropping(false);
        let managers = [manager("test.Drops", "dropped"), keeps];
        let airflow = Installation::with(db, &managers);
        assert_eq!(airflow.run_with(&managers, &["db", "migrate"]).await.code, 0);
        db.execute("INSERT INTO kept VALUES (7)").await;
        let before = snapshot(db).await;
        let refused = airflow.run_with(&managers, &["db-manager", "reset", "test.Keeps", "-y"]).await;
        let hint = Some("supports_table_dropping(true)");
        refused.says(1, "test.Keeps does not allow its tables to be dropped", hint);
        assert_eq!(snapshot(db).await, before);

        let reset = airflow.run_with(&managers, &["db", "reset", "-y", "--skip-init"]).await;
        assert_eq!(reset.code, 0, "{reset:?}");
        assert_eq!(db.tables().await, ["alembic_version_kept", "kept"]);
        assert_eq!(db.query("SELECT id FROM kept").await, [["7"]]);
    }
}

struct Broken(&'static str);

impl Listener for Broken {
    fn name(&self) -> &str {
        self.0
    }

    fn on_dag_run_failed<'a>(
        &'a self,
        _: &'a DagRunEvent,
        _: &'a PluginContext,
    ) -> BoxFuture<'a, Result<(), BoxError>> {
        if self.0 == "panics" {
            panic!("at the sight of it");
        }
        Box::pin(async { Err("no pen".into()) })
    }
}

impl Plugin for Broken {
    fn name(&self) -> &str {
        self.0
    }

    fn listeners(&self) -> Vec<Arc<dyn Listener>> {
        vec![Arc::new(Self(self.0))]
    }
}

db_test! {
    async fn a_failing_listener_stops_neither_the_others_nor_the_host(db) {
        let airflow = Installation::on(db);
        airflow.succeed(&["db-manager", "migrate", TICKETING]);
        let mut plugins: Vec<Arc<dyn Plugin>> = vec![Arc::new(Broken("fails")), Arc::new(Broken("panics"))];
        plugins.extend(built_in_plugins().unwrap());
        plugins.push(Arc::new(Broken("fails too")));
        let host = Host::load(&airflow.environment(), plugins).unwrap();
        for run in ["one", "two"] {
            let event = DagRunEvent::new("demo", run, DagRunState::Failed);
            let failures = dispatch(&host.listeners(), &event, &host.plugin_context()).await;
            let failures: Vec<String> = failures.iter().map(ToString::to_string).collect();
            assert_eq!(
                failures,
                [
                    "listener fails failed",
                    "listener panics panicked: at the sight of it",
                    "listener fails too failed"
                ]
            );
        }
        let tickets = db.query("SELECT run_id FROM dag_run_ticket ORDER BY id").await;
        assert_eq!(tickets, [["one"], ["two"]]);
    }
}

db_test! {
    /// It is told of every owner that lags, and ends as soon as none does.
    async fn check_migrations_waits_for_managers(db) {
        stamp(db, VERSION_TABLE, HEAD).await;
        let airflow = Installation::on(db);
        let late = airflow.run(&["db", "check-migrations", "-t", "2"]);
        late.says(3, "the database is not up to date after 2 s", Some("run `airflow db migrate`"));
        let lagging = format!("{TICKETING}: at no revision, 1 revision pending: d759c6d30f5a (0.1.0)\n");
        let told = format!("waiting for {lagging}error: the database is not up to date after 2 s\n  {lagging}");
        assert!(late.stderr.starts_with(&told), "{late:?}");

        let waiting = airflow.command(&["db", "check-migrations", "-t", "60"]).stdout(Stdio::piped()).spawn();
        let mut waiting = waiting.unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(waiting.try_wait().unwrap(), None, "it does not wait");
        airflow.succeed(&["db-manager", "migrate", TICKETING]);
        let outcome = Outcome::from(waiting.wait_with_output().unwrap());
        assert_eq!(outcome.code, 0, "{outcome:?}");
        assert!(outcome.stdout.ends_with("up to date at d759c6d30f5a (0.1.0)\n"), "{outcome:?}");
    }
}

test_on! {
    [sqlite]
    async fn check_migrations_waits_for_a_file_that_is_not_there_yet(db) {
        let airflow = Installation::on(db);
        let mut waiting = airflow.command(&["db", "check-migrations", "-t", "60"]).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(waiting.try_wait().unwrap(), None, "it does not wait");
        assert!(!db.file().unwrap().exists());
        airflow.succeed(&["db", "migrate"]);
        assert_eq!(waiting.wait().unwrap().code(), Some(0));
    }
}

db_test! {
    async fn a_manager_without_revisions_is_created_once(db) {
        let modelled = DbManager::new("modelled", "alembic_version_modelled").models(|host| {
            let mut metadata = Metadata::new(host.schema(), host.naming_convention());
            metadata.table("modelled", |t| {
                t.column("id", DataType::Integer).primary_key();
            });
            metadata
        });
        let airflow = Installation::with(db, std::slice::from_ref(&modelled));
        for _ in 0..2 {
            let outcome = airflow.run_with(std::slice::from_ref(&modelled), &["db-manager", "migrate", "modelled"]).await;
            assert_eq!(outcome.code, 0, "{outcome:?}");
            assert!(db.tables().await.contains(&"modelled".to_owned()));
        }
    }
}
