//! Playing operations on a schema in memory.

use super::{Operation, TableChange};
use crate::schema::{Column, Constraint, ConstraintKind, Metadata, SchemaError, Table, TableName};

impl Metadata {
    /// Plays one operation.
    ///
    /// [`Operation::Execute`] changes nothing here: what raw SQL does is not known.
    ///
    /// # Errors
    /// [`SchemaError`] for what cannot be: a table that exists is created, a column that does not exist
    /// is dropped, and so on. The metadata is then as it was.
    pub fn apply(&mut self, operation: &Operation) -> Result<(), SchemaError> {
        match operation {
            Operation::CreateTable { table } => {
                if self.get(&table.name).is_some() {
                    return Err(SchemaError::TableExists { table: table.name.clone() });
                }
                self.insert(table.clone());
            }
            Operation::DropTable { table, if_exists } => {
                if self.remove(table).is_none() && !if_exists {
                    return Err(SchemaError::NoTable { table: table.clone() });
                }
            }
            Operation::RenameTable { table, to } => self.rename_table(table, to)?,
            Operation::AlterTable { table, changes } => {
                let mut altered = self.existing(table)?.clone();
                for change in changes {
                    altered.apply(change)?;
                }
                *self.existing(table)? = altered;
                for change in changes {
                    if let TableChange::AlterColumn { name, rename: Some(to), .. } = change {
                        self.repoint_column(table, name, to);
                    }
                }
            }
            Operation::CreateIndex { table, index } => {
                let table = self.existing(table)?;
                if index.name.is_some() && table.indexes.iter().any(|known| known.name == index.name) {
                    return Err(name_taken(table, "index", index.name.as_deref()));
                }
                for column in &index.columns {
                    require_column(table, column)?;
                }
                table.indexes.push(index.clone());
            }
            Operation::DropIndex { table, name, if_exists } => {
                let table = self.existing(table)?;
                let before = table.indexes.len();
                table.indexes.retain(|index| index.name.as_ref() != Some(name));
                if table.indexes.len() == before && !if_exists {
                    return Err(no_such_name(table, "index", name));
                }
            }
            Operation::BulkInsert { table, columns, rows } => {
                let table = self.existing(table)?;
                for column in columns {
                    require_column(table, column)?;
                }
                if let Some(row) = rows.iter().find(|row| row.len() != columns.len()) {
                    let (table, values, columns) = (table.name.clone(), row.len(), columns.len());
                    return Err(SchemaError::RowWidth { table, values, columns });
                }
            }
            Operation::Execute { .. } => {}
        }
        Ok(())
    }

    fn existing(&mut self, name: &TableName) -> Result<&mut Table, SchemaError> {
        self.get_mut(name).ok_or_else(|| SchemaError::NoTable { table: name.clone() })
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
}

impl Table {
    /// Plays one change.
    ///
    /// # Errors
    /// [`SchemaError`] for what cannot be; the table may then be half changed.
    pub fn apply(&mut self, change: &TableChange) -> Result<(), SchemaError> {
        match change {
            TableChange::AddColumn { column } => {
                if self.column(&column.name).is_some() {
                    let (table, column) = (self.name.clone(), column.name.clone());
                    return Err(SchemaError::ColumnExists { table, column });
                }
                self.columns.push(column.clone());
            }
            TableChange::DropColumn { name } => self.drop_column(name)?,
            TableChange::AlterColumn { name, rename, column_type, nullable, server_default } => {
                let column = require_column(self, name)?;
                if let Some(column_type) = column_type {
                    column.column_type = column_type.clone();
                }
                if let Some(nullable) = nullable {
                    column.nullable = *nullable;
                }
                if let Some(server_default) = server_default {
                    column.server_default = server_default.clone();
                }
                if let Some(to) = rename {
                    self.rename_column(name, to)?;
                }
            }
            TableChange::AddConstraint { constraint } => self.add_constraint(constraint)?,
            TableChange::DropConstraint { kind, name } => self.drop_constraint(*kind, name)?,
        }
        Ok(())
    }

