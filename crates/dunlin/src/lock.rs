//! The migration lock: one runner at a time.
//!
//! It is held by the connection that does the work, for the session and outside any transaction, so
//! that it cannot be lost while the server still runs that connection's last statement. It is asked for
//! again and again until a deadline: a blocking request on PostgreSQL would hold a snapshot that
//! `CREATE INDEX CONCURRENTLY` of the runner at work waits for.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::database::Database;
use crate::error::Error;
use crate::report::{Event, Observer};

/// The names of a lock on each server.
///
/// Programs that may not migrate at the same time must share them; SQLite has a file beside the
/// database, which needs no name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockKey {
    postgres: i64,
    mysql: String,
}

impl LockKey {
    /// An advisory lock's number on PostgreSQL, a user lock's name on MySQL and MariaDB.
    pub fn new(postgres: i64, mysql: impl Into<String>) -> Self {
        Self { postgres, mysql: mysql.into() }
    }

    /// A lock that programs share which use the same name.
    ///
    /// ```
    /// use dunlin::LockKey;
    ///
    /// assert_eq!(LockKey::named("app"), LockKey::named("app"));
    /// assert_ne!(LockKey::named("app").postgres(), LockKey::named("shop").postgres());
    /// ```
    pub fn named(name: &str) -> Self {
        // FNV-1a: it must be the same in every build and version. User locks of MySQL have names of 64 characters.
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Self::new(hash.cast_signed(), format!("dunlin_{hash:016x}"))
    }

    /// The number of the advisory lock.
    pub fn postgres(&self) -> i64 {
        self.postgres
    }

    /// The name of the user lock.
    pub fn mysql(&self) -> &str {
        &self.mysql
    }
}

/// A lock that is held. It must be [released](Held::release); a connection that ends releases it too.
pub(crate) struct Held {
    key: LockKey,
    _file: Option<File>,
}

const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// Takes the lock, and says who holds it when it has to wait.
pub(crate) async fn acquire(
    database: &mut Database,
    key: &LockKey,
    timeout: Duration,
    observer: &mut Observer<'_>,
) -> Result<Held, Error> {
    let started = Instant::now();
    let mut pause = FIRST_PAUSE;
    let mut file = database.lock_file().map(|path| LockFile::open(&path)).transpose()?;
    loop {
        let free = match &mut file {
            Some(file) => file.try_lock()?,
            None => database.try_lock(key).await?,
        };
        if free {
            return Ok(Held { key: key.clone(), _file: file.map(|file| file.file) });
        }
        let first = pause == FIRST_PAUSE;
        let left = timeout.saturating_sub(started.elapsed());
        let late = left.is_zero();
        if first || late {
            let holder = match &mut file {
                Some(file) => file.holder(),
                None => database.lock_holder(key).await,
            };
            if late {
                return Err(Error::LockTimeout { timeout, holder });
            }
            observer(&Event::WaitingForLock { holder, timeout });
        }
        tokio::time::sleep(pause.min(left)).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

impl Held {
    /// Gives it back. A failure is only logged: the end of the connection releases it as well.
    pub(crate) async fn release(self, database: &mut Database) {
        if let Err(error) = database.unlock(&self.key).await {
            tracing::warn!(%error, "the migration lock was not released in order");
        }
    }
}

/// The lock file beside a SQLite database. The operating system releases it with the process, so the
/// file may stay where it is; its text says who took it last.
struct LockFile {
    file: File,
    path: String,
}

impl LockFile {
    fn open(path: &Path) -> Result<Self, Error> {
        let shown = path.display().to_string();
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        match opened {
            Ok(file) => Ok(Self { file, path: shown }),
            Err(source) => Err(Error::LockFile { path: shown, source }),
        }
    }

    fn try_lock(&mut self) -> Result<bool, Error> {
        match self.file.try_lock() {
            Ok(()) => {
                self.sign();
                Ok(true)
            }
            Err(std::fs::TryLockError::WouldBlock) => Ok(false),
            Err(std::fs::TryLockError::Error(source)) => {
                Err(Error::LockFile { path: self.path.clone(), source })
            }
        }
    }

    /// Writes down who holds it, for those who wait; of no consequence when it fails.
    fn sign(&mut self) {
        let text = format!("process {}\n", std::process::id());
        let written = self.file.set_len(0).and_then(|()| self.file.rewind());
        if written.and_then(|()| self.file.write_all(text.as_bytes())).is_err() {
            tracing::debug!(path = self.path, "the lock file could not be signed");
        }
    }

    fn holder(&mut self) -> Option<String> {
        let mut text = String::new();
        self.file.rewind().and_then(|()| self.file.read_to_string(&mut text)).ok()?;
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }
}
