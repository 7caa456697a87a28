//! The cases of `cargo xtask oracle operations` and `cargo xtask oracle autogenerate`, as dunlin does them. The twins of
//! the first, as Alembic does them, are in `xtask/oracle/alembic_cases*.py`.
//!
//! A line of JSON is read for each request, and one is written for its answer:
//!
//! - `{"do": "cases"}`: each case's name, its starting schema and the databases it is for.
//! - `{"do": "change", "url", "case"}`: the starting schema, then the change, each a revision of its own.
//! - `{"do": "models"}`: each pair of models: its name, its group, the databases it is for, `from` and `to`.
//! - `{"do": "create", "url", "case", "side"}`: makes the models of one side.
//! - `{"do": "upgrade", "url", "case"}`: compares a database made `from` with `to`, and makes what is found.
//! - `{"do": "downgrade", "url", "case", "made"}`: takes that back.
//!
//! An answer is `{"ok": value}`, or `{"error": text}` with the `phase` that failed.
#![allow(clippy::print_stdout, reason = "its answers are what it is for")]

mod autogenerate;
mod cases;
mod change;

use std::io::{BufRead, Write};

use serde_json::{Value, json};

use self::autogenerate::answer;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (cases, models) = (cases::all(), autogenerate::all());
    for line in std::io::stdin().lock().lines() {
        let request: Value = serde_json::from_str(&line?)?;
        let text = |name: &str| request[name].as_str().unwrap_or_default();
        let (url, name) = (text("url"), text("case"));
        let case = cases.iter().find(|case| case.name == name);
        let pair = models.iter().find(|pair| pair.name() == name);
        let answer = match (text("do"), case, pair) {
            ("cases", ..) => json!({"ok": cases.iter().map(cases::Case::described).collect::<Vec<_>>()}),
            ("models", ..) => {
                json!({"ok": models.iter().map(autogenerate::Case::described).collect::<Vec<_>>()})
            }
            ("change", Some(case), _) => runtime.block_on(change::run(url, case)),
            ("create", _, Some(pair)) => runtime.block_on(answer::create(url, pair, text("side"))),
            ("upgrade", _, Some(pair)) => runtime.block_on(answer::upgrade(url, pair)),
            ("downgrade", _, Some(pair)) => runtime.block_on(answer::downgrade(url, pair, &request["made"])),
            _ => json!({"error": "a request that is not known", "phase": "request"}),
        };
        println!("{answer}");
        std::io::stdout().flush()?;
    }
    Ok(())
}
