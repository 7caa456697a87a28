//! `db shell`: the database's own client, connected as the configuration says.
//!
//! [`command`] describes the client's program, arguments, environment and option file, and does nothing;
//! [`open`] finds the client and becomes it. No password stands in an argument, where every user of the machine
//! could read it: PostgreSQL's goes into the environment, MySQL's into an option file that has no name, mode
//! 0600, and is gone with the process.

use std::convert::Infallible;
use std::fs::{File, Permissions};
use std::io::{self, ErrorKind, Seek, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use dunlin::url::{DatabaseUrl, TlsMode, UrlDialect};
use thiserror::Error;

/// What to run. No `Debug`: it holds the password.
#[derive(Clone, PartialEq, Eq)]
pub struct ShellCommand {
    /// The program, looked up on the `PATH`.
    pub program: &'static str,
    /// Its arguments, after the one that names the option file.
    pub arguments: Vec<String>,
    /// Variables to set.
    pub environment: Vec<(&'static str, String)>,
    /// Variables to unset: they would lead elsewhere.
    pub without: Vec<&'static str>,
    /// Text of the option file (MySQL).
    pub option_file: Option<String>,
}

/// Which client stands behind the name `mysql` or `mariadb`: their TLS options differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MySqlClient {
    /// `mysql` or `mariadb`.
    pub program: &'static str,
    /// Whether it is MariaDB's.
    pub is_mariadb: bool,
}

/// Why there is no shell.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ShellError {
    /// The URL has no database name, or SQLite has no file.
    #[error("the connection names no database")]
    NoDatabase,
    /// A line break or another control character in a value.
    #[error("the {part} contains a control character, which {program} cannot be given")]
    ControlCharacter {
        /// Which value.
        part: &'static str,
        /// The client.
        program: &'static str,
    },
    /// The client is not installed.
    #[error("the program {program} is not on the PATH")]
    NotInstalled {
        /// The client.
        program: &'static str,
    },
    /// The option file could not be made.
    #[error("cannot write a temporary file")]
    OptionFile {
        /// Why.
        source: io::Error,
    },
    /// The client did not start.
    #[error("cannot start {program}")]
    Start {
        /// The client.
        program: &'static str,
        /// Why.
        source: io::Error,
    },
}

impl ShellError {
    /// What to do about it, in one line.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NoDatabase => "end sql_alchemy_conn with /name, or for SQLite with the path of a file",
            Self::ControlCharacter { .. } => "change the value, or start the client by hand",
            Self::NotInstalled { program: "psql" } => {
                "install PostgreSQL's client (Debian: postgresql-client)"
            }
            Self::NotInstalled { program: "sqlite3" } => "install SQLite's shell (Debian: sqlite3)",
            Self::NotInstalled { .. } => "install MySQL's or MariaDB's client (Debian: mariadb-client)",
            Self::OptionFile { .. } => "is TMPDIR writable?",
            Self::Start { .. } => "start the client by hand",
        }
    }
}

/// The client for a URL. `mysql_client` is asked for MySQL and MariaDB only.
///
/// # Errors
///
/// [`ShellError::NoDatabase`], [`ShellError::ControlCharacter`].
pub fn command(url: &DatabaseUrl, mysql_client: MySqlClient) -> Result<ShellCommand, ShellError> {
    let database = url.database.as_deref().filter(|_| !url.is_in_memory()).ok_or(ShellError::NoDatabase)?;
    let command = match url.dialect {
        UrlDialect::Postgres => psql(url, database),
        UrlDialect::MySql => mysql(url, database, mysql_client)?,
        UrlDialect::Sqlite => {
            let path = if database.starts_with('-') { format!("./{database}") } else { database.to_owned() };
            ShellCommand {
                program: "sqlite3",
                arguments: vec![path],
                environment: Vec::new(),
                without: Vec::new(),
                option_file: None,
            }
        }
    };
    Ok(command)
}

