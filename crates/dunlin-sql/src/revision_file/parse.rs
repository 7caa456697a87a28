//! Reading a revision file.

use dunlin_core::dialect::DialectName;
use dunlin_core::revision::Direction;

use super::mark::{Mark, nearest, nearly};
use super::tables::read_tables;
use super::{Header, Line, RevisionFile, RevisionFileError as Error, Section, Stage, moved};
use crate::error::{SqlError, position};
use crate::split::{Scan, scan};

const KEYS: [&str; 6] = ["revision", "down_revision", "message", "branch_labels", "depends_on", "created"];

/// What is not read yet of a text, and the number of its first line.
pub(super) struct Rest<'t> {
    text: &'t str,
    line: usize,
}

impl<'t> Rest<'t> {
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The first line, without its end.
    fn peek(&self) -> Option<&'t str> {
        let line = self.text.split('\n').next().filter(|_| !self.text.is_empty())?;
        Some(line.strip_suffix('\r').unwrap_or(line))
    }

    fn skip_line(&mut self) {
        self.skip(self.text.find('\n').map_or(self.text.len(), |end| end + 1));
    }

    fn skip(&mut self, length: usize) {
        self.line += self.text[..length].matches('\n').count();
        self.text = &self.text[length..];
    }
}

pub(super) fn file(text: &str) -> Result<RevisionFile, Error> {
    let (header, mut rest) = header(text)?;
    let mut sections: Vec<(usize, Section)> = Vec::new();
    // Each of these lines begins a section or stage: what comes before the next one is read with it.
    while let Some(first) = rest.peek() {
        let (line, mark) = (rest.line, Mark::read(first));
        rest.skip_line();
        if let Some(Mark::Section(direction, dialect)) = mark {
            let same = |known: &Section| known.direction == direction && known.dialect == dialect;
            if let Some((known, _)) = sections.iter().find(|(_, known)| same(known)) {
                return Err(Error::Duplicate { line, text: first.trim_end().to_owned(), first: *known });
            }
            let stages = vec![stage(&mut rest, dialect)?];
            sections.push((line, Section { direction, dialect, stages }));
        } else if let Some((_, section)) = sections.last_mut() {
            section.stages.push(stage(&mut rest, section.dialect)?);
        }
    }
    let sections: Vec<Section> = sections.into_iter().map(|(_, section)| section).collect();
    match sections.iter().any(|section| section.direction == Direction::Upgrade) {
        true => Ok(RevisionFile { header, sections }),
        false => Err(Error::NoUpgrade),
    }
}

/// The head, and what comes behind it.
pub(super) fn header(text: &str) -> Result<(Header, Rest<'_>), Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(at) = text.find('\0') {
        let (line, column) = position(text, at);
        return Err(Error::Sql(SqlError::Nul { line, column }));
    }
    let mut rest = Rest { text, line: 1 };
    let mut header = Header::new("");
    let mut given: Vec<&str> = Vec::new();
    while let Some(text) = rest.peek() {
        let line = rest.line;
        if text.starts_with("/*") {
            let unclosed = || moved(SqlError::Unclosed { what: "comment", line: 1, column: 1 }, line - 1);
            let end = rest.text.find("*/").ok_or_else(unclosed)?;
            rest.skip(end);
            rest.skip_line();
            continue;
        }
        if text.trim_end().contains('\r') {
            return Err(Error::CarriageReturn { line });
        }
        match Mark::read(text) {
            Some(Mark::Section(..)) => break,
            Some(_) => return Err(Error::Misplaced { line, text: text.trim_end().to_owned() }),
            None => {}
        }
        rest.skip_line();
        let Some(comment) = text.strip_prefix("--") else {
            match text.trim().is_empty() {
                true => continue,
                false if !given.contains(&"revision") && !names_revision(rest.text) => {
                    return Err(Error::NoRevision);
                }
                false => return Err(Error::BeforeSections { line }),
            }
        };
        let pair = comment.split_once(':').map(|(key, value)| (key.trim(), value.trim()));
        match pair.filter(|(key, _)| !key.is_empty() && !key.contains(char::is_whitespace)) {
            Some((key, value)) if KEYS.contains(&key) => take(&mut header, &mut given, key, value, line)?,
            Some((key, _)) => {
                let meant = nearest(&key.replace('-', "_"), &KEYS).map(str::to_owned);
                let is_key = key.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c == '-');
                refuse_nearly(text, line)?;
                if is_key || meant.is_some() {
                    return Err(Error::UnknownKey { line, key: key.to_owned(), meant });
                }
            }
            None => refuse_nearly(text, line)?,
        }
    }
    match header.revision.as_str() {
        "" => Err(Error::NoRevision),
        _ => Ok((header, rest)),
    }
}

