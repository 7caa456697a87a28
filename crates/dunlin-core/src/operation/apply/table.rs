//! Playing changes on one table.

use crate::operation::{AlterColumn, Change, ColumnPosition, TableChange};
use crate::schema::{
    Column, Constraint, ConstraintKind, Index, IndexElement, IndexKey, Name, SchemaError, Table,
};

impl Table {
    /// Plays one change.
    ///
    /// # Errors
    /// [`SchemaError`] for what cannot be; the table may then be half changed.
    pub fn apply(&mut self, change: &TableChange) -> Result<(), SchemaError> {
        match change {
            TableChange::AddColumn { column, position, if_not_exists } => {
                if !(*if_not_exists && self.column(&column.name).is_some()) {
                    self.add_column(column, position)?;
                }
            }
            TableChange::DropColumn { name, if_exists } => {
                if !(*if_exists && self.column(name).is_none()) {
                    self.drop_column(name)?;
                }
            }
            TableChange::AlterColumn(alter) => self.alter_column(alter)?,
            TableChange::AddConstraint { constraint } => self.add_constraint(constraint)?,
            TableChange::DropConstraint { kind, name, if_exists } => {
                if !*if_exists || self.has_constraint(*kind, name) {
                    self.drop_constraint(*kind, name)?;
                }
            }
            TableChange::DropUnnamedConstraint { constraint } => self.drop_unnamed(constraint)?,
            TableChange::RenameConstraint { kind, from, to } => self.rename_constraint(*kind, from, to)?,
            TableChange::ValidateConstraint { kind, name } => self.validate_constraint(*kind, name)?,
            TableChange::SetComment { comment } => self.comment.clone_from(comment),
            TableChange::SetOptions { options } => self.options.clone_from(options),
        }
        Ok(())
    }

    fn add_column(&mut self, column: &Column, position: &ColumnPosition) -> Result<(), SchemaError> {
        if self.column(&column.name).is_some() {
            let (table, column) = (self.name.clone(), column.name.clone());
            return Err(SchemaError::ColumnExists { table, column });
        }
        let at = match position {
            ColumnPosition::Last => self.columns.len(),
            ColumnPosition::First => 0,
            ColumnPosition::After(other) => {
                self.require_column(other)?;
                let at = self.columns.iter().position(|column| &column.name == other);
                at.map_or(self.columns.len(), |at| at + 1)
            }
        };
        self.columns.insert(at, column.clone());
        Ok(())
    }

    fn alter_column(&mut self, alter: &AlterColumn) -> Result<(), SchemaError> {
        let column = self.require_column(&alter.name)?;
        if let Some(column_type) = &alter.column_type {
            column.column_type = column_type.clone();
        }
        if let Some(nullable) = alter.nullable {
            column.nullable = nullable;
        }
        if let Some(autoincrement) = alter.autoincrement {
            column.autoincrement = autoincrement;
        }
        set(&mut column.server_default, alter.server_default.as_ref());
        set(&mut column.on_update, alter.on_update.as_ref());
        set(&mut column.comment, alter.comment.as_ref());
        set(&mut column.identity, alter.identity.as_ref());
        set(&mut column.computed, alter.computed.as_ref());
        set(&mut column.not_null_on_conflict, alter.not_null_on_conflict.as_ref());
        match &alter.rename {
            Some(to) => self.rename_column(&alter.name, to),
            None => Ok(()),
        }
    }

