//! Walks over directed acyclic graphs whose nodes are numbered from 0.
//!
//! A graph is a slice: `parents[n]` lists the nodes that node `n` follows.

use std::collections::{BTreeSet, HashSet};

/// The nodes in an order in which each follows its parents; among equals, the lower number first.
///
/// # Errors
/// A cycle, as the nodes on it in the order in which they follow each other.
///
/// ```
/// use dunlin_engine::graph::topological_order;
///
/// //      1
/// //    /   \
/// //  0       3
/// //    \   /
/// //      2
/// assert_eq!(topological_order(&[vec![], vec![0], vec![0], vec![1, 2]]), Ok(vec![0, 1, 2, 3]));
/// assert_eq!(topological_order(&[vec![1], vec![0]]), Err(vec![0, 1]));
/// ```
pub fn topological_order(parents: &[Vec<usize>]) -> Result<Vec<usize>, Vec<usize>> {
    let mut waiting: Vec<usize> = parents.iter().map(Vec::len).collect();
    let children = children(parents);
    let ready = waiting.iter().enumerate().filter(|(_, count)| **count == 0);
    let mut ready: BTreeSet<usize> = ready.map(|(node, _)| node).collect();
    let mut order = Vec::with_capacity(parents.len());
    while let Some(node) = ready.pop_first() {
        order.push(node);
        for &child in &children[node] {
            waiting[child] -= 1;
            if waiting[child] == 0 {
                ready.insert(child);
            }
        }
    }
    if order.len() == parents.len() { Ok(order) } else { Err(cycle(parents, &waiting)) }
}

/// The other direction: `children(parents)[n]` lists the nodes that follow node `n`.
pub fn children(parents: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut children = vec![Vec::new(); parents.len()];
    for (node, parents) in parents.iter().enumerate() {
        for &parent in parents {
            children[parent].push(node);
        }
    }
    children
}

/// Marks `starts` and everything that can be reached from them over `edges`.
pub fn reachable(edges: &[Vec<usize>], starts: impl IntoIterator<Item = usize>) -> Vec<bool> {
    let mut reached = vec![false; edges.len()];
    let mut stack: Vec<usize> = starts.into_iter().collect();
    while let Some(node) = stack.pop() {
        if !std::mem::replace(&mut reached[node], true) {
            stack.extend(edges[node].iter().filter(|next| !reached[**next]));
        }
    }
    reached
}

/// Whether `to` can be reached from `from` over edges that lead to lower numbers, as in a graph that is
/// numbered in topological order. A node is reached from itself.
pub fn reaches(edges: &[Vec<usize>], from: usize, to: usize) -> bool {
    let mut seen = HashSet::new();
    let mut stack = vec![from];
    while let Some(node) = stack.pop() {
        if node == to {
            return true;
        }
        stack.extend(edges[node].iter().filter(|next| **next >= to && seen.insert(**next)));
    }
    false
}

/// A cycle among the nodes that still wait for a parent: every one of them has such a parent, so
/// walking from parent to parent must come back to a node seen before.
fn cycle(parents: &[Vec<usize>], waiting: &[usize]) -> Vec<usize> {
    let stuck = |node: usize| waiting[node] > 0;
    let mut path: Vec<usize> = (0..parents.len()).find(|node| stuck(*node)).into_iter().collect();
    while let Some(&node) = path.last() {
        let Some(&next) = parents[node].iter().find(|parent| stuck(**parent)) else { break };
        if let Some(start) = path.iter().position(|seen| *seen == next) {
            path.drain(..start);
            break;
        }
        path.push(next);
    }
    path.reverse();
    if let Some(first) = path.iter().enumerate().min_by_key(|(_, node)| **node).map(|(at, _)| at) {
        path.rotate_left(first);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cycle_is_found_behind_nodes_that_merely_wait_for_it() {
        // 0 -> 1 -> 2 -> 3 -> 1, and 4 follows 3
        let parents = [vec![], vec![0, 3], vec![1], vec![2], vec![3]];
        assert_eq!(topological_order(&parents), Err(vec![1, 2, 3]));
    }

    #[test]
    fn a_node_that_follows_itself_is_a_cycle() {
        assert_eq!(topological_order(&[vec![0]]), Err(vec![0]));
    }

    #[test]
    fn reachable_marks_the_starts_too() {
        let parents = [vec![], vec![0], vec![1], vec![]];
        assert_eq!(reachable(&parents, [2]), [true, true, true, false]);
        assert_eq!(reachable(&children(&parents), [1]), [false, true, true, false]);
    }
}
