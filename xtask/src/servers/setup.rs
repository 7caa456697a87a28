//! A private server's directories, and the commands that make its data directory and start it.

use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::find::Binaries;
use super::process::last_lines;
use super::server::{ADMIN, PASSWORD, Server};
use crate::Result;
use crate::machine::{Account, account, is_root};

/// A private server: its programs, its directory, and the user it runs as (`None`: as ourselves).
pub(super) struct Private {
    server: Server,
    binaries: Binaries,
    dir: PathBuf,
    account: Option<Account>,
}

impl Private {
    pub(super) fn new(server: Server, binaries: Binaries, servers_dir: &Path) -> Result<Self> {
        let dir = match &binaries.root {
            Some(root) => root.join("srv/dunlin"),
            None => servers_dir.join(server.name()),
        };
        fs::create_dir_all(&dir).map_err(|e| format!("cannot make {}: {e}", dir.display()))?;
        // Servers refuse to run as root.
        let account = match server {
            _ if !is_root() => None,
            Server::Postgres => Some(account(&["postgres"])?),
            Server::Mariadb => Some(account(&["mysql"])?),
            // The unpacked root has no such user, and must run under the same one on every machine.
            Server::Mysql if binaries.root.is_some() => Some(account(&[])?),
            Server::Mysql => Some(account(&["mysql"])?),
        };
        Ok(Self { server, binaries, dir, account })
    }

    pub(super) fn version(&self) -> &str {
        &self.binaries.version
    }

    pub(super) fn log(&self) -> PathBuf {
        self.dir.join("log")
    }

    fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    /// Stands beside a data directory that was made to its end.
    fn marker(&self) -> PathBuf {
        self.dir.join("data.complete")
    }

    pub(super) fn is_initialised(&self) -> bool {
        self.marker().exists() && self.data().is_dir()
    }

    /// The data directory as it stands on the server's command line.
    pub(super) fn data_argument(&self) -> String {
        self.seen(&self.data())
    }

    /// The pid that the server itself noted, right or stale.
    pub(super) fn noted_pid(&self) -> Option<u32> {
        let name = if self.server == Server::Postgres { "postmaster.pid" } else { "mysqld.pid" };
        fs::read_to_string(self.data().join(name)).ok()?.lines().next()?.trim().parse().ok()
    }

