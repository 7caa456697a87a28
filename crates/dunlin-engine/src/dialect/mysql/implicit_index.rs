//! The index that the server makes for a foreign key.
//!
//! InnoDB wants an index that begins with the columns of a foreign key. Where there is none when the key
//! is added, it makes one under the key's name; it drops it again as soon as another serves, but not
//! with the key. It refuses to drop the last index that serves. A [`Table`] does not list it: neither one that was written down nor one that was
//! introspected.

use dunlin_core::schema::{ForeignKey, Index, IndexElement, Table};

/// Whether the server has made an index for a foreign key of `table`, and the key alone needs it.
pub fn is_made_for(table: &Table, key: &ForeignKey) -> bool {
    let mut others = table.foreign_keys.iter().filter(|other| *other != key);
    !is_served(table, key) && !others.any(|other| covers(other, key) || covers(key, other))
}

/// Whether an index over the columns of one foreign key serves another, too.
fn covers(one: &ForeignKey, other: &ForeignKey) -> bool {
    one.columns.starts_with(&other.columns)
}

/// Whether the server has made an index under the name of a foreign key. Of several over the same columns it
/// is the one that was added last.
pub(super) fn bears(table: &Table, key: &ForeignKey) -> bool {
    !is_served(table, key) && !is_covered(table, key)
}

/// Whether the index of another foreign key of the table serves a key.
fn is_covered(table: &Table, key: &ForeignKey) -> bool {
    let Some(place) = table.foreign_keys.iter().position(|known| known == key) else { return false };
    let mut others = table.foreign_keys.iter().enumerate().filter(|(at, _)| *at != place);
    others.any(|(at, other)| covers(other, key) && (at > place || other.columns.len() > key.columns.len()))
}

/// The foreign key that needs an index of its own when `key` goes with the one that served both.
pub(super) fn heir<'t>(table: &'t Table, key: &ForeignKey) -> Option<&'t ForeignKey> {
    if !bears(table, key) {
        return None;
    }
    let covered = table.foreign_keys.iter().filter(|other| *other != key && covers(key, other));
    let heir = covered.max_by_key(|other| other.columns.len())?;
    // One that is named after a column can stay.
    let stays = heir.columns == key.columns && is_name_for(table, heir, &name(table, key));
    (!stays).then_some(heir)
}

/// The name of the index that the server makes for a foreign key: that of the key, or, if the server named
/// the key too, that of its first column.
pub fn name(table: &Table, key: &ForeignKey) -> String {
    let named = key.name.as_deref().filter(|name| !is_given_by_server(table, name));
    let Some(column) = key.columns.first().filter(|_| named.is_none()) else {
        return named.unwrap_or_default().to_owned();
    };
    let taken = |name: &str| {
        table.uniques.iter().any(|unique| unique.name.as_deref() == Some(name)) || table.index(name).is_some()
    };
    let mut name = column.clone();
    for number in 2.. {
        if !taken(&name) {
            break;
        }
        name = format!("{column}_{number}");
    }
    name
}

/// Whether a foreign key bears a name that the server gives to those without one.
fn is_given_by_server(table: &Table, name: &str) -> bool {
    number_given_by_server(table, name).is_some()
}

fn number_given_by_server(table: &Table, name: &str) -> Option<u32> {
    let rest = name.strip_prefix(table.name.name.as_str())?.strip_prefix("_ibfk_")?;
    rest.parse().ok()
}

/// Whether the server, when it creates the table, gives the foreign keys of such names just these again. It
/// then names their indexes as it did: after their columns.
pub(super) fn names_come_again(table: &Table) -> bool {
    let names = table.foreign_keys.iter().map(|key| key.name.as_deref());
    let numbers: Vec<Option<u32>> = names
        .filter(|name| name.is_none_or(|name| is_given_by_server(table, name)))
        .map(|name| number_given_by_server(table, name?))
        .collect();
    (1..).zip(&numbers).all(|(at, number)| *number == Some(at))
}

/// Whether a foreign key need not be named, as the server [gives it its name](names_come_again).
pub(super) fn is_named_by_server(table: &Table, key: &ForeignKey) -> bool {
    key.name.as_deref().is_some_and(|name| is_given_by_server(table, name))
}

/// Leaves out the indexes that stand under the name that the server would give and on just the columns of a
/// foreign key, where no other serves the key: they are taken for those that the server made. Of several keys
/// over the same columns the one whose name the index bears then stands last.
pub fn leave_out(table: &mut Table) {
    leave_out_named(table, is_name_for);
}

