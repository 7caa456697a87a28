//! From the words of a [`Target`] to revisions.

use super::error::HistoryError;
use super::map::RevisionMap;
use super::target::{Place, Target};
use crate::graph;

/// No shorter name is found by its beginning.
const SHORTEST_ABBREVIATED: usize = 4;

impl RevisionMap {
    /// Reads a target, and sees that the places it names are there.
    ///
    /// # Errors
    /// It is not written as a target, there is no such revision, several, or `head` where there are several heads.
    pub fn target(&self, text: &str) -> Result<Target, HistoryError> {
        let target: Target = text.parse()?;
        match target.place {
            Place::Here | Place::Current => self.branch_of(&target).map(drop)?,
            _ if target.steps.is_some() => self.one(&target).map(drop)?,
            _ => self.all(&target).map(drop)?,
        }
        Ok(target)
    }

    /// The revisions that a target without steps names; none is the base.
    pub(super) fn all(&self, target: &Target) -> Result<Vec<usize>, HistoryError> {
        let branch = self.branch_of(target)?;
        match &target.place {
            Place::Base => Ok(Vec::new()),
            Place::Head => Ok(self.one(target)?.into_iter().collect()),
            Place::Heads => Ok(match branch {
                Some(branch) => self.on_line_of(branch, self.head_nodes()),
                None => self.effective_head_nodes(),
            }),
            Place::Named(name) => self.find(name, target).map(|node| vec![node]),
            Place::Here | Place::Current => Err(unknown(target)),
        }
    }

    /// The one revision that a target names, steps aside; `None` is the base.
    pub(super) fn one(&self, target: &Target) -> Result<Option<usize>, HistoryError> {
        let heads = match &target.place {
            Place::Head => match self.branch_of(target)? {
                Some(branch) => self.on_line_of(branch, self.head_nodes()),
                None => self.head_nodes(),
            },
            _ => self.all(target)?,
        };
        match heads[..] {
            [] => Ok(None),
            [node] => Ok(Some(node)),
            _ => Err(HistoryError::MultipleHeads { heads: self.ids(heads) }),
        }
    }

    /// The revision that a target's branch is named after.
    pub(super) fn branch_of(&self, target: &Target) -> Result<Option<usize>, HistoryError> {
        let Some(branch) = &target.branch else { return Ok(None) };
        let found = self.named(branch).map_or_else(|| self.abbreviated(branch, None), Ok);
        found.map(Some).map_err(|error| match error {
            HistoryError::UnknownTarget { target } => HistoryError::UnknownBranch { branch: target },
            error => error,
        })
    }

    /// A revision by an id, a branch label, or the unique beginning of one, on the target's branch.
    fn find(&self, name: &str, target: &Target) -> Result<usize, HistoryError> {
        let branch = self.branch_of(target)?;
        let node = self.named(name).map_or_else(|| self.abbreviated(name, branch), Ok)?;
        match (branch, &target.branch) {
            (Some(of), Some(branch)) if !self.on_one_line(of, node) => {
                Err(HistoryError::NotOnBranch { revision: self.id(node), branch: branch.clone() })
            }
            _ => Ok(node),
        }
    }

    fn abbreviated(&self, start: &str, branch: Option<usize>) -> Result<usize, HistoryError> {
        let begins = |name: &str| name.chars().count() >= SHORTEST_ABBREVIATED && name.starts_with(start);
        let fits = |node: usize| branch.is_none_or(|branch| self.on_one_line(branch, node));
        let candidates = self.names().filter(|(name, node)| begins(name.as_str()) && fits(*node));
        let mut candidates: Vec<_> = candidates.map(|(name, node)| (name.clone(), node)).collect();
        candidates.sort_by_key(|(_, node)| *node);
        match candidates[..] {
            [] => Err(HistoryError::UnknownTarget { target: start.to_owned() }),
            [(_, node)] => Ok(node),
            _ => {
                let candidates = candidates.into_iter().map(|(name, _)| name).collect();
                Err(HistoryError::AmbiguousTarget { target: start.to_owned(), candidates })
            }
        }
    }

    /// Whether one of two revisions follows the other, dependencies aside.
    fn on_one_line(&self, a: usize, b: usize) -> bool {
        graph::reaches(&self.lines.down, a.max(b), a.min(b))
    }

    /// Those of some revisions that a branch's revision follows, or that follow it.
    pub(super) fn on_line_of(&self, branch: usize, nodes: Vec<usize>) -> Vec<usize> {
        nodes.into_iter().filter(|node| self.on_one_line(branch, *node)).collect()
    }

    /// So many revisions up from one (`None`: the base), on a branch where ways part.
    pub(super) fn walk_up(
        &self,
        start: Option<usize>,
        steps: u32,
        target: &Target,
    ) -> Result<Option<usize>, HistoryError> {
        let branch = self.branch_of(target)?;
        let mut at = start;
        for _ in 0..steps {
            let next = at.map_or_else(|| self.base_nodes(), |node| self.lines.up[node].clone());
            let next = branch.map_or_else(|| next.clone(), |branch| self.on_line_of(branch, next.clone()));
            at = Some(self.only(at, &next, target)?.ok_or_else(|| too_far(target, "heads"))?);
        }
        Ok(at)
    }

    /// So many revisions down from one; `None` is the base.
    pub(super) fn walk_down(
        &self,
        start: Option<usize>,
        steps: u32,
        target: &Target,
    ) -> Result<Option<usize>, HistoryError> {
        let mut at = start;
        for _ in 0..steps {
            let node = at.ok_or_else(|| too_far(target, "base"))?;
            at = self.only(at, &self.lines.down[node], target)?;
        }
        Ok(at)
    }

    fn only(
        &self,
        at: Option<usize>,
        choices: &[usize],
        target: &Target,
    ) -> Result<Option<usize>, HistoryError> {
        match choices {
            [] => Ok(None),
            [node] => Ok(Some(*node)),
            several => Err(HistoryError::AmbiguousWalk {
                target: target.to_string(),
                at: at.map_or_else(|| "the base".to_owned(), |node| self.id(node).to_string()),
                choices: self.ids(several.iter().copied()),
            }),
        }
    }
}

pub(super) fn unknown(target: &Target) -> HistoryError {
    HistoryError::UnknownTarget { target: target.to_string() }
}

fn too_far(target: &Target, end: &'static str) -> HistoryError {
    HistoryError::TooFar { target: target.to_string(), end }
}
