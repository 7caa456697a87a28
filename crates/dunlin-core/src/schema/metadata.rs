//! A set of tables.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::builder::TableBuilder;
use super::enum_type::EnumType;
use super::naming::NamingConvention;
use super::object::{Object, View};
use super::table::{Table, TableName};

/// The tables of one owner, with the schema and naming convention they were written under.
///
/// ```
/// use dunlin_core::prelude::*;
/// use dunlin_core::schema::TableName;
///
/// let mut metadata = Metadata::new(Some("airflow"), NamingConvention::default());
/// metadata.table("ticket", |t| { t.column("id", DataType::Integer).primary_key(); });
/// assert!(metadata.get(&TableName::new(Some("airflow"), "ticket")).is_some());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    schema: Option<String>,
    #[serde(default)]
    naming_convention: NamingConvention,
    /// The schemas (namespaces) that are its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schemas: Vec<String>,
    /// Its enum types.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub enum_types: Vec<EnumType>,
    tables: Vec<Table>,
    /// Its views, each after those it reads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub views: Vec<View>,
    /// Its other objects, each after those it needs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<Object>,
}

impl Metadata {
    /// No tables yet. Tables added by a bare name go to `schema`.
    pub fn new(schema: Option<&str>, naming_convention: NamingConvention) -> Self {
        Self { schema: schema.map(str::to_owned), naming_convention, ..Self::default() }
    }

    /// Adds an enum type, or puts it in the place of one of the same name; columns of it are written with [`DataType::Enum`](super::DataType::Enum).
    ///
    /// ```
    /// use dunlin_core::prelude::*;
    /// use dunlin_core::schema::EnumType;
    ///
    /// let mut metadata = Metadata::default();
    /// let status = metadata.enum_type(EnumType::new("status", ["open", "closed"]));
    /// metadata.table("ticket", |t| { t.column("status", status); });
    /// ```
    pub fn enum_type(&mut self, mut enum_type: EnumType) -> super::DataType {
        if let Some(name) = &mut enum_type.name {
            name.qualify(self.schema.as_deref());
            match self.enum_types.iter_mut().find(|known| known.name == enum_type.name) {
                Some(known) => known.clone_from(&enum_type),
                None => self.enum_types.push(enum_type.clone()),
            }
        }
        super::DataType::Enum(enum_type)
    }

    /// Adds a view.
    pub fn view(&mut self, mut view: View) {
        view.name.qualify(self.schema.as_deref());
        self.views.push(view);
    }

    /// Adds an object that is known by its SQL only.
    pub fn object(&mut self, mut object: Object) {
        object.touches.iter_mut().for_each(|table| table.qualify(self.schema.as_deref()));
        self.objects.push(object);
    }

    /// Writes down a table; its constraints and indexes get the convention's names.
    pub fn table(&mut self, name: &str, define: impl FnOnce(&mut TableBuilder)) -> &mut Table {
        self.insert(Table::build(name, define))
    }

    /// Adds a table made elsewhere (from an entity, by introspection); replaces one of the same name.
    pub fn insert(&mut self, mut table: Table) -> &mut Table {
        table.qualify(self.schema.as_deref());
        self.naming_convention.apply(&mut table);
        let known = self.entry(table.name.clone());
        *known = table;
        known
    }

    /// Adds tables that are known to be new, without looking for others of their names.
    pub fn extend(&mut self, tables: impl IntoIterator<Item = Table>) {
        self.tables.extend(tables);
    }

    /// Takes a table out.
    pub fn remove(&mut self, name: &TableName) -> Option<Table> {
        let position = self.tables.iter().position(|table| &table.name == name)?;
        Some(self.tables.remove(position))
    }

    /// A table by name.
    pub fn get(&self, name: &TableName) -> Option<&Table> {
        self.tables.iter().find(|table| &table.name == name)
    }

    /// A table by name, to be changed.
    pub fn get_mut(&mut self, name: &TableName) -> Option<&mut Table> {
        self.tables.iter_mut().find(|table| &table.name == name)
    }

    /// A table by name, to be filled; one without columns is made if there is none.
    pub fn entry(&mut self, name: TableName) -> &mut Table {
        let position = match self.tables.iter().rposition(|table| table.name == name) {
            Some(position) => position,
            None => {
                self.tables.push(Table::new(name));
                self.tables.len() - 1
            }
        };
        &mut self.tables[position]
    }

    /// Makes whatever refers to the table `from` refer to `to`: foreign keys, and tables that inherit from it.
    pub(crate) fn repoint(&mut self, from: &TableName, to: &TableName) {
        for table in &mut self.tables {
            let keys = table.foreign_keys.iter_mut().map(|key| &mut key.referred_table);
            for referred in keys.chain(&mut table.options.inherits).filter(|referred| *referred == from) {
                referred.clone_from(to);
            }
        }
    }

