//! Bad input: one clear error line, a hint where there is something to do, the right exit code, and
//! nothing changed in the database.

use std::net::TcpListener;
use std::path::Path;

use airflow::dispatch::dispatch;
use airflow::host::{Host, built_in_plugins};
use airflow_plugin::{DagRunEvent, DagRunState};
use dunlin_testkit::db_test;
use dunlin_testkit::dunlin::core::prelude::*;

use crate::support::{
    HEAD, Installation, Role, TICKETING, VERSION_TABLE, manager, snapshot, stamp, test_on, url_as,
};

/// Arguments, a part of the error line, a part of the hint.
type Case<'c> = (&'c [&'c str], &'c str, Option<&'c str>);

const DONE: i32 = 0;
const FAILED: i32 = 1;
const USAGE: i32 = 2;
const PENDING: i32 = 3;

db_test! {
    async fn the_command_line(db) {
        let releases = Some("releases of airflow: 2.6.2, 2.7.0, 2.8.0, ");
        let ticketing = Some("releases of ticketing.db_manager.DRTDBManager: 0.0.1, 0.1.0");
        let registered = Some("registered in [database] external_db_managers: ticketing.db_manager.DRTDBManager");
        let unknown = "there is no DB manager no.such.Manager";
        let both = "'--to-version <VERSION>' cannot be used with '--to-revision <REVISION>'";
        let from = "'--from-version <VERSION>' cannot be used with '--from-revision <REVISION>'";
        let alone = "the following required arguments were not provided:";
        let needs = "a downgrade needs a target";
        let cases: &[Case<'_>] = &[
            // A manager that nobody has.
            (&["db-manager", "migrate", "no.such.Manager"], unknown, registered),
            (&["db-manager", "migrate", "no.such.Manager", "-s"], unknown, registered),
            (&["db-manager", "downgrade", "no.such.Manager", "-n", "1", "-y"], unknown, registered),
            (&["db-manager", "reset", "no.such.Manager", "-y"], unknown, registered),
            // A version that is none, or belongs to no release.
            (&["db", "migrate", "-n", "2.7.x"], "\"2.7.x\" is not a version", releases),
            (&["db", "migrate", "-n", "2.7.0rc1"], "\"2.7.0rc1\" is not a version", releases),
            (&["db", "migrate", "-n", ""], "\"\" is not a version", releases),
            (&["db", "migrate", "-n", "2.6.1"], "version 2.6.1 is older than 2.6.2", releases),
            (&["db", "migrate", "-n", "3.3.3"], "this build ends at 3.3.2", releases),
            (&["db", "migrate", "-n", "3.3.3", "-s"], "this build ends at 3.3.2", releases),
            (&["db", "migrate", "-s", "--from-version", "3.4.0"], "this build ends at 3.3.2", releases),
            (&["db", "downgrade", "-n", "4", "-y"], "this build ends at 3.3.2", releases),
            (&["db", "downgrade", "-n", "two", "-y"], "\"two\" is not a version", releases),
            (&["db-manager", "migrate", TICKETING, "-n", "0.2.0"], "this build ends at 0.1.0", ticketing),
            (&["db-manager", "downgrade", TICKETING, "-n", "0", "-y"], "version 0 is older than 0.0.1", ticketing),
            // A revision that there is not, or not only.
            (&["db", "migrate", "-r", "nothing"], "there is no revision nothing", Some(HEAD)),
            (&["db", "migrate", "-r", "4"], "revision 4 is ambiguous: 4bc4d934e2bc, 405de8318b3a, ", Some(HEAD)),
            (&["db", "downgrade", "-r", "nothing", "-y"], "there is no revision nothing", Some(HEAD)),
            // Flags that do not go together.
            (&["db", "migrate", "-n", "2.7.0", "-r", HEAD], both, None),
            (&["db", "downgrade", "-n", "2.7.0", "-r", HEAD, "-y"], both, None),
            (&["db-manager", "migrate", TICKETING, "-n", "0.1.0", "-r", "head"], both, None),
            (&["db", "migrate", "-s", "--from-version", "2.6.2", "--from-revision", "4bc4"], from, None),
            (&["db", "migrate", "--from-version", "2.6.2"], alone, None),
            (&["db", "migrate", "--from-revision", "4bc4"], alone, None),
            (&["db", "downgrade", "-n", "2.6.2", "--from-version", "2.7.0", "-y"], alone, None),
            // No target for a downgrade.
            (&["db", "downgrade", "-y"], needs, Some("give -n VERSION or -r REVISION")),
            (&["db", "downgrade", "-s"], needs, Some("give -n VERSION or -r REVISION")),
            (&["db-manager", "downgrade", TICKETING, "-y"], needs, Some("give -n VERSION or -r REVISION")),
        ];
        let airflow = Installation::on(db);
        let before = snapshot(db).await;
        for (arguments, error, hint) in cases {
            let outcome = airflow.run(arguments);
            outcome.says(USAGE, error, *hint);
            assert_eq!(outcome.stdout, "", "{arguments:?}");
        }
        assert_eq!(snapshot(db).await, before);
    }
}

db_test! {
    async fn a_manager_that_is_not_registered(db) {
        let airflow = Installation::on(db).managers("");
        let before = snapshot(db).await;
        let error = "DB manager ticketing.db_manager.DRTDBManager is not registered";
        let hint = Some("no manager is registered; name it in [database] external_db_managers");
        airflow.run(&["db-manager", "migrate", TICKETING]).says(USAGE, error, hint);
        airflow.run(&["db-manager", "downgrade", TICKETING, "-n", "0.0.1", "-y"]).says(USAGE, error, hint);
        airflow.run(&["db-manager", "reset", TICKETING, "-y"]).says(USAGE, error, hint);
        assert_eq!(snapshot(db).await, before);
    }
}

db_test! {
    async fn a_registered_manager_that_the_build_does_not_have(db) {
        let airflow = Installation::on(db).managers(&format!("{TICKETING}, other.Manager"));
        let before = snapshot(db).await;
        let error = "DB manager other.Manager is registered, but this build does not have it";
        let hint = Some("take it out of [database] external_db_managers, or build this program with");
        for arguments in [
            &["db", "migrate"][..],
            &["db", "check-migrations", "-t", "0"],
            &["db", "downgrade", "-n", "2.6.2", "-y"],
            &["db", "reset", "-y"],
            &["db-manager", "migrate", TICKETING],
        ] {
            airflow.run(arguments).says(USAGE, error, hint);
        }
        assert_eq!(snapshot(db).await, before);
    }
}

/// Every command that works on the database.
const COMMANDS: [&[&str]; 8] = [
    &["db", "check"],
    &["db", "check-migrations", "-t", "0"],
    &["db", "migrate"],
    &["db", "migrate", "-s"],
    &["db", "downgrade", "-n", "2.6.2", "-y"],
    &["db", "reset", "-y"],
    &["db-manager", "migrate", TICKETING],
    &["db-manager", "reset", TICKETING, "-y"],
];

test_on! {
    [postgres, mysql, mariadb]
    async fn a_server_that_is_not_there(db) {
        // The port of a service that nobody runs any more.
        let port = 1;
        let scheme = db.url().split_once("://").unwrap().0;
        let url = format!("{scheme}://me:s3cret@127.0.0.1:{port}/airflow");
        let airflow = Installation::on(db).connection(&url);
        for command in COMMANDS {
            let outcome = airflow.run(command);
            let error = format!("cannot connect to {}://me:***@127.0.0.1:{port}/airflow", shown(db.dialect()));
            outcome.says(FAILED, &error, Some("check that the database is running"));
            assert_eq!(outcome.stdout, "");
        }
    }
}

test_on! {
    [postgres, mysql, mariadb]
    async fn a_server_that_does_not_answer(db) {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = silent.local_addr().unwrap().port();
        let scheme = db.url().split_once("://").unwrap().0;
        let url = format!("{scheme}://me:s3cret@127.0.0.1:{port}/airflow?connect_timeout=1");
        let outcome = Installation::on(db).connection(&url).run(&["db", "migrate"]);
        let hint = Some("check the host and port in [database] sql_alchemy_conn, and the network");
        outcome.says(FAILED, "did not answer within 1 s", hint);
        assert!(!outcome.stderr.contains("s3cret"));
    }
}

test_on! {
    [postgres, mysql, mariadb]
    async fn a_wrong_password(db) {
        let url = url_as(db, db.parsed_url().user.as_deref().unwrap(), "s3cret-p4ss");
        let airflow = Installation::on(db).connection(&url);
        let before = snapshot(db).await;
        for command in COMMANDS {
            let verbose = [command, &["-v"]].concat();
            for outcome in [airflow.run(command), airflow.run(&verbose)] {
                outcome.says(FAILED, "cannot connect to ", Some("check the user, the password, and that the user may connect, in [database] sql_alchemy_conn"));
                assert!(!outcome.stdout.contains("s3cret") && !outcome.stderr.contains("s3cret"), "{outcome:?}");
            }
        }
        // Nor does a listener print it that has nowhere to write.
        let host = Host::load(&airflow.environment(), built_in_plugins().unwrap()).unwrap();
        let event = DagRunEvent::new("demo", "bad", DagRunState::Failed);
        let failures = dispatch(&host.listeners(), &event, &host.plugin_context()).await;
        let said = format!("{failures:?} {failures:#?}");
        assert!(failures.len() == 1 && !said.contains("s3cret"), "{said}");
        assert_eq!(snapshot(db).await, before);
    }
}

test_on! {
    [postgres, mysql, mariadb]
    async fn a_database_that_is_not_there(db) {
        let url = db.url().replacen(db.name(), "dunlin_test_no_such_database", 1);
        let airflow = Installation::on(db).connection(&url);
        for command in COMMANDS {
            let hint = Some("create the database, or correct its name in [database] sql_alchemy_conn");
            airflow.run(command).says(FAILED, "cannot connect to ", hint);
        }
    }
}

fn shown(dialect: DialectName) -> &'static str {
    if dialect == DialectName::Postgres { "postgresql" } else { "mysql" }
}

