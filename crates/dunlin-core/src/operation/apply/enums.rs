//! Playing operations on enum types.

use crate::dialect::PerDialect;
use crate::schema::{
    DataType, EnumChange, EnumPosition, EnumType, Metadata, SchemaError, SqlValue, TableName,
};

impl Metadata {
    /// A type without a name is none of the schema's: its words stand in the columns.
    pub(super) fn create_enum(&mut self, enum_type: &EnumType) -> Result<(), SchemaError> {
        if enum_type.name.is_none() {
            return Ok(());
        }
        if self.enum_types.iter().any(|known| known.name == enum_type.name) {
            return Err(SchemaError::Exists { kind: "enum type", name: shown(enum_type) });
        }
        if let Some(value) = repeated(&enum_type.values) {
            return Err(SchemaError::EnumValueExists { name: shown(enum_type), value });
        }
        self.enum_types.push(enum_type.clone());
        Ok(())
    }

    pub(super) fn alter_enum(&mut self, name: &TableName, changes: &[EnumChange]) -> Result<(), SchemaError> {
        let known = self.enum_types.iter_mut().find(|known| known.name.as_ref() == Some(name));
        let known =
            known.ok_or_else(|| SchemaError::Missing { kind: "enum type", name: name.to_string() })?;
        let mut altered = known.clone();
        changes.iter().try_for_each(|change| altered.apply(change))?;
        known.values.clone_from(&altered.values);
        for column in self.tables_mut().iter_mut().flat_map(|table| &mut table.columns) {
            let mut is_of_it = false;
            for used in column.column_type.values_mut().filter_map(DataType::enum_type_mut) {
                if used.name.as_ref() == Some(name) {
                    used.values.clone_from(&altered.values);
                    is_of_it = true;
                }
            }
            let defaults = column.server_default.iter_mut().flat_map(PerDialect::values_mut);
            for default in defaults.filter(|_| is_of_it) {
                rename_default(default, changes);
            }
        }
        Ok(())
    }

    pub(super) fn drop_enum(&mut self, name: &TableName, if_exists: bool) -> Result<(), SchemaError> {
        let known = self.enum_types.iter().any(|known| known.name.as_ref() == Some(name));
        if !known && !if_exists {
            return Err(SchemaError::Missing { kind: "enum type", name: name.to_string() });
        }
        for table in self.tables() {
            for column in &table.columns {
                let mut used = column.column_type.values().filter_map(DataType::enum_type);
                if used.any(|used| used.name.as_ref() == Some(name)) {
                    let (table, column) = (table.name.clone(), column.name.clone());
                    return Err(SchemaError::EnumInUse { name: name.to_string(), table, column });
                }
            }
        }
        self.enum_types.retain(|known| known.name.as_ref() != Some(name));
        Ok(())
    }
}

impl EnumType {
    /// Plays one change.
    ///
    /// # Errors
    /// A value that is there is added, or one that is not there is renamed or named as a place.
    pub fn apply(&mut self, change: &EnumChange) -> Result<(), SchemaError> {
        let position = |value: &String| {
            let missing = || SchemaError::NoEnumValue { name: shown(self), value: value.clone() };
            self.values.iter().position(|known| known == value).ok_or_else(missing)
        };
        match change {
            EnumChange::AddValue { value, position: place } => {
                let at = match place {
                    EnumPosition::Last => self.values.len(),
                    EnumPosition::Before(other) => position(other)?,
                    EnumPosition::After(other) => position(other)? + 1,
                };
                self.refuse_known(value)?;
                self.values.insert(at, value.clone());
            }
            EnumChange::RenameValue { from, to } => {
                let at = position(from)?;
                self.refuse_known(to)?;
                self.values[at].clone_from(to);
            }
        }
        Ok(())
    }

    fn refuse_known(&self, value: &String) -> Result<(), SchemaError> {
        match self.values.contains(value) {
            true => Err(SchemaError::EnumValueExists { name: shown(self), value: value.clone() }),
            false => Ok(()),
        }
    }
}

/// A default follows a value's new name.
fn rename_default(default: &mut SqlValue, changes: &[EnumChange]) {
    for change in changes {
        if let (SqlValue::Text(value), EnumChange::RenameValue { from, to }) = (&mut *default, change)
            && value == from
        {
            value.clone_from(to);
        }
    }
}

fn shown(enum_type: &EnumType) -> String {
    enum_type.name.as_ref().map_or_else(|| "(unnamed)".to_owned(), ToString::to_string)
}

/// The first value that stands twice in a list.
fn repeated(values: &[String]) -> Option<String> {
    let twice = values.iter().enumerate().find(|(at, value)| values[..*at].contains(value));
    twice.map(|(_, value)| value.clone())
}
