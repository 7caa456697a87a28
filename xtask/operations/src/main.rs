//! The cases of `cargo xtask oracle operations`, as dunlin does them. Their twins, as Alembic does them, are in
//! `xtask/oracle/alembic_cases*.py`.
//!
//! A line of JSON is read for each request, and one is written for its answer:
//!
//! - `{"do": "cases"}`: each case's name, its starting schema and the databases it is for.
//! - `{"do": "change", "url", "case"}`: the starting schema, then the change, each a revision of its own.
//!
//! An answer is `{"ok": value}`, or `{"error": text}` with the `phase` that failed.
#![allow(clippy::print_stdout, reason = "its answers are what it is for")]

mod cases;
mod change;

use std::io::{BufRead, Write};

use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let cases = cases::all();
    for line in std::io::stdin().lock().lines() {
        let request: Value = serde_json::from_str(&line?)?;
        let answer = match (request["do"].as_str(), request["url"].as_str(), request["case"].as_str()) {
            (Some("cases"), ..) => {
                json!({"ok": cases.iter().map(cases::Case::described).collect::<Vec<_>>()})
            }
            (Some("change"), Some(url), Some(name)) => match cases.iter().find(|case| case.name == name) {
                Some(case) => runtime.block_on(change::run(url, case)),
                None => json!({"error": format!("there is no case {name}"), "phase": "request"}),
            },
            _ => json!({"error": "a request that is not known", "phase": "request"}),
        };
        println!("{answer}");
        std::io::stdout().flush()?;
    }
    Ok(())
}
