//! The order in which revisions are taken down; upwards it is the other way round.
//!
//! Alembic's order, so that both tools take the same steps: one line is followed down from its tip until a
//! revision is reached that another line still needs. Then that line is followed, the first in the list of tips
//! that leads there. Where a revision has several parents, the first goes on in its place, and the others are
//! new tips at the end of the list. A line that ends gives its place to the one before it.

use super::map::RevisionMap;
use crate::graph;

impl RevisionMap {
    /// The nodes of `todo`, each before those that it follows or depends on. Every one of them must be a tip, or
    /// lead down from one over nodes of `todo`.
    pub(super) fn order_down(&self, todo: &[bool], tips: &[usize]) -> Vec<usize> {
        Walk::new(self, todo, tips).run()
    }

    /// The parents of a node that are worth a walk: not a dependency that a revision further down its line has too.
    fn parents_in_order(&self, node: usize) -> impl Iterator<Item = usize> {
        let lines = &self.lines.down;
        let depends =
            |node: usize, on: usize| self.needs.down[node].contains(&on) && !lines[node].contains(&on);
        let inherited = move |on: usize| {
            let others = self.needs.up[on].iter().filter(|other| **other != node && depends(**other, on));
            others.into_iter().any(|other| *other < node && graph::reaches(lines, node, *other))
        };
        let needs = self.needs.down[node].iter().copied();
        needs.filter(move |parent| !depends(node, *parent) || !inherited(*parent))
    }
}

struct Walk<'m> {
    map: &'m RevisionMap,
    /// Which nodes are not yet taken.
    left: Vec<bool>,
    /// How many nodes that are not yet taken follow or depend on each.
    waits_for: Vec<usize>,
    tips: Vec<usize>,
    is_tip: Vec<bool>,
    /// In which search a node was last seen.
    seen: Vec<u32>,
    searches: u32,
}

impl<'m> Walk<'m> {
    fn new(map: &'m RevisionMap, todo: &[bool], tips: &[usize]) -> Self {
        let mut waits_for = vec![0; todo.len()];
        for node in (0..todo.len()).filter(|node| todo[*node]) {
            map.needs.down[node].iter().for_each(|below| waits_for[*below] += 1);
        }
        let mut tips: Vec<usize> = tips.iter().copied().filter(|tip| todo[*tip]).collect();
        tips.sort_by_key(|tip| map.given[*tip]);
        tips.dedup();
        let mut is_tip = vec![false; todo.len()];
        tips.iter().for_each(|tip| is_tip[*tip] = true);
        Self { map, left: todo.to_vec(), waits_for, tips, is_tip, seen: vec![0; todo.len()], searches: 0 }
    }

    fn run(mut self) -> Vec<usize> {
        let mut order = Vec::new();
        let mut at = 0;
        while let Some(&node) = self.tips.get(at) {
            if self.waits_for[node] > 0
                && let Some(other) = self.line_that_needs(node)
            {
                at = other;
                continue;
            }
            self.left[node] = false;
            order.push(node);
            self.map.needs.down[node].iter().for_each(|below| self.waits_for[*below] -= 1);
            let is_new = |parent: &usize| self.left[*parent] && !self.is_tip[*parent];
            let parents: Vec<usize> = self.map.parents_in_order(node).filter(is_new).collect();
            self.is_tip[node] = false;
            parents.iter().for_each(|parent| self.is_tip[*parent] = true);
            match parents.split_first() {
                Some((first, others)) => {
                    self.tips[at] = *first;
                    self.tips.extend(others);
                }
                None => {
                    self.tips.remove(at);
                    at = at.saturating_sub(1);
                }
            }
        }
        order
    }

    /// The first tip in the list that leads down to `node`, other than itself.
    fn line_that_needs(&mut self, node: usize) -> Option<usize> {
        self.searches += 1;
        let mut stack = Vec::new();
        for (at, &tip) in self.tips.iter().enumerate().filter(|(_, tip)| **tip > node) {
            stack.push(tip);
            while let Some(next) = stack.pop() {
                if next == node {
                    return Some(at);
                }
                for &below in &self.map.needs.down[next] {
                    let is_new = self.left[below] && self.seen[below] != self.searches;
                    if below >= node && is_new {
                        self.seen[below] = self.searches;
                        stack.push(below);
                    }
                }
            }
        }
        None
    }
}
