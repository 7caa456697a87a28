//! Our steps and rows beside the real Alembic's, case by case.

use std::collections::{BTreeMap, BTreeSet};

use dunlin_core::revision::{Revision, RevisionId};
use dunlin_engine::history::{HistoryError, PathStep, RevisionMap, Target};

use crate::graph_vectors::{Case, Command, Graph, Named, Outcome, Step, form, graphs};

/// Revisions and the rows after them.
type Steps = Vec<(String, Vec<String>)>;

/// What we say of a case.
type Ours = Result<Steps, HistoryError>;

/// What Alembic says of it.
type Said = Result<Steps, String>;

fn map(graph: &Graph) -> Result<RevisionMap, HistoryError> {
    RevisionMap::new(graph.revisions.iter().map(|revision| {
        let mut made = Revision::new(revision.id.as_str());
        made.down_revisions = graph.ids(&revision.down).into_iter().map(RevisionId::from).collect();
        made.depends_on = graph.ids(&revision.deps).into_iter().map(str::to_owned).collect();
        made.branch_labels.clone_from(&revision.labels);
        made
    }))
}

fn ids(graph: &Graph, named: &[Named]) -> Vec<RevisionId> {
    graph.ids(named).into_iter().map(RevisionId::from).collect()
}

fn texts(ids: &[RevisionId]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

fn steps(path: Vec<PathStep>) -> Vec<(String, Vec<String>)> {
    path.into_iter().map(|step| (step.revision.id.to_string(), texts(&step.rows_after))).collect()
}

fn ours(graph: &Graph, map: &RevisionMap, case: &Case) -> Option<Ours> {
    let rows = ids(graph, &case.rows);
    let target = |text: &str| text.parse::<Target>();
    let one = || target(case.target.as_deref().unwrap_or_default());
    let all = || case.targets.iter().map(|text| target(text)).collect::<Result<Vec<_>, _>>();
    let stamped = |rows: &[RevisionId]| Ok(vec![("stamp".to_owned(), texts(&map.stamp(rows, &all()?)?))]);
    Some(match case.command {
        Command::Upgrade => one().and_then(|target| map.upgrade(&rows, &target)).map(steps),
        Command::Downgrade => one().and_then(|target| map.downgrade(&rows, &target)).map(steps),
        Command::Stamp => stamped(&rows),
        Command::StampPurge => stamped(&[]),
        Command::UpgradeSql | Command::DowngradeSql => {
            let (from, to) = case.target.as_deref().unwrap_or_default().split_once(':')?;
            target(from)
                .and_then(|from| {
                    let to = target(to)?;
                    let rows = map.rows_at(&from)?;
                    if case.command == Command::UpgradeSql {
                        map.upgrade(&rows, &to.on_branch_of(&from))
                    } else {
                        map.downgrade(&rows, &to)
                    }
                })
                .map(steps)
        }
        Command::History => {
            let text = case.target.as_deref().unwrap_or_default();
            let (from, to) = text.split_once(':').unwrap_or(("", text));
            let from = if from.is_empty() { Ok(Target::BASE) } else { target(from) };
            let to = if to.is_empty() { Ok(Target::HEADS) } else { target(to) };
            from.and_then(|from| map.range(&rows, &from, &to?))
                .map(|shown| shown.into_iter().map(|r| (r.id.to_string(), Vec::new())).collect())
        }
        _ => return None,
    })
}

fn alembics(graph: &Graph, case: &Case, outcome: &Outcome) -> Said {
    if let Some(exception) = &outcome.exception {
        return Err(format!("{exception}: {}", case.error.as_deref().unwrap_or_default()));
    }
    let mut said = Vec::new();
    if case.command == Command::History {
        return Ok(graph.ids(&outcome.shown).into_iter().map(|id| (id.to_owned(), Vec::new())).collect());
    }
    for step in &outcome.steps {
        let (what, rows) = match step {
            Step::Revision(revision, rows) => (graph.id(revision).to_owned(), rows),
            Step::Stamp { rows, .. } => ("stamp".to_owned(), rows),
        };
        said.push((what, graph.ids(rows).into_iter().map(str::to_owned).collect()));
    }
    if matches!(case.command, Command::Stamp | Command::StampPurge) {
        let before = if case.command == Command::Stamp { &case.rows } else { &outcome.after };
        let mut rows: Vec<String> = graph.ids(before).into_iter().map(str::to_owned).collect();
        rows.sort();
        said = vec![("stamp".to_owned(), said.pop().map_or(rows, |(_, rows)| rows))];
    }
    Ok(said)
}

/// A rule by which we do otherwise than Alembic: docs/REVISIONS.md says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rule {
    /// Alembic dies of an error that is none of its own.
    Crash,
    /// Alembic warns, and goes on with one of several version rows.
    SeveralRows,
    /// What stands behind the steps, or before an @, is passed over.
    BadTarget,
    /// A branch is not looked at where it is not needed.
    Branch,
    /// `base-1` is a head.
    BelowTheBase,
    /// Steps are not counted from everywhere.
    Steps,
    /// A range begins at one revision.
    SeveralStarts,
    /// A stamp of several revisions on one line.
    StampOverlap,
    /// A stamp of several revisions forgets those that are rows already.
    StampForgets,
    /// A version row that another one implies.
    SuperfluousRow,
    /// The order of several dependencies of a revision changes from run to run.
    DependencyOrder,
    /// The ends of a shown history that are counted, or where the database is.
    HistoryEnds,
    /// The base among the targets of a stamp.
    StampBase,
}

