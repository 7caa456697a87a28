//! `oracle names`: the names that the real SQLAlchemy gives to constraints and indexes, written down.

use std::fs;

use super::repository;
use super::venv::Venv;
use crate::Result;

/// Writes the names, or compares them with what is written.
pub(super) fn run(venv: &Venv, check: bool) -> Result<()> {
    let path = repository().join("crates/dunlin-core/tests/naming.jsonl");
    let real = crate::machine::output(&mut venv.run_script("naming.py"))?;
    let tables = real.lines().skip(1).count();
    if !check {
        fs::write(&path, real + "\n")?;
        println!("names written: those in {tables} tables, in {}", path.display());
        return Ok(());
    }
    let committed = fs::read_to_string(&path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
    let committed = committed.trim_end();
    if committed == real {
        println!("names checked: the committed names in {tables} tables are the real ones");
        return Ok(());
    }
    let same = committed.lines().zip(real.lines()).take_while(|(committed, real)| committed == real).count();
    Err(format!("line {} of {} is not what the real SQLAlchemy says", same + 1, path.display()).into())
}
