//! `db check-migrations` on an up-to-date PostgreSQL database, as a whole process.

use std::path::Path;
use std::process::Command;

use super::measure::{Measured, Taken, median, paired_ratio, program, rounds};
use crate::Result;
use crate::machine::output;
use crate::oracle::{Kind, Place, Programs, Venv, Who, environment};

/// The real Airflow takes seconds: a few rounds of it are enough.
const ROUNDS_OF_AIRFLOW: usize = 3;

pub(super) fn run(number: usize) -> Result<()> {
    let venv = Venv::ready()?;
    let programs = Programs::ready(&venv)?;
    let place = Place::for_each(&[Kind::Postgres], &venv)?.remove(0);
    let ours = place.fresh(&venv, "bench_ours")?;
    programs.run(Who::OursWithManager, &ours, "db migrate")?;
    let real = place.fresh(&venv, "bench_real")?;
    programs.run(Who::Real, &real, "db migrate")?;

    let bin = output(Command::new("pg_config").arg("--bindir"))?;
    let native = ours.url.replacen("postgresql+psycopg2", "postgresql", 1);
    let check = ["db", "check-migrations"].map(str::to_owned);
    let commands = [
        Measured {
            name: "psql -c 'select 1'",
            argv: [program(Path::new(bin.trim()), "psql"), native]
                .into_iter()
                .chain(["-XAtqc", "select 1"].map(str::to_owned))
                .collect(),
            env: Vec::new(),
            rounds: None,
            limit: None,
            before: Vec::new(),
            cold: false,
        },
        Measured {
            name: "airflow db check-migrations (ours, 2 owners)",
            argv: std::iter::once(programs.ours.display().to_string()).chain(check.clone()).collect(),
            env: environment(Who::OursWithManager, &ours),
            rounds: None,
            limit: None,
            before: Vec::new(),
            cold: false,
        },
        Measured {
            name: "airflow db check-migrations (the real one)",
            argv: std::iter::once(programs.real.display().to_string()).chain(check).collect(),
            env: environment(Who::Real, &real),
            rounds: Some(ROUNDS_OF_AIRFLOW),
            limit: None,
            before: Vec::new(),
            cold: false,
        },
    ];
    let taken = rounds(number, &commands)?;
    print(&taken, number);
    Ok(())
}

fn print(taken: &[Taken], rounds: usize) {
    println!("\n| command ({rounds} interleaved rounds) | wall ms, median (min) | CPU ms | peak MiB |");
    println!("|---|---|---|---|");
    for command in taken {
        let least = command.wall.iter().copied().fold(f64::INFINITY, f64::min);
        let peak = command.peak.map_or("?".to_owned(), |peak| format!("{peak:.1}"));
        let (wall, cpu) = (median(&command.wall), median(&command.cpu));
        println!("| {} | {wall:.1} ({least:.1}) | {cpu:.1} | {peak} |", command.name);
    }
    if let [psql, ours, real] = taken {
        println!("\nours / psql: {:.2} (median of the rounds' ratios)", paired_ratio(&ours.wall, &psql.wall));
        println!("the real one / ours: {:.0}", median(&real.wall) / median(&ours.wall));
    }
}
