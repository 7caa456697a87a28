//! Configuration on real databases: `airflow.cfg`, the environment, URLs as SQLAlchemy has them,
//! `db check` and `db shell`.

use std::io::copy;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::Duration;

use airflow::dispatch::dispatch;
use airflow::host::{Host, built_in_plugins};
use airflow_plugin::{DagRunEvent, DagRunState};
use dunlin::Access;
use dunlin::core::dialect::DialectName;
use dunlin::core::session::Session as _;
use dunlin_testkit::{TestDatabase, db_test};

use crate::support::{
    HEAD, Installation, Outcome, Role, TICKETING, VERSION_TABLE, feed, has, rows, stamp, test_on,
};

/// A URL as a value in `airflow.cfg`.
fn in_file(url: &str) -> String {
    url.replace('%', "%%")
}

db_test! {
    /// The line of the talk's slide, quotes and all.
    async fn the_talks_line(db) {
        stamp(db, VERSION_TABLE, HEAD).await;
        let file = |managers: &str| {
            let conn = in_file(db.url());
            Installation::bare().file(&format!(
                "[core]\n# a comment\nexecutor = LocalExecutor\n\n[database]\nsql_alchemy_conn = {conn}\n\
                 external_db_managers = {managers}\n"
            ))
        };
        let literal = file("\"ticketing.db_manager.DRTDBManager, path.to.another.dbmanager\"");
        let hint = Some("take it out of [database] external_db_managers");
        literal.run(&["db", "migrate"]).says(2, "DB manager path.to.another.dbmanager is registered, but", hint);
        assert_eq!(db.tables().await, [VERSION_TABLE]);

        let airflow = file("\"ticketing.db_manager.DRTDBManager\"");
        assert_eq!(airflow.run(&["db", "check-migrations", "-t", "0"]).code, 3);
        airflow.succeed(&["db", "migrate"]);
        assert_eq!(rows(db, "alembic_version_drt").await, ["d759c6d30f5a"]);
        airflow.succeed(&["db", "check-migrations"]);

        // The environment counts more than the file.
        let airflow = airflow.managers("");
        let error = "DB manager ticketing.db_manager.DRTDBManager is not registered";
        let hint = Some("no manager is registered");
        airflow.run(&["db-manager", "reset", TICKETING, "-y"]).says(2, error, hint);
    }
}

db_test! {
    async fn the_connection_by_command_and_not_by_secret(db) {
        stamp(db, VERSION_TABLE, HEAD).await;
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("the connection");
        std::fs::write(&file, format!("{}\n", db.url())).unwrap();
        let command = format!("cat '{}'", file.display());
        let variable = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD";
        let by_variable = Installation::bare().set(variable, &command);
        by_variable.succeed(&["db", "check-migrations", "-t", "0"]);
        let by_file = Installation::bare().file(&format!("[database]\nsql_alchemy_conn_cmd = {command}\n"));
        by_file.succeed(&["db", "check-migrations", "-t", "0"]);

        let hint = Some("set the value itself, or with _CMD");
        let by_variable = Installation::bare().set("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_SECRET", "a/path");
        let error = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_SECRET asks for a secrets backend";
        by_variable.run(&["db", "migrate"]).says(2, error, hint);
        let by_file = Installation::bare().file("[database]\nsql_alchemy_conn_secret = a/path\n");
        by_file.run(&["db", "migrate"]).says(2, "[database] sql_alchemy_conn_secret (", hint);
        let failing = Installation::bare().set(variable, "false");
        let hint = Some("run it by hand");
        failing.run(&["db", "migrate"]).says(2, "the command in AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD failed", hint);
    }
}

