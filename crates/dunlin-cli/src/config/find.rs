//! Finding the file.

use std::path::{Path, PathBuf};

use super::ConfigError;

/// The name of the file.
pub const FILE: &str = "dunlin.toml";

/// The environment variable that names the file.
pub const VARIABLE: &str = "DUNLIN_CONFIG";

/// The file named, else the variable's, else the first in the current directory or above it.
pub(super) fn file(named: Option<&Path>) -> Result<PathBuf, ConfigError> {
    let variable = || std::env::var_os(VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(file) = named.map(Path::to_owned).or_else(variable) {
        return match file.is_file() {
            true => Ok(file),
            false => Err(ConfigError::Missing { file }),
        };
    }
    if Path::new(FILE).is_file() {
        return Ok(FILE.into());
    }
    let here = std::env::current_dir().map_err(|source| ConfigError::NoDirectory { source })?;
    let above = here.ancestors().skip(1).map(|directory| directory.join(FILE));
    above.into_iter().find(|file| file.is_file()).ok_or(ConfigError::NotFound { directory: here })
}
