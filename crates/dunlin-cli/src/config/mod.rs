//! `dunlin.toml`: what the authors of a project say of it.
//!
//! ```toml
//! url_env = "DATABASE_URL"            # or: url = "sqlite:///app.db"
//! owner = "app"                       # the DB manager that is meant; of SQL revisions, its name
//! script_location = "migrations"      # with README, templates and versions/
//! version_locations = ["migrations/versions"]
//! recursive_version_locations = false
//! file_template = "{rev}_{slug}"      # rev slug epoch year month day hour minute second; a / where recursive_…
//! slug_length = 40
//! timezone = "UTC"                    # of the times in new files
//! transactions = "default"            # what is committed together: revision, or run (all or nothing)
//! version_table = "alembic_version"   # for SQL revisions
//! version_table_schema = "ops"        # its schema (on MySQL: its database), which must be there
//! schema = "app"                      # where tables without a schema live
//! models = "schema.sql"               # for SQL revisions: what `check` and --autogenerate compare with; or models.json
//! scratch_url_env = "SCRATCH_URL"     # or: scratch_url = "…"; the server of scratch databases, else that of url
//!
//! [[post_write_hooks]]                # run on every new revision file, in this order
//! name = "format"
//! run = ["rustfmt", "--edition", "2024", "{file}"]
//! ```
//!
//! Every key may be left out. Paths are relative to the file. It serves those who write revisions: a compiled
//! DB manager never reads it where its application runs.

mod error;
mod find;
mod hooks;
mod read;
mod template;

use std::path::{Path, PathBuf};

use dunlin::url::UrlDialect;
use dunlin::{DatabaseUrl, Scratch, Transactions};

pub use error::ConfigError;
pub use find::{FILE, VARIABLE};
pub use hooks::Hook;
pub use template::FileTemplate;
pub(crate) use template::PASSED_OVER;

/// What `dunlin.toml` says, with what holds where it is silent.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    /// The directory of the file, to which its paths are relative.
    pub root: PathBuf,
    /// The file as errors name it.
    pub file: PathBuf,
    /// Where the URL of the database is.
    pub url: UrlSource,
    /// The DB manager that is meant.
    pub owner: Option<String>,
    /// The directory of the README, the templates and, unless it is said otherwise, `versions`.
    pub script_location: PathBuf,
    /// The directories of the revision files, as they are written.
    pub version_locations: Vec<PathBuf>,
    /// Whether their subdirectories count, too.
    pub recursive: bool,
    /// How new files are called.
    pub file_template: FileTemplate,
    /// At most so many characters of a message stand in a file's name.
    pub slug_length: usize,
    /// Of the times in new files.
    pub timezone: jiff::tz::TimeZone,
    /// What is committed together.
    pub transactions: Transactions,
    /// The version table of SQL revisions.
    pub version_table: String,
    /// Its schema (on MySQL: its database); else it is the connection's own.
    pub version_table_schema: Option<String>,
    /// Where tables without a schema live.
    pub schema: Option<String>,
    /// The models of SQL revisions.
    pub models: Option<Models>,
    /// Where the URL of the server of scratch databases is.
    pub scratch: UrlSource,
    /// What is run on every new file.
    pub post_write_hooks: Vec<Hook>,
}

/// What SQL revisions are compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Models {
    /// A file of SQL that makes them of an empty database.
    Sql(PathBuf),
    /// A file of JSON, as `generate-models --json` writes it.
    Json(PathBuf),
}

/// Where the URL of the database is.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UrlSource {
    /// Nowhere.
    None,
    /// In the file.
    Text(String),
    /// In an environment variable.
    Variable(String),
}

impl std::fmt::Debug for UrlSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            // It may hold a password.
            Self::Text(_) => f.write_str("Text"),
            Self::Variable(name) => f.debug_tuple("Variable").field(name).finish(),
        }
    }
}

impl Config {
    /// What holds in a directory whose file says nothing.
    pub fn of_directory(root: impl Into<PathBuf>) -> Self {
        let root = root.into();
        Self {
            file: root.join(FILE),
            root,
            url: UrlSource::None,
            owner: None,
            script_location: "migrations".into(),
            version_locations: Vec::new(),
            recursive: false,
            file_template: FileTemplate::default(),
            slug_length: 40,
            timezone: jiff::tz::TimeZone::UTC,
            transactions: Transactions::Default,
            version_table: "alembic_version".to_owned(),
            version_table_schema: None,
            schema: None,
            models: None,
            scratch: UrlSource::None,
            post_write_hooks: Vec::new(),
        }
    }

