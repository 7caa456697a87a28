//! What cannot be written as source.

use thiserror::Error;

/// Something that no source can say.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum GenerateError {
    /// A function cannot be read back.
    #[error("the function of the step {name} cannot be written as source")]
    Function {
        /// The step's name.
        name: String,
    },
    /// No call makes it.
    #[error("no call makes {what}")]
    Unsayable {
        /// What it is, in words.
        what: String,
    },
}

impl GenerateError {
    pub(super) fn unsayable(what: impl Into<String>) -> Self {
        Self::Unsayable { what: what.into() }
    }
}
