//! Naming where to go.

use std::fmt;
use std::str::FromStr;

use dunlin_core::revision::RevisionId;

use super::error::HistoryError;

/// Where an upgrade or downgrade is to end, in Alembic's words: `head`, `heads`, `base`, an id, the unique
/// beginning of one, or a branch label; `label@…` for a place on one branch; `+2`, `-1` counted from where the
/// database is, `a1+2`, `label@head-1` from another place.
///
/// ```
/// use dunlin_engine::history::Target;
///
/// let target: Target = "billing@head-1".parse()?;
/// assert_eq!(target.to_string(), "billing@head-1");
/// assert!("a1+".parse::<Target>().is_err());
/// # Ok::<(), dunlin_engine::history::HistoryError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub(super) branch: Option<String>,
    pub(super) place: Place,
    pub(super) steps: Option<i32>,
}

/// The place that a target names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// Where the database is; only with steps.
    Here,
    /// Where the database is, said by its name.
    Current,
    Base,
    Head,
    Heads,
    /// An id, a branch label, or the beginning of one.
    Named(String),
}

impl Target {
    /// Before the first revision.
    pub const BASE: Self = Self { branch: None, place: Place::Base, steps: None };

    /// All heads.
    pub const HEADS: Self = Self { branch: None, place: Place::Heads, steps: None };

    /// Whether it is the base of everything.
    pub fn is_base(&self) -> bool {
        *self == Self::BASE
    }

    /// Whether it is counted from where the database is.
    pub fn is_relative(&self) -> bool {
        self.place == Place::Here
    }

    /// Whether it is `current`, alone.
    pub fn is_current(&self) -> bool {
        *self == Self { branch: None, place: Place::Current, steps: None }
    }

    /// The same on the branch at whose base a range begins: `billing@base:heads` ends at the heads of billing.
    pub fn on_branch_of(&self, from: &Self) -> Self {
        match (from.place == Place::Base, self) {
            (true, Self { branch: None, place: Place::Heads, steps: None }) => {
                Self { branch: from.branch.clone(), ..Self::HEADS }
            }
            _ => self.clone(),
        }
    }

    /// The branch that it names.
    pub fn branch(&self) -> Option<&str> {
        self.branch.as_deref()
    }
}

impl From<RevisionId> for Target {
    fn from(id: RevisionId) -> Self {
        Self { branch: None, place: Place::Named(id.to_string()), steps: None }
    }
}

impl From<Option<RevisionId>> for Target {
    /// A release's revision; a release without one stands at the base.
    fn from(revision: Option<RevisionId>) -> Self {
        revision.map_or(Self::BASE, Self::from)
    }
}

impl FromStr for Target {
    type Err = HistoryError;

    fn from_str(text: &str) -> Result<Self, HistoryError> {
        let bad = |why| HistoryError::BadTarget { target: text.to_owned(), why };
        let (branch, rest) = match text.split_once('@') {
            Some(("", _)) => return Err(bad("there is no branch before the @")),
            Some((branch, rest)) => (Some(branch.to_owned()), rest),
            None => (None, text),
        };
        if rest.contains(['@', ':']) {
            return Err(bad("one @ is allowed, and no : here"));
        }
        let (name, steps) = match rest.rfind(['+', '-']) {
            Some(at) if rest[at + 1..].starts_with(|c: char| c.is_ascii_digit()) => {
                let steps = rest[at..].parse().map_err(|_| bad("a number must stand behind + or -"))?;
                (&rest[..at], Some(steps))
            }
            // A branch label may have a hyphen in it.
            Some(at) if at == 0 || at + 1 == rest.len() => {
                return Err(bad("a number must stand behind + or -"));
            }
            _ => (rest, None),
        };
        let place = match (name, steps) {
            ("", None) => return Err(bad("there is no name")),
            ("", Some(_)) => Place::Here,
            ("current", _) => Place::Current,
            ("base", _) => Place::Base,
            ("head", _) => Place::Head,
            ("heads", _) => Place::Heads,
            (name, _) => Place::Named(name.to_owned()),
        };
        Ok(Self { branch, place, steps })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(branch) = &self.branch {
            write!(f, "{branch}@")?;
        }
        f.write_str(match &self.place {
            Place::Here => "",
            Place::Current => "current",
            Place::Base => "base",
            Place::Head => "head",
            Place::Heads => "heads",
            Place::Named(name) => name,
        })?;
        self.steps.map_or(Ok(()), |steps| write!(f, "{steps:+}"))
    }
}
