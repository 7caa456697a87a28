//! A new revision file: where it goes, what it is called, and what is run on it.

use std::path::{Path, PathBuf};

use clap::Args;
use dunlin::core::revision::{Migration, Revision, RevisionId};
use dunlin::engine::sql::revision_file::RevisionFile;
use serde_json::json;

use crate::author::{is_of_word, new_revision_id, slug, write_new};
use crate::command_error::CommandError;
use crate::config::PASSED_OVER;
use crate::exit::ExitStatus;
use crate::project::{Project, failed};
use crate::ui::Ui;

/// What a template has for the text of the revision.
const REVISION: &str = "{{revision}}";

/// How a new file is written, whatever stands in it.
#[derive(Debug, Clone, Args)]
pub(super) struct FileOptions {
    /// Write SQL.
    #[arg(long)]
    sql: bool,
    /// Write Rust.
    #[arg(long, conflicts_with = "sql")]
    rust: bool,
    /// Let it follow a revision that has another behind it already: a branch begins there.
    #[arg(long)]
    splice: bool,
    /// A name for the branch that it begins. May be given several times.
    #[arg(long = "branch-label", value_name = "LABEL")]
    branch_labels: Vec<String>,
    /// The revision's id; else one is made.
    #[arg(long, value_name = "ID")]
    rev_id: Option<String>,
    /// The directory of the file, one of the version locations.
    #[arg(long, value_name = "DIRECTORY")]
    version_path: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl FileOptions {
    /// Whether it is SQL: as it is said, else as the project has it.
    pub(super) fn writes_sql(&self, project: &Project) -> Result<bool, CommandError> {
        project.writes_sql(self.sql, self.rust)
    }
}

/// What a new revision is to be, as it is typed.
pub(super) struct Request<'a> {
    pub(super) message: &'a str,
    /// What it follows, as targets.
    pub(super) parents: Vec<String>,
    pub(super) depends_on: &'a [String],
    pub(super) options: &'a FileOptions,
}

