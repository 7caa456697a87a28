//! `check`: what differs.

use clap::Args;
use dunlin::core::dialect::DialectName;
use dunlin::core::operation::Operation;
use dunlin::engine::compare::{complete, describe};
use dunlin::engine::dialect::dialect;
use dunlin::{Database, Drift, Error, OwnerStatus, Uncompared};
use serde_json::{Value, json};

use super::opaque::{in_scratch, is_opaque, stand_in};
use super::{Against, Author};
use crate::command_error::CommandError;
use crate::exit::ExitStatus;

/// Compare the models with the database, or with the revisions.
///
/// A database is compared that stands at the newest revision. Exits 0 where nothing differs, and 3 where
/// something does or revisions are pending. Nothing is written, and a role that may only read is enough,
/// unless an expression is written in other words than the database's: only the database can compare these,
/// in temporary tables. Where the role may not make such, the expression is named as one that could not be
/// compared, and if nothing else differs, the check fails with 1: nobody knows.
#[derive(Debug, Clone, Args)]
#[command(mut_arg("dialect", |arg| arg.requires("offline")))]
pub struct Check {
    #[command(flatten)]
    against: Against,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What to do where the database could not be asked.
pub(super) const ASKED_IN_TEMPORARY_TABLES: &str = "let the role create temporary tables on a server that may be \
     written to, and read what expressions name: these are compared in such tables";

/// What differs on one database.
struct Found {
    on: DialectName,
    differences: Vec<Difference>,
    possible_renames: Vec<String>,
    operations: Value,
    uncompared: Vec<Uncompared>,
}

/// A line of what differs.
#[derive(PartialEq, Eq)]
struct Difference {
    line: String,
    /// The revisions know nothing of what it is about, so that no revision can do it.
    by_hand: bool,
}

impl Check {
    /// Whether no database is needed.
    pub fn is_offline(&self) -> bool {
        self.against.is_offline()
    }

    /// Compares; `database` is the one that is meant, unless the command is offline.
    ///
    /// # Errors
    /// Something cannot be read or compared, or the database could not be asked about all of it; or, with exit
    /// status 3, something differs, or the database is not at the newest revision.
    pub async fn run(
        &self,
        author: &Author<'_>,
        mut database: Option<&mut Database>,
    ) -> Result<ExitStatus, CommandError> {
        if let Some(database) = database.as_deref_mut()
            && let Some(status) = behind(author, database).await?
        {
            return self.not_at_heads(author, status);
        }
        let stand_in = match database.as_deref_mut() {
            Some(database) => stand_in(author, database).await?,
            None => None,
        };
        let author = &stand_in.as_ref().map_or(*author, |migrator| author.seeing(migrator));
        let found = self.found(author, database).await?;
        let differs = found.iter().any(|found| !found.differences.is_empty());
        if self.json {
            let compared: Vec<Value> = found.iter().map(Found::json).collect();
            let status = self.print_json(author, differs, &[], &compared);
            let unknown = !differs && found.iter().any(|found| !found.uncompared.is_empty());
            return Ok(if unknown { ExitStatus::Failed } else { status });
        }
        let what = if self.is_offline() { "its revisions" } else { "the database" };
        let uncompared: Vec<&Uncompared> = found.iter().flat_map(|found| &found.uncompared).collect();
        for one in &uncompared {
            author.ui.line(&format!("could not be compared: {} ({})", one.what, one.why));
        }
        if !differs && !uncompared.is_empty() {
            let text =
                format!("the models of {} and {what} could not be compared in everything", author.owner);
            return Err(CommandError::failed(text)
                .note("nothing else differs")
                .hint(ASKED_IN_TEMPORARY_TABLES));
        }
        if !differs {
            author.ui.line(&format!("{}: the models and {what} are the same", author.owner));
            return Ok(ExitStatus::Done);
        }
        for (differences, on) in grouped(&found) {
            for Difference { line, by_hand } in differences {
                let by_hand = if *by_hand { " (changed by hand)" } else { "" };
                author.ui.line(&format!("{line}{on}{by_hand}"));
            }
        }
        let text = format!("the models of {} and {what} differ", author.owner);
        let error = CommandError::new(ExitStatus::Pending, text);
        Err(self.hints(author, &found).into_iter().fold(error, CommandError::hint))
    }

    /// What to do about what differs.
    fn hints(&self, author: &Author<'_>, found: &[Found]) -> Vec<String> {
        let mut hints = Vec::new();
        for rename in found.iter().flat_map(|found| &found.possible_renames) {
            let hint = format!("if that is a rename, say --rename {rename}");
            if !hints.contains(&hint) {
                hints.push(hint);
            }
        }
        let any = |by_hand| {
            let mut all = found.iter().flat_map(|found| &found.differences);
            all.any(|difference| difference.by_hand == by_hand)
        };
        if any(true) {
            hints.push("take back by hand what was changed by hand: no revision does that".to_owned());
        }
        if any(false) {
            let command = (author.words.revision)(author.owner);
            let offline = if self.is_offline() { " --offline" } else { "" };
            hints.push(format!("`{command} -m MESSAGE --autogenerate{offline}` writes a revision of it"));
        }
        if found.iter().any(|found| !found.uncompared.is_empty()) {
            hints.push(ASKED_IN_TEMPORARY_TABLES.to_owned());
        }
        hints
    }