#[test]
fn an_unwritable_sqlite_path() {
    let directory = tempfile::tempdir().unwrap();
    let on = |file: &Path| {
        Installation::bare().connection(&format!("sqlite:///{}", file.display())).managers(TICKETING)
    };
    let refused = |file: &Path, command: &[&str]| {
        let error = format!("cannot open the database file {}", file.display());
        on(file).run(command).says(FAILED, &error, Some("its directory must exist and be writable"));
    };
    let creates = |command: &&[&str]| !is_status(command) && command[1] != "downgrade";
    // Not even an administrator can make files in /proc.
    for file in [&directory.path().join("no/such/directory/airflow.db"), Path::new("/proc/airflow.db")] {
        COMMANDS.into_iter().filter(creates).for_each(|command| refused(file, command));
        let hint = Some("`airflow db migrate` creates it");
        on(file).run(&["db", "check"]).says(FAILED, "does not exist", hint);
    }
    COMMANDS.into_iter().for_each(|command| refused(directory.path(), command));
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn a_sqlite_file_that_is_no_database() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("airflow.db");
    std::fs::write(&file, "dear diary, ".repeat(100)).unwrap();
    let airflow =
        Installation::bare().connection(&format!("sqlite:///{}", file.display())).managers(TICKETING);
    for command in COMMANDS {
        let outcome = airflow.run(command);
        outcome.says(FAILED, "cannot open the database file", Some("the file must be a SQLite database"));
        assert_eq!(outcome.stdout, "", "{command:?}");
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "dear diary, ".repeat(100));
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
}

