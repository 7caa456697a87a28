//! Servers from Debian's packages, when we are root.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use super::find::mysql_root_dir;
use super::process::last_lines;
use super::server::Server;
use crate::Result;
use crate::machine::{find_program, flag, is_root, program_dirs};

/// Installs the server. The error says why that cannot be done here.
///
/// With `DUNLIN_NO_INSTALL=1` nothing is ever installed.
pub(super) fn install(server: Server, servers_dir: &Path) -> Result<()> {
    may_install()?;
    let log = servers_dir.join("install.log");
    match server {
        Server::Postgres => apt_install("postgresql", &log),
        Server::Mariadb => apt_install("mariadb-server", &log),
        Server::Mysql => {
            if find_program(&program_dirs(), "debootstrap").is_none() {
                apt_install("debootstrap", &log)?;
            }
            unpack_mysql(&mysql_root_dir(servers_dir), &log)
        }
    }
}

/// Installs the client in which scripts for SQLite are tried, where it is not there.
pub(super) fn sqlite_client(servers_dir: &Path) -> Result<()> {
    if find_program(&program_dirs(), "sqlite3").is_some() {
        return Ok(());
    }
    may_install().and_then(|()| apt_install("sqlite3", &servers_dir.join("install.log")))
}

fn may_install() -> Result<()> {
    if flag("DUNLIN_NO_INSTALL") {
        return Err("it is not on this machine, and DUNLIN_NO_INSTALL is set".into());
    }
    if !is_root() {
        return Err("it is not on this machine, and only root can install it".into());
    }
    if find_program(&program_dirs(), "apt-get").is_none() {
        return Err("it is not on this machine, which has no apt-get to install it with".into());
    }
    Ok(())
}

/// Debian's stable suites have MariaDB only; the unstable one has MySQL, which we unpack into a root of its own.
fn unpack_mysql(root: &Path, log: &Path) -> Result<()> {
    eprintln!("mysql: unpacking Debian's mysql-server-core into {} (about a minute)", root.display());
    let partial = root.with_extension("partial");
    if partial.exists() {
        fs::remove_dir_all(&partial)?;
    }
    fs::create_dir_all(&partial)?;
    let mut debootstrap = Command::new("debootstrap");
    debootstrap.args(["--variant=minbase", "--include=mysql-server-core", "sid"]).arg(&partial);
    logged(&mut debootstrap, log)?;
    // Downloaded packages are not needed again.
    fs::remove_dir_all(partial.join("var/cache/apt")).ok();
    Ok(fs::rename(&partial, root)?)
}

/// apt-get knows one user at a time; the package lists are fetched once.
static APT: Mutex<bool> = Mutex::new(false);

fn apt_install(package: &str, log: &Path) -> Result<()> {
    let mut updated = APT.lock().map_err(|_| "another installation failed")?;
    eprintln!("installing Debian's package {package}");
    let _guard = NoServices::new()?;
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        // Another program may be installing something.
        command
            .args(["-o", "DPkg::Lock::Timeout=300"])
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive");
        logged(&mut command, log)
    };
    if !*updated {
        apt(&["update"])?;
        *updated = true;
    }
    apt(&["install", "-y", "--no-install-recommends", package])
}

/// While it lives, a package that is installed does not start its service (on the standard port).
struct NoServices(Option<PathBuf>);

impl NoServices {
    fn new() -> Result<Self> {
        let path = PathBuf::from("/usr/sbin/policy-rc.d");
        if path.exists() {
            return Ok(Self(None));
        }
        fs::write(&path, "#!/bin/sh\nexit 101\n")?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
        Ok(Self(Some(path)))
    }
}

impl Drop for NoServices {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            fs::remove_file(path).ok();
        }
    }
}

/// Runs a command with its output in the log; an error shows the log's end.
fn logged(command: &mut Command, log: &Path) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let file: File = OpenOptions::new().create(true).append(true).open(log)?;
    command.stdin(std::process::Stdio::null()).stdout(file.try_clone()?).stderr(file);
    let status = command.status().map_err(|e| format!("cannot run {name}: {e}"))?;
    if status.success() {
        return Ok(());
    }
    Err(format!("{name} failed ({status}); {} ends:\n{}", log.display(), last_lines(log)).into())
}
