//! A schema in the form that one database gives it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use dunlin_core::operation::Operation;
use dunlin_core::schema::{
    Column, Constraint, DataType, IndexKey, Metadata, Name, NamingConvention, PrimaryKey, SchemaError,
    SqlValue, Table, TableName,
};

use super::keys::{said_constraint, said_index};
use crate::dialect::lower::{cut_names, exists_on};
use crate::dialect::{Dialect, RenderError};
use crate::replay::play;
use crate::sql::rename::expressions_mut;

/// A schema: as it was said, and as one database has it.
#[derive(Debug, Clone)]
pub struct Schema {
    said: Arc<Metadata>,
    here: Metadata,
    /// Where each table stands, in both.
    places: HashMap<TableName, usize>,
}

/// What kind of thing a [`SchemaObject`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ObjectKind {
    /// A table.
    Table,
    /// A column of a table.
    Column,
    /// A constraint of a table.
    Constraint,
    /// An index of a table.
    Index,
    /// A view.
    View,
    /// An enum type.
    EnumType,
    /// An object known by its SQL.
    Object,
}

/// One thing of a schema, as a filter sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SchemaObject<'s> {
    /// What it is.
    pub kind: ObjectKind,
    /// The table it belongs to, or its own name if it is a table, view or type.
    pub table: Option<&'s TableName>,
    /// Its name; empty where it has none.
    pub name: &'s str,
}

impl<'s> SchemaObject<'s> {
    fn new(kind: ObjectKind, table: &'s TableName, name: &'s str) -> Self {
        Self { kind, table: Some(table), name }
    }
}

impl Schema {
    /// Puts a schema into the form that a database gives it.
    ///
    /// # Errors
    /// Something in it has no variant for this database.
    pub fn new(dialect: &dyn Dialect, said: impl Into<Arc<Metadata>>) -> Result<Self, RenderError> {
        let said = said.into();
        let here = normalize(dialect, &said)?;
        Ok(Self::of(said, here))
    }

    /// Puts a schema into the form that a database gives it, where `meant` is the same without what its
    /// server gives to every table.
    ///
    /// # Errors
    /// Something in it has no variant for this database.
    pub fn meaning(
        dialect: &dyn Dialect,
        said: impl Into<Arc<Metadata>>,
        meant: &Metadata,
    ) -> Result<Self, RenderError> {
        let here = normalize(dialect, meant)?;
        Ok(Self::of(said.into(), here))
    }

    /// A temporary table goes with the session that made it: no database has it.
    fn of(mut said: Arc<Metadata>, mut here: Metadata) -> Self {
        if said.tables().iter().any(|table| table.options.temporary) {
            for metadata in [Arc::make_mut(&mut said), &mut here] {
                let mut tables = metadata.take_tables();
                tables.retain(|table| !table.options.temporary);
                metadata.extend(tables);
            }
        }
        let places = said.tables().iter().enumerate();
        let places = places.map(|(at, table)| (table.name.clone(), at)).collect();
        Self { said, here, places }
    }

    /// The schema as it was said.
    pub fn said(&self) -> &Metadata {
        &self.said
    }

    /// The schema as the database has it.
    pub fn here(&self) -> &Metadata {
        &self.here
    }