/// What the URL leaves out stays as libpq finds it in the environment, as for a connection.
fn psql(url: &DatabaseUrl, database: &str) -> ShellCommand {
    let host = url.socket.as_ref().or(url.host.as_ref());
    let seconds = url.timeouts.connect.map(|time| time.as_secs().to_string());
    let environment = [
        ("PGHOST", host.cloned()),
        ("PGPORT", url.port.map(|port| port.to_string())),
        ("PGUSER", url.user.clone()),
        ("PGPASSWORD", url.password().map(|password| password.expose().to_owned())),
        ("PGDATABASE", Some(database.to_owned())),
        ("PGSSLMODE", url.tls.mode.map(|mode| mode.postgres_name().to_owned())),
        ("PGSSLROOTCERT", url.tls.root_cert.clone()),
        ("PGSSLCERT", url.tls.client_cert.clone()),
        ("PGSSLKEY", url.tls.client_key.clone()),
        ("PGAPPNAME", url.option("application_name").map(str::to_owned)),
        ("PGOPTIONS", url.option("options").map(str::to_owned)),
        ("PGCONNECT_TIMEOUT", seconds),
    ];
    let mut without = vec!["PGSERVICE"];
    if host.is_some() {
        without.push("PGHOSTADDR");
    }
    ShellCommand {
        program: "psql",
        arguments: Vec::new(),
        environment: environment.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
        without,
        option_file: None,
    }
}

/// All but the database's name stands in an option file, which replaces the user's own.
fn mysql(url: &DatabaseUrl, database: &str, client: MySqlClient) -> Result<ShellCommand, ShellError> {
    let program = client.program;
    // Without this, `localhost` would mean the client's socket, whatever the port.
    let protocol = match (&url.socket, &url.host) {
        (Some(_), _) => Some("SOCKET"),
        (None, Some(_)) => Some("TCP"),
        (None, None) => None,
    };
    let port = url.port.map(|port| port.to_string());
    let seconds = url.timeouts.connect.map(|time| time.as_secs().to_string());
    let mut values = vec![
        ("host", url.host.as_deref()),
        ("port", port.as_deref()),
        ("socket", url.socket.as_deref()),
        ("protocol", protocol),
        ("user", url.user.as_deref()),
        ("password", url.password().map(|password| password.expose())),
        ("default-character-set", url.option("charset")),
        ("connect-timeout", seconds.as_deref()),
        ("ssl-ca", url.tls.root_cert.as_deref()),
        ("ssl-cert", url.tls.client_cert.as_deref()),
        ("ssl-key", url.tls.client_key.as_deref()),
        ("ssl-capath", url.option("ssl_capath")),
        ("ssl-cipher", url.option("ssl_cipher")),
    ];
    match url.tls.mode {
        None | Some(TlsMode::Prefer | TlsMode::Allow) if client.is_mariadb => {}
        // No mode of this client checks the authority but not the host; never less than what was asked for.
        Some(mode) if client.is_mariadb => {
            let (tls, verify) = (mode != TlsMode::Disable, mode >= TlsMode::VerifyCa);
            values.push(("ssl", Some(if tls { "1" } else { "0" })));
            values.push(("ssl-verify-server-cert", Some(if verify { "1" } else { "0" })));
        }
        mode => values.push(("ssl-mode", mode.map(TlsMode::mysql_name))),
    }
    let mut option_file = "[client]\n".to_owned();
    for (name, value) in values.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        if value.contains(char::is_control) {
            return Err(ShellError::ControlCharacter { part: name, program });
        }
        let value = value.replace('\\', "\\\\").replace('"', "\\\"");
        option_file += &format!("{name} = \"{value}\"\n");
    }
    Ok(ShellCommand {
        program,
        arguments: vec![format!("--database={database}")],
        environment: Vec::new(),
        without: Vec::new(),
        option_file: Some(option_file),
    })
}

impl MySqlClient {
    /// The client on the `PATH`: `mysql`, else `mariadb`.
    ///
    /// # Errors
    ///
    /// [`ShellError::NotInstalled`] if there is neither, [`ShellError::Start`].
    pub fn find() -> Result<Self, ShellError> {
        for program in ["mysql", "mariadb"] {
            match Command::new(program).arg("--version").stdin(Stdio::null()).output() {
                Ok(output) => {
                    let is_mariadb = String::from_utf8_lossy(&output.stdout).contains("MariaDB");
                    return Ok(Self { program, is_mariadb });
                }
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(source) => return Err(ShellError::Start { program, source }),
            }
        }
        Err(ShellError::NotInstalled { program: "mysql" })
    }
}

