//! Running the program as a user does, and looking at what it did.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use airflow::config::Environment;
use airflow_plugin::Plugin;
use clap::Parser;
use dunlin_cli::Ui;
use dunlin_testkit::TestDatabase;
use dunlin_testkit::dunlin::core::dialect::DialectName;
use dunlin_testkit::dunlin::core::prelude::*;
use dunlin_testkit::dunlin::core::session::Session as _;
use tempfile::TempDir;

/// The manager of the ticketing plugin.
pub(crate) const TICKETING: &str = "ticketing.db_manager.DRTDBManager";
/// The core's newest revision.
pub(crate) const HEAD: &str = "d2f4e1b3c5a7";
/// The core's version table.
pub(crate) const VERSION_TABLE: &str = "alembic_version";

const CONN: &str = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN";
const MANAGERS: &str = "AIRFLOW__DATABASE__EXTERNAL_DB_MANAGERS";

/// Writes tests as `db_test!` does, on some databases only: what the test is about is not to be had on
/// the others.
macro_rules! test_on {
    ([$($database:ident),+] $(#[$attribute:meta])* async fn $name:ident($db:ident) $body:block) => {
        $(#[$attribute])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn body($db: &dunlin_testkit::TestDatabase) $body

            $(
                #[test]
                fn $database() {
                    let dialect = crate::support::dialect_named(stringify!($database));
                    dunlin_testkit::run(dialect, module_path!(), |db| Box::pin(body(db)));
                }
            )+
        }
    };
}
pub(crate) use test_on;

/// The database that a test of [`test_on`] is named after.
pub(crate) fn dialect_named(name: &str) -> DialectName {
    let all = [DialectName::Postgres, DialectName::MySql, DialectName::MariaDb, DialectName::Sqlite];
    all.into_iter().find(|dialect| dialect.as_str() == name).unwrap()
}

/// A home directory and the settings of one installation.
pub(crate) struct Installation {
    home: TempDir,
    variables: Vec<(String, String)>,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The exit code.
    pub(crate) code: i32,
    /// Standard output; none of a command that ran in this process.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

impl Installation {
    /// One whose metadata database is `database`, with the ticketing plugin registered.
    pub(crate) fn on(database: &TestDatabase) -> Self {
        Self::bare().set(CONN, database.url()).set(MANAGERS, TICKETING)
    }

    /// One with these managers registered, for [`Installation::run_with`].
    pub(crate) fn with(database: &TestDatabase, managers: &[DbManager]) -> Self {
        let names: Vec<&str> = managers.iter().map(DbManager::name).collect();
        Self::bare().set(CONN, database.url()).set(MANAGERS, &names.join(", "))
    }

    /// One without any settings: SQLite in its home.
    pub(crate) fn bare() -> Self {
        Self { home: tempfile::tempdir().unwrap(), variables: Vec::new() }
    }

    /// With a variable set, in place of an earlier value.
    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With another connection.
    pub(crate) fn connection(self, url: &str) -> Self {
        self.set(CONN, url)
    }

    /// With these names as its managers.
    pub(crate) fn managers(self, names: &str) -> Self {
        self.set(MANAGERS, names)
    }

    /// With the core's tables in a schema.
    pub(crate) fn schema(self, schema: &str) -> Self {
        self.set("AIRFLOW__DATABASE__SQL_ALCHEMY_SCHEMA", schema)
    }

    /// With an `airflow.cfg`.
    pub(crate) fn file(self, text: &str) -> Self {
        std::fs::write(self.home().join("airflow.cfg"), text).unwrap();
        self
    }

    /// The home directory.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// The variables, for a host in this process.
    pub(crate) fn environment(&self) -> Environment {
        let home = ("AIRFLOW_HOME".to_owned(), self.home().display().to_string());
        Environment::of(self.variables.iter().cloned().chain([home]))
    }

    /// The command, ready to be run.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_airflow"));
        let inherited = std::env::vars_os().filter(|(name, _)| {
            let name = name.to_string_lossy();
            !name.starts_with("AIRFLOW") && !name.starts_with("PG")
        });
        command.env_clear().envs(inherited.collect::<Vec<_>>());
        command.env("AIRFLOW_HOME", self.home()).envs(self.variables.iter().cloned());
        command.args(arguments).stdin(Stdio::null());
        command
    }

    /// Runs a command, with an empty standard input.
    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        self.command(arguments).output().map(Outcome::from).unwrap()
    }

    /// Runs a command with a text as its standard input.
    pub(crate) fn run_reading(&self, input: &str, arguments: &[&str]) -> Outcome {
        feed(&mut self.command(arguments), input)
    }

    /// Runs a command that must succeed, and returns its standard output.
    #[track_caller]
    pub(crate) fn succeed(&self, arguments: &[&str]) -> String {
        let outcome = self.run(arguments);
        assert_eq!(outcome.code, 0, "airflow {}: {outcome:?}", arguments.join(" "));
        outcome.stdout
    }

    /// Runs a command in this process, in a build that has these managers.
    pub(crate) async fn run_with(&self, managers: &[DbManager], arguments: &[&str]) -> Outcome {
        self.run_core(airflow::core::db_manager(), managers, arguments).await
    }

    /// The same in a build with another core.
    pub(crate) async fn run_core(
        &self,
        core: DbManager,
        managers: &[DbManager],
        arguments: &[&str],
    ) -> Outcome {
        #[derive(Parser)]
        struct Line {
            #[command(subcommand)]
            command: airflow::commands::Command,
        }
        let line = std::iter::once("airflow").chain(arguments.iter().copied());
        let Line { command } = Line::try_parse_from(line).unwrap();
        let plugins = plugins(managers);
        let environment = self.environment();
        let ran = airflow::commands::run_with(core, command, &environment, plugins, &Ui::quiet()).await;
        let (status, stderr) = match ran {
            Ok(status) => (status, String::new()),
            Err(error) => {
                let notes = error.notes().iter().map(|note| format!("  {note}\n"));
                let hints = error.hints().iter().map(|hint| format!("hint: {hint}\n"));
                let below: String = notes.chain(hints).collect();
                (error.status(), format!("error: {}\n{below}", error.message()))
            }
        };
        Outcome { code: status.code().into(), stdout: String::new(), stderr }
    }
}

