//! The settings that the `db` commands need.

use std::path::PathBuf;

use dunlin::url::{DatabaseUrl, UrlDialect};

use super::{Config, ConfigError, Environment, Key, Origin, Value, keys};

/// What the `db` and `db-manager` commands take from the configuration.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `AIRFLOW_HOME`.
    pub home: PathBuf,
    /// The configuration file, if there is one.
    pub config_file: Option<PathBuf>,
    /// The metadata database.
    pub database_url: DatabaseUrl,
    /// Where [`Settings::database_url`] was set.
    pub database_url_origin: Origin,
    /// Names of the external DB managers, in the order of the configuration, each once.
    pub external_db_managers: Vec<String>,
    /// Schema of the core's tables, if not the connection's default one.
    pub schema: Option<String>,
    /// The collation of ids on MySQL and MariaDB, if another than the default is set.
    pub id_collation: Option<String>,
    /// Whether [`Host::require_migrated`](crate::host::Host::require_migrated) looks.
    pub check_migrations: bool,
    /// The class of the auth manager, if one is named.
    pub auth_manager: Option<String>,
    /// The rows that are always to be there.
    pub seeds: Seeds,
    /// One line each: settings that are outdated or have no effect here.
    pub warnings: Vec<String>,
}

impl Settings {
    /// Reads the configuration file and the environment. Writes nothing.
    ///
    /// # Errors
    ///
    /// [`ConfigError`], with a [hint](ConfigError::hint). No message carries a password.
    pub fn load(environment: &Environment) -> Result<Self, ConfigError> {
        let config = Config::load(environment)?;
        let mut warnings = Vec::new();
        let connection = config.get(&keys::SQL_ALCHEMY_CONN)?;
        if let Some(Value { origin, is_deprecated: true, .. }) = &connection {
            warnings.push(format!("{origin} is outdated: use {}", keys::SQL_ALCHEMY_CONN));
        }
        let (database_url, database_url_origin) = database_url(&config, connection)?;
        let ignored: Vec<_> = database_url.ignored_options().collect();
        if !ignored.is_empty() {
            let ignored = ignored.join(", ");
            warnings.push(format!("{database_url_origin}: these options have no effect here: {ignored}"));
        }
        let connect_args =
            config.get(&keys::SQL_ALCHEMY_CONNECT_ARGS)?.filter(|value| !value.text.is_empty());
        if let Some(Value { origin, .. }) = connect_args {
            warnings.push(format!("{origin} names a Python object and has no effect here"));
        }
        let schema = config.get(&keys::SQL_ALCHEMY_SCHEMA)?.map(|value| value.text.trim().to_owned());
        Ok(Self {
            home: config.home().to_owned(),
            config_file: config.file().map(ToOwned::to_owned),
            database_url,
            database_url_origin,
            external_db_managers: external_db_managers(config.get(&keys::EXTERNAL_DB_MANAGERS)?)?,
            schema: schema.filter(|schema| !schema.is_empty()),
            id_collation: text(&config, &keys::SQL_ENGINE_COLLATION_FOR_IDS)?,
            check_migrations: boolean(config.get(&keys::CHECK_MIGRATIONS)?)?.unwrap_or(true),
            auth_manager: text(&config, &keys::AUTH_MANAGER)?,
            seeds: Seeds::load(&config)?,
            warnings,
        })
    }
}

/// What the rows say that are always to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seeds {
    /// The slots of the default pool.
    pub pool_slots: i64,
    /// The log template.
    pub template: LogTemplate,
    /// The log template as it is set, where that is one which is outdated and stands for [`Self::template`].
    pub outdated: Option<LogTemplate>,
}

/// Where the log of a task stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogTemplate {
    /// Its file.
    pub filename: String,
    /// Its id in Elasticsearch.
    pub elasticsearch_id: String,
}

impl LogTemplate {
    /// That of Airflow 3.3, where nothing is set.
    pub fn by_default() -> Self {
        Self {
            filename: "dag_id={{ ti.dag_id }}/run_id={{ ti.run_id }}/task_id={{ ti.task_id }}/\
                       {% if ti.map_index >= 0 %}map_index={{ ti.map_index }}/{% endif %}\
                       attempt={{ try_number|default(ti.try_number) }}.log"
                .to_owned(),
            elasticsearch_id: "{dag_id}-{task_id}-{run_id}-{map_index}-{try_number}".to_owned(),
        }
    }
}