    /// Makes the foreign keys of other tables follow a column that was renamed.
    pub(crate) fn repoint_column(&mut self, table: &TableName, from: &str, to: &str) {
        let others = self.tables.iter_mut().filter(|other| &other.name != table);
        let keys =
            others.flat_map(|other| &mut other.foreign_keys).filter(|key| &key.referred_table == table);
        for column in keys.flat_map(|key| &mut key.referred_columns).filter(|column| *column == from) {
            *column = to.to_owned();
        }
    }

    /// All tables, in the order in which they were added.
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// Takes all tables out, to be changed and [put back](Self::extend).
    pub fn take_tables(&mut self) -> Vec<Table> {
        std::mem::take(&mut self.tables)
    }

    /// All tables, to be changed.
    pub(crate) fn tables_mut(&mut self) -> &mut [Table] {
        &mut self.tables
    }

    /// The schema that bare names go to.
    pub fn schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    /// The naming convention.
    pub fn naming_convention(&self) -> &NamingConvention {
        &self.naming_convention
    }

    /// The tables in an order in which they can be created: each after those it refers to, save that of
    /// tables that refer to each other in a circle one must come before a table it refers to. The same
    /// tables added in the same order give the same order.
    pub fn creation_order(&self) -> Vec<&Table> {
        let positions: BTreeMap<&TableName, usize> =
            self.tables.iter().enumerate().map(|(position, table)| (&table.name, position)).collect();
        let mut order = Vec::with_capacity(self.tables.len());
        let mut visited = vec![false; self.tables.len()];
        for start in 0..self.tables.len() {
            let mut stack = vec![(start, false)];
            while let Some((position, done)) = stack.pop() {
                if done {
                    order.push(&self.tables[position]);
                    continue;
                }
                if std::mem::replace(&mut visited[position], true) {
                    continue;
                }
                stack.push((position, true));
                let keys = self.tables[position].foreign_keys.iter().rev();
                stack.extend(
                    keys.filter_map(|key| positions.get(&key.referred_table))
                        .filter(|at| !visited[**at])
                        .map(|at| (*at, false)),
                );
            }
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{DataType, ForeignKey};

    const TABLES: usize = 4;

    /// Every way in which four tables can refer to each other and to themselves.
    fn all_graphs() -> impl Iterator<Item = [[bool; TABLES]; TABLES]> {
        (0..1_u32 << (TABLES * TABLES)).map(|bits| {
            let refers = |from, to| bits >> (from * TABLES + to) & 1 == 1;
            std::array::from_fn(|from| std::array::from_fn(|to| refers(from, to)))
        })
    }

    fn tables(refers: &[[bool; TABLES]; TABLES]) -> Metadata {
        let mut metadata = Metadata::default();
        for (from, row) in refers.iter().enumerate() {
            metadata.table(&from.to_string(), |t| {
                t.column("id", DataType::Integer).primary_key();
                for to in (0..TABLES).filter(|to| row[*to]) {
                    t.foreign_key(ForeignKey::new(["id"], to.to_string(), ["id"]));
                }
            });
        }
        metadata
    }

    #[test]
    fn every_table_is_created_after_those_it_refers_to_but_for_circles() {
        for refers in all_graphs() {
            let metadata = tables(&refers);
            let order = metadata.creation_order();
            let mut position = [usize::MAX; TABLES];
            for (at, table) in order.iter().enumerate() {
                position[table.name.name.parse::<usize>().unwrap()] = at;
            }
            assert!(order.len() == TABLES && !position.contains(&usize::MAX), "{refers:?}");

            let mut reaches = refers;
            for through in 0..TABLES {
                for from in 0..TABLES {
                    for to in 0..TABLES {
                        reaches[from][to] |= reaches[from][through] && reaches[through][to];
                    }
                }
            }
            for from in 0..TABLES {
                for to in (0..TABLES).filter(|to| refers[from][*to]) {
                    let circle = from == to || reaches[to][from];
                    assert!(circle || position[to] < position[from], "{from} refers to {to}: {refers:?}");
                }
            }
        }
    }

    #[test]
    fn tables_that_refer_to_nothing_keep_their_order_and_strangers_are_no_matter() {
        let mut metadata = Metadata::default();
        for name in ["c", "a", "b"] {
            metadata.table(name, |t| {
                t.column("id", DataType::Integer).references("another_owners", "id");
            });
        }
        let order: Vec<_> = metadata.creation_order().iter().map(|table| table.name.name.as_str()).collect();
        assert_eq!(order, ["c", "a", "b"]);
    }

    #[test]
    fn a_table_added_twice_is_replaced_in_its_place() {
        let mut metadata = tables(&[[false; TABLES]; TABLES]);
        metadata.table("1", |t| {
            t.column("other", DataType::Text);
        });
        assert_eq!(metadata.tables().len(), TABLES);
        assert!(metadata.tables()[1].column("other").is_some());
    }
}
