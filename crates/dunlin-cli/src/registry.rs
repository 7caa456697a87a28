//! Which managers a build has, and which of them are registered.

use dunlin::core::manager::DbManager;
use thiserror::Error;

/// The managers that a host program was built with.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    managers: Vec<DbManager>,
}

/// A name that a registry cannot serve.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// It is registered, but not part of the build.
    #[error("DB manager {name} is registered, but this build does not have it")]
    NotInBuild {
        /// The name.
        name: String,
        /// The names that the build has.
        available: Vec<String>,
    },
    /// Two plugins of the build have a manager of this name.
    #[error("there are two DB managers {name}")]
    Ambiguous {
        /// The name.
        name: String,
    },
    /// It is neither registered nor part of the build.
    #[error("there is no DB manager {name}")]
    Unknown {
        /// The name.
        name: String,
    },
    /// It is part of the build, but not registered.
    #[error("DB manager {name} is not registered")]
    NotRegistered {
        /// The name.
        name: String,
        /// The names that are.
        registered: Vec<String>,
    },
}

impl Registry {
    /// The managers of a build.
    pub fn new(managers: impl IntoIterator<Item = DbManager>) -> Self {
        Self { managers: managers.into_iter().collect() }
    }

    /// The managers registered by name, in that order.
    ///
    /// # Errors
    /// [`RegistryError::NotInBuild`] or [`RegistryError::Ambiguous`] for the first name that the build does
    /// not have, or has twice.
    pub fn select(&self, registered: &[String]) -> Result<Vec<DbManager>, RegistryError> {
        let find = |name: &String| {
            let mut found = self.managers.iter().filter(|manager| manager.name() == name);
            match (found.next(), found.next()) {
                (Some(only), None) => Ok(only.clone()),
                (Some(_), Some(_)) => Err(RegistryError::Ambiguous { name: name.clone() }),
                (None, _) => Err(RegistryError::NotInBuild { name: name.clone(), available: self.names() }),
            }
        };
        registered.iter().map(find).collect()
    }

    /// Checks that a manager named on the command line is registered.
    ///
    /// # Errors
    /// [`RegistryError::NotRegistered`], or [`RegistryError::Unknown`].
    pub fn require(&self, name: &str, registered: &[String]) -> Result<(), RegistryError> {
        if registered.iter().any(|known| known == name) {
            return Ok(());
        }
        if !self.managers.iter().any(|manager| manager.name() == name) {
            return Err(RegistryError::Unknown { name: name.to_owned() });
        }
        Err(RegistryError::NotRegistered { name: name.to_owned(), registered: registered.to_vec() })
    }

    fn names(&self) -> Vec<String> {
        self.managers.iter().map(|manager| manager.name().to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_for_one_manager() {
        let manager = |name: &str| DbManager::new(name, format!("version_{name}"));
        let registry = Registry::new([manager("a"), manager("b"), manager("b")]);
        assert_eq!(registry.select(&["a".into()]).map(|found| found.len()).ok(), Some(1));
        let twice = registry.select(&["a".into(), "b".into()]).err();
        assert_eq!(twice, Some(RegistryError::Ambiguous { name: "b".into() }));
        let gone = registry.select(&["c".into()]).err().map(|error| error.to_string());
        assert_eq!(gone.as_deref(), Some("DB manager c is registered, but this build does not have it"));
    }
}