fn rule(graph: &Graph, map: &RevisionMap, case: &Case, ours: &Ours, theirs: &Said) -> Option<Rule> {
    let target = case.target.as_deref().unwrap_or_default();
    let with_branch = target.contains('@') || case.targets.iter().any(|target| target.contains('@'));
    Some(match (ours, theirs) {
        (Ok(ours), Err(error)) if !error.starts_with("CommandError") => {
            return Naive::of(graph).allows(map, case, ours).then_some(Rule::Crash);
        }
        (Err(HistoryError::AmbiguousRows { .. }), Ok(_)) if case.warning.is_some() => Rule::SeveralRows,
        (Err(HistoryError::Overlap { .. }), Ok(_)) if !case.targets.is_empty() => Rule::StampOverlap,
        (Err(HistoryError::BadTarget { .. }), Ok(_)) => Rule::BadTarget,
        (Err(HistoryError::UnknownTarget { .. }), Ok(_)) if target.matches(['+', '-']).count() > 1 => {
            Rule::BadTarget
        }
        (
            Err(
                error @ (HistoryError::UnknownBranch { .. }
                | HistoryError::NotOnBranch { .. }
                | HistoryError::UnknownTarget { .. }
                | HistoryError::AmbiguousTarget { .. }),
            ),
            Ok(_),
        ) if with_branch => return Naive::of(graph).has_cause(case, error).then_some(Rule::Branch),
        (Err(HistoryError::TooFar { .. }), Ok(_)) if target.contains("base-") => Rule::BelowTheBase,
        (Ok(_), Err(error)) if error.contains("Multiple head revisions") && target.contains(':') => {
            Rule::SeveralStarts
        }
        (Ok(_), Err(error)) if error.contains("Can't locate revision") && target.contains(['+', '-']) => {
            Rule::Steps
        }
        (Ok(ours), Err(_)) if with_branch && case.command == Command::Downgrade => {
            return ours.is_empty().then_some(Rule::Branch);
        }
        (Ok(ours), Err(_)) if with_branch && case.command != Command::Upgrade => {
            return Naive::of(graph).allows(map, case, ours).then_some(Rule::Branch);
        }
        _ if case.command == Command::History
            && (target.contains(['+', '-']) || target.contains("current")) =>
        {
            Rule::HistoryEnds
        }
        (Ok(ours), Ok(_)) if with_branch && case.command == Command::History => {
            return Naive::of(graph).allows(map, case, ours).then_some(Rule::Branch);
        }
        (Ok(ours), Ok(theirs)) => {
            let sorted = |said: &[(String, Vec<String>)]| {
                let mut ids: Vec<String> = said.iter().map(|(id, _)| id.clone()).collect();
                ids.sort();
                ids
            };
            let without_superfluous = |said: &[(String, Vec<String>)]| {
                let clean = |rows: &[String]| {
                    let ids: Vec<RevisionId> = rows.iter().map(|row| row.as_str().into()).collect();
                    let superfluous = map.superfluous(&ids).unwrap();
                    texts(&ids.into_iter().filter(|id| !superfluous.contains(id)).collect::<Vec<_>>())
                };
                said.iter().map(|(id, rows)| (id.clone(), clean(rows))).collect::<Vec<_>>()
            };
            let several_dependencies = graph.revisions.iter().any(|revision| revision.deps.len() > 1);
            if case.targets.iter().any(|target| target.ends_with("base")) {
                Rule::StampBase
            } else if !case.targets.is_empty() && ours[0].1.len() > theirs[0].1.len() {
                Rule::StampForgets
            } else if without_superfluous(ours) == without_superfluous(theirs) {
                Rule::SuperfluousRow
            } else if several_dependencies && sorted(ours) == sorted(theirs) {
                Rule::DependencyOrder
            } else {
                return None;
            }
        }
        _ => return None,
    })
}

