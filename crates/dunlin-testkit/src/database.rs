//! [`TestDatabase`]: a database for one test.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use dunlin::core::dialect::DialectName;
use dunlin::core::session::Session as _;
use dunlin::{Access, Database, DatabaseUrl};
use tempfile::TempDir;

use crate::servers::admin_url;

/// A database for one test.
pub struct TestDatabase {
    dialect: DialectName,
    name: String,
    url: String,
    directory: Option<TempDir>,
}

impl TestDatabase {
    /// Makes the database of a test, in place of one that an earlier run left.
    ///
    /// # Panics
    /// The server cannot be had, or refuses.
    pub async fn create(dialect: DialectName, test: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        test.hash(&mut hasher);
        // Two checkouts, or two builds, may test on one server at the same time.
        std::env::current_exe().ok().as_deref().and_then(std::path::Path::parent).hash(&mut hasher);
        let name = format!("dunlin_test_{:016x}", hasher.finish());
        if dialect == DialectName::Sqlite {
            let directory = tempfile::tempdir().unwrap_or_else(|error| panic!("no directory: {error}"));
            let url = format!("sqlite:///{}", directory.path().join("test.db").display());
            return Self { dialect, name, url, directory: Some(directory) };
        }
        let admin = admin_url(dialect);
        let url = with_database(&admin, &name);
        let database = Self { dialect, name, url, directory: None };
        database.drop_database().await;
        let charset = match dialect {
            DialectName::MySql | DialectName::MariaDb => " CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
            _ => "",
        };
        database.admin(&format!("CREATE DATABASE {}{charset}", database.name)).await;
        database
    }

    /// Which database it is.
    pub fn dialect(&self) -> DialectName {
        self.dialect
    }

    /// Its URL, as SQLAlchemy and dunlin read it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its name on its server; for SQLite, a name for use in others.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its URL, read.
    pub fn parsed_url(&self) -> DatabaseUrl {
        DatabaseUrl::parse(&self.url).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The path of the SQLite file.
    pub fn file(&self) -> Option<std::path::PathBuf> {
        self.directory.as_ref().map(|directory| directory.path().join("test.db"))
    }

    /// Connects to it.
    ///
    /// # Panics
    /// It refuses.
    pub async fn connect(&self) -> Database {
        let connected = Database::connect(&self.parsed_url(), Access::Create).await;
        connected.unwrap_or_else(|error| panic!("{error}: {:?}", std::error::Error::source(&error)))
    }

    /// Runs one statement.
    ///
    /// # Panics
    /// It fails.
    pub async fn execute(&self, sql: &str) {
        let mut database = self.connect().await;
        let run = database.execute(sql).await;
        run.unwrap_or_else(|error| panic!("{sql}: {error}: {:?}", error.source()));
        database.close().await;
    }

    /// Runs one query; NULL reads `NULL`.
    ///
    /// # Panics
    /// It fails.
    pub async fn query(&self, sql: &str) -> Vec<Vec<String>> {
        let mut database = self.connect().await;
        let rows = database.query(sql).await;
        let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error}: {:?}", error.source()));
        database.close().await;
        let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "NULL".to_owned());
        rows.into_iter().map(|row| row.iter().map(text).collect()).collect()
    }

    /// The names of its tables, in all schemas that a user makes, sorted.
    ///
    /// # Panics
    /// It fails.
    pub async fn tables(&self) -> Vec<String> {
        let sql = match self.dialect {
            DialectName::Postgres => {
                "SELECT tablename FROM pg_tables \
                 WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY tablename COLLATE \"C\""
            }
            DialectName::MySql | DialectName::MariaDb => {
                "SELECT table_name FROM information_schema.tables \
                 WHERE table_schema = DATABASE() ORDER BY BINARY table_name"
            }
            DialectName::Sqlite => {
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
            }
        };
        self.query(sql).await.into_iter().flatten().collect()
    }

    /// Runs one statement on the server, outside this database.
    ///
    /// # Panics
    /// It fails, or there is no server.
    pub async fn admin(&self, sql: &str) {
        let url = DatabaseUrl::parse(&admin_url(self.dialect)).unwrap_or_else(|error| panic!("{error}"));
        let database = Database::connect(&url, Access::Create).await;
        let mut database = database.unwrap_or_else(|error| panic!("{error}"));
        let run = database.execute(sql).await;
        run.unwrap_or_else(|error| panic!("{sql}: {error}: {:?}", error.source()));
        database.close().await;
    }

    /// Drops it. A test that panics does not come here, so its database can be looked at.
    pub(crate) async fn remove(self) {
        if self.directory.is_none() {
            self.drop_database().await;
        }
    }

    async fn drop_database(&self) {
        let force = if self.dialect == DialectName::Postgres { " WITH (FORCE)" } else { "" };
        self.admin(&format!("DROP DATABASE IF EXISTS {}{force}", self.name)).await;
    }
}

/// The same URL with another database.
fn with_database(url: &str, name: &str) -> String {
    let (rest, query) = url.split_once('?').map_or((url, None), |(rest, query)| (rest, Some(query)));
    let authority = rest.find("://").map_or(0, |at| at + 3);
    let path = rest[authority..].find('/').map_or(rest.len(), |at| authority + at);
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}/{name}{query}", &rest[..path])
}
