//! The revisions of one owner as a checked graph.

use std::collections::HashMap;

use dunlin_core::revision::{Revision, RevisionId};
use thiserror::Error;

use crate::graph;

/// The width of Alembic's `version_num` column: no longer id can be stored.
pub const MAX_REVISION_ID: usize = 32;

/// A checked history: ids are unique and fit, parents exist, nothing follows itself.
#[derive(Debug, Clone)]
pub struct RevisionMap {
    pub(super) revisions: Vec<Revision>,
    pub(super) parents: Vec<Vec<usize>>,
    pub(super) children: Vec<Vec<usize>>,
    positions: HashMap<RevisionId, usize>,
}

impl RevisionMap {
    /// Checks a history and puts it in order: each revision behind those it follows.
    ///
    /// # Errors
    /// A [`HistoryError`] for an id that occurs twice or is too long, an unknown parent, or a cycle.
    ///
    /// ```
    /// use dunlin_core::revision::Revision;
    /// use dunlin_engine::history::RevisionMap;
    ///
    /// let map = RevisionMap::new([Revision::new("b").down_revision("a"), Revision::new("a")])?;
    /// assert_eq!(map.heads(), ["b".into()]);
    /// # Ok::<(), dunlin_engine::history::HistoryError>(())
    /// ```
    pub fn new(revisions: impl IntoIterator<Item = Revision>) -> Result<Self, HistoryError> {
        let given: Vec<Revision> = revisions.into_iter().collect();
        let mut positions = HashMap::with_capacity(given.len());
        for (position, revision) in given.iter().enumerate() {
            let id = revision.id.clone();
            if id.as_str().len() > MAX_REVISION_ID {
                return Err(HistoryError::IdTooLong { revision: id });
            }
            if positions.insert(id.clone(), position).is_some() {
                return Err(HistoryError::DuplicateId { revision: id });
            }
        }
        let parents = given.iter().map(|revision| parents_of(revision, &positions));
        let parents = parents.collect::<Result<Vec<_>, _>>()?;
        let order = graph::topological_order(&parents).map_err(|cycle| {
            let path = cycle.into_iter().map(|node| given[node].id.clone()).collect();
            HistoryError::Cycle { path }
        })?;

        let mut rank = vec![0; order.len()];
        order.iter().enumerate().for_each(|(new, old)| rank[*old] = new);
        let revisions: Vec<Revision> = order.iter().map(|old| given[*old].clone()).collect();
        let renumber = |old: &usize| parents[*old].iter().map(|parent| rank[*parent]).collect();
        let parents: Vec<Vec<usize>> = order.iter().map(renumber).collect();
        positions.values_mut().for_each(|position| *position = rank[*position]);
        let children = graph::children(&parents);
        Ok(Self { revisions, parents, children, positions })
    }

    /// All revisions, each behind those it follows.
    pub fn revisions(&self) -> &[Revision] {
        &self.revisions
    }

    /// A revision by its whole id.
    pub fn get(&self, id: &RevisionId) -> Option<&Revision> {
        self.position(id.as_str()).map(|position| &self.revisions[position])
    }

    /// The ids that nothing follows, sorted.
    pub fn heads(&self) -> Vec<RevisionId> {
        self.ids((0..self.revisions.len()).filter(|node| self.children[*node].is_empty()))
    }

    /// The one head; `None` where there is no revision at all.
    ///
    /// # Errors
    /// [`HistoryError::MultipleHeads`].
    pub fn single_head(&self) -> Result<Option<RevisionId>, HistoryError> {
        let mut heads = self.heads();
        if heads.len() > 1 { Err(HistoryError::MultipleHeads { heads }) } else { Ok(heads.pop()) }
    }

    pub(super) fn position(&self, id: &str) -> Option<usize> {
        self.positions.get(id).copied()
    }

    pub(super) fn ids(&self, nodes: impl IntoIterator<Item = usize>) -> Vec<RevisionId> {
        let mut ids: Vec<_> = nodes.into_iter().map(|node| self.revisions[node].id.clone()).collect();
        ids.sort();
        ids
    }
}

fn parents_of(
    revision: &Revision,
    positions: &HashMap<RevisionId, usize>,
) -> Result<Vec<usize>, HistoryError> {
    let find = |parent: &RevisionId| {
        positions.get(parent).copied().ok_or_else(|| HistoryError::UnknownParent {
            revision: revision.id.clone(),
            parent: parent.clone(),
        })
    };
    revision.down_revisions.iter().map(find).collect()
}

/// What is wrong with a history, or with what was asked of it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// Two revisions have one id.
    #[error("revision {revision} exists twice")]
    DuplicateId {
        /// The id.
        revision: RevisionId,
    },
    /// An id does not fit into the version table.
    #[error("revision id {revision} is longer than {MAX_REVISION_ID} characters")]
    IdTooLong {
        /// The id.
        revision: RevisionId,
    },
    /// A revision follows one that does not exist.
    #[error("revision {revision} follows {parent}, which does not exist")]
    UnknownParent {
        /// The revision.
        revision: RevisionId,
        /// What it says it follows.
        parent: RevisionId,
    },
    /// Revisions follow each other in a circle.
    #[error("revisions follow each other in a circle: {}", circle(path))]
    Cycle {
        /// The revisions on it, in order.
        path: Vec<RevisionId>,
    },
    /// One head is meant and there are several.
    #[error("there are {} heads: {}", heads.len(), list(heads))]
    MultipleHeads {
        /// The heads.
        heads: Vec<RevisionId>,
    },
    /// A version row names no revision of this history.
    #[error("the database is at revision {revision}, which this build does not know")]
    UnknownRow {
        /// The row.
        revision: RevisionId,
    },
    /// A version row is followed by another.
    #[error("version row {revision} is superfluous: another row's revision follows it")]
    SuperfluousRow {
        /// The row.
        revision: RevisionId,
    },
    /// A target names no revision.
    #[error("there is no revision {target}")]
    UnknownTarget {
        /// As given.
        target: String,
    },
    /// The beginning of an id fits several.
    #[error("revision {target} is ambiguous: {}", list(candidates))]
    AmbiguousTarget {
        /// As given.
        target: String,
        /// What it may mean.
        candidates: Vec<RevisionId>,
    },
}

fn list(ids: &[RevisionId]) -> String {
    ids.iter().map(RevisionId::as_str).collect::<Vec<_>>().join(", ")
}

fn circle(path: &[RevisionId]) -> String {
    path.iter().chain(path.first()).map(RevisionId::as_str).collect::<Vec<_>>().join(" -> ")
}
