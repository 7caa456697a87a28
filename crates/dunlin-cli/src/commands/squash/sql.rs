//! Files of SQL as one.

use std::fs;
use std::path::PathBuf;

use dunlin::core::dialect::DialectName;
use dunlin::core::revision::{Direction, Revision};
use dunlin::engine::sql::revision_file::{Header, RevisionFile, Section, Stage};

use super::cannot;
use crate::command_error::CommandError;
use crate::ui::Ui;

/// The text of one file that does what some do, oldest first.
///
/// # Errors
/// One cannot be read, or what they do cannot stand in one.
pub(super) fn text(whole: &Revision, paths: &[PathBuf], ui: &Ui) -> Result<String, CommandError> {
    let read = |path: &PathBuf| {
        let text = fs::read_to_string(path).map_err(|error| cannot("read", path, &error))?;
        RevisionFile::parse(&text)
            .map_err(|error| CommandError::failed(format!("{}: {error}", path.display())))
    };
    let files = paths.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let mut header = Header::from(whole);
    header.created = files.last().and_then(|file| file.header.created.clone());
    let up: Vec<&RevisionFile> = files.iter().collect();
    let down: Vec<&RevisionFile> = files.iter().rev().collect();
    let mut sections = sections(Direction::Upgrade, &up)?;
    if sections.is_empty() {
        return Err(CommandError::failed("no database is served by all of these revisions")
            .hint("squash those that have sections for the same databases"));
    }
    sections.extend(self::sections(Direction::Downgrade, &down)?);
    let file = RevisionFile { header, sections };
    let goes_down =
        |file: &RevisionFile| file.sections.iter().any(|section| section.direction == Direction::Downgrade);
    if files.iter().any(goes_down) && !goes_down(&file) {
        ui.note("the new revision has no downgrade, as not all of the old ones have one");
    }
    file.write().map_err(CommandError::failed)
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
