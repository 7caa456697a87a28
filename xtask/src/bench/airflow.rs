//! Airflow's history on each database: from empty, and with rows.
//!
//! - From empty: `airflow db migrate -m` of ours, of the real one, and the statements that ours writes with `-s`, run by
//!   the database's client.
//! - With rows: a database at 2.10.3 with many task instances, upgraded to the head by ours and by the real one.

use std::fs;
use std::path::Path;

use super::measure::{Measured, Taken, median, paired_ratio, rounds};
use crate::Result;
use crate::cargo;
use crate::machine::output;
use crate::oracle::{Database, Kind, Place, Programs, Venv, Who, environment};
use crate::servers;

/// The release from which task instances are upgraded.
const FROM: &str = "2.10.3";

pub(super) fn run(number: usize, task_instances: usize, kinds: &[Kind]) -> Result<()> {
    let venv = Venv::ready()?;
    let programs = Programs::ready(&venv)?;
    println!("\n| database | what | wall s, median (min) | CPU s | peak MiB | rounds |");
    println!("|---|---|---|---|---|---|");
    for place in Place::for_each(kinds, &venv)? {
        let bench = Bench { venv: &venv, programs: &programs, place: &place };
        if let Some(ratios) = bench.whole_history(number)? {
            println!("{ratios}");
        }
        if task_instances > 0 && Kind::AIRFLOW.contains(&place.kind) {
            bench.with_rows(task_instances)?;
        }
    }
    Ok(())
}

struct Bench<'b> {
    venv: &'b Venv,
    programs: &'b Programs,
    place: &'b Place,
}

impl Bench<'_> {
    /// The ratios, where there is something to compare with.
    fn whole_history(&self, number: usize) -> Result<Option<String>> {
        let ours = self.place.fresh(self.venv, "history_ours")?;
        let by_client = self.place.fresh(self.venv, "history_client")?;
        let scripts = tempfile::tempdir()?;
        let script = scripts.path().join("history.sql");
        let mut written = std::process::Command::new(&self.programs.ours);
        written.args(["db", "migrate", "-m", "-s"]).envs(environment(Who::Ours, &by_client));
        fs::write(&script, output(&mut written)?)?;

        let mut commands = vec![
            self.measured("ours: db migrate -m", Who::Ours, &ours, &[self.made_anew()]),
            Measured {
                argv: self.client(&by_client, &script)?,
                ..self.measured("the client with the SQL of ours", Who::Ours, &by_client, &[self.made_anew()])
            },
        ];
        let real = self.place.fresh(self.venv, "history_real")?;
        if Kind::AIRFLOW.contains(&self.place.kind) {
            commands.push(self.measured(
                "the real one: db migrate -m",
                Who::Real,
                &real,
                &[self.made_anew()],
            ));
        }
        let taken = rounds(number, &commands)?;
        taken.iter().for_each(|taken| self.print(taken));
        let [ours, client, others @ ..] = &taken[..] else { return Ok(None) };
        let mut ratios = format!("\nours / client: {:.2}", paired_ratio(&ours.wall, &client.wall));
        if let [real] = others {
            ratios
                .push_str(&format!("; the real one / ours: {:.1}", median(&real.wall) / median(&ours.wall)));
        }
        Ok(Some(format!("{ratios} ({}, medians)\n", self.place.kind.name())))
    }

    fn with_rows(&self, task_instances: usize) -> Result<()> {
        let ours = self.place.fresh(self.venv, "rows_ours")?;
        let real = self.place.fresh(self.venv, "rows_real")?;
        let migrate = vec![
            self.programs.real.display().to_string(),
            "db".into(),
            "migrate".into(),
            "-m".into(),
            "-n".into(),
            FROM.into(),
        ];
        let python = self.venv.program("python").display().to_string();
        let fill = vec![
            python,
            cargo::root()?.join("xtask/bench/fill_airflow.py").display().to_string(),
            task_instances.to_string(),
        ];
        let before = [self.made_anew(), migrate, fill];
        let once = |name, who, database| Measured {
            rounds: Some(1),
            cold: true,
            ..self.measured(name, who, database, &before)
        };
        let commands = [
            once("ours: from 2.10.3, with rows", Who::Ours, &ours),
            once("the real one: from 2.10.3, with rows", Who::Real, &real),
        ];
        let taken = rounds(1, &commands)?;
        taken.iter().for_each(|taken| self.print(taken));
        if let [ours, real] = &taken[..] {
            println!(
                "\nthe real one / ours, {task_instances} task instances: {:.1} ({})\n",
                median(&real.wall) / median(&ours.wall),
                self.place.kind.name()
            );
        }
        Ok(())
    }

    /// `airflow db migrate -m` on a database, after what is not measured.
    fn measured(
        &self,
        name: &'static str,
        who: Who,
        database: &Database<'_>,
        before: &[Vec<String>],
    ) -> Measured {
        let program = if who == Who::Real { &self.programs.real } else { &self.programs.ours };
        let mut env = environment(who, database);
        env.push(("DATABASE_URL".to_owned(), database.url.clone()));
        Measured {
            name,
            argv: [program.display().to_string()]
                .into_iter()
                .chain(["db", "migrate", "-m"].map(str::to_owned))
                .collect(),
            env,
            rounds: None,
            limit: None,
            before: before.to_vec(),
            cold: false,
        }
    }

    /// What empties the database of `DATABASE_URL`.
    fn made_anew(&self) -> Vec<String> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("oracle/database.py");
        vec![
            self.venv.program("python").display().to_string(),
            script.display().to_string(),
            "create".to_owned(),
        ]
    }

    /// The database's own client, with a script.
    fn client(&self, database: &Database<'_>, script: &Path) -> Result<Vec<String>> {
        let file = script.display();
        let shell = |line: String| vec!["sh".to_owned(), "-c".to_owned(), line];
        let url = &database.url;
        Ok(match self.place.kind {
            Kind::Postgres => {
                let bin = output(std::process::Command::new("pg_config").arg("--bindir"))?;
                let url = url.replacen("postgresql+psycopg2", "postgresql", 1);
                shell(format!("{}/psql -X -q {url} < {file}", bin.trim()))
            }
            Kind::Mysql | Kind::Mariadb => {
                let (_, rest) = url.split_once("://").ok_or("a URL without a scheme")?;
                let (authority, name) = rest.split_once('/').ok_or("a URL without a database")?;
                let (user, server) = authority.split_once('@').ok_or("a URL without a user")?;
                let (user, password) = user.split_once(':').ok_or("a URL without a password")?;
                let (host, port) = server.split_once(':').ok_or("a URL without a port")?;
                shell(format!(
                    "MYSQL_PWD={password} mysql --no-defaults --protocol=TCP --default-character-set=utf8mb4 \
                     --host={host} --port={port} --user={user} --database={name} < {file}"
                ))
            }
            Kind::Sqlite => {
                servers::sqlite_client()?;
                shell(format!("sqlite3 -batch {} < {file}", url.trim_start_matches("sqlite:///")))
            }
        })
    }

    fn print(&self, taken: &Taken) {
        let least = taken.wall.iter().copied().fold(f64::INFINITY, f64::min);
        let peak = taken.peak.map_or("?".to_owned(), |peak| format!("{peak:.0}"));
        println!(
            "| {} | {} | {:.2} ({:.2}) | {:.2} | {peak} | {} |",
            self.place.kind.name(),
            taken.name,
            median(&taken.wall) / 1000.0,
            least / 1000.0,
            median(&taken.cpu) / 1000.0,
            taken.wall.len()
        );
    }
}
