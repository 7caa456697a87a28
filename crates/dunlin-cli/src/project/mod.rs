//! [`Project`]: what a command works on.

mod cargo;
mod files;

use std::path::{Path, PathBuf};

use dunlin::core::dialect::DialectName;
use dunlin::core::manager::{DbManager, HostContext};
use dunlin::core::revision::RevisionId;
use dunlin::core::schema::{Metadata, NamingConvention, TableName};
use dunlin::directory::{DirectoryError, RevisionFile, RustFiles};
use dunlin::engine::dialect::{Dialect, dialect};
use dunlin::engine::history::{HistoryError, RevisionMap, Target};
use dunlin::engine::owner::Owner;
use dunlin::engine::plan::PlanError;
use dunlin::url::UrlDialect;
use dunlin::{Access, Database, LockKey, Migrator, Scratch};

use crate::author::Author;
use crate::command_error::CommandError;
use crate::config::{Config, ConfigError, Models, UrlSource};
use crate::hint::{Hints, UNKNOWN_REVISION, hint};
use crate::ui::Ui;

use files::Files;

pub use cargo::Delegation;

/// The words of the program.
pub(crate) const WORDS: Hints = Hints {
    url_setting: "dunlin.toml",
    schema_setting: "schema or version_table_schema in dunlin.toml",
    migrate: |_| "dunlin upgrade".to_owned(),
    revision: |_| "dunlin revision".to_owned(),
};

/// A configuration, revisions, and the owner that is meant.
///
/// The revisions are SQL files ([`of_directory`](Self::of_directory)), or those of DB managers that a program
/// was built with ([`of_managers`](Self::of_managers)).
#[derive(Debug, Clone)]
pub struct Project {
    config: Config,
    migrator: Migrator,
    owner: String,
    files: Files,
    /// Whether the DB managers are those of a program.
    is_compiled: bool,
    /// Whether the models are SQL.
    has_sql_models: bool,
}

impl Project {
    /// A project of SQL revisions, which is one owner; without its [models](Self::with_models).
    ///
    /// # Errors
    /// A directory or file that cannot be read, or a broken history.
    pub fn of_directory(config: Config) -> Result<Self, CommandError> {
        let files = Files::load(&config, RustFiles::Refuse).map_err(unreadable)?;
        Self::of_files(config, files, false)
    }

    /// What the files of a project say whose revisions are compiled into a program: their places in the history,
    /// and not what they do. `None` where only the compiler knows.
    ///
    /// # Errors
    /// As [`of_directory`](Self::of_directory).
    pub fn of_heads(config: &Config) -> Result<Option<Self>, CommandError> {
        match Files::load(config, RustFiles::Heads) {
            Err(DirectoryError::Rust { .. }) => Ok(None),
            files => Self::of_files(config.clone(), files.map_err(unreadable)?, true).map(Some),
        }
    }

    fn of_files(config: Config, files: Files, is_compiled: bool) -> Result<Self, CommandError> {
        let name = config.owner.clone().unwrap_or_else(|| "app".to_owned());
        let version_table = TableName::new(config.version_table_schema.as_deref(), &config.version_table);
        let manager = DbManager::new(&name, version_table).migrations(files.migrations());
        let manager = manager.squashed(files.squashed());
        let migrator = migrator(&config, [manager], NamingConvention::default(), None)
            .map_err(|error| with_files(failed(error), &files))?;
        Ok(Self { config, migrator, owner: name, files, is_compiled, has_sql_models: false })
    }

