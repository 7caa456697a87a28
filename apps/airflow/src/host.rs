//! [`Host`]: what a command works on.

use std::path::Path;
use std::sync::Arc;

use airflow_plugin::{ID_COLLATION, Listener, Plugin, PluginContext, naming_convention};
use dunlin::core::dialect::DialectName;
use dunlin::core::manager::{DbManager, HostContext};
use dunlin::engine::dialect::{Dialect, dialect};
use dunlin::engine::owner::{Owner, OwnerError};
use dunlin::url::UrlDialect;
use dunlin::{Access, Database, LockKey, Migrator, Scratch};
use dunlin_cli::{CommandError, ExitStatus, Hints, Registry, hint, why_not_up_to_date};

use ticketing::TicketingPlugin;
use ticketing::services::MockTicketSystem;

use crate::config::{ConfigError, Environment, Settings};
use crate::core::{Core, NOTES_WITHOUT_USERS, db_manager};
use crate::fab;

/// The lock that the real Airflow takes too: advisory lock 1 on PostgreSQL, this name on MySQL.
const LOCK_POSTGRES: i64 = 1;
const LOCK_MYSQL: &str = "airflow_MIGRATIONS";

/// The words of this program.
pub(crate) const HINTS: Hints = Hints {
    url_setting: "[database] sql_alchemy_conn",
    schema_setting: "[database] sql_alchemy_schema",
    migrate: |owner| match owner {
        "airflow" => "airflow db migrate".to_owned(),
        manager => format!("airflow db-manager migrate {manager}"),
    },
    revision: |owner| format!("airflow db-manager revision {owner}"),
};

/// The plugins that this build has. Their managers run when `[database] external_db_managers` names
/// them.
///
/// # Errors
/// A plugin's models cannot be written down.
pub fn built_in_plugins() -> Result<Vec<Arc<dyn Plugin>>, CommandError> {
    let ticketing = TicketingPlugin::new(MockTicketSystem).map_err(CommandError::failed)?;
    Ok(vec![Arc::new(ticketing)])
}

/// Settings, managers and plugins.
pub struct Host {
    settings: Settings,
    registry: Registry,
    /// The owners by the settings.
    migrator: Migrator,
    /// The same and FAB's manager, where the settings do not have it: it takes part where the database has its row.
    with_fab: Option<Migrator>,
    plugins: Vec<Arc<dyn Plugin>>,
}

impl Host {
    /// Reads the settings and checks the registered managers.
    ///
    /// # Errors
    /// Broken settings, a schema that the database cannot have, a registered manager that the build does
    /// not have, a broken history, or two managers that claim one table.
    pub fn load(environment: &Environment, plugins: Vec<Arc<dyn Plugin>>) -> Result<Self, CommandError> {
        Self::load_with(db_manager(), environment, plugins)
    }