impl Outcome {
    /// Checks the exit code, the one error line, and the hints (`None`: there must be none).
    #[track_caller]
    pub(crate) fn says(&self, code: i32, error: &str, hint: Option<&str>) {
        let lines = |start: &str| -> Vec<&str> {
            self.stderr.lines().filter_map(|line| line.strip_prefix(start)).collect()
        };
        let errors = lines("error: ");
        assert_eq!(errors.len(), 1, "one error line: {self:?}");
        assert!(errors[0].contains(error), "{error:?} is missing in {self:?}");
        let hints = lines("hint: ").join("\n");
        match hint {
            Some(hint) => assert!(hints.contains(hint), "the hint {hint:?} is missing in {self:?}"),
            None => assert_eq!(hints, "", "{self:?}"),
        }
        assert_eq!(self.code, code, "{self:?}");
    }
}

impl From<Output> for Outcome {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// Runs a command with a text as its standard input.
pub(crate) fn feed(command: &mut Command, input: &str) -> Outcome {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    // One that has ended already does not read.
    child.stdin.take().unwrap().write_all(input.as_bytes()).ok();
    child.wait_with_output().map(Outcome::from).unwrap()
}

struct Managers(Vec<DbManager>);

impl Plugin for Managers {
    fn name(&self) -> &str {
        "tests"
    }

