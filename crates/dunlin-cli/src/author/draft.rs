//! The text of a new revision file.

use dunlin::core::dialect::DialectName;
use dunlin::core::operation::Operation;
use dunlin::core::revision::{Direction, Revision};
use dunlin::engine::compare::{Comparison, describe};
use dunlin::engine::dialect::dialect;
use dunlin::engine::plan::PlanError;
use dunlin::engine::sql::revision_file::{Header, RevisionFile, Section, Stage};
use dunlin::{Database, Error, OwnerStatus, Refused};

use super::check::{ASKED_IN_TEMPORARY_TABLES, behind};
use super::opaque::{in_scratch, is_opaque, stand_in};
use super::{Against, Author, renames, triggers};
use crate::command_error::{CommandError, chain};
use crate::hint;

/// A new revision file.
pub(crate) struct Draft {
    /// Its text.
    pub(crate) text: String,
    /// What databases will not do of it.
    pub(crate) warnings: Vec<String>,
}

/// What a new revision file is to be.
pub(crate) struct Wanted<'a> {
    /// With what models are compared.
    pub(crate) against: &'a Against,
    /// Whether it does what differs.
    pub(crate) autogenerate: bool,
    /// Whether it is SQL, and not Rust.
    pub(crate) sql: bool,
}

impl Wanted<'_> {
    /// The file; none where it is to do what differs, and nothing does.
    pub(crate) async fn draft(
        &self,
        author: &Author<'_>,
        revision: Revision,
        database: Option<&mut Database>,
    ) -> Result<Option<Draft>, CommandError> {
        if !self.autogenerate && self.sql {
            return empty_sql(&revision, &self.against.dialect)
                .map(|text| Some(Draft { text, warnings: Vec::new() }));
        }
        let author = &author.writing_sql(self.sql);
        match database.filter(|_| self.autogenerate) {
            Some(database) => {
                let stand_in = stand_in(author, database).await?;
                if stand_in.is_some() {
                    refuse_behind(author, database).await?;
                }
                let author = &stand_in.as_ref().map_or(*author, |migrator| author.seeing(migrator));
                self.written(author, revision, Some(database)).await
            }
            None if self.autogenerate && is_opaque(author)? => {
                let on = self.against.dialect.first().copied();
                if let [first, others @ ..] = self.against.dialect.as_slice()
                    && !others.is_empty()
                {
                    author.ui.note(&only_one_asked(*first, others));
                }
                let written = in_scratch(author, on, async |author, database| {
                    self.written(author, revision, Some(database)).await
                });
                written.await
            }
            None => self.written(author, revision, None).await,
        }
    }

    /// The file, of what differs from what a database has, or the history leaves.
    async fn written(
        &self,
        author: &Author<'_>,
        revision: Revision,
        mut database: Option<&mut Database>,
    ) -> Result<Option<Draft>, CommandError> {
        let mut warnings = Vec::new();
        let (found, on) = match self.autogenerate {
            false => (Comparison::default(), Vec::new()),
            true => {
                let online = database.as_deref().map(|database| database.dialect().name());
                let mut drift = renames::asked(author, self.against, database.as_deref_mut()).await?;
                let on = match (online, self.against.dialect.as_slice()) {
                    (Some(name), []) => vec![name],
                    _ => self.against.dialects(),
                };
                let shown = dialect(on.first().copied().unwrap_or(DialectName::Postgres));
                let say = |operations: &[Operation], begin: &str| {
                    for line in operations.iter().flat_map(|one| describe(shown, one, &drift.from)) {
                        author.ui.note(&format!("{begin}{line}"));
                    }
                };
                say(&drift.comparison.upgrade, "");
                say(
                    &drift.comparison.left_out,
                    "not written, as the database is not what its revisions made of it: ",
                );
                for one in &drift.uncompared {
                    author.ui.note(&format!(
                        "not written, as it could not be compared: {} ({})",
                        one.what, one.why
                    ));
                }
                if !drift.uncompared.is_empty() {
                    author.ui.note(ASKED_IN_TEMPORARY_TABLES);
                }
                warnings.extend(drift.refused.iter().map(warning));
                if let Some(database) = database.as_deref_mut().filter(|_| author.is_stand_in) {
                    drift.lost = database.lost(&drift.comparison.upgrade).await.map_err(author.failed)?;
                }
                let lost = |what: &String| {
                    format!("warning: {what} is lost, as the view is made anew: write it behind that")
                };
                warnings.extend(drift.lost.iter().map(lost));
                if let Some(database) = database.filter(|_| author.is_stand_in) {
                    let lost = triggers::lost(author, database, &drift.comparison.upgrade).await;
                    warnings.extend(lost.map_err(author.failed)?);
                }
                if drift.comparison.upgrade.is_empty() {
                    author.ui.line(&format!("{}: nothing to write a revision of", author.owner));
                    return Ok(None);
                }
                (drift.comparison, on)
            }
        };
        let text = match self.sql {
            true => author.migrator.sql_revision(author.owner, revision, &found, &on),
            false => author.migrator.rust_revision(author.owner, revision, &found),
        };
        let text = text.map_err(author.failed)?;
        Ok(Some(Draft { text, warnings }))
    }
}

