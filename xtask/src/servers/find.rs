//! Server binaries on this machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::server::Server;
use crate::machine::{find_program, is_root, output, program_dirs};

/// Where a server's programs are.
#[derive(Clone, Debug)]
pub(super) struct Binaries {
    /// A Debian root that the programs run in (`chroot`); their paths are then seen from there.
    pub(super) root: Option<PathBuf>,
    /// The server itself.
    pub(super) server: PathBuf,
    /// What makes a data directory.
    pub(super) setup: PathBuf,
    pub(super) version: String,
}

/// The server's binaries, if this machine has them.
///
/// `DUNLIN_SERVER_PATH` (directories, as in PATH) replaces the places that are usually searched.
pub(super) fn find(server: Server, servers_dir: &Path) -> Option<Binaries> {
    let given = std::env::var_os("DUNLIN_SERVER_PATH");
    let dirs = match &given {
        Some(paths) => std::env::split_paths(paths).collect(),
        None if server == Server::Postgres => postgres_dirs(),
        None => program_dirs(),
    };
    let found = match server {
        Server::Postgres => {
            first(&dirs, &["postgres"], &["initdb"], |version| version.contains("PostgreSQL"))
        }
        Server::Mariadb => {
            let setup = ["mariadb-install-db", "mysql_install_db"];
            first(&dirs, &["mariadbd", "mysqld"], &setup, |version| version.contains("MariaDB"))
        }
        Server::Mysql => first(&dirs, &["mysqld"], &["mysqld"], |version| !version.contains("MariaDB")),
    };
    found.or_else(|| if server == Server::Mysql && given.is_none() { mysql_root(servers_dir) } else { None })
}

/// Where a Debian root with MySQL is unpacked.
pub(super) fn mysql_root_dir(servers_dir: &Path) -> PathBuf {
    servers_dir.join("mysql/root")
}

fn mysql_root(servers_dir: &Path) -> Option<Binaries> {
    let root = mysql_root_dir(servers_dir);
    let server = PathBuf::from("/usr/sbin/mysqld");
    if !is_root() || !root.join("usr/sbin/mysqld").is_file() {
        return None;
    }
    let version = output(Command::new("chroot").arg(&root).arg(&server).arg("--version")).ok()?;
    Some(Binaries { root: Some(root), setup: server.clone(), server, version })
}

/// The first directory that has the server, with a version that is `wanted`, and what sets it up anywhere in `dirs`.
fn first(dirs: &[PathBuf], servers: &[&str], setups: &[&str], wanted: fn(&str) -> bool) -> Option<Binaries> {
    let setup = setups.iter().find_map(|name| find_program(dirs, name))?;
    let candidates = dirs.iter().flat_map(|dir| servers.iter().map(move |name| dir.join(name)));
    for server in candidates.filter(|path| path.is_file()) {
        let Ok(version) = output(Command::new(&server).arg("--version")) else { continue };
        if wanted(&version) {
            let same = server.file_name() == setup.file_name();
            // initdb must be the one beside its postgres.
            let beside =
                setup.file_name().map(|name| server.with_file_name(name)).filter(|path| path.is_file());
            let setup = if same { server.clone() } else { beside.unwrap_or(setup) };
            return Some(Binaries { root: None, server, setup, version });
        }
    }
    None
}

/// `pg_config`'s directory, then Debian's, newest first, then the usual ones.
fn postgres_dirs() -> Vec<PathBuf> {
    let mut dirs = Vec::new();
    if let Ok(dir) = output(Command::new("pg_config").arg("--bindir")) {
        dirs.push(PathBuf::from(dir));
    }
    let entries = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut debian: Vec<_> = entries.map(|entry| entry.path().join("bin")).collect();
    debian.sort_by_key(|dir| {
        let version = dir.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        std::cmp::Reverse(version.and_then(|version| version.parse::<u32>().ok()))
    });
    dirs.append(&mut debian);
    dirs.append(&mut program_dirs());
    dirs
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn program(dir: &Path, name: &str, says: &str) {
        fs::create_dir_all(dir).unwrap();
        let path = dir.join(name);
        fs::write(&path, format!("#!/bin/sh\necho '{says}'\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    #[test]
    fn a_mysqld_that_is_mariadb_is_not_mysql() {
        let dir = tempfile::tempdir().unwrap();
        let (one, two) = (dir.path().join("one"), dir.path().join("two"));
        let wanted: fn(&str) -> bool = |version| !version.contains("MariaDB");
        program(&one, "mysqld", "mysqld  Ver 10.11.2-MariaDB");
        assert!(first(std::slice::from_ref(&one), &["mysqld"], &["mysqld"], wanted).is_none());
        program(&two, "mysqld", "mysqld  Ver 9.7.4 for Linux");
        let found = first(&[one, two.clone()], &["mysqld"], &["mysqld"], wanted).unwrap();
        assert_eq!((&found.server, &found.setup), (&two.join("mysqld"), &two.join("mysqld")));
    }

    #[test]
    fn initdb_is_the_one_beside_its_postgres() {
        let dir = tempfile::tempdir().unwrap();
        let (one, two) = (dir.path().join("one"), dir.path().join("two"));
        program(&one, "initdb", "");
        program(&two, "initdb", "");
        program(&two, "postgres", "postgres (PostgreSQL) 15.1");
        let found = first(&[one, two.clone()], &["postgres"], &["initdb"], |_| true).unwrap();
        assert_eq!(found.setup, two.join("initdb"));
    }
}
