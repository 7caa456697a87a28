//! Names of constraints and indexes.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::ops::Deref;

use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};

/// The name of a constraint or an index.
///
/// A name that is written down is what a naming convention's `%(constraint_name)s` stands for, if its
/// pattern has that token; any other pattern leaves it alone. An [`exact`](Name::exact) name is final:
/// no pattern touches it (Alembic's `op.f`). Names made by a convention are exact.
///
/// On a database that does not allow a name so long, an exact name is cut and ends in a piece of a
/// hash, as SQLAlchemy does it; a name that is written down is an error.
///
/// ```
/// use dunlin_core::schema::Name;
///
/// assert_eq!(Name::from("positive"), Name::exact("positive"));
/// assert!(Name::exact("positive").is_exact() && !Name::from("positive").is_exact());
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct Name {
    text: String,
    exact: bool,
}

/// A name in a file: a text, or `{"exact": text}`.
#[derive(Serialize, Deserialize)]
#[serde(untagged, expecting = "a name, or {\"exact\": name}")]
enum Stored {
    Given(String),
    Exact { exact: String },
}

impl From<Stored> for Name {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Given(text) => Self::from(text),
            Stored::Exact { exact } => Self::exact(exact),
        }
    }
}

impl From<Name> for Stored {
    fn from(name: Name) -> Self {
        match name.exact {
            true => Self::Exact { exact: name.text },
            false => Self::Given(name.text),
        }
    }
}

impl Name {
    /// A name that is final.
    pub fn exact(text: impl Into<String>) -> Self {
        Self { text: text.into(), exact: true }
    }

    /// Whether no naming convention may touch it.
    pub fn is_exact(&self) -> bool {
        self.exact
    }

    /// The name on a database that allows so many characters: an exact name that is longer is cut, and ends in
    /// `_` and the last four hexadecimal digits of its MD5. Source of the rule: what SQLAlchemy renders.
    ///
    /// ```
    /// use dunlin_core::schema::Name;
    ///
    /// let name = Name::exact("a".repeat(70));
    /// assert_eq!(name.truncated(63).len(), 60);
    /// ```
    pub fn truncated(&self, limit: usize) -> Cow<'_, str> {
        if !self.exact || self.text.chars().count() <= limit {
            return Cow::Borrowed(&self.text);
        }
        let kept: String = self.text.chars().take(limit.saturating_sub(8)).collect();
        let digest = Md5::digest(self.text.as_bytes());
        let digits: String = digest.iter().skip(14).map(|byte| format!("{byte:02x}")).collect();
        Cow::Owned(format!("{kept}_{digits}"))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), exact: false }
    }
}

impl From<String> for Name {
    fn from(text: String) -> Self {
        Self { text, exact: false }
    }
}

impl From<&String> for Name {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.text
    }
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

/// Names are equal if their texts are.
impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Name {}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self.text == *other
    }
}

impl PartialEq<String> for Name {
    fn eq(&self, other: &String) -> bool {
        self.text == *other
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
