//! Version rows, and how they change.

use std::collections::BTreeSet;

use dunlin_core::revision::{Direction, RevisionId};

use super::error::HistoryError;
use super::map::RevisionMap;
use super::target::{Place, Target};
use crate::graph;

/// What a database that stands at some version rows has, step by step.
///
/// The rows name the newest applied revisions: whatever they follow or depend on is applied too. After every
/// step they are again those that nothing applied follows or depends on (Alembic's rule, "one row per head").
pub(super) struct Standing<'m> {
    map: &'m RevisionMap,
    pub(super) applied: Vec<bool>,
    /// How many applied revisions follow or depend on each.
    covered: Vec<usize>,
    rows: BTreeSet<RevisionId>,
}

impl<'m> Standing<'m> {
    pub(super) fn new(map: &'m RevisionMap, rows: &[RevisionId]) -> Result<Self, HistoryError> {
        let applied = graph::reachable(&map.needs.down, map.row_nodes(rows)?);
        let mut covered = vec![0; applied.len()];
        for node in (0..applied.len()).filter(|node| applied[*node]) {
            map.needs.down[node].iter().for_each(|below| covered[*below] += 1);
        }
        Ok(Self { map, applied, covered, rows: rows.iter().cloned().collect() })
    }

    /// The rows, sorted.
    pub(super) fn rows(&self) -> Vec<RevisionId> {
        self.rows.iter().cloned().collect()
    }

    pub(super) fn step(&mut self, node: usize, direction: Direction) {
        let map = self.map;
        let below = map.needs.down[node].iter().copied();
        match direction {
            Direction::Upgrade => {
                self.applied[node] = true;
                for below in below {
                    self.covered[below] += 1;
                    self.rows.remove(&map.revisions[below].id);
                }
                self.rows.insert(map.id(node));
            }
            Direction::Downgrade => {
                self.applied[node] = false;
                self.rows.remove(&map.revisions[node].id);
                for below in below {
                    self.covered[below] -= 1;
                    if self.covered[below] == 0 && self.applied[below] {
                        self.rows.insert(map.id(below));
                    }
                }
            }
        }
    }
}

impl RevisionMap {
    /// The rows that another row's revision follows or depends on: they say nothing. Alembic leaves such rows in some
    /// downgrades and stamps, and refuses them afterwards.
    ///
    /// # Errors
    /// A row that this history does not know.
    pub fn superfluous(&self, rows: &[RevisionId]) -> Result<Vec<RevisionId>, HistoryError> {
        let below = self.row_nodes(rows)?.into_iter().flat_map(|node| self.needs.down[node].iter().copied());
        let covered = graph::reachable(&self.needs.down, below);
        let is_covered = |row: &&RevisionId| self.position(row.as_str()).is_some_and(|node| covered[node]);
        Ok(rows.iter().filter(is_covered).cloned().collect())
    }

    /// The version rows of a database that stands at `target`, sorted.
    ///
    /// # Errors
    /// A target that this history does not know, or one that counts from where a database is.
    pub fn rows_at(&self, target: &Target) -> Result<Vec<RevisionId>, HistoryError> {
        Ok(self.ids(self.targets(&[], target)?))
    }

    /// The version rows after a stamp, sorted: the targets take the place of the rows on their lines, and what has
    /// nothing to do with them stays. The base takes rows away. `label@…` takes the place of the branch's other rows,
    /// too, if it stands above or below one of them.
    ///
    /// # Errors
    /// A row or target that this history does not know, a target with steps, or two of which one is on the way to
    /// the other.
    pub fn stamp(&self, rows: &[RevisionId], targets: &[Target]) -> Result<Vec<RevisionId>, HistoryError> {
        if let Some(target) = targets.iter().find(|target| target.steps.is_some()) {
            let why = "a stamp names revisions, not steps";
            return Err(HistoryError::BadTarget { target: target.to_string(), why });
        }
        let named = targets.iter().map(|target| self.all(target)).collect::<Result<Vec<_>, _>>()?.concat();
        self.refuse_overlap(&named)?;
        let mut after: BTreeSet<usize> = self.row_nodes(rows)?.into_iter().collect();
        let new: Vec<usize> = named.iter().copied().filter(|node| !after.contains(node)).collect();
        let on_lines = self.related(&new);
        let moves = after.iter().any(|row| on_lines[*row]);
        let mut replaced = vec![false; self.revisions.len()];
        for target in targets {
            let is_base = target.place == Place::Base;
            let related = match self.branch_of(target)? {
                Some(branch) if is_base || moves => self.related(&[branch]),
                None if is_base => vec![true; self.revisions.len()],
                _ => continue,
            };
            replaced.iter_mut().zip(related).for_each(|(replaced, related)| *replaced |= related);
        }
        after.retain(|row| !replaced[*row] && !on_lines[*row]);
        after.extend(named);
        Ok(self.ids(after))
    }

    /// Marks what is above or below some revisions.
    fn related(&self, nodes: &[usize]) -> Vec<bool> {
        let above = graph::reachable(&self.needs.up, nodes.iter().copied());
        let below = graph::reachable(&self.needs.down, nodes.iter().copied());
        above.into_iter().zip(below).map(|(above, below)| above || below).collect()
    }

    pub(super) fn row_nodes(&self, rows: &[RevisionId]) -> Result<Vec<usize>, HistoryError> {
        let find = |row: &RevisionId| {
            self.position(row.as_str()).ok_or_else(|| HistoryError::UnknownRow { revision: row.clone() })
        };
        rows.iter().map(find).collect()
    }
}

/// One change of a version table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowChange {
    /// A row comes.
    Insert(RevisionId),
    /// A row becomes another.
    Update {
        /// What it was.
        from: RevisionId,
        /// What it becomes.
        to: RevisionId,
    },
    /// A row goes.
    Delete(RevisionId),
}

/// The fewest changes that turn one set of version rows into another.
pub fn row_changes(before: &[RevisionId], after: &[RevisionId]) -> Vec<RowChange> {
    let mut gone = before.iter().filter(|row| !after.contains(row)).cloned();
    let mut come = after.iter().filter(|row| !before.contains(row)).cloned();
    let mut changes = Vec::new();
    loop {
        match (gone.next(), come.next()) {
            (Some(from), Some(to)) => changes.push(RowChange::Update { from, to }),
            (Some(row), None) => changes.push(RowChange::Delete(row)),
            (None, Some(row)) => changes.push(RowChange::Insert(row)),
            (None, None) => return changes,
        }
    }
}
