//! `docs/AUTOGENERATE.md`.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value;

use super::verdict::{Verdict, Word};
use super::{Case, Outcome, Run, reasons};
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
        "# Autogenerate beside Alembic\n\n\
         Made by `cargo xtask oracle autogenerate`; not edited by hand (`--check` compares it with what is found now).\n\n\
         Each line of the tables is one change: a pair of models, from and to (`xtask/operations/src/autogenerate`). The\n\
         database is made of the first. Then each side compares it with the second, makes a migration of what it finds,\n\
         runs it, and compares again. A change is done (●) if then nothing is found any more, and the database says the\n\
         same of itself (`pg_dump -s`, `SHOW CREATE TABLE`, `sqlite_master`) as one that is made of the second models. Ours\n\
         must also take it back: the downgrade that was made must give the first database again.\n\n\
         Alembic has the models as SQLAlchemy says them, `compare_type` and `compare_server_default`, and its plug-in for\n\
         checks (`alembic.ext.checkconstraint_byname`), which must be asked for; not where nothing changes, as it could\n\
         only raise alarms there. Its migration is the text that `revision --autogenerate` writes, in batch mode on SQLite.\n\
         Defaults are given to it as SQL, as it raises fewer false alarms then than with Python's values. What it finds\n\
         although nothing changed is not held against a change.\n\n\
         The table of unchanged schemas has some that stay as they are. Whatever is found in them is a false alarm.\n\n\
         | | version |\n|---|---|\n",
    );
    let version = |name: &str| made_by[name].as_str().unwrap_or("unknown").to_owned();
    writeln!(page, "| ours | {} |", env!("CARGO_PKG_VERSION"))?;
    writeln!(page, "| Alembic | {} (SQLAlchemy {}) |", version("alembic"), version("sqlalchemy"))?;
    runs.iter().try_for_each(|run| writeln!(page, "| {} | {} |", run.kind.name(), run.server))?;
    page.push_str(
        "\n| symbol | meaning |\n|---|---|\n\
         | ● | found, made, and then the same as the models; where nothing changed: nothing found |\n\
         | ? | the same, when it is said that something has a new name: ours asks (`--rename` answers) |\n\
         | ⇄ | a new name is taken for something dropped and something added: what was in it is lost |\n\
         | ~ | found, and made in one run and not in another: tables are dropped in the order of a set |\n\
         | ◐ | found, and the migration fails, or does not make what the models say, or cannot be taken back |\n\
         | ○ | not found |\n\
         | ! | a false alarm |\n\
         | – | cannot be said: SQLAlchemy has no words for it |\n\n",
    );
    counts(&mut page, cases, runs)?;
    ours(&mut page, cases, runs)?;
    tables(&mut page, cases, runs)?;
    alembic(&mut page, cases, runs)?;
    Ok(page)
}

fn counts(page: &mut String, cases: &[Case], runs: &[Run]) -> Result<()> {
    type Is = fn(&Verdict) -> bool;
    let changes: [(&str, Is); 7] = [
        ("found", |verdict| verdict.word.is_found()),
        ("found, made, and then the same as the models", |verdict| verdict.word.is_complete()),
        ("found, and the migration does less", |verdict| verdict.word.symbol() == "◐"),
        ("found, and made by chance", |verdict| verdict.word == Word::ByChance),
        ("a new name taken for a drop and an addition", |verdict| verdict.word == Word::DropAndAdd),
        ("not found", |verdict| verdict.word == Word::NotFound),
        ("cannot be said", |verdict| verdict.word == Word::Unsaid),
    ];
    let unchanged: [(&str, Is); 1] = [("false alarms", |verdict| verdict.word == Word::Alarm)];
    write!(page, "{FINDINGS}\n\n| |")?;
    runs.iter().try_for_each(|run| write!(page, " {0}: Alembic | {0}: ours |", run.kind.name()))?;
    write!(page, "\n|---|{}", "---:|---:|".repeat(runs.len()))?;
    for (title, is_unchanged, rows) in
        [("changes", false, changes.as_slice()), ("schemas that do not change", true, unchanged.as_slice())]
    {
        let here = |run: &Run, is: &dyn Fn(&Outcome) -> bool| {
            let results = run.results.iter().filter(|outcome| cases[outcome.case].unchanged == is_unchanged);
            results.filter(|outcome| is(outcome)).count()
        };
        write!(page, "\n| **{title}** |")?;
        runs.iter().try_for_each(|run| write!(page, " **{0}** | **{0}** |", here(run, &|_| true)))?;
        for (title, is) in rows {
            write!(page, "\n| {title} |")?;
            for run in runs {
                let alembic = here(run, &|outcome| is(&outcome.alembic));
                write!(page, " {alembic} | {} |", here(run, &|outcome| is(&outcome.ours)))?;
            }
        }
    }
    page.push('\n');
    Ok(())
}

