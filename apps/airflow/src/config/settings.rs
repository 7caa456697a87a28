//! The settings that the `db` commands need.

use std::path::PathBuf;

use dunlin::url::{DatabaseUrl, UrlDialect};

use super::{Config, ConfigError, Environment, Origin, Value, keys};

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
            warnings,
        })
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