fn is_status(command: &[&str]) -> bool {
    command[1].starts_with("check") || command.contains(&"-s")
}

/// What creates nothing makes no file.
#[test]
fn most_commands_do_not_make_the_sqlite_file() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("airflow.db");
    let airflow =
        Installation::bare().connection(&format!("sqlite:///{}", file.display())).managers(TICKETING);
    let behind = airflow.run(&["db", "check-migrations", "-t", "0"]);
    behind.says(PENDING, "the database is not up to date", Some("run `airflow db migrate`"));
    assert_eq!(airflow.run(&["db", "migrate", "-s"]).code, DONE);
    let others = [
        &["db", "check"][..],
        &["db", "downgrade", "-n", "2.6.2", "-y"],
        &["db", "reset", "-y", "--skip-init"],
    ];
    for command in others {
        let missing = airflow.run(command);
        missing.says(FAILED, "airflow.db does not exist", Some("`airflow db migrate` creates it"));
    }
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    assert_eq!(std::fs::read_dir(airflow.home()).unwrap().count(), 0);
}

test_on! {
    [postgres]
    async fn a_role_that_may_not_create(db) {
        let role = Role::create(db, "role", "role").await;
        let version: u32 = db.query("SHOW server_version_num").await[0][0].parse().unwrap();
        if version < 150_000 {
            db.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC").await;
        }
        let airflow = Installation::on(db).connection(&role.url);
        let before = snapshot(db).await;
        let error = format!("role {} may not create tables in schema public", role.name);
        let grant = format!("GRANT CREATE ON SCHEMA \"public\" TO \"{}\"", role.name);
        let hint = format!("as the schema's owner: {grant}");
        for command in [&["db", "migrate"][..], &["db", "migrate", "-m"], &["db-manager", "migrate", TICKETING]] {
            let outcome = airflow.run(command);
            outcome.says(FAILED, &error, Some(&hint));
            assert!(outcome.stderr.contains("nothing was changed"), "{outcome:?}");
        }
        assert_eq!(snapshot(db).await, before);

        // Nothing to create: no right is needed for it. What is read must be granted.
        stamp(db, VERSION_TABLE, HEAD).await;
        stamp(db, "alembic_version_drt", "d759c6d30f5a").await;
        db.execute(&format!("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {}", role.name)).await;
        airflow.succeed(&["db", "migrate"]);
        airflow.succeed(&["db", "check-migrations"]);

        // The hint helps.
        db.execute("DROP TABLE alembic_version_drt").await;
        db.execute(&grant).await;
        airflow.succeed(&["db", "migrate"]);
        role.drop(db).await;
    }
}