/// Becomes the client: this process is replaced, so that signals and the exit code are the client's. What was
/// printed must be flushed before.
///
/// # Errors
///
/// Returns only if there is no client to become: [`ShellError`].
pub fn open(url: &DatabaseUrl) -> Result<Infallible, ShellError> {
    let client = match url.dialect {
        UrlDialect::MySql => MySqlClient::find()?,
        _ => MySqlClient { program: "mysql", is_mariadb: false },
    };
    let description = command(url, client)?;
    let program = description.program;
    let (mut process, _option_file) = prepare(description)?;
    match process.exec() {
        error if error.kind() == ErrorKind::NotFound => Err(ShellError::NotInstalled { program }),
        source => Err(ShellError::Start { program, source }),
    }
}

/// The process to run, and its option file, which must stay open until it runs.
fn prepare(description: ShellCommand) -> Result<(Command, Option<File>), ShellError> {
    let mut process = Command::new(description.program);
    let option_file = description.option_file.map(|text| inherited_file(&text)).transpose();
    let option_file = option_file.map_err(|source| ShellError::OptionFile { source })?;
    if let Some(file) = &option_file {
        process.arg(format!("--defaults-file=/dev/fd/{}", file.as_raw_fd()));
    }
    process.args(description.arguments).envs(description.environment);
    for name in description.without {
        process.env_remove(name);
    }
    Ok((process, option_file))
}

