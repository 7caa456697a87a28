//! The way from a database's version rows to a target.
//!
//! The rows name the newest applied revisions: whatever they follow is applied too. After every step
//! they are again the applied revisions that nothing applied follows (Alembic's rule for its version
//! table, "one row per head").

use dunlin_core::revision::{Direction, Revision, RevisionId};

use super::map::{HistoryError, RevisionMap};
use super::target::Target;
use crate::graph;

/// One revision to run, and the version rows afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathStep {
    /// The revision.
    pub revision: Revision,
    /// Which way.
    pub direction: Direction,
    /// The rows before, sorted.
    pub rows_before: Vec<RevisionId>,
    /// The rows after, sorted.
    pub rows_after: Vec<RevisionId>,
}

impl RevisionMap {
    /// Whether `rows` stand at the target or beyond it.
    ///
    /// # Errors
    /// A row or target that this history does not know.
    pub fn contains(&self, rows: &[RevisionId], target: &Target) -> Result<bool, HistoryError> {
        let applied = self.applied(rows)?;
        Ok(self.nodes(target)?.into_iter().all(|node| applied[node]))
    }

    /// The revisions to run upwards, in order: empty where the rows are at the target or beyond.
    ///
    /// # Errors
    /// A row or target that this history does not know.
    pub fn upgrade(&self, rows: &[RevisionId], target: &Target) -> Result<Vec<PathStep>, HistoryError> {
        let applied = self.applied(rows)?;
        let wanted = graph::reachable(&self.parents, self.nodes(target)?);
        let nodes = (0..self.revisions.len()).filter(|node| wanted[*node] && !applied[*node]);
        Ok(self.walk(nodes.collect(), applied.clone(), Direction::Upgrade))
    }

    /// The revisions to run downwards, in order, until the target is the newest of its line.
    ///
    /// # Errors
    /// A row or target that this history does not know.
    pub fn downgrade(&self, rows: &[RevisionId], target: &Target) -> Result<Vec<PathStep>, HistoryError> {
        let applied = self.applied(rows)?;
        let undone = match target {
            Target::Base => vec![true; self.revisions.len()],
            Target::Heads => vec![false; self.revisions.len()],
            Target::Revision(_) => {
                let kept = self.nodes(target)?;
                let mut above = graph::reachable(&self.children, kept.iter().copied());
                kept.iter().for_each(|node| above[*node] = false);
                above
            }
        };
        let nodes = (0..self.revisions.len()).rev().filter(|node| undone[*node] && applied[*node]);
        Ok(self.walk(nodes.collect(), applied.clone(), Direction::Downgrade))
    }

    /// The revisions from the base up to `rows`, in order.
    ///
    /// # Errors
    /// A row that this history does not know.
    pub fn lineage(&self, rows: &[RevisionId]) -> Result<Vec<&Revision>, HistoryError> {
        let applied = self.applied(rows)?;
        Ok((0..self.revisions.len()).filter(|node| applied[*node]).map(|n| &self.revisions[n]).collect())
    }

    /// The rows that another row's revision follows: they say nothing, and no tool writes them.
    ///
    /// # Errors
    /// A row that this history does not know.
    pub fn superfluous(&self, rows: &[RevisionId]) -> Result<Vec<RevisionId>, HistoryError> {
        let heads = self.rows(&self.applied(rows)?);
        Ok(rows.iter().filter(|row| !heads.contains(row)).cloned().collect())
    }

    /// The version rows of a database that stands at `target`.
    ///
    /// # Errors
    /// A target that this history does not know.
    pub fn rows_at(&self, target: &Target) -> Result<Vec<RevisionId>, HistoryError> {
        Ok(self.ids(self.nodes(target)?))
    }

    fn walk(&self, nodes: Vec<usize>, mut applied: Vec<bool>, direction: Direction) -> Vec<PathStep> {
        let mut rows_before = self.rows(&applied);
        let step = |node: usize| {
            applied[node] = direction == Direction::Upgrade;
            let rows_after = self.rows(&applied);
            let rows_before = std::mem::replace(&mut rows_before, rows_after.clone());
            PathStep { revision: self.revisions[node].clone(), direction, rows_before, rows_after }
        };
        nodes.into_iter().map(step).collect()
    }

    fn applied(&self, rows: &[RevisionId]) -> Result<Vec<bool>, HistoryError> {
        let find = |row: &RevisionId| {
            self.position(row.as_str()).ok_or_else(|| HistoryError::UnknownRow { revision: row.clone() })
        };
        let rows = rows.iter().map(find).collect::<Result<Vec<_>, _>>()?;
        Ok(graph::reachable(&self.parents, rows))
    }

    fn nodes(&self, target: &Target) -> Result<Vec<usize>, HistoryError> {
        match target {
            Target::Base => Ok(Vec::new()),
            Target::Heads => {
                Ok((0..self.revisions.len()).filter(|node| self.children[*node].is_empty()).collect())
            }
            Target::Revision(id) => match self.position(id.as_str()) {
                Some(position) => Ok(vec![position]),
                None => Err(HistoryError::UnknownTarget { target: id.to_string() }),
            },
        }
    }

