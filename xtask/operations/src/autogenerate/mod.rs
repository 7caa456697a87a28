//! The cases of `cargo xtask oracle autogenerate`: two models each, that differ in one thing or in nothing.

mod checks;
mod columns;
mod defaults;
mod enums;
mod foreign_keys;
mod generated;
mod indexes;
mod keys;
mod renames;
mod tables;
mod types;
mod unchanged;
mod unchanged_databases;
mod views;

pub(crate) mod answer;

use dunlin::core::prelude::*;
use dunlin::core::schema::TableBuilder;
use serde_json::{Value, json};

use crate::cases::{
    ALL, MARIADB, MYSQL, MYSQL_ITSELF, NOT_MARIADB, NOT_MYSQL, NOT_POSTGRES, NOT_SQLITE, POSTGRES, SQLITE,
};

/// Two models.
pub(crate) struct Case {
    /// What changes from one to the other, or stays.
    name: String,
    /// The table of the report it stands in.
    group: &'static str,
    /// The databases it is for.
    on: &'static [DialectName],
    pub(crate) from: Metadata,
    pub(crate) to: Metadata,
    /// What is said of new names: to the question for them, or without one.
    pub(crate) renames: Vec<Rename>,
}

/// Something that has a new name.
pub(crate) enum Rename {
    /// A table's names before and after.
    Table(&'static str, &'static str),
    /// A table, and a column's names before and after.
    Column(&'static str, &'static str, &'static str),
    /// An enum type, and a value's names before and after.
    Value(&'static str, &'static str, &'static str),
}

impl Rename {
    /// As it is said to a comparison: `old=new`.
    fn said(&self) -> String {
        match self {
            Self::Table(from, to) => format!("{from}={to}"),
            Self::Column(of, from, to) | Self::Value(of, from, to) => format!("{of}.{from}={to}"),
        }
    }
}

/// The report's table of those that do not change.
pub(crate) const UNCHANGED: &str = "Unchanged";

impl Case {
    /// Its group and its name, which no other has.
    pub(crate) fn name(&self) -> String {
        format!("{}: {}", self.group, self.name)
    }

    /// As the answer to a request has it.
    pub(crate) fn described(&self) -> Value {
        json!({
            "case": self.name(),
            "name": self.name,
            "group": self.group,
            "on": self.on,
            "unchanged": self.group == UNCHANGED,
            "renamed": !self.renames.is_empty(),
            "from": self.from,
            "to": self.to,
        })
    }

    /// The same change, with the answer to the question whether something has a new name.
    fn renames(mut self, rename: Rename) -> Self {
        self.renames.push(rename);
        self
    }
}

/// A change from one model to another.
fn case(
    on: &'static [DialectName],
    name: impl Into<String>,
    from: impl FnOnce(&mut Metadata),
    to: impl FnOnce(&mut Metadata),
) -> Case {
    let model = |define: &mut dyn FnMut(&mut Metadata)| {
        let mut metadata = Metadata::default();
        define(&mut metadata);
        metadata
    };
    let (mut from, mut to) = (Some(from), Some(to));
    Case {
        name: name.into(),
        group: "",
        on,
        from: model(&mut |m| from.take().into_iter().for_each(|define| define(m))),
        to: model(&mut |m| to.take().into_iter().for_each(|define| define(m))),
        renames: Vec::new(),
    }
}

/// A change that can be read in both directions: as two cases.
fn both_ways(
    on: &'static [DialectName],
    names: [&str; 2],
    one: impl Fn(&mut Metadata),
    other: impl Fn(&mut Metadata),
) -> [Case; 2] {
    [case(on, names[0], &one, &other), case(on, names[1], &other, &one)]
}

/// A model with a table `item`, which has a key `id` and what is said.
fn item(define: impl Fn(&mut TableBuilder)) -> impl Fn(&mut Metadata) {
    move |m| {
        m.table("item", |t| {
            t.column("id", DataType::Integer).primary_key();
            define(t);
        });
    }
}

/// A model with a table `item` that has a key `id` and a column.
fn with(column: Column) -> impl Fn(&mut Metadata) {
    item(move |t| {
        t.add_column(column.clone());
    })
}

/// A column `v`.
fn v(column_type: impl Into<ColumnType>) -> Column {
    Column::new("v", column_type)
}

/// A change of the column `v`.
fn alter(on: &'static [DialectName], name: impl Into<String>, from: Column, to: Column) -> Case {
    case(on, name, with(from), with(to))
}

/// All cases, in the order of the report.
pub(crate) fn all() -> Vec<Case> {
    let groups = [
        ("Tables", tables::cases()),
        ("Columns", columns::cases()),
        ("Column types", types::cases()),
        ("Server defaults", defaults::cases()),
        ("Counted and computed columns", generated::cases()),
        ("Primary keys", keys::primary()),
        ("Unique constraints", keys::unique()),
        ("Foreign keys", foreign_keys::cases()),
        ("Checks", checks::cases()),
        ("Exclude constraints", checks::excludes()),
        ("Indexes", indexes::cases()),
        ("Enum types", enums::cases()),
        ("Views", views::cases()),
        ("Schemas", views::schemas()),
        ("New names", renames::cases()),
        (UNCHANGED, [unchanged::cases(), unchanged_databases::cases()].into_iter().flatten().collect()),
    ];
    let grouped = groups
        .into_iter()
        .flat_map(|(group, cases)| cases.into_iter().map(move |case| Case { group, ..case }));
    grouped.collect()
}
