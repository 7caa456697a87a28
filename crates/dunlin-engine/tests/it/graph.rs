//! Our steps and rows beside the real Alembic's, case by case.

use std::collections::BTreeMap;

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
        (_, Err(error)) if !error.starts_with("CommandError") => Rule::Crash,
        (Err(HistoryError::AmbiguousRows { .. }), Ok(_)) if case.warning.is_some() => Rule::SeveralRows,
        (Err(HistoryError::Overlap { .. }), Ok(_)) if !case.targets.is_empty() => Rule::StampOverlap,
        (Err(HistoryError::BadTarget { .. }), Ok(_)) => Rule::BadTarget,
        (Err(HistoryError::UnknownTarget { .. }), Ok(_)) if target.matches(['+', '-']).count() > 1 => {
            Rule::BadTarget
        }
        (
            Err(
                HistoryError::UnknownBranch { .. }
                | HistoryError::NotOnBranch { .. }
                | HistoryError::UnknownTarget { .. }
                | HistoryError::AmbiguousTarget { .. },
            ),
            Ok(_),
        ) if with_branch => Rule::Branch,
        (Err(HistoryError::TooFar { .. }), Ok(_)) if target.contains("base-") => Rule::BelowTheBase,
        (Ok(_), Err(error)) if error.contains("Multiple head revisions") && target.contains(':') => {
            Rule::SeveralStarts
        }
        (Ok(_), Err(error)) if error.contains("Can't locate revision") && target.contains(['+', '-']) => {
            Rule::Steps
        }
        (Ok(_), Err(_)) if with_branch && case.command != Command::Upgrade => Rule::Branch,
        _ if case.command == Command::History
            && (target.contains(['+', '-']) || target.contains("current")) =>
        {
            Rule::HistoryEnds
        }
        (Ok(_), Ok(_)) if with_branch && case.command == Command::History => Rule::Branch,
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