    /// The same with the models that the configuration names, for a command that compares them. Those of a
    /// program are compiled in.
    ///
    /// # Errors
    /// The models cannot be read, or SQL cannot be run in a scratch database.
    pub async fn with_models(mut self) -> Result<Self, CommandError> {
        let models = match self.config.models.as_ref().filter(|_| !self.is_compiled) {
            None => return Ok(self),
            Some(Models::Json(path)) => json_models(&self.config.path(path))?,
            Some(Models::Sql(path)) => {
                let path = self.config.path(path);
                let text = std::fs::read_to_string(&path).map_err(|error| {
                    CommandError::usage(format!("{}: {error}", path.display()))
                        .hint("models in dunlin.toml names it: write the statements that make your tables")
                })?;
                let made = self.scratch()?.models(&path.display().to_string(), &text, self.owner()?).await;
                self.has_sql_models = true;
                made.map_err(failed)?
            }
        };
        let manager = self.owner()?.manager().clone().models(move |host| {
            let mut metadata = Metadata::new(host.schema(), host.naming_convention());
            models.schemas.iter().for_each(|schema| metadata.schemas.push(schema.clone()));
            for enum_type in &models.enum_types {
                metadata.enum_type(enum_type.clone());
            }
            for table in models.tables() {
                metadata.insert(table.clone());
            }
            models.views.iter().for_each(|view| metadata.view(view.clone()));
            models.objects.iter().for_each(|object| metadata.object(object.clone()));
            metadata
        });
        self.migrator =
            migrator(&self.config, [manager], NamingConvention::default(), None).map_err(failed)?;
        Ok(self)
    }

    /// The project of a program that was built with DB managers; `owner` is the one that is meant, else
    /// the configuration's, else the only one.
    ///
    /// # Errors
    /// A broken history, two that claim one table, or it is not clear which one is meant.
    pub fn of_managers(
        config: Config,
        managers: impl IntoIterator<Item = DbManager>,
        naming_convention: NamingConvention,
        lock: Option<LockKey>,
        owner: Option<&str>,
    ) -> Result<Self, CommandError> {
        let migrator = migrator(&config, managers, naming_convention, lock).map_err(failed)?;
        let named = owner.or(config.owner.as_deref()).map(str::to_owned);
        let owner = match (named, migrator.owners()) {
            (Some(name), _) => {
                let known = migrator.owner(&name).map(|owner| owner.name().to_owned());
                known.map_err(|error| {
                    CommandError::usage(error).hint(format!("this program has {}", names(&migrator)))
                })?
            }
            (None, [only]) => only.name().to_owned(),
            (None, several) => {
                let text = format!("this program has {} DB managers: {}", several.len(), names(&migrator));
                return Err(CommandError::usage(text).hint("say which one is meant with --owner"));
            }
        };
        let files = Files::load(&config, RustFiles::Heads).unwrap_or_default();
        Ok(Self { config, migrator, owner, files, is_compiled: true, has_sql_models: false })
    }

    /// What `dunlin.toml` says.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// All owners.
    pub fn migrator(&self) -> &Migrator {
        &self.migrator
    }

    /// The name of the owner that is meant.
    pub fn owner_name(&self) -> &str {
        &self.owner
    }

    /// The owner that is meant.
    ///
    /// # Errors
    /// Never: it was looked up when the project was made.
    pub fn owner(&self) -> Result<&Owner, CommandError> {
        self.migrator.owner(&self.owner).map_err(failed)
    }

    /// Its revisions.
    ///
    /// # Errors
    /// As [`owner`](Self::owner).
    pub fn history(&self) -> Result<&RevisionMap, CommandError> {
        Ok(self.owner()?.history())
    }

    /// Revisions must be there: a copy of the project that lost its files would look up to date.
    ///
    /// # Errors
    /// There are none.
    pub fn need_revisions(&self) -> Result<(), CommandError> {
        match self.history()?.revisions().is_empty() {
            true => Err(CommandError::failed(format!("{} has no revisions", self.owner_name())).hint(
                "`dunlin revision -m MESSAGE` writes one; files elsewhere are found by version_locations",
            )),
            false => Ok(()),
        }
    }

    /// A target as it is typed.
    ///
    /// # Errors
    /// It is none, or names nothing.
    pub fn target(&self, text: &str) -> Result<Target, CommandError> {
        self.owner()?.target(text).map_err(|error| self.no_target(error))
    }

