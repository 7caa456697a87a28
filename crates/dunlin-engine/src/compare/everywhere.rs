//! What a revision does, on all databases.

use dunlin_core::operation::Operation;
use dunlin_core::schema::Metadata;

use super::normal::{Schema, normal_table};
use super::{Comparison, Rename, compare};
use crate::dialect::Dialect;
use crate::replay::play;

/// A comparison on one database, `on`, as a revision behind `history` can do it.
///
/// What does not fit the history is [left out](Comparison::left_out): a database that somebody changed by hand
/// is no reason for a revision, which runs on other databases too, and would be refused behind this history.
///
/// What else differs between the history and the models on `others` is added: an index that only another
/// database has, a type with a variant for it. Nothing is added where the history cannot be trusted to tell, as
/// what was found, played on it, does not lead to the models on `on` itself. A database that cannot have the
/// models is left out.
pub fn complete(
    mut comparison: Comparison,
    on: &dyn Dialect,
    others: &[&dyn Dialect],
    history: &Metadata,
    to: &Metadata,
) -> Comparison {
    // What is dropped and added again, as something that it stands on changes, is a change all the same.
    let expected = match comparison.upgrade.is_empty() {
        true => None,
        false => between(on, history, to, &comparison.renames),
    };
    let expected: Vec<Operation> =
        expected.iter().flat_map(|found| &found.upgrade).flat_map(taken_apart).collect();
    let mut after = history.clone();
    let (mut fits, mut left_out) = (Vec::new(), Vec::new());
    for operation in comparison.upgrade.iter().flat_map(taken_apart) {
        let mut played = after.clone();
        match play(&mut played, &operation) {
            Ok(()) if !expected.contains(&operation) && changes_nothing(on, &operation, &after, &played) => {
                left_out.push(operation);
            }
            Ok(()) => {
                after = played;
                fits.push(operation);
            }
            Err(_) => left_out.push(operation),
        }
    }
    // What the history itself does not need, on its way there, is no change of it either: an index that was
    // changed by hand is dropped and made again as it was.
    if let Some(found) = between(on, history, &after, &comparison.renames) {
        let needed: Vec<Operation> = found.upgrade.iter().flat_map(taken_apart).collect();
        if needed != fits {
            left_out.extend(fits.into_iter().filter(|operation| !needed.contains(operation)));
        }
        if !left_out.is_empty() {
            (comparison.upgrade, comparison.downgrade) = (found.upgrade, found.downgrade);
            comparison.left_out = left_out;
        }
    } else if !left_out.is_empty() {
        (comparison.upgrade, comparison.downgrade) = (fits, Vec::new());
        comparison.left_out = left_out;
    }
    match between(on, &after, to, &[]) {
        Some(rest) if rest.is_empty() => {}
        _ => return comparison,
    }
    for other in others {
        let Some(more) = between(*other, &after, to, &[]).filter(|more| !more.is_empty()) else { continue };
        let mut played = after.clone();
        if more.upgrade.iter().any(|operation| play(&mut played, operation).is_err()) {
            continue;
        }
        after = played;
        comparison.upgrade.extend(more.upgrade);
        comparison.downgrade.splice(0..0, more.downgrade);
    }
    comparison
}

/// Whether the table that an operation changes has one form in two schemas.
fn changes_nothing(
    dialect: &dyn Dialect,
    operation: &Operation,
    before: &Metadata,
    after: &Metadata,
) -> bool {
    let changes_table = matches!(
        operation,
        Operation::AlterTable { .. } | Operation::CreateIndex { .. } | Operation::DropIndex { .. }
    );
    let form = |schema: &Metadata| {
        let table = operation.table().and_then(|name| schema.get(name))?;
        normal_table(dialect, table).ok()
    };
    changes_table && form(before).is_some_and(|before| Some(before) == form(after))
}

/// The changes of a table one by one, where there are several: some may fit, and others not.
pub(super) fn taken_apart(operation: &Operation) -> Vec<Operation> {
    match operation {
        Operation::AlterTable { table, changes } => {
            let alone = |change| Operation::AlterTable { table: table.clone(), changes: vec![change] };
            changes.iter().cloned().map(alone).collect()
        }
        other => vec![other.clone()],
    }
}

fn between(dialect: &dyn Dialect, from: &Metadata, to: &Metadata, renames: &[Rename]) -> Option<Comparison> {
    let from = Schema::new(dialect, from.clone()).ok()?;
    let to = Schema::new(dialect, to.clone()).ok()?;
    compare(dialect, &from, &to, renames).ok()
}
