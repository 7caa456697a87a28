//! What differs on other databases than the one that was compared.

use dunlin_core::schema::Metadata;

use super::normal::Schema;
use super::{Comparison, compare};
use crate::dialect::Dialect;
use crate::replay::play;

/// A comparison on one database, `on`, with what else differs between a history and the models on
/// `others`: an index that only another database has, a type with a variant for it. A revision that is made
/// of it does the same for all of them.
///
/// It stays as it is where the history cannot be trusted to tell: what was found, played on it, does not
/// lead to the models on `on` itself, as raw SQL or somebody's hand has changed the schema. A database that
/// cannot have the models is left out.
pub fn complete(
    mut comparison: Comparison,
    on: &dyn Dialect,
    others: &[&dyn Dialect],
    history: &Metadata,
    to: &Metadata,
) -> Comparison {
    let mut after = history.clone();
    if comparison.upgrade.iter().any(|operation| play(&mut after, operation).is_err()) {
        return comparison;
    }
    match between(on, &after, to) {
        Some(rest) if rest.is_empty() => {}
        _ => return comparison,
    }
    for other in others {
        let Some(more) = between(*other, &after, to).filter(|more| !more.is_empty()) else { continue };
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

fn between(dialect: &dyn Dialect, from: &Metadata, to: &Metadata) -> Option<Comparison> {
    let from = Schema::new(dialect, from.clone()).ok()?;
    let to = Schema::new(dialect, to.clone()).ok()?;
    compare(dialect, &from, &to, &[]).ok()
}