    /// An error about a target, with what to do about it.
    pub fn no_target(&self, error: HistoryError) -> CommandError {
        let heads = self.history().map(RevisionMap::heads).unwrap_or_default();
        let shown = match (&error, heads.as_slice()) {
            (HistoryError::MultipleHeads { heads }, _) => {
                let heads: Vec<&str> = heads.iter().map(RevisionId::as_str).collect();
                Some(format!(
                    "say `heads` for all of them, or name one; `dunlin merge {}` makes one of them",
                    heads.join(" ")
                ))
            }
            (HistoryError::UnknownTarget { .. }, []) => {
                Some("there are no revisions yet: `dunlin revision -m MESSAGE` writes one".to_owned())
            }
            (HistoryError::UnknownTarget { .. } | HistoryError::UnknownBranch { .. }, [one]) => {
                Some(format!("the newest revision is {one}; `dunlin history` shows all"))
            }
            (HistoryError::UnknownTarget { .. } | HistoryError::UnknownBranch { .. }, _) => {
                Some("`dunlin history` shows the revisions".to_owned())
            }
            _ => crate::hint::history(&error).map(str::to_owned),
        };
        let error = CommandError::failed(error);
        shown.into_iter().fold(error, CommandError::hint)
    }

    /// Connects to the database of the configuration.
    ///
    /// # Errors
    /// None is named, or it does not answer.
    pub async fn connect(&self, access: Access) -> Result<Database, CommandError> {
        let url = self.config.connect_url().map_err(wrong)?;
        Database::connect(&url, access).await.map_err(failed)
    }

    /// The database that SQL is written for without one: the one that is named, else that of the URL. Only
    /// the server can tell MySQL and MariaDB apart: for a URL it is MySQL, which serves both.
    ///
    /// # Errors
    /// Nothing is named, and there is no URL.
    pub fn dialect(&self, named: Option<DialectName>) -> Result<&'static dyn Dialect, CommandError> {
        if let Some(name) = named {
            return Ok(dialect(name));
        }
        let url = self.config.database_url();
        let url = url.map_err(|error| wrong(error).hint("or name the database with --dialect"))?;
        Ok(dialect(match url.dialect {
            UrlDialect::Postgres => DialectName::Postgres,
            UrlDialect::MySql => DialectName::MySql,
            UrlDialect::Sqlite => DialectName::Sqlite,
        }))
    }

    /// The file of a revision.
    pub fn file(&self, revision: &RevisionId) -> Option<PathBuf> {
        self.revision_file(revision).map(|file| file.path.clone())
    }

    /// The file of a revision, and what it says of itself.
    pub(crate) fn revision_file(&self, revision: &RevisionId) -> Option<&RevisionFile> {
        self.files.of(revision)
    }

    /// Where the files of revisions are kept that a squashed one stands for.
    pub(crate) fn squashed_directory(&self) -> PathBuf {
        self.config.squashed()
    }

    /// Whether a squashed revision stands for this one.
    pub(crate) fn is_squashed(&self, revision: &RevisionId) -> bool {
        self.files.is_squashed(revision)
    }

    /// Sees that there are models to compare with.
    ///
    /// # Errors
    /// It is a project of SQL revisions, and names none.
    pub(crate) fn require_models(&self) -> Result<(), CommandError> {
        if self.is_compiled || self.config.models.is_some() {
            return Ok(());
        }
        let text = format!("{} names no models to compare with", self.config.file.display());
        Err(CommandError::usage(text).hint(
            "models = \"schema.sql\", a file of the statements that make your tables; or models.json: \
             `dunlin generate-models --json -o models.json` writes one of the database",
        ))
    }

    /// Whether a new revision is SQL: as the command line says, else as the project has them.
    ///
    /// # Errors
    /// It is to be Rust, and there is no program that it could be compiled into.
    pub(crate) fn writes_sql(&self, sql: bool, rust: bool) -> Result<bool, CommandError> {
        if rust && !self.is_compiled {
            let text = "there is no src/bin/migrate.rs that a revision in Rust could be compiled into";
            return Err(CommandError::usage(text).hint(
                "leave --rust out, and it is SQL; `dunlin init` in a Cargo project writes such a program",
            ));
        }
        Ok(sql || !(rust || self.is_compiled))
    }

    /// What the commands of authors work with.
    pub(crate) fn author<'a>(&'a self, ui: &'a Ui) -> Author<'a> {
        Author::new(&self.migrator, &self.owner, failed, &WORDS, ui).sql_models(self.has_sql_models)
    }

    /// Where scratch databases are made.
    ///
    /// # Errors
    /// No server is named, or not one of the database's kind.
    pub(crate) fn scratch(&self) -> Result<Scratch, CommandError> {
        let of_database = self.config.scratch == UrlSource::None;
        self.config.scratch().map_err(|error| match error {
            ConfigError::NoUrl { .. } | ConfigError::VariableNotSet { .. } if of_database => wrong(error)
                .note("SQL is run in a scratch database, and it must be known of which kind")
                .hint("or name a server for scratch databases with scratch_url"),
            error => wrong(error),
        })
    }
}

