//! The revisions of one owner as a checked graph.

use std::collections::HashMap;

use dunlin_core::revision::{Revision, RevisionId};

use super::error::HistoryError;
use crate::graph;

/// The width of Alembic's `version_num` column: no longer id can be stored.
pub const MAX_REVISION_ID: usize = 32;

/// What targets are made of (`label@head`, `a1+2`, `a1:b2`) and no id may have in it.
const RESERVED: [char; 4] = ['@', '+', '-', ':'];

/// A checked history: names are unique and fit, parents and dependencies exist, nothing follows itself.
///
/// A node is a revision's place among [`revisions`](Self::revisions), so that a lower one never follows a
/// higher one.
#[derive(Debug, Clone)]
pub struct RevisionMap {
    pub(super) revisions: Vec<Revision>,
    /// Where each node stood among the revisions as they were given, which decides among equals.
    pub(super) given: Vec<usize>,
    /// The revisions that each follows, and those that follow it.
    pub(super) lines: Edges,
    /// The same with dependencies: what must be there before it, and what needs it.
    pub(super) needs: Edges,
    /// Ids and branch labels.
    names: HashMap<RevisionId, usize>,
}

/// Both directions of a relation between nodes.
#[derive(Debug, Clone)]
pub(super) struct Edges {
    pub(super) down: Vec<Vec<usize>>,
    pub(super) up: Vec<Vec<usize>>,
}

impl Edges {
    fn new(down: Vec<Vec<usize>>) -> Self {
        let up = graph::children(&down);
        Self { down, up }
    }
}

impl RevisionMap {
    /// Checks a history and puts it in order: each revision behind those it follows and depends on.
    ///
    /// # Errors
    /// A [`HistoryError`] for a name that occurs twice, is too long or not allowed, an unknown parent or
    /// dependency, or a cycle.
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
        let unordered: Vec<Revision> = revisions.into_iter().collect();
        let mut names = names(&unordered)?;
        let down = unordered.iter().map(|revision| parents(revision, &names));
        let down = down.collect::<Result<Vec<_>, _>>()?;
        let needed = unordered.iter().zip(&down).map(|(revision, down)| needed(revision, down, &names));
        let needed = needed.collect::<Result<Vec<_>, _>>()?;
        let given = graph::topological_order(&needed).map_err(|cycle| {
            let path = cycle.into_iter().map(|node| unordered[node].id.clone()).collect();
            HistoryError::Cycle { path }
        })?;

        let mut rank = vec![0; given.len()];
        given.iter().enumerate().for_each(|(node, place)| rank[*place] = node);
        let ranked = |edges: &[Vec<usize>]| -> Vec<Vec<usize>> {
            given.iter().map(|place| edges[*place].iter().map(|parent| rank[*parent]).collect()).collect()
        };
        let (lines, needs) = (Edges::new(ranked(&down)), Edges::new(ranked(&needed)));
        names.values_mut().for_each(|place| *place = rank[*place]);
        let mut unordered: Vec<Option<Revision>> = unordered.into_iter().map(Some).collect();
        let revisions = given.iter().filter_map(|place| unordered[*place].take()).collect();
        Ok(Self { revisions, given, lines, needs, names })
    }

    /// All revisions, each behind those it follows and depends on.
    pub fn revisions(&self) -> &[Revision] {
        &self.revisions
    }

    /// A revision by its whole id.
    pub fn get(&self, id: &RevisionId) -> Option<&Revision> {
        self.position(id.as_str()).map(|node| &self.revisions[node])
    }

    /// The revisions that follow one, in the order in which they were given.
    pub fn next(&self, id: &RevisionId) -> Vec<&Revision> {
        let mut next = self.position(id.as_str()).map(|node| self.lines.up[node].clone()).unwrap_or_default();
        next.sort_by_key(|node| self.given[*node]);
        next.into_iter().map(|node| &self.revisions[node]).collect()
    }

    /// The revisions that nothing follows, sorted: the ends of the lines.
    pub fn heads(&self) -> Vec<RevisionId> {
        self.ids(self.head_nodes())
    }

    /// The revisions that nothing follows or depends on, sorted: the version rows of a database that has
    /// everything.
    pub fn effective_heads(&self) -> Vec<RevisionId> {
        self.ids(self.effective_head_nodes())
    }

    /// The revisions that follow nothing, sorted.
    pub fn bases(&self) -> Vec<RevisionId> {
        self.ids(self.base_nodes())
    }

    /// The one head; `None` where there is no revision at all.
    ///
    /// # Errors
    /// [`HistoryError::MultipleHeads`].
    pub fn single_head(&self) -> Result<Option<RevisionId>, HistoryError> {
        let mut heads = self.heads();
        if heads.len() > 1 { Err(HistoryError::MultipleHeads { heads }) } else { Ok(heads.pop()) }
    }

    pub(super) fn head_nodes(&self) -> Vec<usize> {
        self.nodes_where(|node| self.lines.up[node].is_empty())
    }

    pub(super) fn effective_head_nodes(&self) -> Vec<usize> {
        self.nodes_where(|node| self.needs.up[node].is_empty())
    }

    pub(super) fn base_nodes(&self) -> Vec<usize> {
        self.nodes_where(|node| self.lines.down[node].is_empty())
    }

    fn nodes_where(&self, is_one: impl Fn(usize) -> bool) -> Vec<usize> {
        (0..self.revisions.len()).filter(|node| is_one(*node)).collect()
    }

    /// A node by its whole id; a label is no id.
    pub(super) fn position(&self, id: &str) -> Option<usize> {
        self.named(id).filter(|node| self.revisions[*node].id.as_str() == id)
    }

    /// A node by a whole id or branch label.
    pub(super) fn named(&self, name: &str) -> Option<usize> {
        self.names.get(name).copied()
    }

    /// All ids and branch labels with their nodes.
    pub(super) fn names(&self) -> impl Iterator<Item = (&RevisionId, usize)> {
        self.names.iter().map(|(name, node)| (name, *node))
    }

    pub(super) fn id(&self, node: usize) -> RevisionId {
        self.revisions[node].id.clone()
    }

    pub(super) fn ids(&self, nodes: impl IntoIterator<Item = usize>) -> Vec<RevisionId> {
        let mut ids: Vec<_> = nodes.into_iter().map(|node| self.id(node)).collect();
        ids.sort();
        ids
    }
}

