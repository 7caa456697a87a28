//! The files of revisions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use dunlin::core::dialect::{DialectName, PerDialect};
use dunlin::core::operation::{Operation, Operations};
use dunlin::core::revision::{Direction, Migration, Revision, RevisionId, Script};
use dunlin::core::session::BoxError;
use dunlin::engine::sql::revision_file::RevisionFile;

use crate::command_error::CommandError;
use crate::config::Config;

/// Which file a revision stands in.
#[derive(Debug, Clone, Default)]
pub(super) struct Files(BTreeMap<RevisionId, PathBuf>);

impl Files {
    pub(super) fn of(&self, revision: &RevisionId) -> Option<PathBuf> {
        self.0.get(revision).cloned()
    }

    /// An error about revisions, with the files of those that it names.
    pub(super) fn name(&self, error: CommandError) -> CommandError {
        let words: Vec<String> = error
            .message()
            .split(|c: char| c.is_whitespace() || ",:".contains(c))
            .map(str::to_owned)
            .collect();
        let mut named: Vec<&PathBuf> = Vec::new();
        for path in words.iter().filter_map(|word| self.0.get(word.as_str())) {
            if !named.contains(&path) {
                named.push(path);
            }
        }
        named.into_iter().fold(error, |error, path| error.note(path.display().to_string()))
    }
}

/// The SQL revisions of a configuration's directories.
pub(super) fn load(config: &Config) -> Result<(Vec<Migration>, Files), CommandError> {
    let mut migrations = Vec::new();
    let mut files = Files::default();
    for path in revision_files(config, "sql")? {
        let broken = |why: String| CommandError::failed(format!("{}: {why}", path.display()));
        let bytes = std::fs::read(&path).map_err(|error| broken(error.to_string()))?;
        let text = String::from_utf8(bytes)
            .map_err(|_| broken("it is not UTF-8".to_owned()).hint("save the file as UTF-8"))?;
        let file = RevisionFile::parse(&text).map_err(|error| broken(error.to_string()))?;
        let header = &file.header;
        let mut revision = Revision::new(header.revision.clone()).message(&header.message);
        revision.down_revisions.clone_from(&header.down_revisions);
        revision.depends_on.clone_from(&header.depends_on);
        revision.branch_labels.clone_from(&header.branch_labels);
        if let Some(first) = files.0.insert(revision.id.clone(), path.clone()) {
            let text =
                format!("revision {} exists twice: {} and {}", revision.id, first.display(), path.display());
            return Err(CommandError::failed(text).hint("give one of the two another id"));
        }
        migrations.push(Migration::of_script(revision, Sql(file)));
    }
    Ok((migrations, files))
}

struct Sql(RevisionFile);

impl Script for Sql {
    fn record(&self, direction: Direction, operations: &mut Operations) -> Result<(), BoxError> {
        for dialect in DialectName::ALL {
            let Some(section) = self.0.section(direction, dialect) else { continue };
            for stage in &section.stages {
                for statement in stage.statements(dialect)? {
                    let mut sql = PerDialect::only(dialect, statement.sql.to_owned());
                    if dialect == DialectName::MySql {
                        // What is said for MySQL serves MariaDB, which has its own turn.
                        sql = sql.on(DialectName::MariaDb, "DO 0".to_owned());
                    }
                    let touches = stage.touches.clone();
                    operations.push(Operation::Execute { sql, ddl: true, touches });
                }
            }
        }
        Ok(())
    }
}

/// The Rust revisions of a configuration's directories.
pub(super) fn rust_files(config: &Config) -> Vec<PathBuf> {
    revision_files(config, "rs").unwrap_or_default()
}

/// The file of a revision in Rust.
pub(super) fn find_rust(config: &Config, revision: &RevisionId) -> Option<PathBuf> {
    let begins = format!("Revision::new(\"{revision}\")");
    let says = |path: &PathBuf| std::fs::read_to_string(path).is_ok_and(|text| text.contains(&begins));
    rust_files(config).into_iter().find(says)
}

/// The files with an extension in a configuration's directories, sorted; those whose name begins with `_` or
/// `.` are none.
fn revision_files(config: &Config, extension: &str) -> Result<Vec<PathBuf>, CommandError> {
    let mut found = Vec::new();
    for directory in config.versions() {
        walk(&directory, extension, config.recursive, &mut found)?;
    }
    found.sort();
    Ok(found)
}

fn walk(
    directory: &Path,
    extension: &str,
    recursive: bool,
    found: &mut Vec<PathBuf>,
) -> Result<(), CommandError> {
    let unreadable = |error: std::io::Error| {
        CommandError::failed(format!("{} cannot be read: {error}", directory.display()))
            .hint("script_location and version_locations in dunlin.toml say where revisions are")
    };
    for entry in std::fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with(['_', '.']) {
            continue;
        }
        if path.is_dir() && recursive {
            walk(&path, extension, recursive, found)?;
        } else if path.is_file() && path.extension().is_some_and(|known| known == extension) {
            found.push(path);
        }
    }
    Ok(())
}