    fn rows(&self, applied: &[bool]) -> Vec<RevisionId> {
        let newest = |node: &usize| applied[*node] && !self.children[*node].iter().any(|c| applied[*c]);
        self.ids((0..applied.len()).filter(newest))
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

#[cfg(test)]
mod tests {
    use super::*;

    //        b1
    //      /    \
    //  a1          m1 -- z1
    //      \    /
    //        b2
    fn map() -> RevisionMap {
        let revision = |id: &str, down: &[&str]| {
            down.iter().fold(Revision::new(id), |revision, parent| revision.down_revision(*parent))
        };
        RevisionMap::new([
            revision("z1", &["m1"]),
            revision("a1", &[]),
            revision("b1", &["a1"]),
            revision("b2", &["a1"]),
            revision("m1", &["b1", "b2"]),
        ])
        .unwrap()
    }

    fn ids(ids: &[&str]) -> Vec<RevisionId> {
        ids.iter().map(|id| (*id).into()).collect()
    }

    fn brief(steps: &[PathStep]) -> Vec<String> {
        let rows = |rows: &[RevisionId]| rows.iter().map(RevisionId::as_str).collect::<Vec<_>>().join("+");
        steps.iter().map(|step| format!("{}:{}", step.revision.id, rows(&step.rows_after))).collect()
    }

    #[test]
    fn upgrade_keeps_one_row_per_head() {
        let map = map();
        let steps = map.upgrade(&[], &Target::Heads).unwrap();
        assert_eq!(brief(&steps), ["a1:a1", "b1:b1", "b2:b1+b2", "m1:m1", "z1:z1"]);
        let steps = map.upgrade(&ids(&["b2"]), &map.target("m1").unwrap()).unwrap();
        assert_eq!(brief(&steps), ["b1:b1+b2", "m1:m1"]);
        assert!(map.upgrade(&ids(&["z1"]), &Target::Heads).unwrap().is_empty());
    }

    #[test]
    fn downgrade_restores_the_rows_of_the_branches() {
        let map = map();
        let steps = map.downgrade(&ids(&["z1"]), &map.target("b1").unwrap()).unwrap();
        assert_eq!(brief(&steps), ["z1:m1", "m1:b1+b2"]);
        let steps = map.downgrade(&ids(&["z1"]), &Target::Base).unwrap();
        assert_eq!(brief(&steps), ["z1:m1", "m1:b1+b2", "b2:b1", "b1:a1", "a1:"]);
    }

    #[test]
    fn rows_beyond_the_target_contain_it() {
        let map = map();
        assert!(map.contains(&ids(&["m1"]), &map.target("b1").unwrap()).unwrap());
        assert!(!map.contains(&ids(&["b2"]), &map.target("b1").unwrap()).unwrap());
        assert!(map.contains(&[], &Target::Base).unwrap());
    }

    #[test]
    fn what_is_not_known_is_an_exact_error() {
        let map = map();
        let unknown = HistoryError::UnknownRow { revision: "x9".into() };
        assert_eq!(map.upgrade(&ids(&["x9"]), &Target::Heads), Err(unknown));
        assert_eq!(map.target("nope"), Err(HistoryError::UnknownTarget { target: "nope".into() }));
        let candidates = ids(&["b1", "b2"]);
        assert_eq!(map.target("b"), Err(HistoryError::AmbiguousTarget { target: "b".into(), candidates }));
        assert_eq!(map.target("z"), Ok(Target::Revision("z1".into())));
    }

    #[test]
    fn a_broken_history_is_refused() {
        let a = || Revision::new("a");
        let twice = RevisionMap::new([a(), a()]).unwrap_err();
        assert_eq!(twice.to_string(), "revision a exists twice");
        let orphan = RevisionMap::new([a().down_revision("x")]).unwrap_err();
        assert_eq!(orphan.to_string(), "revision a follows x, which does not exist");
        let circle = RevisionMap::new([a().down_revision("b"), Revision::new("b").down_revision("a")]);
        assert_eq!(circle.unwrap_err().to_string(), "revisions follow each other in a circle: a -> b -> a");
        let long = RevisionMap::new([Revision::new("x".repeat(33))]).unwrap_err();
        assert!(matches!(long, HistoryError::IdTooLong { .. }));
    }

    #[test]
    fn row_changes_pair_what_goes_with_what_comes() {
        let changes = row_changes(&ids(&["b1", "b2"]), &ids(&["m1"]));
        assert_eq!(
            changes,
            [RowChange::Update { from: "b1".into(), to: "m1".into() }, RowChange::Delete("b2".into())]
        );
        assert!(row_changes(&ids(&["a"]), &ids(&["a"])).is_empty());
    }
}
