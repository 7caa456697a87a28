//! This machine: who we are, where our cache is, which programs there are.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;

/// A user that a server can run as.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

/// Whether we run as root.
pub(crate) fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|uid| uid == "0")
}

/// The first of these users that exists on this machine, else `nobody`.
pub(crate) fn account(names: &[&str]) -> Result<Account> {
    let passwd = fs::read_to_string("/etc/passwd")?;
    let find = |name: &str| {
        let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut ids = line.split(':').skip(2).map(str::parse);
        Some(Account { uid: ids.next()?.ok()?, gid: ids.next()?.ok()? })
    };
    let found = names.iter().copied().chain(["nobody"]).find_map(find);
    found.ok_or_else(|| "this machine has no user `nobody`".into())
}

/// Where we keep what we install and start: `$XDG_CACHE_HOME/dunlin`, else `~/.cache/dunlin`.
///
/// Root's servers run as other users, who must be able to reach their data directory. Where the way to root's cache is
/// closed to them (it usually is), it is `/var/cache/dunlin` instead.
pub(crate) fn cache_dir() -> Result<PathBuf> {
    let from = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = from("XDG_CACHE_HOME").filter(|path| path.is_absolute());
    let cache = cache.or_else(|| Some(from("HOME")?.join(".cache")));
    let cache = cache.ok_or("neither XDG_CACHE_HOME nor HOME is set")?.join("dunlin");
    let dir = if is_root() && !open_to_all(&cache) { PathBuf::from("/var/cache/dunlin") } else { cache };
    fs::create_dir_all(&dir).map_err(|e| format!("cannot make {}: {e}", dir.display()))?;
    Ok(dir)
}

/// Whether every directory on the way that exists can be entered by everyone.
fn open_to_all(path: &Path) -> bool {
    path.ancestors().all(|dir| fs::metadata(dir).map_or(true, |meta| meta.mode() & 0o001 != 0))
}

/// The directories programs are looked for in: the PATH, and where servers are, which a plain user's PATH leaves out.
pub(crate) fn program_dirs() -> Vec<PathBuf> {
    let path: OsString = std::env::var_os("PATH").unwrap_or_default();
    let more = ["/usr/sbin", "/usr/local/sbin", "/usr/libexec", "/usr/local/mysql/bin"];
    std::env::split_paths(&path).chain(more.into_iter().map(PathBuf::from)).collect()
}

/// The first of `dirs` that has this program.
pub(crate) fn find_program(dirs: &[PathBuf], name: &str) -> Option<PathBuf> {
    dirs.iter().map(|dir| dir.join(name)).find(|path| path.is_file())
}

/// What the command prints, trimmed; an error when it fails.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|e| format!("cannot run {name}: {e}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{name} failed ({}): {}", output.status, said.trim()).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether a variable is set to something that means yes.
pub(crate) fn flag(name: &str) -> bool {
    std::env::var(name).is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false" | "no"))
}