    /// Takes away what tells a server that another one uses its data directory.
    pub(super) fn remove_locks(&self) {
        for entry in fs::read_dir(self.data()).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if ["postmaster.pid", "mysqld.pid", "mysqld.sock", ".s.PGSQL"]
                .iter()
                .any(|lock| name.starts_with(lock))
            {
                fs::remove_file(entry.path()).ok();
            }
        }
    }

    /// Makes a new, empty data directory in the place of whatever is there.
    pub(super) fn initialise(&self) -> Result<()> {
        fs::remove_file(self.marker()).ok();
        if self.data().exists() {
            fs::remove_dir_all(self.data())?;
        }
        self.owned_dir(&self.data())?;
        let (data, password) = (self.data_argument(), self.dir.join("password"));
        let mut command = self.command(&self.binaries.setup);
        match self.server {
            Server::Postgres => {
                self.owned_file(&password, PASSWORD)?;
                let pwfile = format!("--pwfile={}", self.seen(&password));
                command.args(["--pgdata", &data, "--username", ADMIN, &pwfile, "--auth=scram-sha-256"]);
                command.args(["--encoding=UTF8", "--locale=C", "--no-sync"]);
            }
            Server::Mysql => {
                command.args(["--no-defaults", "--initialize-insecure", &format!("--datadir={data}")]);
            }
            Server::Mariadb => {
                command.args(["--no-defaults", &format!("--datadir={data}"), "--skip-test-db"]);
                command.args(["--auth-root-authentication-method=normal", "--skip-name-resolve"]);
            }
        }
        let log = File::create(self.log())?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let program = self.binaries.setup.display();
        let status = command.status().map_err(|e| format!("cannot run {program}: {e}"))?;
        if !status.success() {
            let lines = last_lines(&self.log());
            return Err(format!("cannot make its data directory ({program}: {status}):\n{lines}").into());
        }
        Ok(fs::write(self.marker(), &self.binaries.version)?)
    }

    /// The server on `port`, set for tests: nothing has to survive a crash of the machine, many small databases.
    pub(super) fn start_command(&self, port: u16) -> Result<Command> {
        let mut command = self.command(&self.binaries.server);
        if self.server == Server::Postgres {
            command.args(["-D", &self.data_argument(), &format!("--port={port}")]);
            command.args(POSTGRES.map(|setting| format!("--{setting}")));
            return Ok(command);
        }
        let users = self.dir.join("users.sql");
        self.owned_file(&users, &mysql_users())?;
        command.args(["--no-defaults".to_owned(), format!("--port={port}")]);
        command.arg(format!("--datadir={}", self.data_argument()));
        command.arg(format!("--init-file={}", self.seen(&users)));
        command.args(MYSQL_FAMILY.map(|setting| format!("--{setting}")));
        let own: &[&str] = if self.server == Server::Mysql { &MYSQL } else { &MARIADB };
        command.args(own.iter().map(|setting| format!("--{setting}")));
        Ok(command)
    }

    /// A command of this server: as its user, in its root, with nothing of our environment.
    fn command(&self, program: &Path) -> Command {
        let mut command = match (&self.binaries.root, &self.account) {
            (Some(root), Some(account)) => {
                let mut command = Command::new("chroot");
                command.arg(format!("--userspec={}:{}", account.uid, account.gid));
                command.args([root.as_path(), program]);
                command
            }
            (_, Some(account)) => {
                let mut command = Command::new(program);
                command.uid(account.uid).gid(account.gid);
                command
            }
            (_, None) => Command::new(program),
        };
        let path = OsString::from("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        command.env_clear().env("PATH", path).env("LC_ALL", "C").current_dir(&self.dir);
        command
    }

    /// A path as the server sees it.
    fn seen(&self, path: &Path) -> String {
        let root = self.binaries.root.as_deref();
        let inside = root.and_then(|root| path.strip_prefix(root).ok()).map(|path| Path::new("/").join(path));
        inside.as_deref().unwrap_or(path).display().to_string()
    }

    fn owned_dir(&self, path: &Path) -> Result<()> {
        fs::create_dir_all(path)?;
        self.own(path)
    }

    fn owned_file(&self, path: &Path, text: &str) -> Result<()> {
        fs::write(path, text)?;
        self.own(path)
    }

    fn own(&self, path: &Path) -> Result<()> {
        let Some(account) = &self.account else { return Ok(()) };
        chown(path, Some(account.uid), Some(account.gid))
            .map_err(|e| format!("cannot give {} to its server: {e}", path.display()).into())
    }
}

/// Sockets are named relative to the data directory: a socket's full path must not be longer than 107 bytes.
const POSTGRES: [&str; 11] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=.",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_connections=300",
    "max_locks_per_transaction=256",
    "timezone=UTC",
    "jit=off",
];

const MYSQL_FAMILY: [&str; 12] = [
    "bind-address=127.0.0.1",
    "socket=mysqld.sock",
    "pid-file=mysqld.pid",
    "skip-name-resolve",
    "skip-log-bin",
    "sync-binlog=0",
    "innodb-flush-log-at-trx-commit=0",
    "innodb-doublewrite=0",
    "innodb-use-native-aio=0",
    "max-connections=300",
    "max-connect-errors=4294967295",
    "default-time-zone=+00:00",
];

const MYSQL: [&str; 2] = ["mysqlx=OFF", "secure-file-priv="];

/// MariaDB's own default is latin1; Debian's configuration, which `--no-defaults` leaves out, says utf8mb4.
const MARIADB: [&str; 1] = ["character-set-server=utf8mb4"];

/// Run at every start, before the server takes connections. A statement has to stand on one line.
fn mysql_users() -> String {
    let user = format!("'{ADMIN}'@'%'");
    format!(
        "DROP USER IF EXISTS ''@'localhost';\n\
         CREATE USER IF NOT EXISTS {user} IDENTIFIED BY '{PASSWORD}';\n\
         ALTER USER {user} IDENTIFIED BY '{PASSWORD}';\n\
         GRANT ALL PRIVILEGES ON *.* TO {user} WITH GRANT OPTION;\n"
    )
}