/// The default before Airflow 2.8, which is not followed where it stands in a configuration.
const OUTDATED_FILENAME: &str = "dag_id={{ ti.dag_id }}/run_id={{ ti.run_id }}/task_id={{ ti.task_id }}/\
                                 {% if ti.map_index >= 0 %}map_index={{ ti.map_index }}/{% endif %}\
                                 attempt={{ try_number }}.log";

impl Seeds {
    fn load(config: &Config) -> Result<Self, ConfigError> {
        let LogTemplate { filename, elasticsearch_id } = LogTemplate::by_default();
        let elasticsearch_id = text(config, &keys::LOG_ID_TEMPLATE)?.unwrap_or(elasticsearch_id);
        let set = text(config, &keys::LOG_FILENAME_TEMPLATE)?;
        let is_outdated = set.as_deref() == Some(OUTDATED_FILENAME);
        let outdated = set.clone().filter(|_| is_outdated);
        let filename = set.filter(|_| !is_outdated).unwrap_or(filename);
        let with = |filename| LogTemplate { filename, elasticsearch_id: elasticsearch_id.clone() };
        Ok(Self {
            pool_slots: number(config.get(&keys::DEFAULT_POOL_SLOTS)?)?.unwrap_or(128),
            template: with(filename),
            outdated: outdated.map(with),
        })
    }
}

/// A setting that is not empty.
fn text(config: &Config, key: &Key) -> Result<Option<String>, ConfigError> {
    let value = config.get(key)?.map(|value| value.text.trim().to_owned());
    Ok(value.filter(|text| !text.is_empty()))
}

fn number(value: Option<Value>) -> Result<Option<i64>, ConfigError> {
    let Some(Value { text, origin, .. }) = value else { return Ok(None) };
    text.trim().parse().map(Some).map_err(|_| ConfigError::NoNumber { origin })
}

/// As Airflow reads one: what follows a `#` does not count.
fn boolean(value: Option<Value>) -> Result<Option<bool>, ConfigError> {
    let Some(Value { text, origin, .. }) = value else { return Ok(None) };
    let word = text.split('#').next().unwrap_or_default().trim().to_lowercase();
    match word.as_str() {
        "t" | "true" | "1" => Ok(Some(true)),
        "f" | "false" | "0" => Ok(Some(false)),
        _ => Err(ConfigError::NoBoolean { origin }),
    }
}

fn database_url(config: &Config, value: Option<Value>) -> Result<(DatabaseUrl, Origin), ConfigError> {
    let (url, origin) = match value {
        Some(Value { text, origin, .. }) => match DatabaseUrl::parse(&text) {
            Ok(url) => (url, origin),
            Err(source) => return Err(ConfigError::Connection { origin, source }),
        },
        // The path is not spelled as a URL: it may hold a `?` or `%`.
        None => {
            let path = config.home().join("airflow.db").into_os_string().into_string();
            let path = path.map_err(|_| ConfigError::NotUnicode { variable: "AIRFLOW_HOME".to_owned() })?;
            (DatabaseUrl::sqlite(path), Origin::Default)
        }
    };
    let path = url.database.as_ref().filter(|_| url.dialect == UrlDialect::Sqlite).map(PathBuf::from);
    match path.filter(|path| !path.is_absolute()) {
        Some(path) => Err(ConfigError::RelativeSqlite { origin, path }),
        None => Ok((url, origin)),
    }
}

/// Commas separate; white space and quotes around the list or an item do not count.
fn external_db_managers(value: Option<Value>) -> Result<Vec<String>, ConfigError> {
    let Some(Value { text, origin, .. }) = value else { return Ok(Vec::new()) };
    let mut managers: Vec<String> = Vec::new();
    for item in text.split(',') {
        let item = item.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'');
        if item.contains(char::is_whitespace) {
            return Err(ConfigError::ManagerList { origin });
        }
        if !item.is_empty() && !managers.iter().any(|manager| manager == item) {
            managers.push(item.to_owned());
        }
    }
    Ok(managers)
}