/// Sees that the database is at the newest revision.
async fn refuse_behind(author: &Author<'_>, database: &mut Database) -> Result<(), CommandError> {
    match behind(author, database).await? {
        None => Ok(()),
        Some(OwnerStatus { owner, rows, heads, .. }) => {
            Err((author.failed)(Error::NotAtHeads { owner, rows, heads }))
        }
    }
}

/// What SQL makes of a database is seen on one kind at a time.
fn only_one_asked(first: DialectName, others: &[DialectName]) -> String {
    let names: Vec<&str> = others.iter().map(|other| other.display_name()).collect();
    let names = names.join(", ");
    let first = first.display_name();
    format!(
        "compared on {first} alone: what the revisions leave on {names} was not looked at (`check --offline` does)"
    )
}

/// A file of SQL that does nothing yet, on any database, or on those that are named.
fn empty_sql(revision: &Revision, dialects: &[DialectName]) -> Result<String, CommandError> {
    let mut header = Header::new(revision.id.clone());
    header.down_revisions.clone_from(&revision.down_revisions);
    header.depends_on.clone_from(&revision.depends_on);
    header.branch_labels.clone_from(&revision.branch_labels);
    header.message.clone_from(&revision.message);
    let on: Vec<Option<DialectName>> = match dialects {
        [] => vec![None],
        named => named.iter().copied().map(Some).collect(),
    };
    let section = |direction| {
        on.iter().map(move |on| Section { direction, dialect: *on, stages: vec![Stage::default()] })
    };
    let sections = section(Direction::Upgrade).chain(section(Direction::Downgrade)).collect();
    RevisionFile { header, sections }.write().map_err(CommandError::failed)
}

/// One line about what a database will not do of the revision.
fn warning(refused: &Refused) -> String {
    let direction = match refused.direction {
        Direction::Upgrade => "upgrade",
        Direction::Downgrade => "downgrade",
    };
    let why: &dyn std::error::Error = match &refused.why {
        PlanError::Render { source, .. } => source,
        PlanError::Replay(error) => &error.source,
        other => other,
    };
    let hint = hint::plan(&refused.why).map_or(String::new(), |hint| format!(" ({hint})"));
    format!("warning: its {direction} cannot run on {}: {}{hint}", refused.on.display_name(), chain(why))
}

#[cfg(test)]
mod tests {
    use dunlin::core::dialect::DialectName::{MySql, Sqlite};

    use super::*;

    #[test]
    fn a_file_for_some_databases_has_a_section_for_each() {
        let empty = |dialects: &[DialectName]| {
            let text = empty_sql(&Revision::new("a1").message("x"), dialects).unwrap();
            let lines: Vec<&str> = text.lines().filter(|line| line.contains("grade")).collect();
            lines.join("\n")
        };
        assert_eq!(empty(&[]), "-- upgrade\n-- downgrade");
        assert_eq!(
            empty(&[MySql, Sqlite]),
            "-- upgrade: mysql\n-- upgrade: sqlite\n-- downgrade: mysql\n-- downgrade: sqlite"
        );
    }
}