/// What ours does not do.
fn ours(page: &mut String, cases: &[Case], runs: &[Run]) -> Result<()> {
    page.push_str("\n## What ours does not do\n\n");
    let mut lines: BTreeMap<(usize, String), Vec<&str>> = BTreeMap::new();
    for run in runs {
        for outcome in &run.results {
            let (case, verdict) = (&cases[outcome.case], &outcome.ours);
            if verdict.word.is_complete() && verdict.alarms.is_empty() {
                continue;
            }
            let why = reasons::of(case, run.kind);
            let notes = if verdict.word.is_complete() { &verdict.alarms } else { &verdict.notes };
            let why =
                why.map_or_else(|| format!("**{}** {}", verdict.word.said(), some(notes)), str::to_owned);
            lines.entry((outcome.case, why)).or_default().push(run.kind.name());
        }
    }
    if lines.is_empty() {
        page.push_str("Nothing is missing.\n");
    }
    for ((case, why), on) in lines {
        writeln!(page, "- {} ({}): {why}", cases[case].id, on.join(", "))?;
    }
    Ok(())
}

/// What Alembic finds where nothing changed, and what its migrations fail at.
fn alembic(page: &mut String, cases: &[Case], runs: &[Run]) -> Result<()> {
    type Is = fn(Word) -> bool;
    let parts: [(&str, Is); 2] = [
        ("Alembic's false alarms", |word| word == Word::Alarm),
        ("What Alembic finds and does not make", |word| matches!(word, Word::NotMade | Word::NotConverged)),
    ];
    for (title, is) in parts {
        writeln!(page, "\n## {title}\n")?;
        let mut lines: BTreeMap<(usize, String), Vec<&str>> = BTreeMap::new();
        for run in runs {
            for outcome in run.results.iter().filter(|outcome| is(outcome.alembic.word)) {
                let notes = some(&outcome.alembic.notes);
                lines.entry((outcome.case, notes)).or_default().push(run.kind.name());
            }
        }
        for ((case, notes), on) in lines {
            writeln!(page, "- {} ({}): {notes}", cases[case].id, on.join(", "))?;
        }
    }
    Ok(())
}

fn tables(page: &mut String, cases: &[Case], runs: &[Run]) -> Result<()> {
    let mut group = "";
    for (at, case) in cases.iter().enumerate() {
        let results: Vec<_> =
            runs.iter().map(|run| run.results.iter().find(|outcome| outcome.case == at)).collect();
        if results.iter().all(Option::is_none) {
            continue;
        }
        if case.group != group {
            group = &case.group;
            write!(page, "\n## {group}\n\n| |")?;
            runs.iter().try_for_each(|run| write!(page, " {0}: Alembic | {0}: ours |", run.kind.name()))?;
            writeln!(page, "\n|---|{}", ":-:|:-:|".repeat(runs.len()))?;
        }
        write!(page, "| {} |", case.name)?;
        for result in results {
            match result {
                Some(outcome) => {
                    write!(page, " {} | {} |", outcome.alembic.word.symbol(), outcome.ours.word.symbol())?;
                }
                None => page.push_str(" | |"),
            }
        }
        page.push('\n');
    }
    Ok(())
}

/// The first of some notes, in code spans.
fn some(notes: &[String]) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<_> = notes.iter().take(SHOWN).map(|note| code(note)).collect();
    let more = if notes.len() > SHOWN { format!(" and {} more", notes.len() - SHOWN) } else { String::new() };
    format!("{}{more}", shown.join("; "))
}

/// In a code span, whatever it holds.
fn code(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}