    fn db_managers(&self) -> Vec<DbManager> {
        self.0.clone()
    }
}

/// A build's plugins that have these managers.
pub(crate) fn plugins(managers: &[DbManager]) -> Vec<Arc<dyn Plugin>> {
    vec![Arc::new(Managers(managers.to_vec()))]
}

/// A manager of one table, which its one revision `<table>_1` creates.
pub(crate) fn manager(name: &str, table: &'static str) -> DbManager {
    let revision = format!("{table}_1");
    let create = Migration::new(
        Revision::new(revision.as_str()).message(format!("create {table}")),
        move |op: &mut Operations| {
            op.create_table(table, |t| {
                t.column("id", DataType::Integer).primary_key();
            });
        },
        move |op: &mut Operations| op.drop_table(table),
    );
    DbManager::new(name, format!("alembic_version_{table}"))
        .models(move |host| {
            let mut metadata = Metadata::new(host.schema(), host.naming_convention());
            metadata.table(table, |t| {
                t.column("id", DataType::Integer).primary_key();
            });
            metadata
        })
        .migrations([create])
        .release("0.0.1", BASE)
        .release("1.0.0", &revision)
        .supports_table_dropping(true)
}

/// Everything in a database. Of SQLite, the bytes of its file and the files beside it, but for the lock
/// file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Snapshot {
    tables: BTreeMap<String, Vec<Vec<String>>>,
    files: BTreeMap<PathBuf, Vec<u8>>,
}

/// Takes a [`Snapshot`].
pub(crate) async fn snapshot(db: &TestDatabase) -> Snapshot {
    let mut found = Snapshot { tables: BTreeMap::new(), files: BTreeMap::new() };
    if let Some(file) = db.file() {
        let entries = std::fs::read_dir(file.parent().unwrap()).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        for path in paths.filter(|path| path.extension().is_none_or(|extension| extension != "lock")) {
            let bytes = std::fs::read(&path).unwrap_or_default();
            found.files.insert(path, bytes);
        }
        return found;
    }
    let names = match db.dialect() {
        DialectName::Postgres => {
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables \
             WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        }
        _ => {
            "SELECT concat('`', table_name, '`') FROM information_schema.tables WHERE table_schema = DATABASE()"
        }
    };
    let mut database = db.connect().await;
    for name in database.query(names).await.unwrap().into_iter().flatten().flatten() {
        let mut rows = database.query(&format!("SELECT * FROM {name}")).await.unwrap();
        rows.sort();
        let text = |value: Option<String>| value.unwrap_or_else(|| "NULL".to_owned());
        let rows = rows.into_iter().map(|row| row.into_iter().map(text).collect()).collect();
        found.tables.insert(name, rows);
    }
    database.close().await;
    found
}

/// Makes a version table with one row, as if a program had brought an owner there. What the owner's
/// tables are is not looked at where there is a row: most tests do without them.
pub(crate) async fn stamp(db: &TestDatabase, version_table: &str, revision: &str) {
    db.execute(&format!(
        "CREATE TABLE {version_table} (version_num VARCHAR(32) NOT NULL, \
         CONSTRAINT {version_table}_pkc PRIMARY KEY (version_num))"
    ))
    .await;
    db.execute(&format!("INSERT INTO {version_table} VALUES ('{revision}')")).await;
}

/// The version rows of a table.
pub(crate) async fn rows(db: &TestDatabase, version_table: &str) -> Vec<String> {
    db.query(&format!("SELECT version_num FROM {version_table} ORDER BY 1")).await.concat()
}

/// The URL of a test's database for another user; the password as a URL holds it.
pub(crate) fn url_as(db: &TestDatabase, user: &str, password: &str) -> String {
    let (scheme, rest) = db.url().split_once("://").unwrap();
    let (_, place) = rest.rsplit_once('@').unwrap();
    format!("{scheme}://{user}:{password}@{place}")
}

/// A role of a test's own, which may do nothing yet; drop it at the end.
pub(crate) struct Role {
    /// Its name, on PostgreSQL; with the quotes that MySQL wants, else.
    pub(crate) name: String,
    /// The test's database by its URL, as this role.
    pub(crate) url: String,
}

