//! Looking one setting up, in the order of precedence.

use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::ini::Ini;
use super::{ConfigError, Environment, command};

/// A setting's name and nature.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    section: &'static str,
    name: &'static str,
    sensitive: bool,
    moved_from: Option<(&'static str, &'static str)>,
}

impl Key {
    /// A key in its section, both in lower case.
    pub const fn new(section: &'static str, name: &'static str) -> Self {
        Self { section, name, sensitive: false, moved_from: None }
    }

    /// It may come from a command (`_cmd`).
    pub const fn sensitive(self) -> Self {
        Self { sensitive: true, ..self }
    }

    /// Its old place, still read after the new one.
    pub const fn moved_from(self, section: &'static str, name: &'static str) -> Self {
        Self { moved_from: Some((section, name)), ..self }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {}", self.section, self.name)
    }
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// An environment variable.
    Variable(String),
    /// A line of the configuration file.
    File {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
        /// The section.
        section: String,
        /// The key, as it stands there.
        key: String,
    },
    /// Neither: the default.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => f.write_str(name),
            Self::File { path, line, section, key } => {
                write!(f, "[{section}] {key} ({}, line {line})", path.display())
            }
            Self::Default => f.write_str("the default"),
        }
    }
}

/// A value and where it comes from. No `Debug`: it may be a secret.
pub struct Value {
    /// The value, expanded.
    pub text: String,
    /// Where it stands.
    pub origin: Origin,
    /// Whether it stands in the key's old place.
    pub is_deprecated: bool,
}

/// The configuration file and the environment, ready for look-ups.
pub struct Config {
    environment: Environment,
    home: PathBuf,
    path: PathBuf,
    file: Option<Ini>,
}

impl Config {
    /// Finds `AIRFLOW_HOME` (default `~/airflow`) and reads `AIRFLOW_CONFIG` (default `airflow.cfg` there). A
    /// file that does not exist is an empty one.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if there is no home directory, or the file cannot be read or parsed.
    pub fn load(environment: &Environment) -> Result<Self, ConfigError> {
        let location = |variable: &str| {
            let Some(value) = environment.get(variable)? else { return Ok(None) };
            if value.is_empty() {
                return Err(ConfigError::EmptyVariable { variable: variable.to_owned() });
            }
            let origin = Origin::Variable(variable.to_owned());
            environment.expand(value, &origin).map(PathBuf::from).map(Some)
        };
        let home = match location("AIRFLOW_HOME")? {
            Some(home) => home,
            None => match environment.expand("~/airflow", &Origin::Default)? {
                home if home.starts_with('~') => return Err(ConfigError::NoHome),
                home => PathBuf::from(home),
            },
        };
        let path = location("AIRFLOW_CONFIG")?.unwrap_or_else(|| home.join("airflow.cfg"));
        let file = read(&path)?;
        Ok(Self { environment: environment.clone(), home, path, file })
    }

    /// `AIRFLOW_HOME`.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// The configuration file, if there is one.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_ref().map(|_| self.path.as_path())
    }

    /// Looks a key up; `None` if it is set nowhere.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the value cannot be read where it is set: a `%` that is wrong, a command that fails,
    /// a secrets backend.
    pub fn get(&self, key: &Key) -> Result<Option<Value>, ConfigError> {
        let places = || {
            let old = key.moved_from.map(|(section, name)| (section, name, true));
            [(key.section, key.name, false)].into_iter().chain(old)
        };
        let found = |(text, origin), is_deprecated| Ok(Some(Value { text, origin, is_deprecated }));
        for (section, name, old) in places() {
            if let Some(value) = self.in_environment(section, name, key.sensitive)? {
                return found(value, old);
            }
        }
        for (section, name, old) in places() {
            if let Some((text, origin)) = self.in_file(section, name)? {
                return found((self.environment.expand(&text, &origin)?, origin), old);
            }
        }
        for (section, name, old) in places().filter(|_| key.sensitive) {
            if let Some((line, origin)) = self.in_file(section, &format!("{name}_cmd"))? {
                return found((command::run(&line, &origin, &self.environment)?, origin), old);
            }
        }
        for (section, name, _) in places().filter(|_| key.sensitive) {
            if let Some((_, origin)) = self.in_file(section, &format!("{name}_secret"))? {
                return Err(ConfigError::Secret { origin });
            }
        }
        Ok(None)
    }

    fn in_environment(
        &self,
        section: &str,
        name: &str,
        sensitive: bool,
    ) -> Result<Option<(String, Origin)>, ConfigError> {
        let plain = format!("AIRFLOW__{}__{}", section.to_uppercase(), name.to_uppercase());
        let (by_command, by_secret) = (format!("{plain}_CMD"), format!("{plain}_SECRET"));
        if let Some(value) = self.environment.get(&plain)? {
            let origin = Origin::Variable(plain);
            return Ok(Some((self.environment.expand(value, &origin)?, origin)));
        }
        if !sensitive {
            return Ok(None);
        }
        if let Some(line) = self.environment.get(&by_command)? {
            let origin = Origin::Variable(by_command);
            return Ok(Some((command::run(line, &origin, &self.environment)?, origin)));
        }
        match self.environment.get(&by_secret)? {
            Some(_) => Err(ConfigError::Secret { origin: Origin::Variable(by_secret) }),
            None => Ok(None),
        }
    }

    fn in_file(&self, section: &str, key: &str) -> Result<Option<(String, Origin)>, ConfigError> {
        let Some((line, value)) = self.file.as_ref().and_then(|file| file.get(section, key)) else {
            return Ok(None);
        };
        let (path, section, key) = (self.path.clone(), section.to_owned(), key.to_owned());
        let origin = Origin::File { path, line, section, key };
        match value {
            Ok(value) => Ok(Some((value, origin))),
            Err(problem) => Err(ConfigError::Percent { origin, problem: problem.to_string() }),
        }
    }
}

fn read(path: &Path) -> Result<Option<Ini>, ConfigError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(ConfigError::Unreadable { path: path.to_owned(), source }),
    };
    let text = std::str::from_utf8(&bytes).map_err(|_| ConfigError::NotUtf8 { path: path.to_owned() })?;
    match Ini::parse(text) {
        Ok(ini) => Ok(Some(ini)),
        Err((line, problem)) => {
            Err(ConfigError::Syntax { path: path.to_owned(), line, problem: problem.to_string() })
        }
    }
}
