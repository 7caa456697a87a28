//! The way from a database's version rows to a target.

use dunlin_core::revision::{Direction, Revision, RevisionId};

use super::error::HistoryError;
use super::map::RevisionMap;
use super::resolve::unknown;
use super::rows::Standing;
use super::target::{Place, Target};
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
    /// The revisions to run upwards, in order: empty where the rows are at the target or beyond.
    ///
    /// # Errors
    /// A row or target that this history does not know, or a target that is none from these rows.
    pub fn upgrade(&self, rows: &[RevisionId], target: &Target) -> Result<Vec<PathStep>, HistoryError> {
        if let Some(revision) = self.superfluous(rows)?.into_iter().next() {
            return Err(HistoryError::SuperfluousRow { revision });
        }
        let standing = Standing::new(self, rows)?;
        let targets = self.targets(rows, target)?;
        self.refuse_overlap(&targets)?;
        let mut todo = graph::reachable(&self.needs.down, targets.iter().copied());
        todo.iter_mut().zip(&standing.applied).for_each(|(todo, applied)| *todo &= !applied);
        let mut order = self.order_down(&todo, &targets);
        order.reverse();
        Ok(self.path(order, standing, Direction::Upgrade))
    }

    /// The revisions to run downwards, in order, until the target is the newest of its line. What depends on them
    /// goes, too.
    ///
    /// # Errors
    /// A row or target that this history does not know, or a target that is none from these rows, such as one
    /// that the database has not reached.
    pub fn downgrade(&self, rows: &[RevisionId], target: &Target) -> Result<Vec<PathStep>, HistoryError> {
        let standing = Standing::new(self, rows)?;
        let row_nodes = self.row_nodes(rows)?;
        let (branch, kept) = self.kept(&standing, &row_nodes, target)?;
        let mut roots = kept.map_or_else(|| self.base_nodes(), |node| self.lines.up[node].clone());
        if let Some(branch) = branch.filter(|_| roots.len() > 1) {
            let below = graph::reachable(&self.lines.down, [branch]);
            roots.retain(|root| below[*root]);
            if roots.is_empty() {
                return Err(HistoryError::NotReached { target: target.to_string() });
            }
        }
        let mut todo = graph::reachable(&self.needs.up, roots);
        todo.iter_mut().zip(&standing.applied).for_each(|(todo, applied)| *todo &= applied);
        if kept.is_some_and(|node| !row_nodes.contains(&node)) && !todo.contains(&true) {
            return Err(HistoryError::NotReached { target: target.to_string() });
        }
        let order = self.order_down(&todo, &row_nodes);
        Ok(self.path(order, standing, Direction::Downgrade))
    }

    /// The revisions from the base up to `rows`, each behind those it follows and depends on.
    ///
    /// # Errors
    /// A row that this history does not know.
    pub fn lineage(&self, rows: &[RevisionId]) -> Result<Vec<&Revision>, HistoryError> {
        let applied = graph::reachable(&self.needs.down, self.row_nodes(rows)?);
        Ok(self.revisions.iter().zip(applied).filter(|(_, applied)| *applied).map(|(r, _)| r).collect())
    }

    /// The revisions above `from` up to `to`, and those of `from` themselves, newest first, as a history is
    /// shown. `rows` is what `current` means; steps without a name are counted from the other end, and stop at the
    /// heads or the base. A branch named in `from` leaves the other lines out.
    ///
    /// # Errors
    /// A row or target that this history does not know, or a beginning that is not below the end.
    pub fn range(
        &self,
        rows: &[RevisionId],
        from: &Target,
        to: &Target,
    ) -> Result<Vec<&Revision>, HistoryError> {
        let place = |target: &Target, other: &Target| match target.is_current() {
            true => self.row_nodes(rows),
            false if target.is_relative() => self.counted_from(rows, target, other),
            false => self.targets(rows, target),
        };
        let (from_nodes, mut tips) = (place(from, to)?, place(to, from)?);
        if let Some(branch) = self.branch_of(from)? {
            tips = self.on_line_of(branch, tips);
        }
        let mut todo = graph::reachable(&self.needs.down, tips.iter().copied());
        if from_nodes.iter().any(|node| !todo[*node]) {
            return Err(HistoryError::NotReached { target: to.to_string() });
        }
        if !from_nodes.is_empty() {
            let above = graph::reachable(&self.lines.up, from_nodes.iter().copied());
            let below = graph::reachable(&self.needs.down, from_nodes.iter().copied());
            let is_one = |node: usize| above[node] && (!below[node] || from_nodes.contains(&node));
            todo.iter_mut().enumerate().for_each(|(node, todo)| *todo &= is_one(node));
        }
        let is_tip = |node: &usize| todo[*node] && !self.needs.up[*node].iter().any(|above| todo[*above]);
        let tips: Vec<usize> = (0..todo.len()).filter(is_tip).collect();
        Ok(self.order_down(&todo, &tips).into_iter().map(|node| &self.revisions[node]).collect())
    }

    /// The end of a range that is so many steps from its other end, as far as there are steps.
    fn counted_from(
        &self,
        rows: &[RevisionId],
        target: &Target,
        other: &Target,
    ) -> Result<Vec<usize>, HistoryError> {
        let start = match other.is_current() {
            true => self.row_nodes(rows)?,
            false => self.targets(rows, other)?,
        };
        if start.len() > 1 {
            return Err(HistoryError::AmbiguousRows { target: target.to_string(), rows: self.ids(start) });
        }
        let mut at = start.first().copied();
        let steps = target.steps.unwrap_or_default();
        for _ in 0..steps.unsigned_abs() {
            let next = match steps > 0 {
                true => self.walk_up(at, 1, target),
                false => self.walk_down(at, 1, target),
            };
            match next {
                Err(HistoryError::TooFar { .. }) => break,
                next => at = next?,
            }
        }
        Ok(at.into_iter().collect())
    }

    /// The revisions that an upgrade is to reach.
    pub(super) fn targets(&self, rows: &[RevisionId], target: &Target) -> Result<Vec<usize>, HistoryError> {
        let reached = match (&target.place, target.steps) {
            (Place::Here, Some(steps)) if steps > 0 => {
                let start = self.start(rows, target)?;
                self.walk_up(start, steps.unsigned_abs(), target)?
            }
            (Place::Here, _) => return Err(HistoryError::WrongWay { target: target.to_string() }),
            (Place::Current, _) => return Err(unknown(target)),
            (_, Some(steps)) if steps > 0 => {
                let start = self.one(&Target { branch: None, ..target.clone() })?;
                self.walk_up(start, steps.unsigned_abs(), target)?
            }
            (_, Some(steps)) => self.walk_down(self.one(target)?, steps.unsigned_abs(), target)?,
            (_, None) => return self.all(target),
        };
        reached.map(|node| vec![node]).ok_or(HistoryError::TooFar { target: target.to_string(), end: "base" })
    }

    /// From where `+2` counts: the one row on the branch, or what the rows have of it; `None` is the base.
    fn start(&self, rows: &[RevisionId], target: &Target) -> Result<Option<usize>, HistoryError> {
        let mut starts = self.row_nodes(rows)?;
        if let Some(branch) = self.branch_of(target)? {
            let applied = graph::reachable(&self.needs.down, starts.iter().copied());
            starts = self.on_line_of(branch, starts);
            if starts.is_empty() {
                let applied = (0..applied.len()).filter(|node| applied[*node]).collect();
                let on_branch = self.on_line_of(branch, applied);
                let is_below =
                    |node: &usize| on_branch.iter().any(|other| self.needs.down[*other].contains(node));
                starts = on_branch.iter().copied().filter(|node| !is_below(node)).collect();
            }
        }
        match starts[..] {
            [] => Ok(None),
            [start] => Ok(Some(start)),
            _ => Err(HistoryError::AmbiguousRows { target: target.to_string(), rows: self.ids(starts) }),
        }
    }

    /// What a downgrade keeps: the branch that it is confined to, and the revision that is to be the newest of
    /// its line; `None` is the base.
    fn kept(
        &self,
        standing: &Standing<'_>,
        rows: &[usize],
        target: &Target,
    ) -> Result<(Option<usize>, Option<usize>), HistoryError> {
        let branch = self.branch_of(target)?;
        match (&target.place, target.steps) {
            (Place::Here, Some(steps)) if steps < 0 => {
                let start = self.newest(standing, rows, target)?;
                let kept = self.walk_down(Some(start), steps.unsigned_abs(), target)?;
                Ok((branch.or(Some(start)), kept))
            }
            (Place::Here, _) => Err(HistoryError::WrongWay { target: target.to_string() }),
            (Place::Current, _) => Err(unknown(target)),
            (_, Some(steps)) if steps < 0 => {
                Ok((branch, self.walk_down(self.one(target)?, steps.unsigned_abs(), target)?))
            }
            (_, Some(steps)) => {
                let start = self.one(&Target { branch: None, ..target.clone() })?;
                let kept = self.walk_up(start, steps.unsigned_abs(), target)?;
                let too_far = || HistoryError::TooFar { target: target.to_string(), end: "base" };
                Ok((branch, Some(kept.ok_or_else(too_far)?)))
            }
            (_, None) => {
                // As Alembic has it, `label@head` is the one head here: only the way down is confined.
                let is_head = matches!(target.place, Place::Head | Place::Heads);
                let branchless = Target { branch: None, ..target.clone() };
                Ok((branch, self.one(if is_head { &branchless } else { target })?))
            }
        }
    }

    /// From where `-1` counts: the one row, or the newest that the rows have of a branch.
    fn newest(
        &self,
        standing: &Standing<'_>,
        rows: &[usize],
        target: &Target,
    ) -> Result<usize, HistoryError> {
        let mut newest = rows.to_vec();
        if let Some(branch) = self.branch_of(target)? {
            newest = self.on_line_of(branch, newest);
            if newest.is_empty() {
                let applied = &standing.applied;
                let is_end =
                    |node: &usize| applied[*node] && !self.lines.up[*node].iter().any(|next| applied[*next]);
                newest = self.on_line_of(branch, (0..applied.len()).filter(is_end).collect());
            }
        }
        match newest[..] {
            [newest] => Ok(newest),
            [] => Err(HistoryError::NoRow { target: target.to_string(), branch: target.branch.clone() }),
            _ => Err(HistoryError::AmbiguousRows { target: target.to_string(), rows: self.ids(newest) }),
        }
    }

    /// Targets of which one is on the way to another are a mistake, as Alembic has it.
    pub(super) fn refuse_overlap(&self, targets: &[usize]) -> Result<(), HistoryError> {
        let below = targets.iter().flat_map(|target| self.needs.down[*target].iter().copied());
        let below = graph::reachable(&self.needs.down, below);
        let Some(&target) = targets.iter().find(|target| below[**target]) else { return Ok(()) };
        let leads = |other: &&usize| **other != target && graph::reaches(&self.needs.down, **other, target);
        let other = targets.iter().find(leads).copied().unwrap_or(target);
        Err(HistoryError::Overlap { target: self.id(target), other: self.id(other) })
    }

    fn path(&self, nodes: Vec<usize>, mut standing: Standing<'_>, direction: Direction) -> Vec<PathStep> {
        let mut rows_before = standing.rows();
        let step = |node: usize| {
            standing.step(node, direction);
            let rows_after = standing.rows();
            let rows_before = std::mem::replace(&mut rows_before, rows_after.clone());
            PathStep { revision: self.revisions[node].clone(), direction, rows_before, rows_after }
        };
        nodes.into_iter().map(step).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::{RowChange, row_changes};
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
        let steps = map.upgrade(&[], &Target::HEADS).unwrap();
        assert_eq!(brief(&steps), ["a1:a1", "b2:b2", "b1:b1+b2", "m1:m1", "z1:z1"]);
        let steps = map.upgrade(&ids(&["b2"]), &map.target("m1").unwrap()).unwrap();
        assert_eq!(brief(&steps), ["b1:b1+b2", "m1:m1"]);
        assert!(map.upgrade(&ids(&["z1"]), &Target::HEADS).unwrap().is_empty());
    }

    #[test]
    fn downgrade_restores_the_rows_of_the_branches() {
        let map = map();
        let steps = map.downgrade(&ids(&["z1"]), &map.target("b1").unwrap()).unwrap();
        assert_eq!(brief(&steps), ["z1:m1", "m1:b1+b2"]);
        let steps = map.downgrade(&ids(&["z1"]), &Target::BASE).unwrap();
        assert_eq!(brief(&steps), ["z1:m1", "m1:b1+b2", "b1:b2", "b2:a1", "a1:"]);
    }

    #[test]
    fn what_is_not_known_is_an_exact_error() {
        let map = map();
        let unknown = HistoryError::UnknownRow { revision: "x9".into() };
        assert_eq!(map.upgrade(&ids(&["x9"]), &Target::HEADS), Err(unknown));
        assert_eq!(map.target("nope"), Err(HistoryError::UnknownTarget { target: "nope".into() }));
        // Only names of at least four characters are found by their beginning.
        assert_eq!(map.target("z"), Err(HistoryError::UnknownTarget { target: "z".into() }));
        let long = RevisionMap::new(["b1000", "b2000", "c3000"].map(Revision::new)).unwrap();
        let candidates = ids(&["b1000", "b2000"]);
        assert_eq!(long.target("b"), Err(HistoryError::AmbiguousTarget { target: "b".into(), candidates }));
        assert_eq!(long.rows_at(&long.target("c3").unwrap()).unwrap(), ids(&["c3000"]));
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
