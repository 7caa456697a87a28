//! Introspection and comparison of many tables, as whole processes: ours, the bare catalog queries through the
//! database's own client, and `alembic check`.

use super::measure::{Measured, Taken, median, paired_ratio, rounds};
use crate::Result;
use crate::cargo;
use crate::oracle::{Kind, Place, Venv, build_one};

/// `alembic check` takes seconds.
const ROUNDS_OF_ALEMBIC: usize = 3;

/// With more tables it takes minutes, and is not asked.
const TABLES_OF_ALEMBIC: usize = 1_000;

pub(super) fn run(number: usize, tables: &[usize], kinds: &[Kind]) -> Result<()> {
    let venv = Venv::ready()?;
    let program = build_one("oracle-operations", "bench-compare", &["--release"])?;
    let root = cargo::root()?.join("xtask/bench");
    println!(
        "| database | tables | command ({number} interleaved rounds) | wall ms, median (min) | CPU ms | peak MiB | / bare queries |"
    );
    println!("|---|---|---|---|---|---|---|");
    for place in Place::for_each(kinds, &venv)? {
        for tables in tables {
            let database = place.fresh(&venv, &format!("bench_{tables}"))?;
            let native = native(&database.url);
            let count = tables.to_string();
            let program = program.display().to_string();
            cargo::run(std::process::Command::new(&program).args(["create", &native, &count]))?;
            let queries = root.join("queries").join(match place.kind {
                Kind::Postgres => "postgres.sql",
                Kind::Sqlite => "sqlite.sql",
                _ => "mysql.sql",
            });
            let check = venv.program("alembic");
            let ini = root.join("alembic/alembic.ini").display().to_string();
            let mut commands = vec![
                Measured {
                    name: "bare queries, the client",
                    argv: client(place.kind, &native, &queries.display().to_string())?,
                    env: Vec::new(),
                    rounds: None,
                    limit: None,
                    before: Vec::new(),
                    cold: false,
                },
                Measured {
                    name: "ours: introspect and compare",
                    argv: vec![program, "compare".to_owned(), native.clone(), count.clone()],
                    env: Vec::new(),
                    rounds: None,
                    limit: None,
                    before: Vec::new(),
                    cold: false,
                },
            ];
            if *tables <= TABLES_OF_ALEMBIC {
                commands.push(Measured {
                    name: "alembic check",
                    argv: vec![check.display().to_string(), "-c".to_owned(), ini, "check".to_owned()],
                    env: vec![
                        ("BENCH_URL".to_owned(), database.url.clone()),
                        ("BENCH_TABLES".to_owned(), count),
                        ("PYTHONDONTWRITEBYTECODE".to_owned(), "1".to_owned()),
                    ],
                    rounds: Some(ROUNDS_OF_ALEMBIC),
                    limit: None,
                    before: Vec::new(),
                    cold: false,
                });
            }
            print(place.kind.name(), *tables, &rounds(number, &commands)?);
        }
    }
    Ok(())
}

fn print(kind: &str, tables: usize, taken: &[Taken]) {
    let Some(bare) = taken.first() else { return };
    for command in taken {
        let least = command.wall.iter().copied().fold(f64::INFINITY, f64::min);
        let peak = command.peak.map_or("?".to_owned(), |peak| format!("{peak:.1}"));
        let (wall, cpu) = (median(&command.wall), median(&command.cpu));
        let ratio = paired_ratio(&command.wall, &bare.wall);
        println!(
            "| {kind} | {tables} | {} | {wall:.0} ({least:.0}) | {cpu:.0} | {peak} | {ratio:.2} |",
            command.name
        );
    }
}

/// The URL as dunlin takes it.
fn native(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => format!("{}://{rest}", scheme.split('+').next().unwrap_or(scheme)),
        None => url.to_owned(),
    }
}

/// The client's command line for a file of queries.
fn client(kind: Kind, url: &str, queries: &str) -> Result<Vec<String>> {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    if kind == Kind::Postgres {
        return Ok(words(&["psql", "-XAtq", "-f", queries, "-o", "/dev/null", url]));
    }
    if kind == Kind::Sqlite {
        let file = url.split_once(":///").map(|(_, file)| file).ok_or("no file in the URL")?;
        let shell = format!("sqlite3 -init /dev/null '{file}' < '{queries}' > /dev/null");
        return Ok(words(&["sh", "-c", &shell]));
    }
    let rest = url.split_once("://").map(|(_, rest)| rest).ok_or("no host in the URL")?;
    let (who, place) = rest.split_once('@').ok_or("no user in the URL")?;
    let (user, password) = who.split_once(':').ok_or("no password in the URL")?;
    let (host, name) = place.split_once('/').ok_or("no database in the URL")?;
    let name = name.split('?').next().unwrap_or(name);
    let (host, port) = host.split_once(':').ok_or("no port in the URL")?;
    let shell = format!(
        "MYSQL_PWD='{password}' mariadb --no-defaults --protocol=TCP -h {host} -P {port} -u {user} {name} < '{queries}' > /dev/null"
    );
    Ok(words(&["sh", "-c", &shell]))
}