/// A graph as sets of names, to see what must be where Alembic says nothing of use.
struct Naive<'g> {
    graph: &'g Graph,
    /// What each revision follows.
    down: BTreeMap<&'g str, BTreeSet<&'g str>>,
    /// What each revision follows or depends on.
    needs: BTreeMap<&'g str, BTreeSet<&'g str>>,
}

type Ids<'g> = BTreeSet<&'g str>;

/// No shorter name is found by its beginning.
const SHORTEST_ABBREVIATED: usize = 4;

impl<'g> Naive<'g> {
    fn of(graph: &'g Graph) -> Self {
        let labelled = |name: &'g str| {
            let owner =
                graph.revisions.iter().find(|revision| revision.labels.iter().any(|label| label == name));
            owner.map_or(name, |revision| revision.id.as_str())
        };
        let edges = |with_dependencies: bool| {
            let of = |revision: &'g crate::graph_vectors::Revision| {
                let mut below: Ids<'g> = graph.ids(&revision.down).into_iter().collect();
                if with_dependencies {
                    below.extend(graph.ids(&revision.deps).into_iter().map(labelled));
                }
                (revision.id.as_str(), below)
            };
            graph.revisions.iter().map(of).collect()
        };
        Self { graph, down: edges(false), needs: edges(true) }
    }

    /// These and all below them.
    fn closure(edges: &BTreeMap<&'g str, Ids<'g>>, from: impl IntoIterator<Item = &'g str>) -> Ids<'g> {
        let mut found = Ids::new();
        let mut open: Vec<&str> = from.into_iter().collect();
        while let Some(id) = open.pop() {
            if found.insert(id) {
                open.extend(&edges[id]);
            }
        }
        found
    }

    fn needed(&self, from: impl IntoIterator<Item = &'g str>) -> Ids<'g> {
        Self::closure(&self.needs, from)
    }

    /// Whether one follows the other, dependencies aside.
    fn are_on_one_line(&self, one: &'g str, other: &'g str) -> bool {
        let below = |id| Self::closure(&self.down, [id]);
        below(one).contains(other) || below(other).contains(one)
    }

    fn are_related(&self, one: &'g str, other: &'g str) -> bool {
        self.needed([one]).contains(other) || self.needed([other]).contains(one)
    }

    /// The whole id.
    fn id(&self, id: &str) -> &'g str {
        self.needs.get_key_value(id).map(|(id, _)| *id).unwrap()
    }

    /// The version rows of a database that has these.
    fn rows(&self, applied: &Ids<'g>) -> Vec<String> {
        let covered: Ids<'g> = applied.iter().flat_map(|id| self.needs[id].iter().copied()).collect();
        applied.difference(&covered).map(|id| (*id).to_owned()).collect()
    }

    /// The ids and labels that a name is, or may be the beginning of, as ids.
    fn candidates(&self, name: &str) -> Ids<'g> {
        let labels =
            self.graph.revisions.iter().flat_map(|revision| {
                revision.labels.iter().map(|label| (label.as_str(), revision.id.as_str()))
            });
        let names: Vec<(&str, &str)> = self.needs.keys().map(|id| (*id, *id)).chain(labels).collect();
        let whole: Ids<'g> = names.iter().filter(|(known, _)| *known == name).map(|(_, id)| *id).collect();
        if !whole.is_empty() {
            return whole;
        }
        let begins = |known: &str| known.chars().count() >= SHORTEST_ABBREVIATED && known.starts_with(name);
        names.iter().filter(|(known, _)| begins(known)).map(|(_, id)| *id).collect()
    }

    /// Whether what we do is right.
    fn allows(&self, map: &RevisionMap, case: &Case, ours: &Steps) -> bool {
        let target = case.target.as_deref().unwrap_or_default();
        let rows: Vec<&str> = self.graph.ids(&case.rows);
        let counts = |text: &str| {
            let steps = text.rsplit(['+', '-']).next().unwrap_or_default();
            text.contains(['+', '-']) && steps.parse::<u32>().is_ok()
        };
        let at = |text: &str| -> Option<Ids<'g>> {
            if counts(text) {
                return None;
            }
            let rows = map.rows_at(&text.parse().ok()?).ok()?;
            Some(rows.iter().map(|row| self.id(row.as_str())).collect())
        };
        // The branch that the beginning of a range names is that of the heads, too.
        let on_branch_of = |from: &str, mut to: Option<Ids<'g>>| {
            if let (Some((branch, _)), Some(to)) = (from.split_once('@'), &mut to) {
                let branches = self.candidates(branch);
                to.retain(|to| branches.iter().any(|branch| self.are_on_one_line(branch, to)));
            }
            to
        };
        match case.command {
            Command::Upgrade => self.is_upgrade(rows, at(target), ours),
            Command::UpgradeSql => {
                let Some((from, to)) = target.split_once(':') else { return false };
                let wanted = if to == "heads" { on_branch_of(from, at(to)) } else { at(to) };
                at(from).is_some_and(|from| self.is_upgrade(from, wanted, ours))
            }
            Command::Stamp => {
                self.is_stamp(&rows, case.targets.iter().map(|text| at(text)).collect(), case, ours)
            }
            Command::StampPurge => {
                self.is_stamp(&[], case.targets.iter().map(|text| at(text)).collect(), case, ours)
            }
            Command::History => {
                let (from, to) = target.split_once(':').unwrap_or(("", target));
                let to = on_branch_of(from, if to.is_empty() { at("heads") } else { at(to) });
                let from = if from.is_empty() { Some(Ids::new()) } else { at(from) };
                let shown: Ids<'g> = ours.iter().map(|(id, _)| self.id(id)).collect();
                from.zip(to).is_none_or(|(from, to)| shown == self.range(&from, &to))
            }
            _ => false,
        }
    }

    /// Each step is possible and needed, the rows are those of what is applied, and the end is what is wanted, where
    /// that does not count from somewhere.
    fn is_upgrade(
        &self,
        rows: impl IntoIterator<Item = &'g str>,
        wanted: Option<Ids<'g>>,
        ours: &Steps,
    ) -> bool {
        let mut applied = self.needed(rows);
        let end = wanted.map(|wanted| self.needed(applied.iter().copied().chain(wanted)));
        for (id, rows_after) in ours {
            let id = self.id(id);
            if !self.needs[id].is_subset(&applied)
                || !applied.insert(id)
                || self.rows(&applied) != *rows_after
            {
                return false;
            }
        }
        let is_needed = |(id, _): &(String, Vec<String>)| {
            ours.last().is_some_and(|(last, _)| self.needed([self.id(last)]).contains(id.as_str()))
        };
        end.map_or_else(|| ours.iter().all(is_needed), |end| end == applied)
    }

    /// What is named is there, beside the rows that are on no line with it; the base and branches take away more.
    fn is_stamp(&self, rows: &[&'g str], named: Vec<Option<Ids<'g>>>, case: &Case, ours: &Steps) -> bool {
        let [(_, after)] = ours.as_slice() else { return false };
        let named: Ids<'g> = named.into_iter().flatten().flatten().collect();
        let after: Ids<'g> = after.iter().map(|id| self.id(id)).collect();
        let stays = |row: &&&str| !named.iter().any(|id| self.are_related(id, row));
        let kept: Ids<'g> = rows.iter().filter(stays).copied().collect();
        let takes_more = case.targets.iter().any(|target| target.contains('@') || target.ends_with("base"));
        let rest: Ids<'g> = after.difference(&named).copied().collect();
        named.is_subset(&after) && if takes_more { rest.is_subset(&kept) } else { rest == kept }
    }

    /// What stands between some revisions and others, both ends included.
    fn range(&self, from: &Ids<'g>, to: &Ids<'g>) -> Ids<'g> {
        let below = self.needed(to.iter().copied());
        let before = self.needed(from.iter().copied());
        let reaches = |id: &&'g str| {
            let is_above = !Self::closure(&self.down, [*id]).is_disjoint(from);
            from.is_empty() || (is_above && (from.contains(id) || !before.contains(id)))
        };
        below.into_iter().filter(reaches).collect()
    }

    /// Whether what an error says of a branch is so.
    fn has_cause(&self, case: &Case, error: &HistoryError) -> bool {
        let texts = case.target.iter().chain(&case.targets).flat_map(|text| text.split(':'));
        let said: Vec<(&str, &str)> = texts.filter_map(|text| text.split_once('@')).collect();
        let bare = |name: &'_ str| name.split(['+', '-']).next().unwrap_or_default().to_owned();
        match error {
            HistoryError::UnknownBranch { branch } => {
                said.iter().any(|(known, _)| known == branch) && self.candidates(branch).is_empty()
            }
            HistoryError::NotOnBranch { revision, branch } => {
                let revision = self.id(revision.as_str());
                let names_both = |(known, name): &(&str, &str)| {
                    known == branch && self.candidates(&bare(name)).contains(revision)
                };
                let branches = self.candidates(branch);
                let is_on = branches.iter().any(|one| self.are_on_one_line(one, revision));
                said.iter().any(names_both) && !is_on
            }
            HistoryError::UnknownTarget { target } => said.iter().any(|(branch, name)| {
                let branches = self.candidates(branch);
                let is_on = |id: &&str| branches.iter().any(|one| self.are_on_one_line(one, self.id(id)));
                target.contains(&bare(name)) && !self.candidates(&bare(name)).iter().any(is_on)
            }),
            HistoryError::AmbiguousTarget { target, candidates } => {
                let all = self.candidates(target);
                candidates.len() > 1 && candidates.iter().all(|id| all.contains(id.as_str()))
            }
            _ => false,
        }
    }
}