impl Request<'_> {
    /// The revision that it is, if it fits the history.
    pub(super) fn revision(&self, project: &Project) -> Result<Revision, CommandError> {
        let id = new_revision_id(project.owner()?, self.options.rev_id.as_deref())?;
        let mut revision = Revision::new(id).message(self.message);
        for parent in self.parents(project)? {
            revision = revision.down_revision(parent);
        }
        for label in &self.options.branch_labels {
            revision = revision.branch_label(label);
        }
        for dependency in self.depends_on {
            revision = revision.depends_on(full_name(project, dependency)?);
        }
        let migration = Migration::new(revision.clone(), |_| {}, |_| {});
        project.owner()?.with(migration).map_err(|error| failed(error.into()))?;
        Ok(revision)
    }

    fn parents(&self, project: &Project) -> Result<Vec<RevisionId>, CommandError> {
        let history = project.history()?;
        let mut parents: Vec<RevisionId> = Vec::new();
        for text in &self.parents {
            let named = project
                .target(text)
                .and_then(|target| history.rows_at(&target).map_err(|error| project.no_target(error)));
            for id in named.map_err(|error| several(project, text, error))? {
                let next = history.next(&id);
                if let (Some(next), false) = (next.first(), self.options.splice) {
                    let text = format!("{id} is no head: {} follows it", next.id);
                    return Err(CommandError::usage(text).hint("say --splice to begin a branch there"));
                }
                if !parents.contains(&id) {
                    parents.push(id);
                }
            }
        }
        Ok(parents)
    }

    /// Writes its file, and says which.
    pub(super) fn write(
        &self,
        project: &Project,
        ui: &Ui,
        revision: &Revision,
        text: &str,
        extension: &str,
    ) -> Result<ExitStatus, CommandError> {
        let config = project.config();
        let now = jiff::Zoned::now().with_time_zone(config.timezone.clone());
        let created = now.strftime("%Y-%m-%d %H:%M:%S %Z").to_string();
        let text = if extension == "sql" { with_time(text, &created)? } else { text.to_owned() };
        let text = self.in_template(project, &text, revision, &created, extension)?;
        let name =
            config.file_template.name(revision.id.as_str(), &slug(self.message, config.slug_length), &now);
        if extension == "rs" && !name.chars().all(|c| is_of_word(c) || c == '_') {
            let text = format!("{name}.rs is no name for a revision in Rust");
            return Err(CommandError::usage(text)
                .hint("file_template in dunlin.toml: letters, digits and underscores, and no directory"));
        }
        if name.split('/').any(|part| part.starts_with(PASSED_OVER)) {
            let text = format!("{name}.{extension} would not be read: its name begins with _");
            return Err(CommandError::usage(text).hint("let the id begin with a letter or digit"));
        }
        let path = self.directory(project, revision)?.join(format!("{name}.{extension}"));
        if let Some(directory) = path.parent().filter(|_| name.contains('/')) {
            std::fs::create_dir_all(directory).map_err(|error| {
                CommandError::failed(format!("cannot make {}: {error}", directory.display()))
            })?;
        }
        write_new(&path, &text)?;
        match self.options.json {
            true => {
                ui.line(&json!({ "revision": revision.id, "file": path.display().to_string() }).to_string())
            }
            false => ui.line(&path.display().to_string()),
        }
        for hook in &config.post_write_hooks {
            hook.run(&config.root, &path).map_err(|error| {
                CommandError::failed(error).note(format!("{} is written", path.display()))
            })?;
        }
        Ok(ExitStatus::Done)
    }

    /// The text as the project's template has it, if there is one.
    fn in_template(
        &self,
        project: &Project,
        text: &str,
        revision: &Revision,
        created: &str,
        extension: &str,
    ) -> Result<String, CommandError> {
        let config = project.config();
        let path = config.path(&config.script_location).join(format!("revision.{extension}.template"));
        if !path.is_file() {
            return Ok(text.to_owned());
        }
        let wrong = |why: String| {
            CommandError::failed(format!("{}: {why}", path.display()))
                .hint(format!("correct it, or delete it: {REVISION} alone is what holds without it"))
        };
        let template = std::fs::read_to_string(&path).map_err(|error| wrong(error.to_string()))?;
        if !template.contains(REVISION) {
            return Err(wrong(format!("{REVISION} does not stand in it")));
        }
        let filled = template
            .replace("{{created}}", created)
            .replace("{{id}}", revision.id.as_str())
            .replace("{{message}}", revision.title())
            .replace(REVISION, text.trim_end());
        if extension == "sql" {
            let header = |text: &str| RevisionFile::parse(text).map(|file| file.header);
            let read = header(&filled).map_err(|error| wrong(error.to_string()))?;
            if header(text).ok() != Some(read) {
                return Err(wrong(
                    "what stands around the revision changes what it says of itself".to_owned(),
                ));
            }
        }
        Ok(filled)
    }

    /// The directory: the one that is named, else the only one, else that of the parent.
    fn directory(&self, project: &Project, revision: &Revision) -> Result<PathBuf, CommandError> {
        let config = project.config();
        let versions = config.versions();
        let holds =
            |directory: &Path| versions.iter().find(|version| is_in(directory, version, config.recursive));
        let directory = match (self.options.version_path.as_deref(), versions.as_slice()) {
            (Some(path), _) if holds(path).is_some() => path.to_owned(),
            (Some(path), _) => {
                let text = format!("{} is none of the version locations", path.display());
                let known: Vec<String> = versions.iter().map(|path| path.display().to_string()).collect();
                return Err(CommandError::usage(text).hint(format!("dunlin.toml has {}", known.join(", "))));
            }
            (None, [only]) => only.clone(),
            (None, _) => {
                let parent = revision.down_revisions.first().and_then(|id| project.file(id));
                let found = parent.as_deref().and_then(Path::parent).and_then(holds).cloned();
                found.ok_or_else(|| {
                    CommandError::usage("there are several version locations")
                        .hint("say where the file goes with --version-path")
                })?
            }
        };
        if !directory.is_dir() {
            let text = format!("there is no directory {}", directory.display());
            return Err(CommandError::failed(text)
                .hint("make it; script_location and version_locations in dunlin.toml name it"));
        }
        Ok(directory)
    }
}

/// Where several heads are and one is meant, what to do about it here.
fn several(project: &Project, text: &str, error: CommandError) -> CommandError {
    let heads = project.history().map(|history| history.heads()).unwrap_or_default();
    if text != "head" || heads.len() < 2 {
        return error;
    }
    let heads: Vec<&str> = heads.iter().map(RevisionId::as_str).collect();
    CommandError::failed(error.message().to_owned()).hint(format!(
        "name the one to follow with --head, or make one of them with `dunlin merge {}`",
        heads.join(" ")
    ))
}

/// A dependency as it is written down: a branch label as it stands, and of an id's beginning the whole.
fn full_name(project: &Project, dependency: &str) -> Result<String, CommandError> {
    let history = project.history()?;
    let is_label = |revision: &Revision| revision.branch_labels.iter().any(|label| label == dependency);
    if history.revisions().iter().any(is_label) {
        return Ok(dependency.to_owned());
    }
    let rows = history.rows_at(&project.target(dependency)?);
    match rows.map_err(|error| project.no_target(error))?.as_slice() {
        [one] => Ok(one.to_string()),
        _ => Err(CommandError::usage(format!("{dependency} is not one revision to depend on"))
            .hint("name one by its id or a branch label")),
    }
}

fn is_in(directory: &Path, version: &Path, recursive: bool) -> bool {
    let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let (directory, version) = (real(directory), real(version));
    directory == version || (recursive && directory.starts_with(version))
}

/// A file of SQL that says when it was made.
fn with_time(text: &str, created: &str) -> Result<String, CommandError> {
    let mut file = RevisionFile::parse(text).map_err(CommandError::failed)?;
    file.header.created = Some(created.to_owned());
    file.write().map_err(CommandError::failed)
}
