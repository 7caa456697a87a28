//! Naming where to go.

use dunlin_core::revision::RevisionId;

use super::map::{HistoryError, RevisionMap};

/// Where an upgrade or downgrade is to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Before the first revision.
    Base,
    /// All heads.
    Heads,
    /// One revision.
    Revision(RevisionId),
}

impl From<Option<RevisionId>> for Target {
    /// A release's revision; a release without one stands at the base.
    fn from(revision: Option<RevisionId>) -> Self {
        revision.map_or(Self::Base, Self::Revision)
    }
}

impl RevisionMap {
    /// Reads a target: `base`, `head`, `heads`, an id, or the unique beginning of one.
    ///
    /// # Errors
    /// No such revision, several, or `head` where there are several heads.
    pub fn target(&self, text: &str) -> Result<Target, HistoryError> {
        match text {
            "base" => return Ok(Target::Base),
            "heads" => return Ok(Target::Heads),
            "head" => return Ok(self.single_head()?.map_or(Target::Base, Target::Revision)),
            _ => {}
        }
        if let Some(position) = self.position(text) {
            return Ok(Target::Revision(self.revisions[position].id.clone()));
        }
        let starts = |id: &RevisionId| !text.is_empty() && id.as_str().starts_with(text);
        let ids = self.revisions.iter().map(|revision| &revision.id);
        let mut candidates: Vec<RevisionId> = ids.filter(|id| starts(id)).cloned().collect();
        match candidates.len() {
            0 => Err(HistoryError::UnknownTarget { target: text.to_owned() }),
            1 => Ok(Target::Revision(candidates.remove(0))),
            _ => Err(HistoryError::AmbiguousTarget { target: text.to_owned(), candidates }),
        }
    }
}
