//! `squash`

mod exchange;
mod rust;
mod sql;

use std::path::{Path, PathBuf};

use clap::Args;
use dunlin::core::revision::{Revision, RevisionId};
use dunlin::directory::Language;
use dunlin::engine::history::RevisionMap;
use serde_json::json;

use self::exchange::Exchange;
use crate::command_error::CommandError;
use crate::exit::ExitStatus;
use crate::project::Project;
use crate::ui::Ui;

/// Put one revision in place of a run of them.
///
/// The new revision has the id of the last one and does what all of them did. Their files are kept in
/// `squashed/versions`: a database that stands in the middle of them is brought on by these. Delete them once no
/// such database is left. Revisions in SQL become one in SQL, and revisions in Rust one in Rust, which the project's
/// program is built with to see that it does the same. Where it does not, or something cannot be written down (a
/// function that moves rows), nothing is changed.
#[derive(Debug, Clone, Args)]
pub struct Squash {
    /// The first revision of the run.
    #[arg(value_name = "FROM")]
    from: String,
    /// The last one.
    #[arg(value_name = "TO")]
    to: String,
    /// What the new revision is about; else what the old ones were.
    #[arg(short, long)]
    message: Option<String>,
    /// Print what the last one records, and change nothing: a program that was built anew is asked so.
    #[arg(long, hide = true)]
    recorded: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Squash {
    /// Whether what revisions do is asked, which only a program knows that has them compiled in.
    pub(crate) fn asks_what_they_do(&self, heads: &Project) -> bool {
        let language = |run: Vec<&Revision>| language(&files(heads, &run)?);
        self.recorded || self.line(heads).and_then(language).is_ok_and(|language| language == Language::Rust)
    }

    /// Writes the new file and moves the old ones.
    ///
    /// # Errors
    /// The revisions are no line by themselves, not all of them are SQL or all of them Rust, or one file cannot do
    /// what they do; nothing is changed then.
    pub fn run(&self, project: &Project, ui: &Ui) -> Result<ExitStatus, CommandError> {
        if self.recorded {
            let last = known(project.history()?, &one(project, &self.to)?)?;
            ui.line(&rust::recorded(project, &[last])?.to_string());
            return Ok(ExitStatus::Done);
        }
        let run = self.line(project)?;
        let whole = self.whole(&run)?;
        let files = files(project, &run)?;
        let language = language(&files)?;
        let paths: Vec<PathBuf> = files.into_iter().map(|(path, _)| path).collect();
        let text = match language {
            Language::Sql => sql::text(&whole, &paths, ui)?,
            Language::Rust => rust::text(project, &whole, &run)?,
        };
        let last = paths.last().cloned().unwrap_or_default();
        let archive = project.squashed_directory();

        let mut exchange = Exchange::default();
        let mut all = || {
            let before = match language {
                Language::Sql => None,
                Language::Rust => Some(rust::recorded(project, &run)?),
            };
            exchange.directory(&archive)?;
            // Under a name that is no revision's, until the old one is away.
            let new = last.with_added_extension("squashed");
            exchange.write(&new, &text)?;
            for (path, revision) in paths.iter().zip(&run) {
                // Of a revision that was squashed itself, the old ones are there.
                match project.is_squashed(&revision.id) {
                    true => exchange.delete(path)?,
                    false => exchange.rename(path, &archive.join(path.file_name().unwrap_or_default()))?,
                }
            }
            exchange.rename(&new, &last)?;
            before.map_or(Ok(()), |before| rust::prove(project, &whole, &before, ui))
        };
        if let Err(error) = all() {
            return Err(exchange.undo(error));
        }

        let ids: Vec<&str> = run.iter().map(|revision| revision.id.as_str()).collect();
        match self.json {
            true => {
                let file = last.display().to_string();
                let revision = ids.last();
                let all = json!({ "revision": revision, "file": file, "squashed": ids, "kept_in": archive });
                ui.line(&all.to_string());
            }
            false => {
                ui.line(&last.display().to_string());
                ui.note(&format!(
                    "{} revisions are now one; their files are in {}",
                    ids.len(),
                    archive.display()
                ));
            }
        }
        Ok(ExitStatus::Done)
    }

    /// The revisions of the run, oldest first: each follows the one before it, and nothing else hangs on them.
    fn line<'p>(&self, project: &'p Project) -> Result<Vec<&'p Revision>, CommandError> {
        let history = project.history()?;
        let (from, to) = (one(project, &self.from)?, one(project, &self.to)?);
        let mut run = vec![known(history, &to)?];
        while let Some(newest) = run.last().filter(|revision| revision.id != from) {
            let [parent] = newest.down_revisions.as_slice() else {
                let text = format!("{} does not come down to {from} in one line", self.to);
                return Err(CommandError::usage(text).hint(format!(
                    "{} follows {}",
                    newest.id,
                    several(&newest.down_revisions)
                )));
            };
            run.push(known(history, parent)?);
        }
        run.reverse();
        if run.len() < 2 {
            return Err(CommandError::usage(format!("{from} is one revision already"))
                .hint("name the first and the last of those that are to be one"));
        }
        let within = |id: &str| run.iter().any(|revision| revision.id.as_str() == id);
        for revision in run.iter().take(run.len() - 1) {
            let names =
                |text: &String| *text == revision.id.as_str() || revision.branch_labels.contains(text);
            let others = history.revisions().iter().filter(|other| !within(other.id.as_str()));
            let hangs = |other: &&Revision| {
                other.down_revisions.contains(&revision.id) || other.depends_on.iter().any(names)
            };
            if let Some(other) = others.into_iter().find(hangs) {
                let text = format!("{} hangs on {}, which would be gone", other.id, revision.id);
                return Err(
                    CommandError::usage(text).hint(format!("begin behind {}, or end there", revision.id))
                );
            }
        }
        Ok(run)
    }

    /// The revision that is put in their place.
    fn whole(&self, run: &[&Revision]) -> Result<Revision, CommandError> {
        let (Some(first), Some(last)) = (run.first(), run.last()) else {
            return Err(CommandError::usage("there is nothing to squash"));
        };
        let titles: Vec<&str> =
            run.iter().map(|revision| revision.title()).filter(|title| !title.is_empty()).collect();
        let mut whole = Revision::new(last.id.clone());
        whole.message = self.message.clone().unwrap_or_else(|| titles.join("; "));
        whole.down_revisions.clone_from(&first.down_revisions);
        let within = |name: &String| {
            run.iter().any(|revision| revision.id.as_str() == name || revision.branch_labels.contains(name))
        };
        for revision in run {
            whole.branch_labels.extend(revision.branch_labels.iter().cloned());
            for dependency in revision.depends_on.iter().filter(|dependency| !within(dependency)) {
                if !whole.depends_on.contains(dependency) {
                    whole.depends_on.push(dependency.clone());
                }
            }
        }
        Ok(whole)
    }
}

