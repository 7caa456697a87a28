//! Configuration: `airflow.cfg` and the environment, read as Airflow 3 reads them.
//!
//! [`Settings::load`] gives what the `db` commands need. Each value is looked up by its [`Key`] in
//! [`Config`]: `AIRFLOW__SECTION__KEY` → `…_CMD` → `…_SECRET` → the file's `key` → `key_cmd` → `key_secret` →
//! the default; the command and secret forms only for sensitive keys. The file follows Python's
//! `ConfigParser`: `%%` and `%(name)s` in its values, comments on lines of their own, long values by
//! indentation, nothing given twice. Values get `$VARIABLE` and `~` expanded. **A new key is one line in
//! `keys.rs`.**
//!
//! Differences, all on purpose. Secrets backends are not supported: an error, where Airflow without a backend
//! goes on. The output of a command is trimmed, and must not be empty; Airflow keeps the line break, which
//! ends up in the database's name, and takes an empty output of the file's command as no setting. An
//! unreadable `airflow.cfg` is an error; Airflow ignores it. Nothing is ever written.

mod command;
mod environment;
mod error;
mod ini;
pub mod keys;
mod lookup;
mod settings;

pub use environment::Environment;
pub use error::ConfigError;
pub use lookup::{Config, Key, Origin, Value};
pub use settings::{LogTemplate, Seeds, Settings};
