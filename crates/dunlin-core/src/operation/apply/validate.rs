//! What a table must be, whoever creates it.

use crate::operation::Backfill;
use crate::schema::{
    Column, Constraint, DataType, ForeignKey, Index, Metadata, Name, SchemaError, Table, TableName,
};

impl Table {
    /// Looks for what no database would take: a column, constraint or index twice, and constraints and
    /// indexes on columns that are not there.
    ///
    /// # Errors
    /// The first such thing.
    pub fn validate(&self) -> Result<(), SchemaError> {
        let mut seen = Self::new(self.name.clone());
        for column in &self.columns {
            if seen.column(&column.name).is_some() {
                let (table, column) = (self.name.clone(), column.name.clone());
                return Err(SchemaError::ColumnExists { table, column });
            }
            seen.columns.push(column.clone());
        }
        for constraint in self.constraints() {
            seen.apply(&crate::operation::TableChange::AddConstraint { constraint })?;
        }
        self.indexes.iter().try_for_each(|index| seen.add_index(index))
    }

    /// A backfill follows a key of the table, and leaves it alone.
    pub(super) fn validate_backfill(&mut self, backfill: &Backfill) -> Result<(), SchemaError> {
        let set = backfill.set.iter().map(|(column, _)| column);
        set.clone().chain(&backfill.key).try_for_each(|column| self.require_column(column).map(drop))?;
        let key = match (backfill.key.as_slice(), &self.primary_key) {
            ([], Some(primary)) => &primary.columns,
            ([], None) => return Err(SchemaError::NoKey { table: self.name.clone() }),
            (key, _) if self.has_key(key) => &backfill.key,
            (key, _) => {
                let (table, columns) = (self.name.clone(), key.join(", "));
                return Err(SchemaError::NotAKey { table, columns });
            }
        };
        match set.clone().find(|column| key.contains(column)) {
            Some(column) => Err(SchemaError::SetsKey { table: self.name.clone(), column: column.clone() }),
            None => Ok(()),
        }
    }

    /// Whether rows differ in these columns, which are never NULL.
    fn has_key(&self, columns: &[String]) -> bool {
        let same =
            |key: &[String]| key.len() == columns.len() && key.iter().all(|column| columns.contains(column));
        let everywhere =
            |index: &&Index| index.unique && index.predicate.is_none() && index.only_on.is_empty();
        let never_null = |name: &String| self.column(name).is_some_and(|column| !column.nullable);
        let unique = self.primary_key.iter().map(|key| &key.columns);
        let unique = unique
            .chain(
                self.uniques.iter().filter(|unique| unique.only_on.is_empty()).map(|unique| &unique.columns),
            )
            .any(|key| same(key));
        let indexed = self.indexes.iter().filter(everywhere).any(|index| {
            let key: Option<Vec<String>> =
                index.elements.iter().map(|element| element.column().map(str::to_owned)).collect();
            key.is_some_and(|key| same(&key))
        });
        (unique || indexed) && columns.iter().all(never_null)
    }

    pub(super) fn require_constraint_columns(&self, constraint: &Constraint) -> Result<(), SchemaError> {
        let columns = constraint.columns().iter().chain(constraint.include()).map(String::as_str);
        let kind = constraint.kind().to_string();
        self.require_columns_for(&kind, constraint.name(), columns)?;
        match constraint {
            Constraint::ForeignKey(key) => {
                self.require_equal_width(key)?;
                match key.referred_table == self.name {
                    true => self.require_referred_columns(key, self),
                    false => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    fn require_referred_columns(&self, key: &ForeignKey, referred: &Self) -> Result<(), SchemaError> {
        match key.referred_columns.iter().find(|column| referred.column(column).is_none()) {
            None => Ok(()),
            Some(column) => Err(SchemaError::NoReferredColumn {
                table: self.name.clone(),
                key: shown(key),
                referred_table: key.referred_table.clone(),
                column: column.clone(),
            }),
        }
    }

    pub(super) fn require_index_columns(&self, index: &Index) -> Result<(), SchemaError> {
        let columns = index.columns().chain(index.include.iter().map(String::as_str));
        self.require_columns_for("index", index.name.as_ref(), columns)
    }

    fn require_columns_for<'c>(
        &self,
        kind: &str,
        name: Option<&Name>,
        columns: impl IntoIterator<Item = &'c str>,
    ) -> Result<(), SchemaError> {
        match columns.into_iter().find(|column| self.column(column).is_none()) {
            None => Ok(()),
            Some(column) => Err(SchemaError::NoColumnFor {
                table: self.name.clone(),
                kind: kind.to_owned(),
                name: name.map_or("(unnamed)", Name::as_str).to_owned(),
                column: column.to_owned(),
            }),
        }
    }

    fn require_equal_width(&self, key: &ForeignKey) -> Result<(), SchemaError> {
        let (columns, referred_columns) = (key.columns.len(), key.referred_columns.len());
        if referred_columns == 0 || columns == referred_columns {
            return Ok(());
        }
        Err(SchemaError::ReferenceWidth {
            table: self.name.clone(),
            key: shown(key),
            columns,
            referred_columns,
        })
    }
}

impl Metadata {
    /// A foreign key to a table that is known refers to columns that it has. Tables of other owners are
    /// not known.
    pub(super) fn validate_references(&self, table: &Table) -> Result<(), SchemaError> {
        for key in &table.foreign_keys {
            let referred = match key.referred_table == table.name {
                true => Some(table),
                false => self.get(&key.referred_table),
            };
            if let Some(referred) = referred {
                table.require_referred_columns(key, referred)?;
            }
        }
        Ok(())
    }

    /// A column of a named enum type is of one that is there, and has its values.
    pub(super) fn validate_types(&self, table: &TableName, columns: &[Column]) -> Result<(), SchemaError> {
        for column in columns {
            for used in column.column_type.values().filter_map(DataType::enum_type) {
                let Some(name) = &used.name else { continue };
                let known = self.enum_types.iter().find(|known| known.name.as_ref() == Some(name));
                match known {
                    None => {
                        return Err(SchemaError::Missing { kind: "enum type", name: name.to_string() });
                    }
                    Some(known) if known.values != used.values => {
                        let (table, column) = (table.clone(), column.name.clone());
                        return Err(SchemaError::OtherEnumValues { table, column, name: name.to_string() });
                    }
                    Some(_) => {}
                }
            }
        }
        Ok(())
    }
}

fn shown(key: &ForeignKey) -> String {
    match &key.name {
        Some(name) => name.to_string(),
        None => format!("({})", key.columns.join(", ")),
    }
}
