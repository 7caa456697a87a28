//! What may differ, and why.

use std::collections::{BTreeMap, BTreeSet};

use super::super::database::Kind;
use super::Outcome;
use super::compared::Table;

use super::reasons::REAL_FAILURES;

pub(super) use super::reasons::DIFFERENCES;

/// What is compared with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Leg {
    /// What the real one and ours made of the database on the way up.
    Up,
    /// What they made of that on the way back.
    Back,
    /// What was there at first, and what ours made of it on the way there and back.
    Round,
}

/// What of a table may differ.
#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    /// Ours has rows that the other side does not have.
    OursHasMore,
    /// Ours does not have rows that the other side has.
    OursHasLess,
    /// Values of these columns.
    Values(&'static [&'static str]),
    /// Ids in these columns, which are made up: only the ids, what they stand for may not differ.
    Ids(&'static [&'static str]),
}

/// Something that may differ, and must differ somewhere.
#[derive(Debug)]
pub(super) struct Difference {
    pub(super) tables: &'static [&'static str],
    pub(super) what: What,
    pub(super) legs: &'static [Leg],
    pub(super) on: &'static [Kind],
    /// The releases at which the databases were filled.
    pub(super) from: &'static [&'static str],
    pub(super) why: &'static str,
}

/// A difference that was found and may be.
pub(super) struct Found {
    pub(super) kind: Kind,
    pub(super) from: &'static str,
    pub(super) leg: Leg,
    pub(super) table: String,
    /// The column, or nothing for whole rows.
    pub(super) column: Option<String>,
    pub(super) count: u64,
}

/// What of the list was found.
pub(super) struct Known {
    found: BTreeMap<usize, Vec<Found>>,
}

impl Known {
    pub(super) fn new() -> Self {
        Self { found: BTreeMap::new() }
    }

    /// Sorts what differs into what may and what is wrong.
    pub(super) fn settle(&mut self, outcome: &Outcome, wrong: &mut Vec<String>) {
        for (leg, comparison) in &outcome.legs {
            for (name, table) in &comparison.tables {
                for (what, column, count, example) in differing(table) {
                    let place = (outcome.kind, outcome.from, *leg);
                    let entry = DIFFERENCES.iter().position(|entry| entry.covers(place, name, what, column));
                    let Some(entry) = entry else {
                        let (kind, from) = (outcome.kind.name(), outcome.from);
                        let column = column.map(|column| format!(".{column}")).unwrap_or_default();
                        wrong.push(format!(
                            "{kind} from {from}, {leg:?}: {name}{column}: {what}, {count} rows{example}"
                        ));
                        continue;
                    };
                    self.found.entry(entry).or_default().push(Found {
                        kind: outcome.kind,
                        from: outcome.from,
                        leg: *leg,
                        table: name.clone(),
                        column: column.map(str::to_owned),
                        count,
                    });
                }
            }
        }
    }

    /// What was found of an entry of the list.
    pub(super) fn found(&self, entry: usize) -> &[Found] {
        self.found.get(&entry).map_or(&[], Vec::as_slice)
    }

    /// What of the list no difference needed on these databases: on one, entries; on all, their parts, too.
    pub(super) fn not_needed(&self, on: &[Kind]) -> Vec<String> {
        let mut said = Vec::new();
        for (at, entry) in DIFFERENCES.iter().enumerate() {
            let found = self.found(at);
            let mut unneeded = |part: &str, needed: bool| {
                if !needed {
                    said.push(format!("nothing differs for {part} of: {}", entry.why));
                }
            };
            if let [kind] = on {
                let needed = !entry.on.contains(kind) || found.iter().any(|found| found.kind == *kind);
                unneeded(kind.name(), needed);
                continue;
            }
            for table in entry.tables {
                unneeded(table, found.iter().any(|found| found.table == *table));
            }
            for from in entry.from {
                unneeded(from, found.iter().any(|found| found.from == *from));
            }
            for leg in entry.legs {
                unneeded(&format!("{leg:?}"), found.iter().any(|found| found.leg == *leg));
            }
            if let What::Values(columns) | What::Ids(columns) = entry.what {
                let seen: BTreeSet<&str> = found.iter().filter_map(|found| found.column.as_deref()).collect();
                columns.iter().for_each(|column| unneeded(column, seen.contains(column)));
            }
        }
        said
    }
}

/// Whether it is known that the real one fails so.
pub(super) fn the_real_one_fails(kind: Kind, from: &str, why: &str) -> bool {
    REAL_FAILURES.iter().any(|(on, of, words)| *on == kind && *of == from && why.contains(words))
}

impl Difference {
    fn covers(&self, place: (Kind, &str, Leg), table: &str, what: &str, column: Option<&str>) -> bool {
        let (kind, from, leg) = place;
        let here = self.on.contains(&kind) && self.from.contains(&from) && self.legs.contains(&leg);
        let same = match (self.what, column) {
            (What::OursHasMore, None) => what == MORE,
            (What::OursHasLess, None) => what == LESS,
            (What::Values(columns), Some(column)) => what == VALUES && columns.contains(&column),
            (What::Ids(columns), Some(column)) => what == IDS && columns.contains(&column),
            _ => false,
        };
        here && same && self.tables.contains(&table)
    }
}

const MORE: &str = "ours has rows that the other does not have";
const LESS: &str = "the other has rows that ours does not have";
const ONLY_OURS: &str = "only ours has the table";
const ONLY_OTHER: &str = "only the other has the table";
const VALUES: &str = "values differ";
const IDS: &str = "made-up ids differ";

/// Everything that differs in a table: what, in which column, in how many rows, and an example.
fn differing(table: &Table) -> Vec<(&'static str, Option<&str>, u64, String)> {
    let mut found = Vec::new();
    match (table.left, table.right) {
        (None, Some(rows)) => found.push((ONLY_OURS, None, rows, String::new())),
        (Some(rows), None) => found.push((ONLY_OTHER, None, rows, String::new())),
        _ => {}
    }
    let example =
        table.example.as_ref().map(|[left, right]| format!(": {left} and {right}")).unwrap_or_default();
    if table.only_right > 0 {
        found.push((MORE, None, table.only_right, example.clone()));
    }
    if table.only_left > 0 {
        found.push((LESS, None, table.only_left, example));
    }
    for (name, column) in &table.columns {
        let example = format!(": {} and {}", column.left, column.right);
        found.push((VALUES, Some(name.as_str()), column.count, example));
    }
    let generated = table
        .generated
        .iter()
        .map(|name| (IDS, Some(name.as_str()), table.right.unwrap_or(0), String::new()));
    found.extend(generated);
    found
}
