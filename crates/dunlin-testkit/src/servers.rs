//! Where the servers are.

use std::process::Command;

use dunlin::core::dialect::DialectName;

/// An administrator's URL of a server: from the environment, else from `cargo xtask db up`.
///
/// # Panics
/// The server cannot be had: a test never passes without its database.
pub(crate) fn admin_url(dialect: DialectName) -> String {
    let variable = match dialect {
        DialectName::Postgres => "DUNLIN_TEST_POSTGRES_URL",
        DialectName::MySql => "DUNLIN_TEST_MYSQL_URL",
        DialectName::MariaDb => "DUNLIN_TEST_MARIADB_URL",
        DialectName::Sqlite => unreachable!("SQLite has no server"),
    };
    if let Ok(url) = std::env::var(variable) {
        return url;
    }
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo).args(["xtask", "db", "up", dialect.as_str(), "--json"]).output();
    let output = output.unwrap_or_else(|error| panic!("cargo xtask db up does not run: {error}"));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{dialect} cannot be had: {said}");
    let servers: serde_json::Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("cargo xtask db up --json is not JSON: {error}"));
    let url = servers[dialect.as_str()]["url"].as_str();
    url.unwrap_or_else(|| panic!("{dialect} cannot be had: {said}")).to_owned()
}