    /// Says that the database is not at the newest revision. It is not compared: what is pending would be
    /// found as well.
    fn not_at_heads(&self, author: &Author<'_>, status: OwnerStatus) -> Result<ExitStatus, CommandError> {
        if self.json {
            let pending: Vec<&str> = status.pending.iter().map(|revision| revision.id.as_str()).collect();
            return Ok(self.print_json(author, true, &pending, &[]));
        }
        let OwnerStatus { owner, rows, heads, .. } = status;
        let command = (author.words.migrate)(&owner);
        let error = Error::NotAtHeads { owner, rows, heads };
        Err(CommandError::new(ExitStatus::Pending, error)
            .note("the models are compared with a database at the newest revision only")
            .hint(format!("run `{command}` first")))
    }

    fn print_json(
        &self,
        author: &Author<'_>,
        differs: bool,
        pending: &[&str],
        compared: &[Value],
    ) -> ExitStatus {
        let all = json!({
            "owner": author.owner, "differs": differs, "pending": pending, "compared": compared,
        });
        author.ui.line(&all.to_string());
        if differs { ExitStatus::Pending } else { ExitStatus::Done }
    }

    async fn found(
        &self,
        author: &Author<'_>,
        database: Option<&mut Database>,
    ) -> Result<Vec<Found>, CommandError> {
        if let Some(database) = database {
            return Ok(vec![self.found_in(author, database).await?]);
        }
        if is_opaque(author)? {
            let mut found = Vec::new();
            for on in self.against.scratch_dialects() {
                let one =
                    in_scratch(author, on, async |author, database| self.found_in(author, database).await);
                found.push(one.await?);
            }
            return Ok(found);
        }
        let options = self.against.options(&[]);
        let compared = |name| {
            let drift = author.migrator.compare_with_history(dialect(name), author.owner, &options);
            drift.map(|drift| Found::new(name, &drift, &[])).map_err(author.failed)
        };
        self.against.dialects().into_iter().map(compared).collect()
    }

    /// What differs from what a database has.
    async fn found_in(&self, author: &Author<'_>, database: &mut Database) -> Result<Found, CommandError> {
        let options = self.against.options(&[]);
        let on = database.dialect();
        let drift = author.migrator.compare(database, author.owner, &options).await.map_err(author.failed)?;
        if author.is_stand_in {
            return Ok(Found::new(on.name(), &drift, &[]));
        }
        let owner = author.migrator.owner(author.owner).map_err(author.failed)?;
        let history = owner.replay(&owner.history().effective_heads()).map_err(|source| {
            (author.failed)(Error::Plan { owner: author.owner.to_owned(), source: source.into() })
        })?;
        let left_out = complete(drift.comparison.clone(), on, &[], &history, owner.metadata()).left_out;
        Ok(Found::new(on.name(), &drift, &left_out))
    }
}

impl Found {
    fn new(on: DialectName, drift: &Drift, by_hand: &[Operation]) -> Self {
        let described = |operation| describe(dialect(on), operation, &drift.from);
        let by_hand: Vec<String> = by_hand.iter().flat_map(described).collect();
        let lines = drift.comparison.upgrade.iter().flat_map(described);
        Self {
            on,
            differences: lines.map(|line| Difference { by_hand: by_hand.contains(&line), line }).collect(),
            possible_renames: drift.comparison.possible_renames.iter().map(ToString::to_string).collect(),
            operations: serde_json::to_value(&drift.comparison.upgrade).unwrap_or_default(),
            uncompared: drift.uncompared.clone(),
        }
    }

    fn json(&self) -> Value {
        let lines: Vec<&str> = self.differences.iter().map(|one| one.line.as_str()).collect();
        let by_hand = self.differences.iter().filter(|one| one.by_hand);
        let by_hand: Vec<&str> = by_hand.map(|one| one.line.as_str()).collect();
        let uncompared: Vec<Value> =
            self.uncompared.iter().map(|one| json!({"what": one.what, "why": one.why})).collect();
        json!({
            "database": self.on.as_str(),
            "differences": lines,
            "changed_by_hand": by_hand,
            "could_not_be_compared": uncompared,
            "operations": self.operations,
            "possible_renames": self.possible_renames,
        })
    }
}

/// Where the owner stands, unless that is at its newest revision or nobody knows.
pub(super) async fn behind(
    author: &Author<'_>,
    database: &mut Database,
) -> Result<Option<OwnerStatus>, CommandError> {
    let status = author.migrator.status(database).await.map_err(author.failed)?;
    let status = status.into_iter().find(|status| status.owner == author.owner);
    Ok(status.filter(|status| status.unknown.is_empty() && !status.is_up_to_date()))
}

/// The differences, those that are alike on several databases once, with the databases that have them
/// where these are not all.
fn grouped(found: &[Found]) -> Vec<(&Vec<Difference>, String)> {
    let mut groups: Vec<(&Vec<Difference>, Vec<&str>)> = Vec::new();
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

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        check: Check,
    }

    #[test]
    fn a_database_is_named_only_where_none_is_connected() {
        let parse = |arguments: &[&str]| Line::try_parse_from(["program"].iter().chain(arguments));
        assert!(parse(&["--dialect", "mysql"]).is_err());
        let line = parse(&["--offline", "--dialect", "mysql", "--rename", "a=b"]).unwrap();
        assert!(line.check.is_offline());
        assert!(!parse(&["--rename", "a=b"]).unwrap().check.is_offline());
    }
}
