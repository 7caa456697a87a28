//! Loading and planning of long histories, as whole processes: ours, and the real Alembic.

use super::measure::{Measured, Taken, median, rounds};
use crate::Result;
use crate::cargo;
use crate::oracle::{Venv, build_one};

/// What Alembic takes grows with the square of its revisions: it is not asked about more.
const MOST_FOR_ALEMBIC: usize = 10_000;

/// When Alembic is stopped, in seconds.
const LIMIT_FOR_ALEMBIC: u32 = 300;

pub(super) fn run(number: usize, counts: &[usize]) -> Result<()> {
    let venv = Venv::ready()?;
    let program = build_one("oracle-operations", "bench-revisions", &["--release"])?;
    let script = cargo::root()?.join("xtask/bench/alembic_plan.py");
    println!(
        "| history | revisions | command ({number} interleaved rounds) | wall ms, median (min) | CPU ms | peak MiB |"
    );
    println!("|---|---|---|---|---|---|");
    for shape in ["linear", "merge-heavy"] {
        for count in counts {
            let directory = tempfile::tempdir()?;
            let path = directory.path().display().to_string();
            let write = ["write", &path, shape, &count.to_string()];
            cargo::run(std::process::Command::new(&program).args(write))?;
            let mut commands = vec![Measured {
                name: "ours: load, check, plan up and down",
                argv: vec![program.display().to_string(), "plan".to_owned(), format!("{path}/sql")],
                env: Vec::new(),
                rounds: None,
                limit: None,
                before: Vec::new(),
                cold: false,
            }];
            if *count <= MOST_FOR_ALEMBIC {
                let argv = [venv.program("python").display().to_string(), script.display().to_string()];
                commands.push(Measured {
                    name: "Alembic: load, plan up and down",
                    argv: argv.into_iter().chain([format!("{path}/alembic")]).collect(),
                    env: vec![("PYTHONDONTWRITEBYTECODE".to_owned(), "0".to_owned())],
                    rounds: Some(1),
                    limit: Some(LIMIT_FOR_ALEMBIC),
                    before: Vec::new(),
                    cold: false,
                });
            }
            rounds(number, &commands)?.iter().for_each(|taken| print(shape, *count, taken));
        }
    }
    Ok(())
}

fn print(shape: &str, count: usize, taken: &Taken) {
    if taken.wall.is_empty() {
        println!("| {shape} | {count} | {} | stopped after {LIMIT_FOR_ALEMBIC} s | | |", taken.name);
        return;
    }
    let least = taken.wall.iter().copied().fold(f64::INFINITY, f64::min);
    let peak = taken.peak.map_or("?".to_owned(), |peak| format!("{peak:.0}"));
    let (wall, cpu) = (median(&taken.wall), median(&taken.cpu));
    println!("| {shape} | {count} | {} | {wall:.0} ({least:.0}) | {cpu:.0} | {peak} |", taken.name);
}
