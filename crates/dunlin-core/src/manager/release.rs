//! Releases: named versions and the revisions they end at.

use thiserror::Error;

use crate::revision::RevisionId;

/// The revision of a release that has no tables yet.
pub const BASE: &str = "base";

/// A named version and the revision it ends at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// The version, such as `3.1.0`.
    pub version: String,
    /// The revision; `None` is the base.
    pub revision: Option<RevisionId>,
}

/// A manager's releases, oldest first.
///
/// ```
/// use dunlin_core::manager::{BASE, ReleaseError, ReleaseMap};
///
/// let releases = ReleaseMap::from_iter([("0.0.1", BASE), ("2.6.2", "4bc4"), ("2.7.0", "405d")]);
/// assert_eq!(releases.resolve("2.6.3").unwrap().version, "2.6.2");
/// assert_eq!(releases.resolve("0.0.1").unwrap().revision, None);
/// assert!(matches!(releases.resolve("2.8.0"), Err(ReleaseError::TooNew { .. })));
/// assert!(matches!(releases.resolve("2.x"), Err(ReleaseError::Malformed { .. })));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReleaseMap(Vec<Release>);

impl ReleaseMap {
    /// Adds a release, newer than those before it.
    pub fn push(&mut self, version: impl Into<String>, revision: &str) {
        let revision = (revision != BASE).then(|| revision.into());
        self.0.push(Release { version: version.into(), revision });
    }

    /// The releases, oldest first.
    pub fn iter(&self) -> std::slice::Iter<'_, Release> {
        self.0.iter()
    }

    /// The release that a version belongs to: the one of that name, else the newest that is strictly
    /// lower, numbers compared one by one (so `3.2` is lower than `3.2.0`, as Airflow has it).
    ///
    /// # Errors
    /// A version that is no dotted numbers, that is older than the first release, or, unlike Airflow,
    /// newer than the last.
    pub fn resolve(&self, version: &str) -> Result<&Release, ReleaseError> {
        if let Some(exact) = self.0.iter().find(|release| release.version == version) {
            return Ok(exact);
        }
        let owned = || version.to_owned();
        let wanted = numbers(version).ok_or_else(|| ReleaseError::Malformed { version: owned() })?;
        let lower = |release: &&Release| numbers(&release.version).is_some_and(|known| known < wanted);
        let (Some(first), Some(last)) = (self.0.first(), self.0.last()) else {
            return Err(ReleaseError::None { version: owned() });
        };
        if lower(&last) {
            return Err(ReleaseError::TooNew { version: owned(), last: last.version.clone() });
        }
        let found = self.0.iter().rev().find(lower);
        found.ok_or_else(|| ReleaseError::TooOld { version: owned(), first: first.version.clone() })
    }
}

impl<'r> FromIterator<(&'r str, &'r str)> for ReleaseMap {
    fn from_iter<I: IntoIterator<Item = (&'r str, &'r str)>>(releases: I) -> Self {
        let mut map = Self::default();
        releases.into_iter().for_each(|(version, revision)| map.push(version, revision));
        map
    }
}

fn numbers(version: &str) -> Option<Vec<u64>> {
    version.split('.').map(|part| part.parse().ok()).collect()
}

/// Why a version belongs to no release.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReleaseError {
    /// It is not made of numbers.
    #[error("{version:?} is not a version")]
    Malformed {
        /// As given.
        version: String,
    },
    /// It is older than all releases.
    #[error("version {version} is older than {first}, the first release")]
    TooOld {
        /// As given.
        version: String,
        /// The first release.
        first: String,
    },
    /// It is newer than all releases.
    #[error("version {version} is not known: this build ends at {last}")]
    TooNew {
        /// As given.
        version: String,
        /// The last release.
        last: String,
    },
    /// There are no releases at all.
    #[error("version {version} is not known: there are no releases")]
    None {
        /// As given.
        version: String,
    },
}
