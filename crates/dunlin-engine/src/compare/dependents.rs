//! Views and objects: what stands on tables, on each other, or under tables.

use std::collections::{HashMap, HashSet};

use dunlin_core::dialect::DialectName;
use dunlin_core::operation::Operation;
use dunlin_core::schema::{Object, Table, TableName, View};

use super::keys::Footing;
use super::normal::Schema;
use super::table::Pair;
use crate::sql::lexer::{Token, TokenKind, tokens};
use crate::sql::rename::names_in;

/// What becomes of views and objects.
#[derive(Debug, Default)]
pub(super) struct DependentChanges {
    /// Before the tables change.
    pub(super) drop: Vec<Operation>,
    /// Before the tables change, behind what calls it in them: objects that speak of no table and come again.
    pub(super) drop_under: Vec<Operation>,
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
    /// Whether it is a query of all columns, as it was said: the database has their names.
    has_star: bool,
}

/// What no other view, or object, of a schema has.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key<'s> {
    View(&'s TableName),
    Object(&'s str),
}

#[derive(Clone, Copy)]
enum Is<'s> {
    View(&'s View),
    Object(&'s Object),
}

/// What is dropped, and what is created. A view that reads, or an object that names, something that goes or
/// is made anew is made anew with it: databases refuse the change else, or take it along without a word.
pub(super) fn changes(
    on: DialectName,
    from: &Schema,
    to: &Schema,
    pairs: &[Pair<'_>],
    gone: &[&Table],
    footing: &Footing,
) -> DependentChanges {
    let (before, behind) = (dependents(on, from), dependents(on, to));
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
    let wanted: HashMap<Key<'_>, &Dependent<'_>> =
        behind.iter().map(|dependent| (dependent.key(), *dependent)).collect();
    let mut moved: HashSet<&str> = HashSet::new();
    let mut kept: HashSet<Key<'_>> = HashSet::new();
    let mut dropped: Vec<&Dependent<'_>> = Vec::new();
    for dependent in &before {
        let stays = wanted.get(&dependent.key()).filter(|wanted| wanted.is_same(dependent));
        let stands_on_moved = dependent.names.iter().any(|name| moved.contains(name.as_str()));
        let is_disturbed =
            |stays: &Dependent<'_>| dependent.is_disturbed(&disturbed, dependent.has_star || stays.has_star);
        if stays.is_some_and(|stays| !stands_on_moved && !is_disturbed(stays)) {
            kept.insert(dependent.key());
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
        let is_gone = !wanted.contains_key(&dependent.key());
        match (alone(dependent), is_gone) {
            (true, true) => changes.drop_last.extend(dependent.dropped(from)),
            (true, false) => changes.drop_under.extend(dependent.dropped(from)),
            (false, _) => changes.drop.extend(dependent.dropped(from)),
        }
    }
    for dependent in behind.iter().filter(|dependent| !kept.contains(&dependent.key())) {
        match alone(dependent) {
            true => changes.create_first.extend(dependent.created(to)),
            false => changes.create.extend(dependent.created(to)),
        }
    }
    changes
}

/// The functions of both schemas that are made anew as they, or some that they call, differ: their names, in
/// small letters.
pub(super) fn functions_made_anew(on: DialectName, from: &Schema, to: &Schema) -> HashSet<String> {
    if from.here().objects == to.here().objects {
        return HashSet::new();
    }
    let (before, behind) = (dependents(on, from), dependents(on, to));
    let wanted: HashMap<Key<'_>, &Dependent<'_>> =
        behind.iter().map(|dependent| (dependent.key(), dependent)).collect();
    let mut moved = HashSet::new();
    let is_function = |it: &&Dependent<'_>| matches!(it.is, Is::Object(object) if object.touches.is_empty());
    for dependent in ordered(&before).into_iter().filter(is_function) {
        let Some(wanted) = wanted.get(&dependent.key()) else { continue };
        if !wanted.is_same(dependent) || dependent.names.iter().any(|name| moved.contains(name)) {
            moved.insert(dependent.name.clone());
        }
    }
    moved
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
    for pair in pairs.iter().filter(|pair| pair.differs) {
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

fn dependents(on: DialectName, schema: &Schema) -> Vec<Dependent<'_>> {
    let said: HashMap<&TableName, &View> =
        schema.said().views.iter().map(|view| (&view.name, view)).collect();
    let views = schema.here().views.iter().map(|view| {
        let query = |view: &View| view.query.get(on).cloned().unwrap_or_default();
        let names = names_in(&query(view)).into_iter().collect();
        let has_star = said.get(&view.name).is_some_and(|said| reads_all_columns(&query(said)));
        Dependent { is: Is::View(view), name: view.name.name.to_lowercase(), names, has_star }
    });
    let objects = schema.here().objects.iter().map(|object| {
        let name = own_name(&object.name);
        let names = object.create.iter().filter_map(|sql| sql.get(on)).flat_map(|sql| {
            let names = names_in(sql);
            // A trigger may have the name of the function that it calls.
            let calls_its_like = names.iter().filter(|known| **known == name).count() > 1;
            let is_function = object.name.contains('(');
            names
                .into_iter()
                .filter(|known| *known != name || (calls_its_like && !is_function))
                .collect::<Vec<_>>()
        });
        let names = names.collect();
        Dependent { is: Is::Object(object), name, names, has_star: false }
    });
    objects.chain(views).collect()
}

/// Whether a query has `*` or `t.*` among its columns; `count(*)` and `a * b` are something else.
fn reads_all_columns(query: &str) -> bool {
    let Ok(tokens) = tokens(query) else { return query.contains('*') };
    let said: Vec<&Token<'_>> = tokens.iter().filter(|token| token.kind != TokenKind::Comment).collect();
    said.windows(2).any(|pair| {
        let begins = ["select", "distinct", "all"].iter().any(|word| pair[0].text.eq_ignore_ascii_case(word));
        pair[1].is_symbol("*") && (begins || pair[0].is_symbol(",") || pair[0].is_symbol("."))
    })
}

/// `touch` of `function touch()`, `on_insert` of `trigger on_insert on ticket`.
fn own_name(words: &str) -> String {
    let name = words.split_once(' ').map_or(words, |(_, rest)| rest);
    let end = name.find(['(', ' ']).unwrap_or(name.len());
    let name = name[..end].trim_matches(['"', '`']);
    name.rsplit('.').next().unwrap_or(name).to_lowercase()
}

impl<'s> Dependent<'s> {
    fn key(&self) -> Key<'s> {
        match self.is {
            Is::View(view) => Key::View(&view.name),
            Is::Object(object) => Key::Object(&object.name),
        }
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

    fn is_disturbed(&self, disturbed: &Disturbed, has_star: bool) -> bool {
        let names = |table: &String| self.names.contains(table);
        if disturbed.gone.iter().any(names) {
            return self.is_view();
        }
        if has_star && disturbed.stars.iter().any(names) {
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
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, dependent) in all.iter().enumerate() {
        places.entry(&dependent.name).or_default().push(at);
    }
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
            let named = all[at].names.iter().filter_map(|name| places.get(name.as_str()));
            let mut needed: Vec<usize> = named.flatten().copied().collect();
            needed.sort_unstable();
            stack.extend(needed.into_iter().rev().filter(|at| !visited[*at]).map(|at| (at, false)));
        }
    }
    ordered
}
