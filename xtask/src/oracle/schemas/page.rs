//! The page about the schemas.

use std::fmt::Write as _;

use super::{Copied, Run, reasons};

const INTRODUCTION: &str = "\
# Schemas of other projects

Written by `cargo xtask oracle schemas`. Each schema is made by its project's own tool: the real Airflow's ORM, the
migrations of Django's applications, the tables of other Python packages, or the files of SQL that a Debian package
brings. dunlin introspects the database, and creates what it found in an empty one, as models are created. What it found
is then compared, as models, with the original and with the copy, which must find nothing, and written as Rust. Both
databases are asked for their own words (`pg_dump -s`, `SHOW CREATE TABLE`, `sqlite_master` and the pragmas), which must
be the same; the order of objects, constraints and keys aside. SQLite keeps a table's text as it was typed: there,
everything that is only typing is evened out (`xtask/oracle/schemas/sqlite_text.py`).

*Beyond models* counts the objects that models cannot say, by kind. What a table of PostgreSQL can need of them
(extensions, domains, functions, sequences of no column, types that are no enums) was made in the empty database
before; the rest is not in the copy. Everything else that differs is listed below the table, with its reason where it
is known.

PostgreSQL does not always say an expression in the same words after it has read its own: where a database made from
`pg_dump` differs from the original and the copy is as that one is, the object is named as *said otherwise once
restored*, and counts as equal.
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
        for copied in run.copied.iter().filter(|copied| !copied.differences.as_restored.is_empty()) {
            let names = copied.differences.as_restored.join("`, `");
            write!(page, "\n{}: said otherwise once restored: `{names}`.\n", copied.schema.what).ok();
        }
        for copied in run.copied.iter().filter(|copied| !differing(copied).is_empty()) {
            write!(page, "\n### {} on {}\n\n", copied.schema.name, title(run)).ok();
            for line in differing(copied) {
                let why = reasons::why(run.kind, copied.schema.name, &line);
                let why = why.map(|why| format!(": {why}")).unwrap_or_default();
                writeln!(page, "- `{}`{why}", shown(&line)).ok();
            }
        }
    }
    page
}

/// How many differences have no reason that is known.
pub(super) fn unexplained(runs: &[Run]) -> usize {
    let of = |run: &Run, copied: &Copied| {
        let lines = differing(copied).into_iter();
        lines.filter(|line| reasons::why(run.kind, copied.schema.name, line).is_none()).count()
    };
    runs.iter().map(|run| run.copied.iter().map(|copied| of(run, copied)).sum::<usize>()).sum()
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

/// Everything that is not as it should be.
pub(super) fn differing(copied: &Copied) -> Vec<String> {
    let mut lines = Vec::new();
    let answer = &copied.answer;
    lines.extend(answer.drift_of_original.iter().map(|line| format!("comparison with the original: {line}")));
    lines.extend(answer.drift_of_copy.iter().map(|line| format!("comparison with the copy: {line}")));
    lines.extend(answer.unwritten.iter().map(|error| format!("cannot be written as Rust: {error}")));
    lines.extend(answer.error.iter().map(|error| format!("cannot be introspected: {error}")));
    lines.extend(answer.failures.iter().map(|failure| format!("cannot be created: {failure}")));
    lines.extend(copied.differences.lines.iter().cloned());
    lines.iter().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// A difference without the whole of a table's text.
fn shown(line: &str) -> String {
    const LONGEST: usize = 240;
    let mut text: String = line.replace('`', "'").chars().take(LONGEST).collect();
    if line.chars().count() > LONGEST {
        text.push('…');
    }
    text
}

fn title(run: &Run) -> &'static str {
    match run.kind.name() {
        "postgres" => "PostgreSQL",
        "mysql" => "MySQL",
        "mariadb" => "MariaDB",
        _ => "SQLite",
    }
}