/// Whether a line of a text names a revision: else it is a file of another tool's, or no file of a tool's.
fn names_revision(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("-- revision:"))
}

/// Takes a key of the head.
fn take<'t>(
    header: &mut Header,
    given: &mut Vec<&'t str>,
    key: &'t str,
    value: &str,
    line: usize,
) -> Result<(), Error> {
    let wrong = |problem| Err(Error::Key { line, key: key.to_owned(), problem });
    let again = given.contains(&key);
    given.push(key);
    let list = || value.split(',').map(str::trim).filter(|item| !item.is_empty());
    match key {
        "message" if again => {
            header.message.push('\n');
            header.message.push_str(value);
        }
        _ if again => return wrong("is given twice"),
        "message" => header.message = value.to_owned(),
        "revision" if value.is_empty() => return wrong("has no value"),
        "revision" => header.revision = value.into(),
        "down_revision" => header.down_revisions = list().map(Into::into).collect(),
        "branch_labels" => header.branch_labels = list().map(str::to_owned).collect(),
        "depends_on" => header.depends_on = list().map(str::to_owned).collect(),
        _ => header.created = Some(value.to_owned()),
    }
    Ok(())
}

fn refuse_nearly(text: &str, line: usize) -> Result<(), Error> {
    match nearly(text) {
        None => Ok(()),
        meant => Err(Error::NoMark { line, text: text.trim_end().to_owned(), meant }),
    }
}

/// Options and statements up to the next line that begins a section or stage.
fn stage(rest: &mut Rest<'_>, dialect: Option<DialectName>) -> Result<Stage, Error> {
    let mut stage = Stage::default();
    let mut given: Vec<Mark<'_>> = Vec::new();
    while let Some(text) = rest.peek() {
        let Some(mark) = Mark::read(text).filter(|mark| !mark.begins_stage()) else { break };
        let again = |known: &Mark<'_>| std::mem::discriminant(known) == std::mem::discriminant(&mark);
        if given.iter().any(again) {
            let key = text.trim_end().to_owned();
            return Err(Error::Key { line: rest.line, key, problem: "is given twice" });
        }
        given.push(mark);
        match mark {
            Mark::NoTransaction => stage.no_transaction = true,
            Mark::NoForeignKeys => stage.no_foreign_keys = true,
            Mark::Touches(tables) => {
                let read = read_tables(tables);
                let line = rest.line;
                stage.touches = Some(read.map_err(|text| Error::TableName { line, text: text.to_owned() })?);
            }
            Mark::Section(..) | Mark::NewTransaction => {}
        }
        rest.skip_line();
    }
    while rest.peek().is_some_and(|line| line.trim().is_empty()) {
        rest.skip_line();
    }

    let begins = |line: &str| Mark::read(line).is_some_and(|mark| mark.begins_stage());
    let dialects = dialect.as_ref().map_or(DialectName::ALL.as_slice(), std::slice::from_ref);
    let mut scans: Vec<(DialectName, Scan<'_>)> = Vec::new();
    let mut failed = None;
    for dialect in dialects {
        match scan(*dialect, rest.text, &begins) {
            Ok(scan) => scans.push((*dialect, scan)),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    let Some((_, first)) = scans.iter().min_by_key(|(_, scan)| scan.end) else {
        let unread = failed.map(|error| Error::Sql(moved(error, rest.line - 1)));
        return unread.map_or(Ok(stage), Err);
    };
    // A comment in one database's eyes may stand in quotes in those of another.
    for comment in &first.comments {
        // `--x` is none on MySQL, wherever it stands.
        let knows = |dialect| {
            comment.text.as_bytes().get(2).is_none_or(|byte| *byte <= b' ')
                || !matches!(dialect, DialectName::MySql | DialectName::MariaDb)
        };
        let scans = scans.iter().filter(|(dialect, _)| knows(*dialect));
        let seen = scans.map(|(_, scan)| scan.comments.iter().find(|it| it.start == comment.start));
        let Some(seen) = seen.collect::<Option<Vec<_>>>() else { continue };
        let in_statement = seen.iter().any(|comment| comment.in_statement);
        let line = rest.line + rest.text[..comment.start].matches('\n').count();
        match Mark::read(comment.text) {
            Some(_) if in_statement => {}
            Some(_) => return Err(Error::Misplaced { line, text: comment.text.trim_end().to_owned() }),
            None => {
                let meant = nearly(comment.text);
                let begins_stage = meant.as_deref().is_some_and(begins);
                if begins_stage || !in_statement {
                    refuse_nearly(comment.text, line)?;
                }
            }
        }
    }
    let end = first.end;
    stage.text = rest.text[..end].trim_end().to_owned();
    stage.line = Line(rest.line);
    rest.skip(end);
    Ok(stage)
}