/// The same, where a key that was named as the server names keys may have an index of that name, too.
pub(super) fn leave_out_any(table: &mut Table) {
    leave_out_named(table, |table, key, index| {
        key.name.as_deref() == Some(index) || is_name_for(table, key, index)
    });
}

fn leave_out_named(table: &mut Table, is_name: impl Fn(&Table, &ForeignKey, &str) -> bool) {
    for key in table.foreign_keys.clone() {
        let alike = |index: &Index| {
            is_plain(index, &key) && index.name.as_deref().is_some_and(|name| is_name(table, &key, name))
        };
        let Some(place) = table.indexes.iter().position(alike) else { continue };
        let index = table.indexes.remove(place);
        if is_served(table, &key) {
            table.indexes.insert(place, index);
            continue;
        }
        let alike = table.foreign_keys.iter().filter(|other| other.columns == key.columns);
        if alike.count() > 1 && !key.name.as_deref().is_some_and(|name| is_given_by_server(table, name)) {
            table.foreign_keys.retain(|other| *other != key);
            table.foreign_keys.push(key);
        }
    }
}

fn is_name_for(table: &Table, key: &ForeignKey, index: &str) -> bool {
    let by_column = key.name.as_deref().is_none_or(|name| is_given_by_server(table, name));
    match key.name.as_deref() {
        Some(name) if !by_column => name == index,
        _ => key.columns.first().and_then(|column| index.strip_prefix(column.as_str())).is_some_and(|rest| {
            rest.is_empty() || rest.strip_prefix('_').is_some_and(|number| number.parse::<u32>().is_ok())
        }),
    }
}

/// The foreign keys for which the server wants an index where `table` becomes `changed`: the index that
/// served them is gone, and it does not make another by itself.
pub(super) fn wanted<'t>(table: &Table, changed: &'t Table) -> Vec<&'t ForeignKey> {
    let kept = changed
        .foreign_keys
        .iter()
        .filter(|key| key.name.is_some() && table.foreign_keys.iter().any(|known| known.name == key.name));
    kept.filter(|key| is_served(table, key) && bears(changed, key)).collect()
}

/// The indexes that only foreign keys needed, and do not need any more where `table` becomes `changed`. The
/// server drops those that it has made by itself; one that took the place of another which was dropped stays
/// if nobody drops it. Both may be dropped by who adds the index that serves now, in one statement.
pub(super) fn unneeded(table: &Table, changed: &Table) -> Vec<String> {
    // Other engines take a foreign key for nothing.
    if table.options.engine.as_deref().is_some_and(|engine| !engine.eq_ignore_ascii_case("InnoDB")) {
        return Vec::new();
    }
    let without = |table: &Table, name: &str| {
        let mut table = table.clone();
        table.indexes.retain(|index| index.name.as_deref() != Some(name));
        table
    };
    let unneeded = |key: &&ForeignKey| {
        let name = key.name.as_deref().filter(|_| table.foreign_keys.contains(key));
        let Some(name) = name else { return false };
        let unique = table.uniques.iter().any(|unique| unique.name.as_deref() == Some(name));
        match table.index(name) {
            _ if unique => false,
            // The server's own would have the name of a column, and is not listed.
            Some(index) => {
                is_given_by_server(table, name)
                    && is_plain(index, key)
                    && !is_served(&without(table, name), key)
                    && is_served(&without(changed, name), key)
            }
            None => !is_given_by_server(table, name) && bears(table, key) && is_served(changed, key),
        }
    };
    let keys = changed.foreign_keys.iter().filter(unneeded);
    keys.filter_map(|key| Some(key.name.as_ref()?.as_str().to_owned())).collect()
}

/// Whether an index is just over the columns of a foreign key.
fn is_plain(index: &Index, key: &ForeignKey) -> bool {
    let mut bare = index.clone();
    bare.name = None;
    bare == Index::unnamed(&key.columns)
}

/// Whether an index that the table lists begins with the columns of a foreign key.
fn is_served(table: &Table, key: &ForeignKey) -> bool {
    let keys = table.primary_key.iter().map(|key| {
        let whole = key.columns.iter().take_while(|column| !key.prefixes.contains_key(*column));
        whole.map(String::as_str).collect()
    });
    let uniques = table.uniques.iter().map(|unique| unique.columns.iter().map(String::as_str).collect());
    let indexes = table.indexes.iter().map(served_columns);
    keys.chain(uniques).chain(indexes).any(|columns: Vec<&str>| {
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
