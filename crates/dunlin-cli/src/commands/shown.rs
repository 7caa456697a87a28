//! How revisions are shown.

use std::collections::HashSet;

use dunlin::Access;
use dunlin::OwnerStatus;
use dunlin::core::revision::{Direction, Revision, RevisionId};
use dunlin::engine::history::RevisionMap;
use dunlin::engine::plan::Begun;
use serde_json::{Value, json};

use crate::command_error::CommandError;
use crate::project::{LOST, Project, failed};
use crate::ui::Ui;

/// What lists of revisions need to know of all of them.
pub(super) struct Shown<'p> {
    project: &'p Project,
    history: &'p RevisionMap,
    heads: HashSet<RevisionId>,
    /// The version rows, where the database was asked.
    rows: Option<HashSet<RevisionId>>,
    /// The version rows that say nothing.
    superfluous: HashSet<RevisionId>,
}

impl<'p> Shown<'p> {
    pub(super) fn new(project: &'p Project, rows: Option<&[RevisionId]>) -> Result<Self, CommandError> {
        let history = project.history()?;
        let heads = history.heads().into_iter().collect();
        let rows = rows.map(|rows| rows.iter().cloned().collect());
        Ok(Self { project, history, heads, rows, superfluous: HashSet::new() })
    }

    /// Marks version rows that another row's revision follows.
    pub(super) fn superfluous(mut self, rows: &[RevisionId]) -> Self {
        self.superfluous.extend(rows.iter().cloned());
        self
    }

    /// `a1 -> b2  add price (head, current)`
    pub(super) fn line(&self, revision: &Revision) -> String {
        let parents: Vec<&str> = revision.down_revisions.iter().map(RevisionId::as_str).collect();
        let parents = if parents.is_empty() { "base".to_owned() } else { parents.join(", ") };
        format!("{parents} -> {}", self.brief(revision))
    }

    /// `b2  add price (head, current)`
    pub(super) fn brief(&self, revision: &Revision) -> String {
        let facts = self.facts(revision);
        let facts = if facts.is_empty() { String::new() } else { format!(" ({})", facts.join(", ")) };
        format!("{}  {}", revision.id, revision.title()).trim_end().to_owned() + &facts
    }

    /// A revision over several lines, with an empty one behind.
    pub(super) fn long(&self, revision: &Revision) -> String {
        let Revision { id, down_revisions, depends_on, branch_labels, message, .. } = revision;
        let parents: Vec<&str> = down_revisions.iter().map(RevisionId::as_str).collect();
        let mut text = format!("revision:      {id}");
        let positions: Vec<&str> = self.position(revision);
        if !positions.is_empty() {
            text.push_str(&format!(" ({})", positions.join(", ")));
        }
        let mut line = |name: &str, value: String| {
            text.push_str(&format!("\n{:<14} {value}", format!("{name}:")));
        };
        line("follows", if parents.is_empty() { "base".to_owned() } else { parents.join(", ") });
        let next: Vec<String> = self.next(id);
        if !next.is_empty() {
            line("followed by", next.join(", "));
        }
        if !depends_on.is_empty() {
            line("depends on", depends_on.join(", "));
        }
        if !branch_labels.is_empty() {
            line("branch labels", branch_labels.join(", "));
        }
        if let Some(path) = self.project.file(id) {
            line("file", path.display().to_string());
        }
        text.push('\n');
        for line in message.lines() {
            text.push_str(format!("\n    {line}").trim_end());
        }
        if !message.is_empty() {
            text.push('\n');
        }
        text
    }

    pub(super) fn json(&self, revision: &Revision) -> Value {
        let Revision { id, down_revisions, depends_on, branch_labels, message, .. } = revision;
        let mut value = json!({
            "revision": id,
            "down_revisions": down_revisions,
            "depends_on": depends_on,
            "branch_labels": branch_labels,
            "message": message,
            "next": self.next(id),
            "is_head": self.heads.contains(id),
            "is_base": down_revisions.is_empty(),
            "file": self.project.file(id).map(|path| path.display().to_string()),
        });
        if let (Some(rows), Some(object)) = (&self.rows, value.as_object_mut()) {
            object.insert("is_current".to_owned(), rows.contains(id).into());
        }
        value
    }

    fn next(&self, id: &RevisionId) -> Vec<String> {
        self.history.next(id).iter().map(|next| next.id.to_string()).collect()
    }

    /// What it is in the graph, and in the database.
    fn position(&self, revision: &Revision) -> Vec<&'static str> {
        let rows = self.rows.as_ref();
        let all = [
            ("head", self.heads.contains(&revision.id)),
            ("branch point", self.history.next(&revision.id).len() > 1),
            ("merge point", revision.down_revisions.len() > 1),
            ("current", rows.is_some_and(|rows| rows.contains(&revision.id))),
            ("superfluous", self.superfluous.contains(&revision.id)),
        ];
        all.into_iter().filter(|(_, is)| *is).map(|(word, _)| word).collect()
    }

    fn facts(&self, revision: &Revision) -> Vec<String> {
        let mut facts: Vec<String> = self.position(revision).into_iter().map(str::to_owned).collect();
        facts.extend(revision.branch_labels.iter().map(|label| format!("label {label}")));
        if !revision.depends_on.is_empty() {
            facts.push(format!("depends on {}", revision.depends_on.join(", ")));
        }
        facts
    }
}

/// Shows revisions in one of three ways.
pub(super) fn print<'p, 'r>(
    ui: &Ui,
    shown: &Shown<'p>,
    revisions: impl IntoIterator<Item = &'r Revision>,
    verbose: bool,
    line: impl Fn(&Shown<'p>, &Revision) -> String,
) -> Result<(), CommandError> {
    let mut text = String::new();
    for revision in revisions {
        text.push_str(&if verbose { shown.long(revision) } else { line(shown, revision) });
        text.push('\n');
    }
    ui.text(&text)
}

/// What brings a database to the newest revisions that is not there.
pub(super) fn remedy(status: &OwnerStatus) -> String {
    if !status.unknown.is_empty() {
        return LOST.to_owned();
    }
    if let Some(Begun { revision, direction: Direction::Downgrade, .. }) = &status.begun {
        return format!("run `dunlin downgrade {revision}-1` to its end");
    }
    if status.superfluous.is_empty() {
        return "run `dunlin upgrade heads`".to_owned();
    }
    let kept = status.rows.iter().filter(|row| !status.superfluous.contains(row));
    let kept: Vec<&str> = kept.map(RevisionId::as_str).collect();
    format!("`dunlin stamp {} --purge` takes out what is superfluous", kept.join(" "))
}

/// Where the owner stands; nothing is written.
pub(super) async fn status(project: &Project) -> Result<OwnerStatus, CommandError> {
    let mut database = project.connect(Access::Read).await?;
    let statuses = project.migrator().status(&mut database).await;
    database.close().await;
    let found = statuses.map_err(failed)?.into_iter().find(|status| status.owner == project.owner_name());
    let unknown = || failed(dunlin::Error::UnknownOwner { name: project.owner_name().to_owned() });
    found.ok_or_else(unknown)
}
