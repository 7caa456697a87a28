//! `check`: what differs.

use clap::Args;
use dunlin::Database;
use dunlin::core::dialect::DialectName;
use dunlin::engine::compare::describe;
use dunlin::engine::dialect::dialect;
use serde_json::{Value, json};

use super::{Against, Author};
use crate::command_error::CommandError;
use crate::exit::ExitStatus;

/// Compare the models with the database, or with the revisions.
///
/// Exits 0 where nothing differs, and 3 where something does. Nothing is written: a role that may only
/// read is enough.
#[derive(Debug, Clone, Args)]
pub struct Check {
    #[command(flatten)]
    against: Against,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What differs on one database.
struct Found {
    on: DialectName,
    differences: Vec<String>,
    possible_renames: Vec<String>,
    operations: Value,
}

impl Check {
    /// Whether no database is needed.
    pub fn is_offline(&self) -> bool {
        self.against.is_offline()
    }

    /// Compares; `database` is the one that is meant, unless the command is offline.
    ///
    /// # Errors
    /// Something cannot be read or compared; or, with exit status 3, something differs.
    pub async fn run(
        &self,
        author: &Author<'_>,
        database: Option<&mut Database>,
    ) -> Result<ExitStatus, CommandError> {
        let found = self.found(author, database).await?;
        let differs = found.iter().any(|found| !found.differences.is_empty());
        if self.json {
            let all: Vec<Value> = found
                .iter()
                .map(|found| {
                    json!({
                        "database": found.on.as_str(),
                        "differences": found.differences,
                        "operations": found.operations,
                        "possible_renames": found.possible_renames,
                    })
                })
                .collect();
            author
                .ui
                .line(&json!({ "owner": author.owner, "differs": differs, "compared": all }).to_string());
            return Ok(if differs { ExitStatus::Pending } else { ExitStatus::Done });
        }
        if !differs {
            let what = if self.is_offline() { "its revisions" } else { "the database" };
            author.ui.line(&format!("{}: the models and {what} are the same", author.owner));
            return Ok(ExitStatus::Done);
        }
        let mut renames: Vec<&String> = Vec::new();
        for (lines, on) in grouped(&found) {
            for line in lines {
                author.ui.line(&format!("{line}{on}"));
            }
        }
        for rename in found.iter().flat_map(|found| &found.possible_renames) {
            if !renames.contains(&rename) {
                renames.push(rename);
            }
        }
        let what = if self.is_offline() { "its revisions" } else { "the database" };
        let mut error = CommandError::new(
            ExitStatus::Pending,
            format!("the models of {} and {what} differ", author.owner),
        );
        for rename in renames {
            error = error.hint(format!("if that is a rename, say --rename {rename}"));
        }
        Err(error.hint("`revision --autogenerate` writes a revision of it"))
    }

    async fn found(
        &self,
        author: &Author<'_>,
        database: Option<&mut Database>,
    ) -> Result<Vec<Found>, CommandError> {
        let options = self.against.options(&[]);
        let mut drifts = Vec::new();
        match database {
            Some(database) => {
                let drift = author.migrator.compare(database, author.owner, &options).await;
                drifts.push((database.dialect().name(), drift.map_err(author.failed)?));
            }
            None => {
                for name in self.against.dialects() {
                    let drift = author.migrator.compare_with_history(dialect(name), author.owner, &options);
                    drifts.push((name, drift.map_err(author.failed)?));
                }
            }
        }
        let found = drifts.into_iter().map(|(on, drift)| Found {
            on,
            differences: drift
                .comparison
                .upgrade
                .iter()
                .flat_map(|operation| describe(dialect(on), operation, &drift.from))
                .collect(),
            possible_renames: drift.comparison.possible_renames.iter().map(ToString::to_string).collect(),
            operations: serde_json::to_value(&drift.comparison.upgrade).unwrap_or_default(),
        });
        Ok(found.collect())
    }
}

/// The differences, those that are alike on several databases once, with the databases that have them
/// where these are not all.
fn grouped(found: &[Found]) -> Vec<(&Vec<String>, String)> {
    let mut groups: Vec<(&Vec<String>, Vec<&str>)> = Vec::new();
    for one in found.iter().filter(|found| !found.differences.is_empty()) {
        match groups.iter_mut().find(|(lines, _)| *lines == &one.differences) {
            Some((_, names)) => names.push(one.on.display_name()),
            None => groups.push((&one.differences, vec![one.on.display_name()])),
        }
    }
    let everywhere = |names: &[&str]| names.len() == found.len();
    let on = |names: Vec<&str>| match everywhere(&names) {
        true => String::new(),
        false => format!(" (on {})", names.join(", ")),
    };
    groups.into_iter().map(|(lines, names)| (lines, on(names))).collect()
}
