//! `oracle graph`: what the real Alembic makes of revision graphs, written down.
//!
//! Graphs, database states and targets are drawn from a seed; the real Alembic answers them several times, each time
//! with sets in another order. An answer that is not the same each time stands with the others beside it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::thread;

use clap::Args as ClapArgs;
use serde_json::{Map, Value};

use super::repository;
use super::venv::Venv;
use crate::Result;
use crate::machine::{cache_dir, output};

/// How many orders of sets are tried at one time.
const AT_ONCE: usize = 2;

/// What is asked of a case; the rest of it is the answer.
const ASKED: [&str; 4] = ["do", "rows", "target", "targets"];
/// What is for people to read; it may name revisions in another order.
const TEXTS: [&str; 2] = ["error", "warning"];

#[derive(ClapArgs)]
pub(super) struct Args {
    /// How many graphs.
    #[arg(long, default_value_t = 3000)]
    graphs: usize,
    /// What they are drawn from.
    #[arg(long, default_value_t = 5)]
    seed: u64,
    /// How many orders of Alembic's sets are tried.
    #[arg(long, default_value_t = 4)]
    orders: usize,
    /// Compare with the committed answers instead of writing them.
    #[arg(long)]
    check: bool,
}

/// Writes the answers, or compares them with what is written.
pub(super) fn run(venv: &Venv, args: &Args) -> Result<()> {
    let drawn = ["draw".to_owned(), args.graphs.to_string(), args.seed.to_string()];
    write(venv, &drawn, "graph.jsonl", args)?;
    let of_suite = ["suite".to_owned(), args.seed.to_string()];
    write(venv, &of_suite, "graph-alembic-suite.jsonl", args)
}

fn write(venv: &Venv, draw: &[String], name: &str, args: &Args) -> Result<()> {
    let asked = cache_dir()?.join("oracle").join(format!("asked-{name}"));
    fs::write(&asked, output(venv.run_script("graph").args(draw).env("PYTHONHASHSEED", "0"))? + "\n")?;
    let answers = merged(answers(venv, &asked, args.orders)?)?;
    let path = repository().join("crates/dunlin-engine/tests/data").join(name);
    if args.check {
        return compare(&path, &answers);
    }
    let unstable = answers.lines().filter(|line| line.contains("\"unstable\"")).count();
    fs::write(&path, &answers)?;
    println!(
        "graphs written: {}, {unstable} of them in part unstable, in {}",
        answers.lines().count(),
        path.display()
    );
    Ok(())
}

/// The answers under each order of sets.
fn answers(venv: &Venv, asked: &Path, orders: usize) -> Result<Vec<String>> {
    let answer = |order: usize| -> std::result::Result<String, String> {
        let mut command = venv.run_script("graph");
        let asked = File::open(asked).map_err(|e| e.to_string())?;
        command.arg("answer").env("PYTHONHASHSEED", order.to_string()).stdin(asked);
        output(&mut command).map_err(|e| e.to_string())
    };
    let mut all = Vec::new();
    for orders in (0..orders).collect::<Vec<_>>().chunks(AT_ONCE) {
        let some = thread::scope(|scope| {
            let started: Vec<_> = orders.iter().map(|order| scope.spawn(|| answer(*order))).collect();
            started.into_iter().map(thread::ScopedJoinHandle::join).collect::<Vec<_>>()
        });
        for one in some {
            all.push(one.map_err(|_| "a defect in xtask: a thread panicked")??);
        }
    }
    Ok(all)
}

/// The answers under the first order, and where those under others differ, these too.
fn merged(answers: Vec<String>) -> Result<String> {
    let mut all: Vec<_> = answers.iter().map(|answers| answers.lines()).collect();
    let mut text = String::new();
    loop {
        let lines: Vec<_> = all.iter_mut().filter_map(Iterator::next).collect();
        if lines.is_empty() {
            return Ok(text);
        }
        let mut graphs = Vec::new();
        for line in lines {
            graphs.push(serde_json::from_str::<Map<String, Value>>(line)?);
        }
        text += &serde_json::to_string(&one_graph(graphs))?;
        text.push('\n');
    }
}

fn one_graph(mut graphs: Vec<Map<String, Value>>) -> Map<String, Value> {
    let mut cases: Vec<Vec<Map<String, Value>>> = Vec::new();
    for graph in &mut graphs {
        let of_graph = graph.remove("cases").and_then(|cases| serde_json::from_value(cases).ok());
        cases.push(of_graph.unwrap_or_default());
    }
    let others = graphs.split_off(1);
    let mut graph = graphs.remove(0);
    let keys: Vec<_> = others.iter().chain([&graph]).flat_map(|graph| graph.keys().cloned()).collect();
    let mut unstable: Vec<String> = Vec::new();
    for key in keys {
        if others.iter().any(|other| other.get(&key) != graph.get(&key)) && !TEXTS.contains(&key.as_str()) {
            graph.remove(&key);
            unstable.push(key);
        }
    }
    unstable.sort();
    unstable.dedup();
    if !unstable.is_empty() {
        graph.insert("unstable".to_owned(), unstable.into());
    }
    let other_cases = cases.split_off(1);
    let mut merged = cases.remove(0);
    for (place, case) in merged.iter_mut().enumerate() {
        let first = result(case);
        let mut different: Vec<Map<String, Value>> = Vec::new();
        for other in other_cases.iter().filter_map(|cases| cases.get(place)).map(result) {
            if other != first && !different.contains(&other) {
                different.push(other);
            }
        }
        if !different.is_empty() {
            case.insert("unstable".to_owned(), different.into());
        }
    }
    graph.insert("cases".to_owned(), merged.into());
    graph
}

/// What came of a case.
fn result(case: &Map<String, Value>) -> Map<String, Value> {
    let mut result = case.clone();
    result.retain(|key, _| !ASKED.contains(&key.as_str()) && !TEXTS.contains(&key.as_str()));
    result
}

fn compare(path: &PathBuf, real: &str) -> Result<()> {
    let committed = fs::read_to_string(path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
    if committed == real {
        println!("graphs checked: the {} in {} are answered so", real.lines().count(), path.display());
        return Ok(());
    }
    let same = committed.lines().zip(real.lines()).take_while(|(committed, real)| committed == real).count();
    Err(format!("line {} of {} is not what the real Alembic answers", same + 1, path.display()).into())
}
