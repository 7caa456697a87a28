//! The database servers that the tests run on.
//!
//! For each server, in this order: a URL given in the environment; the server's binaries on this machine, started
//! privately; installed from Debian's packages when we are root; else an error that names the package and the command.
//! A private server has its own data directory, its own free port on 127.0.0.1, never a standard one, and its own
//! socket; it survives the run that started it and the next run uses it again.
//!
//! Where things are, below the cache directory of [`crate::machine::cache_dir`]:
//!
//! ```text
//! servers/lock            held while servers are started or stopped
//! servers/servers.json    what runs: URL, pid, version
//! servers/NAME/data       the data directory        servers/NAME/log    the server's log
//! servers/mysql/root      a Debian root with MySQL in it, when MySQL was installed here; then data and log are in its srv/
//! servers/install.log     what apt-get and debootstrap said
//! ```

mod find;
mod install;
mod probe;
mod process;
mod server;
mod setup;
mod state;
mod supervise;
mod url;

pub(crate) use server::Server;
pub(crate) use supervise::{down, sqlite_client, status, up};
pub(crate) use url::without_password;