    /// Drops a column, with the indexes and constraints that stand on it alone or in part.
    fn drop_column(&mut self, name: &str) -> Result<(), SchemaError> {
        require_column(self, name)?;
        let without = |columns: &Vec<String>| !columns.iter().any(|column| column == name);
        self.columns.retain(|column| column.name != name);
        self.indexes.retain(|index| without(&index.columns));
        self.uniques.retain(|unique| without(&unique.columns));
        self.foreign_keys.retain(|key| without(&key.columns));
        self.primary_key.take_if(|key| !without(&key.columns));
        Ok(())
    }

    fn rename_column(&mut self, name: &str, to: &str) -> Result<(), SchemaError> {
        if self.column(to).is_some() {
            let (table, column) = (self.name.clone(), to.to_owned());
            return Err(SchemaError::ColumnExists { table, column });
        }
        require_column(self, name)?.name = to.to_owned();
        let keys = self.primary_key.iter_mut().map(|key| &mut key.columns);
        let uniques = self.uniques.iter_mut().map(|unique| &mut unique.columns);
        let indexes = self.indexes.iter_mut().map(|index| &mut index.columns);
        let table = &self.name;
        let foreign = self.foreign_keys.iter_mut().flat_map(|key| {
            let to_itself = &key.referred_table == table;
            [Some(&mut key.columns), to_itself.then_some(&mut key.referred_columns)].into_iter().flatten()
        });
        for column in keys.chain(uniques).chain(indexes).chain(foreign).flatten() {
            if column == name {
                *column = to.to_owned();
            }
        }
        Ok(())
    }

    fn add_constraint(&mut self, constraint: &Constraint) -> Result<(), SchemaError> {
        let (kind, name, columns): (_, _, &[String]) = match constraint {
            Constraint::PrimaryKey(key) => (ConstraintKind::PrimaryKey, &key.name, &key.columns),
            Constraint::Unique(unique) => (ConstraintKind::Unique, &unique.name, &unique.columns),
            Constraint::ForeignKey(key) => (ConstraintKind::ForeignKey, &key.name, &key.columns),
            Constraint::Check(check) => (ConstraintKind::Check, &check.name, &[]),
        };
        let taken = match kind {
            ConstraintKind::PrimaryKey => self.primary_key.is_some(),
            _ => name.as_deref().is_some_and(|name| self.has_constraint(kind, name)),
        };
        if taken {
            return Err(name_taken(self, &kind.to_string(), name.as_deref()));
        }
        for column in columns {
            let column = require_column(self, column)?;
            column.nullable &= kind != ConstraintKind::PrimaryKey;
        }
        match constraint.clone() {
            Constraint::PrimaryKey(key) => self.primary_key = Some(key),
            Constraint::Unique(unique) => self.uniques.push(unique),
            Constraint::ForeignKey(key) => self.foreign_keys.push(key),
            Constraint::Check(check) => self.checks.push(check),
        }
        Ok(())
    }

    fn drop_constraint(&mut self, kind: ConstraintKind, name: &str) -> Result<(), SchemaError> {
        if !self.has_constraint(kind, name) {
            return Err(no_such_name(self, &kind.to_string(), name));
        }
        let other = |candidate: &Option<String>| candidate.as_deref() != Some(name);
        match kind {
            ConstraintKind::PrimaryKey => self.primary_key = None,
            ConstraintKind::Unique => self.uniques.retain(|unique| other(&unique.name)),
            ConstraintKind::ForeignKey => self.foreign_keys.retain(|key| other(&key.name)),
            ConstraintKind::Check => self.checks.retain(|check| other(&check.name)),
        }
        Ok(())
    }
}

fn require_column<'t>(table: &'t mut Table, name: &str) -> Result<&'t mut Column, SchemaError> {
    let owner = table.name.clone();
    table
        .columns
        .iter_mut()
        .find(|column| column.name == name)
        .ok_or_else(|| SchemaError::NoColumn { table: owner, column: name.to_owned() })
}

fn name_taken(table: &Table, kind: &str, name: Option<&str>) -> SchemaError {
    let name = name.unwrap_or("(unnamed)").to_owned();
    SchemaError::NameTaken { table: table.name.clone(), kind: kind.to_owned(), name }
}

fn no_such_name(table: &Table, kind: &str, name: &str) -> SchemaError {
    SchemaError::NoSuchName { table: table.name.clone(), kind: kind.to_owned(), name: name.to_owned() }
}

#[cfg(test)]
mod tests;
