//! `squash`

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use dunlin::core::dialect::DialectName;
use dunlin::core::revision::{Direction, Revision, RevisionId};
use dunlin::engine::history::RevisionMap;
use dunlin::engine::sql::revision_file::{Header, RevisionFile, Section, Stage};
use serde_json::json;

use crate::author::write_new;
use crate::command_error::CommandError;
use crate::exit::ExitStatus;
use crate::project::Project;
use crate::ui::Ui;

/// Put one revision in place of a run of them.
///
/// The new revision has the id of the last one and does what all of them did. Their files are kept in
/// `squashed/versions`: a database that stands in the middle of them is brought on by these. Delete them once no
/// such database is left.
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
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Squash {
    /// Writes the new file and moves the old ones.
    ///
    /// # Errors
    /// The revisions are no line by themselves, or not all of them SQL; nothing is written then.
    pub fn run(&self, project: &Project, ui: &Ui) -> Result<ExitStatus, CommandError> {
        let run = self.line(project)?;
        let files = run.iter().map(|revision| file(project, &revision.id)).collect::<Result<Vec<_>, _>>()?;
        let texts = files.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
        let squashed = self.squashed(&run, &texts)?;
        let text = squashed.write().map_err(CommandError::failed)?;
        let goes_down = |file: &RevisionFile| {
            file.sections.iter().any(|section| section.direction == Direction::Downgrade)
        };
        if texts.iter().any(goes_down) && !goes_down(&squashed) {
            ui.note("the new revision has no downgrade, as not all of the old ones have one");
        }
        let last = files.last().cloned().unwrap_or_default();

        let archive = project.squashed_directory();
        fs::create_dir_all(&archive).map_err(|error| cannot("make", &archive, &error))?;
        let new = last.with_extension("sql.squashed");
        write_new(&new, &text)?;
        for (path, revision) in files.iter().zip(&run) {
            // Of a revision that was squashed itself, the old ones are there.
            let kept = match project.is_squashed(&revision.id) {
                true => fs::remove_file(path),
                false => fs::rename(path, archive.join(path.file_name().unwrap_or_default())),
            };
            kept.map_err(|error| cannot("move", path, &error).note(format!("{} is written", new.display())))?;
        }
        fs::rename(&new, &last).map_err(|error| cannot("rename", &new, &error))?;

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

    fn squashed(&self, run: &[&Revision], files: &[RevisionFile]) -> Result<RevisionFile, CommandError> {
        let (Some(first), Some(last)) = (run.first(), run.last()) else {
            return Err(CommandError::usage("there is nothing to squash"));
        };
        let mut header = Header::new(last.id.clone());
        header.down_revisions.clone_from(&first.down_revisions);
        let titles: Vec<&str> =
            run.iter().map(|revision| revision.title()).filter(|t| !t.is_empty()).collect();
        header.message = self.message.clone().unwrap_or_else(|| titles.join("; "));
        let within = |name: &String| {
            run.iter().any(|revision| revision.id.as_str() == name || revision.branch_labels.contains(name))
        };
        for revision in run {
            header.branch_labels.extend(revision.branch_labels.iter().cloned());
            for dependency in revision.depends_on.iter().filter(|dependency| !within(dependency)) {
                if !header.depends_on.contains(dependency) {
                    header.depends_on.push(dependency.clone());
                }
            }
        }
        header.created = files.last().and_then(|file| file.header.created.clone());
        let up: Vec<&RevisionFile> = files.iter().collect();
        let down: Vec<&RevisionFile> = files.iter().rev().collect();
        let mut sections = sections(Direction::Upgrade, &up)?;
        if sections.is_empty() {
            return Err(CommandError::failed("no database is served by all of these revisions")
                .hint("squash those that have sections for the same databases"));
        }
        sections.extend(self::sections(Direction::Downgrade, &down)?);
        Ok(RevisionFile { header, sections })
    }
}

/// What all files have for one direction: for all databases, and for each that one of them has a section for.
fn sections(direction: Direction, files: &[&RevisionFile]) -> Result<Vec<Section>, CommandError> {
    let of_direction = |file: &RevisionFile| -> Vec<Option<DialectName>> {
        let sections = file.sections.iter().filter(|section| section.direction == direction);
        sections.map(|section| section.dialect).collect()
    };
    let named: Vec<Option<DialectName>> = files.iter().flat_map(|file| of_direction(file)).collect();
    let mut dialects: Vec<Option<DialectName>> = vec![None];
    dialects.extend(DialectName::ALL.map(Some).into_iter().filter(|name| named.contains(name)));
    let section = |dialect: Option<DialectName>| {
        let found: Option<Vec<&Section>> = files
            .iter()
            .map(|file| match dialect {
                Some(name) => file.section(direction, name),
                None => file
                    .sections
                    .iter()
                    .find(|section| section.direction == direction && section.dialect.is_none()),
            })
            .collect();
        let stages = found?.into_iter().flat_map(|section| section.stages.iter().cloned()).collect();
        Some(together(dialect, stages).map(|stages| Section { direction, dialect, stages }))
    };
    dialects.into_iter().filter_map(section).collect()
}

/// Stages as one where they can be committed together. A new value of an enum type of PostgreSQL is committed before
/// it is used.
///
/// # Errors
/// What the databases cut into statements would not be the same.
fn together(dialect: Option<DialectName>, stages: Vec<Stage>) -> Result<Vec<Stage>, CommandError> {
    let is_plain = |stage: &Stage| !stage.no_transaction && !stage.no_foreign_keys;
    let adds_value = |stage: &Stage| stage.text.to_uppercase().contains("ADD VALUE");
    let mut groups: Vec<Vec<Stage>> = Vec::new();
    for stage in stages {
        if stage.text.trim().is_empty() {
            continue;
        }
        let fits = |last: &Stage| is_plain(last) && is_plain(&stage) && !adds_value(last);
        match groups.last_mut().filter(|group| group.last().is_some_and(fits)) {
            Some(group) => group.push(stage),
            None => groups.push(vec![stage]),
        }
    }
    match groups.is_empty() {
        true => Ok(vec![Stage::default()]),
        false => groups.into_iter().map(|group| one_stage(dialect, group)).collect(),
    }
}

/// Several stages as one: as they are written if they end in semicolons, else with semicolons, or statement by statement.
fn one_stage(dialect: Option<DialectName>, group: Vec<Stage>) -> Result<Stage, CommandError> {
    let [first, rest @ ..] = group.as_slice() else { return Ok(Stage::default()) };
    if rest.is_empty() {
        return Ok(first.clone());
    }
    let served = match dialect {
        None => DialectName::ALL.to_vec(),
        Some(DialectName::MySql) => vec![DialectName::MySql, DialectName::MariaDb],
        Some(one) => vec![one],
    };
    let cut = |stages: &[Stage], on: DialectName| -> Option<Vec<String>> {
        let mut all = Vec::new();
        for stage in stages {
            all.extend(stage.statements(on).ok()?.iter().map(|statement| statement.sql.to_owned()));
        }
        Some(all)
    };
    let mut joined = first.clone();
    for stage in rest {
        joined.touches = match (joined.touches.take(), &stage.touches) {
            (Some(mut before), Some(more)) => {
                before.extend(more.iter().cloned());
                before.sort();
                before.dedup();
                Some(before)
            }
            _ => None,
        };
    }
    let with_text = |text: String| {
        let mut stage = joined.clone();
        stage.text = text;
        stage
    };
    let texts =
        |end: &str| group.iter().map(|stage| format!("{}{end}", stage.text.trim())).collect::<Vec<_>>();
    let by_statement = |on: &DialectName| {
        let statements = cut(&group, *on)?;
        Stage::new(*on, statements.iter().map(String::as_str)).ok().map(|stage| with_text(stage.text))
    };
    let candidates = [with_text(texts("").join("\n\n")), with_text(texts("\n;").join("\n\n"))];
    let mut candidates = candidates.into_iter().chain(served.iter().filter_map(by_statement));
    let is_same = |candidate: &Stage| {
        served.iter().all(|on| cut(&group, *on) == cut(std::slice::from_ref(candidate), *on))
    };
    candidates.find(is_same).ok_or_else(|| {
        CommandError::failed("the statements of these revisions cannot stand in one section")
            .hint("give each of them a section for each database")
    })
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

fn file(project: &Project, id: &RevisionId) -> Result<PathBuf, CommandError> {
    let path = project.file(id);
    let is_sql = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "sql");
    path.filter(is_sql).ok_or_else(|| {
        CommandError::usage(format!("revision {id} is no file of SQL"))
            .hint("revisions in Rust are made one by hand: a new one with the last one's id, and the old ones in `DbManager::squashed`")
    })
}

fn read(path: &Path) -> Result<RevisionFile, CommandError> {
    let text = fs::read_to_string(path).map_err(|error| cannot("read", path, &error))?;
    RevisionFile::parse(&text).map_err(|error| CommandError::failed(format!("{}: {error}", path.display())))
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> CommandError {
    CommandError::failed(format!("cannot {what} {}: {error}", path.display()))
}
