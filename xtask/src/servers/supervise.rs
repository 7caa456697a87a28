//! `up`, `down` and `status`: the order in which a server is sought, and what is done with one that runs.

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use serde::Serialize;

use super::find::find;
use super::install::{self, install};
use super::probe::{Answer, probe};
use super::process::{self, free_port, lives};
use super::server::{Origin, Running, Server};
use super::setup::Private;
use super::state::{Record, State, lock, servers_dir};
use super::url::{self, host_and_port};
use crate::Result;
use crate::machine::output;

/// What became of one wanted server.
pub(crate) struct Outcome {
    pub(crate) server: Server,
    /// An error says why the server cannot be had and what to do.
    pub(crate) result: Result<Running>,
}

/// Brings up these servers, all at the same time; those that run already are used as they are.
///
/// # Errors
/// When the cache directory cannot be used. What goes wrong with one server is in its [`Outcome`].
pub(crate) fn up(wanted: &[Server]) -> Result<Vec<Outcome>> {
    let dir = servers_dir()?;
    let _lock: File = lock(&dir)?;
    let mut state = State::load(&dir);
    let found: Vec<_> = thread::scope(|scope| {
        let started: Vec<_> = wanted
            .iter()
            .map(|&server| {
                let (dir, record) = (dir.as_path(), state.get(server).cloned());
                (server, scope.spawn(move || obtain(server, record, dir)))
            })
            .collect();
        started.into_iter().map(|(server, handle)| (server, handle.join())).collect()
    });
    let mut outcomes = Vec::new();
    for (server, result) in found {
        let result = result.unwrap_or_else(|_| Err("a defect in xtask: its thread panicked".into()));
        let result = match result {
            Ok(Obtained::Given(running)) => Ok(running),
            Ok(Obtained::Ours(record)) => {
                state.set(&dir, server, record.clone())?;
                Ok(Running { url: record.url, version: record.version, origin: Origin::Private })
            }
            Err(e) if given_url(server).is_some() => Err(e),
            Err(e) => Err(format!("{e}\n  hint: {}", server.advice()).into()),
        };
        outcomes.push(Outcome { server, result });
    }
    Ok(outcomes)
}

enum Obtained {
    Given(Running),
    Ours(Record),
}

fn obtain(server: Server, record: Option<Record>, dir: &Path) -> Result<Obtained> {
    if let Some(url) = given_url(server) {
        let version = ask_given(server, &url)
            .map_err(|e| format!("the server of {} does not answer: {e}", server.variable()))?;
        return Ok(Obtained::Given(Running { url, version, origin: Origin::Environment }));
    }
    if let Some(record) = &record
        && let Some(pid) = record.pid
        && lives(pid, &port_argument(record.port))
    {
        if answers(server, record.port) {
            return Ok(Obtained::Ours(record.clone()));
        }
        eprintln!("{}: process {pid} does not answer; starting it anew", server.name());
        process::stop(server, pid, &port_argument(record.port))?;
    }
    let binaries = match find(server, dir) {
        Some(binaries) => binaries,
        None => {
            install(server, dir)?;
            find(server, dir).ok_or("it was installed, but its programs are not found")?
        }
    };
    let private = Private::new(server, binaries, dir)?;
    start(server, &private, record.map(|record| record.port)).map(Obtained::Ours)
}

/// Starts a private server on its data directory, or on a new one when there is none or it is broken.
fn start(server: Server, private: &Private, port: Option<u16>) -> Result<Record> {
    let name = server.name();
    if let Some(pid) = private.noted_pid()
        && lives(pid, &private.data_argument())
    {
        eprintln!("{name}: process {pid} on our data directory is in no record; stopping it");
        process::stop(server, pid, &private.data_argument())?;
    }
    if private.is_initialised() {
        eprintln!("{name}: starting {}", private.version());
        if let Ok(record) = start_once(server, private, port) {
            return Ok(record);
        }
        // A server that was killed leaves its locks behind, and for a moment its children and its port.
        thread::sleep(Duration::from_secs(1));
        private.remove_locks();
        match start_once(server, private, port) {
            Ok(record) => return Ok(record),
            Err(e) => eprintln!("{name}: {e}"),
        }
        eprintln!("{name}: making a new data directory");
    } else {
        eprintln!("{name}: making a data directory for {}", private.version());
    }
    private.initialise()?;
    start_once(server, private, port)
}

