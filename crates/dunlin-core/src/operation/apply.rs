//! Playing operations on a schema in memory.

mod enums;
mod table;
mod validate;

use super::{AlterColumn, Operation, TableChange};
use crate::schema::{Index, Metadata, SchemaError, Table, TableName};

impl Metadata {
    /// Plays one operation.
    ///
    /// What raw SQL, objects and functions do is not known: they change nothing here but the list of
    /// objects. Names are taken as they are: no naming convention, and no schema is put before them.
    ///
    /// # Errors
    /// [`SchemaError`] for what cannot be: a table that exists is created, a column that does not exist
    /// is dropped, and so on. The metadata is then as it was.
    pub fn apply(&mut self, operation: &Operation) -> Result<(), SchemaError> {
        match operation {
            Operation::CreateSchema { name, if_not_exists } => match self.schemas.contains(name) {
                true if *if_not_exists => {}
                true => return Err(SchemaError::Exists { kind: "schema", name: name.clone() }),
                false => self.schemas.push(name.clone()),
            },
            Operation::DropSchema { name, if_exists } => {
                if !self.schemas.contains(name) && !if_exists {
                    return Err(SchemaError::Missing { kind: "schema", name: name.clone() });
                }
                if let Some(within) = self.any_in_schema(name) {
                    return Err(SchemaError::SchemaInUse { name: name.clone(), within: within.clone() });
                }
                self.schemas.retain(|known| known != name);
            }
            Operation::CreateEnum { enum_type } => self.create_enum(enum_type)?,
            Operation::AlterEnum { name, changes } => self.alter_enum(name, changes)?,
            Operation::DropEnum { name, if_exists } => self.drop_enum(name, *if_exists)?,
            Operation::CreateTable { table, if_not_exists } => {
                if self.get(&table.name).is_some() {
                    return match if_not_exists {
                        true => Ok(()),
                        false => Err(SchemaError::TableExists { table: table.name.clone() }),
                    };
                }
                table.validate()?;
                self.validate_types(&table.name, &table.columns)?;
                self.validate_references(table)?;
                self.entry(table.name.clone()).clone_from(table);
            }
            Operation::DropTable { table, if_exists } => self.drop_table(table, *if_exists)?,
            Operation::RenameTable { table, to } => self.rename_table(table, to)?,
            Operation::AlterTable { table, changes } => self.alter_table(table, changes)?,
            Operation::CreateIndex { table, index, if_not_exists } => {
                let mut altered = self.existing(table)?.clone();
                let known = index.name.as_deref().is_some_and(|name| altered.index(name).is_some());
                if !(known && *if_not_exists) {
                    // How it is built is no part of what it is.
                    altered.add_index(&Index { concurrently: false, ..index.clone() })?;
                    *self.existing(table)? = altered;
                }
            }
            Operation::DropIndex { table, name, if_exists, .. } => {
                let table = self.existing(table)?;
                if table.index(name).is_none() && !if_exists {
                    return Err(table.no_such_name("index", name));
                }
                table.indexes.retain(|index| index.name.as_ref() != Some(name));
            }
            Operation::RenameIndex { table, from, to } => self.existing(table)?.rename_index(from, to)?,
            Operation::CreateView { view, or_replace } => {
                let known = self.views.iter_mut().find(|known| known.name == view.name);
                match known {
                    Some(known) if *or_replace => *known = view.clone(),
                    Some(_) => {
                        return Err(SchemaError::Exists { kind: "view", name: view.name.to_string() });
                    }
                    None => self.views.push(view.clone()),
                }
            }
            Operation::DropView { name, if_exists, .. } => {
                if !self.views.iter().any(|view| &view.name == name) && !if_exists {
                    return Err(SchemaError::Missing { kind: "view", name: name.to_string() });
                }
                self.views.retain(|view| &view.name != name);
            }
            Operation::CreateObject { object } => {
                if self.objects.iter().any(|known| known.name == object.name) {
                    return Err(SchemaError::Exists { kind: "object", name: object.name.clone() });
                }
                self.objects.push(object.clone());
            }
            Operation::DropObject { object } => {
                if !self.objects.iter().any(|known| known.name == object.name) {
                    return Err(SchemaError::Missing { kind: "object", name: object.name.clone() });
                }
                self.objects.retain(|known| known.name != object.name);
            }
            Operation::BulkInsert { table, columns, rows } => {
                let table = self.existing(table)?;
                columns.iter().try_for_each(|column| table.require_column(column).map(drop))?;
                if let Some(row) = rows.iter().find(|row| row.len() != columns.len()) {
                    let (table, values, columns) = (table.name.clone(), row.len(), columns.len());
                    return Err(SchemaError::RowWidth { table, values, columns });
                }
            }
            Operation::Backfill { backfill } => {
                self.existing(&backfill.table)?.validate_backfill(backfill)?
            }
            Operation::Execute { .. } | Operation::ExecuteStages { .. } | Operation::Run { .. } => {}
        }
        Ok(())
    }

