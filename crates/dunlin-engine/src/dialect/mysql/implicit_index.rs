//! The index that the server makes for a foreign key.
//!
//! InnoDB wants an index that begins with the columns of a foreign key. Where there is none when the key
//! is added, it makes one under the key's name; it drops it again as soon as another serves, but not
//! with the key. It refuses to drop the last index that serves. A [`Table`] does not list it: neither one that was written down nor one that was
//! introspected.

use dunlin_core::schema::{ForeignKey, Index, IndexElement, Table};

/// Whether the server has made an index for a foreign key of `table`, and the key alone needs it.
pub fn is_made_for(table: &Table, key: &ForeignKey) -> bool {
    let mut others = table.foreign_keys.iter().filter(|other| other.name != key.name);
    let shared = others.any(|other| key.columns.iter().zip(&other.columns).all(|(one, two)| one == two));
    key.name.is_some() && !is_served(table, key) && !shared
}

/// The foreign keys for which the server wants an index where `table` becomes `changed`: the index that
/// served them is gone, and it does not make another by itself.
pub(super) fn wanted<'t>(table: &Table, changed: &'t Table) -> Vec<&'t ForeignKey> {
    let kept = changed
        .foreign_keys
        .iter()
        .filter(|key| key.name.is_some() && table.foreign_keys.iter().any(|known| known.name == key.name));
    kept.filter(|key| is_served(table, key) && !is_served(changed, key)).collect()
}

/// Whether an index that the table lists begins with the columns of a foreign key.
fn is_served(table: &Table, key: &ForeignKey) -> bool {
    let lists = table.primary_key.iter().map(|key| &key.columns);
    let lists = lists.chain(table.uniques.iter().map(|unique| &unique.columns));
    let columns = lists.map(|columns| columns.iter().map(String::as_str).collect());
    let indexes = table.indexes.iter().map(served_columns);
    columns.chain(indexes).any(|columns: Vec<&str>| {
        columns.len() >= key.columns.len() && columns.iter().zip(&key.columns).all(|(one, two)| one == two)
    })
}

/// The columns by which an index serves a foreign key: those before an expression or a prefix.
fn served_columns(index: &Index) -> Vec<&str> {
    let whole = |element: &&IndexElement| element.column().is_some() && element.length.is_none();
    match index.kind.is_plain() {
        true => index.elements.iter().take_while(whole).filter_map(IndexElement::column).collect(),
        false => Vec::new(),
    }
}
