//! `docs/OPERATIONS.md`.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value;

use super::verdict::Verdict;
use super::{Case, Run};
use crate::Result;

/// The heading behind which the findings stand.
const FINDINGS: &str = "## Counts";

/// What was found, without the versions of those who found it.
pub(super) fn findings(page: &str) -> &str {
    page.find(FINDINGS).map_or(page, |at| &page[at..])
}

/// The report.
pub(super) fn page(made_by: &Value, cases: &[Case], runs: &[Run]) -> Result<String> {
    let mut page = String::from(
        "# Operations beside Alembic\n\n\
         Made by `cargo xtask oracle operations`; not edited by hand. Each case is a starting schema with rows and a\n\
         change of it, written twice: with Alembic's operations (`xtask/oracle/alembic_cases*.py`; changes of tables\n\
         in batch mode, as Airflow's migrations do them) and with ours (`xtask/operations`). Each side does it on an\n\
         empty database of the same server. Compared is what the databases then say of themselves (`pg_dump -s`,\n\
         `SHOW CREATE TABLE`, `sqlite_master`) and all rows of all tables. Evened out are the order of statements and\n\
         constraints, the next AUTO_INCREMENT value, the time at which a case ran, and on SQLite, which keeps the\n\
         text of a CREATE TABLE as it was typed, what is form only: spaces, quotes, and whether a key stands at its\n\
         column or behind the columns.\n\n\
         | | version |\n|---|---|\n",
    );
    let version = |name: &str| made_by[name].as_str().unwrap_or("unknown").to_owned();
    writeln!(page, "| ours | {} |", env!("CARGO_PKG_VERSION"))?;
    writeln!(page, "| Alembic | {} (SQLAlchemy {}) |", version("alembic"), version("sqlalchemy"))?;
    runs.iter().try_for_each(|run| writeln!(page, "| {} | {} |", run.kind.name(), run.server))?;
    counts(&mut page, runs)?;
    on_purpose(&mut page, runs)?;
    refused(&mut page, runs, "Only ours", "What Alembic says.", |verdict| match verdict {
        Verdict::AlembicCannot { error } => Some(vec![error.clone()]),
        _ => None,
    })?;
    refused(
        &mut page,
        runs,
        "Only Alembic",
        "What ours says, and why that is right.",
        |verdict| match verdict {
            Verdict::WeCannot { error, why } => {
                Some(vec![error.clone(), why.unwrap_or("**no reason is known**").to_owned()])
            }
            _ => None,
        },
    )?;
    refused(&mut page, runs, "Neither", "What Alembic says, and what ours says.", |verdict| match verdict {
        Verdict::NeitherCan { alembic, ours } => Some(vec![alembic.clone(), ours.clone()]),
        _ => None,
    })?;
    table(&mut page, cases, runs)?;
    Ok(page)
}

fn counts(page: &mut String, runs: &[Run]) -> Result<()> {
    write!(page, "\n{FINDINGS}\n\n| |")?;
    runs.iter().try_for_each(|run| write!(page, " {} |", run.kind.name()))?;
    write!(page, "\n|---|{}", "---:|".repeat(runs.len()))?;
    type Is = fn(&Verdict) -> bool;
    let rows: [(&str, Is); 5] = [
        ("equal", |verdict| matches!(verdict, Verdict::Equal)),
        ("different on purpose", |verdict| matches!(verdict, Verdict::OnPurpose { .. })),
        ("only ours does it", |verdict| matches!(verdict, Verdict::AlembicCannot { .. })),
        ("only Alembic does it", |verdict| matches!(verdict, Verdict::WeCannot { .. })),
        ("neither does it", |verdict| matches!(verdict, Verdict::NeitherCan { .. })),
    ];
    write!(page, "\n| **dumps compared** |")?;
    runs.iter().try_for_each(|run| write!(page, " **{}** |", run.compared()))?;
    for (title, is) in rows {
        write!(page, "\n| {title} |")?;
        runs.iter().try_for_each(|run| write!(page, " {} |", run.count(is)))?;
    }
    write!(page, "\n| different, and should not be |")?;
    let different = |verdict: &Verdict| matches!(verdict, Verdict::Different { .. });
    runs.iter().try_for_each(|run| write!(page, " {} |", run.count(different)))?;
    page.push('\n');
    Ok(())
}

fn on_purpose(page: &mut String, runs: &[Run]) -> Result<()> {
    page.push_str("\n## Different on purpose\n");
    let mut reasons: Vec<&str> = Vec::new();
    for (_, verdict) in runs.iter().flat_map(|run| &run.verdicts) {
        match verdict {
            Verdict::OnPurpose { why, .. } if !reasons.contains(why) => reasons.push(why),
            _ => {}
        }
    }
    for reason in reasons {
        writeln!(page, "\n**{reason}**\n")?;
        for run in runs {
            for (case, verdict) in &run.verdicts {
                match verdict {
                    Verdict::OnPurpose { why, differences } if *why == reason => {
                        writeln!(page, "- {}, {case}:", run.kind.name())?;
                        differences.iter().try_for_each(|line| writeln!(page, "  - {}", code(line)))?;
                    }
                    _ => {}
                }
            }
        }
    }
    Ok(())
}

/// What somebody did not do, by case: what is said is shown once for all databases where it is the same.
fn refused(
    page: &mut String,
    runs: &[Run],
    title: &str,
    about: &str,
    said: impl Fn(&Verdict) -> Option<Vec<String>>,
) -> Result<()> {
    let mut found: BTreeMap<(&str, Vec<String>), Vec<&str>> = BTreeMap::new();
    for run in runs {
        for (case, verdict) in &run.verdicts {
            if let Some(said) = said(verdict) {
                let said = said.iter().map(|text| first_line(text)).collect();
                found.entry((case, said)).or_default().push(run.kind.name());
            }
        }
    }
    writeln!(page, "\n## {title}\n\n{about}\n")?;
    if found.is_empty() {
        page.push_str("None.\n");
    }
    for ((case, said), on) in found {
        writeln!(
            page,
            "- {case} ({}): {}",
            on.join(", "),
            said.iter().map(|text| code(text)).collect::<Vec<_>>().join("; ")
        )?;
    }
    Ok(())
}

fn table(page: &mut String, cases: &[Case], runs: &[Run]) -> Result<()> {
    page.push_str("\n## The cases\n\n| case | start |");
    runs.iter().try_for_each(|run| write!(page, " {} |", run.kind.name()))?;
    write!(page, "\n|---|---|{}", "---|".repeat(runs.len()))?;
    for case in cases {
        write!(page, "\n| {} | {} |", case.name, case.start)?;
        for run in runs {
            let verdict = run.verdicts.iter().find(|(name, _)| *name == case.name);
            write!(page, " {} |", verdict.map_or("", |(_, verdict)| verdict.word()))?;
        }
    }
    page.push('\n');
    Ok(())
}

/// The first line of what was said: the rest repeats the statement.
fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

/// In a code span, whatever it holds.
fn code(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}