impl Role {
    /// Makes it; `encoded` is the password as a URL holds it.
    pub(crate) async fn create(db: &TestDatabase, password: &str, encoded: &str) -> Self {
        let name = format!("{}_r", db.name());
        let url = url_as(db, &name, encoded);
        let role = Self { name, url };
        role.forget(db).await;
        let literal = password.replace('\'', "''");
        match db.dialect() {
            DialectName::Postgres => {
                db.admin(&format!("CREATE ROLE {} LOGIN PASSWORD '{literal}'", role.name)).await;
            }
            _ => {
                let literal = literal.replace('\\', "\\\\");
                db.admin(&format!("CREATE USER {} IDENTIFIED BY '{literal}'", role.name)).await;
            }
        }
        role
    }

    /// Drops it, with all that was granted to it in the test's database.
    pub(crate) async fn drop(self, db: &TestDatabase) {
        if db.dialect() == DialectName::Postgres {
            db.execute(&format!("DROP OWNED BY {}", self.name)).await;
        }
        self.forget(db).await;
    }

    async fn forget(&self, db: &TestDatabase) {
        let kind = if db.dialect() == DialectName::Postgres { "ROLE" } else { "USER" };
        db.admin(&format!("DROP {kind} IF EXISTS {}", self.name)).await;
    }
}

/// Runs a script in the database's own client, which must not complain.
pub(crate) async fn run_in_client(db: &TestDatabase, script: &str) {
    let outcome = in_client(db, script);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{outcome:?} for\n{script}");
}

/// Runs a script in the database's own client.
pub(crate) fn in_client(db: &TestDatabase, script: &str) -> Outcome {
    let url = db.parsed_url();
    let mut command = match db.dialect() {
        DialectName::Postgres => {
            let mut psql = Command::new(psql());
            psql.args(["-X", "-q", db.url()]);
            // Not that an index to drop IF EXISTS does not exist.
            psql.env("PGOPTIONS", "-c client_min_messages=warning");
            psql
        }
        DialectName::MySql | DialectName::MariaDb => {
            let mut mysql = Command::new("mysql");
            mysql.args(["--no-defaults", "--protocol=TCP", "--default-character-set=utf8mb4"]);
            mysql.arg(format!("--host={}", url.host.as_deref().unwrap()));
            mysql.arg(format!("--port={}", url.port.unwrap()));
            mysql.arg(format!("--user={}", url.user.as_deref().unwrap()));
            mysql.arg(format!("--database={}", db.name()));
            mysql.env("MYSQL_PWD", url.password().unwrap().expose());
            mysql
        }
        DialectName::Sqlite if has("sqlite3") => {
            let mut sqlite = Command::new("sqlite3");
            sqlite.arg("-batch").arg(db.file().unwrap());
            sqlite
        }
        // Python's module knows no commands of the client.
        DialectName::Sqlite => {
            let mut python = Command::new("python3");
            let program = "import sqlite3, sys\n\
                           script = ''.join(line for line in sys.stdin if not line.startswith('.'))\n\
                           sqlite3.connect(sys.argv[1], isolation_level=None).executescript(script)";
            python.args(["-c", program]).arg(db.file().unwrap());
            python
        }
    };
    feed(&mut command, script)
}

/// The tables that are there, without those that the core made and gave to FAB.
pub(crate) async fn left_but_fabs(db: &TestDatabase) -> Vec<String> {
    let tables = db.tables().await;
    tables.into_iter().filter(|table| !table.starts_with("ab_")).collect()
}

/// Whether a program is on the PATH.
pub(crate) fn has(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// The real program: Debian has a Perl wrapper of that name on the PATH.
fn psql() -> PathBuf {
    let asked = Command::new("pg_config").arg("--bindir").output();
    let directory = asked.ok().filter(|output| output.status.success()).map(|output| output.stdout);
    let directory = directory.map(|path| PathBuf::from(String::from_utf8_lossy(&path).trim()));
    let program = directory.map(|directory| directory.join("psql")).filter(|program| program.exists());
    program.unwrap_or_else(|| "psql".into())
}
