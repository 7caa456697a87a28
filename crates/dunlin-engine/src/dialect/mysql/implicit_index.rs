//! The index that the server makes for a foreign key.
//!
//! InnoDB wants an index that begins with the columns of a foreign key. Where there is none when the key
//! is added, it makes one under the key's name; it drops it again as soon as another serves, but not
//! with the key. A [`Table`] does not list it: neither one that was written down nor one that was
//! introspected.

use dunlin_core::schema::{ForeignKey, Index, IndexElement, Table};

/// Whether the server has made an index for a foreign key of `table`, and the key alone needs it.
pub fn is_made_for(table: &Table, key: &ForeignKey) -> bool {
    let served = |columns: &[&str]| begins_with(columns, &key.columns);
    let keys = table.primary_key.iter().map(|key| &key.columns);
    let constraints = keys.chain(table.uniques.iter().map(|unique| &unique.columns));
    let by_constraint = constraints
        .map(|columns| columns.iter().map(String::as_str).collect::<Vec<_>>())
        .any(|columns| served(&columns));
    let by_index = table.indexes.iter().any(|index| served(&served_columns(index)));
    let others = table.foreign_keys.iter().filter(|other| other.name != key.name);
    let shared = others.map(|other| other.columns.iter().map(String::as_str).collect::<Vec<_>>());
    let shared = shared.into_iter().any(|columns| {
        let shorter = columns.len().min(key.columns.len());
        key.columns.iter().zip(&columns).take(shorter).all(|(one, other)| one == other)
    });
    key.name.is_some() && !by_constraint && !by_index && !shared
}

/// The columns by which an index serves a foreign key: those before an expression or a prefix.
fn served_columns(index: &Index) -> Vec<&str> {
    let whole = |element: &&IndexElement| element.column().is_some() && element.length.is_none();
    match index.kind.is_plain() {
        true => index.elements.iter().take_while(whole).filter_map(IndexElement::column).collect(),
        false => Vec::new(),
    }
}

fn begins_with(columns: &[&str], wanted: &[String]) -> bool {
    columns.len() >= wanted.len() && columns.iter().zip(wanted).all(|(one, other)| one == other)
}
