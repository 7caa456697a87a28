//! What the real Alembic 1.20.1 makes of revision graphs: `tests/data/graph.jsonl`, drawn from a seed, and
//! `tests/data/graph-alembic-suite.jsonl`, those of its own tests; both made by `cargo xtask oracle graph`.
//!
//! A line is a graph: its revisions in the order in which Alembic has read their files, what Alembic says of the graph
//! itself, and cases. A known revision stands as its place among the revisions, so a list of revisions is of numbers;
//! texts stand where none is meant. Keys are left out where there is nothing in them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

/// A graph and what was asked of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Graph {
    /// How it was drawn; `bad: …` where something is wrong with it.
    pub(crate) kind: String,
    pub(crate) revisions: Vec<Revision>,
    /// Why Alembic cannot read it; then there are no facts, and each case is this error.
    pub(crate) error: Option<String>,
    pub(crate) exception: Option<String>,
    /// What Alembic warned of, and went on.
    pub(crate) warning: Option<String>,
    /// Those that no other has as a parent, in the order of the files.
    #[serde(default)]
    pub(crate) heads: Vec<Named>,
    /// Those that no other has as a parent or depends on; none where they are the same as `heads`.
    pub(crate) real_heads: Option<Vec<Named>>,
    #[serde(default)]
    pub(crate) bases: Vec<Named>,
    /// The revisions that a branch label applies to.
    #[serde(default)]
    pub(crate) labels: BTreeMap<String, Vec<Named>>,
    /// Of those with dependencies: parents, and dependencies that none of its ancestors has, sorted.
    #[serde(default)]
    pub(crate) parents: Vec<(Named, Vec<Named>)>,
    /// Those that are a parent of several, as `branches` lists them.
    #[serde(default)]
    pub(crate) branches: Vec<Named>,
    /// All, as `history` lists them.
    #[serde(default)]
    pub(crate) history: Vec<Named>,
    /// Facts that are not the same in each run of Alembic; they are left out.
    #[serde(default)]
    pub(crate) unstable: Vec<String>,
    pub(crate) cases: Vec<Case>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Revision {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) down: Vec<Named>,
    /// Ids or labels.
    #[serde(default)]
    pub(crate) deps: Vec<Named>,
    #[serde(default)]
    pub(crate) labels: Vec<String>,
}

/// A known revision, by its place, or a text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Named {
    Place(usize),
    Text(String),
}

/// A command on a database.
#[derive(Debug, Deserialize)]
pub(crate) struct Case {
    #[serde(rename = "do")]
    pub(crate) command: Command,
    /// The version table's rows in the order in which they are read.
    #[serde(default)]
    pub(crate) rows: Vec<Named>,
    pub(crate) target: Option<String>,
    /// Those of a stamp.
    #[serde(default)]
    pub(crate) targets: Vec<String>,
    pub(crate) error: Option<String>,
    pub(crate) warning: Option<String>,
    #[serde(flatten)]
    pub(crate) result: Outcome,
    /// What came of it in other runs of Alembic, where that is not the same.
    #[serde(default)]
    pub(crate) unstable: Vec<Outcome>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Command {
    Upgrade,
    Downgrade,
    Stamp,
    #[serde(rename = "stamp --purge")]
    StampPurge,
    /// Targets are ranges.
    #[serde(rename = "stamp --sql")]
    StampSql,
    /// The target is a range.
    #[serde(rename = "upgrade --sql")]
    UpgradeSql,
    /// The target is a range.
    #[serde(rename = "downgrade --sql")]
    DowngradeSql,
    /// `history -r`.
    History,
    Show,
    /// The one revision that a text is, as Python code asks for it.
    Get,
    Current,
    #[serde(rename = "current --check-heads")]
    CurrentCheckHeads,
}

/// What came of a case.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Outcome {
    /// The class of the error that ended it; there can be steps before it.
    pub(crate) exception: Option<String>,
    /// The rows that an offline run began with.
    #[serde(default)]
    pub(crate) start: Vec<Named>,
    #[serde(default)]
    pub(crate) steps: Vec<Step>,
    /// The revisions that a reading command shows, in its order (those of `current` sorted by id).
    #[serde(default)]
    pub(crate) shown: Vec<Named>,
    /// The rows after a purge without a step.
    #[serde(default)]
    pub(crate) after: Vec<Named>,
}

/// A step and the rows after it, sorted by id.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Step {
    /// A revision, up or down.
    Revision(Named, Vec<Named>),
    Stamp {
        #[serde(default)]
        from: Vec<Named>,
        #[serde(default)]
        to: Vec<Named>,
        up: bool,
        #[serde(default)]
        rows: Vec<Named>,
    },
}

