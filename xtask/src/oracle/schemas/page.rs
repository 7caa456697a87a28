//! The page about the schemas.

use std::fmt::Write as _;

use super::{Copied, Run};

const INTRODUCTION: &str = "\
# Schemas of other projects

Written by `cargo xtask oracle schemas`. Each schema is made by its project's own tool: the real Airflow's ORM, the
migrations of Django's applications, the tables of other Python packages, or the files of SQL that a Debian package
brings. dunlin introspects the database, and creates what it found in an empty one, as models are created. Then both
databases are asked for their own words (`pg_dump -s`, `SHOW CREATE TABLE`, `sqlite_master` and the pragmas), which must
be the same; the order of objects, constraints and keys aside. SQLite keeps a table's text as it was typed: there,
everything that is only typing is evened out (`xtask/oracle/schemas/sqlite_text.py`).

*Beyond models* counts the objects that models cannot say, by kind. What a table of PostgreSQL can need of them
(extensions, domains, functions, sequences of no column, types that are no enums) was made in the empty database
before; the rest is not in the copy. Everything else that differs is listed below the table.
";

/// The page.
pub(super) fn page(runs: &[Run]) -> String {
    let mut page = INTRODUCTION.to_owned();
    for run in runs {
        let equal = run.copied.iter().filter(|copied| differing(copied).is_empty()).count();
        write!(
            page,
            "\n## {}\n\nServer: {}. {equal} of {} schemas are equal.\n\n\
             | schema | tables | columns | constraints | indexes | enums | views | beyond models | differs |\n\
             |---|--:|--:|--:|--:|--:|--:|---|--:|\n",
            title(run),
            run.server,
            run.copied.len(),
        )
        .ok();
        for copied in &run.copied {
            row(&mut page, copied);
        }
        for copied in run.copied.iter().filter(|copied| !differing(copied).is_empty()) {
            write!(page, "\n### {} on {}\n\n", copied.schema.name, title(run)).ok();
            for line in differing(copied) {
                writeln!(page, "- `{}`", line.replace('`', "'")).ok();
            }
        }
    }
    page
}

/// How many differences have no explanation.
pub(super) fn unexplained(runs: &[Run]) -> usize {
    runs.iter().flat_map(|run| &run.copied).map(|copied| differing(copied).len()).sum()
}

fn row(page: &mut String, copied: &Copied) {
    let count = |what: &str| copied.answer.counts[what].as_u64().unwrap_or_default();
    let beyond: Vec<_> = copied
        .differences
        .beyond
        .iter()
        .map(|(kind, count)| format!("{count} {}", kind.to_lowercase()))
        .collect();
    let differs = match differing(copied).len() {
        0 => "equal".to_owned(),
        count => count.to_string(),
    };
    writeln!(
        page,
        "| {} | {} | {} | {} | {} | {} | {} | {} | {differs} |",
        copied.schema.what,
        count("tables"),
        count("columns"),
        count("constraints"),
        count("indexes"),
        count("enum types"),
        count("views"),
        beyond.join(", "),
    )
    .ok();
}

fn differing(copied: &Copied) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(copied.answer.error.iter().map(|error| format!("cannot be introspected: {error}")));
    lines.extend(copied.answer.failures.iter().map(|failure| format!("cannot be created: {failure}")));
    lines.extend(copied.differences.lines.iter().cloned());
    lines
}

fn title(run: &Run) -> &'static str {
    match run.kind.name() {
        "postgres" => "PostgreSQL",
        "mysql" => "MySQL",
        "mariadb" => "MariaDB",
        _ => "SQLite",
    }
}