test_on! {
    [postgres, mysql, mariadb]
    async fn a_password_with_everything_in_it(db) {
        let (password, encoded) = (r#"p@s%40s:/?#[1] &+"'\x"#, r"p%40s%2540s%3A%2F%3F%23%5B1%5D%20%26%2B%22%27%5Cx");
        let role = Role::create(db, password, encoded).await;
        match db.dialect() {
            DialectName::Postgres => db.execute(&format!("GRANT CREATE ON SCHEMA public TO {}", role.name)).await,
            _ => db.admin(&format!("GRANT ALL ON {}.* TO {}", db.name(), role.name)).await,
        }
        let by_variable = Installation::bare().connection(&role.url).managers(TICKETING);
        let by_file = Installation::bare().managers(TICKETING);
        let by_file = by_file.file(&format!("[database]\nsql_alchemy_conn = {}\n", in_file(&role.url)));
        for airflow in [by_variable, by_file] {
            airflow.succeed(&["db-manager", "migrate", TICKETING]);
            let host = Host::load(&airflow.environment(), built_in_plugins().unwrap()).unwrap();
            let event = DagRunEvent::new("demo", "bad", DagRunState::Failed);
            let failures = dispatch(&host.listeners(), &event, &host.plugin_context()).await;
            assert!(failures.is_empty(), "{failures:?}");
            let shell = airflow.run_reading("SELECT count(*) + 41 FROM dag_run_ticket;\n", &["db", "shell"]);
            assert!(shell.code == 0 && shell.stdout.contains("42"), "{shell:?}");
            airflow.succeed(&["db-manager", "reset", TICKETING, "-y"]);
        }
        // Not encoded, it says where the password ends wrongly, and does not print it.
        let url = role.url.replace(encoded, "p@s3cret:/x");
        let outcome = Installation::bare().connection(&url).run(&["db", "check"]);
        assert_ne!(outcome.code, 0);
        assert!(!outcome.stderr.contains("s3cret") && !outcome.stdout.contains("s3cret"), "{outcome:?}");
        db.execute("DROP TABLE dag_run_ticket").await;
        db.execute("DROP TABLE alembic_version_drt").await;
        role.drop(db).await;
    }
}

db_test! {
    async fn the_urls_of_all_usual_drivers(db) {
        let (_, rest) = db.url().split_once("://").unwrap();
        let drivers: &[&str] = match db.dialect() {
            DialectName::Postgres => &[
                "postgresql", "postgres", "postgresql+psycopg2", "postgresql+psycopg", "postgresql+asyncpg",
                "postgresql+pg8000",
            ],
            DialectName::MySql | DialectName::MariaDb => &[
                "mysql", "mysql+mysqldb", "mysql+pymysql", "mysql+mysqlconnector", "mysql+aiomysql",
                "mysql+asyncmy", "mariadb+mariadbconnector",
            ],
            DialectName::Sqlite => &["sqlite", "sqlite+pysqlite", "sqlite+aiosqlite"],
        };
        stamp(db, VERSION_TABLE, HEAD).await;
        for driver in drivers {
            let airflow = Installation::on(db).connection(&format!("{driver}://{rest}"));
            let said = airflow.succeed(&["db", "check"]);
            assert_eq!(said, format!("{} can be reached\n", db.parsed_url().redacted()));
        }
    }
}

/// What the server says of the encryption of a connection; empty for none.
async fn cipher(db: &TestDatabase, options: &str) -> Result<String, String> {
    let airflow = Installation::on(db).connection(&format!("{}?{options}", db.url()));
    let host = Host::load(&airflow.environment(), built_in_plugins().unwrap()).unwrap();
    let mut database = host.connect(Access::Read).await.map_err(|error| error.message().to_owned())?;
    let sql = match db.dialect() {
        DialectName::Postgres => {
            "SELECT '', coalesce(cipher, '') FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        }
        _ => "SHOW SESSION STATUS LIKE 'Ssl_cipher'",
    };
    let rows = database.query(sql).await.unwrap();
    database.close().await;
    Ok(rows[0][1].clone().unwrap())
}

test_on! {
    [postgres, mysql, mariadb]
    async fn tls_modes(db) {
        let (disable, prefer, require, verify) = match db.dialect() {
            DialectName::Postgres => ("sslmode=disable", "sslmode=prefer", "sslmode=require", "sslmode=verify-full"),
            _ => ("ssl_mode=DISABLED", "ssl_mode=PREFERRED", "ssl_mode=REQUIRED", "ssl_mode=VERIFY_IDENTITY"),
        };
        let capable = match db.dialect() {
            DialectName::Postgres => db.query("SHOW ssl").await == [["on"]],
            DialectName::MySql => true,
            _ => db.query("SHOW VARIABLES LIKE 'have_ssl'").await == [["have_ssl", "YES"]],
        };
        assert_eq!(cipher(db, disable).await.unwrap(), "");
        assert_eq!(cipher(db, prefer).await.unwrap().is_empty(), !capable);
        let required = cipher(db, require).await;
        let verified = cipher(db, verify).await.unwrap_err();
        assert!(verified.starts_with("cannot connect to "), "its authority is unknown: {verified}");
        if capable {
            assert_ne!(required.unwrap(), "");
        } else {
            let refused = required.unwrap_err();
            assert!(refused.contains("TLS") || refused.contains("SSL"), "{refused}");
        }
        // A mode that there is not.
        let option = if db.dialect() == DialectName::Postgres { "sslmode" } else { "ssl_mode" };
        let outcome = Installation::on(db).connection(&format!("{}?{option}=maybe", db.url())).run(&["db", "check"]);
        outcome.says(2, &format!("`{option}`"), Some(""));
    }
}

#[test]
fn the_home_directory() {
    let home = tempfile::tempdir().unwrap();
    let airflow = Installation::bare();
    let run = |arguments: &[&str], variables: &[(&str, &Path)]| {
        let mut command = airflow.command(arguments);
        command.env_remove("AIRFLOW_HOME").env("HOME", home.path()).envs(variables.iter().copied());
        Outcome::from(command.output().unwrap())
    };
    // Nothing is set: ~/airflow, which is made by the first command that writes.
    let file = home.path().join("airflow/airflow.db");
    assert_eq!(run(&["db", "check-migrations", "-t", "0"], &[]).code, 3);
    assert!(!file.parent().unwrap().exists());
    let migrated = run(&["db", "migrate"], &[]);
    assert_eq!(migrated.code, 0, "{migrated:?}");
    let expected = format!(
        "database: sqlite:///{}\nairflow: created from its models, at d2f4e1b3c5a7 (3.3.0)\n",
        file.display()
    );
    assert_eq!((migrated.stdout.as_str(), migrated.stderr.as_str()), (expected.as_str(), ""));
    assert!(file.exists());
    let checked = run(&["db", "check-migrations"], &[]);
    assert_eq!(checked.stdout, "airflow: up to date at d2f4e1b3c5a7 (3.3.0)\n");

    // Its airflow.cfg is read, unless AIRFLOW_CONFIG names another.
    std::fs::write(home.path().join("airflow/airflow.cfg"), "[database]\nexternal_db_managers = no.Such\n")
        .unwrap();
    run(&["db", "migrate"], &[]).says(2, "DB manager no.Such is registered", Some(""));
    let other = home.path().join("other.cfg");
    std::fs::write(&other, "[database]\nexternal_db_managers = not.This.Either\n").unwrap();
    let outcome = run(&["db", "migrate"], &[("AIRFLOW_CONFIG", &other)]);
    outcome.says(2, "DB manager not.This.Either is registered", Some(""));

    // AIRFLOW_HOME moves all of it; `~` is the user's home there.
    let moved = run(&["db", "migrate"], &[("AIRFLOW_HOME", Path::new("~/elsewhere"))]);
    assert_eq!(moved.code, 0, "{moved:?}");
    assert!(home.path().join("elsewhere/airflow.db").exists());
}

#[test]
fn an_outdated_place_and_options_without_effect_are_warned_of() {
    let airflow = Installation::bare();
    let conn = format!("sqlite:///{}/a.db?check_same_thread=false", airflow.home().display());
    let airflow = airflow.file(&format!("[core]\nsql_alchemy_conn = {conn}\n"));
    let outcome = airflow.run(&["db", "check-migrations", "-t", "0"]);
    assert_eq!(outcome.code, 3);
    assert!(outcome.stderr.contains("warning: [core] sql_alchemy_conn ("), "{outcome:?}");
    assert!(outcome.stderr.contains(" is outdated: use [database] sql_alchemy_conn\n"), "{outcome:?}");
    assert!(outcome.stderr.contains("these options have no effect here: check_same_thread\n"), "{outcome:?}");
}

db_test! {
    async fn db_check(db) {
        let airflow = Installation::on(db);
        let shown = db.parsed_url().redacted();
        if let Some(file) = db.file() {
            let missing = airflow.run(&["db", "check"]);
            missing.says(1, &format!("{shown} does not exist"), Some("`airflow db migrate` creates it"));
            assert!(!file.exists());
            std::fs::write(file, "").unwrap();
        }
        let said = airflow.succeed(&["db", "check"]);
        assert_eq!(said, format!("{shown} can be reached\n"));
        assert_eq!(db.tables().await, Vec::<String>::new());
    }
}

db_test! {
    async fn verbose_shows_every_statement(db) {
        let airflow = Installation::on(db);
        let quiet = airflow.run(&["db-manager", "migrate", TICKETING]);
        // On MySQL other tests may hold the lock: it is the server's.
        let waiting = |line: &&str| line.starts_with("waiting up to ");
        assert_eq!((quiet.code, quiet.stderr.lines().find(|line| !waiting(line))), (0, None));
        airflow.succeed(&["db-manager", "reset", TICKETING, "-y", "--skip-init"]);
        let verbose = airflow.run(&["db-manager", "migrate", TICKETING, "-v"]);
        assert_eq!((verbose.code, verbose.stdout.as_str()), (0, quiet.stdout.as_str()));
        for part in ["CREATE TABLE", "dag_run_ticket", "idx_drt_dag_run", "INSERT INTO", "d759c6d30f5a"] {
            assert!(verbose.stderr.contains(part), "no {part} in {verbose:?}");
        }
        if let Some(password) = db.parsed_url().password() {
            assert!(!verbose.stderr.contains(&format!(":{}@", password.expose())), "{verbose:?}");
        }
    }
}

test_on! {
    [postgres, mysql, mariadb]
    async fn db_check_tries_again(db) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let real = db.parsed_url().port.unwrap();
        let url = db.url().replacen(&format!(":{real}/"), &format!(":{port}/"), 1);
        let open = Arc::new(AtomicBool::new(false));
        let is_open = open.clone();
        thread::spawn(move || serve(&listener, real, &is_open));
        let airflow = Installation::on(db).connection(&url);
        let never = airflow.run(&["db", "check", "--retry", "2", "--retry-delay", "0"]);
        never.says(1, "cannot connect to ", Some("check that the database is running"));
        assert!(never.stderr.contains("; try 1 of 2\n") && never.stderr.contains("; try 2 of 2\n"), "{never:?}");
        assert!(!never.stderr.contains("try 3"), "{never:?}");

        // A server that comes up late.
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(300));
            open.store(true, Relaxed);
        });
        let late = airflow.run(&["db", "check", "--retry", "30"]);
        assert_eq!(late.code, 0, "{late:?}");
        assert!(late.stderr.contains("; try 1 of 30\n"), "{late:?}");
    }
}

