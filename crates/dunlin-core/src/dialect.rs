//! The databases dunlin speaks to, and values that differ between them.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A database whose SQL dunlin writes.
///
/// MariaDB is a variant of MySQL: whatever is said for `mysql` serves MariaDB unless something is said
/// for `mariadb` itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DialectName {
    /// PostgreSQL.
    Postgres,
    /// MySQL.
    MySql,
    /// MariaDB.
    MariaDb,
    /// SQLite.
    Sqlite,
}

impl DialectName {
    /// All four, in the order in which dunlin lists them.
    pub const ALL: [DialectName; 4] = [Self::Postgres, Self::MySql, Self::MariaDb, Self::Sqlite];

    /// The name as it stands in files and on the command line: `postgres`, `mysql`, `mariadb`, `sqlite`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::MySql => "mysql",
            Self::MariaDb => "mariadb",
            Self::Sqlite => "sqlite",
        }
    }

    /// The name its makers write: `PostgreSQL`, `MySQL`, `MariaDB`, `SQLite`.
    pub const fn display_name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::MySql => "MySQL",
            Self::MariaDb => "MariaDB",
            Self::Sqlite => "SQLite",
        }
    }

    /// The dialect that answers where nothing is said for this one.
    const fn parent(self) -> Option<DialectName> {
        match self {
            Self::MariaDb => Some(Self::MySql),
            _ => None,
        }
    }
}

impl fmt::Display for DialectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A value with variants for single dialects.
///
/// In a file it is `{"all": …, "variants": {"mysql": …}}`, and without variants just the value.
///
/// ```
/// use dunlin_core::dialect::{DialectName, PerDialect};
///
/// let sql = PerDialect::all("SELECT 1").on(DialectName::MySql, "SELECT 2");
/// assert_eq!(sql.get(DialectName::Sqlite), Some(&"SELECT 1"));
/// assert_eq!(sql.get(DialectName::MariaDb), Some(&"SELECT 2"));
/// assert_eq!(PerDialect::only(DialectName::Postgres, 1).get(DialectName::Sqlite), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PerDialect<T> {
    default: Option<T>,
    variants: BTreeMap<DialectName, T>,
}

/// Variants in a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Variants<T> {
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    all: Option<T>,
    #[serde(default = "BTreeMap::new", skip_serializing_if = "BTreeMap::is_empty")]
    variants: BTreeMap<DialectName, T>,
}

/// A [`PerDialect`] in a file.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a value, or {\"all\": value, \"variants\": {dialect: value}}")]
enum Stored<T> {
    Variants(Variants<T>),
    All(T),
}

impl<T: Serialize> Serialize for PerDialect<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.default {
            Some(value) if self.variants.is_empty() => value.serialize(serializer),
            default => {
                let variants = self.variants.iter().map(|(dialect, value)| (*dialect, value)).collect();
                Variants { all: default.as_ref(), variants }.serialize(serializer)
            }
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for PerDialect<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Stored::deserialize(deserializer)? {
            Stored::Variants(Variants { all, variants }) => Self { default: all, variants },
            Stored::All(value) => Self::all(value),
        })
    }
}

impl<T> PerDialect<T> {
    /// The same value everywhere.
    pub const fn all(value: T) -> Self {
        Self { default: Some(value), variants: BTreeMap::new() }
    }

    /// A value on one dialect and none elsewhere.
    pub fn only(dialect: DialectName, value: T) -> Self {
        Self { default: None, variants: BTreeMap::from([(dialect, value)]) }
    }

    /// Another value on one dialect (on `mysql`: also on MariaDB, unless it has its own).
    pub fn on(mut self, dialect: DialectName, value: T) -> Self {
        self.variants.insert(dialect, value);
        self
    }

    /// Sets the value on one dialect, or (`None`) that for all that have none of their own.
    pub fn set(&mut self, dialect: Option<DialectName>, value: T) {
        match dialect {
            Some(dialect) => drop(self.variants.insert(dialect, value)),
            None => self.default = Some(value),
        }
    }

    /// Whether there is no value at all.
    pub fn is_empty(&self) -> bool {
        self.values().next().is_none()
    }

    /// The value on `dialect`, if there is one.
    pub fn get(&self, dialect: DialectName) -> Option<&T> {
        self.variants
            .get(&dialect)
            .or_else(|| dialect.parent().and_then(|parent| self.variants.get(&parent)))
            .or(self.default.as_ref())
    }

    /// Keeps the value on `dialect` alone, as the one for all; `false` if there is none, and nothing is
    /// kept.
    ///
    /// ```
    /// use dunlin_core::dialect::{DialectName, PerDialect};
    ///
    /// let mut sql = PerDialect::all("SELECT 1").on(DialectName::MySql, "SELECT 2");
    /// assert!(sql.narrow(DialectName::MariaDb));
    /// assert_eq!(sql, PerDialect::all("SELECT 2"));
    /// assert!(!PerDialect::only(DialectName::Postgres, 1).narrow(DialectName::Sqlite));
    /// ```
    pub fn narrow(&mut self, dialect: DialectName) -> bool {
        let mut variants = std::mem::take(&mut self.variants);
        let variant = variants.remove(&dialect);
        let variant = variant.or_else(|| dialect.parent().and_then(|parent| variants.remove(&parent)));
        if variant.is_some() {
            self.default = variant;
        }
        self.default.is_some()
    }

    /// The same variants, each made into something else.
    pub fn map<U>(self, mut into: impl FnMut(T) -> U) -> PerDialect<U> {
        PerDialect {
            default: self.default.map(&mut into),
            variants: self.variants.into_iter().map(|(dialect, value)| (dialect, into(value))).collect(),
        }
    }

    /// All values: the default, if there is one, and the variants.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.default.iter().chain(self.variants.values())
    }

    /// All values, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.default.iter_mut().chain(self.variants.values_mut())
    }

    /// The dialects that something is said for, with what is said for them.
    pub fn variants(&self) -> impl Iterator<Item = (DialectName, &T)> {
        self.variants.iter().map(|(dialect, value)| (*dialect, value))
    }

    /// The value where no variant is given.
    pub const fn default_value(&self) -> Option<&T> {
        self.default.as_ref()
    }
}

/// No value on any dialect.
impl<T> Default for PerDialect<T> {
    fn default() -> Self {
        Self { default: None, variants: BTreeMap::new() }
    }
}

impl<T> From<T> for PerDialect<T> {
    fn from(value: T) -> Self {
        Self::all(value)
    }
}

impl From<&str> for PerDialect<String> {
    fn from(value: &str) -> Self {
        Self::all(value.to_owned())
    }
}