    /// The same with a core of other revisions than this build's.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_with(
        core: DbManager,
        environment: &Environment,
        plugins: Vec<Arc<dyn Plugin>>,
    ) -> Result<Self, CommandError> {
        let settings = load_settings(environment)?;
        refuse_schema_on_sqlite(&settings)?;
        // Before 3.0 what is FAB's now is the core's.
        let fab = core
            .all_migrations()
            .iter()
            .any(|migration| migration.revision().id.as_str() == NOTES_WITHOUT_USERS)
            .then(fab::db_manager);
        let built_in = plugins.iter().flat_map(|plugin| plugin.db_managers()).chain(fab.clone());
        let registry = Registry::new(built_in);
        let mut external = registry.select(&settings.external_db_managers).map_err(|error| {
            CommandError::usage(error).hint(
                "take it out of [database] external_db_managers, or build this program with the plugin that has it",
            )
        })?;
        let named = external.len();
        external.retain(|manager| manager.name() != fab::NAME);
        let fab_is_set =
            external.len() < named || settings.auth_manager.as_deref() == Some(fab::AUTH_MANAGER);

        let core = core.lifecycle(Core { seeds: settings.seeds.clone() });
        // Airflow runs the providers' managers before the others.
        let owners = |fab: Option<DbManager>| {
            let managers = std::iter::once(core.clone()).chain(fab).chain(external.iter().cloned());
            migrator(managers, &settings)
        };
        let (migrator, with_fab) = match (fab, fab_is_set) {
            (Some(fab), true) => (owners(Some(fab))?, None),
            (Some(fab), false) => (owners(None)?, Some(owners(Some(fab))?)),
            (None, _) => (owners(None)?, None),
        };
        Ok(Self { settings, registry, migrator, with_fab, plugins })
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The owners by the settings: the core, then FAB's manager and the registered ones.
    pub fn migrator(&self) -> &Migrator {
        &self.migrator
    }

    /// The owners, and FAB's manager if this build has it, whether it takes part or not.
    pub fn all_owners(&self) -> &Migrator {
        self.with_fab.as_ref().unwrap_or(&self.migrator)
    }

    /// The owners of a database: those of the settings, and FAB's manager where the database has its version row.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn owners_of(&self, database: &mut Database) -> Result<&Migrator, dunlin::Error> {
        match &self.with_fab {
            Some(with_fab) if with_fab.is_recorded(database, fab::NAME).await? => Ok(with_fab),
            _ => Ok(&self.migrator),
        }
    }

    /// The core's name.
    pub fn core(&self) -> &str {
        self.migrator.owners().first().map_or("airflow", |owner| owner.name())
    }

    /// The managers that may be owners.
    pub fn managers(&self) -> Vec<&DbManager> {
        self.all_owners().owners().iter().map(|owner| owner.manager()).collect()
    }

    /// The owner that a command is for: the core, unless a registered manager is named. FAB's manager may be named
    /// where it is not registered: whether it takes part, the database says.
    ///
    /// # Errors
    /// It is not registered, or nowhere known.
    pub fn owner(&self, manager: Option<&str>) -> Result<&Owner, CommandError> {
        let name = manager.unwrap_or(self.core());
        let owner = self.all_owners().owner(name).map_err(failed);
        if manager.is_some() && (owner.is_err() || name == self.core()) {
            self.require(name)?;
        }
        owner
    }

    /// Checks that a manager named on the command line is registered.
    ///
    /// # Errors
    /// It is not, or nowhere known.
    pub fn require(&self, name: &str) -> Result<(), CommandError> {
        let registered = &self.settings.external_db_managers;
        self.registry.require(name, registered).map_err(|error| {
            let known = if registered.is_empty() {
                "no manager is registered; name it in [database] external_db_managers".to_owned()
            } else {
                format!("registered in [database] external_db_managers: {}", registered.join(", "))
            };
            CommandError::usage(error).hint(known)
        })
    }

    /// What Airflow does before a command that works with the tables: an error where the core is not at its newest
    /// revision, unless `[database] check_migrations` is off.
    ///
    /// # Errors
    /// It is not, or the database cannot be read.
    pub async fn require_migrated(&self, database: &mut Database) -> Result<(), CommandError> {
        if !self.settings.check_migrations {
            return Ok(());
        }
        let statuses = self.migrator.status(database).await.map_err(failed)?;
        match statuses.first() {
            Some(core) if !core.is_up_to_date() => {
                let reasons = why_not_up_to_date(&statuses[..1], &self.managers());
                let error =
                    CommandError::new(ExitStatus::Pending, "the database is not at the newest revision");
                let error = reasons.into_iter().fold(error, CommandError::note);
                Err(error.hint("run `airflow db migrate`, or set [database] check_migrations = False"))
            }
            _ => Ok(()),
        }
    }

    /// Connects to the database of the settings.
    ///
    /// # Errors
    /// It does not answer, or refuses.
    pub async fn connect(&self, access: Access) -> Result<Database, CommandError> {
        if access == Access::Create {
            self.create_home()?;
        }
        Database::connect(&self.settings.database_url, access).await.map_err(failed)
    }

    /// Where scratch databases are made: on the server of the settings.
    pub fn scratch(&self) -> Scratch {
        Scratch::new(&self.settings.database_url)
    }

    /// Makes $AIRFLOW_HOME where the database is a file in it.
    fn create_home(&self) -> Result<(), CommandError> {
        let Settings { home, database_url, .. } = &self.settings;
        let file = database_url.database.as_deref().filter(|_| database_url.dialect == UrlDialect::Sqlite);
        if file.is_some_and(|file| Path::new(file).parent() == Some(home)) {
            std::fs::create_dir_all(home).map_err(|error| {
                CommandError::failed(format!("cannot create the directory {}: {error}", home.display()))
                    .hint("set AIRFLOW_HOME to a directory that can be written")
            })?;
        }
        Ok(())
    }

    /// The dialect that the URL names. Only the server can tell MySQL and MariaDB apart: for both it is
    /// MySQL's, which serves both.
    pub fn dialect_of_url(&self) -> DialectName {
        match self.settings.database_url.dialect {
            UrlDialect::Postgres => DialectName::Postgres,
            UrlDialect::MySql => DialectName::MySql,
            UrlDialect::Sqlite => DialectName::Sqlite,
        }
    }

    /// Whose SQL a script is written in: the server is asked where the URL does not tell, if there is one.
    pub async fn dialect_of_script(&self) -> &'static dyn Dialect {
        if self.settings.database_url.dialect == UrlDialect::MySql
            && let Ok(database) = self.connect(Access::Read).await
        {
            let dialect = database.dialect();
            database.close().await;
            return dialect;
        }
        dialect(self.dialect_of_url())
    }

    /// The listeners of all plugins.
    pub fn listeners(&self) -> Vec<Arc<dyn Listener>> {
        self.plugins.iter().flat_map(|plugin| plugin.listeners()).collect()
    }

    /// What listeners are told of the host.
    pub fn plugin_context(&self) -> PluginContext {
        let url = self.settings.database_url.to_native();
        PluginContext::new(url, self.dialect_of_url(), self.settings.schema.clone())
    }
}