fn migrator(
    config: &Config,
    managers: impl IntoIterator<Item = DbManager>,
    naming_convention: NamingConvention,
    lock: Option<LockKey>,
) -> Result<Migrator, dunlin::Error> {
    let host = HostContext::new(config.schema.clone(), naming_convention);
    let managers: Vec<DbManager> = managers.into_iter().collect();
    let first = managers.first().map(DbManager::name).unwrap_or_default();
    // A service that migrates when it starts takes the same one with `Migrator::of(NAME, …)`.
    let lock = lock.unwrap_or_else(|| LockKey::named(first));
    Ok(Migrator::new(managers, &host, lock)?.transactions(config.transactions).journal(whoami()))
}

/// Who runs this: `alice@host`.
fn whoami() -> String {
    let variable = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
    let user = variable("USER").or_else(|| variable("LOGNAME")).unwrap_or_else(|| "somebody".to_owned());
    format!("{user}@{}", rustix::system::uname().nodename().to_string_lossy())
}

/// An error about revisions, with the files of those that it names.
fn with_files(error: CommandError, files: &Files) -> CommandError {
    let paths = files.named_in(error.message());
    paths.into_iter().fold(error, |error, path| error.note(path.display().to_string()))
}

/// Revision files that cannot be read, with what to do about it.
fn unreadable(error: DirectoryError) -> CommandError {
    let hint = crate::hint::directory(&error);
    hint.into_iter().fold(CommandError::failed(error), CommandError::hint)
}

fn names(migrator: &Migrator) -> String {
    migrator.owners().iter().map(Owner::name).collect::<Vec<_>>().join(", ")
}

/// The models of a project of SQL revisions: a [`Metadata`] as JSON.
fn json_models(path: &Path) -> Result<Metadata, CommandError> {
    let wrong = |why: String| {
        CommandError::usage(format!("{}: {why}", path.display())).hint(
            "models in dunlin.toml names it; `dunlin generate-models --json` writes one of the database",
        )
    };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))
}

/// What to do about a database at a revision that is not known here.
pub(crate) const LOST: &str = "the database was migrated by a newer version or by another program: use that version \
     here; if a revision's file is lost, bring it back, or say with `dunlin stamp REVISION --purge` where the \
     database is";

/// What to do about tables that are there without a version row.
const UNVERSIONED: &str = "if they are what a revision leaves, say which one with `dunlin stamp REVISION`; if they are \
     another program's, move them away; if they are what a run left that stopped, drop them";

/// An error of the database or the owners, with what to do about it.
pub(crate) fn failed(error: dunlin::Error) -> CommandError {
    let hint = match &error {
        dunlin::Error::Plan { source: PlanError::Unversioned { .. }, .. } => Some(UNVERSIONED.to_owned()),
        dunlin::Error::Plan { source: PlanError::History(HistoryError::SuperfluousRow { .. }), .. } => {
            Some("`dunlin current --check-heads` says which stamp takes it out".to_owned())
        }
        error => {
            hint(error, &WORDS).map(|hint| if hint == UNKNOWN_REVISION { LOST.to_owned() } else { hint })
        }
    };
    let error = CommandError::failed(error);
    hint.into_iter().fold(error, CommandError::hint)
}

/// An error of the configuration, with what to do about it.
pub(crate) fn wrong(error: ConfigError) -> CommandError {
    let hint = error.hint();
    CommandError::usage(error).hint(hint)
}
