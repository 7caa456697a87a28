//! `docs/ORACLE.md`.

use std::fmt::Write;

use super::database::Kind;
use super::scenario::{Outcome, SCENARIOS};
use crate::Result;

/// Where the report is, in the repository.
pub(super) const PATH: &str = "docs/ORACLE.md";

/// The report.
pub(super) fn page(outcomes: &[Outcome]) -> Result<String> {
    let mut page = String::from(
        "# Beside the real Airflow\n\n\
         Made by `cargo xtask oracle airflow`; not edited by hand. The real Airflow and ours take turns on one\n\
         database. Compared are the facts (as in `apps/airflow/facts`), the database's own words (`pg_dump -s`,\n\
         `SHOW CREATE TABLE`, `sqlite_master`; only the order of statements and constraints is evened out, and on\n\
         SQLite spaces and quotes), and the rows that migrations put there. \"Equal\" is equal in all three.\n\n\
         | | version |\n|---|---|\n",
    );
    if let Some(outcome) = outcomes.first() {
        let version = |name: &str| outcome.made_by[name].as_str().unwrap_or("unknown").to_owned();
        writeln!(page, "| ours | {} |", env!("CARGO_PKG_VERSION"))?;
        writeln!(page, "| the real Airflow | {} (Alembic {}) |", version("airflow"), version("alembic"))?;
    }
    for outcome in outcomes {
        let server = outcome.made_by["server"].as_str().unwrap_or("unknown");
        writeln!(page, "| {} | {server} |", outcome.kind.name())?;
    }
    page.push_str("\n| scenario |");
    outcomes.iter().try_for_each(|outcome| write!(page, " {} |", outcome.kind.name()))?;
    page.push_str("\n|---|");
    page.push_str(&"---|".repeat(outcomes.len()));
    for (number, scenario) in SCENARIOS.iter().enumerate() {
        write!(page, "\n| {}. {} |", number + 1, scenario.title)?;
        for outcome in outcomes {
            match &outcome.results[number] {
                Ok(differences) if differences.is_empty() => page.push_str(" equal |"),
                Ok(differences) => write!(page, " {} |", count(differences.len()))?,
                Err(_) => page.push_str(" **failed** |"),
            }
        }
    }
    page.push('\n');
    for kind in Kind::AIRFLOW.iter().filter(|kind| !outcomes.iter().any(|outcome| outcome.kind == **kind)) {
        writeln!(page, "\nNot run on {}.", kind.name())?;
    }
    page.push_str(
        "\nOn MariaDB the real Airflow does not reach 3.0: its revision `eed27faa34e3` fails there.\n",
    );
    page.push_str("\n## The scenarios\n");
    for (number, scenario) in SCENARIOS.iter().enumerate() {
        writeln!(page, "\n{}. **{}**", number + 1, scenario.title)?;
        scenario.steps.iter().try_for_each(|step| writeln!(page, "   - {step}"))?;
    }
    page.push_str("\n## Differences\n");
    let before = page.len();
    for outcome in outcomes {
        for (number, result) in outcome.results.iter().enumerate() {
            let (kind, scenario) = (outcome.kind.name(), number + 1);
            match result {
                Ok(differences) if differences.is_empty() => {}
                Ok(differences) => {
                    writeln!(page, "\n{kind}, scenario {scenario}:\n")?;
                    differences.iter().try_for_each(|difference| writeln!(page, "- `{difference}`"))?;
                }
                Err(e) => writeln!(page, "\n{kind}, scenario {scenario} failed:\n\n```text\n{e}\n```")?,
            }
        }
    }
    if page.len() == before {
        page.push_str("\nNone.\n");
    }
    Ok(page)
}

fn count(differences: usize) -> String {
    if differences == 1 { "1 difference".to_owned() } else { format!("{differences} differences") }
}