    /// Leaves out what a filter does not want to see.
    pub fn retain(&mut self, wanted: impl Fn(&SchemaObject<'_>) -> bool) {
        for metadata in [Arc::make_mut(&mut self.said), &mut self.here] {
            retain(metadata, &wanted);
        }
        let places = self.said.tables().iter().enumerate();
        self.places = places.map(|(at, table)| (table.name.clone(), at)).collect();
    }

    /// Lets this schema, which a server told, and `models` differ in nothing that says nothing: what is told
    /// in the order of its names stands in the order of the models, and a primary key that nobody named has
    /// its name.
    pub fn align(&mut self, models: &mut Self) {
        let (mut told, mut wanted) = (self.here.take_tables(), models.here.take_tables());
        for wanted in &mut wanted {
            let place = self.places.get(&wanted.name);
            let Some(told) = place.and_then(|place| told.get_mut(*place)) else { continue };
            in_order_of_table(told, wanted);
            let Some((told, key)) = told.primary_key.as_ref().zip(wanted.primary_key.as_mut()) else {
                continue;
            };
            if key.name.is_none() && is_same_key(told, key) {
                key.name.clone_from(&told.name);
            }
        }
        self.here.extend(told);
        models.here.extend(wanted);
    }

    /// The tables that are in both and not the same.
    pub fn differing(&self, other: &Self) -> BTreeSet<TableName> {
        let differs = |table: &&Table| other.table(&table.name).is_some_and(|other| other != *table);
        self.here.tables().iter().filter(differs).map(|table| table.name.clone()).collect()
    }

    /// Takes over how a history says what is the same in it: with variants for all databases, and in the
    /// words of its author.
    pub fn adopt(&mut self, mut history: Self) {
        let mut known = history.here.take_tables();
        for known in &mut known {
            if let Some(here) = self.table(&known.name) {
                in_order_of_table(known, here);
            }
        }
        history.here.extend(known);
        let now = Arc::make_mut(&mut self.said);
        let mut tables = now.take_tables();
        for (said, here) in tables.iter_mut().zip(self.here.tables()) {
            if let Some(known) = history.table(&here.name).zip(history.said_table(&here.name)) {
                adopt_table(said, here, known.0, known.1);
            }
        }
        now.extend(tables);
        for (said, here) in now.views.iter_mut().zip(&self.here.views) {
            let known = history.here.views.iter().any(|known| known == here);
            let there = history.said.views.iter().find(|known| known.name == here.name);
            if let Some(there) = there.filter(|_| known) {
                said.clone_from(there);
            }
        }
    }

    /// A table as it was said.
    pub(super) fn said_table(&self, name: &TableName) -> Option<&Table> {
        self.places.get(name).and_then(|at| self.said.tables().get(*at))
    }

    /// A table as the database has it.
    pub(super) fn table(&self, name: &TableName) -> Option<&Table> {
        self.places.get(name).and_then(|at| self.here.tables().get(*at))
    }

    /// A table as the database has it, to be changed.
    pub(super) fn table_mut(&mut self, name: &TableName) -> Option<&mut Table> {
        self.here.get_mut(name)
    }

    /// What was said, in other words; the database has the same.
    pub(super) fn say(&mut self, said: Metadata) {
        self.said = said.into();
    }

    /// The query of a view, as the database has it.
    pub(super) fn say_view(&mut self, name: &TableName, query: String) {
        for view in self.here.views.iter_mut().filter(|view| view.name == *name) {
            view.query = query.clone().into();
        }
    }

    /// Gives the columns of an enum type, and their defaults, the form of what is said of them.
    fn retype(&mut self, dialect: &dyn Dialect, name: &TableName) {
        let is_of = |column: &Column| {
            let types = column.column_type.values().filter_map(DataType::enum_type);
            types.into_iter().any(|used| used.name.as_ref() == Some(name))
        };
        let tables = self.said.tables().iter().filter(|table| table.columns.iter().any(is_of));
        let normal: Vec<Table> = tables.filter_map(|table| normal_table(dialect, table).ok()).collect();
        for (normal, said) in normal.iter().filter_map(|normal| Some((normal, self.said.get(&normal.name)?)))
        {
            let Some(here) = self.here.get_mut(&normal.name) else { continue };
            for column in said.columns.iter().filter(|column| is_of(column)) {
                if let (Some(here), Some(normal)) =
                    (here.column_mut(&column.name), normal.column(&column.name))
                {
                    here.column_type.clone_from(&normal.column_type);
                    here.server_default.clone_from(&normal.server_default);
                }
            }
        }
    }

    /// Plays an operation on it.
    pub(super) fn play(&mut self, dialect: &dyn Dialect, operation: &Operation) -> Result<(), SchemaError> {
        play(Arc::make_mut(&mut self.said), operation)?;
        match operation {
            // The words of the type stand in each column of it.
            Operation::AlterEnum { name, .. } if !dialect.capabilities().enum_types => {
                self.retype(dialect, name);
            }
            _ => play(&mut self.here, operation)?,
        }
        let mut tables = self.here.take_tables();
        let renamed = match operation {
            Operation::RenameTable { table, to } => {
                Some(TableName { schema: table.schema.clone(), name: to.clone() })
            }
            other => other.table().cloned(),
        };
        let is_touched = |table: &Table| {
            renamed.as_ref().is_none_or(|name| {
                table.name == *name || table.foreign_keys.iter().any(|key| key.referred_table == *name)
            })
        };
        tables.iter_mut().filter(|table| is_touched(table)).for_each(|table| settle_form(dialect, table));
        name_referred_columns(&mut tables);
        self.here.extend(tables);
        let places = self.said.tables().iter().enumerate();
        self.places = places.map(|(at, table)| (table.name.clone(), at)).collect();
        Ok(())
    }
}

/// Puts what stands in no order that says anything into the order of another table.
fn in_order_of_table(table: &mut Table, other: &Table) {
    in_order_of(&mut table.uniques, &other.uniques, |unique| unique.name.as_ref());
    in_order_of(&mut table.foreign_keys, &other.foreign_keys, |key| key.name.as_ref());
    in_order_of(&mut table.indexes, &other.indexes, |index| index.name.as_ref());
}

/// Puts things into the order in which others of the same names stand.
fn in_order_of<T>(things: &mut [T], others: &[T], name: impl Fn(&T) -> Option<&Name>) {
    if !things.iter().map(&name).eq(others.iter().map(&name)) {
        things.sort_by_cached_key(|thing| {
            let place = others.iter().position(|other| name(other) == name(thing));
            place.unwrap_or(others.len())
        });
    }
}

/// Whether two primary keys are the same but for their names.
fn is_same_key(one: &PrimaryKey, other: &PrimaryKey) -> bool {
    let mut one = one.clone();
    one.name.clone_from(&other.name);
    one == *other
}

fn retain(metadata: &mut Metadata, wanted: &impl Fn(&SchemaObject<'_>) -> bool) {
    let mut tables = metadata.take_tables();
    tables.retain(|table| wanted(&SchemaObject::new(ObjectKind::Table, &table.name, &table.name.name)));
    for table in &mut tables {
        let of = table.name.clone();
        let named =
            |kind, name: Option<&Name>| wanted(&SchemaObject::new(kind, &of, name.map_or("", Name::as_str)));
        table.columns.retain(|column| wanted(&SchemaObject::new(ObjectKind::Column, &of, &column.name)));
        table.primary_key.take_if(|key| !named(ObjectKind::Constraint, key.name.as_ref()));
        table.uniques.retain(|unique| named(ObjectKind::Constraint, unique.name.as_ref()));
        table.foreign_keys.retain(|key| named(ObjectKind::Constraint, key.name.as_ref()));
        table.checks.retain(|check| named(ObjectKind::Constraint, check.name.as_ref()));
        table.excludes.retain(|exclude| named(ObjectKind::Constraint, exclude.name.as_ref()));
        table.indexes.retain(|index| named(ObjectKind::Index, index.name.as_ref()));
    }
    metadata.extend(tables);
    metadata.views.retain(|view| wanted(&SchemaObject::new(ObjectKind::View, &view.name, &view.name.name)));
    metadata.enum_types.retain(|enum_type| {
        let name = enum_type.name.as_ref();
        name.is_none_or(|name| wanted(&SchemaObject::new(ObjectKind::EnumType, name, &name.name)))
    });
    metadata
        .objects
        .retain(|object| wanted(&SchemaObject { kind: ObjectKind::Object, table: None, name: &object.name }));
}

/// A schema with everything that is meant for a database, and nothing else, in one form.
fn normalize(dialect: &dyn Dialect, said: &Metadata) -> Result<Metadata, RenderError> {
    let name = dialect.name();
    let mut here = Metadata::new(said.schema(), NamingConvention::default());
    here.schemas.clone_from(&said.schemas);
    if dialect.capabilities().enum_types {
        here.enum_types.clone_from(&said.enum_types);
    }
    let tables = said.tables().iter().map(|table| normal_table(dialect, table));
    let mut tables = tables.collect::<Result<Vec<Table>, RenderError>>()?;
    name_referred_columns(&mut tables);
    here.extend(tables);
    for view in &said.views {
        if let Some(query) = view.query.get(name) {
            let mut view = view.clone();
            view.query = dialect.normal_expression(query).into();
            if !dialect.capabilities().rights {
                (view.security_invoker, view.security_barrier) = (false, false);
            }
            here.views.push(view);
        }
    }
    for object in &said.objects {
        let mut object = object.clone();
        object.create.retain(|sql| sql.get(name).is_some());
        object.drop.retain(|sql| sql.get(name).is_some());
        if !object.create.is_empty() {
            here.objects.push(object);
        }
    }
    Ok(here)
}

/// A table as a database has it.
///
/// # Errors
/// The type of a column has no variant for it.
pub(super) fn normal_table(dialect: &dyn Dialect, said: &Table) -> Result<Table, RenderError> {
    let mut table = resolved(dialect, said)?;
    settle_form(dialect, &mut table);
    Ok(table)
}

/// A table without variants: everything in it is what is meant for one database.
pub(super) fn resolved(dialect: &dyn Dialect, said: &Table) -> Result<Table, RenderError> {
    let name = dialect.name();
    let mut table = said.clone();
    for column in &mut table.columns {
        resolve_column(dialect, column)?;
    }
    table.checks.retain_mut(|check| exists_on(&check.only_on, name) && check.expression.narrow(name));
    table.excludes.retain(|exclude| exists_on(&exclude.only_on, name));
    table.uniques.retain(|unique| exists_on(&unique.only_on, name));
    table.foreign_keys.retain(|key| exists_on(&key.only_on, name));
    table.indexes.retain(|index| exists_on(&index.only_on, name));
    for index in &mut table.indexes {
        index.predicate.take_if(|predicate| !predicate.narrow(name));
        index.using.take_if(|using| !using.narrow(name));
        index.concurrently = false;
        index.elements.retain_mut(|element| match &mut element.key {
            IndexKey::Column(_) => true,
            IndexKey::Expression(sql) => sql.narrow(name),
        });
    }
    table.options.partition_by.take_if(|by| !by.narrow(name));
    table.checks.iter_mut().for_each(|check| check.only_on.clear());
    table.excludes.iter_mut().for_each(|exclude| exclude.only_on.clear());
    table.uniques.iter_mut().for_each(|unique| unique.only_on.clear());
    table.foreign_keys.iter_mut().for_each(|key| key.only_on.clear());
    table.indexes.iter_mut().for_each(|index| index.only_on.clear());
    let mut create = Operation::CreateTable { table, if_not_exists: false };
    cut_names(dialect, &mut create);
    match create {
        Operation::CreateTable { table, .. } => Ok(table),
        _ => Ok(said.clone()),
    }
}

fn resolve_column(dialect: &dyn Dialect, column: &mut Column) -> Result<(), RenderError> {
    let name = dialect.name();
    if !column.column_type.narrow(name) {
        return Err(crate::dialect::no_variant(dialect, &column.name));
    }
    column.server_default.take_if(|value| !value.narrow(name));
    column.on_update.take_if(|sql| !sql.narrow(name));
    column.computed.take_if(|computed| !computed.expression.narrow(name));
    Ok(())
}

/// Puts a table without variants into the form in which two of them can be compared.
pub(super) fn settle_form(dialect: &dyn Dialect, table: &mut Table) {
    dialect.normalize(table);
    table.options.auto_increment = None;
    for text in expressions_mut(table) {
        *text = dialect.normal_expression(text);
    }
    for default in table.columns.iter_mut().filter_map(|column| column.server_default.as_mut()) {
        for value in default.values_mut() {
            if let SqlValue::Expression(sql) = value {
                *sql = dialect.normal_expression(sql);
            }
        }
    }
}

/// Lets foreign keys that name no columns name those of the primary key, which they mean.
fn name_referred_columns(tables: &mut [Table]) {
    let means_key = |table: &Table| table.foreign_keys.iter().any(|key| key.referred_columns.is_empty());
    if !tables.iter().any(means_key) {
        return;
    }
    let key = |table: &Table| Some((table.name.clone(), table.primary_key.as_ref()?.columns.clone()));
    let keys: HashMap<TableName, Vec<String>> = tables.iter().filter_map(key).collect();
    let foreign = tables.iter_mut().flat_map(|table| &mut table.foreign_keys);
    for key in foreign.filter(|key| key.referred_columns.is_empty()) {
        if let Some(columns) = keys.get(&key.referred_table) {
            key.referred_columns.clone_from(columns);
        }
    }
}

/// Takes over how everything in a table is said that is the same in the history. `here` is the form of
/// `said`, and `known` that of `history`.
fn adopt_table(said: &mut Table, here: &Table, known: &Table, history: &Table) {
    if known == here {
        said.clone_from(history);
        return;
    }
    for (said, here) in said.columns.iter_mut().zip(&here.columns) {
        let (Some(known), Some(there)) = (known.column(&here.name), history.column(&here.name)) else {
            continue;
        };
        if known == here {
            said.clone_from(there);
        } else if known.column_type == here.column_type {
            said.column_type.clone_from(&there.column_type);
        }
    }
    for constraint in here.constraints() {
        // A server gives a name to what has none.
        let unnamed = |known: &Constraint| known.name().is_none() && nameless(known) == nameless(&constraint);
        let same = known.constraints().find(|known| *known == constraint);
        let same = same.or_else(|| known.constraints().find(unnamed));
        if let Some(there) = same.as_ref().and_then(|same| said_constraint(history, same)) {
            said.replace_constraint(&constraint, there);
        } else if let Some(index) = same.and_then(|same| said_index(history, same.name())) {
            // A unique index that is a unique constraint to the database.
            said.uniques.retain(|unique| unique.name.as_ref() != constraint.name());
            said.indexes.push(index.clone());
        }
    }
    for (said, here) in said.indexes.iter_mut().filter_map(|said| {
        let here = here.indexes.iter().find(|here| here.name.is_some() && here.name == said.name)?;
        Some((said, here))
    }) {
        let is_known = known.indexes.contains(here);
        if let Some(there) = said_index(history, here.name.as_ref()).filter(|_| is_known) {
            said.clone_from(there);
        }
    }
}

/// A constraint without its name.
pub(super) fn nameless(constraint: &Constraint) -> Constraint {
    let mut nameless = constraint.clone();
    *nameless.name_mut() = None;
    nameless
}
