//! `docs/AIRFLOW-DATA.md`.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::super::database::Kind;
use super::Outcome;
use super::known::{DIFFERENCES, Found, Known, Leg, What};
use super::moves::Moves;
use crate::Result;

const HEAD: &str = "\
# Rows, migrated by the real Airflow and by ours

Made by `cargo xtask oracle data`; not edited by hand. The real Airflow makes the schema of a release, and every table
of it is filled (`xtask/oracle/fill.py`). One copy is migrated by the real Airflow to the newest release and back,
another by ours. Compared are all rows of both, at the top and back at the bottom: JSON by value, compressed and pickled
values by their contents, ids that a migration makes up by what they stand for. The rows that ours leaves at the bottom
are then compared with those that were there at first. A difference that is not in the list of those that may be
(`xtask/src/oracle/data/reasons.rs`) is an error, and so is an entry of it that does not differ.

*In turns*: random moves between releases, each by one of the two. *Walk of ours*: random moves between revisions by
ours alone. After each move of ours the tables that keep their rows have as many as before.
";

/// A page with this section instead of the one that it has of this kind of database.
pub(super) fn with_section(page: &str, kind: Kind, section: &str) -> String {
    let title = |kind: Kind| format!("\n## {}\n", kind.name());
    let mut sections: Vec<String> = Vec::new();
    for other in Kind::ALL {
        let of_other = if other == kind {
            Some(section.to_owned())
        } else {
            page.split_once(&title(other)).map(|(_, rest)| {
                let end = Kind::ALL.iter().filter_map(|next| rest.find(&title(*next))).min();
                format!("{}{}", title(other), &rest[..end.unwrap_or(rest.len())])
            })
        };
        sections.extend(of_other);
    }
    format!("{HEAD}{}", sections.concat())
}

/// What is to be said of one kind of database.
pub(super) fn section(kind: Kind, outcomes: &[Outcome], known: &Known) -> Result<String> {
    let mut page = format!("\n## {}\n\n", kind.name());
    page.push_str(
        "| filled at | migrated to | tables | rows | equal tables up | back | as at first | in turns | walk of ours |\n\
         |---|---|--:|--:|--:|--:|--:|---|---|\n",
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
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
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
    accepted(&mut page, outcomes)?;
    differences(&mut page, kind, known)?;
    for outcome in outcomes {
        if let Some(why) = &outcome.real_fails {
            writeln!(page, "\nThe real one fails on the database filled at {}: `{why}`", outcome.from)?;
        }
    }
    hard(&mut page, outcomes)?;
    let failures: Vec<&String> = outcomes
        .iter()
        .filter_map(|outcome| outcome.turns.as_ref())
        .flat_map(|turns| &turns.real_failures)
        .collect();
    if !failures.is_empty() {
        page.push_str("\nTurns that the real one fails:\n\n");
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
    for outcome in outcomes {
        let Some(acceptance) = &outcome.acceptance else { continue };
        let said = match acceptance.differs.is_empty() {
            true => "`db check-migrations` succeeds, `db migrate` finds nothing to do, and Alembic nothing to change"
                .to_owned(),
            false => acceptance.differs.join("; "),
        };
        writeln!(page, "\nThe real Airflow on ours at {}, filled at {}: {said}.", outcome.to, outcome.from)?;
    }
    Ok(())
}

fn differences(page: &mut String, kind: Kind, known: &Known) -> Result<()> {
    page.push_str("\nWhat differs, and why:\n");
    for (at, entry) in DIFFERENCES.iter().enumerate() {
        let found: Vec<&Found> = known.found(at).iter().filter(|found| found.kind == kind).collect();
        if found.is_empty() {
            continue;
        }
        let what = match entry.what {
            What::OursHasMore => "rows that only ours has",
            What::OursHasLess => "rows that ours does not have",
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
    format!("from {}, {leg}", found.from)
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
            lines.push(format!("| {} | {} | {said} |", case.name, outcome.from));
        }
    }
    if !lines.is_empty() {
        page.push_str(
            "\nRows that the real one fails on or loses:\n\n| rows | filled at | ours |\n|---|---|---|\n",
        );
        lines.sort();
        lines.iter().try_for_each(|line| writeln!(page, "{line}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_takes_its_place_and_leaves_the_others() {
        let section = |kind: Kind, text: &str| format!("\n## {}\n\n{text}\n", kind.name());
        let page = with_section("", Kind::Sqlite, &section(Kind::Sqlite, "old"));
        let page = with_section(&page, Kind::Postgres, &section(Kind::Postgres, "first"));
        let page = with_section(&page, Kind::Sqlite, &section(Kind::Sqlite, "new"));
        assert_eq!(page, format!("{HEAD}\n## postgres\n\nfirst\n\n## sqlite\n\nnew\n"));
        assert_eq!(with_section(&page, Kind::Sqlite, &section(Kind::Sqlite, "new")), page);
    }
}