test_on! {
    [mysql, mariadb]
    async fn a_user_that_may_not_create(db) {
        let role = Role::create(db, "role", "role").await;
        stamp(db, VERSION_TABLE, HEAD).await;
        db.admin(&format!("GRANT SELECT ON {}.* TO {}", db.name(), role.name)).await;
        let airflow = Installation::on(db).connection(&role.url);
        let before = snapshot(db).await;
        let outcome = airflow.run(&["db", "migrate"]);
        outcome.says(FAILED, "the database refused: CREATE TABLE `alembic_version_drt`", None);
        assert!(outcome.stderr.contains("CREATE command denied to user"), "{outcome:?}");
        assert!(outcome.stdout.contains("airflow: already at d2f4e1b3c5a7 (3.3.0)\n"), "{outcome:?}");
        let left = format!("{TICKETING}: failed after 0 steps; at no revision\n");
        assert!(outcome.stdout.contains(&left), "{outcome:?}");
        assert_eq!(snapshot(db).await, before);

        // To look, it is enough to read.
        let behind = airflow.run(&["db", "check-migrations", "-t", "0"]);
        behind.says(PENDING, "the database is not up to date", Some("run `airflow db migrate`"));
        role.drop(db).await;
    }
}

db_test! {
    async fn a_revision_of_a_newer_build(db) {
        stamp(db, VERSION_TABLE, "ffffffffffff").await;
        let airflow = Installation::on(db);
        let before = snapshot(db).await;
        let error = "the database is at revision ffffffffffff, which this build does not know";
        let hint = "the database was migrated by a newer version or by another program: use that version here";
        for command in [
            &["db", "migrate"][..],
            &["db", "migrate", "-n", "2.6.2"],
            &["db", "migrate", "-s"],
            &["db", "downgrade", "-n", "2.6.2", "-y"],
            &["db", "downgrade", "-n", "2.6.2", "-s"],
            &["db", "reset", "-y"],
        ] {
            let outcome = airflow.run(command);
            outcome.says(FAILED, error, Some(hint));
        }
        let checked = airflow.run(&["db", "check-migrations", "-t", "0"]);
        checked.says(PENDING, "the database is not up to date", Some(hint));
        let reason = "airflow: at ffffffffffff, which this build does not know: it is too old";
        assert!(checked.stderr.contains(reason), "{checked:?}");
        assert_eq!(snapshot(db).await, before);
    }
}