fn one(project: &Project, text: &str) -> Result<RevisionId, CommandError> {
    let rows = project.history()?.rows_at(&project.target(text)?);
    match rows.map_err(|error| project.no_target(error))?.as_slice() {
        [one] => Ok(one.clone()),
        _ => Err(CommandError::usage(format!("{text} is not one revision"))
            .hint("name the first and the last of those that are to be one")),
    }
}

fn known<'h>(history: &'h RevisionMap, id: &RevisionId) -> Result<&'h Revision, CommandError> {
    history.get(id).ok_or_else(|| CommandError::failed(format!("there is no revision {id}")))
}

fn several(ids: &[RevisionId]) -> String {
    match ids {
        [] => "nothing".to_owned(),
        ids => ids.iter().map(RevisionId::as_str).collect::<Vec<_>>().join(" and "),
    }
}

/// The files of revisions, and what they are written in.
fn files(project: &Project, run: &[&Revision]) -> Result<Vec<(PathBuf, Language)>, CommandError> {
    let file = |revision: &&Revision| {
        let Some(file) = project.revision_file(&revision.id) else {
            let text = format!("the file of revision {} was not found", revision.id);
            return Err(CommandError::failed(text).hint(
                "version_locations in dunlin.toml say where revisions are; what one in Rust says of itself \
                 stands in plain texts",
            ));
        };
        match file.migration.revision() == *revision {
            true => Ok((file.path.clone(), file.language())),
            false => {
                let text = format!("{} is not what this program was built of", file.path.display());
                Err(CommandError::failed(text).hint("`dunlin squash` builds it first"))
            }
        }
    };
    run.iter().map(file).collect()
}

/// What all files are written in.
fn language(files: &[(PathBuf, Language)]) -> Result<Language, CommandError> {
    let of = |wanted: Language| files.iter().find(|(_, language)| *language == wanted);
    match (of(Language::Sql), of(Language::Rust)) {
        (Some((sql, _)), Some((rust, _))) => {
            let text =
                format!("{} is SQL and {} is Rust: no file can be both", sql.display(), rust.display());
            Err(CommandError::usage(text).hint("squash those in SQL and those in Rust by themselves"))
        }
        (None, Some(_)) => Ok(Language::Rust),
        _ => Ok(Language::Sql),
    }
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> CommandError {
    CommandError::failed(format!("cannot {what} {}: {error}", path.display()))
}