/// Passes connections on to another port, until the test's process ends; drops them until it is open.
fn serve(listener: &TcpListener, port: u16, open: &AtomicBool) {
    for client in listener.incoming() {
        let client = client.unwrap();
        if !open.load(Relaxed) {
            continue;
        }
        let server = TcpStream::connect(("127.0.0.1", port)).unwrap();
        for (mut from, mut to) in
            [(client.try_clone().unwrap(), server.try_clone().unwrap()), (server, client)]
        {
            thread::spawn(move || {
                copy(&mut from, &mut to).ok();
                to.shutdown(Shutdown::Write).ok();
            });
        }
    }
}

db_test! {
    async fn db_shell(db) {
        let airflow = Installation::on(db);
        let program = match db.dialect() {
            DialectName::Postgres => "psql",
            DialectName::Sqlite => "sqlite3",
            _ => "mysql",
        };
        let input = "SELECT 40 + 2;\n";
        let missing = format!("the program {program} is not on the PATH");
        if program != "sqlite3" || has(program) {
            let outcome = airflow.run_reading(input, &["db", "shell"]);
            assert_eq!(outcome.code, 0, "{outcome:?}");
            assert!(outcome.stdout.split_whitespace().any(|word| word == "42"), "{outcome:?}");
            assert!(outcome.stderr.contains(&db.parsed_url().redacted()), "{outcome:?}");
        } else {
            airflow.run_reading(input, &["db", "shell"]).says(1, &missing, Some("install"));
        }
        let empty = tempfile::tempdir().unwrap();
        let mut command = airflow.command(&["db", "shell"]);
        feed(command.env("PATH", empty.path()), input).says(1, &missing, Some("install"));
    }
}
