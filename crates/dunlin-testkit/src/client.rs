//! The databases' own clients.

use std::io::Write as _;
use std::process::{Command, Stdio};

use dunlin::core::dialect::DialectName;

use crate::database::TestDatabase;

impl TestDatabase {
    /// Runs a script through the database's own client.
    ///
    /// # Errors
    /// What the client says when it fails.
    ///
    /// # Panics
    /// There is no such client.
    pub fn run_script(&self, script: &str) -> Result<(), String> {
        let url = self.parsed_url();
        let (host, port) = (url.host.clone().unwrap_or_default(), url.port.unwrap_or_default().to_string());
        let (user, name) = (url.user.clone().unwrap_or_default(), url.database.clone().unwrap_or_default());
        let password = url.password().map(|password| password.expose().to_owned()).unwrap_or_default();
        let mut command = match self.dialect() {
            DialectName::Postgres => {
                let mut psql = Command::new("psql");
                psql.args(["-X", "-q", "-h", &host, "-p", &port, "-U", &user, "-d", &name]);
                psql.env("PGPASSWORD", password);
                psql
            }
            DialectName::MySql | DialectName::MariaDb => {
                let mut client =
                    Command::new(if self.dialect() == DialectName::MySql { "mysql" } else { "mariadb" });
                client.args(["--no-defaults", "--protocol=TCP", "--binary-mode"]);
                client.args(["-h", &host, "-P", &port, "-u", &user, &name]).env("MYSQL_PWD", password);
                client
            }
            DialectName::Sqlite => {
                let mut sqlite = Command::new("sqlite3");
                sqlite.arg("-init").arg("/dev/null").arg(self.file().unwrap_or_default());
                sqlite
            }
        };
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?} does not run: {error}"));
        if let Some(mut input) = child.stdin.take() {
            // A client that stops at an error does not read on.
            let _closed_early = input.write_all(script.as_bytes());
        }
        let output = child.wait_with_output().unwrap_or_else(|error| panic!("{error}"));
        match output.status.success() {
            true => Ok(()),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    }
}
