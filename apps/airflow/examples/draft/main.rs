//! Drafts of the core's revisions, from what the real ones leave on each database.
//!
//! ```sh
//! cargo run --package airflow --example draft -- 375a816bbbf4
//! cargo run --package airflow --example draft -- 0bfc26bc256e dag.schedule_interval=timetable_summary
//! cargo run --package airflow --example draft -- all target/drafts
//! cargo run --package airflow --example draft -- models
//! ```
//!
//! A draft is what the comparison of two neighbouring schemas says, as a revision file. Operations that all databases
//! have in common are one operation, with variants of types and defaults; what only some have, or have otherwise,
//! stands in a comment. The first lines say on which databases the draft, played, leaves what the real revision leaves.
//! Moved rows are in no schema: what a revision does to them must be read and written by hand. The models are those that
//! the history leads to, one after the other.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::panic, reason = "a program for developers")]

mod merge;
mod types;
#[path = "../../tests/it/walk.rs"]
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::Path;

use airflow::core::db_manager;
use dunlin::core::dialect::DialectName;
use dunlin::core::manager::HostContext;
use dunlin::core::operation::Operation;
use dunlin::core::revision::Revision;
use dunlin::core::schema::Metadata;
use dunlin::engine::compare::{ParseRenameError, Rename, Schema, compare, describe};
use dunlin::engine::dialect::dialect;
use dunlin::engine::dialect::lower::lower;
use dunlin::engine::generate::models::builder;
use dunlin::engine::generate::revision::{RevisionSource, rust};
use dunlin::engine::owner::Owner;

use self::merge::{Merged, merged};
use self::walk::Walk;

/// Operations on each database.
type OnEach<T> = BTreeMap<DialectName, T>;

/// One way of a revision, on each database that the real one reaches.
#[derive(Default)]
struct Step {
    schemas: OnEach<(Metadata, Metadata)>,
    operations: OnEach<Vec<Operation>>,
    words: OnEach<Vec<String>>,
    possible_renames: BTreeSet<String>,
    errors: Vec<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let walks: OnEach<Walk> = DialectName::ALL.map(|name| (name, Walk::on(name))).into();
    let host = HostContext::new(None, airflow_plugin::naming_convention());
    let owner = Owner::new(db_manager(), &host)?;
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["models"] => {
            println!("{}", models(&owner)?);
            Ok(())
        }
        ["all", directory] => all(&walks, &owner, Path::new(directory)),
        [id, ref renames @ ..] => {
            println!("{}", draft(&walks, &owner, id, renames)?.file);
            Ok(())
        }
        [] => Err("usage: draft REVISION [OLD=NEW…], draft all DIRECTORY, or draft models".into()),
    }
}

fn all(walks: &OnEach<Walk>, owner: &Owner, directory: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(directory)?;
    for real in &walks[&DialectName::Postgres].revisions {
        let draft = draft(walks, owner, &real.id, &[])?;
        println!("{}  {:<28} {}", real.id, draft.summary, real.file);
        fs::write(directory.join(format!("{}.rs", real.file)), draft.file)?;
    }
    Ok(())
}

/// The models that the history leads to.
fn models(owner: &Owner) -> Result<String, Box<dyn Error>> {
    let metadata = owner.replay(&owner.history().heads())?;
    Ok(types::named(&builder(&types::marked_metadata(&metadata))?))
}

struct Draft {
    file: String,
    /// One word for each way.
    summary: String,
}

fn draft(walks: &OnEach<Walk>, owner: &Owner, id: &str, renames: &[&str]) -> Result<Draft, Box<dyn Error>> {
    let (mut up, mut down) = (Step::default(), Step::default());
    let mut revision = Revision::new(id);
    let mut head = String::new();
    for (name, walk) in walks {
        let Some(real) = walk.revision(id) else { continue };
        if *name == DialectName::Postgres {
            revision = real
                .down_revision
                .iter()
                .fold(revision, |revision, down| revision.down_revision(down.as_str()));
            revision = revision.message(&real.file);
            head.push_str(
                &real.release.iter().map(|release| format!("// ends {release}\n")).collect::<String>(),
            );
        }
        let known = real.down_revision.as_deref().map(|down| owner.replay(&[down.into()]));
        let known = known.and_then(Result::ok).unwrap_or_default();
        match &real.after {
            Ok(after) => {
                let renames = up.add(*name, &known, &real.before, after, |from, to| {
                    renames.iter().map(|text| Rename::parse(text, from, to)).collect()
                })?;
                if let Err(error) = &real.back {
                    down.errors.push(format!("{name}: {error}"));
                }
                let back = renames.iter().rev().map(Rename::reversed).collect();
                let left = real.back.as_ref().unwrap_or(&real.before);
                down.add(*name, &known, after, left, |_, _| Ok(back))?;
            }
            Err(error) => up.errors.push(format!("{name}: {error}")),
        }
    }
    let (there, back) = (up.merged(), down.merged());
    let mut source = RevisionSource::new(revision);
    source.upgrade = types::marked(&there.operations);
    source.downgrade = types::marked(&back.operations);
    for (way, step, merged) in [("upgrade", &up, &there), ("downgrade", &down, &back)] {
        head.push_str(&step.said(way, merged));
    }
    let code = types::named(&rust(&source)?);
    let summary = format!("{} / {}", up.verdict(&there), down.verdict(&back));
    Ok(Draft { file: format!("{head}{code}"), summary })
}