    /// Reads the file that is meant: the one named, else that of the variable [`VARIABLE`], else the first
    /// `dunlin.toml` in the current directory or above it.
    ///
    /// # Errors
    /// There is none, it cannot be read, or something in it is wrong.
    pub fn load(named: Option<&Path>) -> Result<Self, ConfigError> {
        let file = find::file(named)?;
        let bytes =
            std::fs::read(&file).map_err(|source| ConfigError::Unreadable { file: file.clone(), source })?;
        let text = str::from_utf8(&bytes).map_err(|error| {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            ConfigError::NotUtf8 { file: file.clone(), line }
        })?;
        Self::parse(&file, text)
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// [`ConfigError::Syntax`], [`ConfigError::UnknownKey`] or [`ConfigError::Value`], with the line.
    pub fn parse(file: &Path, text: &str) -> Result<Self, ConfigError> {
        read::config(file, text)
    }

    /// A path of the file, from where we are.
    pub fn path(&self, relative: &Path) -> PathBuf {
        if self.root.as_os_str().is_empty() { relative.to_owned() } else { self.root.join(relative) }
    }

    /// The directories of the revision files, from where we are.
    pub fn versions(&self) -> Vec<PathBuf> {
        if self.version_locations.is_empty() {
            return vec![self.path(&self.script_location).join("versions")];
        }
        self.version_locations.iter().map(|location| self.path(location)).collect()
    }

    /// The directory of the files that squashed revisions stand for, from where we are.
    pub fn squashed(&self) -> PathBuf {
        self.path(&self.script_location).join("squashed/versions")
    }

    /// The URL of the database. The path of a SQLite file is relative to the configuration, as all others.
    ///
    /// # Errors
    /// None is named, the variable is not set, or it is no URL.
    pub fn database_url(&self) -> Result<DatabaseUrl, ConfigError> {
        let url = self.read_url(&self.url, "url")?;
        let mut url = url.ok_or_else(|| ConfigError::NoUrl { file: self.file.clone() })?;
        if url.dialect == UrlDialect::Sqlite && !url.is_in_memory() && !self.root.as_os_str().is_empty() {
            url.database = url.database.map(|path| self.root.join(path).display().to_string());
        }
        Ok(url)
    }

    /// The URL of a database that is to be connected to. It names the database: a version table is in one.
    ///
    /// # Errors
    /// As [`database_url`](Self::database_url), and [`ConfigError::NoDatabase`].
    pub fn connect_url(&self) -> Result<DatabaseUrl, ConfigError> {
        let url = self.database_url()?;
        let names_one = url.database.as_ref().is_some_and(|name| !name.is_empty());
        match url.dialect {
            UrlDialect::MySql if !names_one => {
                Err(ConfigError::NoDatabase { setting: self.setting(&self.url, "url") })
            }
            _ => Ok(url),
        }
    }

    /// Where scratch databases are made: on the server that is named for it, else on that of the database. The
    /// database that the URL names is not touched.
    ///
    /// # Errors
    /// None is named, the variable is not set, it is no URL, or its databases are of another kind.
    pub fn scratch(&self) -> Result<Scratch, ConfigError> {
        let database = self.database_url();
        let Some(url) = self.read_url(&self.scratch, "scratch_url")? else {
            return Ok(Scratch::new(&database?));
        };
        match database {
            Ok(database) if database.dialect != url.dialect => Err(ConfigError::OtherScratch {
                setting: self.setting(&self.scratch, "scratch_url"),
                scratch: url.dialect,
                database: database.dialect,
            }),
            _ => Ok(Scratch::new(&url)),
        }
    }

    /// A URL, if one is named.
    fn read_url(&self, source: &UrlSource, key: &str) -> Result<Option<DatabaseUrl>, ConfigError> {
        let text = match source {
            UrlSource::None => return Ok(None),
            UrlSource::Text(text) => text.clone(),
            UrlSource::Variable(variable) => std::env::var(variable).map_err(|_| {
                let key = format!("{key}_env");
                ConfigError::VariableNotSet { variable: variable.clone(), key }
            })?,
        };
        let parsed = DatabaseUrl::parse(&text);
        parsed.map(Some).map_err(|why| ConfigError::Url { setting: self.setting(source, key), source: why })
    }

    /// What says a URL, in words.
    fn setting(&self, source: &UrlSource, key: &str) -> String {
        match source {
            UrlSource::Variable(variable) => variable.clone(),
            _ => format!("{key} in {}", self.file.display()),
        }
    }
}
