//! Where to go: a release or a revision, as Airflow's flags name them.

use clap::Args;
use dunlin::engine::history::Target;
use dunlin::engine::owner::Owner;
use dunlin_cli::CommandError;

/// `-n` and `-r`.
#[derive(Debug, Clone, Args)]
pub(super) struct To {
    /// The release to go to, such as 2.7.0; one between two releases means the older of them.
    #[arg(short = 'n', long, value_name = "VERSION", conflicts_with = "to_revision")]
    to_version: Option<String>,
    /// The revision to go to: an id, the unique beginning of one, head, or base.
    #[arg(short = 'r', long, value_name = "REVISION")]
    to_revision: Option<String>,
}

/// `--from-version` and `--from-revision`.
#[derive(Debug, Clone, Args)]
pub(super) struct From {
    /// With -s: the release that the SQL starts from (default: where the database is).
    #[arg(long, value_name = "VERSION", requires = "show_sql_only", conflicts_with = "from_revision")]
    from_version: Option<String>,
    /// With -s: the revision that the SQL starts from (default: where the database is).
    #[arg(long, value_name = "REVISION", requires = "show_sql_only")]
    from_revision: Option<String>,
}

impl To {
    /// The target; none when neither flag is given.
    pub(super) fn resolve(&self, owner: &Owner) -> Result<Option<Target>, CommandError> {
        resolve(owner, self.to_version.as_deref(), self.to_revision.as_deref())
    }

    /// As it was given, for messages.
    pub(super) fn as_given(&self) -> Option<&str> {
        self.to_version.as_deref().or(self.to_revision.as_deref())
    }
}

impl From {
    /// The start; none when neither flag is given.
    pub(super) fn resolve(&self, owner: &Owner) -> Result<Option<Target>, CommandError> {
        resolve(owner, self.from_version.as_deref(), self.from_revision.as_deref())
    }
}

fn resolve(
    owner: &Owner,
    version: Option<&str>,
    revision: Option<&str>,
) -> Result<Option<Target>, CommandError> {
    let releases = owner.manager().releases();
    if let Some(version) = version {
        let release = releases.resolve(version).map_err(|error| {
            let known: Vec<&str> = releases.iter().map(|release| release.version.as_str()).collect();
            CommandError::usage(error).hint(format!("releases of {}: {}", owner.name(), known.join(", ")))
        })?;
        return Ok(Some(Target::from(release.revision.clone())));
    }
    let Some(revision) = revision else { return Ok(None) };
    let target = owner.history().target(revision).map_err(|error| {
        let heads: Vec<String> = owner.history().heads().iter().map(ToString::to_string).collect();
        CommandError::usage(error).hint(format!(
            "the newest revision of {} is {}",
            owner.name(),
            heads.join(", ")
        ))
    })?;
    Ok(Some(target))
}