impl Step {
    fn add(
        &mut self,
        name: DialectName,
        known: &Metadata,
        from: &Metadata,
        to: &Metadata,
        renames: impl FnOnce(&Schema, &Schema) -> Result<Vec<Rename>, ParseRenameError>,
    ) -> Result<Vec<Rename>, Box<dyn Error>> {
        let dialect = dialect(name);
        let known = Schema::new(dialect, known.clone())?;
        let mut forms = [Schema::new(dialect, from.clone())?, Schema::new(dialect, to.clone())?];
        forms.iter_mut().for_each(|form| form.adopt(known.clone()));
        let renames = renames(&forms[0], &forms[1])?;
        let found = compare(dialect, &forms[0], &forms[1], &renames)?;
        self.possible_renames.extend(found.possible_renames.iter().map(ToString::to_string));
        let words = found.upgrade.iter().flat_map(|operation| describe(dialect, operation, &forms[0]));
        self.words.insert(name, words.collect());
        self.operations.insert(name, found.upgrade);
        self.schemas.insert(name, (from.clone(), to.clone()));
        Ok(renames)
    }

    fn merged(&self) -> Merged {
        merged(&self.operations, &|name, table, column| {
            let (from, _) = self.schemas.get(&name)?;
            from.get(&table.into())?.column(column).cloned()
        })
    }

    /// On which databases the merged operations do not lead to where the real ones do.
    fn failing(&self, merged: &Merged) -> OnEach<Vec<String>> {
        let check = |(name, (from, to)): (&DialectName, &(Metadata, Metadata))| {
            let wrong = leads(*name, from, to, &merged.operations);
            (!wrong.is_empty()).then_some((*name, wrong))
        };
        self.schemas.iter().filter_map(check).collect()
    }

    fn verdict(&self, merged: &Merged) -> &'static str {
        let nothing = self.operations.values().all(Vec::is_empty);
        match (nothing, self.failing(merged).is_empty()) {
            (true, _) => "nothing",
            (_, true) => "one for all",
            (_, false) => "differs",
        }
    }

    /// As comments.
    fn said(&self, way: &str, merged: &Merged) -> String {
        let mut text = format!("// {way}: {}\n", self.verdict(merged));
        for error in &self.errors {
            text.push_str(&format!("//   the real one fails on {error}\n"));
        }
        for (name, wrong) in self.failing(merged) {
            text.push_str(&format!("//   {name}: the draft leaves\n"));
            wrong.iter().for_each(|line| text.push_str(&format!("//     {}\n", one_line(line))));
        }
        for rename in &self.possible_renames {
            text.push_str(&format!("//   may be a rename: {rename}\n"));
        }
        for left in &merged.left {
            text.push_str(&format!("//   not in the draft: {left}\n"));
        }
        if !self.failing(merged).is_empty() {
            for (name, words) in &self.words {
                text.push_str(&format!("//   {name}:\n"));
                words.iter().for_each(|line| text.push_str(&format!("//     {}\n", one_line(line))));
            }
        }
        text
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What differs after operations were played, in words.
fn leads(name: DialectName, from: &Metadata, to: &Metadata, operations: &[Operation]) -> Vec<String> {
    let dialect = dialect(name);
    let mut played = from.clone();
    for operation in operations {
        let lowered = match lower(dialect, operation, &played) {
            Ok(lowered) => lowered,
            Err(error) => return vec![error.to_string()],
        };
        for operation in lowered {
            if let Err(error) = played.apply(&operation) {
                return vec![error.to_string()];
            }
        }
    }
    let form = |schema: &Metadata| Schema::new(dialect, schema.clone()).unwrap();
    let (mut played, mut to) = (form(&played), form(to));
    to.align(&mut played);
    let rest = compare(dialect, &played, &to, &[]).unwrap();
    let mut found: Vec<String> =
        rest.upgrade.iter().flat_map(|operation| describe(dialect, operation, &played)).collect();
    if found.is_empty() {
        found.extend(to.differing(&played).iter().map(|table| format!("table {table} in another order")));
    }
    found
}
