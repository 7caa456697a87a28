//! Server processes: start one that outlives us, find it again, stop it.

use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::probe::{Answer, probe};
use super::server::Server;
use crate::Result;
use crate::machine::output;

const START_TIMEOUT: Duration = Duration::from_secs(90);
const STOP_TIMEOUT: Duration = Duration::from_secs(15);

/// Starts a server in the background and waits until it answers at `port`; gives its pid.
///
/// It is in a process group of its own, so that Ctrl-C in a terminal does not reach it.
pub(super) fn start(server: Server, mut command: Command, log: &Path, port: u16) -> Result<(u32, Answer)> {
    let file = File::create(log).map_err(|e| format!("cannot write {}: {e}", log.display()))?;
    command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).process_group(0);
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = command.spawn().map_err(|e| format!("cannot run {program}: {e}"))?;
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Err(format!("it ended at once ({status}); its log ends:\n{}", last_lines(log)).into());
        }
        match probe(server, "127.0.0.1", port) {
            Ok(answer) => return Ok((child.id(), answer)),
            Err(e) if begun.elapsed() > START_TIMEOUT => {
                stop(server, child.id(), "")?;
                let seconds = START_TIMEOUT.as_secs();
                let text = format!("no answer after {seconds} s ({e}); its log ends:\n{}", last_lines(log));
                return Err(text.into());
            }
            Err(_) => sleep(Duration::from_millis(50)),
        }
    }
}

/// Whether this process lives and its command line holds `mark` (a pid may long be another program's).
pub(super) fn lives(pid: u32, mark: &str) -> bool {
    let line = if Path::new("/proc/self/cmdline").exists() {
        fs::read(format!("/proc/{pid}/cmdline")).map(|line| String::from_utf8_lossy(&line).into_owned()).ok()
    } else {
        output(Command::new("ps").args(["-o", "command=", "-p", &pid.to_string()])).ok()
    };
    // A process that ended and was not yet waited for has an empty command line.
    line.is_some_and(|line| !line.is_empty() && line.contains(mark))
}

/// Stops a server and waits until it is gone; one that does not obey is killed.
pub(super) fn stop(server: Server, pid: u32, mark: &str) -> Result<()> {
    for name in [server.stop_signal(), "KILL"] {
        // `sh` has `kill`; the program of that name is missing on small machines.
        output(Command::new("sh").args(["-c", &format!("kill -{name} {pid}")]))
            .or_else(|e| if lives(pid, mark) { Err(e) } else { Ok(String::new()) })?;
        let begun = Instant::now();
        while begun.elapsed() < STOP_TIMEOUT {
            if !lives(pid, mark) {
                return Ok(());
            }
            sleep(Duration::from_millis(50));
        }
    }
    Err(format!("{}: process {pid} does not end", server.name()).into())
}

/// A free port on 127.0.0.1: the `preferred` one when it is still free.
pub(super) fn free_port(preferred: Option<u16>) -> Result<u16> {
    if let Some(port) = preferred
        && TcpListener::bind(("127.0.0.1", port)).is_ok()
    {
        return Ok(port);
    }
    loop {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        // 33060 is MySQL's too.
        if port != 33060 && Server::ALL.iter().all(|server| server.standard_port() != port) {
            return Ok(port);
        }
    }
}

/// The end of a log, for an error message.
pub(super) fn last_lines(log: &Path) -> String {
    let text = fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let lines: Vec<_> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = &lines[lines.len().saturating_sub(12)..];
    if last.is_empty() {
        format!("  ({} is empty)", log.display())
    } else {
        format!("  {}", last.join("\n  "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_lives_until_it_is_stopped() {
        let mut child = Command::new("sleep").arg("61.25").spawn().unwrap();
        // The new program may not have taken over yet.
        while !lives(child.id(), "61.25") {
            sleep(Duration::from_millis(5));
        }
        assert!(!lives(child.id(), "other words"));
        stop(Server::Mysql, child.id(), "61.25").unwrap();
        assert!(!lives(child.id(), "61.25"));
        child.wait().unwrap();
    }

    #[test]
    fn a_taken_port_is_not_used_again() {
        let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        assert_ne!(free_port(Some(port)).unwrap(), port);
        drop(taken);
        assert_eq!(free_port(Some(port)).unwrap(), port);
    }

    #[test]
    fn a_server_that_ends_at_once_shows_its_log() {
        let dir = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "echo the disk is full; exit 3"]);
        let error = start(Server::Postgres, command, &dir.path().join("log"), 1).map(|_| ()).unwrap_err();
        assert!(error.to_string().contains("the disk is full"), "{error}");
    }
}