#[test]
fn steps_and_rows_are_alembics() {
    let mut rules: BTreeMap<(Command, Rule), usize> = BTreeMap::new();
    let mut same: BTreeMap<Command, usize> = BTreeMap::new();
    let mut unexplained = Vec::new();
    for graph in graphs("graph.jsonl").iter().chain(&graphs("graph-alembic-suite.jsonl")) {
        let map = match (map(graph), &graph.exception) {
            (Ok(map), None) => map,
            (Err(_), _) if graph.kind.starts_with("bad: ") || graph.warning.is_some() => continue,
            (Err(_), Some(_)) => continue,
            (map, error) => panic!("{}: {error:?}, {map:?}", graph.kind),
        };
        for case in &graph.cases {
            let Some(ours) = ours(graph, &map, case) else { continue };
            let theirs = alembics(graph, case, &case.result);
            let mut others = case.unstable.iter().map(|outcome| alembics(graph, case, outcome));
            let agree = |theirs: &Said| match (&ours, theirs) {
                (Ok(ours), Ok(theirs)) => ours == theirs,
                (Err(_), Err(_)) => true,
                _ => false,
            };
            if agree(&theirs) || others.any(|other| agree(&other)) {
                *same.entry(case.command).or_default() += 1;
            } else if let Some(rule) = rule(graph, &map, case, &ours, &theirs) {
                *rules.entry((case.command, rule)).or_default() += 1;
            } else {
                let target = case.target.iter().chain(&case.targets).map(|text| form(graph, text));
                let target: Vec<String> = target.collect();
                unexplained.push(format!(
                    "{:?} {target:?}\n{graph:?}\n{case:?}\nours {ours:?}\ntheirs {theirs:?}",
                    case.command
                ));
            }
        }
    }
    println!("same {same:#?}\nby rule {rules:#?}");
    assert!(unexplained.is_empty(), "{} are not explained:\n{}", unexplained.len(), unexplained.join("\n\n"));
    let same: usize = same.values().sum();
    let otherwise: usize = rules.values().sum();
    assert!(same > 10 * otherwise, "{same} the same, {otherwise} otherwise");
}