impl Graph {
    /// The id or other text that is meant.
    pub(crate) fn id<'a>(&'a self, named: &'a Named) -> &'a str {
        match named {
            Named::Place(place) => &self.revisions[*place].id,
            Named::Text(text) => text,
        }
    }

    pub(crate) fn ids<'a>(&'a self, named: &'a [Named]) -> Vec<&'a str> {
        named.iter().map(|named| self.id(named)).collect()
    }
}

/// The graphs of a file in `tests/data`.
pub(crate) fn graphs(name: &str) -> Vec<Graph> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    let graph =
        |(number, line)| serde_json::from_str(line).unwrap_or_else(|e| panic!("{name}:{}: {e}", number + 1));
    text.lines().enumerate().map(graph).collect()
}

/// What a target looks like, in words.
pub(crate) fn form(graph: &Graph, target: &str) -> String {
    if let Some((from, to)) = target.split_once(':') {
        return format!("{}:{}", symbol(graph, from), symbol(graph, to));
    }
    let (label, rest) = target.split_once('@').map_or((None, target), |(label, rest)| (Some(label), rest));
    let (name, steps) = match rest.rfind(['+', '-']) {
        Some(at) if rest[at + 1..].parse::<u32>().is_ok() => (&rest[..at], &rest[at..=at]),
        _ => (rest, ""),
    };
    let mut form = label.map(|label| symbol(graph, label) + "@").unwrap_or_default();
    form += &if name.is_empty() && !steps.is_empty() { String::new() } else { symbol(graph, name) };
    if steps.is_empty() { form } else { form + steps + "N" }
}

fn symbol(graph: &Graph, text: &str) -> String {
    let starting = graph.revisions.iter().filter(|revision| revision.id.starts_with(text)).count();
    let is_label = graph.revisions.iter().any(|revision| revision.labels.iter().any(|label| label == text));
    match text {
        "head" | "heads" | "base" | "current" => text,
        "" => "",
        _ if graph.revisions.iter().any(|revision| revision.id == text) => "id",
        _ if is_label => "label",
        _ if starting == 1 => "prefix",
        _ if starting > 1 => "ambiguous",
        _ => "other",
    }
    .to_owned()
}

#[test]
fn vectors_cover_every_kind_command_and_form() {
    let graphs = graphs("graph.jsonl");
    assert!(graphs.len() >= 3000, "{} graphs", graphs.len());
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut commands: BTreeMap<Command, usize> = BTreeMap::new();
    let mut forms: BTreeSet<(Command, String)> = BTreeSet::new();
    for graph in &graphs {
        *kinds.entry(graph.kind.as_str()).or_default() += 1;
        for case in &graph.cases {
            *commands.entry(case.command).or_default() += 1;
            let targets = case.target.iter().chain(&case.targets);
            forms.extend(targets.map(|target| (case.command, form(graph, target))));
        }
    }
    let fewest = [
        ("linear", 200),
        ("branchy", 300),
        ("merge-heavy", 400),
        ("bases", 200),
        ("labelled", 400),
        ("dependent", 400),
        ("mixed", 400),
        ("large", 30),
    ];
    for (kind, fewest) in fewest {
        assert!(kinds.get(kind).is_some_and(|count| *count >= fewest), "{kind}: {kinds:?}");
    }
    assert_eq!(kinds.keys().filter(|kind| kind.starts_with("bad: ")).count(), 15, "{kinds:?}");
    assert_eq!(commands.len(), 12, "{commands:?}");
    for command in [Command::Upgrade, Command::Downgrade] {
        assert!(commands[&command] >= 8000, "{commands:?}");
        for wanted in [
            "id",
            "prefix",
            "ambiguous",
            "other",
            "head",
            "heads",
            "base",
            "label",
            "",
            "+N",
            "-N",
            "id+N",
            "id-N",
            "prefix+N",
            "prefix-N",
            "label+N",
            "label-N",
            "label@head",
            "label@heads",
            "label@base",
            "label@id",
            "label@prefix",
            "label@+N",
            "label@-N",
            "label@id+N",
            "label@id-N",
            "id@head",
            "id@heads",
            "id@base",
            "id@id",
            "id@+N",
            "id@-N",
            "prefix@head",
            "head-N",
            "heads-N",
            "base+N",
            "label@head-N",
            "label@base+N",
            "current",
            "id:id",
        ] {
            assert!(forms.contains(&(command, wanted.to_owned())), "{command:?} of {wanted:?} is not tried");
        }
    }
    for wanted in
        ["id", "prefix", "head", "heads", "base", "label", "label@head", "label@heads", "label@base", "+N"]
    {
        assert!(forms.contains(&(Command::Stamp, wanted.to_owned())), "a stamp of {wanted:?} is not tried");
    }
}

