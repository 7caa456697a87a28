//! Where a listener works.

use std::fmt;

use dunlin_core::dialect::DialectName;

/// The host's database, for listeners that write to it.
#[derive(Clone)]
pub struct PluginContext {
    database_url: String,
    dialect: DialectName,
    schema: Option<String>,
}

impl PluginContext {
    /// A database by its native URL, with the schema of the host's tables (`None`: the connection's
    /// default).
    pub fn new(database_url: impl Into<String>, dialect: DialectName, schema: Option<String>) -> Self {
        Self { database_url: database_url.into(), dialect, schema }
    }

    /// The URL as sqlx and SeaORM take it: `postgres://…`, `mysql://…`, `sqlite:…`. It may hold a
    /// password: do not log it.
    pub fn database_url(&self) -> &str {
        &self.database_url
    }

    /// Whose SQL the database speaks.
    pub fn dialect(&self) -> DialectName {
        self.dialect
    }

    /// The schema of the host's tables; `None` is the connection's default.
    pub fn schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }
}

/// Without the URL, which may hold a password.
impl fmt::Debug for PluginContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PluginContext")
            .field("dialect", &self.dialect)
            .field("schema", &self.schema)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_password() {
        let url = "postgres://airflow:s3cret@localhost/airflow";
        let context = PluginContext::new(url, DialectName::Postgres, Some("af".into()));
        let text = format!("{context:?} {context:#?}");
        assert!(!text.contains("s3cret") && text.contains("af"), "{text}");
    }
}