db_test! {
    /// An owner that cannot be planned for stops the run before the owners ahead of it.
    async fn a_managers_revision_of_a_newer_build(db) {
        stamp(db, "alembic_version_drt", "ffffffffffff").await;
        let airflow = Installation::on(db);
        let before = snapshot(db).await;
        let error = "cannot plan for ticketing.db_manager.DRTDBManager: \
                     the database is at revision ffffffffffff, which this build does not know";
        let hint = Some("use that version here");
        airflow.run(&["db", "migrate"]).says(FAILED, error, hint);
        airflow.run(&["db-manager", "migrate", TICKETING]).says(FAILED, error, hint);
        airflow.run(&["db-manager", "downgrade", TICKETING, "-n", "0.0.1", "-y"]).says(FAILED, error, hint);
        airflow.run(&["db-manager", "reset", TICKETING, "-y"]).says(FAILED, error, hint);
        let checked = airflow.run(&["db", "check-migrations", "-t", "0"]);
        checked.says(PENDING, "the database is not up to date", hint);
        assert_eq!(snapshot(db).await, before);
    }
}

db_test! {
    async fn a_declined_prompt(db) {
        stamp(db, VERSION_TABLE, HEAD).await;
        stamp(db, "alembic_version_drt", "d759c6d30f5a").await;
        let airflow = Installation::on(db);
        let before = snapshot(db).await;
        for command in [
            &["db", "downgrade", "-n", "2.6.2"][..],
            &["db", "reset"],
            &["db", "reset", "--skip-init"],
            &["db-manager", "downgrade", TICKETING, "-n", "0.0.1"],
            &["db-manager", "reset", TICKETING],
        ] {
            for answer in ["", "n\n", "\n", "yes, please\n"] {
                let outcome = airflow.run_reading(answer, command);
                outcome.says(FAILED, "cancelled", None);
                assert!(outcome.stderr.contains("[y/N] "), "{outcome:?}");
                assert!(outcome.stderr.contains("nothing was changed"), "{outcome:?}");
            }
        }
        assert_eq!(snapshot(db).await, before);
        let agreed = airflow.run_reading("y\n", &["db-manager", "reset", TICKETING, "--skip-init"]);
        assert_eq!(agreed.code, DONE, "{agreed:?}");
        assert_eq!(db.tables().await, [VERSION_TABLE]);
    }
}