fn migrator(
    managers: impl IntoIterator<Item = DbManager>,
    settings: &Settings,
) -> Result<Migrator, CommandError> {
    let mut context = HostContext::new(settings.schema.clone(), naming_convention());
    if let Some(collation) = &settings.id_collation {
        context = context.collation(ID_COLLATION, collation);
    }
    let lock = LockKey::new(LOCK_POSTGRES, LOCK_MYSQL);
    let migrator = Migrator::new(managers, &context, lock).map_err(failed)?;
    for owner in migrator.owners() {
        // Airflow's commands know one line of revisions.
        owner.history().single_head().map_err(|source| {
            let owner = owner.name().to_owned();
            failed(OwnerError { owner, source }.into())
        })?;
    }
    Ok(migrator)
}

fn refuse_schema_on_sqlite(settings: &Settings) -> Result<(), CommandError> {
    let Some(schema) = settings.schema.as_deref().filter(|schema| *schema != "main") else { return Ok(()) };
    if settings.database_url.dialect != UrlDialect::Sqlite {
        return Ok(());
    }
    let setting = HINTS.schema_setting;
    Err(CommandError::usage(format!("{setting} is {schema}, but SQLite has no schema besides main"))
        .hint(format!("leave {setting} empty")))
}

/// Reads the settings alone, for commands that work on the database and not on its owners.
///
/// # Errors
/// Broken settings.
pub fn load_settings(environment: &Environment) -> Result<Settings, CommandError> {
    Settings::load(environment).map_err(|error: ConfigError| {
        let hint = error.hint().to_string();
        CommandError::usage(error).hint(hint)
    })
}

/// An error of the database or the owners, with what to do about it.
pub fn failed(error: dunlin::Error) -> CommandError {
    let hint = hint(&error, &HINTS);
    let error = CommandError::failed(error);
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}