fn start_once(server: Server, private: &Private, port: Option<u16>) -> Result<Record> {
    let port = free_port(port)?;
    let (pid, answer) = process::start(server, private.start_command(port)?, &private.log(), port)?;
    let version = answer.version.unwrap_or_else(|| short_version(private.version()));
    Ok(Record { url: server.url(port), version, port, pid: Some(pid) })
}

/// Sees to it that scripts for SQLite can be tried in a client.
///
/// # Errors
/// There is none, and it cannot be installed.
pub(crate) fn sqlite_client() -> Result<()> {
    let dir = servers_dir()?;
    let _lock: File = lock(&dir)?;
    install::sqlite_client(&dir)
}

/// Stops these servers, as far as we started them; says for each what was done.
///
/// # Errors
/// When a server does not end.
pub(crate) fn down(wanted: &[Server]) -> Result<Vec<(Server, &'static str)>> {
    let dir = servers_dir()?;
    let _lock: File = lock(&dir)?;
    let mut state = State::load(&dir);
    let mut done = Vec::new();
    for &server in wanted {
        if given_url(server).is_some() {
            done.push((server, "left alone: its URL is given in the environment"));
            continue;
        }
        let running = state.get(server).cloned().and_then(|record| Some((record.pid?, record)));
        let Some((pid, record)) = running.filter(|(pid, record)| lives(*pid, &port_argument(record.port)))
        else {
            done.push((server, "was not running"));
            continue;
        };
        process::stop(server, pid, &port_argument(record.port))?;
        state.set(&dir, server, Record { pid: None, ..record })?;
        done.push((server, "stopped"));
    }
    Ok(done)
}

/// How a server is right now.
#[derive(Debug, Serialize)]
pub(crate) struct Status {
    #[serde(skip)]
    pub(crate) server: Server,
    pub(crate) url: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) pid: Option<u32>,
    /// `running`, `stopped`, `not set up`, or why it does not answer.
    pub(crate) state: String,
}

/// Looks, and changes nothing.
///
/// # Errors
/// When the cache directory cannot be used.
pub(crate) fn status(wanted: &[Server]) -> Result<Vec<Status>> {
    let state = State::load(&servers_dir()?);
    let look = |server: Server| {
        if let Some(url) = given_url(server) {
            let (version, state) = match ask_given(server, &url) {
                Ok(version) => (Some(version), format!("running, given by {}", server.variable())),
                Err(e) => (None, format!("given by {}, no answer: {e}", server.variable())),
            };
            return Status { server, url: Some(url), version, pid: None, state };
        }
        let Some(record) = state.get(server).cloned() else {
            return Status { server, url: None, version: None, pid: None, state: "not set up".to_owned() };
        };
        let pid = record.pid.filter(|pid| lives(*pid, &port_argument(record.port)));
        let state = match pid {
            None => "stopped",
            Some(_) if answers(server, record.port) => "running",
            Some(_) => "no answer",
        };
        let (url, version) = (Some(record.url), Some(record.version));
        Status { server, url, version, pid, state: state.to_owned() }
    };
    Ok(wanted.iter().copied().map(look).collect())
}

fn given_url(server: Server) -> Option<String> {
    std::env::var(server.variable()).ok().filter(|url| !url.is_empty())
}

/// The version of a server given by URL; it must answer.
fn ask_given(server: Server, url: &str) -> Result<String> {
    let Some((host, port)) = host_and_port(url, server.standard_port()) else {
        return Ok("version unknown".to_owned());
    };
    let Answer { version } = probe(server, &host, port)?;
    Ok(version.or_else(|| ask_psql(url)).unwrap_or_else(|| "version unknown".to_owned()))
}

/// PostgreSQL tells its version only after a login, which `psql` can do.
fn ask_psql(url: &str) -> Option<String> {
    let (bare, password) = url::split_password(url)?;
    let mut psql = Command::new("psql");
    psql.args(["--no-psqlrc", "--no-password", "-Atc", "show server_version", &bare])
        .env("PGPASSWORD", password);
    Some(short_version(&output(&mut psql).ok()?))
}

/// The command-line argument by which a server of ours is known.
fn port_argument(port: u16) -> String {
    format!("--port={port}")
}

fn answers(server: Server, port: u16) -> bool {
    (0..3).any(|_| probe(server, "127.0.0.1", port).is_ok())
}

/// `15.3` of `postgres (PostgreSQL) 15.3 (Debian …)`: the first word that begins with a digit.
fn short_version(text: &str) -> String {
    let number = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit());
    text.split_whitespace().find(number).unwrap_or(text).to_owned()
}