#[test]
fn vectors_say_what_alembic_says() {
    let graphs = graphs("graph.jsonl");
    let (mut steps, mut errors, mut warnings, mut unstable) = (0, 0, 0, 0);
    for graph in &graphs {
        let bad = graph.kind.starts_with("bad: ");
        let readable = graph.exception.is_none();
        assert!(readable || bad, "{graph:?}");
        assert_eq!(graph.exception.is_some(), graph.error.is_some(), "{graph:?}");
        assert!(bad || graph.warning.is_none(), "{graph:?}");
        assert_eq!(graph.heads.is_empty(), !readable, "{graph:?}");
        assert_eq!(graph.bases.is_empty(), !readable, "{graph:?}");
        for case in &graph.cases {
            assert_eq!(case.result.exception.is_some(), case.error.is_some(), "{case:?}");
            assert!(readable || case.result.exception.is_some(), "{case:?}");
            steps += case.result.steps.len();
            errors += usize::from(case.error.is_some());
            warnings += usize::from(case.warning.is_some());
            unstable += usize::from(!case.unstable.is_empty());
        }
    }
    let cases: usize = graphs.iter().map(|graph| graph.cases.len()).sum();
    let counts =
        format!("{cases} cases, {steps} steps, {errors} errors, {warnings} warnings, {unstable} unstable");
    assert!(cases >= 28_000 && steps >= 30_000 && warnings >= 100, "{counts}");
    assert!(errors >= cases / 10 && errors <= cases / 2 && unstable <= cases / 50, "{counts}");
}

#[test]
fn vectors_hold_the_graphs_of_alembics_own_tests() {
    let graphs = graphs("graph-alembic-suite.jsonl");
    let kinds: BTreeSet<_> = graphs.iter().map(|graph| graph.kind.as_str()).collect();
    for wanted in
        ["BranchedPathTest", "DependsOnBranchTestTwo", "GraphWithLoopTest", "TwinMergeTest", "LargeMapTest"]
    {
        assert!(kinds.contains(format!("suite: {wanted}").as_str()), "{wanted}: {kinds:?}");
    }
    let cases: usize = graphs.iter().map(|graph| graph.cases.len()).sum();
    assert!(graphs.len() >= 80 && cases >= 2500, "{} graphs, {cases} cases", graphs.len());
}

#[test]
fn vectors_name_revisions_that_there_are() {
    for graph in graphs("graph.jsonl").into_iter().chain(graphs("graph-alembic-suite.jsonl")) {
        let last = graph.revisions.len();
        let known = |named: &Named| !matches!(named, Named::Place(place) if *place >= last);
        let all_known = |all: &[Named]| all.iter().all(known);
        for revision in &graph.revisions {
            assert!(all_known(&revision.down) && all_known(&revision.deps), "{revision:?}");
        }
        assert!(
            all_known(&graph.heads) && all_known(&graph.bases) && all_known(&graph.branches),
            "{graph:?}"
        );
        assert!(graph.real_heads.as_deref().is_none_or(all_known), "{graph:?}");
        assert!(graph.labels.values().all(|holders| all_known(holders)), "{graph:?}");
        assert!(graph.parents.iter().all(|(one, parents)| known(one) && all_known(parents)), "{graph:?}");
        let shown: BTreeSet<_> = graph.ids(&graph.history).into_iter().collect();
        assert!(shown.len() == graph.history.len() && shown.len() <= last, "{graph:?}");
        let unstable_history = graph.unstable.iter().any(|fact| fact == "history");
        assert!(!unstable_history || shown.is_empty(), "{graph:?}");
        for case in &graph.cases {
            assert!(all_known(&case.rows), "{case:?}");
            for outcome in case.unstable.iter().chain([&case.result]) {
                let Outcome { start, shown, after, .. } = outcome;
                assert!(all_known(start) && all_known(shown) && all_known(after), "{case:?}");
                for step in &outcome.steps {
                    let all_known = match step {
                        Step::Revision(revision, rows) => known(revision) && all_known(rows),
                        Step::Stamp { from, to, rows, .. } => {
                            all_known(from) && all_known(to) && all_known(rows)
                        }
                    };
                    assert!(all_known, "{case:?}");
                }
            }
        }
    }
}