#[test]
fn a_broken_configuration_file() {
    let fine = "sqlite:////tmp/no-directory/airflow.db";
    let cases: &[(&str, &str, &str)] = &[
        ("sql_alchemy_conn = x\n", "line 1: there is no [section] line before it", "[section] lines"),
        ("[database]\nsql_alchemy_conn\n", "line 2: it is neither a [section] nor", "`key = value` lines"),
        ("[database]\n= x\n", "line 2: there is no key before the", "`key = value` lines"),
        ("[database]\na = 1\na = 2\n", "line 3: `a` is there already", "`key = value` lines"),
        ("[database]\n[core]\n[database]\n", "line 3: the section [database] is there already", "lines"),
        (
            "[database]\nsql_alchemy_conn = postgresql://u:a%b@h/db\n",
            "a `%` that is followed by",
            "write % as %%",
        ),
        ("[database]\nsql_alchemy_conn = oracle://u:s3cret@h/db\n", "cannot be used", ""),
        ("[database]\nsql_alchemy_conn = postgresql://u:s3cret@h:port/db\n", "cannot be used", ""),
        (
            "[database]\nsql_alchemy_conn = sqlite:///airflow.db\n",
            "by the relative path `airflow.db`",
            "four slashes",
        ),
        ("[database]\nexternal_db_managers = a b\n", "an entry with white space in it", "commas"),
    ];
    for (text, error, hint) in cases {
        let airflow = Installation::bare().file(text);
        for command in COMMANDS.into_iter().chain([&["db", "shell"][..]]) {
            let outcome = airflow.run(command);
            outcome.says(USAGE, error, Some(hint));
            assert!(outcome.stderr.contains("airflow.cfg"), "the file is named: {outcome:?}");
            assert!(!outcome.stderr.contains("s3cret") && outcome.stdout.is_empty(), "{outcome:?}");
        }
        assert_eq!(std::fs::read_dir(airflow.home()).unwrap().count(), 1, "{text}");
    }

    let airflow = Installation::bare().connection(fine);
    std::fs::write(airflow.home().join("airflow.cfg"), b"[database]\nx = \xff\n").unwrap();
    airflow.run(&["db", "migrate"]).says(USAGE, "airflow.cfg is not UTF-8", Some("save it as UTF-8"));
    std::fs::remove_file(airflow.home().join("airflow.cfg")).unwrap();
    std::fs::create_dir(airflow.home().join("airflow.cfg")).unwrap();
    let hint = Some("it must be a file that this user may read");
    airflow.run(&["db", "migrate"]).says(USAGE, "cannot read ", hint);
}

/// Commands for builds whose managers cannot be; the manager named is the first one registered.
fn commands_for(manager: &str) -> [Vec<&str>; 5] {
    [
        vec!["db", "migrate"],
        vec!["db", "check-migrations", "-t", "0"],
        vec!["db", "downgrade", "-n", "2.6.2", "-y"],
        vec!["db", "reset", "-y"],
        vec!["db-manager", "migrate", manager],
    ]
}

db_test! {
    async fn two_managers_that_claim_the_same(db) {
        let with_version_table = |name: &str, table, version_table: &str| {
            let like = manager(name, table);
            DbManager::new(name, version_table)
                .models(move |host| like.metadata(host))
                .migrations(manager(name, table).all_migrations().iter().cloned())
        };
        let cases = [
            // One table.
            (manager("a.A", "ours"), with_version_table("b.B", "ours", "version_b"), "a.A and b.B", "ours"),
            (manager("a.A", "dag_run"), manager("b.B", "theirs"), "airflow and a.A", "dag_run"),
            // One version table.
            (with_version_table("a.A", "one", "v"), with_version_table("b.B", "two", "v"), "a.A and b.B", "v"),
            (manager("a.A", "one"), with_version_table("b.B", "two", VERSION_TABLE), "airflow and b.B", VERSION_TABLE),
            // A table that is another one's version table.
            (with_version_table("a.A", "one", "two"), manager("b.B", "two"), "a.A and b.B", "two"),
            (manager("a.A", "one"), with_version_table("b.B", "two", "one"), "a.A and b.B", "one"),
            (with_version_table("a.A", "one", "dag"), manager("b.B", "two"), "airflow and a.A", "dag"),
            // A table that only the revisions of one make.
            (
                DbManager::new("a.A", "v").migrations(manager("a.A", "ours").all_migrations().iter().cloned()),
                with_version_table("b.B", "ours", "w"),
                "a.A and b.B",
                "ours",
            ),
            // Its own version table.
            (with_version_table("a.A", "one", "one"), manager("b.B", "two"), "a.A and a.A", "one"),
        ];
        let before = snapshot(db).await;
        for (first, second, owners, table) in cases {
            let managers = [first, second];
            let airflow = Installation::with(db, &managers);
            for command in commands_for("a.A") {
                let outcome = airflow.run_with(&managers, &command).await;
                let error = format!("{owners} both claim the table {table}");
                outcome.says(FAILED, &error, Some("unregister one of the two"));
            }
        }
        assert_eq!(snapshot(db).await, before);
    }
}

