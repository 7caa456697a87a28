//! What every case of the catalogue becomes on every database, and `docs/SUPPORT.md`, which says so in
//! short.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use dunlin_core::dialect::DialectName;
use dunlin_core::manager::{DbManager, HostContext};
use dunlin_core::operation::Operation;
use dunlin_engine::dialect::{RenderError, dialect};
use dunlin_engine::owner::Owner;
use dunlin_engine::plan::{Intent, PlanError, RenderedStage, StageKind, State};
use dunlin_testkit::catalogue::{Case, Check, cases, exception};

const VERSION_TABLE: &str = "dunlin_version";

/// What a case is on one database.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Outcome {
    /// Its statements.
    Rendered(String),
    /// Why it is refused.
    Refused(String),
    /// Why the schema that it begins with is refused.
    CannotBegin(String),
}

fn outcome(case: &Case, on: DialectName) -> Outcome {
    let manager = DbManager::new("owner", VERSION_TABLE).migrations(case.migrations());
    let owner = Owner::new(manager, &HostContext::default()).unwrap();
    let plan = |rows: Option<Vec<&str>>, target: &str| {
        let rows = rows.map(|rows| rows.into_iter().map(Into::into).collect());
        let state = State { rows, ..State::default() };
        let target = Some(owner.history().target(target).unwrap());
        let plan = owner.plan(&state, &Intent::Upgrade { target, use_migration_files: true }).unwrap();
        plan.render(&owner, dialect(on))
    };
    if let Err(error) = plan(None, Case::BEFORE) {
        return Outcome::CannotBegin(refusal(&error));
    }
    match plan(Some(vec![Case::BEFORE]), Case::CASE) {
        Err(error) => Outcome::Refused(refusal(&error)),
        Ok(steps) => {
            let mut text = String::new();
            for step in &steps {
                step.hazards.iter().for_each(|hazard| writeln!(text, "-- hazard: {hazard}").unwrap());
                let several = step.stages.len() > 1;
                step.stages.iter().for_each(|stage| write_stage(&mut text, stage, several));
            }
            if text.is_empty() {
                text.push_str("-- nothing to do\n");
            }
            Outcome::Rendered(text)
        }
    }
}

fn write_stage(text: &mut String, stage: &RenderedStage, several: bool) {
    let versions = |sql: &&String| sql.contains(VERSION_TABLE);
    let statements: Vec<_> = stage.statements.iter().filter(|sql| !versions(sql)).collect();
    if statements.is_empty() && stage.functions.is_empty() {
        return;
    }
    match stage.stage.kind {
        StageKind::Alone => text.push_str("-- outside any transaction\n"),
        StageKind::Batches => text.push_str("-- batch by batch\n"),
        StageKind::Together | StageKind::Rows if several => text.push_str("-- in a transaction of its own\n"),
        StageKind::Together | StageKind::Rows => {}
    }
    if stage.suspends_foreign_keys {
        text.push_str("-- with foreign keys off\n");
    }
    for function in &stage.functions {
        writeln!(text, "-- the function {function}").unwrap();
    }
    statements.iter().for_each(|sql| writeln!(text, "{sql};").unwrap());
}

fn refusal(error: &PlanError) -> String {
    match error {
        PlanError::Render { source: source @ RenderError::Unsupported { hint, .. }, .. } => {
            format!("unsupported: {source} ({hint})")
        }
        PlanError::Render { source, .. } => format!("refused: {source}"),
        PlanError::Replay(error) => format!("refused: {}", error.source),
        other => format!("refused: {other}"),
    }
}

/// The outcomes of all cases on one database, by name.
fn outcomes(on: DialectName) -> BTreeMap<String, Outcome> {
    cases().iter().map(|case| (case.name.clone(), outcome(case, on))).collect()
}

/// Whether an option changes nothing on a database: it is that of the base.
fn is_passed_over(case: &Case, outcomes: &BTreeMap<String, Outcome>) -> bool {
    let base = case.base.as_ref().and_then(|base| outcomes.get(base));
    matches!(base, Some(base @ Outcome::Rendered(_)) if Some(base) == outcomes.get(&case.name))
}

fn snapshot(on: DialectName) {
    let outcomes = outcomes(on);
    // What MariaDB has as MySQL has it is not shown twice.
    let parent = match on {
        DialectName::MariaDb => self::outcomes(DialectName::MySql),
        _ => BTreeMap::new(),
    };
    let mut chapters: BTreeMap<&str, String> = BTreeMap::new();
    for case in cases() {
        let text = chapters.entry(chapter(case.group())).or_default();
        writeln!(text, "## {}", case.name).unwrap();
        let outcome = &outcomes[&case.name];
        match outcome {
            _ if is_passed_over(&case, &outcomes) => {
                writeln!(text, "as: {}", case.base.as_deref().unwrap_or_default()).unwrap();
            }
            _ if parent.get(&case.name) == Some(outcome) => text.push_str("as on mysql\n"),
            Outcome::Rendered(statements) => text.push_str(statements),
            Outcome::Refused(why) => writeln!(text, "{why}").unwrap(),
            Outcome::CannotBegin(why) => writeln!(text, "cannot begin: {why}").unwrap(),
        }
        text.push('\n');
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_snapshot_path(format!("snapshots/catalogue/{on}"));
    let wrong: Vec<_> = chapters
        .into_iter()
        .filter(|(name, text)| {
            let compare = || settings.bind(|| insta::assert_snapshot!(*name, text));
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(compare)).is_err()
        })
        .map(|(name, _)| name)
        .collect();
    assert!(wrong.is_empty(), "other than the snapshots: {}", wrong.join(", "));
}

