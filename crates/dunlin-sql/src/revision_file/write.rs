//! Writing a revision file.

use super::mark::{NEW_TRANSACTION, NO_FOREIGN_KEYS, NO_TRANSACTION, TOUCHES};
use super::tables::write_table;
use super::{Header, RevisionFile, Section, Stage, WriteError};

pub(super) fn file(file: &RevisionFile) -> Result<String, WriteError> {
    let mut text = header(&file.header)?;
    for section in &file.sections {
        write_section(&mut text, section)?;
    }
    let read = RevisionFile::parse(&text).map_err(|source| WriteError::Unreadable { source })?;
    match read == *file {
        true => Ok(text),
        false => Err(other(file, &read)),
    }
}

/// What of a file is read as something else.
fn other(file: &RevisionFile, read: &RevisionFile) -> WriteError {
    let all = |file: &RevisionFile| -> Vec<Stage> {
        file.sections.iter().flat_map(|section| section.stages.clone()).collect()
    };
    let read = all(read);
    let stages = all(file);
    let first = stages.iter().enumerate().find(|(at, stage)| read.get(*at) != Some(stage));
    let sql = first.map(|(_, stage)| stage.text.clone()).unwrap_or_default();
    WriteError::Statement { sql, why: "a line of it is a mark of revision files".to_owned() }
}

fn header(header: &Header) -> Result<String, WriteError> {
    let mut text = String::new();
    list(&mut text, "revision", &[header.revision.as_str()])?;
    let down: Vec<&str> = header.down_revisions.iter().map(|id| id.as_str()).collect();
    list(&mut text, "down_revision", &down)?;
    for message in header.message.split('\n').filter(|_| !header.message.is_empty()) {
        if message.trim() != message {
            return Err(WriteError::Value { what: "message", value: header.message.clone() });
        }
        text.push_str(format!("-- message: {message}").trim_end());
        text.push('\n');
    }
    let labels: Vec<&str> = header.branch_labels.iter().map(String::as_str).collect();
    list(&mut text, "branch_labels", &labels)?;
    let depends: Vec<&str> = header.depends_on.iter().map(String::as_str).collect();
    list(&mut text, "depends_on", &depends)?;
    if let Some(created) = &header.created {
        list(&mut text, "created", &[created])?;
    }
    Ok(text)
}

fn list(text: &mut String, key: &'static str, values: &[&str]) -> Result<(), WriteError> {
    if values.is_empty() {
        return Ok(());
    }
    let values: Result<Vec<&str>, WriteError> = values.iter().map(|value| one_of(key, value)).collect();
    text.push_str(&format!("-- {key}: {}\n", values?.join(", ")));
    Ok(())
}

/// A value that is one of several in a line.
fn one_of<'v>(what: &'static str, value: &'v str) -> Result<&'v str, WriteError> {
    let fits = !value.is_empty() && value.trim() == value && !value.contains(['\n', '\r', ',']);
    fits.then_some(value).ok_or_else(|| WriteError::Value { what, value: value.to_owned() })
}

fn write_section(text: &mut String, section: &Section) -> Result<(), WriteError> {
    for (at, stage) in section.stages.iter().enumerate() {
        let dialect = section.dialect.map(|dialect| format!(": {dialect}")).unwrap_or_default();
        text.push('\n');
        let mut line = |mark: String| {
            text.push_str("-- ");
            text.push_str(&mark);
            text.push('\n');
        };
        match at {
            0 => line(format!("{}{dialect}", section.direction)),
            _ => line(NEW_TRANSACTION.to_owned()),
        }
        if stage.no_transaction {
            line(NO_TRANSACTION.to_owned());
        }
        if stage.no_foreign_keys {
            line(NO_FOREIGN_KEYS.to_owned());
        }
        if let Some(touches) = &stage.touches {
            let name = |table| {
                let unfit = || WriteError::Value { what: "table name", value: format!("{table}") };
                write_table(table).ok_or_else(unfit)
            };
            let tables: Vec<String> = touches.iter().map(name).collect::<Result<_, _>>()?;
            line(format!("{TOUCHES}: {}", tables.join(", ")).trim_end().to_owned());
        }
        if !stage.text.is_empty() {
            text.push_str(&format!("\n{}\n", stage.text));
        }
    }
    Ok(())
}
