//! [`Host`]: what a command works on.

use std::path::Path;
use std::sync::Arc;

use airflow_plugin::{Listener, Plugin, PluginContext, naming_convention};
use dunlin::core::dialect::DialectName;
use dunlin::core::manager::{DbManager, HostContext};
use dunlin::engine::owner::OwnerError;
use dunlin::url::UrlDialect;
use dunlin::{Access, Database, LockKey, Migrator, Scratch};
use dunlin_cli::{CommandError, Hints, Registry, hint};

use ticketing::TicketingPlugin;
use ticketing::services::MockTicketSystem;

use crate::config::{ConfigError, Environment, Settings};
use crate::core::db_manager;

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
    migrator: Migrator,
    plugins: Vec<Arc<dyn Plugin>>,
}

impl Host {
    /// Reads the settings and checks the registered managers.
    ///
    /// # Errors
    /// Broken settings, a schema that the database cannot have, a registered manager that the build does
    /// not have, a broken history, or two managers that claim one table.
    pub fn load(environment: &Environment, plugins: Vec<Arc<dyn Plugin>>) -> Result<Self, CommandError> {
        let settings = load_settings(environment)?;
        refuse_schema_on_sqlite(&settings)?;
        let registry = Registry::new(plugins.iter().flat_map(|plugin| plugin.db_managers()));
        let external = registry.select(&settings.external_db_managers).map_err(|error| {
            CommandError::usage(error).hint(
                "take it out of [database] external_db_managers, or build this program with the plugin that has it",
            )
        })?;
        let managers = std::iter::once(db_manager()).chain(external);
        let context = HostContext::new(settings.schema.clone(), naming_convention());
        let lock = LockKey::new(LOCK_POSTGRES, LOCK_MYSQL);
        let migrator = Migrator::new(managers, &context, lock).map_err(failed)?;
        for owner in migrator.owners() {
            // Airflow's commands know one line of revisions.
            owner.history().single_head().map_err(|source| {
                let owner = owner.name().to_owned();
                failed(OwnerError { owner, source }.into())
            })?;
        }
        Ok(Self { settings, registry, migrator, plugins })
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The owners: the core, then the registered managers.
    pub fn migrator(&self) -> &Migrator {
        &self.migrator
    }

    /// The core's name.
    pub fn core(&self) -> &str {
        self.migrator.owners().first().map_or("airflow", |owner| owner.name())
    }

    /// The managers of the owners.
    pub fn managers(&self) -> Vec<&DbManager> {
        self.migrator.owners().iter().map(|owner| owner.manager()).collect()
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