/// The file that a group of cases stands in.
fn chapter(group: &str) -> &'static str {
    match group {
        "add column" | "alter column" | "drop column" => "columns",
        "add constraint"
        | "drop constraint"
        | "rename constraint"
        | "validate constraint"
        | "alter table" => "constraints",
        "create index" | "drop index" | "rename index" => "indexes",
        "create table" => "create_table",
        "drop table" | "rename table" | "set comment" => "tables",
        "bulk insert" | "execute" | "run" | "backfill" => "data",
        "type" => "types",
        "names" => "names",
        _ => "objects",
    }
}

#[test]
fn renders_on_postgres() {
    snapshot(DialectName::Postgres);
}

#[test]
fn renders_on_mysql() {
    snapshot(DialectName::MySql);
}

#[test]
fn renders_on_mariadb() {
    snapshot(DialectName::MariaDb);
}

#[test]
fn renders_on_sqlite() {
    snapshot(DialectName::Sqlite);
}

/// `UPDATE_SUPPORT=1` writes the page anew.
#[test]
fn the_support_page_is_up_to_date() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/SUPPORT.md");
    let text = support_page();
    if std::env::var_os("UPDATE_SUPPORT").is_some() {
        std::fs::write(&page, &text).unwrap();
    }
    let known = std::fs::read_to_string(&page).unwrap_or_default();
    assert!(known == text, "docs/SUPPORT.md is stale: run this test with UPDATE_SUPPORT=1");
}

const INTRODUCTION: &str = "\
# What the databases can say

This page is generated from the catalogue of operations in `crates/dunlin-testkit/src/catalogue`, by
`UPDATE_SUPPORT=1 cargo nextest run -p dunlin-engine support_page`; a test fails when it is stale.

Every row is a case: an operation, or an operation with one option. All of them can be modelled, recorded,
played in memory and kept as JSON. For each database the table says what the case becomes:

- **yes**: it has statements of its own. The same cases run on real servers in `crates/dunlin`: up, its reverse,
  rows kept, and the script through the database's client.
- **over**: passed over. The option serves speed or storage, or says what happens anyway, and the database
  does not have it: the statements are those without it.
- **no**: unsupported, or refused. It is found while a plan is made, with a hint; see below the tables.
- ✓ behind *yes*: introspection reads it back: the table that it finds, created anew in an empty database,
  gives the same dump. Where there is no ✓ it does not, or there is nothing to read.

Comparing models with a database is not built yet.
";

/// Whether the real servers' tests show that introspection finds it.
fn is_read_back(case: &Case, on: DialectName) -> bool {
    let lost =
        [Check::Run, Check::Introspection].into_iter().any(|check| exception(case, on, check).is_some());
    let is_schema = case.operations.iter().any(|operation| {
        let created = matches!(
            operation,
            Operation::CreateTable { .. } | Operation::CreateIndex { .. } | Operation::CreateView { .. }
        );
        created || matches!(operation, Operation::AlterTable { .. } | Operation::CreateEnum { .. })
    });
    // The next number of a table is left out of the dumps that are compared: it is the rows'.
    let is_compared = case.name != "create table / option / auto_increment";
    is_schema && is_compared && !lost
}

fn support_page() -> String {
    let outcomes: Vec<_> = DialectName::ALL.into_iter().map(outcomes).collect();
    let mut text = INTRODUCTION.to_owned();
    let mut refused: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut group = String::new();
    for case in cases() {
        if case.group() != group {
            group = case.group().to_owned();
            writeln!(text, "\n## {group}\n\n| case | PostgreSQL | MySQL | MariaDB | SQLite |").unwrap();
            text.push_str("|---|---|---|---|---|\n");
        }
        let option = case.name.split_once(" / ").map_or("–", |(_, option)| option);
        write!(text, "| {option} |").unwrap();
        let mut reasons: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (on, outcomes) in DialectName::ALL.into_iter().zip(&outcomes) {
            let word = match &outcomes[&case.name] {
                _ if is_passed_over(&case, outcomes) => "over",
                Outcome::Rendered(_) if is_read_back(&case, on) => "yes ✓",
                Outcome::Rendered(_) => "yes",
                Outcome::Refused(why) | Outcome::CannotBegin(why) => {
                    // The sentence begins with the database's name.
                    let reason = why.replacen(on.display_name(), "it", 1);
                    reasons.entry(reason).or_default().push(on.display_name());
                    "no"
                }
            };
            write!(text, " {word} |").unwrap();
        }
        text.push('\n');
        for (reason, databases) in reasons {
            let line = format!("{}: {reason}", databases.join(", "));
            refused.entry(line).or_default().push(case.name.clone());
        }
    }
    text.push_str("\n## Why not\n\n");
    for (reason, cases) in refused {
        writeln!(text, "- {reason}. *{}*", cases.join("*, *")).unwrap();
    }
    text
}
