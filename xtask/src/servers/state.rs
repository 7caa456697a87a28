//! `servers.json`: which servers we started; and the lock that lets one run at a time start or stop them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::server::Server;
use crate::Result;

/// A private server, as last started.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) url: String,
    pub(super) version: String,
    pub(super) port: u16,
    /// `None` once it was stopped.
    pub(super) pid: Option<u32>,
}

/// All private servers of this cache directory.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct State(BTreeMap<Server, Record>);

impl State {
    /// What the file says; nothing when it is missing or damaged (a server left behind is found by its own pid file).
    pub(super) fn load(dir: &Path) -> Self {
        let text = fs::read_to_string(dir.join("servers.json")).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    pub(super) fn get(&self, server: Server) -> Option<&Record> {
        self.0.get(&server)
    }

    /// Notes a server and writes the file, whole or not at all.
    pub(super) fn set(&mut self, dir: &Path, server: Server, record: Record) -> Result<()> {
        self.0.insert(server, record);
        let next = dir.join("servers.json.next");
        fs::write(&next, serde_json::to_string_pretty(self)?)?;
        Ok(fs::rename(&next, dir.join("servers.json"))?)
    }
}

/// The directory of the servers, made if need be.
pub(super) fn servers_dir() -> Result<PathBuf> {
    let dir = crate::machine::cache_dir()?.join("servers");
    fs::create_dir_all(&dir).map_err(|e| format!("cannot make {}: {e}", dir.display()))?;
    Ok(dir)
}

/// Waits until no other run starts or stops servers. The lock ends with the file.
pub(super) fn lock(dir: &Path) -> Result<File> {
    let file = File::create(dir.join("lock"))?;
    if file.try_lock().is_err() {
        eprintln!("waiting for another run that starts or stops servers");
        file.lock()?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_is_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let record = Record { url: "u".into(), version: "1".into(), port: 7, pid: Some(9) };
        let mut state = State::load(dir.path());
        assert_eq!(state, State::default());
        state.set(dir.path(), Server::Mysql, record.clone()).unwrap();
        assert_eq!(State::load(dir.path()).get(Server::Mysql), Some(&record));
        assert_eq!(State::load(dir.path()).get(Server::Postgres), None);

        fs::write(dir.path().join("servers.json"), "{ half").unwrap();
        assert_eq!(State::load(dir.path()), State::default());
    }
}
