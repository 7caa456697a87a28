//! Revision files in Rust.

use dunlin_core::operation::Operation;
use dunlin_core::revision::Revision;
use dunlin_core::schema::NamingConvention;

use super::expr::{Expr, Statement, imports};
use super::layout;
use super::operation::statement;
use super::value::Result;

/// What a revision file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionSource {
    /// The revision.
    pub revision: Revision,
    /// What it does.
    pub upgrade: Vec<Operation>,
    /// What undoes it.
    pub downgrade: Vec<Operation>,
    /// The host's naming convention: under it, and under one without patterns, just these operations are
    /// recorded. A name that it would change is written as an [exact](dunlin_core::schema::Name::exact) one.
    pub naming_convention: NamingConvention,
}

impl RevisionSource {
    /// A revision that does nothing, for hosts without a naming convention.
    pub fn new(revision: Revision) -> Self {
        Self {
            revision,
            upgrade: Vec::new(),
            downgrade: Vec::new(),
            naming_convention: NamingConvention::default(),
        }
    }
}

/// A revision file in Rust, as `migrations!` takes it.
///
/// # Errors
/// [`GenerateError`](super::GenerateError), for a step that is a function, and for values that no call makes.
///
/// ```
/// use dunlin_core::prelude::*;
/// use dunlin_engine::generate::revision::{RevisionSource, rust};
///
/// let mut op = Operations::default();
/// op.create_table("ticket", |t| { t.column("id", DataType::Integer).primary_key(); });
/// let mut source = RevisionSource::new(Revision::new("d759c6d30f5a").message("create ticket"));
/// source.upgrade = op.finish();
/// let file = rust(&source)?;
/// assert!(file.contains("t.column(\"id\", DataType::Integer).primary_key();"));
/// # Ok::<(), dunlin_engine::generate::GenerateError>(())
/// ```
pub fn rust(source: &RevisionSource) -> Result<String> {
    let statements = |operations: &[Operation]| {
        let each = operations.iter().map(|operation| statement(operation, &source.naming_convention));
        each.collect::<Result<Vec<Statement>>>()
    };
    let upgrade = statements(&source.upgrade)?;
    let downgrade = statements(&source.downgrade)?;
    let mut file = documentation(&source.revision.message);
    file.push_str(&imports(upgrade.iter().chain(&downgrade)));
    file.push_str("\npub(crate) fn revision() -> Revision {\n");
    file.push_str(&layout::statements(&[Statement::Value(revision(&source.revision))], 4));
    file.push_str("}\n");
    for (name, statements) in [("upgrade", upgrade), ("downgrade", downgrade)] {
        file.push_str(&match statements.as_slice() {
            [] => format!("\npub(crate) fn {name}(_op: &mut Operations) {{}}\n"),
            some => {
                let body = layout::statements(some, 4);
                format!("\npub(crate) fn {name}(op: &mut Operations) {{\n{body}}}\n")
            }
        });
    }
    Ok(file)
}

fn revision(revision: &Revision) -> Expr {
    let mut expr = Expr::call("Revision::new", [Expr::text(revision.id.as_str())]);
    for id in &revision.down_revisions {
        expr = expr.then("down_revision", [Expr::text(id.as_str())]);
    }
    for dependency in &revision.depends_on {
        expr = expr.then("depends_on", [Expr::text(dependency)]);
    }
    for label in &revision.branch_labels {
        expr = expr.then("branch_label", [Expr::text(label)]);
    }
    if !revision.message.is_empty() {
        expr = expr.then("message", [Expr::text(&revision.message)]);
    }
    expr
}

/// The message as the file's documentation; what cannot stand in a comment is left out.
fn documentation(message: &str) -> String {
    let printable = |c: &char| c.escape_debug().count() == 1 || matches!(c, '\'' | '"' | '\\');
    let line = |line: &str| {
        let text: String = line.chars().filter(printable).collect();
        format!("//! {text}").trim_end().to_owned() + "\n"
    };
    let lines: String = message.trim().lines().map(line).collect();
    if lines.is_empty() { lines } else { lines + "\n" }
}