db_test! {
    async fn a_history_that_cannot_be(db) {
        let empty = |id: &str, follows: &[&str]| {
            let revision = Revision::new(id);
            let revision = follows.iter().fold(revision, |revision, id| revision.down_revision(*id));
            Migration::new(revision, |_| {}, |_| {})
        };
        let long = "a_revision_id_of_thirty_three_let";
        let cases = [
            (
                vec![empty("base", &[]), empty("left", &["base"]), empty("right", &["base"])],
                "there are 2 heads: left, right",
                "add a revision that follows all of these heads",
            ),
            (vec![empty("one", &[]), empty("two", &[])], "there are 2 heads: one, two", "add a revision"),
            (
                vec![empty("a", &["c"]), empty("b", &["a"]), empty("c", &["b"])],
                "revisions follow each other in a circle: ",
                "correct a down_revision",
            ),
            (vec![empty("a", &["a"])], "revisions follow each other in a circle: a -> a", "correct"),
            (vec![empty("a", &[]), empty("a", &[])], "revision a exists twice", "another id"),
            (vec![empty("b", &["a"])], "revision b follows a, which does not exist", "add the missing"),
            (vec![empty(long, &[])], "is longer than 32 characters", "give the revision a shorter id"),
        ];
        let before = snapshot(db).await;
        for (migrations, error, hint) in cases {
            let managers = [DbManager::new("a.A", "version_a").migrations(migrations)];
            let airflow = Installation::with(db, &managers);
            for command in commands_for("a.A") {
                let outcome = airflow.run_with(&managers, &command).await;
                outcome.says(FAILED, error, Some(hint));
                assert!(outcome.stderr.contains("the history of a.A is broken"), "{outcome:?}");
            }
        }
        assert_eq!(snapshot(db).await, before);
    }
}

db_test! {
    /// The real Airflow stamps such a table blindly.
    async fn a_table_without_a_version_row(db) {
        stamp(db, VERSION_TABLE, HEAD).await;
        db.execute("CREATE TABLE dag_run_ticket (id INTEGER)").await;
        let airflow = Installation::on(db);
        let before = snapshot(db).await;
        let error = format!(
            "cannot plan for {TICKETING}: {TICKETING} has tables (dag_run_ticket) but no row in \
             alembic_version_drt that says at which revision they are"
        );
        let refused = async || {
            let before = snapshot(db).await;
            let mut hint = String::new();
            for command in [&["db", "migrate"][..], &["db-manager", "migrate", TICKETING], &["db", "migrate", "-s"]] {
                let outcome = airflow.run(command);
                outcome.says(FAILED, &error, Some("record the revision they are at: "));
                hint = outcome.stderr.lines().last().unwrap().to_owned();
            }
            assert_eq!(airflow.run(&["db", "check-migrations", "-t", "0"]).code, PENDING);
            assert_eq!(snapshot(db).await, before);
            hint
        };
        let hint = refused().await;
        assert_eq!(snapshot(db).await, before);

        // An empty version table says no more.
        stamp(db, "alembic_version_drt", "x").await;
        db.execute("DELETE FROM alembic_version_drt").await;
        let row_only = "they are at: INSERT INTO alembic_version_drt VALUES ('<revision>')";
        assert!(refused().await.ends_with(row_only));

        // The way out, as the hint has it.
        db.execute("DROP TABLE alembic_version_drt").await;
        let (_, way_out) = hint.split_once("record the revision they are at: ").unwrap();
        for statement in way_out.replace("<revision>", "d759c6d30f5a").split("; ") {
            db.execute(statement).await;
        }
        airflow.succeed(&["db", "migrate"]);
        airflow.succeed(&["db", "check-migrations"]);
        // A core without its row is no better off.
        db.execute("DROP TABLE alembic_version").await;
        db.execute("CREATE TABLE dag (dag_id INTEGER)").await;
        let hint = Some("if the tables are another program's, move them away");
        airflow.run(&["db", "migrate"]).says(FAILED, "airflow has tables (dag) but no row in alembic_version", hint);
    }
}
