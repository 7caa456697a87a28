//! `cargo xtask db`: the servers by hand.

use serde_json::{Map, Value, json};

use crate::Result;
use crate::servers::{self, Server};

/// Starts, stops or shows the database servers that the tests run on.
///
/// A server is, in this order: the one whose administrator's URL is in DUNLIN_TEST_POSTGRES_URL, DUNLIN_TEST_MYSQL_URL
/// or DUNLIN_TEST_MARIADB_URL; one that is started here, below the cache directory, from the binaries of this machine
/// (DUNLIN_SERVER_PATH: directories to look in instead of the usual ones); installed from Debian's packages by root
/// (never with DUNLIN_NO_INSTALL=1).
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: DbCommand,
}

#[derive(clap::Subcommand)]
enum DbCommand {
    /// Start servers, or use those that run.
    Up(Wanted),
    /// Stop the servers that `up` started.
    Down(Wanted),
    /// Show the servers.
    Status(Wanted),
}

#[derive(clap::Args)]
struct Wanted {
    /// Which servers; all of them when none is named.
    servers: Vec<Server>,
    /// Print the result as JSON, with administrators' URLs.
    #[arg(long)]
    json: bool,
}

impl Wanted {
    fn servers(&self) -> &[Server] {
        if self.servers.is_empty() { &Server::ALL } else { &self.servers }
    }
}

pub(crate) fn run(args: Args) -> Result<()> {
    match args.command {
        DbCommand::Up(wanted) => up(&wanted),
        DbCommand::Down(wanted) => down(&wanted),
        DbCommand::Status(wanted) => status(&wanted),
    }
}

fn up(wanted: &Wanted) -> Result<()> {
    let (mut shown, mut missing) = (Map::new(), Vec::new());
    for outcome in servers::up(wanted.servers())? {
        match outcome.result {
            Ok(running) if wanted.json => {
                shown.insert(outcome.server.name().to_owned(), serde_json::to_value(&running)?);
            }
            Ok(running) => {
                let url = servers::without_password(&running.url);
                println!("{:<9} {:<28} {url}", outcome.server.name(), running.version);
            }
            Err(e) => missing.push(format!("{} cannot be had: {e}", outcome.server.name())),
        }
    }
    if wanted.json {
        println!("{:#}", Value::Object(shown));
    }
    if missing.is_empty() { Ok(()) } else { Err(missing.join("\n       ").into()) }
}

fn down(wanted: &Wanted) -> Result<()> {
    let done = servers::down(wanted.servers())?;
    if wanted.json {
        let shown: Map<_, _> =
            done.iter().map(|(server, what)| (server.name().to_owned(), json!(what))).collect();
        println!("{:#}", Value::Object(shown));
    } else {
        done.iter().for_each(|(server, what)| println!("{:<9} {what}", server.name()));
    }
    Ok(())
}

fn status(wanted: &Wanted) -> Result<()> {
    let all = servers::status(wanted.servers())?;
    if wanted.json {
        let mut shown = Map::new();
        for status in &all {
            shown.insert(status.server.name().to_owned(), serde_json::to_value(status)?);
        }
        println!("{:#}", Value::Object(shown));
        return Ok(());
    }
    for status in &all {
        let url = status.url.as_deref().map(servers::without_password).unwrap_or_default();
        let version = status.version.as_deref().unwrap_or("-");
        println!("{:<9} {version:<28} {:<11} {url}", status.server.name(), status.state);
    }
    Ok(())
}