/// A file without a name, readable by this user only, that a child process inherits.
fn inherited_file(text: &str) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    file.write_all(text.as_bytes())?;
    file.rewind()?;
    rustix::io::fcntl_setfd(&file, rustix::io::FdFlags::empty())?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MYSQL: MySqlClient = MySqlClient { program: "mysql", is_mariadb: false };
    const MARIADB: MySqlClient = MySqlClient { program: "mariadb", is_mariadb: true };

    fn describe(url: &str, client: MySqlClient) -> ShellCommand {
        match command(&DatabaseUrl::parse(url).unwrap(), client) {
            Ok(command) => command,
            Err(error) => panic!("{url}: {error}"),
        }
    }

    #[test]
    fn postgres_by_environment() {
        for (url, expected) in [
            ("postgresql:///db", "PGDATABASE=db"),
            (
                "postgresql+psycopg2://me:p%40ss%20w@h:5433/db",
                "PGHOST=h PGPORT=5433 PGUSER=me PGPASSWORD=p@ss w PGDATABASE=db",
            ),
            (
                "postgresql://u@/db?host=/run/pg&sslmode=verify-full&sslrootcert=/ca&sslcert=/c&sslkey=/k",
                "PGHOST=/run/pg PGUSER=u PGDATABASE=db PGSSLMODE=verify-full PGSSLROOTCERT=/ca PGSSLCERT=/c \
                 PGSSLKEY=/k",
            ),
            (
                "postgresql://[::1]/db?application_name=a+b&options=-csearch_path=x&connect_timeout=3",
                "PGHOST=::1 PGDATABASE=db PGAPPNAME=a b PGOPTIONS=-csearch_path=x PGCONNECT_TIMEOUT=3",
            ),
        ] {
            let command = describe(url, MYSQL);
            let environment: Vec<_> =
                command.environment.iter().map(|(name, value)| format!("{name}={value}")).collect();
            assert_eq!(environment.join(" "), expected, "{url}");
            assert_eq!(command.program, "psql");
            assert!(command.arguments.is_empty() && command.option_file.is_none());
            assert_eq!(command.without.contains(&"PGHOSTADDR"), expected.contains("PGHOST="), "{url}");
            assert!(command.without.contains(&"PGSERVICE"));
        }
    }

    #[test]
    fn mysql_by_option_file() {
        for (url, client, expected) in [
            (
                "mysql+mysqldb://me:a%22b%5Cc%23d;e'@localhost:3307/db?charset=utf8mb4&connect_timeout=4",
                MYSQL,
                r##"host = "localhost" port = "3307" protocol = "TCP" user = "me" password = "a\"b\\c#d;e'" default-character-set = "utf8mb4" connect-timeout = "4""##,
            ),
            (
                "mysql://u@h/db?unix_socket=/run/s&ssl_cipher=AES",
                MYSQL,
                r#"host = "h" socket = "/run/s" protocol = "SOCKET" user = "u" ssl-cipher = "AES" ssl-mode = "REQUIRED""#,
            ),
            (
                "mysql://h/db?ssl_ca=/ca&ssl_cert=/c&ssl_key=/k",
                MYSQL,
                r#"host = "h" protocol = "TCP" ssl-ca = "/ca" ssl-cert = "/c" ssl-key = "/k" ssl-mode = "VERIFY_CA""#,
            ),
            (
                "mariadb://h/db?ssl_ca=/ca&ssl_verify_identity=1",
                MARIADB,
                r#"host = "h" protocol = "TCP" ssl-ca = "/ca" ssl = "1" ssl-verify-server-cert = "1""#,
            ),
            (
                "mariadb://h/db?ssl=true",
                MARIADB,
                r#"host = "h" protocol = "TCP" ssl = "1" ssl-verify-server-cert = "0""#,
            ),
            (
                "mariadb://h/db?ssl_disabled=1",
                MARIADB,
                r#"host = "h" protocol = "TCP" ssl = "0" ssl-verify-server-cert = "0""#,
            ),
            ("mariadb://h/db?ssl_mode=PREFERRED", MARIADB, r#"host = "h" protocol = "TCP""#),
            (
                "mysql://h/db?ssl_mode=PREFERRED",
                MYSQL,
                r#"host = "h" protocol = "TCP" ssl-mode = "PREFERRED""#,
            ),
            ("mysql:///db", MYSQL, ""),
        ] {
            let command = describe(url, client);
            let file = command.option_file.unwrap();
            let options: Vec<_> = file.lines().collect();
            assert_eq!(options[0], "[client]");
            assert_eq!(options[1..].join(" "), expected, "{url}");
            assert_eq!(command.program, client.program);
            assert_eq!(command.arguments, ["--database=db"]);
            assert!(command.environment.is_empty());
        }
    }

    #[test]
    fn sqlite_by_path() {
        for (url, path) in [
            ("sqlite:////a%20b/x.db?timeout=1", "/a b/x.db"),
            ("sqlite:///x.db", "x.db"),
            ("sqlite:-x.db", "./-x.db"),
        ] {
            let command = describe(url, MYSQL);
            assert_eq!((command.program, command.arguments), ("sqlite3", vec![path.to_owned()]), "{url}");
        }
    }

    #[test]
    fn refusals() {
        for url in ["postgresql://h", "postgresql://h/", "mysql://h", "sqlite://", "sqlite:///:memory:"] {
            let error = command(&DatabaseUrl::parse(url).unwrap(), MYSQL).err().unwrap();
            assert!(matches!(error, ShellError::NoDatabase), "{url}: {error}");
            assert!(error.hint().contains("/name"));
        }
        for (url, named) in [
            ("mysql://u:a%0Ab@h/db", "password"),
            ("mysql://u%0D@h/db", "user"),
            ("mysql://u@h/db?ssl_ca=/a%0A[client]", "ssl-ca"),
            ("mysql://u@h/db?ssl_cipher=%00", "ssl-cipher"),
        ] {
            match command(&DatabaseUrl::parse(url).unwrap(), MYSQL) {
                Err(ShellError::ControlCharacter { part, .. }) => assert_eq!(part, named, "{url}"),
                _ => panic!("{url}"),
            }
        }
    }

    /// A child reads the option file by the path it is given; nobody else may.
    #[test]
    fn the_option_file_is_inherited_and_private() {
        let text = "[client]\npassword = \"x\"\n";
        let file = inherited_file(text).unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let read = Command::new("cat").arg(format!("/dev/fd/{}", file.as_raw_fd())).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&read.stdout), text);

        let description = ShellCommand {
            program: "sh",
            arguments: Vec::new(),
            environment: vec![("PGUSER", "me".to_owned())],
            without: vec!["PATH"],
            option_file: Some(text.to_owned()),
        };
        let (process, file) = prepare(description).unwrap();
        let first = process.get_args().next().unwrap().to_str().unwrap();
        assert_eq!(first, format!("--defaults-file=/dev/fd/{}", file.unwrap().as_raw_fd()));
        let changes: Vec<_> =
            process.get_envs().map(|(name, value)| (name.to_str(), value.is_some())).collect();
        assert_eq!(changes, [(Some("PATH"), false), (Some("PGUSER"), true)]);
    }
}
