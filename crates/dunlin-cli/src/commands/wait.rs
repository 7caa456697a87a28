//! `wait`

use std::time::{Duration, Instant};

use clap::Args;
use dunlin::{Access, Database, Error, OwnerStatus};
use serde_json::json;

use super::shown::remedy;
use crate::command_error::{CommandError, chain};
use crate::exit::ExitStatus;
use crate::project::{Project, failed, wrong};
use crate::report::why_not_up_to_date;
use crate::ui::Ui;

/// Wait until the database is at the newest revisions.
///
/// It may be down, or not there yet, when the waiting begins, and so may its user: what is waited for is said. Exits 3
/// when the time is over, 1 if the database cannot be read then. Nothing is written: a role that may only read is
/// enough.
#[derive(Debug, Clone, Args)]
pub struct Wait {
    /// How long to wait, in seconds; 0 looks once, for two seconds at most.
    #[arg(short, long, value_name = "SECONDS", default_value_t = 60)]
    timeout: u64,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

const PAUSE: Duration = Duration::from_millis(500);

/// How long a look may take when the time is over.
const LOOK: Duration = Duration::from_secs(2);

impl Wait {
    /// Waits.
    ///
    /// # Errors
    /// The database cannot be read; or, with exit status 3, the time is over.
    pub async fn run(&self, project: &Project, ui: &Ui) -> Result<ExitStatus, CommandError> {
        let (started, timeout) = (Instant::now(), Duration::from_secs(self.timeout));
        project.need_revisions()?;
        let manager = project.owner()?.manager();
        let mut shown = String::new();
        loop {
            let bound = timeout.saturating_sub(started.elapsed()).max(LOOK);
            let looked = match tokio::time::timeout(bound, look(project)).await {
                Ok(looked) => looked?,
                Err(_) => Err(silent(project, bound)?),
            };
            let left = timeout.saturating_sub(started.elapsed());
            let is_last = left.is_zero();
            let reason = match &looked {
                Ok(status) if status.is_up_to_date() => {
                    match self.json {
                        true => self.print(ui, status),
                        false => ui.line(&format!("{}: up to date", status.owner)),
                    }
                    return Ok(ExitStatus::Done);
                }
                Ok(status) => why_not_up_to_date(std::slice::from_ref(status), &[manager]).join("; "),
                Err(error) => chain(error),
            };
            match looked {
                Err(error) if is_last => return Err(self.unreadable(error, started.elapsed())),
                Ok(status) if is_last => return self.late(ui, &status, &reason),
                _ => {}
            }
            if shown != reason {
                ui.note(&format!("waiting: {reason}"));
                shown = reason;
            }
            tokio::time::sleep(PAUSE.min(left)).await;
        }
    }

    /// The time is over, and nobody knows where the database is.
    fn unreadable(&self, error: Error, waited: Duration) -> CommandError {
        let error = failed(error);
        if self.timeout == 0 { error } else { error.note(format!("waited {} s", waited.as_secs())) }
    }

    fn late(&self, ui: &Ui, status: &OwnerStatus, reason: &str) -> Result<ExitStatus, CommandError> {
        if self.json {
            self.print(ui, status);
            return Ok(ExitStatus::Pending);
        }
        let waited = if self.timeout == 0 { String::new() } else { format!(" after {} s", self.timeout) };
        let text = format!("the database is not up to date{waited}");
        Err(CommandError::new(ExitStatus::Pending, text).note(reason).hint(remedy(status)))
    }

    fn print(&self, ui: &Ui, status: &OwnerStatus) {
        let pending: Vec<&str> = status.pending.iter().map(|revision| revision.id.as_str()).collect();
        let all = json!({
            "owner": status.owner,
            "rows": status.rows,
            "heads": status.heads,
            "is_up_to_date": status.is_up_to_date(),
            "pending": pending,
            "unknown": status.unknown,
        });
        ui.line(&all.to_string());
    }
}

/// A look that was cut off.
fn silent(project: &Project, timeout: Duration) -> Result<Error, CommandError> {
    let database = project.config().connect_url().map_err(wrong)?.redacted();
    Ok(Error::ConnectTimeout { database, timeout })
}

/// Where the owner stands, or why that cannot be seen at the moment.
async fn look(project: &Project) -> Result<Result<OwnerStatus, Error>, CommandError> {
    let url = project.config().connect_url().map_err(wrong)?;
    let mut database = match Database::connect(&url, Access::Read).await {
        Ok(database) => database,
        Err(error) if error.may_pass() => return Ok(Err(error)),
        Err(error) => return Err(failed(error)),
    };
    let statuses = project.migrator().status(&mut database).await;
    database.close().await;
    let statuses = match statuses {
        Ok(statuses) => statuses,
        Err(error) if error.may_pass() => return Ok(Err(error)),
        Err(error) => return Err(failed(error)),
    };
    let name = project.owner_name();
    let found = statuses.into_iter().find(|status| status.owner == name);
    found.map(Ok).ok_or_else(|| failed(Error::UnknownOwner { name: name.to_owned() }))
}