/// Ids and branch labels, and the places of their revisions.
fn names(revisions: &[Revision]) -> Result<HashMap<RevisionId, usize>, HistoryError> {
    let mut names = HashMap::with_capacity(revisions.len());
    for (place, revision) in revisions.iter().enumerate() {
        let id = revision.id.clone();
        check_name(id.as_str(), &RESERVED)?;
        if id.as_str().chars().count() > MAX_REVISION_ID {
            return Err(HistoryError::IdTooLong { revision: id });
        }
        if names.insert(id.clone(), place).is_some() {
            return Err(HistoryError::DuplicateId { revision: id });
        }
    }
    for (place, revision) in revisions.iter().enumerate() {
        for label in &revision.branch_labels {
            check_name(label, &['@', ':'])?;
            if let Some(other) = names.insert(label.as_str().into(), place) {
                let (label, other) = (label.clone(), revisions[other].id.clone());
                return Err(HistoryError::DuplicateLabel { label, revision: revision.id.clone(), other });
            }
        }
    }
    Ok(names)
}

fn check_name(name: &str, reserved: &[char]) -> Result<(), HistoryError> {
    let why = if name.is_empty() {
        "it is empty"
    } else if name.contains(reserved) || ends_in_steps(name) {
        "@, : and + or - with a number are for targets"
    } else if name.contains(char::is_control) {
        "it has a control character in it"
    } else {
        return Ok(());
    };
    Err(HistoryError::BadName { name: name.to_owned(), why })
}

/// Whether a name ends like `a1+2`.
fn ends_in_steps(name: &str) -> bool {
    let steps = name.rfind(['+', '-']).map(|at| &name[at + 1..]);
    steps.is_some_and(|steps| !steps.is_empty() && steps.bytes().all(|byte| byte.is_ascii_digit()))
}

fn parents(revision: &Revision, names: &HashMap<RevisionId, usize>) -> Result<Vec<usize>, HistoryError> {
    let unknown = |parent: &RevisionId| HistoryError::UnknownParent {
        revision: revision.id.clone(),
        parent: parent.clone(),
    };
    let find = |parent| names.get_key_value(parent).map(|(_, place)| *place).ok_or_else(|| unknown(parent));
    let mut found = Vec::with_capacity(revision.down_revisions.len());
    for parent in &revision.down_revisions {
        let place = find(parent)?;
        if !found.contains(&place) {
            found.push(place);
        }
    }
    Ok(found)
}

/// What must be there before a revision: those it follows, then those it depends on.
fn needed(
    revision: &Revision,
    down: &[usize],
    names: &HashMap<RevisionId, usize>,
) -> Result<Vec<usize>, HistoryError> {
    let mut needed = down.to_vec();
    for dependency in &revision.depends_on {
        let Some(place) = names.get(dependency.as_str()) else {
            let (revision, dependency) = (revision.id.clone(), dependency.clone());
            return Err(HistoryError::UnknownDependency { revision, dependency });
        };
        if !needed.contains(place) {
            needed.push(*place);
        }
    }
    Ok(needed)
}
