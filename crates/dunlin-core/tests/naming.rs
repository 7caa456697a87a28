//! Names are those that SQLAlchemy gives for the same input. `naming.jsonl` is what the real one gave:
//! `cargo xtask oracle names` makes it.

#![allow(clippy::unwrap_used, reason = "tests")]

use dunlin_core::operation::{Operation, TableChange};
use dunlin_core::prelude::*;
use dunlin_core::schema::{IndexElement, PrimaryKey, TableName};
use serde::Deserialize;

const VECTORS: &str = include_str!("naming.jsonl");

#[derive(Deserialize)]
struct Line {
    convention: NamingConvention,
    schema: Option<String>,
    table: String,
    columns: Vec<String>,
    things: Vec<Thing>,
}

/// A constraint or an index.
#[derive(Debug, Deserialize)]
struct Thing {
    kind: Kind,
    #[serde(default)]
    written: Option<Written>,
    #[serde(default)]
    columns: Vec<String>,
    #[serde(default)]
    expression_at: Option<usize>,
    #[serde(default)]
    referred: Option<(Option<String>, String, Vec<String>)>,
    /// SQLAlchemy fails, as it has no name.
    #[serde(default)]
    refused: bool,
    /// Its name then.
    #[serde(default)]
    name: Option<String>,
    /// As PostgreSQL and MySQL are sent it, where that differs.
    #[serde(default)]
    rendered: Option<[Option<String>; 2]>,
    /// As Alembic sends it to PostgreSQL when it is dropped.
    #[serde(default)]
    dropped: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Pk,
    Uq,
    Ck,
    Fk,
    Ix,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Written {
    Given(String),
    Exact(String),
}

impl Written {
    fn name(&self) -> Name {
        match self {
            Self::Given(name) => Name::from(name),
            Self::Exact(name) => Name::exact(name),
        }
    }
}

/// How long a name may be, in characters: PostgreSQL, MySQL.
const LIMITS: [usize; 2] = [63, 64];

fn lines() -> impl Iterator<Item = Line> {
    VECTORS.lines().skip(1).map(|line| serde_json::from_str(line).unwrap())
}

fn add(table: &mut Table, thing: &Thing) {
    let name = thing.written.as_ref().map(Written::name);
    match thing.kind {
        Kind::Pk => {
            let mut key = PrimaryKey::new(&thing.columns);
            key.name = name;
            table.primary_key = Some(key);
        }
        Kind::Uq => {
            let mut unique = Unique::new(&thing.columns);
            unique.name = name;
            table.uniques.push(unique);
        }
        Kind::Ck => {
            let mut check = Check::new("1 = 1");
            check.name = name;
            table.checks.push(check);
        }
        Kind::Fk => {
            let (schema, to, columns) = thing.referred.as_ref().unwrap();
            let mut key =
                ForeignKey::new(&thing.columns, TableName::new(schema.as_deref(), to), columns.iter());
            key.name = name;
            table.foreign_keys.push(key);
        }
        Kind::Ix => {
            let mut elements: Vec<IndexElement> = thing.columns.iter().map(IndexElement::from).collect();
            if let Some(at) = thing.expression_at {
                elements.insert(at.min(elements.len()), IndexElement::expression("1 + 1"));
            }
            let mut index = Index::unnamed(elements);
            index.name = name;
            table.indexes.push(index);
        }
    }
}

/// The names of a table's constraints and indexes of one kind, in order.
fn names(table: &Table, kind: Kind) -> Vec<Option<Name>> {
    match kind {
        Kind::Pk => table.primary_key.iter().map(|key| key.name.clone()).collect(),
        Kind::Uq => table.uniques.iter().map(|unique| unique.name.clone()).collect(),
        Kind::Ck => table.checks.iter().map(|check| check.name.clone()).collect(),
        Kind::Fk => table.foreign_keys.iter().map(|key| key.name.clone()).collect(),
        Kind::Ix => table.indexes.iter().map(|index| index.name.clone()).collect(),
    }
}

fn built(line: &Line) -> Table {
    let mut table = Table::new(TableName::new(line.schema.as_deref(), &line.table));
    table.columns = line.columns.iter().map(|name| Column::new(name, DataType::Integer)).collect();
    line.things.iter().for_each(|thing| add(&mut table, thing));
    line.convention.apply(&mut table);
    table
}

#[test]
fn the_names_are_those_that_sqlalchemy_gives() {
    let mut compared = 0;
    for line in lines() {
        let table = built(&line);
        for kind in [Kind::Pk, Kind::Uq, Kind::Ck, Kind::Fk, Kind::Ix] {
            let things = line.things.iter().filter(|thing| thing.kind == kind);
            for (thing, name) in things.zip(names(&table, kind)) {
                let shown = || format!("{:?} {} {thing:?}", line.convention, table.name);
                assert_eq!(name.as_deref(), thing.name.as_deref(), "{}", shown());
                assert!(!thing.refused || thing.written.is_none(), "{}", shown());
                compared += 1;
            }
        }
    }
    assert!(compared > 4000, "{compared}");
}

#[test]
fn a_name_that_is_too_long_is_cut_as_sqlalchemy_cuts_it() {
    let (mut cut, mut refused) = (0, 0);
    for line in lines() {
        let table = built(&line);
        for kind in [Kind::Pk, Kind::Uq, Kind::Ck, Kind::Fk, Kind::Ix] {
            let things = line.things.iter().filter(|thing| thing.kind == kind);
            for (thing, name) in things.zip(names(&table, kind)) {
                let Some(name) = name else { continue };
                let as_it_is = || [(); 2].map(|()| thing.name.clone());
                let rendered = thing.rendered.clone().unwrap_or_else(as_it_is);
                for (rendered, limit) in rendered.into_iter().zip(LIMITS) {
                    let truncated = name.truncated(limit);
                    match rendered {
                        Some(rendered) => assert_eq!(truncated, rendered, "{thing:?}"),
                        None => assert!(truncated.chars().count() > limit, "{thing:?}"),
                    }
                    cut += usize::from(truncated != name.as_str());
                    refused += usize::from(truncated.chars().count() > limit);
                }
            }
        }
    }
    assert!(cut > 1000 && refused > 400, "{cut} {refused}");
}

#[test]
fn what_is_dropped_by_the_name_that_is_written_down_has_the_name_that_alembic_gives() {
    let mut compared = 0;
    for line in lines() {
        for thing in line.things.iter().filter(|thing| thing.dropped.is_some()) {
            let mut op = Operations::new(line.convention.clone());
            let table = TableName::new(line.schema.as_deref(), &line.table);
            let name = thing.written.as_ref().unwrap().name();
            match thing.kind {
                Kind::Pk => op.drop_constraint(ConstraintKind::PrimaryKey, name, table),
                Kind::Uq => op.drop_constraint(ConstraintKind::Unique, name, table),
                Kind::Ck => op.drop_constraint(ConstraintKind::Check, name, table),
                Kind::Fk => op.drop_constraint(ConstraintKind::ForeignKey, name, table),
                Kind::Ix => op.drop_index(name, table),
            }
            let name = match op.finish().remove(0) {
                Operation::DropIndex { name, .. } => name,
                Operation::AlterTable { mut changes, .. } => match changes.remove(0) {
                    TableChange::DropConstraint { name, .. } => name,
                    other => panic!("{other:?}"),
                },
                other => panic!("{other:?}"),
            };
            assert_eq!(Some(&*name.truncated(LIMITS[0])), thing.dropped.as_deref(), "{thing:?}");
            compared += 1;
        }
    }
    assert!(compared > 500, "{compared}");
}
