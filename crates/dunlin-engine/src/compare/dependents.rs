//! Views and objects: what stands on tables, on each other, or under tables.

use std::collections::{HashMap, HashSet};

use dunlin_core::operation::Operation;
use dunlin_core::schema::{Object, Table, View};

use super::keys::Footing;
use super::normal::Schema;
use super::table::Pair;
use crate::sql::rename::names_in;

/// What becomes of views and objects.
#[derive(Debug, Default)]
pub(super) struct DependentChanges {
    /// Before the tables change.
    pub(super) drop: Vec<Operation>,
    /// Before the tables change, behind what is dropped: objects that speak of no table.
    pub(super) create_first: Vec<Operation>,
    /// Behind the tables' changes.
    pub(super) create: Vec<Operation>,
    /// Behind everything: objects that speak of no table.
    pub(super) drop_last: Vec<Operation>,
}

/// A view or an object.
struct Dependent<'s> {
    is: Is<'s>,
    /// Its own name, in small letters.
    name: String,
    /// The names in its text, in small letters.
    names: HashSet<String>,
    /// Whether its text has a `*`.
    has_star: bool,
}

#[derive(Clone, Copy)]
enum Is<'s> {
    View(&'s View),
    Object(&'s Object),
}

/// What is dropped, and what is created. A view that reads, or an object that names, something that goes or
/// is made anew is made anew with it: databases refuse the change else, or take it along without a word.
pub(super) fn changes(
    from: &Schema,
    to: &Schema,
    pairs: &[Pair<'_>],
    gone: &[&Table],
    footing: &Footing,
) -> DependentChanges {
    let (before, behind) = (dependents(from), dependents(to));
    if before.iter().chain(&behind).next().is_none() {
        return DependentChanges::default();
    }
    let tables: HashSet<String> = [from, to]
        .iter()
        .flat_map(|schema| schema.here().tables())
        .map(|table| table.name.name.to_lowercase())
        .collect();
    let disturbed = disturbed(pairs, gone, footing);
    let (before, behind) = (ordered(&before), ordered(&behind));
    let mut moved: HashSet<&str> = HashSet::new();
    let mut kept: HashSet<&str> = HashSet::new();
    let mut dropped: Vec<&Dependent<'_>> = Vec::new();
    for dependent in &before {
        let same = behind.iter().any(|other| other.is_same(dependent));
        let stands_on_moved = dependent.names.iter().any(|name| moved.contains(name.as_str()));
        if same && !stands_on_moved && !dependent.is_disturbed(&disturbed) {
            kept.insert(&dependent.name);
            continue;
        }
        moved.insert(&dependent.name);
        let goes_with_table = matches!(dependent.is, Is::Object(object)
            if gone.iter().any(|table| object.is_of(&table.name)));
        if !goes_with_table {
            dropped.push(dependent);
        }
    }
    let views: HashSet<&str> =
        before.iter().chain(&behind).filter(|it| it.is_view()).map(|it| it.name.as_str()).collect();
    let alone = |dependent: &Dependent<'_>| {
        !dependent.is_view()
            && !dependent.names.iter().any(|name| tables.contains(name) || views.contains(name.as_str()))
    };
    let mut changes = DependentChanges::default();
    for dependent in dropped.into_iter().rev() {
        let is_gone = !behind.iter().any(|other| other.name == dependent.name);
        match alone(dependent) && is_gone {
            true => changes.drop_last.extend(dependent.dropped(from)),
            false => changes.drop.extend(dependent.dropped(from)),
        }
    }
    for dependent in behind.iter().filter(|dependent| !kept.contains(dependent.name.as_str())) {
        match alone(dependent) {
            true => changes.create_first.extend(dependent.created(to)),
            false => changes.create.extend(dependent.created(to)),
        }
    }
    changes
}

/// The tables that a view cannot stand on while they change, and the columns that go or get another type.
struct Disturbed {
    /// Tables that lose columns, or have some whose type changes: by name, those columns.
    columns: HashMap<String, HashSet<String>>,
    /// Tables that get or lose columns: what `*` means is another thing then.
    stars: HashSet<String>,
    /// Tables that go.
    gone: HashSet<String>,
}

fn disturbed(pairs: &[Pair<'_>], gone: &[&Table], footing: &Footing) -> Disturbed {
    let mut disturbed = Disturbed {
        columns: HashMap::new(),
        stars: HashSet::new(),
        gone: gone.iter().map(|table| table.name.name.to_lowercase()).collect(),
    };
    for (table, column) in &footing.columns {
        disturbed.columns.entry(table.name.to_lowercase()).or_default().insert(column.to_lowercase());
    }
    for pair in pairs.iter().filter(|pair| pair.from != pair.to) {
        let table = pair.from.name.name.to_lowercase();
        let lost = pair.from.columns.iter().filter(|column| pair.to.column(&column.name).is_none());
        let lost: Vec<String> = lost.map(|column| column.name.to_lowercase()).collect();
        let gets = pair.to.columns.iter().any(|column| pair.from.column(&column.name).is_none());
        if gets || !lost.is_empty() {
            disturbed.stars.insert(table.clone());
        }
        if !lost.is_empty() {
            disturbed.columns.entry(table).or_default().extend(lost);
        }
    }
    disturbed
}

fn dependents(schema: &Schema) -> Vec<Dependent<'_>> {
    let views = schema.here().views.iter().map(|view| {
        let texts: Vec<&String> = view.query.values().collect();
        Dependent::new(Is::View(view), view.name.name.to_lowercase(), &texts)
    });
    let objects = schema.here().objects.iter().map(|object| {
        let texts: Vec<&String> = object.create.iter().flat_map(|sql| sql.values()).collect();
        Dependent::new(Is::Object(object), own_name(&object.name), &texts)
    });
    objects.chain(views).collect()
}

/// `touch` of `function touch()`, `on_insert` of `trigger on_insert on ticket`.
fn own_name(words: &str) -> String {
    let name = words.split_once(' ').map_or(words, |(_, rest)| rest);
    let end = name.find(['(', ' ']).unwrap_or(name.len());
    let name = name[..end].trim_matches(['"', '`']);
    name.rsplit('.').next().unwrap_or(name).to_lowercase()
}

impl<'s> Dependent<'s> {
    fn new(is: Is<'s>, name: String, texts: &[&String]) -> Self {
        let mut names: HashSet<String> = texts.iter().flat_map(|sql| names_in(sql)).collect();
        names.remove(&name);
        Self { is, name, names, has_star: texts.iter().any(|sql| sql.contains('*')) }
    }

    fn is_view(&self) -> bool {
        matches!(self.is, Is::View(_))
    }

    fn is_same(&self, other: &Self) -> bool {
        match (self.is, other.is) {
            (Is::View(one), Is::View(other)) => one == other,
            (Is::Object(one), Is::Object(other)) => one == other,
            _ => false,
        }
    }

    fn is_disturbed(&self, disturbed: &Disturbed) -> bool {
        let names = |table: &String| self.names.contains(table);
        if disturbed.gone.iter().any(names) {
            return self.is_view();
        }
        if self.is_view() && self.has_star && disturbed.stars.iter().any(names) {
            return true;
        }
        let mut tables = disturbed.columns.iter().filter(|(table, _)| names(table));
        match self.is {
            Is::View(_) => tables.next().is_some(),
            Is::Object(object) => {
                !object.drop.is_empty() && tables.any(|(_, columns)| columns.iter().any(names))
            }
        }
    }

    fn dropped(&self, schema: &Schema) -> Option<Operation> {
        match self.is {
            Is::View(view) => Some(Operation::DropView {
                name: view.name.clone(),
                materialized: view.materialized,
                if_exists: false,
            }),
            Is::Object(object) => {
                let said = schema.said().objects.iter().find(|said| said.name == object.name)?;
                Some(Operation::DropObject { object: said.clone() })
            }
        }
    }

    fn created(&self, schema: &Schema) -> Option<Operation> {
        match self.is {
            Is::View(view) => {
                let said = schema.said().views.iter().find(|said| said.name == view.name)?;
                Some(Operation::CreateView { view: said.clone(), or_replace: false })
            }
            Is::Object(object) => {
                let said = schema.said().objects.iter().find(|said| said.name == object.name)?;
                Some(Operation::CreateObject { object: said.clone() })
            }
        }
    }
}

/// Each behind those that it names.
fn ordered<'d, 's>(all: &'d [Dependent<'s>]) -> Vec<&'d Dependent<'s>> {
    let places: HashMap<&str, usize> =
        all.iter().enumerate().map(|(at, dependent)| (dependent.name.as_str(), at)).collect();
    let mut ordered = Vec::with_capacity(all.len());
    let mut visited = vec![false; all.len()];
    for start in 0..all.len() {
        let mut stack = vec![(start, false)];
        while let Some((at, done)) = stack.pop() {
            if done {
                ordered.push(&all[at]);
                continue;
            }
            if std::mem::replace(&mut visited[at], true) {
                continue;
            }
            stack.push((at, true));
            let mut needed: Vec<usize> =
                all[at].names.iter().filter_map(|name| places.get(name.as_str()).copied()).collect();
            needed.sort_unstable();
            stack.extend(needed.into_iter().rev().filter(|at| !visited[*at]).map(|at| (at, false)));
        }
    }
    ordered
}
