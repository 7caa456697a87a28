//! `docs/AIRFLOW-DATA.md`.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::known::{DIFFERENCES, Found, Known, Leg, What};
use super::{Moves, Outcome};
use crate::Result;

/// The report.
pub(super) fn page(outcomes: &[Outcome], known: &Known) -> Result<String> {
    let mut page = String::from(
        "# Rows, migrated by the real Airflow and by ours\n\n\
         Made by `cargo xtask oracle data`; not edited by hand. The real Airflow makes the schema of a release, and every\n\
         table of it is filled (`xtask/oracle/fill.py`). One copy is migrated by the real Airflow to the newest release and\n\
         back, another by ours. Compared are all rows of both, at the top and back at the bottom: JSON by value, compressed\n\
         and pickled values by their contents, ids that a migration makes up by what they stand for. The rows that ours\n\
         leaves at the bottom are then compared with those that were there at first.\n\n\
         | database | filled at | migrated to | tables | rows | equal tables up | back | as at first | in turns | walk of ours |\n\
         |---|---|---|--:|--:|--:|--:|--:|---|---|\n",
    );
    for outcome in outcomes {
        let equal = |leg: Leg| -> String {
            let found = outcome.legs.iter().find(|(of, _)| *of == leg);
            found.map_or("-".to_owned(), |(_, comparison)| {
                let equal = comparison.tables.values().filter(|table| {
                    table.left == table.right
                        && table.only_left + table.only_right == 0
                        && table.columns.is_empty()
                });
                format!("{} of {}", equal.count(), comparison.tables.len())
            })
        };
        writeln!(
            page,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            outcome.kind.name(),
            outcome.from,
            outcome.to,
            outcome.tables,
            outcome.rows,
            equal(Leg::Up),
            equal(Leg::Back),
            equal(Leg::Round),
            moves(outcome.turns.as_ref()),
            moves(outcome.walk.as_ref()),
        )?;
    }
    page.push_str(
        "\n*In turns*: random moves between releases, each by one of the two. *Walk of ours*: random moves between\n\
         revisions by ours alone. After each move of ours the tables that keep their rows have as many as before.\n",
    );
    accepted(&mut page, outcomes)?;
    differences(&mut page, known)?;
    hard(&mut page, outcomes)?;
    let failures: Vec<&String> = outcomes
        .iter()
        .filter_map(|outcome| outcome.turns.as_ref())
        .flat_map(|turns| &turns.real_failures)
        .collect();
    if !failures.is_empty() {
        page.push_str("\n## Turns that the real one fails\n\n");
        failures.iter().try_for_each(|failure| writeln!(page, "- {failure}"))?;
    }
    Ok(page)
}

fn moves(moves: Option<&Moves>) -> String {
    match moves {
        None => "not run".to_owned(),
        Some(moves) if !moves.wrong.is_empty() => format!("**{} wrong**", moves.wrong.len()),
        Some(moves) if !moves.real_failures.is_empty() => {
            format!("{} moves, {} fail in the real one", moves.count, moves.real_failures.len())
        }
        Some(moves) => format!("{} moves", moves.count),
    }
}

fn accepted(page: &mut String, outcomes: &[Outcome]) -> Result<()> {
    page.push_str("\n## The real Airflow and our database\n\n");
    let mut any = false;
    for outcome in outcomes {
        let Some(acceptance) = &outcome.acceptance else { continue };
        any = true;
        let said = match acceptance.differs.is_empty() {
            true => "`db check-migrations` succeeds, `db migrate` finds nothing to do, and Alembic nothing to change"
                .to_owned(),
            false => acceptance.differs.join("; "),
        };
        writeln!(page, "- {} from {}: {said}.", outcome.kind.name(), outcome.from)?;
    }
    if !any {
        page.push_str("Ours does not reach the newest revision yet.\n");
    }
    Ok(())
}

fn differences(page: &mut String, known: &Known) -> Result<()> {
    page.push_str("\n## What differs, and why\n");
    for (at, entry) in DIFFERENCES.iter().enumerate() {
        let found = known.found(at);
        if found.is_empty() {
            continue;
        }
        let what = match entry.what {
            What::OursHasMore => "rows that only ours has",
            What::OursHasLess => "rows that ours does not have",
            What::OnlyOurs => "tables that only ours has",
            What::Values(_) => "values",
            What::Ids(_) => "ids that are made up",
        };
        writeln!(page, "\n- **{}** ({what})\n", entry.why)?;
        let mut lines: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for found in found {
            lines.entry(place_of(found)).or_default().push(words(found));
        }
        lines.iter().try_for_each(|(place, tables)| writeln!(page, "  - {place}: {}", tables.join(", ")))?;
    }
    Ok(())
}

fn place_of(found: &Found) -> String {
    let leg = match found.leg {
        Leg::Up => "up",
        Leg::Back => "back",
        Leg::Round => "beside what was there at first",
    };
    format!("{} from {}, {leg}", found.kind.name(), found.from)
}

fn words(found: &Found) -> String {
    let column = found.column.as_ref().map(|column| format!(".{column}")).unwrap_or_default();
    format!("`{}{column}` {}", found.table, found.count)
}

fn hard(page: &mut String, outcomes: &[Outcome]) -> Result<()> {
    let mut lines = Vec::new();
    for outcome in outcomes {
        for case in &outcome.hard {
            let said = case.wrong.clone().unwrap_or_else(|| case.did.clone());
            lines.push(format!("| {} | {} | {} | {said} |", case.name, outcome.from, outcome.kind.name()));
        }
    }
    if !lines.is_empty() {
        page.push_str("\n## Rows that the real one fails on or loses\n\n| rows | filled at | database | ours |\n|---|---|---|---|\n");
        lines.sort();
        lines.iter().try_for_each(|line| writeln!(page, "{line}"))?;
    }
    Ok(())
}
