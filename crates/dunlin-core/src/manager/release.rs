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
pub struct ReleaseMap {
    releases: Vec<Release>,
    known_until: Option<String>,
}

impl ReleaseMap {
    /// Adds a release, newer than those before it.
    pub fn push(&mut self, version: impl Into<String>, revision: &str) {
        let revision = (revision != BASE).then(|| revision.into());
        self.releases.push(Release { version: version.into(), revision });
    }

    /// The newest version of which it is known that it has no revision beyond those of the last release.
    pub fn set_known_until(&mut self, version: impl Into<String>) {
        self.known_until = Some(version.into());
    }

    /// The releases, oldest first.
    pub fn iter(&self) -> std::slice::Iter<'_, Release> {
        self.releases.iter()
    }

    /// The release that a version belongs to: the one of that name, else the newest that is strictly
    /// lower, numbers compared one by one (so `3.2` is lower than `3.2.0`, as Airflow has it).
    ///
    /// # Errors
    /// A version that is no dotted numbers, that is older than the first release, or, unlike Airflow,
    /// newer than the last, and than what the map is known to hold for.
    pub fn resolve(&self, version: &str) -> Result<&Release, ReleaseError> {
        if let Some(exact) = self.releases.iter().find(|release| release.version == version) {
            return Ok(exact);
        }
        let owned = || version.to_owned();
        let wanted = numbers(version).ok_or_else(|| ReleaseError::Malformed { version: owned() })?;
        let lower = |release: &&Release| numbers(&release.version).is_some_and(|known| known < wanted);
        let (Some(first), Some(last)) = (self.releases.first(), self.releases.last()) else {
            return Err(ReleaseError::None { version: owned() });
        };
        let newest = self.known_until.as_deref().unwrap_or(&last.version);
        if lower(&last) && numbers(newest).is_none_or(|newest| newest < wanted) {
            return Err(ReleaseError::TooNew { version: owned(), last: newest.to_owned() });
        }
        let found = self.releases.iter().rev().find(lower);
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
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    version.split('.').map(|part| part.parse().ok().filter(|_| digits(part))).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Airflow's rule: the exact key, else the first strictly lower one from the end, numbers compared
    /// one by one (`_get_version_revision`). Better than Airflow: what is newer than all is refused.
    #[test]
    fn a_version_belongs_to_the_release_that_airflow_says() {
        let releases = ReleaseMap::from_iter([
            ("2.0.0", BASE),
            ("2.6.2", "4bc4"),
            ("2.7.0", "405d"),
            ("2.10.0", "22ed"),
            ("3.0.0", "2993"),
            ("3.1.8", "cc92"),
            ("3.2.0", "1d68"),
            ("3.3.0", "d2f3"),
        ]);
        for (version, release) in [
            ("2.6.2", "2.6.2"),
            ("2.6.3", "2.6.2"),
            ("2.6.99", "2.6.2"),
            ("2.7", "2.6.2"),
            ("2.7.0", "2.7.0"),
            ("2.7.0.1", "2.7.0"),
            // Not as text: 2.9 is before 2.10.
            ("2.9.3", "2.7.0"),
            ("2.10.0", "2.10.0"),
            ("3", "2.10.0"),
            ("3.2", "3.1.8"),
            ("3.2.0", "3.2.0"),
            // Written otherwise, it is no exact key, and not strictly lower either.
            ("3.02.0", "3.1.8"),
            ("2.0.1", "2.0.0"),
        ] {
            let found = releases.resolve(version).map(|release| release.version.as_str());
            assert_eq!(found, Ok(release), "{version}");
        }
        assert_eq!(releases.resolve("2.6.1").unwrap().revision, None);
        let owned = str::to_owned;
        for version in ["3.3.1", "3.3.0.0", "4", "99.0.0"] {
            let error = ReleaseError::TooNew { version: owned(version), last: owned("3.3.0") };
            assert_eq!(releases.resolve(version), Err(error));
        }
        for version in ["1.10.15", "2", "2.0", "0.0.0"] {
            let error = ReleaseError::TooOld { version: owned(version), first: owned("2.0.0") };
            assert_eq!(releases.resolve(version), Err(error));
        }
        for version in [
            "",
            ".",
            "2.",
            ".7",
            "2..7",
            "v2.7.0",
            "3.0.0rc1",
            "2.7.0-1",
            "+2.7",
            " 2.7.0",
            "2.7.0 ",
            "２.7.0",
            "99999999999999999999.0",
        ] {
            let error = ReleaseError::Malformed { version: owned(version) };
            assert_eq!(releases.resolve(version), Err(error), "{version:?}");
        }
    }

    #[test]
    fn versions_behind_the_last_release_belong_to_it_as_far_as_is_known() {
        let mut releases = ReleaseMap::from_iter([("3.2.0", "1d68"), ("3.3.0", "d2f3")]);
        releases.set_known_until("3.3.2");
        for version in ["3.3.0", "3.3.1", "3.3.2"] {
            assert_eq!(releases.resolve(version).unwrap().version, "3.3.0", "{version}");
        }
        assert_eq!(releases.resolve("3.2.9").unwrap().version, "3.2.0");
        for version in ["3.3.3", "3.3.2.1", "3.4.0"] {
            let error = ReleaseError::TooNew { version: version.to_owned(), last: "3.3.2".to_owned() };
            assert_eq!(releases.resolve(version), Err(error));
        }
    }

    #[test]
    fn a_release_may_be_no_number_and_is_then_found_by_its_name_only() {
        let releases = ReleaseMap::from_iter([("1.0.0", "a"), ("2.0.0rc1", "b"), ("2.0.0", "c")]);
        assert_eq!(releases.resolve("2.0.0rc1").unwrap().revision, Some("b".into()));
        assert_eq!(releases.resolve("1.5.0").unwrap().version, "1.0.0");
        assert_eq!(
            releases.resolve("2.0.0rc2"),
            Err(ReleaseError::Malformed { version: "2.0.0rc2".to_owned() })
        );
    }

    #[test]
    fn without_releases_no_version_is_known() {
        let none = ReleaseMap::default();
        assert_eq!(none.resolve("1.0.0"), Err(ReleaseError::None { version: "1.0.0".to_owned() }));
        assert_eq!(none.resolve("x"), Err(ReleaseError::Malformed { version: "x".to_owned() }));
    }
}