    fn any_in_schema(&self, name: &str) -> Option<&TableName> {
        let tables = self.tables().iter().map(|table| &table.name);
        let enum_types = self.enum_types.iter().filter_map(|enum_type| enum_type.name.as_ref());
        let views = self.views.iter().map(|view| &view.name);
        tables.chain(enum_types).chain(views).find(|known| known.schema.as_deref() == Some(name))
    }

    fn existing(&mut self, name: &TableName) -> Result<&mut Table, SchemaError> {
        self.get_mut(name).ok_or_else(|| SchemaError::NoTable { table: name.clone() })
    }

    fn drop_table(&mut self, name: &TableName, if_exists: bool) -> Result<(), SchemaError> {
        if self.get(name).is_none() && !if_exists {
            return Err(SchemaError::NoTable { table: name.clone() });
        }
        for other in self.tables().iter().filter(|other| &other.name != name) {
            let named = other.foreign_keys.iter().filter(|key| &key.referred_table == name);
            if let Some(key) = named.filter_map(|key| key.name.as_ref()).next() {
                let (table, by, key) = (name.clone(), other.name.clone(), key.to_string());
                return Err(SchemaError::TableReferredTo { table, by, key });
            }
        }
        self.remove(name);
        self.objects.retain(|object| !object.is_of(name));
        Ok(())
    }

    fn rename_table(&mut self, name: &TableName, to: &str) -> Result<(), SchemaError> {
        let renamed = TableName { schema: name.schema.clone(), name: to.to_owned() };
        if self.get(&renamed).is_some() {
            return Err(SchemaError::TableExists { table: renamed });
        }
        self.existing(name)?.name = renamed.clone();
        self.repoint(name, &renamed);
        Ok(())
    }

    fn alter_table(&mut self, name: &TableName, changes: &[TableChange]) -> Result<(), SchemaError> {
        let mut altered = self.existing(name)?.clone();
        for (at, change) in changes.iter().enumerate() {
            if let TableChange::DropColumn { name: column, .. } = change {
                self.refuse_referred_column(&altered, column, &changes[..at])?;
            }
            altered.apply(change)?;
        }
        self.validate_types(name, &altered.columns)?;
        self.validate_references(&altered)?;
        *self.existing(name)? = altered;
        for change in changes {
            if let TableChange::AlterColumn(alter) = change
                && let Some(to) = &alter.rename
            {
                self.repoint_column(name, &alter.name, to);
            }
        }
        Ok(())
    }

    /// A column that a key of another table refers to is not dropped. The keys still have the name that it
    /// had before the changes which are already made.
    fn refuse_referred_column(
        &self,
        table: &Table,
        column: &str,
        made: &[TableChange],
    ) -> Result<(), SchemaError> {
        let Some(known_as) = name_before(made, column) else { return Ok(()) };
        for other in self.tables().iter().filter(|other| other.name != table.name) {
            let mut keys = other.foreign_keys.iter().filter(|key| key.referred_table == table.name);
            if let Some(key) = keys.find(|key| key.referred_columns.iter().any(|it| it == known_as)) {
                let of = format!("{} of table {}", key.name.as_deref().unwrap_or("(unnamed)"), other.name);
                return Err(table.column_in_use(column, "foreign key", &of));
            }
        }
        Ok(())
    }
}

/// The name of a column before changes; `None` if they added it.
fn name_before<'c>(changes: &'c [TableChange], mut column: &'c str) -> Option<&'c str> {
    for change in changes.iter().rev() {
        match change {
            TableChange::AddColumn { column: added, .. } if added.name == column => return None,
            TableChange::AlterColumn(AlterColumn { name, rename: Some(to), .. }) if to == column => {
                column = name;
            }
            _ => {}
        }
    }
    Some(column)
}

#[cfg(test)]
mod tests;