    /// Drops a column, with the indexes and constraints that stand on it alone. What stands on other
    /// columns too is in the way: the databases differ in what becomes of it.
    fn drop_column(&mut self, name: &str) -> Result<(), SchemaError> {
        self.require_column(name)?;
        for constraint in self.constraints() {
            let needed = constraint.columns().iter().chain(constraint.include());
            let referred = matches!(&constraint, Constraint::ForeignKey(key)
                if key.referred_table == self.name
                    && key.referred_columns.iter().any(|column| column == name)
                    && !key.columns.iter().any(|column| column == name));
            if referred || needs_others_too(name, needed.map(Some)) {
                let shown = constraint.name().map_or("(unnamed)", Name::as_str);
                return Err(self.column_in_use(name, &constraint.kind().to_string(), shown));
            }
        }
        for index in &self.indexes {
            let needed = index.elements.iter().map(IndexElement::column);
            let included = index.include.iter().map(|column| Some(column.as_str()));
            if needs_others_too(name, needed.chain(included)) {
                let shown = index.name.as_deref().unwrap_or("(unnamed)");
                return Err(self.column_in_use(name, "index", shown));
            }
        }
        let without = |columns: &Vec<String>| !columns.iter().any(|column| column == name);
        self.columns.retain(|column| column.name != name);
        self.indexes.retain(|index| !index.columns().any(|column| column == name));
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
        self.require_column(name)?.name = to.to_owned();
        if let Some(key) = &mut self.primary_key
            && let Some(length) = key.prefixes.remove(name)
        {
            key.prefixes.insert(to.to_owned(), length);
        }
        let keys = self.primary_key.iter_mut().flat_map(|key| [&mut key.columns, &mut key.include]);
        let uniques = self.uniques.iter_mut().flat_map(|unique| [&mut unique.columns, &mut unique.include]);
        let table = &self.name;
        let foreign = self.foreign_keys.iter_mut().flat_map(|key| {
            let to_itself = &key.referred_table == table;
            [Some(&mut key.columns), to_itself.then_some(&mut key.referred_columns)].into_iter().flatten()
        });
        let listed = keys.chain(uniques).chain(foreign).flatten();
        let indexed = self.indexes.iter_mut().flat_map(|index| {
            let elements = index.elements.iter_mut().filter_map(|element| match &mut element.key {
                IndexKey::Column(column) => Some(column),
                IndexKey::Expression(_) => None,
            });
            elements.chain(&mut index.include)
        });
        for column in listed.chain(indexed).filter(|column| *column == name) {
            *column = to.to_owned();
        }
        Ok(())
    }

    pub(super) fn add_index(&mut self, index: &Index) -> Result<(), SchemaError> {
        if let Some(name) = index.name.as_deref().filter(|name| self.index(name).is_some()) {
            return Err(self.name_taken("index", Some(name)));
        }
        self.require_index_columns(index)?;
        self.indexes.push(index.clone());
        Ok(())
    }

    pub(super) fn rename_index(&mut self, from: &Name, to: &Name) -> Result<(), SchemaError> {
        if self.index(to).is_some() {
            return Err(self.name_taken("index", Some(to)));
        }
        let missing = self.no_such_name("index", from);
        let index = self.indexes.iter_mut().find(|index| index.name.as_ref() == Some(from));
        index.ok_or(missing)?.name = Some(to.clone());
        Ok(())
    }

    fn add_constraint(&mut self, constraint: &Constraint) -> Result<(), SchemaError> {
        let kind = constraint.kind();
        let taken = match kind {
            ConstraintKind::PrimaryKey => self.primary_key.is_some(),
            _ => constraint.name().is_some_and(|name| self.has_constraint(kind, name)),
        };
        if taken {
            return Err(self.name_taken(&kind.to_string(), constraint.name().map(Name::as_str)));
        }
        self.require_constraint_columns(constraint)?;
        match constraint.clone() {
            Constraint::PrimaryKey(key) => {
                for column in &mut self.columns {
                    column.nullable &= !key.columns.contains(&column.name);
                }
                self.primary_key = Some(key);
            }
            Constraint::Unique(unique) => self.uniques.push(unique),
            Constraint::ForeignKey(key) => self.foreign_keys.push(key),
            Constraint::Check(check) => self.checks.push(check),
            Constraint::Exclude(exclude) => self.excludes.push(exclude),
        }
        Ok(())
    }

    fn drop_constraint(&mut self, kind: ConstraintKind, name: &Name) -> Result<(), SchemaError> {
        if !self.has_constraint(kind, name) {
            return Err(self.no_such_name(&kind.to_string(), name));
        }
        let other = |candidate: &Option<Name>| candidate.as_ref() != Some(name);
        match kind {
            ConstraintKind::PrimaryKey => self.primary_key = None,
            ConstraintKind::Unique => self.uniques.retain(|unique| other(&unique.name)),
            ConstraintKind::ForeignKey => self.foreign_keys.retain(|key| other(&key.name)),
            ConstraintKind::Check => self.checks.retain(|check| other(&check.name)),
            ConstraintKind::Exclude => self.excludes.retain(|exclude| other(&exclude.name)),
        }
        Ok(())
    }

    /// The constraint that [`TableChange::DropUnnamedConstraint`] means, as it is here: a database may have
    /// given it a name.
    pub fn unnamed(&self, described: &Constraint) -> Option<Constraint> {
        let bare = |constraint: &Constraint| {
            let mut bare = constraint.clone();
            *bare.name_mut() = None;
            bare
        };
        let meant = bare(described);
        let alike: Vec<Constraint> = self.constraints().filter(|known| bare(known) == meant).collect();
        let unnamed = alike.iter().find(|constraint| constraint.name().is_none());
        unnamed.or(alike.first()).cloned()
    }

    fn drop_unnamed(&mut self, described: &Constraint) -> Result<(), SchemaError> {
        let found = self.unnamed(described);
        let Some(found) = found else {
            return Err(self.no_such_name(&described.kind().to_string(), "(unnamed)"));
        };
        fn drop_first<T: PartialEq>(all: &mut Vec<T>, one: &T) {
            if let Some(at) = all.iter().position(|known| known == one) {
                all.remove(at);
            }
        }
        match &found {
            Constraint::PrimaryKey(_) => self.primary_key = None,
            Constraint::Unique(unique) => drop_first(&mut self.uniques, unique),
            Constraint::ForeignKey(key) => drop_first(&mut self.foreign_keys, key),
            Constraint::Check(check) => drop_first(&mut self.checks, check),
            Constraint::Exclude(exclude) => drop_first(&mut self.excludes, exclude),
        }
        Ok(())
    }

    fn rename_constraint(&mut self, kind: ConstraintKind, from: &Name, to: &Name) -> Result<(), SchemaError> {
        if !self.has_constraint(kind, from) {
            return Err(self.no_such_name(&kind.to_string(), from));
        }
        if kind != ConstraintKind::PrimaryKey && self.has_constraint(kind, to) {
            return Err(self.name_taken(&kind.to_string(), Some(to)));
        }
        let all = kind == ConstraintKind::PrimaryKey;
        let named = self.constraint_names_mut().filter(|(known, _)| *known == kind);
        for (_, name) in named.filter(|(_, name)| all || name.as_ref() == Some(from)) {
            *name = Some(to.clone());
        }
        Ok(())
    }

    fn validate_constraint(&mut self, kind: ConstraintKind, name: &Name) -> Result<(), SchemaError> {
        let keys = self.foreign_keys.iter_mut().filter(|_| kind == ConstraintKind::ForeignKey);
        let keys = keys.map(|key| (&key.name, &mut key.not_valid));
        let checks = self.checks.iter_mut().filter(|_| kind == ConstraintKind::Check);
        let checks = checks.map(|check| (&check.name, &mut check.not_valid));
        let found = keys.chain(checks).find(|(known, _)| known.as_ref() == Some(name));
        match found {
            Some((_, not_valid)) => *not_valid = false,
            None => return Err(self.no_such_name(&kind.to_string(), name)),
        }
        Ok(())
    }

    pub(super) fn require_column(&mut self, name: &str) -> Result<&mut Column, SchemaError> {
        let table = self.name.clone();
        self.column_mut(name).ok_or_else(|| SchemaError::NoColumn { table, column: name.to_owned() })
    }

    fn name_taken(&self, kind: &str, name: Option<&str>) -> SchemaError {
        let name = name.unwrap_or("(unnamed)").to_owned();
        SchemaError::NameTaken { table: self.name.clone(), kind: kind.to_owned(), name }
    }

    pub(super) fn no_such_name(&self, kind: &str, name: &str) -> SchemaError {
        let (kind, name) = (kind.to_owned(), name.to_owned());
        SchemaError::NoSuchName { table: self.name.clone(), kind, name }
    }

    pub(super) fn column_in_use(&self, column: &str, kind: &str, name: &str) -> SchemaError {
        let (kind, name) = (kind.to_owned(), name.to_owned());
        SchemaError::ColumnInUse { table: self.name.clone(), column: column.to_owned(), kind, name }
    }
}

fn set<T: Clone>(value: &mut Option<T>, change: Option<&Change<T>>) {
    if let Some(change) = change {
        *value = change.value().cloned();
    }
}

/// Whether `column` is one of those that something needs (`None`: an expression), and not all of them.
fn needs_others_too<'c>(column: &str, needed: impl Iterator<Item = Option<impl AsRef<str> + 'c>>) -> bool {
    let (this, others): (Vec<_>, Vec<_>) =
        needed.partition(|name| name.as_ref().is_some_and(|name| name.as_ref() == column));
    !this.is_empty() && !others.is_empty()
}
